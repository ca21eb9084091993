internal import PortalRecord

/// What silos say (SAFETY S2).
extension IdentitySolver {
    /// A merge event from the assigner's own silo joins the source patients of both identifiers,
    /// despite demographic conflict, which raises a case; from any other it is a proposal.
    ///
    /// Its unlink (A37) undoes what it merged up to then: the two are joined by no rule either, only
    /// by a later merge or by a person.
    mutating func mergeEdges() -> [Edge] {
        var merges: [Pair: [MergeEvent]] = [:]
        var unlinks: [Pair: [MergeEvent]] = [:]
        for assertion in assertions {
            guard case .mergeEvent(let event, let silo) = assertion.verb,
                let system = event.prior.system
            else { continue }
            let isSpeaker = rules.speakers[system]?.contains(silo) ?? false
            for pair in pairs(event) {
                switch event.effect {
                case .merge where isSpeaker: merges[pair, default: []].append(event)
                case .merge:
                    open(
                        .proposedMerge,
                        pair,
                        ["merge event from a silo that does not speak for the identifier"]
                    )
                case .unlink where isSpeaker: unlinks[pair, default: []].append(event)
                case .unlink:
                    open(
                        .proposedUnlink,
                        pair,
                        ["unlink from a silo that does not speak for the identifier"]
                    )
                case .move:
                    open(
                        .movedRecord,
                        pair,
                        ["\(event.event): what was filed under one may be the other's"]
                    )
                }
            }
        }
        for (pair, events) in unlinks
        where !(merges[pair] ?? []).contains(where: { $0.isLater(thanAll: events) }) {
            merges[pair] = nil
            parted[pair.one, default: []].insert(pair.two)
            parted[pair.two, default: []].insert(pair.one)
        }
        return merges.map { pair, events in
            let demographics = Demographics(nodes[pair.one], nodes[pair.two])
            if demographics.isConflict {
                open(
                    .conflictingIdentity,
                    pair,
                    ["a merge event holds although demographics conflict"] + demographics.reasons
                )
            }
            return Edge(rank: .mergeEvent, weight: 0, pair: pair, reasons: [], events: events)
        }
    }

    /// What a silo unlinked, and is one by other merges or a person's link all the same.
    mutating func openParted() {
        for (one, others) in parted {
            for two in others where one < two && root(one) == root(two) {
                open(.proposedUnlink, Pair(one, two), ["unlinked, and joined by another link"])
            }
        }
    }

    /// The source patients that an event's two identifiers stand for.
    func pairs(_ event: MergeEvent) -> Set<Pair> {
        let prior = compatible(holders(of: event.prior), event)
        let surviving = compatible(holders(of: event.surviving), event)
        return Set(prior.flatMap { one in surviving.filter { $0 != one }.map { Pair(one, $0) } })
    }

    func holders(of identifier: Identifier) -> [Int] {
        let token = identifier.token
        return nodes.indices.filter { index in
            // What is said of a mother's number is not said of the child that is sent under it.
            !nodes[index].patient.isNewborn
                && (nodes[index].patient.base == token
                    || nodes[index].identifiers.contains { $0.token == token })
        }
    }

    /// Where one number is held by people who conflict, the event means those who fit its PID.
    func compatible(_ holders: [Int], _ event: MergeEvent) -> [Int] {
        guard let subject = position[event.subject.id] else { return holders }
        let fitting = holders.filter {
            $0 == subject || !Demographics(nodes[$0], nodes[subject]).isConflict
        }
        return fitting.isEmpty ? holders : fitting
    }
}

extension MergeEvent {
    /// Whether it happened after others for certain: without a time it did not.
    fileprivate func isLater(thanAll others: [MergeEvent]) -> Bool {
        guard let span = occurred?.span else { return false }
        return others.allSatisfy { $0.occurred.map { span.isLater(than: $0.span) } ?? false }
    }
}
