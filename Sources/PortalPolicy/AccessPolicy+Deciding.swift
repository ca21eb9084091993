import PortalRecord

extension AccessPolicy {
    /// Decides on one entry and says why: the slow way, for whoever asks about one decision.
    public func decide(_ operation: Operation, _ entry: EntryFacts) -> Decision {
        let verdict: Decision.Verdict = permits(operation, on: entry) ? .permit : .withhold
        let withheld = withholdings(operation, entry).all
        let granting =
            grants.filter { applies($0, operation, entry) }.map { "grant to " + $0.role }
            + mandates.filter { applies($0, operation, entry) }
            .map { "mandate: " + $0.kind.rawValue }
        let against = withheld.filter { !$0.isFailure }.map(\.name)
        let failed = withheld.filter(\.isFailure).map(\.name)
        let because: [String]
        if verdict == .permit {
            because = granting
        } else {
            because = (granting.isEmpty ? ["default deny"] : []) + against
        }
        return Decision(
            verdict,
            because: because,
            facts: facts(operation, entry),
            failed: failed,
            smallestChange: smallestChange(operation, entry).map(\.words)
        )
    }

    /// What the rules looked at, in words that hold nothing of the record.
    private func facts(_ operation: Operation, _ entry: EntryFacts) -> [String] {
        let roles = situation.principal.roles.joined(separator: ", ")
        var facts = [
            "operation: " + operation.rawValue,
            "purpose: " + situation.purpose.rawValue,
            "roles: " + (roles.isEmpty ? "none" : roles),
            "kind: " + entry.kind.rawValue + (entry.silo.isEmpty ? "" : ", silo: " + entry.silo),
        ]
        facts += entry.labels.map { "label: " + $0.rawValue }
        facts += teams.sorted().map { "member of team: " + $0 }
        if isStudent { facts.append("a student") }
        let bases = situation.relationships.filter { relationship in
            let isTheirs =
                switch relationship.holder {
                case .team(let team): teams.contains(team)
                case .person(let code):
                    situation.principal.codes.contains(code)
                        || situation.principal.person == code
                }
            return isTheirs && AccessPolicy.holds(relationship, rules, situation)
        }.map(\.basis.rawValue)
        facts.append(
            bases.isEmpty
                ? "no relationship with the patient"
                : "relationship by " + Set(bases).sorted().joined(separator: ", ")
        )
        if isOwnRecord { facts.append("the person's own record") }
        if situation.life.isDeceased { facts.append("the patient has died") }
        facts += mandates.map { "mandate: " + $0.kind.rawValue }
        facts += opening.map { "override in force: " + $0.type }
        facts += restrictions.filter { $0.scope.covers(entry) }
            .map { "restriction: " + $0.kind.rawValue + " by " + $0.instructedBy }
        if rules.permission.silos.contains(entry.silo) {
            facts.append("permission: " + permission.words)
        }
        return facts
    }
}

extension Permission {
    fileprivate var words: String {
        switch self {
        case .notAsked: "not asked"
        case .given: "given"
        case .refused: "refused"
        case .unableToAnswer: "unable to answer"
        case .unknown: "could not be had"
        }
    }
}
