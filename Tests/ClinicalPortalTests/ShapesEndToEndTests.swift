import ClinicalPortal
import PortalTestKit
import Testing

/// Extracts and store messages, from the file to the timeline and the first screen.
@Suite("Extracts and store messages reach the first screen")
struct ShapesEndToEndTests {
    private static let profile = """
        silos:
          gp: {label: GP summary, localAuthority: GRI, feeds: [allergyIntolerance, medicationStatement]}
          palliative: {label: Palliative summary, localAuthority: GRI, feeds: [carePlan, flag]}
          hospital: {label: Hospital summary, adapter: top-elements, localAuthority: GRI, feeds: [carePlan]}
          social: {label: Social care, localAuthority: GRI, feeds: [flag]}
          store: {label: Board store, zone: Europe/London, localAuthority: GRI, speaksFor: [LAB], feeds: [diagnosticReport, clinicalDocument]}
        access:
          roles:
            all: {may: [know, read], needsRelationship: false, duties: [list, review, document]}
        people:
          all: {roles: [all]}
        """

    private static let chi = "urn:oid:2.16.840.1.113883.2.1.3.2.4.16.53|9990000018"

    private func portal() throws -> Portal {
        Portal(
            profile: try SiteProfile(yaml: Self.profile),
            storage: .inMemory(),
            journal: MemoryAuditJournal()
        )
    }

    private func extract(_ name: String) throws -> [UInt8] {
        try SourceTree.bytes("Tests/ExtractAdaptersTests/Fixtures/\(name)/input.jsonl")
    }

    private func xml(_ name: String) throws -> [UInt8] {
        try SourceTree.bytes("Tests/XMLAdaptersTests/Fixtures/\(name)/input.xml")
    }

    private func element(_ portal: Portal, _ name: String) throws -> TopScreen.Element {
        let screen = try portal.topScreen(
            of: try portal.find(Self.chi),
            as: try portal.reader("all"),
            at: Board.now
        ).value
        return try #require(screen.elements.first { $0.name == name })
    }

    @Test("a palliative summary: decision, plan, legal matters and special note")
    func palliative() throws {
        let portal = try portal()
        try portal.take("palliative", try extract("palliative-summary/success/whole-summary"))
        let plans = try element(portal, "plans")
        #expect(
            Set(plans.rows.map(\.what))
                == ["Plan: resuscitation", "Plan: palliative care", "Plan: legal"]
        )
        let decision = plans.rows.first { $0.what == "Plan: resuscitation" }
        #expect(decision?.headline == "Do not attempt CPR; review due 01-Jun-2027")
        #expect(decision?.notes.contains { $0.contains("kitchen drawer") } == true)
        let alerts = try element(portal, "alerts").rows.map(\.headline)
        #expect(alerts.contains("Do not mention the prognosis to the daughter"))
        #expect(try element(portal, "medicines").rows.count == 2)
        // Another source decides otherwise: both stand, and it is said (SAFETY S13).
        try portal.take(
            "hospital",
            Array(
                #"{"type":"plan","id":"H1","patient":{"identifiers":[{"system":"CHI","value":"9990000018"}],"name":{"family":"LEE","given":"Ann"},"birthDate":"1951-03-03","gender":"F"},"category":"resuscitation","title":"For full resuscitation"}"#
                    .utf8
            )
        )
        let both = try element(portal, "plans")
        #expect(both.lines.contains("Sources disagree: check the signed form"))
    }

    @Test("the next palliative summary decides otherwise: one plan in its new words")
    func decisionChanged() throws {
        let portal = try portal()
        try portal.take("palliative", try extract("palliative-summary/success/decision-changed"))
        let plans = try element(portal, "plans").rows
        #expect(plans.map(\.headline) == ["Do not attempt CPR"])
        #expect(try !element(portal, "plans").lines.contains { $0.hasPrefix("Sources disagree") })
    }

    @Test("social care: the flag with its dates and contact, and no word of the plan anywhere")
    func socialCare() throws {
        let portal = try portal()
        try portal.take("social", try extract("social-care/success/plan-text-never-taken"))
        let alerts = try element(portal, "alerts").rows
        #expect(alerts.map(\.headline) == ["Child protection plan"])
        #expect(alerts.first?.notes == ["Lochside Council; Duty social worker; 0141 496 0003"])
        let said = try CanonicalJSON.text(try portal.rows(Self.chi))
        for word in ["Neglect", "violence", "refused", "partner", "assessment", "Secret"] {
            #expect(!said.contains(word))
        }
        // Nor is it in the bytes that are kept, which go by the hash of what was received.
        let line = Array(
            try extract("social-care/success/plan-text-never-taken").prefix { $0 != 0x0A }
        )
        let kept = try portal.document(
            ContentHash(of: line),
            as: try portal.reader("all"),
            at: Board.now
        ).value
        let text = String(decoding: kept, as: UTF8.self)
        #expect(kept.count == line.count && text.contains("\"flag\":\"CPP\""))
        for word in ["Neglect", "violence", "refused", "partner", "assessment", "Secret"] {
            #expect(!text.contains(word))
        }
        let ended = try self.portal()
        try ended.take("social", try extract("social-care/success/ended"))
        #expect(
            try element(ended, "alerts").rows.map(\.headline)
                == ["Child protection plan; until 31-Oct-2026"]
        )
    }

    @Test("store results: a correction shows the corrected value, a withdrawal none")
    func results() throws {
        let portal = try portal()
        try portal.take(
            "store",
            try xml("sci-store-result/success/amended"),
            try xml("sci-store-result/success/final-report"),
            try xml("sci-store-result/success/measurements-of-every-form")
                .replacing("26B9001".utf8, with: "26B9002".utf8)
        )
        let blood = try element(portal, "blood results").rows
        #expect(blood.count == 1)
        let haemoglobin = blood.first?.values.first
        #expect(haemoglobin?.value == "69" && haemoglobin?.abnormal == "low")
        #expect(haemoglobin?.markers == [.corrected])
        #expect(haemoglobin?.range == "115-160" && haemoglobin?.unit == "g/L")
        #expect(try element(portal, "microbiology").rows.map(\.what) == ["Urine culture"])
        try portal.take("store", try xml("sci-store-result/success/wrong-patient"))
        let gone = try element(portal, "blood results").rows
        #expect(gone.flatMap(\.values).allSatisfy { $0.value == nil })
    }

    @Test("store documents: revisions, retirement and a consent that was refused")
    func documents() throws {
        let portal = try portal()
        try portal.take(
            "store",
            try xml("sci-store-document/success/revised"),
            try xml("sci-store-document/success/letter-as-a-file")
        )
        let letters = try element(portal, "clinic letters").rows
        #expect(letters.count == 1 && letters.first?.markers == [.corrected])
        #expect(letters.first?.attachments.count == 1)
        try portal.take("store", try xml("sci-store-document/success/retired"))
        #expect(try element(portal, "clinic letters").rows.allSatisfy { !$0.stands })
        let sealed = try self.portal()
        try sealed.take("store", try xml("sci-store-document/success/consent-refused"))
        let hidden = try element(sealed, "clinic letters")
        #expect(hidden.rows.isEmpty && hidden.more == 0)
    }

    @Test("a practice that changes from lines to XML sends the same list")
    func otherForm() throws {
        let portal = try portal()
        try portal.take("gp", try extract("gp-emergency-summary/success/whole-summary"))
        #expect(try element(portal, "medicines").rows.count == 2)
        try portal.take("gp", try xml("gp-emergency-summary-xml/success/amended"))
        let medicines = try element(portal, "medicines")
        #expect(medicines.rows.map(\.headline) == ["Bisoprolol 5 mg: 1 in the morning"])
        #expect(medicines.more == 1)
        #expect(try element(portal, "allergies").rows.first?.markers == [.notListed])
    }
}
