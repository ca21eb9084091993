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
    /// When a person decided to keep a pair apart.
    private var decidedAt: [Pair: Instant] = [:]
    /// Who was joined by rules alone, whatever persons and silos joined beside.
    private var ruled: Forest
    /// Cases that stand although their two sides are one record, or are kept apart.
    private var standing: Set<String> = []
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
                decidedAt[pair] = assertion.time
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
    /// A node that says too little to be compared joins only where it cannot be wrong. A number of
    /// a national register is nobody's local number, whichever silo files under it: that alone
    /// never links (S1).
    private mutating func sameNumberEdges() -> [Edge] {
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

    private mutating func ruleEdges() -> [Edge] {
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

    // MARK: Numbers of very many

    /// A number that so many source patients state is asked about once, not pair by pair.
    private static let crowdFrom = 32

    private func isCrowd(_ group: [Int]) -> Bool { group.count >= Self.crowdFrom }

    /// The pairs of a group that are worth comparing.
    ///
    /// All, or in a crowd those of one birth date: no others are linked by any number. Of the crowd
    /// itself there is one case.
    ///
    /// - Rule: PITFALLS 38, 65: a default number that a site gives to everybody costs each document
    ///   as much as there are people, never as there are pairs of them.
    private mutating func comparable(_ group: [Int]) -> [Pair] {
        guard isCrowd(group) else { return pairs(of: group) }
        var born: [String: [Int]] = [:]
        for node in group {
            born[nodes[node].birthDate?.description ?? "", default: []].append(node)
        }
        let dates = born.sorted { $0.key < $1.key }
        if dates.count > 1, let one = dates[0].value.first, let two = dates[1].value.first {
            open(
                .conflictingIdentity,
                Pair(one, two),
                [
                    "one number stands for \(group.count) source patients of \(dates.count) birth dates"
                ]
            )
            for (place, date) in dates.enumerated() where place > 0 {
                for node in date.value { possibleOthers[node, default: []].insert(one) }
                if place < Self.crowdFrom { possibleOthers[one, default: []].insert(date.value[0]) }
            }
        }
        return dates.filter { !$0.key.isEmpty }.flatMap { pairs(of: $0.value) }
    }

    private func pairs(of group: [Int]) -> [Pair] {
        group.enumerated().flatMap { place, one in group[(place + 1)...].map { Pair(one, $0) } }
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
                tell(Pair(node, other), keeping: edge)
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

    /// Says that a link was not made because a person keeps its sides apart, where that is news.
    private mutating func tell(_ apart: Pair, keeping edge: Edge) {
        guard !undisclosed.contains(apart) else { return }
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
            let time = decidedAt[apart]?.milliseconds ?? .min
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
            guard apart != edge.pair else { return }
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

    // MARK: Cases

    @discardableResult
    private mutating func open(
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
            if standing.contains(id),
                reviewCase.kind == .proposedMerge
                    ? isDecided || !isJoined : !isDecided && !isLinked(pair)
            {
                continue
            }
            if isDecided || isSettled {
                cases[id] = nil
            } else if !isJoined, !proposals.contains(reviewCase.kind) {
                possibleOthers[pair[0], default: []].insert(pair[1])
                possibleOthers[pair[1], default: []].insert(pair[0])
            }
        }
    }

    private func joinedByEvent(_ pair: [Int]) -> Bool {
        !isLinked(pair) && Demographics(nodes[pair[0]], nodes[pair[1]]).isConflict
    }

    /// Whether a person says that two are one.
    private func isLinked(_ pair: [Int]) -> Bool {
        assertions.contains { assertion in
            guard case .link(let one, let two) = assertion.verb else { return false }
            return Set([one, two]) == Set(pair.map { nodes[$0].patient.id })
        }
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
