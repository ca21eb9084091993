import Foundation
import PortalIntake
import PortalRecord
import PortalTestKit
import Testing
import XMLAdapters

@Suite("What a referral states")
struct ReferralTests {
    private func report(_ name: String) throws -> IntakeReport {
        try adapt(try SourceTree.bytes("Tests/XMLAdaptersTests/Fixtures/\(name)/input.xml"))
    }

    private func referral(_ report: IntakeReport) throws -> (RecordEntry, Referral) {
        for entry in report.entries {
            if case .referral(let referral) = entry.content { return (entry, referral) }
        }
        throw CancellationError()
    }

    @Test("new, amended and withdrawn are versions of one chain, each with its own time")
    func versions() throws {
        let names = [
            "urgent-cancer-referral-with-attachments", "referral-amended", "referral-withdrawn",
        ]
        let entries = try names.map { try referral(try report($0)).0 }
        #expect(Set(entries.map(\.chain)).count == 1)
        #expect(entries.map(\.status) == [.final, .amended, .withdrawn])
        #expect(entries.map(\.sequence) == [1, 2, 3])
        #expect(
            entries.map { $0.statusTime?.description }
                == ["2026-03-02T09:10:00Z", "2026-03-05T10:55:00Z", "2026-03-06T07:59:00Z"]
        )
        #expect(entries[0].key == BusinessKey(assigner: "urn:id:P55555", value: "R-1001"))
    }

    @Test(
        "words inside markup are the field's own: none is lost, and markup is a finding (Failures 3)"
    )
    func markup() throws {
        let text = """
            <?xml version="1.0"?><Referral xmlns="urn:clinicalportal:sci-gateway-referral:1">
            <Message><MessageID>1</MessageID><Number assigner="P1">R1</Number><Status>new</Status>\
            <Created>2026-03-02T09:15:00Z</Created></Message>
            <Patient><OtherNumber assigner="GRI" type="MR">1</OtherNumber></Patient>
            <Urgency><i>urgent</i></Urgency><Reason>Chest <b>pain <u>at</u></b> rest</Reason>\
            <Clinical><Medicine><Name>Methotrexate</Name>\
            <Dose>10 mg <b>once a WEEK</b></Dose></Medicine></Clinical></Referral>
            """
        let report = try adapt(Array(text.utf8))
        let (_, referral) = try referral(report)
        #expect(referral.urgency == "urgent")
        #expect(referral.reason?.words == "Chest pain at rest")
        let doses = report.entries.compactMap { entry -> String? in
            guard case .medicationStatement(let medicine) = entry.content else { return nil }
            return medicine.dose
        }
        #expect((doses + referral.medicines).contains { $0.contains("10 mg once a WEEK") })
        #expect(report.diagnostics.contains { $0.code == "markup-in-text" })
        let two = text.replacing(
            "</Patient>",
            with: "</Patient><Patient><NHSNumber>9990000018</NHSNumber></Patient>"
        )
        #expect(throws: IntakeError.self) { try adapt(Array(two.utf8)) }
    }

    @Test("a version time later than its message orders nothing (SAFETY S6)")
    func future() throws {
        let report = try report("version-time-in-future")
        #expect(report.entries.allSatisfy { $0.statusTime == nil })
        #expect(report.diagnostics.map(\.code).contains("status-time-in-future"))
    }

    @Test("absent says nothing, empty says nothing, cleared takes back")
    func cleared() throws {
        let report = try report("referral-amended")
        guard case .patient(let person) = report.entries[0].content else { return }
        #expect(person.cleared == ["telecom"])
        let letter = try referral(report).1.letter
        #expect(letter.other["cleared"] == "Reason, Examination")
        let first = try self.report("urgent-cancer-referral-with-attachments")
        guard case .patient(let before) = first.entries[0].content else { return }
        #expect(before.cleared.isEmpty)
        let text = """
            <Referral xmlns="\(SCIGatewayReferralAdapter.namespace)"><Message><Status>new</Status>
            </Message><Patient><Phone/><BirthDate cleared="true">1951</BirthDate></Patient></Referral>
            """
        let other = try adapt(Array(text.utf8))
        guard case .patient(let empty) = other.entries[0].content else { return }
        #expect(empty.cleared.isEmpty && empty.telecoms.isEmpty)
        #expect(empty.birthDate?.description == "1951")
        #expect(other.diagnostics.map(\.code).contains("cleared-but-not-empty"))
    }

    @Test("every symbol comes through every path (PITFALLS failure 3)")
    func symbols() throws {
        let letter = try referral(try report("symbols-and-non-ascii")).1
        #expect(letter.reason?.text == "Troponin <0.01 µg/L & rising")
        #expect(
            letter.letter.sections.map(\.text) == [
                "CRP <0.01, pO₂ ≤ 8, ±2 SD, 5 µg, temperature 38½°, R&D \"ok\" ≥ 3²",
                "BP <90 & pulse >120; drop of ½ ≤ 1", "Na <130 & K >6",
            ]
        )
        #expect(letter.letter.sections.last?.heading == "Units < & µ")
    }

    @Test("character sets change nothing that is said")
    func charsets() throws {
        let text = String(
            decoding: try SourceTree.bytes(
                "Tests/XMLAdaptersTests/Fixtures/symbols-and-non-ascii/input.xml"
            ),
            as: UTF8.self
        )
        let plain = try adapt(Array(text.utf8))
        let wide = try adapt(
            Array(text.replacing("UTF-8", with: "UTF-16").utf16)
                .flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        )
        #expect(wide.entries.map(\.content) == plain.entries.map(\.content))
        #expect(wide.ledger.mapped > plain.ledger.mapped)
    }

    @Test("labels are on every statement of the letter (PITFALLS 55)")
    func labels() throws {
        let text = String(
            decoding: try SourceTree.bytes(
                "Tests/XMLAdaptersTests/Fixtures/urgent-cancer-referral-with-attachments/input.xml"
            ),
            as: UTF8.self
        )
        let labelled = text.replacing(
            "<Referrer>",
            with: "<Confidentiality>V</Confidentiality><Referrer>"
        )
        let entries = try adapt(Array(labelled.utf8)).entries.dropFirst()
        #expect(entries.count == 6)
        #expect(entries.allSatisfy { $0.labels == [.sealed] })
    }

    @Test("a medicine listed twice is two statements")
    func twice() throws {
        let text = """
            <Referral xmlns="\(SCIGatewayReferralAdapter.namespace)"><Message><Status>new</Status>
            </Message><Patient/><Clinical><Medicine><Name>Prednisolone</Name><Dose>5 mg</Dose>
            </Medicine><Medicine><Name>Prednisolone</Name><Dose>1 mg</Dose></Medicine></Clinical>
            </Referral>
            """
        let entries = try adapt(Array(text.utf8)).entries.filter { $0.kind == .medicationStatement }
        #expect(Set(entries.map(\.chain)).count == 2)
    }

    @Test("what is no referral of ours is left to others or refused by name")
    func strangers() throws {
        func recognises(_ text: String) -> Bool {
            SCIGatewayReferralAdapter().recognises(document(Array(text.utf8)))
        }
        #expect(!recognises("<Referral/>"))
        #expect(!recognises("<ClinicalDocument xmlns='urn:hl7-org:v3'/>"))
        #expect(!recognises("MSH|^~\\&|"))
        #expect(!recognises(""))
        let long = String(repeating: "é", count: 9000)
        let namespace = SCIGatewayReferralAdapter.namespace
        #expect(recognises("<Referral xmlns='\(namespace)'><Message>\(long)"))
        #expect(!recognises("<!DOCTYPE Referral><Referral xmlns='\(namespace)'/>"))
        for (text, code) in [
            ("<Referral/>", "root-unknown"), ("<a>", "end-missing"), ("x", "not-xml"),
            ("<Referral xmlns='\(namespace)'><Patient/></Referral>", "element-missing"),
            ("<Referral xmlns='\(namespace)'><Message/></Referral>", "element-missing"),
        ] {
            do {
                _ = try adapt(Array(text.utf8))
                Issue.record("read: \(text)")
            } catch let error as IntakeError {
                #expect(error.code == code)
                #expect(error.outcome == (code == "not-xml" ? .rejected : .held))
            }
        }
    }
}
