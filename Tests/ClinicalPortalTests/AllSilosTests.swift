import ClinicalPortal
import Foundation
import PortalStoreSQLite
import PortalTestKit
import Testing

/// Letters, referrals, scans, lists and statements together with results and attendances.
@Suite("The promises over all silos together")
struct AllSilosTests {
    private static let profile = """
        silos:
          pas: {label: Attendances, zone: Europe/London, localAuthority: GRI, speaksFor: [GRI], feeds: [encounter, allergyIntolerance]}
          lab: {label: Laboratory, zone: Europe/London, localAuthority: GRI, feeds: [diagnosticReport]}
          letters: {label: Letters, zone: Europe/London, localAuthority: GRI, feeds: [clinicalDocument]}
          scans: {label: Scans, adapter: scanned-notes-manifest, localAuthority: GRI, feeds: [scannedDocument]}
          summary: {label: GP summary, adapter: top-elements, localAuthority: GRI, feeds: [allergyIntolerance, flag]}
          lists: {label: Lists, adapter: appointment-list, zone: Europe/London, localAuthority: GRI, feeds: [appointment]}
        access:
          teams:
            ward-7: {places: [WARD7]}
          roles:
            all: {may: [know, read], needsRelationship: false, duties: [list, review, held, document, link, audit, explain]}
            doctor: {may: [know, read]}
        people:
          all: {roles: [all]}
          doctor: {roles: [doctor], memberships: [{team: ward-7}]}
        restrictions:
          - {patient: "urn:id:GRI|2", kind: opted out, silos: [summary]}
        """

    private static func portal(_ storage: PortalStorage = .inMemory()) throws -> Portal {
        Portal(
            profile: try SiteProfile(yaml: profile),
            storage: storage,
            journal: MemoryAuditJournal()
        )
    }

    private static func letter(
        _ event: String,
        _ number: String,
        _ text: String,
        at time: String,
        parent: String = "",
        label: String = ""
    ) -> [UInt8] {
        Array(
            [
                "MSH|^~\\&|LETTERS|GRI|||20261121||MDM^\(event)|\(number)\(time)|P|2.5.1",
                "EVN|\(event)|\(time)", Board.pid(),
                "TXA|1|CN^Clinic letter|TX|20261001||20261001|\(time)|||||\(number)^GRI|\(parent)|||||AU"
                    .replacing(
                        "|||||AU",
                        with: "|||" + "|AU|\(label)"
                    ),
                "OBX|1|TX|11488-4^Letter^LN||\(text)||||||F",
            ].joined(separator: "\r").utf8
        ) + [0x0D]
    }

    private static func statement(_ type: String, _ id: String, _ rest: String) -> [UInt8] {
        Array(
            ("{\"type\":\"\(type)\",\"id\":\"\(id)\",\"patient\":{\"identifiers\":[{\"system\":\"GRI\","
                + "\"value\":\"1\"},{\"system\":\"NHS\",\"value\":\"9990000018\"}],\"name\":{\"family\":"
                + "\"Lee\",\"given\":\"Ann\"},\"birthDate\":\"1951-03-03\",\"gender\":\"F\"},"
                + "\"updated\":\"2026-11-01T00:00:00Z\",\(rest)}").utf8
        )
    }

    private static let manifest = Array(
        """
        document,page,file,title,date,hospital_number,nhs_number,surname,forename,birth_date,sex
        S1,1,a.png,Old notes of asthma,2006-05,1,9990000018,Lee,Ann,1951-03-03,F
        TRAILER,1,1

        """.utf8
    )

    private static let list = Array(
        """
        appointment,list,start,place,updated,hospital_number,nhs_number,surname,forename,birth_date,sex
        A1,clinic,2026-11-25T10:00,CLINIC2,2026-11-20,1,9990000018,Lee,Ann,1951-03-03,F

        """.utf8
    )

    /// Six documents of six silos, one of which replaces another silo's letter of itself.
    private static let mixed: [(String, [UInt8])] = [
        ("pas", Board.movement("A01", at: "20261101080000", extra: ["AL1|1|DA|PEN^Penicillin^L"])),
        ("lab", Board.result("69", status: "F", at: "20260302140000")),
        ("letters", letter("T02", "L1", "Asthma is worse", at: "20261002")),
        ("letters", letter("T10", "L2", "Asthma is better", at: "20261003", parent: "L1")),
        ("summary", statement("allergy", "G1", "\"substance\":\"No known allergies\"")),
        ("scans", manifest),
    ]

    /// Everything that a reader could be told, over every route.
    private static func everything(_ portal: Portal, as person: String) throws -> String {
        let reader = try portal.reader(person)
        let now = Board.now
        let patient = try portal.find("urn:id:GRI|1")
        var text = ""
        var query = TimelineQuery()
        query.limit = 2
        query.includesVersions = true
        repeat {
            let page = try portal.timeline(of: patient, as: reader, query: query, at: now)
            text += try TimelineView.json(page) + TimelineView.text(page) + TimelineView.html(page)
            query.cursor = page.value.next
        } while query.cursor != nil
        let screen = try portal.topScreen(of: patient, as: reader, at: now)
        text +=
            try TopScreenView.json(screen) + TopScreenView.text(screen)
            + TopScreenView.html(screen)
        let results = try portal.results(of: patient, as: reader, at: now)
        text +=
            try CumulativeView.json(results) + CumulativeView.text(results)
            + CumulativeView.svg(results)
        for name in PatientListQuery.Name.allCases {
            let list = try portal.list(PatientListQuery(name), as: reader, at: now)
            text += try StayListView.json(list) + StayListView.text(list)
        }
        for words in ["Lee", "9990000018", "1951-03-03"] {
            text += try SearchView.json(try portal.search(words, as: reader, at: now))
        }
        for words in ["asthma", "secret", "notes"] {
            let found = try portal.searchText(words, as: reader, at: now)
            text += try SearchView.json(found) + SearchView.text(found)
        }
        return text
    }

    @Test("P3: all 720 orders of six documents of five silos give the same bytes, on every route")
    func orders() throws {
        var answers: Set<String> = []
        for order in PromiseTests.orders(Self.mixed.count) {
            let portal = try Self.portal()
            for index in order { try portal.take(Self.mixed[index].0, Self.mixed[index].1) }
            answers.insert(try Self.everything(portal, as: "all"))
        }
        #expect(answers.count == 1)
        let text = try #require(answers.first)
        #expect(text.contains("Asthma is better"))
    }

    @Test("P3: random orders with repeats, and SQLite equals memory, on every route")
    func random() throws {
        var chance = SeededGenerator(seed: 6)
        let documents = Self.mixed + [("lists", Self.list)]
        var answers: Set<String> = []
        for _ in 0..<8 {
            let folder = try Board.temporaryFolder()
            let memory = try Self.portal()
            let sqlite = try Self.portal(.sqlite(path: folder + "/record.sqlite"))
            for (silo, message) in (documents + documents.prefix(2)).shuffled(using: &chance) {
                try memory.take(silo, message)
                try sqlite.take(silo, message)
            }
            let text = try Self.everything(memory, as: "all")
            #expect(try Self.everything(sqlite, as: "all") == text, "seed \(chance.seed)")
            answers.insert(text)
            try FileManager.default.removeItem(atPath: folder)
        }
        #expect(answers.count == 1)
    }

    @Test(
        "P6: worlds that differ only in what is hidden answer alike, on every route",
        arguments: [
            ("letters", letter("T02", "L9", "A secret asthma letter", at: "20261003", label: "V")),
            ("letters", letter("T02", "L9", "Another secret", at: "20261004", label: "V")),
            ("summary", statement("alert", "F9", "\"text\":\"secret\",\"labels\":[\"V\"]")),
            ("summary", statement("allergy", "F8", "\"substance\":\"x\",\"labels\":[\"odd\"]")),
            (
                "lab",
                Board.result(
                    "1",
                    status: "F",
                    at: "20260304",
                    number: "26B9",
                    control: "9",
                    orc: "ORC|RE||26B9^LAB" + String(repeating: "|", count: 25) + "V"
                )
            ),
        ] as [(String, [UInt8])]
    )
    func hidden(_ silo: String, _ message: [UInt8]) throws {
        let without = try Self.portal()
        let with = try Self.portal()
        for (silo, message) in Self.mixed + [("lists", Self.list)] {
            try without.take(silo, message)
            try with.take(silo, message)
        }
        try with.take(silo, message)
        #expect(try Self.everything(with, as: "doctor") == Self.everything(without, as: "doctor"))
        #expect(try !Self.everything(with, as: "doctor").contains("secret asthma"))
    }

    @Test("P5: no route answers where the audit cannot be written")
    func audited() throws {
        let journal = MemoryAuditJournal()
        let portal = Portal(
            profile: try SiteProfile(yaml: Self.profile),
            storage: .inMemory(),
            journal: journal
        )
        for (silo, message) in Self.mixed { try portal.take(silo, message) }
        let before = journal.pendingCount()
        let reader = try portal.reader("all")
        let patient = try portal.find("urn:id:GRI|1")
        _ = try portal.topScreen(of: patient, as: reader, at: Board.now)
        _ = try portal.results(of: patient, as: reader, at: Board.now)
        _ = try portal.list(PatientListQuery(.clinic), as: reader, at: Board.now)
        _ = try portal.search("Lee", as: reader, at: Board.now)
        _ = try portal.searchText("asthma", as: reader, at: Board.now)
        #expect(journal.pendingCount() == before + 5)
    }

    @Test("P8: none known, none recorded, not known and no source are four answers")
    func absence() throws {
        let portal = try Self.portal()
        try portal.take("summary", Self.mixed[4].1)
        try portal.take("letters", Self.mixed[2].1)
        let screen = try portal.topScreen(
            of: try portal.find("urn:id:GRI|1"),
            as: try portal.reader("all"),
            at: Board.now
        ).value
        func state(_ name: String) -> String? { screen.elements.first { $0.name == name }?.state }
        #expect(state("allergies") == "none known")
        #expect(state("alerts") == "none recorded")
        #expect(state("attendances") == "not known")
        #expect(state("medicines") == "no source")
        let allergies = try #require(screen.elements.first { $0.name == "allergies" })
        #expect(
            allergies.lines.first?.hasPrefix("No known allergies: GP summary, 01-Nov-2026") == true
        )
    }

    @Test("S13: a positive allergy stands before any none known; neither hides the other")
    func allergies() throws {
        let portal = try Self.portal()
        for (silo, message) in Self.mixed { try portal.take(silo, message) }
        let screen = try portal.topScreen(
            of: try portal.find("urn:id:GRI|1"),
            as: try portal.reader("all"),
            at: Board.now
        ).value
        let element = try #require(screen.elements.first { $0.name == "allergies" })
        #expect(element.state == "recorded")
        #expect(element.rows.map(\.silo) == ["pas", "summary"])
    }

    @Test("S8: a replacement takes the letter's place, an addendum is shown with it")
    func letters() throws {
        let portal = try Self.portal()
        try portal.take("letters", Self.mixed[2].1, Self.mixed[3].1)
        var rows = try portal.rows()
        #expect(rows.count == 1 && rows[0].notes == ["Letter\nAsthma is better"])
        #expect(rows[0].supersedes.count == 1)
        try portal.take(
            "letters",
            Self.letter("T06", "L3", "And the flu jab", at: "20261005", parent: "L2")
        )
        rows = try portal.rows()
        #expect(rows.count == 1 && rows[0].notes.count == 2)
        try portal.take("letters", Self.letter("T11", "L2", "", at: "20261006"))
        rows = try portal.rows()
        #expect(rows[0].markers == [.withdrawn] && rows[0].notes.isEmpty)
    }

    @Test("S20: an opt-out withholds everywhere, and no override opens it")
    func optedOut() throws {
        let portal = try Self.portal()
        let other = String(decoding: Self.mixed[4].1, as: UTF8.self)
            .replacing("\"value\":\"1\"", with: "\"value\":\"2\"")
            .replacing("9990000018", with: "9990000026").replacing("Ann", with: "Bob")
        try portal.take("summary", Array(other.utf8))
        let bob = Board.pid(nhs: "9990000026", local: "2", name: "LEE^Bob", born: "19510303")
        try portal.take("pas", Board.movement("A01", at: "20261120", pid: bob))
        let screen = try portal.topScreen(
            of: try portal.find("urn:id:GRI|2"),
            as: try portal.reader("all"),
            at: Board.now
        ).value
        #expect(screen.elements.flatMap(\.rows).allSatisfy { $0.silo == "pas" })
        #expect(screen.silos.contains { $0.silo == "summary" && $0.state == "opted out" })
    }
}
