import CLibXML2
import PortalBytes
import Testing
import XMLSyntax

/// What no document of a stranger gets (PITFALLS 0.8, failure 17; TESTING (a) 4 and 5).
@Suite("Refusals, with code and place")
struct RefusalTests {
    @Test(
        "documents that are refused",
        arguments: [
            ("", "not-xml / 0"),
            ("   \n", "not-xml / 0"),
            ("MSH|^~\\&|", "not-xml / 0"),
            ("  {}", "not-xml / 2"),
            ("<a>", "end-missing / 3"),
            ("<a><b>", "end-missing /a/b 6"),
            ("<a><b></a>", "tag-mismatch /a/b 10"),
            ("<a x='1' x='2'/>", "attribute-repeated / 14"),
            ("<a><p:b/></a>", "namespace-undeclared /a 7"),
            ("<a>&nbsp;</a>", "entity-refused /a 9"),
            ("<a>&#0;</a>", "control-character /a 7"),
            ("<a>&#x1F;</a>", "control-character /a 9"),
            ("<a b='&#1;'/>", "control-character / 10"),
            ("<a>\u{0}</a>", "control-character / 3"),
            ("<a b='\u{8}'/>", "control-character / 6"),
            ("<a>\u{B}</a>", "control-character / 3"),
            ("<!DOCTYPE a><a/>", "doctype-refused / 0"),
            (
                "<?xml version='1.0'?><!-- x --><!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
                "doctype-refused / 31"
            ),
            (
                "<?x <!DOCTYPE a> ?><!-- <!DOCTYPE a> --><!DOCTYPE a []><a/>",
                "doctype-refused / 40"
            ),
            ("<!doctype a><a/>", "doctype-refused / 0"),
            ("<!ENTITY a 'b'><a/>", "doctype-refused / 0"),
            ("<?xml version='1.0' encoding='UTF-7'?><a/>", "charset-unsupported / 0"),
            ("<?xml version='1.0' encoding='UTF-16'?><a/>", "charset-conflict / 0"),
            ("\u{FEFF}<?xml version='1.0' encoding='ISO-8859-1'?><a/>", "charset-conflict / 3"),
        ]
    )
    func refused(_ text: String, _ expected: String) {
        #expect(outcome(text) == expected)
    }

    @Test("an entity bomb, a quadratic one and an external entity are refused at the DOCTYPE")
    func bombs() {
        let laughs = (1...9).map { level in
            let inner = String(repeating: "&l\(level - 1);", count: 10)
            return "<!ENTITY l\(level) \"\(inner)\">"
        }
        let bomb =
            "<?xml version=\"1.0\"?><!DOCTYPE z [<!ENTITY l0 \"ha\">" + laughs.joined()
            + "]><z>&l9;</z>"
        let external = "<!DOCTYPE z [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><z>&x;</z>"
        let parameter = "<!DOCTYPE z [<!ENTITY % x SYSTEM \"http://localhost/\"> %x;]><z/>"
        for text in [bomb, external, parameter] {
            let at = text.hasPrefix("<?xml") ? 21 : 0
            #expect(outcome(text) == "doctype-refused / \(at)")
            for isBig in [true, false] {
                for mark in [true, false] {
                    let wide = utf16(text, bigEndian: isBig, mark: mark)
                    #expect(outcome(wide) == "doctype-refused / \(2 * at + (mark ? 2 : 0))")
                }
            }
            let latin = text.replacing("<!DOCTYPE", with: "<!--\u{E9}--><!DOCTYPE")
            #expect(outcome(latin).hasPrefix("doctype-refused"))
        }
        let latin =
            Array("<?xml version='1.0' encoding='ISO-8859-1'?><!--".utf8) + [0xE9]
            + Array("--><!DOCTYPE a><a/>".utf8)
        #expect(outcome(latin) == "doctype-refused / 51")
        // Behind the root's start it is no declaration.
        #expect(outcome("<a><!DOCTYPE b></a>").hasPrefix("not-well-formed /a"))
        #expect(outcome("<a/><!DOCTYPE b>").hasPrefix("not-well-formed"))
        #expect(outcome("<a><![CDATA[<!DOCTYPE b>]]><!-- <!DOCTYPE c> --></a>") == "read")
    }

    /// The second door: what libxml2 is given without the first scan.
    @Test("libxml2's own hook refuses a document type and an entity")
    func hook() {
        portal_xml_prepare()
        let limits = portal_xml_limits(
            depth: 64,
            nodes: 1000,
            attributes: 1000,
            names: 1000,
            namespaces: 100,
            text: 1000
        )
        for (text, reason) in [
            ("<!DOCTYPE a><a/>", portal_xml_doctype),
            ("<!DOCTYPE a SYSTEM 'http://localhost/x.dtd'><a/>", portal_xml_doctype),
            (
                "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
                portal_xml_doctype
            ),
            ("<a>&x;</a>", portal_xml_not_well_formed),
            ("<a/>", portal_xml_ok),
        ] {
            let bytes = Array(text.utf8)
            let found = bytes.withUnsafeBufferPointer { buffer in
                let reader = portal_xml_open(buffer.baseAddress, buffer.count, limits)
                defer { portal_xml_close(reader) }
                guard let reader else { return -1 }
                while portal_xml_advance(reader, 7) == 1 {}
                return Int(portal_xml_why(reader).reason)
            }
            #expect(found == Int(reason), "\(text)")
        }
    }

    @Test("XInclude and stylesheet instructions are text to us, and nothing is loaded")
    func instructions() throws {
        let text = """
            <?xml-stylesheet href="http://localhost/x.xsl"?><a xmlns:xi="http://www.w3.org/2001/XInclude">\
            <xi:include href="file:///etc/passwd" parse="text"/></a>
            """
        let document = try XMLDocument.read(Array(text.utf8)[...])
        #expect(document.children(of: document.root).count == 1)
        #expect(document.allTexts(of: document.root).isEmpty)
    }

    @Test("an error says nothing that stood in the document")
    func privacy() {
        let canary = "Zebedee"
        for text in [
            "<a>\(canary)</b>", "<a b='\(canary)' b='\(canary)'/>", "<a>&\(canary);</a>",
            "<a><![CDATA[\(canary)", "<!DOCTYPE \(canary)><a/>", "<a>\(canary)\u{1}</a>",
            "<?xml version='1.0' encoding='\(canary)'?><a/>", "\(canary)", "<a>\(canary)",
            "<a \(canary)/>", "<a xmlns:p='\(canary)'><q:b c='\(canary)'/></a>",
        ] {
            do {
                _ = try XMLDocument.read(Array(text.utf8)[...])
                Issue.record("read: \(text)")
            } catch {
                #expect(!"\(error) \(String(reflecting: error))".contains(canary))
            }
        }
    }

    @Test("equal errors are equal in code and place")
    func equality() {
        func error(_ text: String) -> XMLSyntaxError? {
            do {
                _ = try XMLDocument.read(Array(text.utf8)[...])
                return nil
            } catch { return error }
        }
        #expect(error("<a>") == error("<a>"))
        #expect(error("<a>") != error("<a> "))
        #expect(error("<a>")?.code == .endMissing)
        #expect(error("<a>")?.description.contains("send the whole document") == true)
    }
}
