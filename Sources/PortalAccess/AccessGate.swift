package import PortalAudit
import PortalIdentity
package import PortalPolicy
package import PortalRecord
package import PortalStore
package import PortalTimeline

/// What the gate needs of the site's profile.
package struct GateRules: Sendable {
    package var access: AccessRules
    package var record: RecordRules
    package var memberships: [Membership]
    package var mandates: [Mandate]
    /// Restrictions with the patient's identifier that each is for.
    package var restrictions: [(identifier: Identifier, restriction: Restriction)]
    /// The silos, with their labels and the seconds after which each counts as quiet.
    package var silos: [(name: String, label: String, quietAfterSeconds: Int)]
    package var version: String

    package init(
        access: AccessRules,
        record: RecordRules,
        memberships: [Membership],
        mandates: [Mandate],
        restrictions: [(identifier: Identifier, restriction: Restriction)],
        silos: [(name: String, label: String, quietAfterSeconds: Int)],
        version: String
    ) {
        self.access = access
        self.record = record
        self.memberships = memberships
        self.mandates = mandates
        self.restrictions = restrictions
        self.silos = silos
        self.version = version
    }
}

/// One look: who, why, when.
package struct Look: Sendable {
    package var principal: Principal
    package var purpose: Purpose
    package var now: Instant
    /// A fresh handle for the audit event.
    package var eventID: String

    package init(principal: Principal, purpose: Purpose, now: Instant, eventID: String) {
        self.principal = principal
        self.purpose = purpose
        self.now = now
        self.eventID = eventID
    }
}

/// The only way out of the store: facts → policy → audit → ``Released``.
///
/// - Rule: DESIGN P5, P6; SAFETY S14: a version chain is released whole or not at all, and what is
///   counted, ordered and paged is counted, ordered and paged after release.
package struct AccessGate: Sendable {
    private let store: any RecordStore
    private let journal: any AuditJournal
    private let rules: GateRules

    package init(store: any RecordStore, journal: any AuditJournal, rules: GateRules) {
        self.store = store
        self.journal = journal
        self.rules = rules
    }

    // MARK: Timeline

    package func timeline(
        of patient: SourcePatientID?,
        _ query: TimelineQuery,
        asOf: Instant?,
        _ look: Look
    ) throws -> Released<TimelinePage> {
        let present = try patient.flatMap {
            try store.record(of: $0, asOf: nil, rules: rules.record)
        }
        guard let patient, let present else {
            try deny(look, .readTimeline, nil, .nothingFound)
            throw AccessError.notFound
        }
        // Today's consent, seals and access decide, also over the past (SAFETY S18).
        let policy = try policy(present, look)
        let record =
            asOf == nil
            ? present : try store.record(of: patient, asOf: asOf, rules: rules.record)
        guard let record else {
            try deny(look, .readTimeline, present, .nothingFound)
            throw AccessError.notFound
        }
        let visible = visible(record, policy, kinds: query.kinds)
        guard !visible.isEmpty || mayKnowPatient(policy) else {
            try deny(look, .readTimeline, present, .withheld)
            throw AccessError.notFound
        }
        let places = try grouped(visible).map {
            Arrangement.Place(position: $0.lead.position, payload: $0)
        }
        let page = Arrangement.page(places, query: query, now: asOf ?? look.now)
        var sections: [TimelinePage.Section] = []
        for (section, members) in page.sections {
            let rows = try members.flatMap { try displayed($0.payload, query) }
            sections.append(TimelinePage.Section(name: section, rows: rows))
        }
        let silos = try silos(asOf: asOf ?? look.now)
        let shown = sections.flatMap(\.rows)
        var event = event(look, .readTimeline, present, .permitted)
        event.entries = shown.flatMap { row in
            [row.entry.rawValue + "/" + row.version]
                + row.alsoFrom.map { $0.entry.rawValue + "/" + $0.version }
        }
        event.shownCount = shown.count
        event.withheldCount = record.chains.count - visible.count
        event.elements = query.kinds.map(\.rawValue)
        event.screen = "timeline"
        event.recordRevision = record.revision
        event.pageFrom = query.cursor?.text
        event.pageTo = page.next?.text
        event.staleSilos = silos.filter { $0.state != "current" }.map(\.silo)
        let released = TimelinePage(
            patient: record.cluster.handle,
            markers: try mayKnowOther(record, look) ? [.possibleOther] : [],
            asOf: asOf ?? look.now,
            sections: sections,
            silos: silos,
            next: page.next
        )
        return try release(released, event)
    }

    private func visible(
        _ record: ArrangedRecord,
        _ policy: AccessPolicy,
        kinds: [EntryKind]
    ) -> [ArrangedChain] {
        record.chains.filter { chain in
            (kinds.isEmpty || kinds.contains(chain.kind))
                && policy.permits(.know, on: facts(chain))
                && policy.permits(.read, on: facts(chain))
        }
    }

    /// What may be shown, events told by several silos put together (SAFETY S11, S12, S14).
    private func grouped(
        _ visible: [ArrangedChain]
    ) throws -> [SameEvent.Group<ArrangedChain>] {
        try SameEvent.group(
            visible,
            columns: { chain in
                SameEvent.Columns(
                    source: chain.source,
                    eventKey: chain.eventKey,
                    likeKeys: chain.likeKeys,
                    entry: chain.entries.last
                )
            },
            decode: { try $0.chain() },
            isOrigin: { rules.record.identity.speakers[$1]?.contains($0) ?? false }
        )
    }

    private func displayed(
        _ group: SameEvent.Group<ArrangedChain>,
        _ query: TimelineQuery
    ) throws -> [TimelineRow] {
        let chain = try group.lead.chain()
        let current = chain.current.map { row -> TimelineRow in
            var row = row
            row.alsoFrom = group.copies.flatMap(\.current).map { RowCopy($0) }
            row.possiblySame = group.possiblySame
            return row
        }
        guard query.includesVersions else { return current }
        return current + chain.earlier + group.copies.flatMap(\.earlier)
    }

    /// Whether the reader may know of another record that may be the same person's.
    ///
    /// - Rule: SAFETY S1, S17: said only to those who may know that it exists.
    private func mayKnowOther(_ record: ArrangedRecord, _ look: Look) throws -> Bool {
        try record.cluster.possibleOthers.contains { other in
            guard let found = try store.record(of: other, asOf: nil, rules: rules.record)
            else { return false }
            return mayKnowPatient(try policy(found, look))
        }
    }

    private func facts(_ chain: ArrangedChain) -> EntryFacts {
        EntryFacts(
            kind: chain.kind,
            silo: chain.source,
            labels: chain.labels,
            codes: chain.codes,
            key: chain.key
        )
    }

    /// Whether the person may know the patient at all, whatever the record holds: an answer that
    /// depended on what is hidden would give it away (DESIGN P6).
    private func mayKnowPatient(_ policy: AccessPolicy) -> Bool {
        EntryKind.allCases.contains { policy.permits(.know, on: EntryFacts(kind: $0, silo: "")) }
    }

    private func silos(asOf: Instant) throws -> [SiloState] {
        let heard = Dictionary(
            try store.silos(asOf: asOf).map { ($0.silo, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        return rules.silos.map { silo in
            let receipts = heard[silo.name]
            let state: String
            if let last = receipts?.lastHeard {
                let isQuiet = last.adding(seconds: silo.quietAfterSeconds) < asOf
                state =
                    isQuiet
                    ? "quiet" : receipts?.held == 0 ? "current" : "received, awaiting filing"
            } else {
                state = "never connected"
            }
            return SiloState(
                silo: silo.name,
                label: silo.label,
                state: state,
                lastHeard: receipts?.lastHeard
            )
        }
    }

    // MARK: Explanation

    package func explain(
        _ entry: EntryID,
        of patient: SourcePatientID?,
        for reader: Principal,
        _ look: Look
    ) throws -> Released<Explanation> {
        let record = try patient.flatMap {
            try store.record(of: $0, asOf: nil, rules: rules.record)
        }
        let chain = record?.chains.first { $0.entries.contains(entry) }
        var explanation = Explanation(isFound: false, decision: nil)
        if let record, let chain {
            var question = look
            question.principal = reader
            let policy = try policy(record, question)
            let isOfficer = hasDuty("explain", look.principal)
            // To a reader who may not know of it, the entry is not there (DESIGN P7).
            if isOfficer || policy.permits(.know, on: facts(chain)) {
                explanation = Explanation(
                    isFound: true,
                    decision: policy.decide(.read, facts(chain))
                )
            }
        }
        var event = event(look, .explain, record, explanation.isFound ? .permitted : .nothingFound)
        event.entries = [entry.rawValue]
        event.detail = ["reader": reader.person]
        return try release(explanation, event)
    }

    // MARK: Lists and duties

    package func patients(_ look: Look) throws -> Released<[ListedPatient]> {
        try require("list", look, .listPatients)
        let listed = try store.patients(rules: rules.record).map { summary in
            var seen: Set<String> = []
            let members = summary.nodes.compactMap { node -> ListedPatient.Member? in
                let source = node.silos.joined(separator: ", ")
                let identifier = (node.patient.system ?? "") + "|" + node.patient.value
                guard seen.insert(source + identifier).inserted else { return nil }
                return ListedPatient.Member(
                    source: source,
                    identifier: identifier,
                    patient: node.patient.id
                )
            }
            return ListedPatient(
                patient: summary.cluster.handle,
                banner: summary.banner,
                members: members,
                markers: summary.cluster.possibleOthers.isEmpty ? [] : [.possibleOther]
            )
        }
        var event = event(look, .listPatients, nil, .permitted)
        event.shownCount = listed.count
        event.members = listed.flatMap { $0.members.map(\.patient.rawValue) }
        return try release(listed, event)
    }

    package func reviews(_ look: Look) throws -> Released<[ListedReview]> {
        try require("review", look, .listReview)
        let cases = try store.cases(rules: rules.record).map {
            ListedReview(reviewCase: $0.reviewCase, opened: $0.opened)
        }
        var event = event(look, .listReview, nil, .permitted)
        event.shownCount = cases.count
        return try release(cases, event)
    }

    package func held(_ look: Look) throws -> Released<[WaitingDocument]> {
        try require("held", look, .heldShown)
        let held = try store.held().map { document in
            WaitingDocument(
                document: document.document,
                silo: document.silo,
                outcome: document.refusal.isHeld ? "held" : "rejected",
                code: document.refusal.code,
                location: document.refusal.location,
                remedy: document.refusal.remedy,
                since: document.since,
                owner: document.owner
            )
        }
        var event = event(look, .heldShown, nil, .permitted)
        event.shownCount = held.count
        return try release(held, event)
    }

    package func document(_ hash: ContentHash, _ look: Look) throws -> Released<[UInt8]> {
        try require("document", look, .openDocument)
        guard let bytes = try store.document(hash) else {
            try deny(look, .openDocument, nil, .nothingFound)
            throw AccessError.notFound
        }
        var event = event(look, .openDocument, nil, .permitted)
        event.entries = [hash.hex]
        event.shownCount = 1
        return try release(bytes, event)
    }

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
        let isOwn = try policy(record, look).permits(
            .read,
            on: EntryFacts(kind: .patient, silo: "")
        )
        if !hasDuty("audit", look.principal), !(isPatient(look.principal) && isOwn) {
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

    /// Checks a duty, and writes down what was done under it.
    package func perform(
        _ duty: String,
        _ action: AuditAction,
        _ look: Look,
        reason: String? = nil,
        members: [SourcePatientID] = [],
        detail: [String: String] = [:]
    ) throws {
        try require(duty, look, action)
        var event = event(look, action, nil, .permitted)
        event.reason = reason
        event.members = members.map(\.rawValue)
        event.detail = detail
        try record(event)
    }

    package func startOverride(
        _ override: EmergencyOverride,
        _ look: Look
    ) throws {
        let mayOverride = rules.access.grants.contains {
            look.principal.roles.contains($0.role) && $0.mayOverride
        }
        var event = event(look, .overrideStarted, nil, mayOverride ? .permitted : .withheld)
        event.members = override.patients.map(\.rawValue)
        event.reason = override.reason
        event.overrideToken = override.token
        event.detail = ["type": override.type, "expires": override.expires.description]
        try record(event)
        guard mayOverride else {
            throw AccessError("not-permitted", "ask someone whose role may take an override")
        }
        try store.put(override)
    }

    /// The person's source patients, for an override or a link; nothing is shown.
    package func members(of patient: SourcePatientID) throws -> [SourcePatientID]? {
        try store.record(of: patient, asOf: nil, rules: rules.record)?.cluster.members
    }

    // MARK: Parts

    private func policy(_ record: ArrangedRecord, _ look: Look) throws -> AccessPolicy {
        let held = Set(record.banner.identifiers.map(\.token))
        let situation = AccessSituation(
            principal: look.principal,
            purpose: look.purpose,
            moment: look.now,
            memberships: rules.memberships,
            relationships: relationships(record),
            mandates: rules.mandates,
            restrictions: rules.restrictions.filter { held.contains($0.identifier.token) }
                .map(\.restriction),
            overrides: try store.overrides(of: look.principal.person),
            members: record.cluster.members,
            identifiers: record.banner.identifiers
        )
        return AccessPolicy(rules: rules.access, situation: situation)
    }

    /// Relationships come from the attendance feed: the teams of the wards, and the clinicians.
    private func relationships(_ record: ArrangedRecord) -> [Relationship] {
        record.episodes.flatMap { episode -> [Relationship] in
            let teams = rules.access.teams.filter { team in
                !Set(team.places).isDisjoint(with: episode.places)
            }
            let holders =
                teams.map { Relationship.Holder.team($0.name) }
                + episode.clinicians.map { .person($0) }
            return holders.map {
                Relationship(holder: $0, basis: "attendance", from: episode.from, to: episode.to)
            }
        }
    }

    private func hasDuty(_ duty: String, _ principal: Principal) -> Bool {
        rules.access.grants.contains {
            principal.roles.contains($0.role) && $0.duties.contains(duty)
        }
    }

    private func isPatient(_ principal: Principal) -> Bool {
        rules.access.grants.contains { principal.roles.contains($0.role) && $0.isPatient }
    }

    private func require(_ duty: String, _ look: Look, _ action: AuditAction) throws {
        guard !hasDuty(duty, look.principal) else { return }
        try deny(look, action, nil, .withheld)
        throw AccessError("not-permitted", "ask for a role with the duty \"" + duty + "\"")
    }

    private func event(
        _ look: Look,
        _ action: AuditAction,
        _ record: ArrangedRecord?,
        _ outcome: AuditOutcome
    ) -> AuditEvent {
        var event = AuditEvent(
            id: look.eventID,
            time: look.now,
            action: action,
            outcome: outcome,
            principal: AuditPrincipal(
                person: look.principal.person,
                roles: look.principal.roles,
                organisation: look.principal.organisation,
                location: look.principal.location,
                viaSystem: look.principal.viaSystem
            )
        )
        event.patient = record?.cluster.handle.rawValue
        event.members = record?.cluster.members.map(\.rawValue) ?? []
        event.purpose = look.purpose.rawValue
        event.rulesVersion = rules.version
        return event
    }

    private func deny(
        _ look: Look,
        _ action: AuditAction,
        _ record: ArrangedRecord?,
        _ outcome: AuditOutcome
    ) throws {
        try self.record(event(look, action, record, outcome))
    }

    /// First the audit, durably; if it fails, nothing is released (DESIGN P5).
    private func release<Value>(_ value: Value, _ event: AuditEvent) throws -> Released<Value> {
        try record(event)
        return Released(value, auditEvent: event.id)
    }

    private func record(_ event: AuditEvent) throws {
        do {
            try journal.record(event)
        } catch {
            throw AccessError(
                "audit-unavailable",
                "nothing is shown until the audit can be written"
            )
        }
    }
}
