internal import PortalBytes

/// Which character set to read a message in, given the syntax level of its UNB and its bytes.
///
/// - Rule: ISO 9735 annex A and UN/EDIFACT code list 0001: UNOA and UNOB are parts of ASCII, UNOC is
///   ISO 8859-1, UNOY and UNOW are UTF-8. Bytes that are valid UTF-8 beyond ASCII are read as UTF-8
///   even where another set is declared: text of a one-byte set is almost never valid UTF-8 by
///   chance. What the bytes contradict is a finding, and nothing vanishes (PITFALLS 9, 10).
enum EDIFACTCharset {
    struct Choice {
        let encoding: TextEncoding
        let finding: String?
    }

    /// The set of a message that holds bytes beyond ASCII.
    static func choose(
        _ level: String,
        for bytes: ArraySlice<UInt8>,
        undeclared: TextEncoding
    ) -> Choice {
        let isUTF8 = TextEncoding.inspect(bytes).isUTF8
        switch level {
        case "":
            return Choice(encoding: isUTF8 ? .utf8 : undeclared, finding: "charset-undeclared")
        case "UNOY", "UNOW":
            if isUTF8 { return Choice(encoding: .utf8, finding: nil) }
            return Choice(encoding: .windows1252, finding: "charset-mismatch")
        case "UNOC":
            if isUTF8 { return Choice(encoding: .utf8, finding: "charset-mismatch") }
            // 8859-1 has control characters where Windows-1252 has quotes and the euro sign.
            if bytes.contains(where: { $0 >= 0x80 && $0 < 0xA0 }) {
                return Choice(encoding: .windows1252, finding: "charset-mismatch")
            }
            return Choice(encoding: .latin1, finding: nil)
        case "UNOA", "UNOB":
            return Choice(encoding: isUTF8 ? .utf8 : undeclared, finding: "charset-mismatch")
        default:
            return Choice(encoding: isUTF8 ? .utf8 : undeclared, finding: "charset-unsupported")
        }
    }

    /// The first byte that a level of ASCII does not have; nil for the other levels.
    ///
    /// - Rule: ISO 9735 annex A: level A has capitals, digits and `. , - ( ) / = ' + : ? ! " % & * ; < >`;
    ///   level B small letters as well. Line ends between segments are outside the text.
    static func firstOutside(_ level: String, _ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        guard level == "UNOA" || level == "UNOB" else { return nil }
        let hasSmallLetters = level == "UNOB"
        return bytes.firstIndex { byte in
            switch byte {
            case 0x20...0x22, 0x25...0x3F, 0x41...0x5A, 0x0A, 0x0D: false
            case 0x61...0x7A: !hasSmallLetters
            default: true
            }
        }
    }
}
