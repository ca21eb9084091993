import ClinicalPortal
import PortalStoreSQLite
import Synchronization
import Testing

/// Permission at the point of care and what it opens (SAFETY S20, S24).
@Suite("Consent")
struct ConsentTests {
    private static let ann = "urn:id:GRI|1"

    private func portal() throws -> Portal {
        let folder = try Board.temporaryFolder()
        let portal = try ConsentBoard.portal(.sqlite(path: folder + "/record.sqlite"))
        try ConsentBoard.fill(portal)
        return portal
    }

    private func kinds(
        _ portal: Portal,
        as person: String,
        at now: Instant = Board.now
    ) throws
        -> Set<EntryKind>
    {
        var query = TimelineQuery()
        query.limit = 100
        let page = try portal.timeline(
            of: try portal.find(Self.ann),
            as: try portal.reader(person),
            query: query,
            at: now
        ).value
        return Set(page.sections.flatMap(\.rows).map(\.kind))
    }

    private func answer(
        _ portal: Portal,
        _ answer: Consent.Answer,
        as person: String = "doctor",
        encounter: String? = nil,
        at now: Instant = Board.now
    ) throws {
        _ = try portal.recordPermission(
            of: try portal.find(Self.ann),
            answer,
            encounter: encounter,
            as: try portal.reader(person),
            at: now
        )
    }

    private func error(_ body: () throws -> Void) -> String {
        do {
            try body()
            return ""
        } catch let error as AccessError {
            return error.code
        } catch { return "\(error)" }
    }

    private let summary: Set<EntryKind> = [
        .allergyIntolerance, .medicationStatement, .condition, .carePlan,
    ]

    @Test("S20: a silo that needs permission is opened by it, for who asked, while it holds")
    func given() throws {
        let portal = try portal()
        #expect(try kinds(portal, as: "doctor").isDisjoint(with: summary))
        try answer(portal, .given)
        #expect(try kinds(portal, as: "doctor").isSuperset(of: summary))
        #expect(try kinds(portal, as: "second").isDisjoint(with: summary))
        let later = Board.now.adding(seconds: 7200)
        #expect(try kinds(portal, as: "doctor", at: later).isDisjoint(with: summary))
    }

    @Test("S20: refused, only an override that the law knows opens it; a later answer counts")
    func refused() throws {
        let portal = try portal()
        try answer(portal, .given)
        try answer(portal, .refused, at: Board.now.adding(seconds: 60))
        let then = Board.now.adding(seconds: 120)
        #expect(try kinds(portal, as: "doctor", at: then).isDisjoint(with: summary))
        let doctor = try portal.reader("doctor")
        let patient = try portal.find(Self.ann)
        _ = try portal.override(
            patient,
            type: "emergency",
            reason: "collapsed",
            as: doctor,
            at: then
        )
        #expect(try kinds(portal, as: "doctor", at: then).isDisjoint(with: summary))
        _ = try portal.override(
            patient,
            type: "legal-requirement",
            reason: "court order",
            as: doctor,
            at: then
        )
        #expect(try kinds(portal, as: "doctor", at: then).isSuperset(of: summary))
    }

    @Test("S20: unable to answer, an emergency override opens it")
    func unable() throws {
        let portal = try portal()
        try answer(portal, .unableToAnswer)
        #expect(try kinds(portal, as: "doctor").isDisjoint(with: summary))
        _ = try portal.override(
            try portal.find(Self.ann),
            type: "emergency",
            reason: "unconscious",
            as: try portal.reader("doctor"),
            at: Board.now
        )
        #expect(try kinds(portal, as: "doctor").isSuperset(of: summary))
    }

    @Test("S24: what was opened in a visit ends with it; a visit of nobody's is unknown")
    func endsWithVisit() throws {
        let portal = try portal()
        #expect(error { try answer(portal, .given, encounter: "V9") } == "encounter-unknown")
        try answer(portal, .given, encounter: "V1")
        #expect(try kinds(portal, as: "doctor").isSuperset(of: summary))
        var discharge = Board.movement("A03", at: "20261122103000")
        discharge = Array(
            String(decoding: discharge, as: UTF8.self)
                .replacing(
                    String(repeating: "|", count: 25) + "20261101",
                    with: String(repeating: "|", count: 25) + "20261101|202611221030"
                ).utf8
        )
        try portal.take("pas", discharge)
        let later = Board.now.adding(seconds: 3600)
        #expect(try kinds(portal, as: "doctor", at: later).isDisjoint(with: summary))
        #expect(try kinds(portal, as: "doctor", at: later).contains(.encounter))
    }

    @Test("who may not know the patient can record no answer, and learns nothing of them")
    func stranger() throws {
        let portal = try portal()
        #expect(error { try answer(portal, .given, as: "stranger") } == "not-found")
        #expect(
            error { try answer(portal, .given, as: "stranger", encounter: "V1") } == "not-found"
        )
    }

    // MARK: The emergency summary

    private func summary(
        _ portal: Portal,
        as person: String = "doctor",
        _ answer: Consent.Answer? = nil,
        after seconds: Int = 0
    ) throws -> EmergencySummary {
        try portal.emergencySummary(
            of: try portal.find(Self.ann),
            permission: answer,
            as: try portal.reader(person),
            at: Board.now.adding(seconds: seconds)
        ).value
    }

    @Test("the emergency summary opens with permission or override alone")
    func summaryOpens() throws {
        let portal = try portal()
        #expect(error { _ = try summary(portal) } == "permission-needed")
        #expect(error { _ = try summary(portal, .unableToAnswer) } == "permission-needed")
        #expect(error { _ = try summary(portal, .refused) } == "permission-needed")
        #expect(error { _ = try summary(portal, as: "stranger", .given) } == "not-found")
        let shown = try summary(portal, .given, after: 60)
        #expect(shown.openedBy == "the patient's permission")
        // The answer was kept: the next look needs none.
        #expect(try summary(portal, after: 60).screen == shown.screen)
    }

    @Test("it has repeat medicines of a year, acute ones of a month, and plans overdue for review")
    func summaryHolds() throws {
        let screen = try summary(try portal(), .given).screen
        func headlines(_ element: String) -> [String] {
            screen.elements.first { $0.name == element }?.rows.map(\.headline) ?? []
        }
        #expect(headlines("allergies").first?.hasPrefix("Penicillin") == true)
        // A repeat of which nobody said when it was last issued is not left out for its age.
        #expect(Set(headlines("repeat medicines")) == ["Ramipril", "Undated repeat"])
        #expect(screen.elements.first { $0.name == "repeat medicines" }?.older == 1)
        #expect(headlines("acute medicines") == ["Doxycycline"])
        #expect(headlines("problems") == ["Asthma"])
        let plans = screen.elements.first { $0.name == "plans" }
        #expect(plans?.lines.contains { $0.hasPrefix("Review overdue") } == true)
        let medicines = screen.elements.first { $0.name == "repeat medicines" }
        #expect(medicines?.lines.contains { $0.contains("Not the ward chart") } == true)
    }

    @Test("S22: the audit out of order, the summary alone is shown, and the second journal has it")
    func auditDown() throws {
        let second = MemoryAuditJournal()
        let broken = BrokenJournal()
        let portal = try ConsentBoard.portal(journal: broken, second: second)
        try ConsentBoard.fill(portal)
        broken.isBroken.store(true, ordering: .relaxed)
        let shown = try summary(portal, .given)
        #expect(shown.isAuditDegraded && !shown.screen.elements.isEmpty)
        second.sequence()
        let events = try second.events(from: 0, limit: 10).map(\.event)
        #expect(events.map(\.action) == [.readSummary])
        #expect(events.first?.detail["answer"] == "given")
        #expect(error { _ = try kinds(portal, as: "doctor") } == "audit-unavailable")
        #expect(
            error {
                _ = try portal.topScreen(
                    of: try portal.find(Self.ann),
                    as: try portal.reader("doctor"),
                    at: Board.now
                )
            } == "audit-unavailable"
        )
        let alone = try ConsentBoard.portal(journal: broken)
        try ConsentBoard.fill(alone)
        #expect(error { _ = try summary(alone, .given) } == "audit-unavailable")
    }

    @Test("a doubt is recorded by who may see the entry, and listed for its source")
    func doubts() throws {
        let portal = try portal()
        let row = try #require(
            try portal.rows(Self.ann, as: "doctor").first { $0.kind == .diagnosticReport }
        )
        let patient = try portal.find(Self.ann)
        _ = try portal.reportDoubt(
            about: row.entry,
            of: patient,
            "not her blood",
            as: try portal.reader("doctor"),
            at: Board.now
        )
        #expect(
            error {
                _ = try portal.reportDoubt(
                    about: row.entry,
                    of: patient,
                    "?",
                    as: try portal.reader("stranger"),
                    at: Board.now
                )
            } == "not-found"
        )
        let listed = try portal.doubts(as: try portal.reader("all"), at: Board.now).value
        #expect(listed.map(\.words) == ["not her blood"] && listed.first?.silo == "Laboratory")
    }
}
