internal import PortalRecord

/// Joins nodes edge by edge, strongest first.
struct IdentitySolver {
    private let nodes: [IdentityNode]
    private let position: [SourcePatientID: Int]
    private let assertions: [LinkAssertion]
    private let rules: IdentityRules
    private var parent: [Int]
    private var members: [Int: [Int]]
    /// Nodes that a person keeps apart from a node.
    private var decided: [Int: Set<Int>] = [:]
    /// Nodes that the silo which assigns their numbers has unlinked from a node.
    private var parted: [Int: Set<Int>] = [:]
    /// Nodes whose demographics conflict with a node's.
    private var conflicting: [Int: Set<Int>] = [:]
    private var undisclosed: Set<Pair> = []
    private var possibleOthers: [Int: Set<Int>] = [:]
    private(set) var cases: [String: ReviewCase] = [:]

    private typealias Pair = UnorderedPair

    /// Who asserts an edge: a person above a merge event above the rules (SAFETY S2).
    private enum Rank: Int, CaseIterable {
        case person, mergeEvent, sameNumber, rule

        /// Whether rules say so, and no person and no silo.
        var isRule: Bool { self == .sameNumber || self == .rule }
    }

    private struct Edge {
        let rank: Rank
        let weight: Int
        let pair: Pair
        let reasons: [String]
    }

    init(nodes: [IdentityNode], log: [LinkAssertion], rules: IdentityRules) {
        self.nodes = nodes.sorted { $0.patient.id < $1.patient.id }
        position = Dictionary(
            self.nodes.enumerated().map { ($1.patient.id, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        assertions = LinkAssertion.inForce(log).sorted { ($0.time, $0.id) < ($1.time, $1.id) }
        self.rules = rules
        parent = Array(self.nodes.indices)
        members = Dictionary(uniqueKeysWithValues: self.nodes.indices.map { ($0, [$0]) })
    }

    mutating func solve() {
        var edges = decisions()
        edges += sameNumberEdges()
        edges += ruleEdges()
        edges += mergeEdges()
        edges.sort {
            ($0.rank.rawValue, $0.weight, $0.pair.one, $0.pair.two)
                < ($1.rank.rawValue, $1.weight, $1.pair.one, $1.pair.two)
        }
        for rank in Rank.allCases {
            let own = edges.filter { $0.rank == rank }
            let between = rank.isRule ? bothSides(own) : []
            for edge in own where !between.contains(edge.pair) { join(edge) }
        }
        openParted()
        dropDecidedCases()
    }

    func clusters() -> [PatientCluster] {
        members.values.compactMap { group in
            PatientCluster(
                members: group.map { nodes[$0].patient.id },
                possibleOthers: group.flatMap { possibleOthers[$0] ?? [] }
                    .map { nodes[$0].patient.id }
            )
        }.sorted { $0.handle < $1.handle }
    }

    // MARK: People's decisions

    /// The last decision of a person on a pair holds.
    private mutating func decisions() -> [Edge] {
        var last: [Pair: LinkAssertion] = [:]
        for assertion in assertions {
            switch assertion.verb {
            case .link(let one, let two), .doNotLink(let one, let two, _):
                guard let first = position[one], let second = position[two], first != second
                else { continue }
                let pair = Pair(first, second)
                if let before = last[pair], before.outranks(assertion) { continue }
                last[pair] = assertion
            case .mergeEvent, .retract: continue
            }
        }
        var edges: [Edge] = []
        for (pair, assertion) in last {
            switch assertion.verb {
            case .link:
                edges.append(Edge(rank: .person, weight: 0, pair: pair, reasons: ["a person"]))
            case .doNotLink(_, _, let isUndisclosed):
                decided[pair.one, default: []].insert(pair.two)
                decided[pair.two, default: []].insert(pair.one)
                if isUndisclosed { undisclosed.insert(pair) }
            case .mergeEvent, .retract: continue
            }
        }
        return edges
    }

    // MARK: Rules

    private func groups(_ keys: (IdentityNode) -> [String]) -> [[Int]] {
        var groups: [String: [Int]] = [:]
        for index in nodes.indices {
            for key in Set(keys(nodes[index])) { groups[key, default: []].append(index) }
        }
        return groups.filter { $0.value.count > 1 }.sorted { $0.key < $1.key }.map(\.value)
    }

    private mutating func conflict(_ pair: Pair, _ why: [String]) {
        conflicting[pair.one, default: []].insert(pair.two)
        conflicting[pair.two, default: []].insert(pair.one)
        open(.conflictingIdentity, pair, why)
    }

    /// The same assigner and local number: one source patient, unless birth date or forename
    /// conflict.
    ///
    /// A node that says too little to be compared joins only where it cannot be wrong.
    private mutating func sameNumberEdges() -> [Edge] {
        var edges: [Edge] = []
        for group in groups({ [$0.patient.base] }) {
            var sure: [Edge] = []
            var unsure: [Edge] = []
            var hasConflict = false
            for (index, one) in group.enumerated() {
                for two in group[(index + 1)...] {
                    let pair = Pair(one, two)
                    let comparison = PairComparison.byBase(nodes[one], nodes[two])
                    if comparison.conflicts {
                        hasConflict = true
                        conflict(pair, comparison.reasons)
                    } else {
                        let edge = Edge(
                            rank: .sameNumber,
                            weight: comparison.weight,
                            pair: pair,
                            reasons: comparison.reasons
                        )
                        if comparison.weight >= 5 { unsure.append(edge) } else { sure.append(edge) }
                    }
                }
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

    private mutating func ruleEdges() -> [Edge] {
        var edges: [Edge] = []
        for group in groups({ $0.nationalNumbers.map(\.identifier.token) }) {
            for (index, one) in group.enumerated() {
                for two in group[(index + 1)...]
                where nodes[one].patient.base != nodes[two].patient.base {
                    let pair = Pair(one, two)
                    let comparison = PairComparison.byNumber(nodes[one], nodes[two])
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
        }
        return edges
    }

    // MARK: Merge events

    /// A merge event from the assigner's own silo joins the source patients of both identifiers,
    /// despite demographic conflict, which raises a case; from any other it is a proposal.
    ///
    /// Its unlink (A37) undoes what it merged up to then: the two are joined by no rule either, only
    /// by a later merge or by a person.
    private mutating func mergeEdges() -> [Edge] {
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
        return merges.keys.map { pair in
            let demographics = Demographics(nodes[pair.one], nodes[pair.two])
            if demographics.isConflict {
                open(
                    .conflictingIdentity,
                    pair,
                    ["a merge event holds although demographics conflict"] + demographics.reasons
                )
            }
            return Edge(rank: .mergeEvent, weight: 0, pair: pair, reasons: [])
        }
    }

    /// What a silo unlinked, and is one by other merges or a person's link all the same.
    private mutating func openParted() {
        for (one, others) in parted {
            for two in others where one < two && root(one) == root(two) {
                open(.proposedUnlink, Pair(one, two), ["unlinked, and joined by another link"])
            }
        }
    }

    /// The source patients that an event's two identifiers stand for.
    private func pairs(_ event: MergeEvent) -> Set<Pair> {
        let prior = compatible(holders(of: event.prior), event)
        let surviving = compatible(holders(of: event.surviving), event)
        return Set(prior.flatMap { one in surviving.filter { $0 != one }.map { Pair(one, $0) } })
    }

    private func holders(of identifier: Identifier) -> [Int] {
        let token = identifier.token
        return nodes.indices.filter { index in
            // What is said of a mother's number is not said of the child that is sent under it.
            !nodes[index].patient.isNewborn
                && (nodes[index].patient.base == token
                    || nodes[index].identifiers.contains { $0.token == token })
        }
    }

    /// Where one number is held by people who conflict, the event means those who fit its PID.
    private func compatible(_ holders: [Int], _ event: MergeEvent) -> [Int] {
        guard let subject = position[event.subject.id] else { return holders }
        let fitting = holders.filter {
            $0 == subject || !Demographics(nodes[$0], nodes[subject]).isConflict
        }
        return fitting.isEmpty ? holders : fitting
    }

    /// Pairs of which one side matches both sides of a pair that a person keeps apart: which of the
    /// two it is, a person has to say (PITFALLS 39).
    ///
    /// Of a pair that is kept apart without anybody being told, nothing is asked (S3).
    private mutating func bothSides(_ edges: [Edge]) -> Set<Pair> {
        guard !decided.isEmpty else { return [] }
        var neighbours: [Int: [Int: [Edge]]] = [:]
        for edge in edges {
            let (one, two) = (root(edge.pair.one), root(edge.pair.two))
            guard one != two else { continue }
            neighbours[one, default: [:]][two, default: []].append(edge)
            neighbours[two, default: [:]][one, default: []].append(edge)
        }
        var between: Set<Pair> = []
        for (_, others) in neighbours where others.count > 1 {
            let roots = others.keys.sorted()
            for (number, first) in roots.enumerated() {
                for second in roots[(number + 1)...] where isKeptApart(first, second) {
                    for edge in (others[first] ?? []) + (others[second] ?? []) {
                        between.insert(edge.pair)
                        open(
                            .possibleLink,
                            edge.pair,
                            ["matches both of two records that a person keeps apart"]
                                + edge.reasons
                        )
                    }
                }
            }
        }
        return between
    }

    /// Whether a person keeps members of two groups apart, and says so.
    private func isKeptApart(_ one: Int, _ two: Int) -> Bool {
        (members[one] ?? []).contains { node in
            (decided[node] ?? []).contains { other in
                root(other) == two && !undisclosed.contains(Pair(node, other))
            }
        }
    }

    // MARK: Joining

    private func root(_ node: Int) -> Int {
        var node = node
        while parent[node] != node { node = parent[node] }
        return node
    }

    private mutating func join(_ edge: Edge) {
        let one = root(edge.pair.one)
        let two = root(edge.pair.two)
        guard one != two, let left = members[one], let right = members[two] else { return }
        let small = left.count < right.count ? left : right
        let large = left.count < right.count ? right : left
        let others = Set(large)
        for node in small {
            if let apart = decided[node], let other = apart.intersection(others).min() {
                // A person has decided, and the rules do not ask again; another person's link that
                // would join the two by a third is for somebody to settle.
                if edge.rank == .person, !undisclosed.contains(Pair(node, other)) {
                    open(
                        .possibleLink,
                        edge.pair,
                        ["a person's link would join records that a person keeps apart"]
                    )
                }
                return
            }
            guard edge.rank.rawValue >= Rank.sameNumber.rawValue else { continue }
            for (apart, kind, why) in [
                (
                    parted[node], ReviewCase.Kind.possibleLink,
                    "the silo that assigns the number has unlinked them"
                ),
                (
                    conflicting[node], .conflictingIdentity,
                    "a link would join records whose demographics conflict"
                ),
            ] {
                guard let other = apart?.intersection(others).min() else { continue }
                open(kind, Pair(node, other), [why] + edge.reasons)
                return
            }
        }
        let keep = min(one, two)
        parent[max(one, two)] = keep
        members[max(one, two)] = nil
        members[keep] = left + right
    }

    // MARK: Cases

    private mutating func open(_ kind: ReviewCase.Kind, _ pair: Pair, _ why: [String]) {
        let reviewCase = ReviewCase(
            kind: kind,
            between: [side(pair.one), side(pair.two)],
            why: why
        )
        if let known = cases[reviewCase.id], known.why.count >= why.count { return }
        cases[reviewCase.id] = reviewCase
    }

    private func side(_ node: Int) -> ReviewCase.Side {
        .patient(
            source: nodes[node].silos.joined(separator: ", "),
            identifier: nodes[node].patient.baseToken,
            id: nodes[node].patient.id
        )
    }

    /// A pair that a person has decided on is no case; a pair that ended in one cluster is none
    /// either, except where a merge event joined what conflicts.
    private mutating func dropDecidedCases() {
        for (id, reviewCase) in cases {
            let pair = reviewCase.between.compactMap { side -> Int? in
                guard case .patient(_, _, let patient) = side else { return nil }
                return position[patient]
            }
            guard pair.count == 2 else { continue }
            let isDecided = decided[pair[0]]?.contains(pair[1]) ?? false
            let isJoined = root(pair[0]) == root(pair[1])
            let isConflict = reviewCase.kind == .conflictingIdentity
            // What is one record needs no merging and no moving; an unlink is of what is one.
            let isSettled =
                reviewCase.kind == .proposedUnlink
                ? !isJoined : isJoined && !(isConflict && joinedByEvent(pair))
            let proposals: Set<ReviewCase.Kind> = [.proposedMerge, .proposedUnlink, .movedRecord]
            if isDecided || isSettled {
                cases[id] = nil
            } else if !isJoined, !proposals.contains(reviewCase.kind) {
                possibleOthers[pair[0], default: []].insert(pair[1])
                possibleOthers[pair[1], default: []].insert(pair[0])
            }
        }
    }

    private func joinedByEvent(_ pair: [Int]) -> Bool {
        let hasLink = assertions.contains { assertion in
            guard case .link(let one, let two) = assertion.verb else { return false }
            return Set([one, two]) == Set(pair.map { nodes[$0].patient.id })
        }
        return !hasLink && Demographics(nodes[pair[0]], nodes[pair[1]]).isConflict
    }
}

extension MergeEvent {
    /// Whether it happened after others for certain: without a time it did not.
    fileprivate func isLater(thanAll others: [MergeEvent]) -> Bool {
        guard let span = occurred?.span else { return false }
        return others.allSatisfy { $0.occurred.map { span.isLater(than: $0.span) } ?? false }
    }
}

extension LinkAssertion {
    /// Whether an earlier decision on a pair holds against a later one.
    ///
    /// Who cannot know of an undisclosed decision cannot undo it by linking anew (SAFETY S3): only
    /// its retraction ends it. Of two in the same moment the one that keeps apart holds.
    fileprivate func outranks(_ later: LinkAssertion) -> Bool {
        guard case .doNotLink(_, _, let isUndisclosed) = verb else { return false }
        if case .doNotLink(_, _, let isAlsoUndisclosed) = later.verb {
            return isUndisclosed && !isAlsoUndisclosed
        }
        return isUndisclosed || time == later.time
    }
}

extension SourcePatient {
    /// `system|value` where a number is filed under an assigner, else the number alone.
    package var baseToken: String { (system ?? "") + "|" + value }
}
