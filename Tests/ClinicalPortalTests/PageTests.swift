import ClinicalPortal
import Foundation
import Testing

@Suite("Every page of a record")
struct PageTests {
    private static func pages(_ portal: Portal) throws -> [String] {
        let all = try portal.reader("all")
        let patient = try portal.find("urn:id:GRI|1")
        let timeline = try portal.timeline(of: patient, as: all, at: Board.now)
        let results = try portal.results(of: patient, as: all, at: Board.now)
        let none = try portal.results(of: patient, codes: ["none"], as: all, at: Board.now)
        let screen = try portal.topScreen(of: patient, as: all, at: Board.now)
        return [
            TimelineView.text(timeline), TimelineView.html(timeline),
            try TimelineView.json(timeline), CumulativeView.text(results),
            CumulativeView.svg(results), try CumulativeView.json(results),
            CumulativeView.text(none), CumulativeView.svg(none), TopScreenView.text(screen),
            TopScreenView.html(screen), try TopScreenView.json(screen),
        ]
    }

    @Test("names the person: surname, birth date, number (SAFETY: the first screen)")
    func banner() throws {
        let portal = try Board.portal()
        try portal.take("lab", Board.result("69", status: "F", at: "20260302"))
        for page in try Self.pages(portal) {
            #expect(page.contains("LEE, Ann"))
            #expect(page.contains("9990000018"))
            #expect(page.contains("03-Mar-1951") || page.contains("1951-03-03"))
        }
    }

    @Test("lets no control character and no turn of direction through to a terminal or a browser")
    func controls() throws {
        let portal = try Board.portal()
        try portal.take(
            "lab",
            Board.result(
                "69\\X1B\\[2J",
                status: "F",
                at: "20260302",
                code: "HB^Haemo\u{202E}globin\u{1B}[31m\u{9B}2J^L",
                pid: Board.pid(name: "LEE\u{1B}[2J^Ann\u{2066}")
            )
        )
        let hidden: [Unicode.Scalar] = ["\u{1B}", "\u{9B}", "\u{202E}", "\u{2066}"]
        for page in try Self.pages(portal) where !page.hasPrefix("{") {
            for scalar in hidden { #expect(!page.unicodeScalars.contains(scalar)) }
        }
    }

    @Test("draws no number that has no place on a scale, and one axis of time for all units")
    func chart() throws {
        let portal = try Board.portal()
        let values = [
            "1" + String(repeating: "9", count: 400), "-" + String(repeating: "9", count: 400), "0",
            "0.0" + String(repeating: "0", count: 400) + "1", "7", "1000000000000000",
        ]
        for (number, value) in values.enumerated() {
            let text = String(
                decoding: Board.result(
                    value,
                    status: "F",
                    at: "2026030\(number + 1)",
                    number: "N\(number)",
                    control: "\(number)"
                ),
                as: UTF8.self
            )
            .replacing(
                "115-160",
                with: ["inf-nan", "0-inf", "-1-2", "1e308-1e309", "", "1-2"][number]
            )
            .replacing("20260302081500", with: "2026030\(number + 1)081500")
            .replacing("g/L", with: number == 4 ? "g/dL" : "g/L")
            try portal.take("lab", Array(text.utf8))
        }
        let results = try portal.results(
            of: try portal.find("urn:id:GRI|1"),
            as: try portal.reader("all"),
            at: Board.now
        )
        let picture = CumulativeView.svg(results)
        #expect(!picture.contains("nan") && !picture.contains("inf"))
        // The only result in g/dL is of the fifth of six days: it stands at four fifths.
        #expect(picture.contains("cx=\"684\""))
    }

    /// Every printable ASCII character, and what laboratories and letters write.
    private static let symbols =
        String(String.UnicodeScalarView((0x21...0x7E).compactMap { Unicode.Scalar($0) }))
        + "≤≥<µ±²³½¼°αβγΔ→×÷“”‘’…–—€£éÑöŁşç♀️√"

    private static let silos = """
        silos:
          pas: {label: Attendances, localAuthority: GRI}
          letters: {label: Letters, localAuthority: GRI}
          referrals: {label: Referrals, localAuthority: GRI}
          drop: {label: Drop, adapter: letter-drop, localAuthority: GRI}
          lists: {label: Lists, adapter: appointment-list, localAuthority: GRI}
          elements: {label: Elements, adapter: top-elements, localAuthority: GRI}
        access:
          roles: {all: {may: [know, read], needsRelationship: false, duties: [list, review]}}
        people: {all: {roles: [all]}}
        """

    @Test("shows every symbol that was sent, by every path (Failures 3; PITFALLS 11, 60)")
    func symbols() throws {
        let text = Self.symbols
        func escaped(_ pairs: [(String, String)]) -> String {
            text.map { one in pairs.first { $0.0 == String(one) }?.1 ?? String(one) }.joined()
        }
        let hl7 = escaped([
            ("\\", "\\E\\"), ("|", "\\F\\"), ("^", "\\S\\"), ("&", "\\T\\"), ("~", "\\R\\"),
        ])
        let letter = [
            "MSH|^~\\&|L|GRI|||20261121||MDM^T02|1|P|2.5.1||||||UNICODE UTF-8", "EVN|T02|20261120",
            Board.pid(), "TXA|1|CN^Letter|TX|20261001||20261001||||||L1^GRI|||||AU",
            "OBX|1|TX|A^Letter^L||\(hl7)||||||F",
        ].joined(separator: "\r")
        let result = String(decoding: Board.result("1", status: "F", at: "20260302"), as: UTF8.self)
            .replacing("|P|2.5.1", with: "|P|2.5.1||||||UNICODE UTF-8")
            .replacing("|NM|", with: "|ST|").replacing("||1|g/L", with: "||\(hl7)|g/L")
        let xml = """
            <?xml version="1.0"?><Referral xmlns="urn:clinicalportal:sci-gateway-referral:1">
            <Message><MessageID>1</MessageID><Number assigner="P1">R1</Number><Status>new</Status>\
            <Version>1</Version><Created>2026-03-02T09:15:00Z</Created></Message>
            <Patient><OtherNumber assigner="GRI" type="MR">1</OtherNumber><Name use="L">\
            <Given>Ann</Given><Family>LEE</Family></Name><BirthDate>1951-03-03</BirthDate></Patient>
            <Urgency>soon</Urgency><ReferralDate>2026-03-02</ReferralDate>\
            <Reason>\(escaped([("<", "&lt;"), (">", "&gt;"), ("&", "&amp;")]))</Reason></Referral>
            """
        let csv = "\"" + text.replacing("\"", with: "\"\"") + "\""
        let json = escaped([("\\", "\\\\"), ("\"", "\\\"")])
        let person = "1,9990000018,LEE,Ann,1951-03-03"
        let columns = "hospital_number,nhs_number,surname,forename,birth_date"
        let documents: [(String, String)] = [
            ("letters", letter), ("letters", result), ("referrals", xml),
            ("drop", "letter,file,title,\(columns)\nD1,a.txt,T,\(person)\n"),
            ("lists", "appointment,start,reason,\(columns)\nA1,2026-11-25,\(csv),\(person)\n"),
            (
                "elements",
                #"{"type":"alert","id":"F1","patient":{"identifiers":[{"system":"GRI","value":"1"}]},"#
                    + #""updated":"2026-11-21T10:00:00Z","text":"\#(json)","category":"x"}"#
            ),
        ]
        for (silo, document) in documents {
            let portal = Portal(
                profile: try SiteProfile(yaml: Self.silos),
                storage: .inMemory(),
                journal: MemoryAuditJournal()
            )
            let file = IncomingFile(name: "1", bytes: Array(document.utf8)) { _ in
                Array(text.utf8)
            }
            try portal.receive([file], silo: silo, at: Board.now)
            let page = try portal.timeline(
                of: try portal.find("urn:id:GRI|1"),
                as: try portal.reader("all"),
                at: Board.now
            )
            let rows = page.value.sections.flatMap(\.rows)
            let said = rows.flatMap { row in
                [row.headline] + row.notes + row.values.compactMap(\.value)
            }
            #expect(said.contains { $0.contains(text) }, "\(silo)")
            #expect(try TimelineView.json(page).contains(json), "\(silo)")
            let html = TimelineView.html(page)
                .replacing("&lt;", with: "<").replacing("&gt;", with: ">")
                .replacing("&quot;", with: "\"").replacing("&#39;", with: "'")
                .replacing("&amp;", with: "&")
            #expect(html.contains(text), "\(silo)")
        }
    }
}
