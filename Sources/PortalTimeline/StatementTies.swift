/// Which statements share a fate: what is tied together is merged together, and stands for itself
/// whatever else is filed.
struct StatementTies: Sendable {
    /// Something that ties, and a statement that has it already.
    struct Tie: Sendable {
        fileprivate let name: UInt64
        let other: Int?
    }

    /// Of each statement another of its tree; the root stands for all that are tied.
    private var forest: [Int] = []
    /// By whatever ties statements together one that has it.
    private var tied: [UInt64: Int] = [:]
    /// What documents state that shares a fate where one of it decides, by document; and those of
    /// which one does.
    private var beside: [UInt64: [Int]] = [:]
    private var decided: Set<UInt64> = []

    init() {}

    /// The ties of all, whatever their order.
    init(_ digests: [StatementDigest]) {
        forest = Array(digests.indices)
        tied.reserveCapacity(digests.count)
        for index in digests.indices where digests[index].isTied {
            if let chain = digests[index].chain { tie(chain, index) }
            let further = digests[index].further
            for name in further.ties { tie(name, index) }
            if let name = further.beside { share(name, digests[index].traits, index) }
        }
        for name in decided { for index in beside[name] ?? [] { tie(name, index) } }
    }

    /// Of each root whether more than itself is tied to it.
    mutating func shared() -> [Bool] {
        var isShared = [Bool](repeating: false, count: forest.count)
        for index in forest.indices where forest[index] != index { isShared[root(index)] = true }
        return isShared
    }

    /// Adds one more, tied to nothing yet.
    ///
    /// - Returns: What it is to be tied by, in turn.
    mutating func add(_ digest: StatementDigest) -> [Tie] {
        let index = forest.count
        forest.append(index)
        guard digest.isTied else { return [] }
        let further = digest.further
        var ties = ([digest.chain].compactMap { $0 } + further.ties).map {
            Tie(name: $0, other: tied[$0])
        }
        guard let name = further.beside else { return ties }
        let wasDecided = decided.contains(name)
        share(name, digest.traits, index)
        guard decided.contains(name) else { return ties }
        // What came before the one that decides is tied with it.
        for fellow in wasDecided ? [] : beside[name] ?? [] {
            ties.append(Tie(name: name, other: fellow))
        }
        return ties + [Tie(name: name, other: tied[name])]
    }

    /// Ties a statement by what it was said to be tied by.
    mutating func tie(_ tie: Tie, _ index: Int) {
        if let other = tie.other { self.tie(tie.name, other) }
        self.tie(tie.name, index)
    }

    /// The statement that stands for all that one is tied to.
    mutating func root(_ node: Int) -> Int {
        var node = node
        while forest[node] != node {
            forest[node] = forest[forest[node]]
            node = forest[node]
        }
        return node
    }

    /// Puts a statement into one tree with whatever has the same name.
    private mutating func tie(_ name: UInt64, _ index: Int) {
        guard let other = tied.updateValue(index, forKey: name) else { return }
        let (one, two) = (root(index), root(other))
        forest[max(one, two)] = min(one, two)
    }

    /// Notes what a statement shares with all that its document states.
    private mutating func share(_ name: UInt64, _ traits: StatementDigest.Traits, _ index: Int) {
        beside[name, default: []].append(index)
        if traits.contains(.decisive) { decided.insert(name) }
    }
}
