import ClinicalPortal
import Synchronization
import Testing

/// P5: a read whose audit record cannot be written gives nothing (TESTING (d) 22).
@Suite("An audit that fails at any call")
struct AuditFaultTests {
    private static let ann = "urn:id:GRI|1"

    /// Every verb that shows something or does something, each giving what it was told.
    private func verbs(_ portal: Portal) throws -> [(name: String, ask: () throws -> String)] {
        let patient = try portal.find(Self.ann)
        let doctor = try portal.reader("doctor")
        let all = try portal.reader("all")
        let officer = try portal.reader("officer")
        let now = Board.now
        let row = try #require(
            try portal.rows(Self.ann, as: "doctor").first { $0.kind == .diagnosticReport }
        )
        return [
            (
                "timeline",
                { try TimelineView.json(try portal.timeline(of: patient, as: doctor, at: now)) }
            ),
            (
                "timeline of nobody",
                { try TimelineView.json(try portal.timeline(of: nil, as: doctor, at: now)) }
            ),
            (
                "first screen",
                { try TopScreenView.json(try portal.topScreen(of: patient, as: doctor, at: now)) }
            ),
            (
                "results",
                { try CumulativeView.json(try portal.results(of: patient, as: doctor, at: now)) }
            ),
            ("search", { try SearchView.json(try portal.search("Lee", as: doctor, at: now)) }),
            (
                "text",
                { try SearchView.json(try portal.searchText("asthma", as: doctor, at: now)) }
            ),
            (
                "list",
                {
                    try StayListView.json(
                        try portal.list(PatientListQuery(.inpatients), as: doctor, at: now)
                    )
                }
            ),
            ("patients", { try PatientListView.json(try portal.patients(as: all, at: now)) }),
            ("reviews", { try ReviewListView.json(try portal.reviews(as: all, at: now)) }),
            ("held", { try HeldListView.json(try portal.held(as: all, at: now)) }),
            (
                "document",
                { "\(try portal.document(row.document, as: all, at: now).value.count)" }
            ),
            (
                "explain",
                {
                    try DecisionView.json(
                        try portal.explain(row.entry, of: patient, as: doctor, at: now).value
                            .decision
                    )
                }
            ),
            (
                "who looked",
                {
                    try WhoLookedView.json(
                        try portal.whoLooked(at: patient, as: officer, at: now)
                    )
                }
            ),
            (
                "review of the audit",
                { try AuditReviewView.json(try portal.reviewAudit(as: officer, at: now)) }
            ),
            (
                "export of the audit",
                {
                    try AuditEventExport.lines(try portal.exportAudit(as: officer, at: now))
                        .joined()
                }
            ),
            (
                "queue",
                { try OverrideQueueView.json(try portal.overrideQueue(as: officer, at: now)) }
            ),
            ("doubts", { try DoubtListView.json(try portal.doubts(as: all, at: now)) }),
            ("recalls", { try RecallView.json(try portal.recalls(as: all, at: now)) }),
            (
                "summary",
                {
                    try EmergencySummaryView.json(
                        try portal.emergencySummary(
                            of: patient,
                            permission: .given,
                            as: doctor,
                            at: now
                        )
                    )
                }
            ),
            (
                "permission",
                {
                    try portal.recordPermission(of: patient, .given, as: doctor, at: now).id
                }
            ),
            (
                "override",
                {
                    try portal.override(
                        patient,
                        type: "emergency",
                        reason: "collapsed",
                        as: doctor,
                        at: now
                    ).token
                }
            ),
            (
                "doubt",
                {
                    try portal.reportDoubt(
                        about: row.entry,
                        of: patient,
                        "?",
                        as: doctor,
                        at: now
                    )
                }
            ),
        ]
    }

    @Test("whatever call it fails at, from there on nothing is told or done")
    func everyCall() throws {
        let count = try verbs(try filled(BrokenJournal())).count
        for allowed in 0...count {
            let journal = BrokenJournal()
            let portal = try filled(journal)
            let verbs = try verbs(portal)
            let before = journal.kept.pendingCount() + journal.kept.size()
            journal.remaining.store(allowed, ordering: .relaxed)
            for (number, verb) in verbs.enumerated() {
                var told: String?
                var error: (any Error)?
                do { told = try verb.ask() } catch let caught { error = caught }
                let isWritten = number < allowed
                if isWritten {
                    // A look at nobody is refused, and is a look all the same.
                    #expect(told != nil || verb.name == "timeline of nobody", "\(verb.name)")
                } else {
                    #expect(told == nil, "\(verb.name) answered without its audit record")
                    let code = (error as? AccessError)?.code
                    #expect(code == "audit-unavailable", "\(verb.name): \(code ?? "none")")
                }
            }
            // One record for each, no more and no fewer: one durable write at most for a page.
            let recorded = journal.kept.pendingCount() + journal.kept.size() - before
            #expect(recorded == min(allowed, verbs.count))
        }
    }

    @Test("what could not be audited was not done either")
    func nothingDone() throws {
        let journal = BrokenJournal()
        let portal = try filled(journal)
        let verbs = try verbs(portal)
        journal.isBroken.store(true, ordering: .relaxed)
        for verb in verbs { _ = try? verb.ask() }
        journal.isBroken.store(false, ordering: .relaxed)
        let officer = try portal.reader("officer")
        #expect(try portal.overrideQueue(as: officer, at: Board.now).value.isEmpty)
        #expect(try portal.doubts(as: try portal.reader("all"), at: Board.now).value.isEmpty)
        #expect(throws: AccessError.self) {
            _ = try portal.emergencySummary(
                of: try portal.find(Self.ann),
                as: try portal.reader("doctor"),
                at: Board.now
            )
        }
    }

    private func filled(_ journal: BrokenJournal) throws -> Portal {
        let portal = try ConsentBoard.portal(journal: journal)
        try ConsentBoard.fill(portal)
        return portal
    }
}

/// How long a refusal takes tells nothing (DESIGN P6).
@Suite("Refusals take alike")
struct RefusalTimeTests {
    @Test("a refusal takes a multiple of the site's time, whether there was anything or nothing")
    func quantum() throws {
        let portal = Portal(
            profile: try SiteProfile(yaml: Board.profile),
            storage: .inMemory(),
            journal: MemoryAuditJournal(),
            refusalTime: .milliseconds(200)
        )
        try portal.take("lab", Board.result("69", status: "F", at: "20260302"))
        let stranger = try portal.reader("stranger")
        for patient in [try portal.find("urn:id:GRI|1"), SourcePatientID(rawValue: "p-none")] {
            let took = ContinuousClock().measure {
                _ = try? portal.timeline(of: patient, as: stranger, at: Board.now)
            }
            // Never sooner; how much later is the machine's affair.
            #expect(took >= .milliseconds(199))
        }
    }
}
