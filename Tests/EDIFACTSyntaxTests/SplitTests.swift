import EDIFACTSyntax
import PortalTestKit
import Testing

/// Where a message ends, beside a reader that goes from byte to byte and from segment to segment.
@Suite("The end of a message")
struct SplitTests {
    /// The first message's length and whether it is whole, by the rule itself.
    private func slowly(_ bytes: [UInt8]) -> String {
        func tag(_ at: Int) -> String {
            at + 3 <= bytes.count ? String(decoding: bytes[at..<(at + 3)], as: UTF8.self) : ""
        }
        func isService(_ at: Int) -> Bool { tag(at).hasPrefix("UN") }
        func starts(_ at: Int) -> Bool {
            guard at + 3 <= bytes.count else { return false }
            let isTag = bytes[at..<(at + 3)].allSatisfy {
                (0x41...0x5A).contains($0) || (0x30...0x39).contains($0)
            }
            guard isTag, bytes[at] >= 0x41 else { return false }
            return at + 3 == bytes.count || "+:'".utf8.contains(bytes[at + 3])
        }
        var segment = 0
        var at = 0
        while at < bytes.count {
            if bytes[at] == UInt8(ascii: "?") {
                at += 2
                continue
            }
            guard bytes[at] == UInt8(ascii: "'") else {
                at += 1
                continue
            }
            var next = at + 1
            while next < bytes.count, "' \r\n\t".utf8.contains(bytes[next]) { next += 1 }
            let isTrailer = tag(segment) == "UNT"
            if next == bytes.count || isTrailer || starts(next) {
                if isTrailer { return "\(at + 1) whole" }
                if next == bytes.count || isService(next) && tag(next) != "UNT" {
                    return "\(at + 1) cut"
                }
                segment = next
            }
            at = next
        }
        return tag(segment) == "UNT" ? "\(bytes.count) whole" : "\(bytes.count) cut"
    }

    private func split(_ bytes: [UInt8]) -> String? {
        for part in EDIFACTFile(bytes).parts {
            guard case .message(let isWhole) = part.kind else { continue }
            return "\(part.range.upperBound) " + (isWhole ? "whole" : "cut")
        }
        return nil
    }

    @Test(
        "a trailer's name in a text ends nothing, one behind a terminator does",
        arguments: [
            ("UNH+1+M'FTX+a?'UNT+3+1'UNT+3+1'", "31 whole"),
            ("UNH+1+M'FTX+a??'UNT+3+1'", "24 whole"),
            ("UNH+1+M'FTX+a???'UNT+9+9", "24 cut"), ("UNH+1+M'FTX+a?' \r\n'UNT+3+1'", "27 whole"),
            ("UNH+1+M'BGM+LSR'\r\n", "16 cut"), ("UNH+1+M'BGM+LSR'UNH+2+M'", "16 cut"),
            ("UNH+1+M'FTX+UNT+3+1'UNZ+1'", "20 cut"), ("UNH+1+M'UNT+2+1", "15 whole"),
        ]
    )
    func named(text: String, expected: String) {
        #expect(split(Array(text.utf8)) == expected)
        #expect(slowly(Array(text.utf8)) == expected)
    }

    @Test("as the slow reader finds it", arguments: 1...4)
    func random(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let pieces = [
            "UNT+2+1", "UNT", "FTX+a", "?", "??", "'", "'", "'", "''", " ", "\r\n", "UNZ+1",
            "UNH+2+M", "U", "UN",
            "UNTX", "+", "b", "S01+01", "'UNT",
        ]
        for round in 0..<5000 {
            let count = random.number(1...12)
            let text =
                "UNH+1+M'"
                + (0..<count).map { _ in pieces[random.number(0...(pieces.count - 1))] }.joined()
            #expect(
                split(Array(text.utf8)) == slowly(Array(text.utf8)),
                "seed \(seed), round \(round): \(text)"
            )
        }
    }
}
