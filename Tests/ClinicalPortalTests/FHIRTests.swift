import ClinicalPortal
import Foundation
import PortalRecord
import PortalTestKit
import Testing

/// FHIR through the whole river.
@Suite("FHIR R4 in the record")
struct FHIRTests {
    private static let profile = """
        silos:
          fhir: {label: Practice, zone: Europe/London, localAuthority: GRI, labels: {R: sensitive}}
          lab: {label: Laboratory, zone: Europe/London, localAuthority: GRI}
        access:
          roles:
            all: {may: [know, read], needsRelationship: false, duties: [list, review]}
        people:
          all: {roles: [all]}
        """

    private static func portal() throws -> Portal {
        Portal(
            profile: try SiteProfile(yaml: profile),
            storage: .inMemory(),
            journal: MemoryAuditJournal()
        )
    }

    private static let patient = """
        {"resourceType":"Patient","id":"p","identifier":[{"system":"urn:id:GRI","value":"1"}],
        "name":[{"family":"LEE","given":["Ann"]}],"gender":"female","birthDate":"1951-03-03"}
        """

    private static func bundle(_ resources: String..., at time: String = "2026-11-02") -> [UInt8] {
        let entries = ([patient] + resources).map { "{\"resource\":" + $0 + "}" }
        return Array(
            ("{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"timestamp\":\"" + time
                + "T10:00:00Z\",\"entry\":[" + entries.joined(separator: ",") + "]}").utf8
        )
    }

    private static func report(_ value: String, _ status: String, issued: String) -> [String] {
        [
            """
            {"resourceType":"Observation","id":"o","status":"\(status)","code":{"text":"Potassium"},
            "subject":{"reference":"Patient/p"},"valueQuantity":{"value":\(value),"unit":"mmol/L"}}
            """,
            """
            {"resourceType":"DiagnosticReport","id":"r","status":"\(status)","code":{"text":"U&E"},
            "subject":{"reference":"Patient/p"},"issued":"\(issued)","result":[{"reference":"Observation/o"}]}
            """,
        ]
    }

    private func take(_ portal: Portal, _ reports: [String], at time: String) throws {
        try portal.take("fhir", Self.bundle(reports[0], reports[1], at: time))
    }

    @Test("S5, S7: a correction leads, a later preliminary does not, whatever the order")
    func versions() throws {
        let first = Self.report("5.90", "final", issued: "2026-11-01T09:00:00Z")
        let corrected = Self.report("4.10", "corrected", issued: "2026-11-01T11:00:00Z")
        let early = Self.report("6.0", "preliminary", issued: "2026-11-01T08:00:00Z")
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            let portal = try Self.portal()
            for place in order {
                try take(portal, [first, corrected, early][place], at: "2026-11-02")
            }
            let row = try #require(try portal.rows().first { $0.kind == .diagnosticReport })
            #expect(row.values.map(\.value) == ["4.10"])
            #expect(row.status == "corrected")
        }
    }

    @Test("S21: a confidentiality code that nobody defined withholds")
    func labels() throws {
        for (code, count) in [("N", 1), ("ETH", 0)] {
            let portal = try Self.portal()
            try portal.take(
                "fhir",
                Self.bundle(
                    """
                    {"resourceType":"Condition","id":"c","code":{"text":"Asthma"},
                    "meta":{"security":[{"code":"\(code)"}]},"subject":{"reference":"Patient/p"}}
                    """
                )
            )
            #expect(try portal.rows().filter { $0.kind == .condition }.count == count)
        }
    }

    @Test("S21: a document's confidentiality holds for its medicines, not for its allergies")
    func documentLabels() throws {
        let portal = try Self.portal()
        let resources = [
            """
            {"resourceType":"Composition","id":"c","status":"final","confidentiality":"V",
            "type":{"text":"Letter"},"title":"Letter","date":"2026-11-01",
            "subject":{"reference":"Patient/p"}}
            """,
            Self.patient,
            """
            {"resourceType":"MedicationStatement","id":"m","status":"active",
            "medicationCodeableConcept":{"text":"Secretol"},"subject":{"reference":"Patient/p"}}
            """,
            """
            {"resourceType":"AllergyIntolerance","id":"a","code":{"text":"Egg"},
            "patient":{"reference":"Patient/p"}}
            """,
        ]
        let entries = resources.map { "{\"resource\":" + $0 + "}" }.joined(separator: ",")
        let document = "{\"resourceType\":\"Bundle\",\"type\":\"document\",\"entry\":[\(entries)]}"
        try portal.take("fhir", Array(document.utf8))
        #expect(try portal.rows().map(\.kind) == [.allergyIntolerance])
    }

    @Test("a report never shows another person's observation")
    func anothersObservation() throws {
        let portal = try Self.portal()
        let other = Self.patient.replacing("\"p\"", with: "\"q\"")
            .replacing("\"1\"", with: "\"2\"").replacing("Ann", with: "Eva")
        let report = Self.report("5.9", "final", issued: "2026-11-01T09:00:00Z")
        try portal.take(
            "fhir",
            Self.bundle(
                other,
                report[0].replacing("Patient/p", with: "Patient/q"),
                report[1]
            )
        )
        let mine = try portal.rows().filter { $0.kind == .diagnosticReport }
        #expect(mine.count == 1 && mine.allSatisfy { $0.values.isEmpty })
        let hers = try portal.rows("urn:id:GRI|2").filter { $0.kind == .diagnosticReport }
        #expect(hers.flatMap(\.values).map(\.value) == ["5.9"])
    }

    @Test("S13: no known allergies is said, and a refuted allergy is taken back")
    func allergies() throws {
        let portal = try Self.portal()
        func allergy(_ id: String, _ code: String, _ status: String) -> String {
            """
            {"resourceType":"AllergyIntolerance","id":"\(id)","patient":{"reference":"Patient/p"},
            "verificationStatus":{"coding":[{"code":"\(status)"}]},
            "code":{"coding":[{"system":"http://snomed.info/sct","code":"\(code)"}]}}
            """
        }
        try portal.take(
            "fhir",
            Self.bundle(
                allergy("a", "716186003", "confirmed"),
                allergy("b", "91936005", "refuted")
            )
        )
        let rows = try portal.rows().filter { $0.kind == .allergyIntolerance }
        #expect(rows.compactMap(\.noneKnown) == ["No known allergies"])
        #expect(rows.filter { $0.markers.contains(.withdrawn) }.count == 1)
    }

    @Test(
        "a resolved problem and an inactive allergy say so; pulse and smoking are no blood result"
    )
    func past() throws {
        let portal = try Self.portal()
        try portal.take(
            "fhir",
            Self.bundle(
                """
                {"resourceType":"Condition","id":"c","code":{"text":"Asthma"},
                "clinicalStatus":{"coding":[{"code":"resolved"}]},"abatementDateTime":"2019-05",
                "subject":{"reference":"Patient/p"}}
                """,
                """
                {"resourceType":"AllergyIntolerance","id":"a","code":{"text":"Egg"},
                "clinicalStatus":{"coding":[{"code":"inactive"}]},"patient":{"reference":"Patient/p"}}
                """,
                """
                {"resourceType":"Observation","id":"o","status":"final","code":{"text":"Pulse"},
                "category":[{"coding":[{"code":"vital-signs"}]}],"valueInteger":80,
                "subject":{"reference":"Patient/p"}}
                """
            )
        )
        let headlines = try portal.rows().map(\.headline)
        #expect(headlines.contains("Asthma (resolved, ended May-2019)"))
        #expect(headlines.contains("Egg (inactive)"))
        let screen = try portal.topScreen(
            of: try portal.find("urn:id:GRI|1"),
            as: try portal.reader("all"),
            at: Board.now
        ).value
        #expect(screen.elements.first { $0.name == "blood results" }?.rows.isEmpty == true)
        #expect(screen.elements.first { $0.name == "imaging" }?.rows.count == 1)
    }

    @Test("XML and JSON of one resource state the same")
    func bothForms() throws {
        let json = try Self.portal()
        try json.take(
            "fhir",
            Self.bundle(
                """
                {"resourceType":"Condition","id":"c","code":{"text":"Asthma"},
                "subject":{"reference":"Patient/p"},"recordedDate":"2026-01"}
                """
            )
        )
        let xml = try Self.portal()
        try xml.take(
            "fhir",
            Array(
                """
                <Bundle xmlns="http://hl7.org/fhir"><type value="collection"/>
                <timestamp value="2026-11-02T10:00:00Z"/><entry><resource><Patient><id value="p"/>
                <identifier><system value="urn:id:GRI"/><value value="1"/></identifier>
                <name><family value="LEE"/><given value="Ann"/></name><gender value="female"/>
                <birthDate value="1951-03-03"/></Patient></resource></entry><entry><resource><Condition>
                <id value="c"/><code><text value="Asthma"/></code>
                <subject><reference value="Patient/p"/></subject><recordedDate value="2026-01"/>
                </Condition></resource></entry></Bundle>
                """.utf8
            )
        )
        func said(_ portal: Portal) throws -> [String] {
            try portal.rows().map { "\($0.entry) \($0.headline) \($0.when?.words ?? "")" }
        }
        #expect(try said(json) == said(xml))
        #expect(try said(json).count == 1)
    }
}
