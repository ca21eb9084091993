import EDIFACTSyntax
import Testing

/// PITFALLS 10: `?` before `'`, `+`, `:`, `?`; 0.3: delimiters are bytes, never graphemes.
@Suite("Released and unreleased delimiters")
struct ReleaseTests {
    private func values(_ segment: String) throws -> [[String]] {
        let tree = try EDIFACTMessage.read(interchange(segment)[...])
        return (1...max(tree.elementCount(2), 1)).map { number in
            guard let element = tree.element(2, number) else { return [] }
            var parts = tree.components(element)
            var texts: [String] = []
            while let part = parts.next() { texts.append(tree.text(part)) }
            return texts
        }
    }

    @Test(
        "a released byte is text, itself included",
        arguments: [
            ("FTX+a?'b", [["a'b"]]), ("FTX+a?+b+c", [["a+b"], ["c"]]),
            ("FTX+a?:b:c", [["a:b", "c"]]), ("FTX+a??+b", [["a?"], ["b"]]),
            ("FTX+a???+b", [["a?+b"]]), ("FTX+a????:b", [["a??", "b"]]), ("FTX+?a", [["a"]]),
            ("FTX+?'", [["'"]]), ("FTX+??", [["?"]]), ("FTX+:?::", [["", ":", ""]]),
            ("FTX+?\u{E9}", [["\u{E9}"]]), ("FTX++a", [[""], ["a"]]),
        ]
    )
    func released(segment: String, expected: [[String]]) throws {
        #expect(try values(segment) == expected)
    }

    @Test("a terminator behind an even number of release characters ends the segment")
    func evenReleases() throws {
        let tree = try EDIFACTMessage.read(interchange("FTX+a??", "BGM+LSR")[...])
        #expect(tree.tag(2) == EDIFACTTag("FTX"))
        #expect(tree.tag(3) == EDIFACTTag("BGM"))
        #expect(tree.element(2, 1).map { tree.text($0) } == "a?")
    }

    @Test("a release character at the very end releases nothing and stays")
    func releaseAtEnd() throws {
        let bytes = Array("UNH+1+M'UNT+2+1?".utf8)
        let tree = try EDIFACTMessage.read(bytes[...])
        #expect(tree.element(1, 2).map { tree.text($0) } == "1?")
        #expect(tree.findings.map(\.code).contains("release-at-end"))
        #expect(tree.render() == bytes)
    }

    @Test("an apostrophe that its sender did not release cuts no text")
    func unreleasedApostrophe() throws {
        let tree = try EDIFACTMessage.read(
            interchange("NAD+SLA+++ST JAMES'S HOSPITAL", "SPR+ORG")[...]
        )
        #expect(tree.element(2, 4).map { tree.text($0) } == "ST JAMES'S HOSPITAL")
        #expect(tree.tag(3) == EDIFACTTag("SPR"))
        #expect(tree.findings.map(\.code) == ["terminator-not-released"])
        #expect(tree.findings.map(\.path) == ["NAD"])
    }

    @Test("a million apostrophes before a word take no more than a moment")
    func apostrophes() throws {
        let bytes = interchange("FTX+" + String(repeating: "' ", count: 500_000) + "x", end: "")
        let clock = ContinuousClock()
        #expect(clock.measure { _ = try? EDIFACTMessage.read(bytes[...]) } < .seconds(5))
        #expect(clock.measure { _ = EDIFACTFile(bytes) } < .seconds(5))
    }

    @Test("a combining mark or a variation selector hides no delimiter (PITFALLS 0.3)")
    func graphemes() throws {
        for mark in ["\u{301}", "\u{FE0F}", "\u{20E3}"] {
            #expect(try values("FTX+a+\(mark)b:\(mark)c") == [["a"], ["\(mark)b", "\(mark)c"]])
        }
        let lines = Array("UNH+1+M'\r\nBGM+LSR'\r\n\u{301}UNT+3+1'".utf8)
        #expect(try EDIFACTMessage.read(lines[...]).segmentCount == 2)
    }

    @Test("without a release character in UNA a question mark is text")
    func noRelease() throws {
        let bytes = Array("UNA:+.  'UNH+1+M'FTX+a?+b'UNT+3+1'".utf8)
        let tree = try EDIFACTMessage.read(bytes[...])
        #expect(tree.characters.release == nil)
        #expect(tree.element(1, 1).map { tree.text($0) } == "a?")
        #expect(tree.element(1, 2).map { tree.text($0) } == "b")
    }

    @Test("what is written is read again, delimiters and all")
    func writer() throws {
        var writer = EDIFACTWriter()
        writer.writeAdvice()
        writer.write(.unh, [["1"], ["M'A:B+C?D", "", "x", ""]])
        writer.write(EDIFACTTag("FTX"), [["ERD"], [], [], ["caf\u{E9}", "\u{3BC}"], []])
        writer.write(.unt, [[String(writer.segmentCount + 1)], ["1"]])
        let tree = try EDIFACTMessage.read(writer.bytes[...])
        #expect(tree.type.type == "M'A:B+C?D")
        #expect(tree.type.release == "x")
        // In 8859-1, a character beyond it as a question mark.
        #expect(tree.element(1, 4).map { tree.text($0) } == "caf\u{E9}:?")
        #expect(tree.elementCount(1) == 4)
        #expect(tree.findings.map(\.code) == ["charset-undeclared"])
    }
}
