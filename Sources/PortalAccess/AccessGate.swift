package import PortalAudit
import PortalIdentity
package import PortalPolicy
package import PortalRecord
package import PortalStore
import PortalTimeline

/// What the gate needs of the site's profile.
package struct GateRules: Sendable {
    package var access: AccessRules
    package var record: RecordRules
    package var memberships: [Membership]
    package var mandates: [Mandate]
    /// Restrictions with the patient's identifier that each is for.
    package var restrictions: [(identifier: Identifier, restriction: Restriction)]
    package var silos: [GateSilo]
    /// The elements of the first screen, in order.
    package var elements: [TopElement]
    /// How the audit is reviewed.
    package var review: GateReview
    /// Makes a refusal take as long as any other, given when the look began.
    package var settleRefusal: @Sendable (ContinuousClock.Instant) -> Void
    package var version: String

    package init(
        access: AccessRules,
        record: RecordRules,
        memberships: [Membership],
        mandates: [Mandate],
        restrictions: [(identifier: Identifier, restriction: Restriction)],
        silos: [GateSilo],
        elements: [TopElement],
        review: GateReview = GateReview(),
        settleRefusal: @escaping @Sendable (ContinuousClock.Instant) -> Void = { _ in },
        version: String
    ) {
        self.access = access
        self.record = record
        self.memberships = memberships
        self.mandates = mandates
        self.restrictions = restrictions
        self.silos = silos
        self.elements = elements
        self.review = review
        self.settleRefusal = settleRefusal
        self.version = version
    }
}

/// What the gate says of a silo.
package struct GateSilo: Sendable {
    package var name: String
    package var label: String
    /// Seconds of silence after which it counts as quiet.
    package var quietAfterSeconds: Int
    /// The kinds of entry that it sends; empty where the profile does not say.
    package var feeds: [EntryKind]
    /// The elements of the first screen that it feeds; empty for all that show its kinds.
    package var elements: [String]
    /// What it covers, in words, such as "results from March 2006; paper before".
    package var coverage: String?
    /// Whether whoever keeps it refuses to send.
    package var isRefused: Bool
    /// Whether it sends old results again under new numbers.
    package var resends: Bool
    /// Those whose records it gathers, where the profile names them.
    package var custodians: [GateCustodian]

    package init(
        name: String,
        label: String,
        quietAfterSeconds: Int,
        feeds: [EntryKind],
        elements: [String],
        coverage: String?,
        isRefused: Bool,
        resends: Bool = false,
        custodians: [GateCustodian] = []
    ) {
        self.name = name
        self.label = label
        self.quietAfterSeconds = quietAfterSeconds
        self.feeds = feeds
        self.elements = elements
        self.coverage = coverage
        self.isRefused = isRefused
        self.resends = resends
        self.custodians = custodians
    }
}

/// What the gate says of a practice or site whose records a silo gathers.
package struct GateCustodian: Sendable {
    package var label: String
    /// What messages and patients' records call it, folded.
    package var names: Set<String>
    /// A practice has its own patients; a site may have anyone's records.
    package var isPractice: Bool
    package var quietAfterSeconds: Int
    package var coverage: String?
    package var isRefused: Bool

    package init(
        label: String,
        names: Set<String>,
        isPractice: Bool,
        quietAfterSeconds: Int,
        coverage: String?,
        isRefused: Bool
    ) {
        self.label = label
        self.names = names
        self.isPractice = isPractice
        self.quietAfterSeconds = quietAfterSeconds
        self.coverage = coverage
        self.isRefused = isRefused
    }
}

/// One look: who, why, when.
package struct Look: Sendable {
    package var principal: Principal
    package var purpose: Purpose
    package var now: Instant
    /// A fresh handle for the audit event.
    package var eventID: String
    /// Random bits for the audit event, so that its leaf tells nothing once it is erased.
    package var salt: String
    /// When the asking began, on the machine's monotonic clock: how long the reader waited is
    /// audited, and nothing else is read from it.
    package var started = ContinuousClock.now

    package init(
        principal: Principal,
        purpose: Purpose,
        now: Instant,
        eventID: String,
        salt: String
    ) {
        self.principal = principal
        self.purpose = purpose
        self.now = now
        self.eventID = eventID
        self.salt = salt
    }
}

/// The only way out of the store: facts → policy → audit → ``Released``.
///
/// - Rule: DESIGN P5, P6; SAFETY S14: a version chain is released whole or not at all, and what is
///   counted, ordered and paged is counted, ordered and paged after release.
package struct AccessGate: Sendable {
    let store: any RecordStore
    let journal: any AuditJournal
    /// Where a look at the emergency summary, and nothing else, is recorded while the journal
    /// cannot be written (SAFETY S22).
    let second: (any AuditJournal)?
    let rules: GateRules

    package init(
        store: any RecordStore,
        journal: any AuditJournal,
        second: (any AuditJournal)? = nil,
        rules: GateRules
    ) {
        self.store = store
        self.journal = journal
        self.second = second
        self.rules = rules
    }

    // MARK: Parts

    func policy(
        _ record: ArrangedRecord,
        _ look: Look,
        isFeedAsked: Bool = false,
        further consent: Consent? = nil
    ) throws -> AccessPolicy {
        let numbers = Set(record.banner.identifiers.map(OptOuts.number))
        // Documents that named both numbers are gone: only what they named is remembered.
        let optedOut =
            rules.record.optOuts.items.isEmpty
            ? [] : try store.optedOutNumbers(of: record.cluster.members)
        let situation = AccessSituation(
            principal: look.principal,
            purpose: look.purpose,
            moment: look.now,
            memberships: rules.memberships,
            relationships: relationships(record),
            isRelationshipFeedStale: try isFeedAsked && isRelationshipFeedStale(at: look.now),
            mandates: rules.mandates,
            restrictions: rules.restrictions.filter { identifier, restriction in
                let number = OptOuts.number(identifier)
                return numbers.contains(number)
                    || restriction.kind == .optedOut && optedOut.contains(number)
            }.map(\.restriction),
            consents: try consents(record, look) + (consent.map { [$0] } ?? []),
            overrides: try store.overrides(of: look.principal.person),
            members: record.cluster.members,
            identifiers: record.banner.identifiers,
            life: PatientLife(record.banner),
            isContested: !record.cluster.possibleOthers.isEmpty
        )
        return AccessPolicy(rules: rules.access, situation: situation)
    }

    func hasDuty(_ duty: String, _ look: Look) -> Bool {
        look.principal.isActive(at: look.now)
            && rules.access.grants(of: look.principal).contains { $0.duties.contains(duty) }
    }

    func isPatient(_ principal: Principal) -> Bool {
        rules.access.grants(of: principal).contains(where: \.isPatient)
    }

    func require(_ duty: String, _ look: Look, _ action: AuditAction) throws {
        guard !hasDuty(duty, look) else { return }
        try deny(look, action, nil, .withheld)
        throw AccessError("not-permitted", "ask for a role with the duty \"" + duty + "\"")
    }

    func event(
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
        event.salt = look.salt
        let waited = look.started.duration(to: .now).components
        event.latencyMilliseconds =
            Int(waited.seconds) * 1000 + Int(waited.attoseconds / 1_000_000_000_000_000)
        return event
    }

    func deny(
        _ look: Look,
        _ action: AuditAction,
        _ record: ArrangedRecord?,
        _ outcome: AuditOutcome
    ) throws {
        try self.record(event(look, action, record, outcome))
        rules.settleRefusal(look.started)
    }

    /// First the audit, durably; if it fails, nothing is released (DESIGN P5).
    func release<Value>(_ value: Value, _ event: AuditEvent) throws -> Released<Value> {
        try record(event)
        return Released(value, auditEvent: event.id)
    }

    func record(_ event: AuditEvent) throws {
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
