import Foundation
import PortalRecord
import PortalTestKit
import Testing

/// The one written form (DESIGN 4; PITFALLS 0.4, 0.5, 22).
@Suite("Canonical JSON")
struct CanonicalJSONTests {
    private func reread(_ text: String) throws -> [UInt8] {
        CanonicalWriter.bytes(of: try CanonicalReader.value(of: Array(text.utf8)))
    }

    private static func randomValue(_ random: inout SeededGenerator, depth: Int) -> CanonicalValue {
        switch random.number(0...(depth < 4 ? 6 : 3)) {
        case 0: return .null
        case 1: return .bool(random.number(0...1) == 1)
        case 2: return .integer(random.number(Int.min...Int.max))
        case 3, 4:
            let alphabet = ["a", "\"", "\\", "\n", "\u{0}", "\u{7F}", "é", "e\u{301}", "😀", "/"]
            return .string(
                (0..<random.number(0...6)).map { _ in alphabet[random.number(0...9)] }.joined()
            )
        case 5:
            return .array(
                (0..<random.number(0...4)).map { _ in randomValue(&random, depth: depth + 1) }
            )
        default:
            let keys = ["a", "b", "B", "é", "e\u{301}", "", "\"", "aa"].shuffled(using: &random)
            return .object(
                keys.prefix(random.number(0...5)).map {
                    ($0, randomValue(&random, depth: depth + 1))
                }
            )
        }
    }

    @Test("what is written reads back and is written the same, byte for byte", arguments: 1...8)
    func roundTrip(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let bytes = CanonicalWriter.bytes(of: Self.randomValue(&random, depth: 0))
            let again = CanonicalWriter.bytes(of: try CanonicalReader.value(of: bytes))
            #expect(again == bytes, "seed \(seed)")
        }
    }

    @Test("keys are sorted by their bytes, whatever order they come in")
    func sortedKeys() throws {
        #expect(
            try reread("{\"b\":1,\"a\":2,\"é\":3,\"B\":4}")
                == Array(
                    "{\"B\":4,\"a\":2,\"b\":1,\"é\":3}".utf8
                )
        )
        let many = Dictionary(uniqueKeysWithValues: (0..<200).map { ("k\($0)", $0) })
        let text = try CanonicalJSON.text(many)
        for _ in 0..<5 {
            let shuffled = Dictionary(uniqueKeysWithValues: many.shuffled())
            #expect(try CanonicalJSON.text(shuffled) == text)
        }
        #expect(try CanonicalJSON.decode([String: Int].self, from: Array(text.utf8)) == many)
    }

    @Test("a repeated key is refused, sorted or not (PITFALLS 0.4)")
    func duplicates() {
        for text in [
            "{\"a\":1,\"a\":2}", "{\"b\":1,\"a\":2,\"b\":3}", "{\"b\":1,\"a\":2,\"a\":3}",
            "{\"a\":{\"x\":1,\"x\":1}}", "{\"a\":1,\"\\u0061\":2}",
        ] {
            #expect(throws: CanonicalJSONError.self, "\(text)") { try reread(text) }
        }
    }

    @Test("é in one character and in two stay two keys and two texts (PITFALLS 0.5)")
    func normalisation() throws {
        let text = "{\"e\u{301}\":1,\"\u{E9}\":2}"
        #expect(try reread(text) == Array(text.utf8))
        let value = try CanonicalReader.value(of: Array(text.utf8))
        guard case .integer(2)? = value["\u{E9}"], case .integer(1)? = value["e\u{301}"] else {
            Issue.record("the two keys were taken for one")
            return
        }
        #expect(
            try CanonicalJSON.encode("\u{E9}") != CanonicalJSON.encode("e\u{301}")
        )
        #expect(try CanonicalJSON.decode(Accented.self, from: Array(text.utf8)).value == 2)
    }

    private struct Accented: Decodable {
        let value: Int
        enum CodingKeys: String, CodingKey { case value = "\u{E9}" }
    }

    @Test("64 levels are read, 65 are refused, a million do not trap (PITFALLS 0.4)")
    func depth() throws {
        let nested = { (levels: Int) in
            String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
        }
        #expect(try reread(nested(64)) == Array(nested(64).utf8))
        for levels in [65, 513, 1_000_000] {
            #expect(throws: CanonicalJSONError.self) { try reread(nested(levels)) }
        }
        let objects =
            String(repeating: "{\"a\":", count: 65) + "1" + String(repeating: "}", count: 65)
        #expect(throws: CanonicalJSONError.self) { try reread(objects) }
    }

    @Test(
        "what is no JSON of one spelling is refused",
        arguments: [
            "", " ", "1.5", "1e5", "1.0", "-", "+1", "01", "-0", "-01", "00", "0x1", "NaN",
            "99999999999999999999", "nul", "truex", "[1,]", "{\"a\":1,}", "{\"a\"}", "{a:1}", "[1",
            "\"a", "\"\n\"", "\"\\q\"", "\"\\u00e9\"", "\"\\ud83d\"", "\"\\u00\"", "1 2", "[] []",
            "'a'", "\u{FEFF}1", "{\"a\":1 \"b\":2}",
        ]
    )
    func refused(text: String) {
        #expect(throws: CanonicalJSONError.self) { try reread(text) }
    }

    @Test("text that is no UTF-8 is refused, not mended: its hash would change")
    func brokenUTF8() {
        for broken in [[0xE9], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xC3], [0x5C, 0x6E, 0xFF]] {
            let bytes = [0x22] + broken.map { UInt8($0) } + [0x22]
            #expect(throws: CanonicalJSONError.self) { try CanonicalReader.value(of: bytes) }
        }
    }

    @Test("a floating-point number has no one spelling and is refused (PITFALLS 22)")
    func noFloatingPoint() {
        struct Measured: Encodable { let value: Double }
        #expect(throws: EncodingError.self) { try CanonicalJSON.encode(1.5) }
        #expect(throws: EncodingError.self) { try CanonicalJSON.encode([Float(1)]) }
        #expect(throws: EncodingError.self) { try CanonicalJSON.encode(Measured(value: 1)) }
        #expect(throws: EncodingError.self) { try CanonicalJSON.encode(UInt64.max) }
        #expect(throws: DecodingError.self) {
            try CanonicalJSON.decode(Double.self, from: Array("1".utf8))
        }
    }

    @Test("control characters, quotes and backslashes are the only escapes")
    func escapes() throws {
        #expect(
            try CanonicalJSON.text("a\"b\\c\nd\re\tf\u{1}\u{7F}/é")
                == "\"a\\\"b\\\\c\\nd\\re\\tf\\u0001\\u007f/é\""
        )
        for scalar in (UInt8.min...0x7F).map({ String(Unicode.Scalar($0)) }) {
            let bytes = try CanonicalJSON.encode(scalar)
            #expect(try CanonicalJSON.decode(String.self, from: bytes) == scalar)
        }
    }

    @Test("cut or flipped bytes are refused or read, and never trap", arguments: 1...4)
    func damage(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            var bytes = CanonicalWriter.bytes(of: Self.randomValue(&random, depth: 0))
            for end in bytes.indices { _ = try? CanonicalReader.value(of: Array(bytes[..<end])) }
            for index in bytes.indices.prefix(300) {
                bytes[index] ^= 1 << UInt8(random.number(0...7))
                if let value = try? CanonicalReader.value(of: bytes) {
                    let written = CanonicalWriter.bytes(of: value)
                    let again = (try? CanonicalReader.value(of: written)).map(CanonicalWriter.bytes)
                    #expect(again == written, "seed \(seed)")
                }
            }
        }
    }

    #if os(Linux)
    /// A process of its own, so that no other test's memory is counted.
    @Test("what was encoded is let go: a thousand texts take no more room than one")
    func isLetGo() async {
        await #expect(processExitsWith: .success) {
            func resident() throws -> Int {
                let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
                    .split(separator: " ").dropFirst().first.flatMap { Int($0) }
                return try #require(pages) * 4096
            }
            let texts = [String(repeating: "a", count: 60_000)]
            _ = try CanonicalJSON.encode(texts)
            let before = try resident()
            for _ in 0..<1000 { _ = try CanonicalJSON.encode(texts) }
            let grown = try resident() - before
            #expect(grown < 30_000_000)
        }
    }
    #endif
}
