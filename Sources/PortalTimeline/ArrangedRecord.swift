package import PortalIdentity
package import PortalRecord

/// One person's record in order: what stands where and who may be asked to see it, without the rows,
/// which are merged when they are shown.
///
/// It is a pure function of the set of digests, whatever their order: what is added one by one is
/// what is built from scratch (DESIGN P3).
package struct ArrangedRecord: Sendable {
    /// Fetches entries by the store's numbers for them, in that order.
    package typealias Loader = @Sendable (_ statements: [Int]) throws -> [RecordEntry]
    /// Fetches the rows of plain statements that are kept, by the store's numbers.
    package typealias RowLoader = @Sendable (_ statements: [Int]) throws -> [Int: TimelineRow]

    /// Whose it is.
    package let cluster: PatientCluster
    /// Who the person is.
    package private(set) var banner: PatientBanner
    /// Attendances as access reads them, in a fixed order.
    package private(set) var episodes: [CareEpisode] = []
    /// The chains, newest first.
    package private(set) var chains = ChainOrder()
    /// What the chains have for policy, each once, and of how many chains it is.
    package private(set) var columns: [(columns: ChainColumns, count: Int)] = []

    private let rules: MergeRules
    private let load: Loader
    private let loadRows: RowLoader
    /// Other people's chains under numbers that this record uses too, by number.
    private let holders: [String: [KeyHolder]]
    private let reused: Set<UInt64>
    private var place: [ChainColumns: Int] = [:]
    private var digests: [StatementDigest] = []
    private var ties = StatementTies()
    /// The chains of digests that are plain and tied to nothing.
    private var alone: [ArrangedChain?] = []
    /// All other parcels, by their roots.
    private var parcels: [Int: Parcel] = [:]
    private var names = SharedNames()
    /// Attendances by the numbers of their rows' handles.
    private var stays: [UInt64: [ArrangedChain]] = [:]
    private var tally = StatementTally()

    /// Entries of which each may decide what becomes of the others.
    private struct Parcel: Sendable {
        /// Places among the digests.
        var members: [Int]
        var chains: [ArrangedChain] = []
        var episodes: [CareEpisode] = []
        /// The chains with their rows, where merging them again would take long: a list that was
        /// sent a thousand times is merged once.
        var merged: [MergedChain] = []
    }

    /// From so many entries on what was merged is kept.
    private static let keptFrom = 8

    /// Arranges a record from scratch.
    ///
    /// - Parameters:
    ///   - cluster: Whose.
    ///   - digests: Of everything filed under its source patients, in any order.
    ///   - others: Holders outside the cluster of numbers that the entries use (SAFETY S4).
    ///   - rules: The site's.
    ///   - rows: Fetches rows that are kept; none need be.
    ///   - load: Fetches entries.
    /// - Throws: What `load` throws.
    package init(
        _ cluster: PatientCluster,
        _ digests: [StatementDigest],
        others: [KeyHolder],
        rules: MergeRules,
        rows: @escaping RowLoader = { _ in [:] },
        load: @escaping Loader
    ) throws {
        self.cluster = cluster
        self.rules = rules
        self.load = load
        loadRows = rows
        holders = Dictionary(grouping: others, by: \.number)
        reused = Set(holders.keys.map { Handle.number(ofText: $0) })
        banner = BannerMerge.merge([])
        self.digests = digests
        try build()
        try state()
    }

    /// The handle of the record's state: it changes when anything that was filed does.
    package var revision: String {
        var text =
            "\(digests.count) \(tally.sum.0) \(tally.sum.1) "
            + cluster.members.map(\.rawValue).joined(separator: " ")
        if !holders.isEmpty {
            let others = holders.values.flatMap { $0 }
                .map { "\($0.number) \($0.patient.rawValue) \($0.times) \($0.hasWrongPatient)" }
            text += others.sorted().joined(separator: "\u{1F}")
        }
        return "s-" + ContentHash.handle(of: text)
    }

    package var statementCount: Int { digests.count }
    /// The greatest of the store's numbers in it.
    package var last: Int { tally.last }

    // MARK: Building

    private mutating func build() throws {
        let digests = digests
        // What ties statements together is found on one core while another counts them.
        (ties, tally) = Parallel.both({ StatementTies(digests) }, { StatementTally(digests) })
        alone = Array(repeating: nil, count: digests.count)
        let isShared = ties.shared()
        var all: [ArrangedChain] = []
        all.reserveCapacity(digests.count)
        var members: [Int: [Int]] = [:]
        for index in digests.indices where digests[index].isTied {
            let root = ties.root(index)
            if !isShared[root], let chain = single(index) {
                alone[index] = chain
                all.append(chain)
            } else {
                members[root, default: []].append(index)
            }
        }
        var open: [(root: Int, members: [Int])] = []
        func put(_ parcel: Parcel, _ root: Int) {
            all += parcel.chains
            episodes += parcel.episodes
            parcels[root] = parcel
        }
        for (root, group) in members.sorted(by: { $0.key < $1.key }) {
            if let chain = report(group) {
                put(Parcel(members: group, chains: [chain]), root)
            } else {
                open.append((root, group))
            }
        }
        for ((root, group), outcome) in zip(open, try outcomes(of: open.map(\.members))) {
            put(parcel(group, outcome), root)
        }
        for chain in all { count(chain) }
        let found = all
        (chains, names) = Parallel.both({ ChainOrder(found) }, { SharedNames(found) })
        episodes.sort()
    }

    /// Adds what was filed since.
    ///
    /// - Throws: What the loader throws; the record is then of no more use.
    package mutating func insert(_ more: [StatementDigest]) throws {
        tally.label(more)
        // What one document brings is merged once, however much of it shares a fate.
        var loose: Set<Int> = []
        for digest in more {
            let index = digests.count
            digests.append(digest)
            alone.append(nil)
            tally.note(digest)
            let named = ties.add(digest)
            guard digest.isTied else { continue }
            for tie in named {
                if let other = tie.other { loose.formUnion(take(ties.root(other))) }
                ties.tie(tie, index)
            }
            loose.insert(index)
        }
        for (root, members) in Dictionary(grouping: loose, by: { ties.root($0) })
            .sorted(by: { $0.key < $1.key })
        {
            try put(members.sorted(), of: root)
        }
        try state()
    }

    /// Takes a parcel out.
    ///
    /// - Returns: Its members; none where it is out already.
    private mutating func take(_ root: Int) -> [Int] {
        var parcel = parcels.removeValue(forKey: root) ?? Parcel(members: [])
        if let chain = alone[root] {
            parcel = Parcel(members: [root], chains: [chain])
            alone[root] = nil
        }
        for chain in parcel.chains {
            chains.remove(chain)
            names.remove(chain)
            if chain.tellsOfStay { stays[chain.entry]?.removeAll { $0 === chain } }
            columns[chain.column].count -= 1
        }
        if !parcel.episodes.isEmpty {
            let gone = Set(parcel.episodes)
            episodes.removeAll(where: gone.contains)
        }
        return parcel.members
    }

    /// Puts a parcel in, resolved.
    private mutating func put(_ members: [Int], of root: Int) throws {
        if members.count == 1, let chain = single(root) {
            alone[root] = chain
            enter(chain)
            return
        }
        let parcel = try resolved(members)
        for chain in parcel.chains {
            enter(chain)
        }
        if !parcel.episodes.isEmpty { episodes = (episodes + parcel.episodes).sorted() }
        parcels[root] = parcel
    }

    private mutating func enter(_ chain: ArrangedChain) {
        count(chain)
        names.insert(chain)
        chains.insert(chain)
    }

    private mutating func count(_ chain: ArrangedChain) {
        columns[chain.column].count += 1
        if chain.tellsOfStay { stays[chain.entry, default: []].append(chain) }
    }

    /// Says anew who the person is, where what is said of them has changed.
    private mutating func state() throws {
        guard let told = tally.told() else { return }
        banner = BannerMerge.merge(try load(told))
    }

    /// The same columns, as the record has them already, and their number.
    private mutating func shared(_ own: ChainColumns) -> (ChainColumns, Int) {
        if let known = place[own] { return (columns[known].columns, known) }
        place[own] = columns.count
        columns.append((own, 0))
        return (own, columns.count - 1)
    }

    // MARK: Parcels

    private mutating func resolved(_ members: [Int]) throws -> Parcel {
        if let chain = report(members) { return Parcel(members: members, chains: [chain]) }
        return parcel(members, try outcome(of: members))
    }

    /// The parcel of entries that were merged.
    private mutating func parcel(_ members: [Int], _ outcome: ChainOutcome) -> Parcel {
        var parcel = Parcel(members: members)
        let root = ties.root(members[0])
        let statements = members.map { digests[$0].seq }.sorted()
        for (ordinal, chain) in outcome.chains.enumerated() where !chain.current.isEmpty {
            let columns = shared(ChainColumns(chain))
            let arranged = ArrangedChain(chain, of: statements, ordinal, columns, root: root)
            parcel.chains += [arranged].compactMap { $0 }
        }
        parcel.episodes = outcome.episodes
        if members.count >= Self.keptFrom { parcel.merged = outcome.chains }
        return parcel
    }

    private mutating func single(_ index: Int) -> ArrangedChain? {
        guard digests[index].traits.contains(.plain), !isReused(index) else { return nil }
        let columns = shared(digests[index].columns)
        return ArrangedChain(digests[index], version: digests[index].version, of: [], columns)
    }

    /// Versions of one report that all stand in the same place: which of them is current is found
    /// when the row is shown.
    private mutating func report(_ members: [Int]) -> ArrangedChain? {
        let first = members[0]
        for index in members {
            guard digests[index].traits.isSuperset(of: [.report, .plain]),
                digests[index].entry == digests[first].entry,
                digests[index].start == digests[first].start,
                digests[index].precision == digests[first].precision,
                digests[index].names.nameTheSame(as: digests[first].names),
                digests[index].chain == digests[first].chain,
                digests[index].further.ties.isEmpty, !isReused(index)
            else { return nil }
        }
        // Numbers stand in the order of their handles.
        let versions = Set(members.map { digests[$0].version }).sorted().map { Handle.version($0) }
        let sets = Array(Set(members.map { digests[$0].columns }))
        return ArrangedChain(
            digests[first],
            version: Handle.number(StatementOrder.version(ofSet: versions)),
            of: members.map { digests[$0].seq }.sorted(),
            shared(sets.count == 1 ? sets[0] : ChainColumns(sets))
        )
    }

    private func isReused(_ index: Int) -> Bool {
        guard !reused.isEmpty, let number = digests[index].number else { return false }
        return reused.contains(number)
    }

    private func outcome(of members: [Int]) throws -> ChainOutcome {
        try outcome(entries: try load(members.map { digests[$0].seq }))
    }

    /// Fewer are merged one after another.
    private static let togetherFrom = 32

    /// What many parcels give, each merged for itself, on every core.
    private func outcomes(of groups: [[Int]]) throws -> [ChainOutcome] {
        guard groups.count >= Self.togetherFrom else { return try groups.map(outcome) }
        let (load, holders, rules) = (load, holders, rules)
        let statements = groups.map { group in group.map { digests[$0].seq } }
        return try Parallel.map(statements) { statements in
            Result {
                RecordMerge.outcome(
                    of: StatementOrder.sort(try load(statements)),
                    others: holders,
                    rules
                )
            }
        }.map { try $0.get() }
    }

    private func outcome(entries: [RecordEntry]) throws -> ChainOutcome {
        RecordMerge.outcome(of: StatementOrder.sort(entries), others: holders, rules)
    }

    // MARK: Asking

    /// The chain with its rows, versions resolved.
    ///
    /// - Throws: What the loader throws; ``RecordGone`` where its entries are no longer there.
    package func merged(_ chain: ArrangedChain) throws -> MergedChain {
        let kept = chain.root.flatMap { parcels[$0]?.merged } ?? []
        let chains =
            kept.isEmpty ? try outcome(entries: try load(chain.statements)).chains : kept
        guard chain.ordinal < chains.count else { throw RecordGone() }
        return chains[chain.ordinal]
    }

    /// What a chain was put together from, as it was stated.
    ///
    /// - Throws: What the loader throws.
    package func entries(of chain: ArrangedChain) throws -> [RecordEntry] {
        try load(chain.statements)
    }

    /// The rows of chains, current and earlier, in the order of the chains.
    ///
    /// Those of plain statements are kept; all others are merged.
    ///
    /// - Throws: As ``merged(_:)``.
    package func rows(
        of chains: [ArrangedChain]
    ) throws -> [(current: [TimelineRow], earlier: [TimelineRow])] {
        let plain = chains.compactMap(\.plain)
        let kept = plain.isEmpty ? [:] : try loadRows(plain)
        return try chains.map { chain in
            if let row = chain.plain.flatMap({ kept[$0] }) { return ([row], []) }
            let merged = try merged(chain)
            return (merged.current, merged.earlier)
        }
    }

    /// What a person has to decide, and why readers of earlier states must be told.
    ///
    /// - Throws: What the loader throws.
    package func consequences() throws -> (cases: [OpenCase], recalls: [RecallGround]) {
        var cases = try attendedAfterDeath()
        var recalls: [RecallGround] = []
        let grave = alone.indices.filter { alone[$0] != nil && digests[$0].traits.contains(.grave) }
        for outcome in try outcomes(of: grave.map { [$0] } + parcels.values.map(\.members)) {
            cases += outcome.cases
            recalls += outcome.recalls
        }
        return (cases.sorted { $0.reviewCase.id < $1.reviewCase.id }, recalls.sorted())
    }

    /// The chains that tell of an attendance or booking.
    package func chains(of episode: CareEpisode) -> [ArrangedChain] {
        stays[Handle.number(episode.entry.rawValue)] ?? []
    }

    /// The chains that share the name of an event with a chain, itself among them.
    package func sharing(_ name: UInt64) -> [ArrangedChain] { names.chains(name) }

    package func isShared(_ name: UInt64) -> Bool { names.isShared(name) }
}

/// Entries that a record was arranged from are no longer in the store: ask anew.
package struct RecordGone: Error {
    package init() {}
}
