import PortalRecord

extension AccessPolicy {
    /// The fewest changes under which the decision is the other; empty where none of three does.
    ///
    /// Of as many the first by the order in which they are tried: what a reader can do at once, then
    /// what others must do, then what would change the rules.
    func smallestChange(_ operation: Operation, _ entry: EntryFacts) -> [Change] {
        let question = Question(
            rules: rules,
            situation: situation,
            operation: operation,
            entry: entry
        )
        let isPermitted = question.isPermitted
        let candidates = isPermitted ? againstIt(entry) : inItsFavour(entry)
        for count in 1...3 {
            let found = Self.first(count, of: candidates[...], question) {
                $0.isPermitted != isPermitted
            }
            if let found { return found }
        }
        return []
    }

    private static func first(
        _ count: Int,
        of candidates: ArraySlice<Change>,
        _ question: Question,
        _ isFlipped: (Question) -> Bool
    ) -> [Change]? {
        guard count > 0 else { return isFlipped(question) ? [] : nil }
        var rest = candidates
        while let change = rest.popFirst() {
            if let more = first(count - 1, of: rest, question.with(change), isFlipped) {
                return [change] + more
            }
        }
        return nil
    }

    private func inItsFavour(_ entry: EntryFacts) -> [Change] {
        var changes: [Change] = [.relationship, .permission]
        changes += rules.overrides.filter(mayTake).map { .override($0.type) }
        if isOwnRecord { changes.append(.patientsDoor) }
        let purposes = rules.grants(of: situation.principal).flatMap(\.purposes)
        changes += Purpose.known.filter { $0 != situation.purpose && purposes.contains($0) }
            .map { .purpose($0) }
        changes.append(.time)
        let lockedTo =
            restrictions.filter { $0.kind == .sealedAndLocked }.compactMap(\.team)
            + entry.labels.compactMap { rules.meaning(of: $0)?.team }
        changes += Set(lockedTo).sorted().map { .team($0) }
        if isStudent { changes.append(.memberNotStudent) }
        changes += [.accountInForce, .identityCertain, .restrictionsHad, .permissionHad]
        let kinds = Restriction.Kind.allCases.filter { kind in
            restrictions.contains { $0.kind == kind && $0.scope.covers(entry) }
        }
        changes += kinds.map { .restrictionEnded($0) }
        changes += entry.labels.map { .labelTakenOff($0) }
        changes.append(.codesNotBlocked)
        let roles = Set(rules.grants.map(\.role)).subtracting(situation.principal.roles)
        changes += roles.sorted().map { .role($0) }
        return changes
    }

    private func againstIt(_ entry: EntryFacts) -> [Change] {
        [.withoutRelationship, .withoutOverride, .withoutPermission, .withoutMandate]
            + teams.sorted().map { .withoutTeam($0) }
            + Set(grants.map(\.role)).sorted().map { .withoutRole($0) }
    }
}
