import ClinicalPortal

/// A board whose GP summary is opened by permission, with every kind of override.
enum ConsentBoard {
    static let profile = """
        silos:
          pas: {label: Attendances, zone: Europe/London, localAuthority: GRI, speaksFor: [GRI], feeds: [encounter], quietAfterHours: 24}
          lab: {label: Laboratory, zone: Europe/London, localAuthority: GRI, feeds: [diagnosticReport]}
          summary: {label: GP summary, adapter: top-elements, zone: Europe/London, localAuthority: GRI, feeds: [allergyIntolerance, medicationStatement, condition, carePlan, flag, relatedPerson]}
        access:
          saysSealed: true
          teams:
            ward-7: {places: [WARD7]}
            surgery: {places: [Riverside Practice]}
          labels:
            genetics: {as: sensitive}
          permission: {silos: [summary], minutes: 120}
          patientView:
            delays: [{kinds: [diagnosticReport], days: 300}]
          blocked:
            - {reason: Human Fertilisation and Embryology Act, codes: [IVF]}
          overrides:
            emergency: {minutes: 60, opens: [relationship, sensitive, permission], reviewHours: 24}
            express-consent: {minutes: 60, opens: [sealed]}
            legal-requirement: {minutes: 60, opens: [relationship, permission, refused, sealed]}
            self-claim: {minutes: 240, opens: [relationship], selfClaim: true}
          roles:
            all: {may: [know, read], needsRelationship: false, purposes: [investigation, administration, recall], duties: [list, review, held, document, link, audit, explain, recall]}
            doctor: {code: R0050, may: [know, read, open document], override: true}
            nurse: {may: [know, read]}
            clerk:
              grants:
                - {may: [know], needsRelationship: false}
                - {may: [know, read], kinds: [encounter], needsRelationship: false}
            officer: {may: [], duties: [override review, audit, explain]}
            patient: {may: [know, read], patient: true}
        people:
          all: {roles: [all]}
          doctor: {roles: [R0050], memberships: [{team: ward-7}]}
          gp: {roles: [doctor], memberships: [{team: surgery}]}
          stranger: {roles: [doctor]}
          nurse: {roles: [nurse]}
          student: {roles: [nurse], memberships: [{team: ward-7, as: student, sponsor: doctor}]}
          clerk: {roles: [clerk]}
          officer: {roles: [officer]}
          second: {roles: [officer, doctor], memberships: [{team: ward-7}]}
          leaver: {roles: [doctor], memberships: [{team: ward-7}], to: 2026-10-01}
          ann: {roles: [patient], identifiers: ["urn:id:GRI|1"]}
          mother: {roles: [patient]}
        mandates:
          - {holder: mother, onBehalfOf: "urn:id:GRI|9", as: parent}
        """

    static func portal(
        _ storage: PortalStorage = .inMemory(),
        journal: any AuditJournal = MemoryAuditJournal(),
        second: (any AuditJournal)? = nil,
        further: String = "",
        alert: @escaping @Sendable (PrivacyAlert) -> Void = { _ in }
    ) throws -> Portal {
        Portal(
            profile: try SiteProfile(yaml: profile + further),
            storage: storage,
            journal: journal,
            secondJournal: second,
            alert: alert
        )
    }

    /// Ann Lee, an inpatient of ward 7 with a result and a GP summary.
    static func fill(_ portal: Portal) throws {
        try portal.take("pas", Board.movement("A01", at: "20261101080000"))
        try portal.take("lab", Board.result("69", status: "F", at: "20260302140000"))
        for line in summary { try portal.take("summary", line) }
    }

    static func statement(_ type: String, _ id: String, _ rest: String) -> [UInt8] {
        Array(
            ("{\"type\":\"\(type)\",\"id\":\"\(id)\",\"patient\":{\"identifiers\":[{\"system\":\"GRI\","
                + "\"value\":\"1\"},{\"system\":\"NHS\",\"value\":\"9990000018\"}],\"name\":{\"family\":"
                + "\"Lee\",\"given\":\"Ann\"},\"birthDate\":\"1951-03-03\",\"gender\":\"F\"},"
                + "\"updated\":\"2026-11-21T22:10:00Z\",\(rest)}").utf8
        )
    }

    static let summary: [[UInt8]] = [
        statement("allergy", "A1", "\"substance\":\"Penicillin\""),
        statement(
            "medicine",
            "M1",
            "\"medicine\":\"Ramipril\",\"supply\":\"repeat\",\"lastIssued\":\"2026-10-01\""
        ),
        statement(
            "medicine",
            "M2",
            "\"medicine\":\"Old repeat\",\"supply\":\"repeat\",\"lastIssued\":\"2024-10-01\""
        ),
        statement(
            "medicine",
            "M3",
            "\"medicine\":\"Undated repeat\",\"supply\":\"repeat\",\"started\":\"2019-04\""
        ),
        statement(
            "medicine",
            "M4",
            "\"medicine\":\"Doxycycline\",\"supply\":\"acute\",\"lastIssued\":\"2026-11-15\""
        ),
        statement(
            "medicine",
            "M5",
            "\"medicine\":\"Old acute\",\"supply\":\"acute\",\"lastIssued\":\"2026-09-15\""
        ),
        statement("problem", "P1", "\"problem\":\"Asthma\""),
        statement(
            "plan",
            "C1",
            "\"category\":\"palliative care\",\"title\":\"Stay at home\",\"reviewDue\":\"2026-09-01\""
        ),
    ]
}
