public import PortalRecord

/// Everything that is known of a person, a patient and a moment before any entry is looked at.
public struct AccessSituation: Hashable, Sendable {
    /// Who asks.
    public var principal: Principal
    /// Why.
    public var purpose: Purpose
    /// When: always now, also when the past is asked for (SAFETY S18).
    public var moment: Instant
    /// The person's memberships.
    public var memberships: [Membership]
    /// The patient's relationships.
    public var relationships: [Relationship]
    /// Mandates that the person holds.
    public var mandates: [Mandate]
    /// The patient's restrictions; nil where they could not be had: then everything is withheld.
    public var restrictions: [Restriction]?
    /// The overrides that the person has for this patient.
    public var overrides: [EmergencyOverride]
    /// The patient's source patients.
    public var members: [SourcePatientID]
    /// Every identifier of the patient.
    public var identifiers: [Identifier]
    /// Whether another record carries one of the numbers and may be somebody else's: a number alone
    /// then opens nobody's record as their own (SAFETY S1).
    public var isContested: Bool

    /// Builds a situation.
    public init(
        principal: Principal,
        purpose: Purpose,
        moment: Instant,
        memberships: [Membership] = [],
        relationships: [Relationship] = [],
        mandates: [Mandate] = [],
        restrictions: [Restriction]? = [],
        overrides: [EmergencyOverride] = [],
        members: [SourcePatientID] = [],
        identifiers: [Identifier] = [],
        isContested: Bool = false
    ) {
        self.principal = principal
        self.purpose = purpose
        self.moment = moment
        self.memberships = memberships
        self.relationships = relationships
        self.mandates = mandates
        self.restrictions = restrictions
        self.overrides = overrides
        self.members = members
        self.identifiers = identifiers
        self.isContested = isContested
    }
}

/// Decides, from values alone, what a person may do with each entry of a patient.
public struct AccessPolicy: Sendable {
    private let rules: AccessRules
    private let situation: AccessSituation
    private let grants: [RoleGrant]
    private let teams: Set<String>
    private let hasRelationship: Bool
    private let isOwnRecord: Bool
    /// Whether a local number says so, or no other record carries the national one.
    private let isOwnForSure: Bool
    private let opened: Set<OverrideRule.Opens>
    /// The tokens of the overrides that are in force, in order.
    public let overridesInForce: [String]

    /// Prepares the decisions of one situation.
    public init(rules: AccessRules, situation: AccessSituation) {
        self.rules = rules
        self.situation = situation
        let own = Set(situation.principal.roles)
        grants = rules.grants.filter { own.contains($0.role) }
        let current = situation.memberships.filter { $0.holds(at: situation.moment) }
        // A student is in a team by a supervisor who is in it now: students see their supervisor's
        // patients.
        let held = current.filter { own in
            own.person == situation.principal.person
                && (own.kind != .student
                    || current.contains {
                        $0.person == own.sponsor && $0.team == own.team && $0.kind != .student
                    })
        }
        teams = Set(held.map(\.team))
        hasRelationship = situation.relationships.contains {
            AccessPolicy.holds($0, rules, situation, Set(held.map(\.team)))
        }
        let ownNumbers = Set(situation.principal.ownIdentifiers.map(\.token))
        let matching = situation.identifiers.filter { ownNumbers.contains($0.token) }
        isOwnRecord = !matching.isEmpty
        isOwnForSure =
            !situation.isContested
            || matching.contains { identifier in
                identifier.system.map { !IdentifierSystem.isNational($0) } ?? false
            }
        let active = situation.overrides.filter {
            $0.holds(
                for: situation.principal.person,
                situation.members,
                at: situation.moment
            )
        }
        overridesInForce = active.map(\.token).sorted()
        opened = Set(
            active.flatMap { token in
                rules.overrides.first { $0.type == token.type }?.opens ?? []
            }
        )
    }

    private static func holds(
        _ relationship: Relationship,
        _ rules: AccessRules,
        _ situation: AccessSituation,
        _ teams: Set<String>
    ) -> Bool {
        let isTheirs =
            switch relationship.holder {
            case .team(let team): teams.contains(team)
            case .person(let code):
                situation.principal.codes.contains(code)
                    || situation.principal.person == code
            }
        return isTheirs
            && DatedFact.holds(
                from: relationship.from,
                to: relationship.to,
                graceDays: rules.relationshipDays,
                leadDays: rules.leadDays,
                at: situation.moment
            )
    }

    /// Whether the patient is in the care of the person or one of their teams.
    public var isInCare: Bool { hasRelationship }

    /// Decides on one entry.
    public func decide(_ operation: Operation, _ entry: EntryFacts) -> Decision {
        Combiner.decide(permits(operation, entry) + withholds(operation, entry))
    }

    /// The facts of an entry as far as any rule in force looks at them.
    ///
    /// Codes and numbers matter only to a restriction that names some.
    public func relevant(_ facts: EntryFacts) -> EntryFacts {
        let scopes = (situation.restrictions ?? []).map(\.scope)
        var facts = facts
        if scopes.allSatisfy(\.codes.isEmpty) { facts.codes = [] }
        if scopes.allSatisfy(\.keys.isEmpty) { facts.key = nil }
        return facts
    }

    /// The senders' numbers that restrictions name.
    public var restrictedKeys: Set<String> {
        Set((situation.restrictions ?? []).flatMap(\.scope.keys))
    }

    /// Whether an operation on an entry is permitted, without saying why.
    public func permits(_ operation: Operation, on entry: EntryFacts) -> Bool {
        decide(operation, entry).verdict == .permit
    }

    // MARK: Permits

    private func permits(_ operation: Operation, _ entry: EntryFacts) -> [Combiner.Voice] {
        var voices = grants.map { grant in
            voice(
                "grant to " + grant.role,
                .permit,
                applies(grant, operation, entry),
                change: change(grant, operation, entry)
            )
        }
        for mandate in mandates() where mandate.scope.isEmpty || mandate.scope.contains(entry.kind)
        {
            voices.append(
                voice(
                    "mandate",
                    .permit,
                    operation == .know || operation == .read,
                    change: "a mandate"
                )
            )
        }
        return voices
    }

    private func applies(
        _ grant: RoleGrant,
        _ operation: Operation,
        _ entry: EntryFacts
    ) -> Bool {
        guard grant.operations.contains(operation),
            grant.kinds.isEmpty || grant.kinds.contains(entry.kind),
            grant.purposes.contains(situation.purpose)
        else { return false }
        if grant.isPatient { return isOwnRecord && isOwnForSure }
        return !grant.needsRelationship || hasRelationship || opened.contains(.relationship)
    }

    private func change(
        _ grant: RoleGrant,
        _ operation: Operation,
        _ entry: EntryFacts
    ) -> String {
        guard grant.operations.contains(operation) else {
            return "a role that may " + operation.rawValue
        }
        guard grant.kinds.isEmpty || grant.kinds.contains(entry.kind) else {
            return "a role that may see this kind of entry"
        }
        guard grant.purposes.contains(situation.purpose) else {
            return "another purpose: " + grant.purposes.map(\.rawValue).joined(separator: ", ")
        }
        if grant.isPatient { return "being the patient" }
        return grant.needsRelationship
            ? "a relationship with the patient, or an override" : "the role " + grant.role
    }

    /// Mandates of the person for this patient, or for a clinician in whose care the patient is.
    private func mandates() -> [Mandate] {
        let numbers = Set(situation.identifiers.map(\.token))
        let carers = Set(
            situation.relationships.compactMap { relationship -> String? in
                guard case .person(let code) = relationship.holder,
                    DatedFact.holds(
                        from: relationship.from,
                        to: relationship.to,
                        graceDays: rules.relationshipDays,
                        leadDays: rules.leadDays,
                        at: situation.moment
                    )
                else { return nil }
                return code
            }
        )
        return situation.mandates.filter {
            $0.holder == situation.principal.person && $0.holds(at: situation.moment)
                && (numbers.contains($0.onBehalfOf) || carers.contains($0.onBehalfOf))
        }
    }

    // MARK: Withholds

    private func withholds(_ operation: Operation, _ entry: EntryFacts) -> [Combiner.Voice] {
        let isPatientRole = grants.contains { $0.isPatient && isOwnRecord }
        var voices = [
            voice(
                "own record",
                .withhold,
                isOwnRecord && !isPatientRole,
                change: "reading it by the patient's door"
            ),
            voice(
                "student",
                .withhold,
                isStudent && operation != .know && operation != .read,
                change: "a membership other than student"
            ),
            labelled(.sealed, entry, opensWith: .sealed),
            labelled(.sealedAndLocked, entry, opensWith: nil),
            labelled(.sensitive, entry, opensWith: .sensitive),
            voice(
                "third party",
                .withhold,
                isPatientRole && entry.labels.contains(.thirdParty),
                change: "the third party's consent"
            ),
            voice(
                "not for patient",
                .withhold,
                isPatientRole && entry.labels.contains(.notForPatient),
                change: "release to the patient by a clinician"
            ),
            unknownLabels(entry),
        ]
        voices += restricted(entry)
        return voices
    }

    private var isStudent: Bool {
        let held = situation.memberships.filter {
            $0.person == situation.principal.person && $0.holds(at: situation.moment)
        }
        return !held.isEmpty && held.allSatisfy { $0.kind == .student }
    }

    private func labelled(
        _ label: SecurityLabel,
        _ entry: EntryFacts,
        opensWith key: OverrideRule.Opens?
    ) -> Combiner.Voice {
        // Students never see seals, whatever their role's grant says (SAFETY).
        let isOpened = key.map { opened.contains($0) && !isStudent } ?? false
        let isGranted = grants.contains { $0.mayReadLabels.contains(label) } && !isStudent
        return voice(
            label.rawValue,
            .withhold,
            entry.labels.contains(label) && !isOpened && !isGranted,
            change: key == nil
                ? "membership of the team it is locked to"
                : "an override that opens " + label.rawValue + " content"
        )
    }

    /// A label that nobody defined withholds: a missing label fact is no leave (SAFETY S21).
    private func unknownLabels(_ entry: EntryFacts) -> Combiner.Voice {
        let isKnown = entry.labels.allSatisfy { SecurityLabel.known.contains($0) }
        return Combiner.Voice(
            rule: "unknown label",
            effect: .withhold,
            answer: isKnown ? .doesNotApply : .fails,
            change: "a definition of the label in the profile"
        )
    }

    private func restricted(_ entry: EntryFacts) -> [Combiner.Voice] {
        guard let restrictions = situation.restrictions else {
            return [
                Combiner.Voice(
                    rule: "restrictions",
                    effect: .withhold,
                    answer: .fails,
                    change: "the patient's restrictions, which could not be had"
                )
            ]
        }
        return restrictions.map { restriction in
            let holds = restriction.holds(at: situation.moment) && restriction.scope.covers(entry)
            let isOpened: Bool
            switch restriction.kind {
            case .sealed: isOpened = opened.contains(.sealed) && !isStudent
            case .refused: isOpened = opened.contains(.refused) && !isStudent
            case .sealedAndLocked: isOpened = restriction.team.map(teams.contains) ?? false
            case .optedOut: isOpened = false
            }
            return voice(
                "restriction: " + restriction.kind.rawValue,
                .withhold,
                holds && !isOpened,
                change: AccessPolicy.change(restriction.kind)
            )
        }
    }

    private static func change(_ kind: Restriction.Kind) -> String {
        switch kind {
        case .sealedAndLocked: "membership of the team it is locked to"
        case .optedOut: "the patient opting in again"
        case .sealed, .refused: "an override that opens " + kind.rawValue + " content"
        }
    }

    /// Silos whose upload the patient has opted out of as a whole.
    public func optedOut(of silos: [String]) -> Set<String> {
        let held = (situation.restrictions ?? []).filter {
            $0.kind == .optedOut && $0.holds(at: situation.moment)
        }
        return Set(
            silos.filter { silo in
                held.contains { $0.scope.silos.isEmpty || $0.scope.silos.contains(silo) }
            }
        )
    }

    private func voice(
        _ rule: String,
        _ effect: Combiner.Effect,
        _ applies: Bool,
        change: String
    ) -> Combiner.Voice {
        Combiner.Voice(
            rule: rule,
            effect: effect,
            answer: applies ? .applies : .doesNotApply,
            change: change
        )
    }
}
