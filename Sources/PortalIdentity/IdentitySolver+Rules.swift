internal import PortalRecord

/// What numbers and demographics say (SAFETY S1).
extension IdentitySolver {
    func groups(_ keys: (IdentityNode) -> [String]) -> [[Int]] {
        var groups: [String: [Int]] = [:]
        for index in nodes.indices {
            for key in Set(keys(nodes[index])) { groups[key, default: []].append(index) }
        }
        return groups.filter { $0.value.count > 1 }.sorted { $0.key < $1.key }.map(\.value)
    }

    mutating func conflict(_ pair: Pair, _ why: [String]) {
        conflicting[pair.one, default: []].insert(pair.two)
        conflicting[pair.two, default: []].insert(pair.one)
        open(.conflictingIdentity, pair, why)
    }

    /// The same assigner and local number: one source patient, unless birth date or forename
    /// conflict.
    ///
    /// A node that says too little to be compared joins only where it cannot be wrong. A number of
    /// a national register is nobody's local number, whichever silo files under it: that alone
    /// never links (S1).
    mutating func sameNumberEdges() -> [Edge] {
        var edges: [Edge] = []
        for group in groups({ $0.patient.isUnderNationalNumber ? [] : [$0.patient.base] }) {
            var sure: [Edge] = []
            var unsure: [Edge] = []
            var hasConflict = isCrowd(group)
            for pair in comparable(group) {
                let (one, two) = (nodes[pair.one], nodes[pair.two])
                let comparison = PairComparison.byBase(one, two)
                var reasons = comparison.reasons
                let isUnsure = comparison.weight >= 5
                let numbersDiffer = one.holdsOtherNumbers(than: two)
                if numbersDiffer { reasons.append("different valid numbers of one register") }
                if comparison.conflicts || numbersDiffer && isUnsure {
                    hasConflict = true
                    conflict(pair, reasons)
                    continue
                }
                if numbersDiffer { standing.insert(open(.conflictingIdentity, pair, reasons)) }
                let edge = Edge(
                    rank: .sameNumber,
                    weight: comparison.weight,
                    pair: pair,
                    reasons: reasons
                )
                if isUnsure { unsure.append(edge) } else { sure.append(edge) }
            }
            edges += sure
            if hasConflict {
                for edge in unsure { open(.possibleLink, edge.pair, edge.reasons) }
            } else {
                edges += unsure
            }
        }
        return edges
    }

    mutating func ruleEdges() -> [Edge] {
        var edges: [Edge] = []
        for group in groups({ $0.nationalNumbers.map(\.identifier.token) }) {
            for pair in comparable(group) {
                let (one, two) = (nodes[pair.one], nodes[pair.two])
                guard one.patient.base != two.patient.base || one.patient.isUnderNationalNumber
                else { continue }
                let comparison = PairComparison.byNumber(one, two)
                switch comparison.decision {
                case .linked:
                    edges.append(
                        Edge(
                            rank: .rule,
                            weight: comparison.weight,
                            pair: pair,
                            reasons: comparison.reasons
                        )
                    )
                case .conflicting: conflict(pair, comparison.reasons)
                case .possible: open(.possibleLink, pair, comparison.reasons)
                case .notLinked: continue
                }
            }
        }
        return edges
    }
}
