import ClinicalPortal
import PortalStoreSQLite
import Testing

/// What must not be hidden, and what must not be said (SAFETY "The first screen", S13, S17, S19).
@Suite("The first screen")
struct FirstScreenTests {
    private static let profile = """
        silos:
          pas: {label: Attendances, zone: Europe/London, localAuthority: GRI, feeds: [encounter]}
          lab: {label: Laboratory, zone: Europe/London, localAuthority: GRI, feeds: [diagnosticReport]}
          summary: {label: GP summary, adapter: top-elements, localAuthority: GRI, feeds: [allergyIntolerance, medicationStatement, flag, carePlan]}
          lists: {label: Lists, adapter: appointment-list, zone: Europe/London, localAuthority: GRI, feeds: [appointment]}
        access:
          roles:
            all: {may: [know, read], needsRelationship: false, duties: [list, review]}
            desk: {may: [know, read], kinds: [encounter, appointment], needsRelationship: false}
        people:
          all: {roles: [all]}
          desk: {roles: [desk]}
        """

    private static func portal() throws -> Portal {
        Portal(
            profile: try SiteProfile(yaml: profile),
            storage: .inMemory(),
            journal: MemoryAuditJournal()
        )
    }

    private static func statement(
        _ type: String,
        _ id: String,
        _ rest: String,
        updated: String = "2026-10-01T00:00:00Z",
        local: String = "1"
    ) -> [UInt8] {
        Array(
            (#"{"type":"\#(type)","id":"\#(id)","patient":{"identifiers":[{"system":"GRI","value":"\#(local)"}],"#
                + #""name":{"family":"LEE","given":"Ann"},"birthDate":"1951-03-03"},"#
                + #""updated":"\#(updated)",\#(rest)}"#).utf8
        )
    }

    private func element(
        _ portal: Portal,
        _ name: String,
        as person: String = "all",
        patient: String = "urn:id:GRI|1"
    ) throws -> TopScreen.Element {
        let screen = try portal.topScreen(
            of: try portal.find(patient),
            as: try portal.reader(person),
            at: Board.now
        ).value
        return try #require(screen.elements.first { $0.name == name })
    }

    @Test("S13, S19: none known is said only while it stands, and in its own extent")
    func noneKnown() throws {
        let none = #""substance":"No known allergies""#
        let penicillin = #""substance":"Penicillin","reactions":["Anaphylaxis"]"#
        let corrected = try Self.portal()
        try corrected.take(
            "summary",
            Self.statement("allergy", "A1", none, updated: "2026-01-01T00:00:00Z"),
            Self.statement("allergy", "A1", penicillin)
        )
        let now = try element(corrected, "allergies")
        #expect(now.state == "recorded" && now.lines.isEmpty)
        // An old allergy stands before a newer "none known" of another statement.
        let both = try Self.portal()
        try both.take(
            "summary",
            Self.statement("allergy", "A1", penicillin, updated: "2020-01-01T00:00:00Z"),
            Self.statement("allergy", "A2", none)
        )
        let found = try element(both, "allergies")
        #expect(found.state == "recorded" && found.rows.first?.noneKnown == nil)
        #expect(found.rows.count == 2 && found.lines.isEmpty)
        let withdrawn = try Self.portal()
        try withdrawn.take(
            "summary",
            Self.statement("allergy", "A1", none, updated: "2026-01-01T00:00:00Z"),
            Self.statement("allergy", "A1", #""status":"withdrawn""#)
        )
        let gone = try element(withdrawn, "allergies")
        #expect(gone.state != "none known" && !gone.lines.contains { $0.hasPrefix("No known") })
        for (substance, line) in [
            (#"{"system":"SCT","code":"429625007","display":"No known food allergy"}"#, nil),
            (#"{"system":"SCT","code":"409137002","display":"x"}"#, "No known drug allergies"),
            (#""NKDA""#, "No known drug allergies"), (#""Nil known""#, "No known allergies"),
        ] as [(String, String?)] {
            let portal = try Self.portal()
            try portal.take(
                "summary",
                Self.statement("allergy", "A1", #""substance":"# + substance)
            )
            let found = try element(portal, "allergies")
            #expect(
                found.lines.first == line.map { $0 + ": GP summary, 01-Oct-2026 00:00 UTC" }
                    || found.lines.first?.hasPrefix((line ?? "-") + ": GP summary") == true,
                "\(found.lines)"
            )
            #expect((found.state == "none known") == (line != nil))
        }
    }

    @Test("S17: a source of statements that sent nothing of the patient has not said none")
    func silent() throws {
        let portal = try Self.portal()
        try portal.take("pas", Board.movement("A01", at: "20261120"))
        try portal.take("lab", Board.result("1", status: "F", at: "20261120"))
        try portal.take("lists", Array("appointment,start,hospital_number\nA,2026-11-25,9\n".utf8))
        try portal.take("summary", Self.statement("alert", "F", #""text":"x""#, local: "2"))
        let allergies = try element(portal, "allergies")
        #expect(allergies.state == "not known")
        #expect(allergies.lines.first == "No allergy information received")
        #expect(allergies.lines.last?.contains("has sent nothing about this patient") == true)
        try portal.take("summary", Self.statement("alert", "G", #""text":"x""#))
        #expect(try element(portal, "allergies").state == "none recorded")
        // Never "none": rules may hold something back (S17).
        #expect(
            try element(portal, "allergies").lines == ["Nothing recorded that may be shown here."]
        )
        #expect(try element(portal, "allergies", as: "desk").lines == ["Not shown to your role."])
    }

    @Test("S17: absence is stated for the patient's own practice", arguments: ["memory", "SQLite"])
    func custodians(_ store: String) throws {
        let folder = try Board.temporaryFolder()
        let practices =
            "flag, carePlan], practices: {P1: {label: Glen Practice}, "
            + "P2: {label: Hill Practice, refused: true}, P3: {names: [Old Mill], quietAfterHours: 1}}}"
        let portal = Portal(
            profile: try SiteProfile(
                yaml: Self.profile.replacing("flag, carePlan]}", with: practices)
            ),
            storage: store == "memory" ? .inMemory() : try .sqlite(path: folder + "/r.sqlite"),
            journal: MemoryAuditJournal()
        )
        func admitted(_ local: String, _ practice: String?) throws {
            let message = Board.movement(
                "A01",
                at: "20261120",
                pid: Board.pid(nhs: nil, local: local)
                    + (practice.map { "\rPD1|||" + $0 } ?? "")
            )
            try portal.take("pas", message)
        }
        try admitted("1", "Glen Practice")
        try admitted("2", "^^P2")
        try admitted("3", "OLD-MILL")
        try admitted("4", "Elsewhere")
        try admitted("5", nil)
        let sender = #","organisation":"glen practice""#
        try portal.take("summary", Self.statement("alert", "G", #""text":"x""# + sender))
        try portal.receive(
            Self.statement("alert", "M", #""text":"x","organisation":"Old Mill""#, local: "3"),
            silo: "summary",
            name: "m.jsonl",
            at: Board.now.adding(seconds: -7200)
        )
        func standing(_ local: String) throws -> String? {
            let screen = try portal.topScreen(
                of: try portal.find("urn:id:GRI|" + local),
                as: try portal.reader("all"),
                at: Board.now
            ).value
            return screen.silos.first { $0.silo == "summary" }.map { $0.title + ": " + $0.state }
        }
        #expect(try standing("1") == "GP summary (Glen Practice): current")
        #expect(try standing("2") == "GP summary (Hill Practice): not sending (refused)")
        #expect(try standing("3") == "GP summary (P3): quiet")
        #expect(try standing("4") == "GP summary: does not cover the patient's practice")
        #expect(try standing("5") == "GP summary: the patient's practice is not known")
        #expect(try element(portal, "allergies").state == "none recorded")
        for local in ["2", "3", "4", "5"] {
            let allergies = try element(portal, "allergies", patient: "urn:id:GRI|" + local)
            #expect(allergies.state == "not known")
        }
        // Of a patient whom another practice wrote of, their own has still said nothing.
        try admitted("6", "Glen Practice")
        try portal.take(
            "summary",
            Self.statement("alert", "X", #""text":"x","organisation":"Hill Practice""#, local: "6")
        )
        #expect(
            try element(portal, "allergies", patient: "urn:id:GRI|6").state == "not known"
        )
    }

    @Test("S17: a source whose files cannot be read is failing", arguments: ["memory", "SQLite"])
    func failing(_ store: String) throws {
        let folder = try Board.temporaryFolder()
        let portal = Portal(
            profile: try SiteProfile(yaml: Self.profile),
            storage: store == "memory" ? .inMemory() : try .sqlite(path: folder + "/r.sqlite"),
            journal: MemoryAuditJournal()
        )
        try portal.take("pas", Board.movement("A01", at: "20261120"))
        func standing(_ silo: String) throws -> SiloState {
            let screen = try portal.topScreen(
                of: try portal.find("urn:id:GRI|1"),
                as: try portal.reader("all"),
                at: Board.now
            ).value
            return try #require(screen.silos.first { $0.silo == silo })
        }
        let garbage = Array("no message at all".utf8)
        for hours in [3, 2, 1] {
            try portal.receive(
                garbage,
                silo: "lab",
                name: "\(hours)",
                at: Board.now.adding(seconds: -3600 * hours)
            )
        }
        var lab = try standing("lab")
        #expect(lab.state == "failing" && lab.lastHeard == nil)
        #expect(lab.failingSince == Board.now.adding(seconds: -3 * 3600))
        let bloods = try element(portal, "blood results")
        #expect(bloods.lines.last?.contains("failing since 22-Nov-2026 07:00") == true)
        try portal.receive(
            Board.result("1", status: "F", at: "20261120"),
            silo: "lab",
            name: "good",
            at: Board.now.adding(seconds: -1800)
        )
        lab = try standing("lab")
        #expect(lab.state == "current" && lab.failingSince == nil)
        // The same broken file once more is no sign of life, and no new failure of the feed.
        try portal.receive(garbage, silo: "lab", name: "again", at: Board.now)
        #expect(try standing("lab").lastHeard == Board.now.adding(seconds: -1800))
    }

    @Test("the present stay and the next booking stand before those far away")
    func attendances() throws {
        let portal = try Self.portal()
        try portal.take("pas", Board.movement("A01", at: "20261120"))
        var list = "appointment,start,hospital_number,nhs_number,surname,forename,birth_date,sex\n"
        for month in 1...9 {
            list += "A\(month),2027-0\(month)-05T10:00,1,9990000018,LEE,Ann,1951-03-03,F\n"
        }
        try portal.take("lists", Array(list.utf8))
        let rows = try element(portal, "attendances").rows
        #expect(rows.first?.status == "in progress")
        #expect(rows.dropFirst().first?.when?.description.hasPrefix("2027-01-05") == true)
        #expect(try element(portal, "attendances").more > 0)
    }

    @Test("a new abnormal result stands behind no newer normal ones")
    func abnormal() throws {
        let portal = try Self.portal()
        for hour in 10...23 {
            let text = String(
                decoding: Board.result(
                    hour == 10 ? "7.9" : "4.1",
                    status: "F",
                    at: "20261121",
                    number: "N\(hour)",
                    code: "K^Potassium^L",
                    control: "\(hour)"
                ),
                as: UTF8.self
            )
            .replacing("20260302081500", with: "20261121\(hour)0000")
            .replacing("115-160|", with: hour == 10 ? "3.5-5.3|HH" : "3.5-5.3|")
            try portal.take("lab", Array(text.utf8))
        }
        let found = try element(portal, "blood results")
        #expect(found.rows.contains { $0.headline.contains("7.9") })
        #expect(found.rows.count + found.more == 14)
    }

    @Test("S13: one plan of each category stands, and decisions that differ are said to")
    func plans() throws {
        let portal = try Self.portal()
        func plan(_ id: String, _ category: String, _ title: String, _ made: String) throws {
            try portal.take(
                "summary",
                Self.statement(
                    "plan",
                    id,
                    #""category":"\#(category)","title":"\#(title)","made":"\#(made)""#
                )
            )
        }
        try plan("P0", "resuscitation", "Do not attempt CPR", "2026-01-01")
        for number in 1...12 {
            try plan("P\(number)", "anticipatory", "Plan \(number)", "2026-10-\(10 + number)")
        }
        var found = try element(portal, "plans")
        #expect(found.rows.contains { $0.headline.contains("Do not attempt CPR") })
        try plan("P20", "Resuscitation", "For attempted CPR", "2026-02-01")
        found = try element(portal, "plans")
        #expect(found.lines.contains("Sources disagree: check the signed form"))
    }
}
