internal import PortalBytes

/// Which character set to read a message in, given what it declares and what its bytes are.
///
/// - Rule: HL7 v2.5.1 table 0211. Bytes that are valid UTF-8 beyond ASCII are read as UTF-8 even
///   where another set is declared: text of a one-byte set is almost never valid UTF-8 by chance.
///   A declaration that the bytes contradict is a finding, and nothing vanishes (PITFALLS 9).
enum HL7v2Charset {
    struct Choice {
        let encoding: TextEncoding
        let finding: String?
    }

    static func choose(
        _ declared: String,
        for bytes: ArraySlice<UInt8>,
        undeclared: TextEncoding
    ) -> Choice {
        let isUTF8 = TextEncoding.inspect(bytes).isUTF8
        switch declared.uppercased() {
        case "":
            return Choice(encoding: isUTF8 ? .utf8 : undeclared, finding: "charset-undeclared")
        case "UNICODE UTF-8", "UTF-8", "UTF8", "UNICODE":
            if isUTF8 { return Choice(encoding: .utf8, finding: nil) }
            return Choice(encoding: .windows1252, finding: "charset-mismatch")
        case "8859/1", "ISO-8859-1", "ISO8859-1", "ISO_8859-1", "8859/15", "ISO-8859-15":
            if isUTF8 { return Choice(encoding: .utf8, finding: "charset-mismatch") }
            if declared.hasSuffix("15") { return Choice(encoding: .latin9, finding: nil) }
            if bytes.contains(where: { $0 >= 0x80 && $0 < 0xA0 }) {
                return Choice(encoding: .windows1252, finding: "charset-mismatch")
            }
            return Choice(encoding: .latin1, finding: nil)
        case "ASCII", "US-ASCII", "ISO IR6":
            return Choice(encoding: isUTF8 ? .utf8 : undeclared, finding: "charset-mismatch")
        default:
            return Choice(encoding: isUTF8 ? .utf8 : undeclared, finding: "charset-unsupported")
        }
    }
}
