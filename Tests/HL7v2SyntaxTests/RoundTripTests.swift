import Foundation
import HL7v2Syntax
import PortalTestKit
import Testing

/// TESTING (a), STYLE B4 property 1: what is read is lossless or refused.
@Suite("Lossless or refused")
struct RoundTripTests {
    /// Every byte that may divide something: no letter, digit, space, line end or frame.
    private static let usable: [UInt8] = {
        let refused: [ClosedRange<UInt8>] = [
            0x00...0x00, 0x09...0x0D, 0x1C...0x1C, 0x20...0x20, 0x30...0x39, 0x41...0x5A,
            0x61...0x7A, 0x7F...0x7F,
        ]
        return (UInt8.min...UInt8.max).filter { byte in
            !refused.contains { $0.contains(byte) }
        }
    }()

    private static func randomMessage(_ random: inout SeededGenerator) -> [UInt8] {
        let marks = Array(usable.shuffled(using: &random).prefix(random.number(2...5)))
        let ends: [[UInt8]] = [[0x0D], [0x0A], [0x0D, 0x0A], [0x0D, 0x0D], [0x0A, 0x0D, 0x0A]]
        let content: [UInt8] =
            marks + marks + Array("ABz19 \u{E9}\"".utf8) + [0x0B, 0x1C, 0x00, 0xE9]
        var bytes = Array("MSH".utf8) + marks + [marks[0]]
        bytes += random.bytes(random.number(0...40), from: content)
        for _ in 0..<random.number(0...12) {
            bytes += ends.randomElement(using: &random) ?? [0x0D]
            let names = ["PID", "OBX", "ZZ1", "MSH", "BHS", "not a segment", ""]
            bytes += Array((names.randomElement(using: &random) ?? "PID").utf8)
            if random.number(0...9) > 0 { bytes.append(marks[0]) }
            bytes += random.bytes(random.number(0...120), from: content)
        }
        return bytes
    }

    @Test("render(read(bytes)) == bytes over random messages and delimiters", arguments: 1...8)
    func randomMessages(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var readCount = 0
        for _ in 0..<150 {
            let bytes = Self.randomMessage(&random)
            if Laws.hold(forMessage: bytes[...], "seed \(seed)") { readCount += 1 }
            Laws.hold(forFile: bytes, "seed \(seed)")
        }
        #expect(readCount == 150, "usable delimiters are read: seed \(seed)")
    }

    @Test("a tree knows every delimiter: it agrees with a byte by byte reading", arguments: 1...4)
    func everyDelimiter(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<60 {
            let bytes = Self.randomMessage(&random)
            let tree = try HL7v2Message.read(bytes[...])
            let marks = tree.delimiters
            let dividers = [marks.field, marks.component, marks.repetition, marks.subcomponent]
            // MSH-2 declares the delimiters and is not divided by them.
            let declared = 4..<(try #require(tree.field(0, 2)).upperBound)
            let expected = bytes.indices.filter { index in
                dividers.contains(bytes[index]) && !declared.contains(index)
            }
            var found: [Int] = []
            tree.forEachDelimiter { found.append($0) }
            #expect(found == expected, "seed \(seed)")
        }
    }

    @Test("parts cover every byte of random bytes once", arguments: 1...8)
    func randomBytes(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let likely = Array("MSHFBT|^~\\&\r\n\u{0B}\u{1C}PIDx \t".utf8) + [0x0C, 0x1A, 0xEF, 0xBB]
        for round in 0..<150 {
            var bytes = random.bytes(random.number(0...200), from: round % 3 == 0 ? [] : likely)
            if round % 2 == 0 { bytes += Array("\u{0B}MSH|^~\\&|A\rPID|1\r\u{1C}\r".utf8) }
            Laws.hold(forFile: bytes, "seed \(seed)")
        }
    }

    @Test("every HL7 v2 file of the public corpus is lossless and its parts cover it")
    func corpus() throws {
        var messageCount = 0
        for file in PublicCorpus.files("hl7v2") {
            let bytes = Array(try Data(contentsOf: file))
            Laws.hold(forFile: bytes, Comment(rawValue: file.lastPathComponent))
            let count = HL7v2File(bytes).messageCount
            messageCount += count
            // A file of several is held as one message too: a second MSH is then a segment.
            guard count > 1 else { continue }
            Laws.hold(forMessage: bytes[...], Comment(rawValue: file.lastPathComponent))
        }
        print("corpus: \(messageCount) HL7 v2 messages split")
    }
}
