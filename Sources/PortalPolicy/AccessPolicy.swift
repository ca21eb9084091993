import PortalRecord

/// Decides, from values alone, what a person may do with each entry of a patient.
///
/// Built once for a person, a patient and a moment; what is asked of each entry is then a few
/// comparisons. Default deny; withhold beats permit; a rule that fails withholds.
///
/// - Rule: DESIGN 5 "release", 6; SAFETY S14, S17–S24 and "The four dated access facts".
public struct AccessPolicy: Sendable {
    let rules: AccessRules
    let situation: AccessSituation
    /// Grants of the person's roles that serve the purpose, with whether their relationship holds.
    let grants: [RoleGrant]
    let teams: Set<String>
    /// Whether the patient is in the care of the person or one of their teams.
    public let isInCare: Bool
    let isOwnRecord: Bool
    /// Whether a local number says so, or no other record carries the national one.
    let isOwnForSure: Bool
    let isStudent: Bool
    let mandates: [Mandate]
    let opening: [OverrideRule]
    let permission: Permission
    let restrictions: [Restriction]
    let blocked: [BlockedCodes]
    /// What holds of every entry alike.
    let ofAll: Withholdings
    /// The tokens of the overrides that are in force, in order.
    public let overridesInForce: [String]

    /// Whether the person comes by the patient's door: as the patient, or for them.
    var isPatientsDoor: Bool { situation.purpose == .patientRequest }

    /// Prepares the decisions of one situation.
    public init(rules: AccessRules, situation: AccessSituation) {
        self.rules = rules
        self.situation = situation
        let (principal, moment) = (situation.principal, situation.moment)
        let standing = Standing(situation)
        teams = standing.teams
        isStudent = standing.isStudent
        let held = rules.grants(of: principal)
        grants = held.filter {
            $0.purposes.contains(situation.purpose)
                && (!situation.purpose.isAfterDeath || situation.life.isDeceased)
        }
        isInCare = situation.relationships.contains { relationship in
            let isTheirs =
                switch relationship.holder {
                case .team(let team): standing.teams.contains(team)
                case .person(let code): principal.codes.contains(code) || principal.person == code
                }
            return isTheirs && AccessPolicy.holds(relationship, rules, situation)
        }
        let ownNumbers = Set(principal.ownIdentifiers.map(\.token))
        let matching = situation.identifiers.filter { ownNumbers.contains($0.token) }
        isOwnRecord = !matching.isEmpty
        isOwnForSure = !situation.isContested || matching.contains(where: AccessPolicy.isLocal)
        mandates = AccessPolicy.mandates(rules, situation)
        let active = situation.overrides.filter {
            $0.holds(for: principal.person, situation.members, at: moment)
        }
        overridesInForce = active.map(\.token).sorted()
        let mayOverride = held.contains(where: \.mayOverride)
        opening =
            standing.isStudent
            ? []
            : active.compactMap { token in
                rules.overrides.first { $0.type == token.type }
            }.filter { $0.isSelfClaim || mayOverride }
        permission = Permission(situation)
        restrictions = (situation.restrictions ?? []).filter { $0.holds(at: moment) }
        blocked = rules.blocked
        var ofAll: Withholdings = []
        ofAll.insert(.account, if: !principal.isActive(at: moment))
        ofAll.insert(.ownRecord, if: isOwnRecord && situation.purpose != .patientRequest)
        ofAll.insert(.restrictionsUnknown, if: situation.restrictions == nil)
        self.ofAll = ofAll
    }

    static func holds(
        _ relationship: Relationship,
        _ rules: AccessRules,
        _ situation: AccessSituation
    ) -> Bool {
        relationship.holds(
            at: situation.moment,
            under: rules.relationships.first { $0.basis == relationship.basis },
            died: situation.life.died,
            teamDays: rules.life.teamDaysAfterDeath
        )
    }

    private static func isLocal(_ identifier: Identifier) -> Bool {
        identifier.system.map { !IdentifierSystem.isNational($0) } ?? false
    }

    /// Mandates of the person for this patient, or for a clinician in whose care the patient is.
    private static func mandates(
        _ rules: AccessRules,
        _ situation: AccessSituation
    ) -> [Mandate] {
        let identifiers = situation.identifiers.filter {
            !situation.isContested || isLocal($0)
        }
        let numbers = Set(identifiers.map(\.token))
        return situation.mandates.filter { mandate in
            guard mandate.holder == situation.principal.person,
                mandate.holds(at: situation.moment, of: situation.life, under: rules.life)
            else { return false }
            if mandate.kind.isProxy {
                // A proxy comes by the patient's door, and a number that may be somebody else's
                // opens nobody's record.
                return situation.purpose == .patientRequest && numbers.contains(mandate.onBehalfOf)
            }
            return (situation.purpose == .directCare || situation.purpose == .administration)
                && situation.relationships.contains { relationship in
                    mandate.standsFor.contains(relationship.holder)
                        && holds(relationship, rules, situation)
                }
        }
    }

    // MARK: Deciding

    /// Whether an operation on an entry is permitted, without saying why.
    public func permits(_ operation: Operation, on entry: EntryFacts) -> Bool {
        isGranted(operation, entry) && withholdings(operation, entry).isEmpty
    }

    /// Whether a reader may be told that something of the record is sealed, and nothing else of it.
    ///
    /// - Rule: SAFETY S20: sealed, others may know that something is; sealed and locked, not even
    ///   that. A student is told of no seal.
    public func maySayThatIsSealed(_ entry: EntryFacts) -> Bool {
        guard rules.saysSealed, !isStudent, !isPatientsDoor, isGranted(.know, entry) else {
            return false
        }
        let all = withholdings(.know, entry).all
        return !all.isEmpty && all.allSatisfy(\.isOpenSeal)
    }

    func isGranted(_ operation: Operation, _ entry: EntryFacts) -> Bool {
        grants.contains { applies($0, operation, entry) }
            || mandates.contains { applies($0, operation, entry) }
    }

    func applies(_ grant: RoleGrant, _ operation: Operation, _ entry: EntryFacts) -> Bool {
        guard grant.covers(operation, entry) else { return false }
        if grant.isPatient { return isPatientsDoor && isOwnRecord && isOwnForSure }
        return !isPatientsDoor
            && (!grant.needsRelationship || isInCare || isOpened(.relationship, entry))
    }

    /// A mandate lets its holder know and read, and nothing more.
    func applies(_ mandate: Mandate, _ operation: Operation, _ entry: EntryFacts) -> Bool {
        (operation == .know || operation == .read)
            && (mandate.scope.isEmpty || mandate.scope.contains(entry.kind))
    }

    func isOpened(_ opens: OverrideRule.Opens, _ entry: EntryFacts) -> Bool {
        opening.contains {
            $0.opens.contains(opens) && ($0.kinds.isEmpty || $0.kinds.contains(entry.kind))
        }
    }

    /// What keeps an entry back.
    func withholdings(_ operation: Operation, _ entry: EntryFacts) -> Withholdings {
        var found = ofAll
        found.insert(.student, if: isStudent && operation != .know && operation != .read)
        for label in entry.labels { found.formUnion(withheld(by: label, operation, entry)) }
        for restriction in restrictions where restriction.scope.covers(entry) {
            found.formUnion(withheld(by: restriction, entry))
        }
        if isPatientsDoor {
            found.insert(.releaseDelay, if: rules.delays.contains { isWaiting($0, entry) })
        } else if rules.permission.silos.contains(entry.silo), situation.purpose.asksPermission {
            found.formUnion(withheldForPermission(entry))
        }
        found.insert(
            .blockedCode,
            if: blocked.contains { rule in
                (rule.silos.isEmpty || rule.silos.contains(entry.silo))
                    && entry.codes.contains(where: rule.codes.contains)
            }
        )
        return found
    }

    private func withheld(
        by label: SecurityLabel,
        _ operation: Operation,
        _ entry: EntryFacts
    ) -> Withholdings {
        guard let rule = rules.meaning(of: label) else { return Withholdings(.unknownLabel) }
        var found: Withholdings = []
        switch rule.countsAs {
        case .sensitive:
            found.insert(
                .sensitive,
                if: !isOpened(.sensitive, entry)
                    && !mayRead([label, rule.countsAs], operation, entry)
            )
        case .sealed: found.insert(.sealedLabel, if: !isOpened(.sealed, entry))
        case .sealedAndLocked:
            found.insert(.lockedLabel, if: isStudent || !(rule.team.map(teams.contains) ?? false))
        case .thirdParty: found.insert(.thirdParty, if: isPatientsDoor)
        case .notForPatient: found.insert(.notForPatient, if: isPatientsDoor)
        default: found.insert(.unknownLabel)
        }
        return found
    }

    /// A role's leave to read a label counts where the role's grant itself applies; students see
    /// nothing that is labelled, whatever their role's grant says (SAFETY).
    private func mayRead(
        _ labels: [SecurityLabel],
        _ operation: Operation,
        _ entry: EntryFacts
    ) -> Bool {
        !isStudent
            && grants.contains { grant in
                labels.contains(where: grant.mayReadLabels.contains)
                    && applies(grant, operation, entry)
            }
    }

    private func withheld(by restriction: Restriction, _ entry: EntryFacts) -> Withholdings {
        // What patients keep back they keep back from others: also from who acts for them.
        let isOwnWish =
            isPatientsDoor && isOwnRecord && isOwnForSure && restriction.instructedBy == "patient"
        var found: Withholdings = []
        switch restriction.kind {
        case .sealed: found.insert(.sealed, if: !isOwnWish && !isOpened(.sealed, entry))
        case .refused: found.insert(.refused, if: !isOwnWish && !isOpened(.refused, entry))
        case .sealedAndLocked:
            let isOfTeam = !isStudent && restriction.team.map(teams.contains) ?? false
            found.insert(.sealedAndLocked, if: !isOwnWish && !isOfTeam)
        case .optedOut: found.insert(.optedOut)
        case .secondaryUse: found.insert(.secondaryUse, if: situation.purpose == .research)
        }
        return found
    }

    private func withheldForPermission(_ entry: EntryFacts) -> Withholdings {
        var found: Withholdings = []
        switch permission {
        case .given: break
        case .refused: found.insert(.permissionRefused, if: !isOpened(.refused, entry))
        case .notAsked, .unableToAnswer:
            found.insert(.permissionMissing, if: !isOpened(.permission, entry))
        case .unknown: found.insert(.permissionUnknown)
        }
        return found
    }

    private func isWaiting(_ delay: ReleaseDelay, _ entry: EntryFacts) -> Bool {
        guard delay.covers(entry) else { return false }
        guard let start = entry.start else { return true }
        return situation.moment.milliseconds < start + delay.days * DatedFact.day
    }
}
