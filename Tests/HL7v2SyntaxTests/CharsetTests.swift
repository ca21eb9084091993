import HL7v2Syntax
import PortalBytes
import Testing

/// Character sets (HL7 table 0211; PITFALLS 9: nothing vanishes).
@Suite("Character sets")
struct CharsetTests {
    private func tree(_ bytes: [UInt8], declared: String) throws -> HL7v2Message {
        try HL7v2Message.read((message(charset: declared) + Array("PID|".utf8) + bytes)[...])
    }

    private func text(_ bytes: [UInt8], declared: String) throws -> String {
        let tree = try tree(bytes, declared: declared)
        return tree.text(try #require(tree.field(1, 1)))
    }

    private func findings(_ bytes: [UInt8], declared: String) throws -> [String] {
        try tree(bytes, declared: declared).findings.map(\.code)
    }

    private let utf8 = Array("Müller".utf8)
    private let latin1: [UInt8] = [0x4D, 0xFC, 0x6C, 0x6C, 0x65, 0x72]

    @Test(
        "a name reads the same whichever set it is in and whichever is declared",
        arguments: [
            "UNICODE UTF-8", "UTF-8", "8859/1", "8859/15", "ASCII", "", "BIG-5", "nonsense",
            "8859/1~UNICODE UTF-8", "~UNICODE UTF-8", " 8859/1 ",
        ]
    )
    func nothingVanishes(declared: String) throws {
        #expect(try text(utf8, declared: declared) == "Müller")
        #expect(try text(latin1, declared: declared) == "Müller")
    }

    @Test("a declaration that the bytes contradict is a finding")
    func mismatch() throws {
        #expect(try findings(latin1, declared: "UNICODE UTF-8") == ["charset-mismatch"])
        #expect(try findings(utf8, declared: "8859/1") == ["charset-mismatch"])
        #expect(try findings(utf8, declared: "ASCII") == ["charset-mismatch"])
        #expect(try findings(latin1, declared: "") == ["charset-undeclared"])
        #expect(try findings(latin1, declared: "BIG-5") == ["charset-unsupported"])
        #expect(try findings(utf8, declared: "UNICODE UTF-8").isEmpty)
        #expect(try findings(latin1, declared: "8859/1").isEmpty)
        #expect(try findings(Array("Muller".utf8), declared: "nonsense").isEmpty)
    }

    @Test("the first repetition of MSH-18 is found on bytes (PITFALLS 0.3)")
    func repetitionWithCombiningMark() throws {
        #expect(try findings(latin1, declared: "8859/1~\u{301}") == ["charset-mismatch"])
        #expect(try tree(latin1, declared: "8859/15~\u{301}X").encoding == .latin9)
    }

    @Test("the euro sign survives in the three sets that have it")
    func euro() throws {
        #expect(try text([0xA4], declared: "8859/15") == "€")
        #expect(try text([0x80], declared: "8859/1") == "€")
        #expect(try text([0x80], declared: "") == "€")
        #expect(try text(Array("€".utf8), declared: "UTF-8") == "€")
    }

    @Test("every byte of every set becomes a character, and no two become the same")
    func everyByte() {
        for encoding in TextEncoding.allCases {
            let texts = (UInt8.min...UInt8.max).map { encoding.decode([$0]) }
            #expect(texts.allSatisfy { $0.unicodeScalars.count == 1 && $0 != "\u{FFFD}" })
            #expect(Set(texts.map { Array($0.utf8) }).count == 256, "\(encoding)")
        }
    }

    @Test("broken UTF-8 keeps what is sound and the number of what is not")
    func brokenUTF8() {
        let decode = { (bytes: [UInt8]) in TextEncoding.utf8.decode(bytes[...]) }
        #expect(decode([0x61, 0xE9, 0x62]) == "aéb")
        #expect(decode([0xC3, 0xA9, 0xC3]) == "éÃ")
        #expect(decode([0xF0, 0x9F, 0x98, 0x80, 0xFF]) == "😀ÿ")
        // Overlong and surrogate forms are no characters.
        #expect(decode([0xC0, 0xAF]) == "À¯")
        #expect(decode([0xED, 0xA0, 0x80]).unicodeScalars.count == 3)
        #expect(TextEncoding.inspect([0xED, 0xA0, 0x80]) == (false, false))
        #expect(TextEncoding.inspect(Array("é".utf8)[...]) == (true, false))
        #expect(TextEncoding.inspect([0x41]) == (true, true))
    }

    @Test("precomposed and decomposed letters stay as they were sent (PITFALLS 0.5)")
    func normalisation() throws {
        let one = try text(Array("\u{E9}".utf8), declared: "UTF-8")
        let two = try text(Array("e\u{301}".utf8), declared: "UTF-8")
        #expect(!one.utf8.elementsEqual(two.utf8))
    }

    @Test("a byte order mark inside a text, a NUL and bidirectional marks are kept")
    func oddCharacters() throws {
        for odd in ["\u{FEFF}", "\u{0}", "\u{202E}", "\u{200F}", "\u{7F}"] {
            #expect(try text(Array("a\(odd)b".utf8), declared: "UTF-8") == "a\(odd)b")
        }
    }
}
