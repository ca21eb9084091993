import ClinicalPortal
import PortalTestKit

/// Two worlds that differ in nothing but what a reader may not see, and everything the reader is told.
struct WorldPair {
    /// Readers whose eyes differ, with their purposes.
    static let readers: [(person: String, purpose: Purpose)] = [
        ("doctor", .directCare), ("nurse", .directCare), ("clerk", .directCare),
        ("stranger", .directCare), ("ann", .patientRequest), ("student", .directCare),
    ]

    private static let profile = """
        silos:
          pas: {label: Attendances, zone: Europe/London, localAuthority: GRI, speaksFor: [GRI], feeds: [encounter]}
          lab: {label: Laboratory, zone: Europe/London, localAuthority: GRI, labels: {V: sealed, R: sensitive, X: ward only}, feeds: [diagnosticReport]}
          letters: {label: Letters, zone: Europe/London, localAuthority: GRI, labels: {V: sealed, R: sensitive, X: ward only}, feeds: [clinicalDocument]}
          summary: {label: GP summary, adapter: top-elements, localAuthority: GRI, feeds: [allergyIntolerance, flag, carePlan]}
        access:
          teams: {ward-7: {places: [WARD7]}, other: {places: [WARD9]}}
          labels:
            ward only: {as: sealed and locked, team: other}
          blocked: [{reason: by law, codes: [IVF]}]
          permission: {silos: [summary]}
          overrides: {emergency: {minutes: 60, opens: [relationship, sensitive, permission]}}
          patientView: {delays: [{kinds: [clinicalDocument], days: 3000}]}
          roles:
            all: {may: [know, read], needsRelationship: false, duties: [list, audit, explain]}
            doctor: {may: [know, read, open document, export], override: true}
            nurse: {may: [know, read], kinds: [encounter, allergyIntolerance, flag, diagnosticReport]}
            clerk:
              grants:
                - {may: [know], kinds: [encounter, appointment], needsRelationship: false}
            patient: {may: [know, read, open document], patient: true}
        people:
          all: {roles: [all]}
          doctor: {roles: [doctor], memberships: [{team: ward-7}]}
          nurse: {roles: [nurse], memberships: [{team: ward-7}]}
          student: {roles: [nurse], memberships: [{team: ward-7, as: student, sponsor: doctor}]}
          clerk: {roles: [clerk]}
          stranger: {roles: [doctor]}
          ann: {roles: [patient], identifiers: ["urn:id:GRI|1"]}
        restrictions:
          - {patient: "urn:id:GRI|1", kind: sealed, keys: ["S-1"], instructedBy: guardian}
          - {patient: "urn:id:GRI|1", kind: sealed and locked, team: other, codes: [HIV], instructedBy: guardian}
        """

    /// The same site without a rule that hides anything.
    private static let openProfile: String = {
        profile.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.contains("restrictions:") || line.contains("kind: sealed")
                || line.contains("blocked:") || line.contains("permission: {")
                ? "" : line.replacing("labels: {V: sealed, R: sensitive, X: ward only}, ", with: "")
        }.joined(separator: "\n")
    }()

    /// Read once: there are thousands of worlds.
    private static let site = Result { try SiteProfile(yaml: profile) }
    private static let openSite = Result { try SiteProfile(yaml: openProfile) }

    /// What both worlds hold, and what the second holds beside; the reader may see none of it.
    let open: [(silo: String, bytes: [UInt8])]
    let hidden: [(silo: String, bytes: [UInt8])]
    let reader: (person: String, purpose: Purpose)

    init(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let reader = Self.readers.randomElement(using: &random) ?? Self.readers[0]
        self.reader = reader
        var open: [(silo: String, bytes: [UInt8])] = [
            ("pas", Board.movement("A01", at: "20261101080000"))
        ]
        for number in 0..<random.number(0...5) { open.append(Self.visible(&random, number)) }
        self.open = open
        hidden = (0..<random.number(1...3)).map { Self.concealed(&random, $0, reader.person) }
    }

    private static func visible(
        _ random: inout SeededGenerator,
        _ number: Int
    ) -> (silo: String, bytes: [UInt8]) {
        let time = "202603\(10 + number)1400"
        return switch random.number(0...2) {
        case 0: ("letters", letter("L\(number)", "asthma clinic note", at: time))
        case 1:
            (
                "pas",
                Board.movement("A01", at: "202610\(10 + number)080000", visit: "V\(number + 5)")
            )
        default:
            (
                "lab",
                Board.result(
                    String(60 + number),
                    status: random.number(0...1) == 0 ? "F" : "P",
                    at: time,
                    number: "26B\(number)",
                    control: "o\(number)"
                )
            )
        }
    }

    /// Hidden from everybody, by each of the ways there are; or from this reader by the role.
    private static func concealed(
        _ random: inout SeededGenerator,
        _ number: Int,
        _ reader: String
    ) -> (silo: String, bytes: [UInt8]) {
        let time = "202604\(10 + number)1400"
        let secret = "SECRET secret asthma \(random.number(0...999))"
        // Patients need nobody's permission to read what their practice says.
        switch random.number(0...(reader == "ann" ? 8 : 10)) {
        case 7:
            // Under another local number: it must change no handle.
            return ("letters", letter("H\(number)", secret, at: time, label: "X", local: "0"))
        case 8:
            // A stay that is kept back stands on no list and names no ward.
            return (
                "pas", Board.movement("A01", at: "20261105080000", visit: "S-1", ward: "WARD9")
            )
        case 0: return ("letters", letter("H\(number)", secret, at: time, label: "V"))
        case 1: return ("letters", letter("H\(number)", secret, at: time, label: "X"))
        case 2: return ("letters", letter("H\(number)", secret, at: time, label: "R"))
        case 3: return ("letters", letter("S-1", secret, at: time))
        case 4:
            return (
                "lab",
                Board.result(
                    "7",
                    status: "F",
                    at: time,
                    number: "H\(number)",
                    code: "IVF^SECRET cycle^L",
                    control: "h\(number)"
                )
            )
        case 5:
            return (
                "lab",
                Board.result(
                    "7",
                    status: "F",
                    at: time,
                    number: "H\(number)",
                    code: "HIV^SECRET test^L",
                    control: "h\(number)"
                )
            )
        case 6:
            // A copy of an open result, sealed: it hides itself and never the open one (S14).
            return (
                "lab",
                Board.result(
                    "60",
                    status: "C",
                    at: time,
                    number: "S-1",
                    control: "h\(number)"
                )
            )
        case 9:
            return (
                "summary",
                ConsentBoard.statement(
                    "alert",
                    "F\(number)",
                    "\"text\":\"SECRET flag\",\"from\":\"2026-01-01\""
                )
            )
        default:
            return (
                "summary",
                ConsentBoard.statement("allergy", "A\(number)", "\"substance\":\"SECRET\"")
            )
        }
    }

    private static func letter(
        _ number: String,
        _ text: String,
        at time: String,
        label: String = "",
        local: String = "1"
    ) -> [UInt8] {
        Array(
            [
                "MSH|^~\\&|LETTERS|GRI|||20261121||MDM^T02|\(number)\(time)|P|2.5.1",
                "EVN|T02|\(time)", Board.pid(local: local),
                "TXA|1|CN^Clinic letter|TX|20261001||20261001|\(time)|||||\(number)^GRI||||||AU|\(label)",
                "OBX|1|TX|11488-4^Letter^LN||\(text)||||||F",
            ].joined(separator: "\r").utf8
        ) + [0x0D]
    }

    /// A world in which every silo was heard of somebody else: when a silo was last heard is told of
    /// the site, not of a patient.
    private func world(
        _ documents: [(silo: String, bytes: [UInt8])],
        isOpen: Bool = false
    ) throws -> Portal {
        let portal = Portal(
            profile: try (isOpen ? Self.openSite : Self.site).get(),
            storage: .inMemory(),
            journal: MemoryAuditJournal(),
            refusalTime: .zero
        )
        let bob = Board.pid(nhs: "9990000026", local: "2", name: "ROY^Bob", born: "19700101")
        try portal.take("pas", Board.movement("A01", at: "20261101080000", visit: "B1", pid: bob))
        try portal.take(
            "lab",
            Board.result("5", status: "F", at: "20260302", number: "B1", pid: bob, control: "b")
        )
        let other = String(
            decoding: ConsentBoard.statement("allergy", "B1", "\"substance\":\"Dust\""),
            as: UTF8.self
        ).replacing("\"value\":\"1\"", with: "\"value\":\"2\"")
            .replacing("9990000018", with: "9990000026")
            .replacing("\"Ann\"", with: "\"Bob\"").replacing("\"Lee\"", with: "\"Roy\"")
            .replacing("1951-03-03", with: "1970-01-01")
        try portal.take("summary", Array(other.utf8))
        let letter = String(
            decoding: Self.letter("B1", "nothing", at: "20260301"),
            as: UTF8.self
        ).replacing(Board.pid(), with: bob)
        try portal.take("letters", Array(letter.utf8))
        for (silo, bytes) in documents { try portal.take(silo, bytes) }
        return portal
    }

    /// What the reader is told by both worlds.
    func answers(isOrderTurned: Bool) throws -> (without: [String], with: [String]) {
        let all = open + hidden
        let names = try names()
        return (
            try Self.everything(try world(open), reader, hidden: names),
            try Self.everything(
                try world(isOrderTurned ? all.reversed() : all),
                reader,
                hidden: names
            )
        )
    }

    /// The handles of what is hidden, by which somebody could ask for it.
    func names() throws -> [EntryID] {
        let all = try world(open + hidden, isOpen: true)
        let known = try all.rows("urn:id:GRI|1", as: "all").map(\.entry)
        let before = Set(
            try world(open, isOpen: true).rows("urn:id:GRI|1", as: "all").map(\.entry)
        )
        return known.filter { !before.contains($0) } + [EntryID(rawValue: "e-0000")]
    }

    /// Every route: get, list, page, search, facet, count, chart, export, attachment, history, cursor,
    /// error text, and each of them in JSON.
    private static func everything(
        _ portal: Portal,
        _ reader: (person: String, purpose: Purpose),
        hidden: [EntryID]
    ) throws -> [String] {
        let person = try portal.reader(reader.person)
        let purpose = reader.purpose
        let now = Board.now
        let patient = try portal.find("urn:id:GRI|1")
        var said: [String] = []
        func say(_ route: String, _ body: () throws -> String) {
            do { said.append(route + ": " + (try body())) } catch {
                said.append(route + " refused: \(error)")
            }
        }
        for kinds in [[], [EntryKind.diagnosticReport], [.clinicalDocument]] as [[EntryKind]] {
            for versions in [false, true] {
                var query = TimelineQuery()
                query.limit = 2
                query.kinds = kinds
                query.includesVersions = versions
                var pages = 0
                repeat {
                    var next: TimelineCursor?
                    say("timeline \(kinds) \(versions) \(pages)") {
                        let page = try portal.timeline(
                            of: patient,
                            as: person,
                            purpose: purpose,
                            query: query,
                            at: now
                        )
                        next = page.value.next
                        return try TimelineView.json(page) + TimelineView.text(page)
                            + TimelineView.html(page)
                    }
                    query.cursor = next
                    pages += 1
                } while query.cursor != nil && pages < 50
            }
        }
        say("past") {
            try TimelineView.json(
                try portal.timeline(
                    of: patient,
                    as: person,
                    purpose: purpose,
                    asOf: now.adding(seconds: 60),
                    at: now.adding(seconds: 120)
                )
            )
        }
        say("first screen") {
            let screen = try portal.topScreen(of: patient, as: person, purpose: purpose, at: now)
            return try TopScreenView.json(screen) + TopScreenView.text(screen)
                + TopScreenView.html(screen)
        }
        say("summary") {
            try EmergencySummaryView.json(
                try portal.emergencySummary(of: patient, as: person, purpose: purpose, at: now)
            )
        }
        say("results") {
            let results = try portal.results(of: patient, as: person, purpose: purpose, at: now)
            return try CumulativeView.json(results) + CumulativeView.text(results)
                + CumulativeView.svg(results)
        }
        for name in PatientListQuery.Name.allCases {
            say("list \(name.rawValue)") {
                let list = try portal.list(
                    PatientListQuery(name),
                    as: person,
                    purpose: purpose,
                    at: now
                )
                return try StayListView.json(list) + StayListView.text(list)
            }
        }
        for words in ["Lee", "9990000018", "1951-03-03"] {
            say("search \(words)") {
                try SearchView.json(
                    try portal.search(words, as: person, purpose: purpose, at: now)
                )
            }
        }
        for words in ["asthma", "secret", "note"] {
            say("text \(words)") {
                let found = try portal.searchText(words, as: person, purpose: purpose, at: now)
                return try SearchView.json(found) + SearchView.text(found)
            }
        }
        for entry in hidden {
            say("file") {
                String(
                    decoding: try portal.open(
                        file: 1,
                        of: entry,
                        of: patient,
                        as: person,
                        purpose: purpose,
                        at: now
                    ).value.bytes,
                    as: UTF8.self
                )
            }
            say("explain") {
                try DecisionView.json(
                    try portal.explain(
                        entry,
                        of: patient,
                        as: person,
                        purpose: purpose,
                        at: now
                    ).value.decision
                )
            }
            say("doubt") {
                // The handle is random: only whether it was taken is an answer.
                _ = try portal.reportDoubt(
                    about: entry,
                    of: patient,
                    "?",
                    as: person,
                    purpose: purpose,
                    at: now
                )
                return "taken"
            }
        }
        return said
    }
}
