import HL7v2Syntax
import Testing

/// Escape sequences.
///
/// - Rule: HL7 v2.5.1 ch. 2 s. 2.7; PITFALLS 11.
@Suite("Escapes")
struct EscapeTests {
    /// What a text reads as in a field of a message in UTF-8.
    private func read(_ text: String, charset: String = "UNICODE UTF-8") throws -> String {
        let bytes = message("OBX|1|FT|N||\(text)||||||F\u{E9}", charset: charset)
        let tree = try HL7v2Message.read(bytes[...])
        return tree.text(try #require(tree.field(1, 5)))
    }

    @Test(
        "each escape stands for what the standard says",
        arguments: [
            ("a\\F\\b", "a|b"), ("a\\S\\b", "a^b"), ("a\\T\\b", "a&b"), ("a\\R\\b", "a~b"),
            ("a\\E\\b", "a\\b"), ("a\\P\\b", "a#b"), ("\\H\\bold\\N\\ text", "bold text"),
            ("a\\.br\\b", "a\nb"), ("a\\.ce\\b", "a\nb"), ("a\\.sp\\b", "a\nb"),
            ("a\\.sp2\\b", "a\n\nb"), ("a\\.sp+2\\b", "a\n\nb"), ("a\\.sk3\\b", "a   b"),
            ("\\.fi\\a\\.nf\\b", "ab"), ("\\.in+4\\a\\.ti-2\\b", "ab"),
            ("\\X41\\", "A"), ("\\X0D0A\\", "\r\n"), ("\\x4a\\", "J"),
            ("\\XC3A9\\", "é"), ("\\X00E0\\", "à"), ("\\X004100E0\\", "Aà"),
            ("\\T\\lt;", "&lt;"),
        ]
    )
    func each(written: String, text: String) throws { #expect(try read(written) == text) }

    @Test(
        "what is no escape stays as it is written: nothing vanishes",
        arguments: [
            "\\", "a\\b", "a\\", "\\\\", "\\X\\", "\\X00d\\", "\\XZZ\\", "\\Q\\", "\\f\\",
            "\\.zz\\", "\\.br", "\\.spx\\", "C:\\temp\\file", "\\C2842\\", "\\M1B2442\\",
            "\\Z01\\", "\\XD800", "\\X0041D800\\", "\\.sp99999999999999999999\\",
        ]
    )
    func keptAsWritten(text: String) throws { #expect(try read(text) == text) }

    @Test("escapes next to each other and double-escaped ones are resolved once (nHapi 74)")
    func nested() throws {
        #expect(try read("\\E\\.br\\E\\") == "\\.br\\")
        #expect(try read("\\E\\F\\E\\") == "\\F\\")
        #expect(try read("\\F\\\\F\\\\T\\") == "||&")
        #expect(try read("\\E\\E\\") == "\\E\\")
        #expect(try read("\\X41\\B\\X43\\") == "ABC")
        #expect(try read("\\\\F\\") == "\\|")
    }

    @Test("an unescaped & or ^ in a text is kept, and the text read whole (nHapi 570)")
    func unescaped() throws { #expect(try read("<b>5 & 6 ^ 7</b>") == "<b>5 & 6 ^ 7</b>") }

    @Test("an escaped byte that is no UTF-8 stands for its number, not for a blank")
    func escapedByte() throws {
        #expect(try read("\\XE0\\") == "à")
        #expect(try read("\\X80\\ \\XC3\\") == "\u{80} Ã")
    }

    @Test("spaces and lines asked for are bounded: an escape is no bomb")
    func bounded() throws {
        #expect(try read("\\.sp9999999\\").utf8.count <= 50)
        #expect(try read("\\.sk9999999\\").utf8.count <= 200)
        let long = "\\X" + String(repeating: "41", count: 4000) + "\\"
        #expect(try read(long) == long)
    }

    @Test("a message without an escape character has no escapes")
    func noEscape() throws {
        let tree = try HL7v2Message.read(Array("MSH|^~|A\rOBX|\\F\\\r".utf8)[...])
        #expect(tree.text(try #require(tree.field(1, 1))) == "\\F\\")
    }

    @Test("escapes go by the message's own delimiters")
    func otherDelimiters() throws {
        let tree = try HL7v2Message.read(Array("MSH#*!?%#A\rOBX#a?F?b?S?c?R?d?T?e?E?\r".utf8)[...])
        #expect(tree.text(try #require(tree.field(1, 1))) == "a#b*c!d%e?")
    }
}
