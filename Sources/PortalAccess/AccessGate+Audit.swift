public import PortalAudit
import PortalIdentity
import PortalPolicy
package import PortalRecord
import PortalStore
import PortalTimeline

/// Reading the audit: by privacy officers, by practice managers of their own patients, and by
/// patients of their own record. Each reading is an event itself.
extension AccessGate {
    package func whoLooked(
        at patient: SourcePatientID?,
        _ look: Look
    ) throws -> Released<[SequencedEvent]> {
        guard
            let record = try patient.flatMap({
                try store.record(of: $0, asOf: nil, rules: rules.record)
            })
        else {
            try deny(look, .auditRead, nil, .nothingFound)
            throw AccessError.notFound
        }
        // Patients ask by their own door.
        var asked = look
        if isPatient(look.principal) { asked.purpose = .patientRequest }
        let isOwn = try policy(record, asked).permits(
            .read,
            on: EntryFacts(kind: .patient, silo: "")
        )
        let mayAsk =
            hasDuty("audit", look) || isPatient(look.principal) && isOwn
            || hasDuty("practice audit", look) && isRegistered(record, with: look)
        guard mayAsk else {
            try deny(look, .auditRead, record, .withheld)
            throw AccessError.notFound
        }
        try journal.sequence()
        let events = try journal.events(
            patientMembers: record.cluster.members.map(\.rawValue),
            limit: 1000
        )
        var event = event(look, .auditRead, record, .permitted)
        event.shownCount = events.count
        return try release(events, event)
    }

    /// Reviews every look by the site's rules, between two moments.
    ///
    /// Practice managers see the looks at their own patients alone.
    package func reviewAudit(
        from: Instant?,
        to: Instant?,
        _ look: Look
    ) throws -> Released<AuditReviewReport> {
        let isWhole = hasDuty("audit", look)
        if !isWhole { try require("practice audit", look, .auditReviewed) }
        var facts: [String: ReviewedPatient?] = [:]
        var handles: [String: ReviewedPatient] = [:]
        func patient(_ member: String) -> ReviewedPatient? {
            if let known = handles[member] { return known }
            if let known = facts[member] { return known }
            let record = try? store.record(
                of: SourcePatientID(rawValue: member),
                asOf: nil,
                rules: rules.record
            )
            var found: ReviewedPatient?
            if let record, isWhole || isRegistered(record, with: look) {
                found = reviewed(record, at: look.now)
            }
            facts[member] = found
            if let found { handles[found.handle] = found }
            return found
        }
        var review = AuditReview(
            rules: rules.review.rules,
            threshold: rules.review.threshold,
            staff: { rules.review.staff[$0] },
            patient: patient,
            isStaffNumber: { number, organisation in
                rules.review.staff.values.contains {
                    $0.organisation == organisation && $0.numbers.contains(number)
                }
            }
        )
        try events { event in
            if let from, event.time < from { return }
            if let to, event.time >= to { return }
            review.take(event)
        }
        let report = AuditReviewReport(looks: review.reviewed, cases: review.finish())
        var event = event(look, .auditReviewed, nil, .permitted)
        event.shownCount = report.cases.count
        return try release(report, event)
    }

    /// Counts how the portal is used, by week.
    package func usage(_ look: Look) throws -> Released<[AuditUsage.Week]> {
        try require("usage", look, .usageRead)
        var usage = AuditUsage()
        try events { usage.take($0) }
        let weeks = usage.finish()
        var event = event(look, .usageRead, nil, .permitted)
        event.shownCount = weeks.count
        return try release(weeks, event)
    }

    /// The events that FHIR systems are given, for a privacy officer who exports them.
    package func exportAudit(_ look: Look) throws -> Released<[SequencedEvent]> {
        try require("audit", look, .export)
        try journal.sequence()
        var all: [SequencedEvent] = []
        var next = 0
        while true {
            let page = try journal.events(from: next, limit: 2000)
            all += page
            guard let last = page.last, page.count == 2000 else { break }
            next = last.index + 1
        }
        var event = event(look, .export, nil, .permitted)
        event.screen = "audit"
        event.shownCount = all.count
        return try release(all, event)
    }

    /// Erases what an event says; its leaf stays (TESTING f30).
    package func eraseAudit(_ leaf: Int, reason: String, _ look: Look) throws {
        try require("erase", look, .erased)
        var event = event(look, .erased, nil, .permitted)
        event.reason = reason
        do {
            try journal.erase(leaf, recording: event)
        } catch let error as AuditError where error.code == .eventUnknown {
            try deny(look, .erased, nil, .nothingFound)
            throw AccessError(
                "event-unknown",
                "name the place of an event that a checkpoint covers"
            )
        }
    }

    /// Every event of the log, in its order, page by page.
    private func events(_ body: (AuditEvent) -> Void) throws {
        try journal.sequence()
        var next = 0
        while true {
            let page = try journal.events(from: next, limit: 2000)
            for event in page { body(event.event) }
            guard let last = page.last, page.count == 2000 else { return }
            next = last.index + 1
        }
    }

    /// Whether the patient is registered with a practice that one of the person's teams is.
    private func isRegistered(_ record: ArrangedRecord, with look: Look) -> Bool {
        let teams = Set(
            rules.memberships.filter {
                $0.person == look.principal.person && $0.holds(at: look.now)
            }.map(\.team)
        )
        return relationships(record).contains { relationship in
            guard relationship.basis == .registration, case .team(let team) = relationship.holder
            else { return false }
            return teams.contains(team)
        }
    }

    private func reviewed(_ record: ArrangedRecord, at now: Instant) -> ReviewedPatient {
        let numbers = Set(record.banner.identifiers.map(\.token))
        var contacts = record.episodes.map { episode in
            ReviewedPatient.Contact(
                from: episode.from?.span.start ?? .min / 2,
                to: episode.to?.span.end
            )
        }
        contacts += record.chains.filter { $0.kind == .referral }.compactMap { chain in
            chain.start.map { ReviewedPatient.Contact(from: $0, to: $0) }
        }
        return ReviewedPatient(
            handle: record.cluster.handle.rawValue,
            surname: record.banner.name?.family.map(NameFolding.fold),
            postcode: record.banner.postcode.map(PostcodeFolding.fold),
            numbers: numbers,
            died: record.banner.deceasedAt?.span.end,
            contacts: contacts,
            isWatched: !numbers.isDisjoint(with: rules.review.watched),
            isOptedOut: rules.restrictions.contains {
                $0.restriction.kind == .optedOut && numbers.contains($0.identifier.token)
                    && $0.restriction.holds(at: now)
            }
        )
    }
}

/// What a review of the audit found.
public struct AuditReviewReport: Sendable, Hashable {
    /// How many looks were reviewed.
    public let looks: Int
    /// What should be asked about, the most points first.
    public let cases: [AuditCase]
}

/// How the site has its audit reviewed.
package struct GateReview: Sendable {
    package var rules: [ReviewRule]
    package var threshold: Int
    /// What is known of readers, by their handles.
    package var staff: [String: ReviewedStaff]
    /// Numbers of those whose records someone watches over.
    package var watched: Set<String>

    package init(
        rules: [ReviewRule] = ReviewRule.proposed,
        threshold: Int = ReviewRule.proposedThreshold,
        staff: [String: ReviewedStaff] = [:],
        watched: Set<String> = []
    ) {
        self.rules = rules
        self.threshold = threshold
        self.staff = staff
        self.watched = watched
    }
}

/// Postcodes as they are compared: capitals, no spaces.
package enum PostcodeFolding {
    package static func fold(_ text: String) -> String {
        String(text.uppercased().filter { $0.isLetter || $0.isNumber })
    }
}
