import Foundation
import PortalIntake
import PortalRecord
import PortalTestKit
import Testing
import XMLAdapters

@Suite("PITFALLS failures 17 and 18: the narrative of a CDA document is safe to show")
struct CDANarrativeTests {
    private func text(_ narrative: String) throws -> (String, [String]) {
        let report = try CDASample.report(
            CDASample.document(body: CDASample.section("1", text: narrative))
        )
        return (report.letter?.sections.first?.text ?? "", report.diagnostics.map(\.code))
    }

    @Test(
        "what would run goes with a finding, its words never",
        arguments: [
            ("<script>steal()</script>x", "x"), ("<SCRIPT>steal()</SCRIPT>x", "x"),
            ("<style>p{}</style>x", "x"), ("<iframe src=\"//evil\">y</iframe>x", "x"),
            ("<object data=\"//evil\">y</object>x", "x"),
            ("<img src=\"x\" onerror=\"steal()\"/>x", "x"),
            ("<svg><a>y</a></svg>x", "x"), ("<form><input/></form>x", "x"),
        ]
    )
    func removed(_ attack: String, _ words: String) throws {
        let (text, codes) = try text(attack)
        #expect(text == words)
        #expect(codes.contains("narrative-element-removed"))
    }

    @Test(
        "links and events go, their words stay",
        arguments: [
            "<paragraph onmouseover=\"steal()\">x</paragraph>",
            "<linkHtml href=\"javascript:steal()\">x</linkHtml>",
            "<linkHtml href=\"data:text/html;base64,PHNjcmlwdD4=\">x</linkHtml>",
            "<content onload=\"steal()\" styleCode=\"Bold\">x</content>",
            "<a href=\"//evil\">x</a>", "<marquee onstart=\"steal()\">x</marquee>",
        ]
    )
    func stripped(_ attack: String) throws {
        let (text, codes) = try text(attack)
        #expect(text == "x")
        #expect(
            codes.contains("narrative-attribute-removed")
                || codes.contains("narrative-element-unwrapped")
        )
    }

    @Test("mark-up in references, CDATA and escapes stays words and gives nothing of its own")
    func escapes() throws {
        #expect(try text("&lt;script&gt;x&lt;/script&gt;").0 == "<script>x</script>")
        #expect(try text("<![CDATA[<img onerror=steal()>]]>").0 == "<img onerror=steal()>")
        #expect(try text("&#60;b&#62;x").0 == "<b>x")
    }

    @Test("entities, document types and includes are refused or give nothing")
    func entities() throws {
        let report = String(
            decoding: CDASample.document(body: CDASample.section("1")),
            as: UTF8.self
        )
        for front in [
            "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>",
            "<!DOCTYPE a SYSTEM \"//evil\">",
        ] {
            #expect(throws: IntakeError.self) { try CDASample.report(Array((front + report).utf8)) }
        }
        #expect(throws: IntakeError.self) {
            try CDASample.report(Array(report.replacing("See entries", with: "&xxe;").utf8))
        }
        let include =
            "<xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"file:///etc/passwd\"/>x"
        #expect(try text(include).0 == "x")
        // A style sheet that the document names is a remark and is not followed.
        let styled = "<?xml-stylesheet type=\"text/xsl\" href=\"//evil\"?>" + report
        #expect(try CDASample.report(Array(styled.utf8)).letter != nil)
    }

    @Test("a picture becomes a named file, and is told where the narrative shows it")
    func pictures() throws {
        let report = try CDASample.report(try CDAFixture.named("narrative-that-attacks"))
        let letter = try #require(report.letter)
        #expect(letter.attachments.map(\.title) == ["MM1"])
        #expect(letter.attachments.map(\.mediaType) == ["image/png"])
        #expect(
            letter.other.contains { $0.key.hasSuffix("@referencedObject") && $0.value == "MM1" }
        )
        #expect(letter.sections.first?.heading == "History <script>")
    }

    @Test("what its author struck out reads as struck out")
    func struck() throws {
        #expect(
            try text("<paragraph><content revised=\"delete\">10 mg</content> 5 mg</paragraph>").0
                == "[deleted: 10 mg] 5 mg"
        )
    }

    @Test("PITFALLS 29: a section of narrative alone is kept whole, nested ones behind it")
    func sections() throws {
        let letter = try CDASample.report(try CDAFixture.named("letter-of-narrative-alone")).letter
        #expect(letter?.sections.map(\.heading) == ["History", "Plan", "Tests"])
        #expect(
            letter?.sections.last?.text
                == "Booked\nTest\tWhen\nSpirometry\tApril\nX-ray\t\nFasting is not needed"
        )
        #expect(letter?.sections[1].text == "See again\n   in three months.")
    }

    @Test("a body that is no XML: file, pointer, or words (PITFALLS 12)")
    func bodies() throws {
        let file = try CDASample.report(try CDAFixture.named("file-in-base64")).letter
        #expect(file?.attachments.first?.mediaType == "application/pdf")
        #expect(file?.attachments.first?.byteCount == 21)
        #expect(file?.attachments.first?.chunks.count == 1)
        let pointer = try CDASample.report(try CDAFixture.named("file-elsewhere")).letter
        #expect(pointer?.attachments.first?.location == "letters/77.pdf")
        let words = try CDASample.report(try CDAFixture.named("plain-text-body")).letter
        #expect(words?.attachments.isEmpty == true)
        #expect(words?.sections.map(\.text) == ["Dear colleague,\nshe is well & swims."])
    }
}
