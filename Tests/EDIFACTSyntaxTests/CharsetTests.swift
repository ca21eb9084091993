import EDIFACTSyntax
import PortalBytes
import Testing

/// PITFALLS 9 and 10: the syntax level sets the character set, and no letter is dropped.
@Suite("Character sets")
struct CharsetTests {
    private func read(
        _ level: String,
        _ value: [UInt8]
    ) throws -> (text: String?, codes: [String]) {
        let text = interchange("FTX+SPC+++@", level: level)
        let at = try #require(text.firstIndex(of: UInt8(ascii: "@")))
        let bytes = text[..<at] + value + text[(at + 1)...]
        let tree = try EDIFACTMessage.read(ArraySlice(bytes))
        return (tree.element(2, 4).map { tree.text($0) }, tree.findings.map(\.code))
    }

    @Test("UNOC is ISO 8859-1, UNOY is UTF-8")
    func declared() throws {
        let latin = try read("UNOC:3", [0x4D, 0xFC, 0x6C, 0xB5])
        #expect(latin.text == "M\u{FC}l\u{B5}" && latin.codes == [])
        let utf8 = try read("UNOY:4", Array("M\u{FC}l\u{3BC}\u{2264}".utf8))
        #expect(utf8.text == "M\u{FC}l\u{3BC}\u{2264}" && utf8.codes == [])
    }

    @Test("bytes that contradict the level are a finding, and nothing vanishes")
    func contradicted() throws {
        let utf8 = try read("UNOC:3", Array("M\u{FC}ller".utf8))
        #expect(utf8.text == "M\u{FC}ller" && utf8.codes == ["charset-mismatch"])
        let windows = try read("UNOC:3", [0x93, 0x4D, 0x80])
        #expect(windows.text == "\u{201C}M\u{20AC}" && windows.codes == ["charset-mismatch"])
        let latin = try read("UNOY:4", [0x4D, 0xFC])
        #expect(latin.text == "M\u{FC}" && latin.codes == ["charset-mismatch"])
        let plain = try read("UNOB:3", [0x4D, 0xFC])
        #expect(plain.text == "M\u{FC}" && plain.codes == ["charset-mismatch"])
        let other = try read("UNOE:3", [0xB5])
        #expect(other.text == "\u{B5}" && other.codes == ["charset-unsupported"])
    }

    @Test("a letter outside level A or B is a note, and the text is whole")
    func outside() throws {
        #expect(try read("UNOA:1", Array("ABC 1".utf8)).codes == [])
        let small = try read("UNOA:1", Array("Abc".utf8))
        #expect(small.text == "Abc" && small.codes == ["character-outside-level"])
        #expect(try read("UNOB:3", Array("Abc".utf8)).codes == [])
        #expect(try read("UNOB:3", Array("a[b".utf8)).codes == ["character-outside-level"])
    }
}
