import ClinicalPortal
import Foundation
import PortalStoreSQLite
import Testing

/// What privacy officers, practice managers, patients and managers read of the audit.
@Suite("Reading the audit")
struct AuditReadingTests {
    private static let ann = "urn:id:GRI|1"

    private static let profile = """
        silos:
          pas: {label: Attendances, zone: Europe/London, localAuthority: GRI, speaksFor: [GRI], feeds: [encounter]}
        access:
          teams:
            ward-7: {places: [WARD7]}
            surgery: {places: [Riverside Practice]}
          overrides:
            emergency: {minutes: 60, opens: [relationship]}
          roles:
            doctor: {may: [know, read], needsRelationship: false, override: true}
            officer: {may: [], duties: [audit, usage, erase]}
            manager: {may: [], duties: [practice audit]}
            patient: {may: [know, read], patient: true}
        people:
          kin: {name: Dr Kim Lee, roles: [doctor], organisation: GRI, postcode: G1 1AA}
          colleague: {roles: [doctor], organisation: GRI, identifiers: ["urn:id:GRI|2"]}
          plain: {name: Dr Jo Gray, roles: [doctor], organisation: GRI, postcode: EH9 9ZZ}
          officer: {roles: [officer]}
          manager: {roles: [manager], memberships: [{team: surgery}]}
          elsewhere: {roles: [manager]}
          ann: {roles: [patient], identifiers: ["urn:id:GRI|1"]}
        audit:
          watched: ["urn:id:GRI|3"]
        """

    private func portal() throws -> Portal {
        let portal = Portal(
            profile: try SiteProfile(yaml: Self.profile),
            storage: .inMemory(),
            journal: MemoryAuditJournal()
        )
        func person(_ number: String, _ name: String, practice: String = "") -> [UInt8] {
            Board.movement(
                "A01",
                at: "2026110108000\(number)",
                visit: "V" + number,
                pid: "PID|1||\(number)^^^GRI^MR||\(name)||19510303|F|||1 High St^^Glasgow^^G1 1AA",
                extra: practice.isEmpty ? [] : ["PD1|||" + practice]
            )
        }
        try portal.take("pas", person("1", "LEE^Ann", practice: "Riverside Practice"))
        try portal.take("pas", person("2", "ROY^Bob"))
        try portal.take("pas", person("3", "VIP^Vera"))
        return portal
    }

    private func look(_ portal: Portal, _ person: String, _ number: String, at now: Instant) throws
    {
        _ = try portal.timeline(
            of: try portal.find("urn:id:GRI|" + number),
            as: try portal.reader(person),
            at: now
        )
    }

    private func review(_ portal: Portal, as person: String = "officer") throws -> [String] {
        try portal.reviewAudit(as: try portal.reader(person), at: Board.now).value.cases.map {
            $0.person + " " + $0.rules.map(\.rawValue).joined(separator: "+")
        }
    }

    @Test("R2, R3, R5: kin, colleagues and the watched are asked about; plain care is not")
    func cases() throws {
        let portal = try portal()
        try look(portal, "plain", "1", at: Board.now)
        #expect(try review(portal).isEmpty)
        try look(portal, "kin", "1", at: Board.now)
        try look(portal, "plain", "2", at: Board.now)
        try look(portal, "plain", "3", at: Board.now)
        #expect(Set(try review(portal)) == ["kin R2 family", "plain R3", "plain R5"])
    }

    @Test("R7 and R8: nobody's patient, and one who left long ago")
    func late() throws {
        let portal = try portal()
        let years = Instant("2029-01-01T00:00Z") ?? Board.now
        let discharge = String(
            decoding: Board.movement("A03", at: "20261102080000", pid: Board.pid(nhs: nil)),
            as: UTF8.self
        ).replacing("|20261101\r", with: "|20261101|20261102\r")
        try portal.take("pas", Array(discharge.utf8))
        try look(portal, "plain", "1", at: years)
        let found = try review(portal)
        #expect(found.count == 1, "\(found)")
    }

    @Test("R10: an override without an attendance; with one it is none")
    func overrides() throws {
        let portal = try portal()
        let years = Instant("2024-01-01T00:00Z") ?? Board.now
        for (number, moment) in [("1", Board.now), ("2", years)] {
            _ = try portal.override(
                try portal.find("urn:id:GRI|" + number),
                type: "emergency",
                reason: "collapsed",
                as: try portal.reader("plain"),
                at: moment
            )
        }
        let found = try review(portal)
        #expect(found.count == 1 && found[0].contains("R10") && found[0].contains("R7"), "\(found)")
    }

    @Test("R6 and R9: very many in a day, and two places at once")
    func volume() throws {
        var review = AuditReview(
            staff: { _ in nil },
            patient: { ReviewedPatient(handle: $0, contacts: [.init(from: 0)]) },
            isStaffNumber: { _, _ in false }
        )
        func take(_ person: String, _ patient: Int, _ place: String?, minute: Int) {
            review.take(
                AuditEvent(
                    id: "\(person)\(patient)\(minute)",
                    time: Board.now.adding(seconds: minute * 60),
                    action: .readTimeline,
                    outcome: .permitted,
                    principal: AuditPrincipal(person: person, roles: ["nurse"], location: place),
                    patient: "p\(patient)",
                    members: ["p\(patient)"]
                )
            )
        }
        for nurse in 0..<9 {
            for patient in 0..<5 { take("n\(nurse)", patient, nil, minute: patient) }
        }
        for patient in 0..<30 { take("busy", patient, nil, minute: patient) }
        take("split", 1, "Glasgow", minute: 0)
        take("split", 1, "Edinburgh", minute: 4)
        take("moves", 1, "Glasgow", minute: 0)
        take("moves", 1, "Edinburgh", minute: 90)
        let found = review.finish()
        #expect(Set(found.map(\.person)) == ["busy", "split"])
        #expect(Set(found.flatMap(\.rules)) == [.volume, .twoPlaces])
    }

    @Test("practice managers see looks at their own patients alone; others nothing")
    func managers() throws {
        let portal = try portal()
        try look(portal, "kin", "1", at: Board.now)
        try look(portal, "plain", "3", at: Board.now)
        #expect(try review(portal, as: "manager") == ["kin R2 family"])
        #expect(try review(portal, as: "elsewhere").isEmpty)
        #expect(throws: AccessError.self) { _ = try review(portal, as: "plain") }
        let own = try portal.find(Self.ann)
        let other = try portal.find("urn:id:GRI|3")
        let manager = try portal.reader("manager")
        #expect(try portal.whoLooked(at: own, as: manager, at: Board.now).value.count > 0)
        #expect(throws: AccessError.self) {
            _ = try portal.whoLooked(at: other, as: manager, at: Board.now)
        }
    }

    @Test("a patient reads in plain words who looked")
    func plainWords() throws {
        let portal = try portal()
        try look(portal, "plain", "1", at: Board.now)
        let seen = try portal.whoLooked(
            at: try portal.find(Self.ann),
            as: try portal.reader("ann"),
            at: Board.now
        )
        let text = WhoLookedView.text(seen)
        #expect(text.contains("plain (doctor, GRI) read the record: 1 item, for direct care."))
        #expect(throws: AccessError.self) {
            _ = try portal.whoLooked(
                at: try portal.find("urn:id:GRI|2"),
                as: try portal.reader("ann"),
                at: Board.now
            )
        }
    }

    @Test("use is counted by week, role and site; refusals and overrides are told apart")
    func usage() throws {
        let portal = try portal()
        for day in [0, 1, 8] {
            let now = Board.now.adding(seconds: day * 86_400)
            try look(portal, "plain", "1", at: now)
        }
        _ = try? portal.timeline(
            of: try portal.find(Self.ann),
            as: try portal.reader("officer"),
            at: Board.now
        )
        let weeks = try portal.usage(as: try portal.reader("officer"), at: Board.now).value
        #expect(weeks.map(\.looks) == [1, 2] || weeks.map(\.looks) == [1, 1, 1])
        #expect(weeks.map(\.refused).reduce(0, +) == 1)
        #expect(weeks[0].byRole == ["doctor": 1] && weeks[0].bySite == ["GRI": 1])
    }

    @Test("FHIR AuditEvents: one for each patient, none of whom is told of another")
    func export() throws {
        let portal = try portal()
        _ = try portal.list(
            PatientListQuery(.inpatients),
            as: try portal.reader("plain"),
            at: Board.now
        )
        try look(portal, "plain", "1", at: Board.now)
        let events = try portal.exportAudit(as: try portal.reader("officer"), at: Board.now)
        let lines = try AuditEventExport.lines(events)
        var patients: [Set<String>] = []
        var ids: Set<String> = []
        for line in lines {
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            )
            #expect(object["resourceType"] as? String == "AuditEvent")
            #expect(object["recorded"] is String && object["agent"] is [Any])
            #expect(ids.insert(try #require(object["id"] as? String)).inserted)
            let entities = try #require(object["entity"] as? [[String: Any]])
            let named = entities.compactMap {
                ($0["what"] as? [String: Any])?["reference"] as? String
            }
            patients.append(Set(named))
        }
        #expect(patients.allSatisfy { $0.count <= 1 })
        let reads = lines.filter { $0.contains("\"read timeline\"") }
        #expect(reads.count == 1)
        // The list showed three, the page one.
        #expect(patients.count { $0.count == 1 } >= 4)
    }

    @Test("an event is erased by who may, with a reason, and the reading of the rest goes on")
    func erased() throws {
        let portal = try portal()
        try look(portal, "plain", "1", at: Board.now)
        let officer = try portal.reader("officer")
        // Nothing vouches for the event yet.
        #expect(throws: AccessError.self) {
            try portal.eraseAudit(leaf: 0, reason: "court order", as: officer, at: Board.now)
        }
        #expect(throws: AccessError.self) {
            try portal.eraseAudit(
                leaf: 0,
                reason: "mine",
                as: try portal.reader("plain"),
                at: Board.now
            )
        }
        #expect(throws: StoreError.self) {
            try portal.eraseAudit(leaf: 0, reason: "", as: officer, at: Board.now)
        }
    }
}
