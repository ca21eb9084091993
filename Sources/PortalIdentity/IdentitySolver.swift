internal import PortalRecord

/// Joins nodes edge by edge, strongest first.
struct IdentitySolver {
    let nodes: [IdentityNode]
    let position: [SourcePatientID: Int]
    let assertions: [LinkAssertion]
    let rules: IdentityRules
    private var parent: [Int]
    private var members: [Int: [Int]]
    /// Nodes that a person keeps apart from a node.
    var decided: [Int: Set<Int>] = [:]
    /// Nodes that the silo which assigns their numbers has unlinked from a node.
    var parted: [Int: Set<Int>] = [:]
    /// Nodes whose demographics conflict with a node's.
    var conflicting: [Int: Set<Int>] = [:]
    var undisclosed: Set<Pair> = []
    /// When a person decided to keep a pair apart.
    var decidedAt: [Pair: Instant] = [:]
    /// Who was joined by rules alone, whatever persons and silos joined beside.
    var ruled: Forest
    /// Cases that stand although their two sides are one record, or are kept apart.
    var standing: Set<String> = []
    /// Pairs of crowds, of which nobody is asked one by one.
    var crowded: [Pair] = []
    var possibleOthers: [Int: Set<Int>] = [:]
    var cases: [String: ReviewCase] = [:]

    typealias Pair = UnorderedPair

    /// Who asserts an edge: a person above a merge event above the rules (SAFETY S2).
    enum Rank: Int, CaseIterable {
        case person, mergeEvent, sameNumber, rule

        /// Whether rules say so, and no person and no silo.
        var isRule: Bool { self == .sameNumber || self == .rule }
    }

    struct Edge {
        let rank: Rank
        let weight: Int
        let pair: Pair
        let reasons: [String]
        /// The silo's events that say so.
        var events: [MergeEvent] = []
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
        ruled = Forest(count: self.nodes.count)
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
        // What the rules say is seen together: one number may fit the one, another the other.
        for ranks in [[Rank.person], [.mergeEvent], [.sameNumber, .rule]] {
            let own = edges.filter { ranks.contains($0.rank) }
            let between = ranks == [.person] ? [] : bothSides(own)
            for edge in own where !between.contains(edge.pair) { join(edge) }
        }
        openParted()
        settleCases()
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
                decidedAt[pair] = assertion.time
                if isUndisclosed { undisclosed.insert(pair) }
            case .mergeEvent, .retract: continue
            }
        }
        return edges
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

    func root(_ node: Int) -> Int {
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
        let apart = small.flatMap { node in
            (decided[node] ?? []).intersection(others).map { Pair(node, $0) }
        }
        if !apart.isEmpty {
            openRefusal(of: edge, keeping: apart)
            return
        }
        for node in small {
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
        if edge.rank.isRule {
            if let unlike = unlike(edge.pair) {
                open(
                    .conflictingIdentity,
                    unlike,
                    ["a link would join records whose demographics conflict"]
                        + Demographics(nodes[unlike.one], nodes[unlike.two]).reasons
                )
                return
            }
            let roots = (ruled.root(Int32(edge.pair.one)), ruled.root(Int32(edge.pair.two)))
            if roots.0 != roots.1 { ruled.join(roots.0, roots.1) }
        }
        let keep = min(one, two)
        parent[max(one, two)] = keep
        members[max(one, two)] = nil
        members[keep] = left + right
    }

    /// Opens a case for a link that was not made because a person keeps its sides apart, where that
    /// is news.
    private mutating func openRefusal(of edge: Edge, keeping apart: [Pair]) {
        switch edge.rank {
        case .person:
            // Another person's link that would join the two by a third is for somebody to settle.
            open(
                .possibleLink,
                edge.pair,
                ["a person's link would join records that a person keeps apart"]
            )
        case .mergeEvent:
            // What the silo said before the person decided was known to the person.
            let time = apart.compactMap { decidedAt[$0]?.milliseconds }.max() ?? .min
            guard edge.events.contains(where: { ($0.occurred?.span.end ?? .max) > time }) else {
                return
            }
            standing.insert(
                open(
                    .proposedMerge,
                    edge.pair,
                    ["a merge event would join records that a person keeps apart"]
                )
            )
        case .sameNumber, .rule:
            // Of the pair itself the rules do not ask again.
            guard !apart.contains(edge.pair) else { return }
            open(
                .possibleLink,
                edge.pair,
                ["a link would join records that a person keeps apart"] + edge.reasons
            )
        }
    }

    /// Two whose birth date or forename conflict, of those whom the rules have joined to either side.
    ///
    /// An initial, or a node that states two numbers, may fit two people who do not fit each other.
    private mutating func unlike(_ pair: Pair) -> Pair? {
        let left = distinct(ruled.members(ruled.root(Int32(pair.one))))
        let right = distinct(ruled.members(ruled.root(Int32(pair.two))))
        for one in left {
            for two in right where Demographics(nodes[one], nodes[two]).isConflict {
                return Pair(one, two)
            }
        }
        return nil
    }

    /// One node of each birth date and name, in order.
    private func distinct(_ group: [Int32]) -> [Int] {
        var seen: Set<[String?]> = []
        return group.map { Int($0) }.sorted().filter {
            seen.insert([nodes[$0].birthDate?.description, nodes[$0].given, nodes[$0].family])
                .inserted
        }
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
