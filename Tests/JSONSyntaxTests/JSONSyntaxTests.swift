import JSONSyntax
import PortalTestKit
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("JSON, strictly")
struct JSONSyntaxTests {
    private func code(_ text: String) -> String? { code(Array(text.utf8)) }

    private func code(_ bytes: [UInt8]) -> String? {
        do throws(JSONSyntaxError) {
            _ = try JSONDocument.read(bytes[...])
            return nil
        } catch {
            #expect(error.offset >= 0 && error.offset <= bytes.count)
            return error.code.description
        }
    }

    @Test(
        "what RFC 8259 allows is read",
        arguments: [
            "{}", "[]", "null", "true", "-0", "1.00", "1e-9", " [1 ,2 ] ", "\"\"",
            "\"\\u00e9\\ud83d\\ude00\\/\"", "{\"a\":{\"a\":1}}", "[[[[]]]]", "\"é\"",
        ]
    )
    func allowed(_ text: String) { #expect(code(text) == nil) }

    @Test(
        "anything else is refused, with code and byte",
        arguments: [
            ("", "empty"), ("  ", "empty"), ("{", "end-missing"), ("[1,", "end-missing"),
            ("[1,]", "unexpected-byte"), ("{\"a\":1,}", "unexpected-byte"),
            ("{a:1}", "unexpected-byte"), ("01", "number-malformed"), ("1.", "number-malformed"),
            ("-", "number-malformed"), ("+1", "unexpected-byte"), ("NaN", "unexpected-byte"),
            ("tru", "end-missing"), ("\"a", "end-missing"), ("\"\\x\"", "escape-malformed"),
            ("\"\\ud800\"", "surrogate-alone"), ("\"\\udc00\"", "surrogate-alone"),
            ("\"\\ud800\\u0041\"", "surrogate-alone"), ("\"\t\"", "control-character"),
            ("1 2", "trailing-bytes"), ("{}x", "trailing-bytes"), ("\u{FEFF}{}", "byte-order-mark"),
            ("{\"a\":1,\"a\":2}", "key-repeated"), ("{\"a\":1,\"\\u0061\":2}", "key-repeated"),
            ("'a'", "unexpected-byte"), ("[1 2]", "unexpected-byte"),
            ("{\"a\" 1}", "unexpected-byte"),
        ]
    )
    func refused(_ text: String, _ expected: String) { #expect(code(text) == expected) }

    @Test(
        "broken UTF-8 is refused: overlong, cut, a surrogate, beyond the last character",
        arguments: [
            [0xC0, 0xAF], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80],
            [0xC3], [0xE2, 0x82], [0x80], [0xF4, 0x90, 0x80, 0x80],
        ] as [[UInt8]]
    )
    func brokenUTF8(_ bytes: [UInt8]) {
        #expect(code([0x22] + bytes + [0x22]) == "not-utf8")
    }

    @Test("keys that look alike and are not the same bytes are two keys (PITFALLS 0.4, 0.5)")
    func alike() throws {
        let text = Array("{\"é\":1,\"e\u{301}\":2}".utf8)
        let root = try JSONDocument.read(text[...]).root
        #expect(root.members.map { $0.value.number } == ["1", "2"])
        #expect(root["é"]?.number == "1")
    }

    @Test("digits, order and places are kept (PITFALLS 22)")
    func lossless() throws {
        let text = Array("{\"b\":[1.00,0.10,1e2],\"a\":\"x\\n\"}".utf8)
        let root = try JSONDocument.read(text[...]).root
        #expect(root.members.map(\.key) == ["b", "a"])
        #expect(root["b"]?.elements.map { $0.number ?? "" } == ["1.00", "0.10", "1e2"])
        #expect(root["a"]?.string == "x\n")
        let range = try #require(root["b"]?.elements.first?.range)
        #expect(String(decoding: text[range], as: UTF8.self) == "1.00")
    }

    @Test("depth is bounded: 64 levels are read, 65 and a million are refused")
    func depth() {
        func nested(_ count: Int) -> [UInt8] {
            [UInt8](repeating: 0x5B, count: count) + [UInt8](repeating: 0x5D, count: count)
        }
        #expect(code(nested(64)) == nil)
        #expect(code(nested(65)) == "too-deep")
        #expect(code(nested(1_000_000)) == "too-deep")
    }

    @Test("a repeated key is found among very many")
    func manyKeys() {
        let keys = (0..<5000).map { "\"k\($0)\":0" }.joined(separator: ",")
        #expect(code("{" + keys + "}") == nil)
        #expect(code("{" + keys + ",\"k17\":1}") == "key-repeated")
    }

    @Test("every truncation and every flipped bit is read or refused, never a trap")
    func damage() {
        let text = Array(
            "{\"a\":[1,-2.5e3,\"é\\u00e9\\ud83d\\ude00\",true,null],\"b\":{\"c\":\"\\\\\"}}".utf8
        )
        for length in 0..<text.count { #expect(code(Array(text.prefix(length))) != nil) }
        for at in text.indices {
            for bit in 0..<8 {
                var changed = text
                changed[at] ^= 1 << bit
                _ = code(changed)
            }
        }
    }

    @Test("the corpus is read or refused as an independent reader does")
    func corpus() throws {
        var read = 0
        for file in PublicCorpus.files("fhir-r4") where file.pathExtension == "json" {
            let bytes = Array(try Data(contentsOf: file))
            if code(bytes) == nil { read += 1 }
        }
        if read > 0 { print("JSON files of the corpus read: \(read)") }
    }
}
