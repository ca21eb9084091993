import PortalBytes
import Testing
import XMLSyntax

/// TESTING (a) 4, PITFALLS 9: nothing vanishes, and a declaration that lies is found out.
@Suite("Character sets")
struct CharsetTests {
    private func document(_ declared: String?, _ body: [UInt8]) -> [UInt8] {
        let declaration = declared.map { "<?xml version=\"1.0\" encoding=\"\($0)\"?>" } ?? ""
        return Array((declaration + "<a>").utf8) + body + Array("</a>".utf8)
    }

    private func text(_ bytes: [UInt8]) throws -> (String, XMLDocument) {
        let document = try XMLDocument.read(bytes[...])
        return (document.string(of: document.root), document)
    }

    @Test("declared one-byte sets are read as declared")
    func oneByte() throws {
        #expect(try text(document("ISO-8859-1", [0xB5, 0xB1, 0xE9])).0 == "µ±é")
        #expect(try text(document("iso-8859-15", [0xA4])).0 == "€")
        #expect(try text(document("Windows-1252", [0x80, 0x96])).0 == "€–")
        #expect(try text(document("US-ASCII", [0x41])).0 == "A")
        #expect(outcome(document("US-ASCII", [0xE9])) == "charset-invalid / 44")
    }

    @Test("8859-1 with Windows' dashes is read as Windows-1252, with a finding")
    func dashes() throws {
        let (value, read) = try text(document("ISO-8859-1", [0x31, 0x96, 0x32, 0xE9]))
        #expect(value == "1–2é")
        #expect(read.encoding == .windows1252)
        #expect(read.findings.map(\.code) == ["charset-mismatch"])
    }

    @Test("8859-1 that is UTF-8 beyond doubt is read as UTF-8, with a finding")
    func lyingLatin() throws {
        let (value, read) = try text(document("ISO-8859-1", Array("µ≤5".utf8)))
        #expect(value == "µ≤5")
        #expect(read.findings.map(\.code) == ["charset-mismatch"])
        #expect(try text(document("ISO-8859-1", [0x41])).1.findings.isEmpty)
    }

    @Test("UTF-8, declared or not, with bytes that are none is refused at the byte")
    func broken() {
        for (body, at) in [
            ([0xE9], 0), ([0x41, 0xC3], 1), ([0xC0, 0xAF], 0), ([0xE0, 0x80, 0x80], 0),
            ([0xED, 0xA0, 0x80], 0), ([0xF4, 0x90, 0x80, 0x80], 0), ([0xF8, 0x88, 0x80, 0x80], 0),
            ([0xC3, 0xA9, 0x80], 2), ([0xFF], 0),
        ] as [([UInt8], Int)] {
            #expect(outcome(document("UTF-8", body)) == "charset-invalid / \(41 + at)")
            #expect(outcome(document(nil, body)) == "charset-invalid / \(3 + at)")
        }
        // U+FFFE and U+FFFF are no characters of XML.
        #expect(outcome(document(nil, [0xEF, 0xBF, 0xBF])).hasPrefix("control-character"))
    }

    @Test("UTF-16 in both orders, with and without a mark, declared or not")
    func wide() throws {
        for declared in [nil, "UTF-16"] as [String?] {
            for isBig in [true, false] {
                for mark in [true, false] {
                    let declaration =
                        declared.map { "<?xml version='1.0' encoding='\($0)'?>" } ?? ""
                    let source = declaration + "<a>µ≤\u{1F489}</a>"
                    let bytes = utf16(source, bigEndian: isBig, mark: mark)
                    let (value, read) = try text(bytes)
                    #expect(value == "µ≤\u{1F489}")
                    #expect(read.encoding == (isBig ? .utf16BigEndian : .utf16LittleEndian))
                    // Cut inside a unit, half of a pair, a control character.
                    #expect(outcome(bytes.dropLast()) == "charset-invalid / \(bytes.count - 2)")
                    let half = utf16(declaration + "<a>", bigEndian: isBig, mark: mark)
                    let lone: [UInt8] = isBig ? [0xD8, 0x3D] : [0x3D, 0xD8]
                    #expect(outcome(half + lone) == "charset-invalid / \(half.count)")
                    #expect(
                        outcome(half + [0, 0] + utf16("</a>", bigEndian: isBig, mark: false))
                            == "control-character / \(half.count)"
                    )
                }
            }
        }
        let lying = utf16("<?xml version='1.0' encoding='UTF-8'?><a/>", bigEndian: true, mark: true)
        #expect(outcome(lying) == "charset-conflict / 2")
        let turned = utf16(
            "<?xml version='1.0' encoding='UTF-16LE'?><a/>",
            bigEndian: true,
            mark: true
        )
        #expect(outcome(turned) == "charset-conflict / 2")
    }

    @Test("UTF-32 and EBCDIC are refused by name")
    func unread() {
        #expect(outcome([0, 0, 0xFE, 0xFF, 0, 0, 0, 0x3C]) == "charset-unsupported / 0")
        #expect(outcome([0x3C, 0, 0, 0, 0x61, 0, 0, 0]) == "charset-unsupported / 0")
        #expect(outcome([0x4C, 0x6F, 0xA7, 0x94]) == "charset-unsupported / 0")
    }

    @Test("every ASCII character and the clinical symbols come through each set")
    func symbols() throws {
        let ascii = (0x20...0x7E).map { String(UnicodeScalar($0)) }.joined()
        let symbols = "< > & µ ± ² ½ \" ' £"
        func escaped(_ text: String) -> String {
            text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
                .replacing(">", with: "&gt;")
        }
        let wanted = ascii + symbols
        let utf8 = Array("<a>\(escaped(wanted))≤</a>".utf8)
        #expect(try text(utf8).0 == wanted + "≤")
        let wide = utf16("<a>\(escaped(wanted))≤</a>", bigEndian: false, mark: true)
        #expect(try text(wide).0 == wanted + "≤")
        let latin = document("ISO-8859-1", escaped(wanted).unicodeScalars.map { UInt8($0.value) })
        #expect(try text(latin).0 == wanted)
    }
}
