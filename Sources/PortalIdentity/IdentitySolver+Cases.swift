package import PortalRecord

/// What a person has to decide.
extension IdentitySolver {
    @discardableResult
    mutating func open(
        _ kind: ReviewCase.Kind,
        _ pair: Pair,
        _ why: [String]
    ) -> String {
        let reviewCase = ReviewCase(
            kind: kind,
            between: [side(pair.one), side(pair.two)],
            why: why
        )
        let id = reviewCase.id
        if let known = cases[id], known.why.count >= why.count { return id }
        cases[id] = reviewCase
        return id
    }

    func side(_ node: Int) -> ReviewCase.Side {
        .patient(
            source: nodes[node].silos.joined(separator: ", "),
            identifier: nodes[node].patient.baseToken,
            id: nodes[node].patient.id
        )
    }

    /// A pair that a person has decided on is no case; a pair that ended in one cluster is none
    /// either, except where a merge event joined what conflicts.
    ///
    /// Between two people whom a person keeps apart undisclosed nothing is asked, and neither is said
    /// to be possibly the other, whatever their other numbers say (S3).
    mutating func settleCases() {
        let secret = Set(undisclosed.map { Pair(root($0.one), root($0.two)) })
        for (id, reviewCase) in cases {
            let sides = reviewCase.between.compactMap { side -> Int? in
                guard case .patient(_, _, let patient) = side else { return nil }
                return position[patient]
            }
            guard sides.count == 2 else { continue }
            let pair = Pair(sides[0], sides[1])
            let isJoined = root(pair.one) == root(pair.two)
            if secret.contains(Pair(root(pair.one), root(pair.two)))
                || isSettled(reviewCase, pair, isJoined)
            {
                cases[id] = nil
            } else if !isJoined, !Self.proposals.contains(reviewCase.kind) {
                mark(pair)
            }
        }
        for pair in crowded where root(pair.one) != root(pair.two) && !isDecided(pair) {
            if !secret.contains(Pair(root(pair.one), root(pair.two))) { mark(pair) }
        }
    }

    private static let proposals: Set<ReviewCase.Kind> = [
        .proposedMerge, .proposedUnlink, .movedRecord,
    ]

    private func isSettled(_ reviewCase: ReviewCase, _ pair: Pair, _ isJoined: Bool) -> Bool {
        if standing.contains(reviewCase.id) {
            // A merge that was not followed; other numbers of what is one all the same.
            return reviewCase.kind == .proposedMerge ? isJoined : isDecided(pair) || isLinked(pair)
        }
        if isDecided(pair) { return true }
        // What is one record needs no merging and no moving; an unlink is of what is one.
        if reviewCase.kind == .proposedUnlink { return !isJoined }
        return isJoined && !(reviewCase.kind == .conflictingIdentity && isJoinedByEvent(pair))
    }

    private mutating func mark(_ pair: Pair) {
        possibleOthers[pair.one, default: []].insert(pair.two)
        possibleOthers[pair.two, default: []].insert(pair.one)
    }

    private func isDecided(_ pair: Pair) -> Bool { decided[pair.one]?.contains(pair.two) ?? false }

    private func isJoinedByEvent(_ pair: Pair) -> Bool {
        !isLinked(pair) && Demographics(nodes[pair.one], nodes[pair.two]).isConflict
    }

    /// Whether a person says that two are one.
    private func isLinked(_ pair: Pair) -> Bool {
        assertions.contains { assertion in
            guard case .link(let one, let two) = assertion.verb, let first = position[one],
                let second = position[two]
            else { return false }
            return Pair(first, second) == pair
        }
    }
}

extension SourcePatient {
    /// `system|value` where a number is filed under an assigner, else the number alone.
    package var baseToken: String { (system ?? "") + "|" + value }
}
