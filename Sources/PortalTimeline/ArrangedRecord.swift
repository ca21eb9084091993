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
    /// Other people's chains under numbers that this record uses too, by number.
    private let holders: [String: [KeyHolder]]
    private let reused: Set<UInt64>
    private var place: [ChainColumns: Int] = [:]
    private var digests: [StatementDigest] = []
    private var parcels: [Parcel?] = []
    /// The parcel of whatever ties entries together.
    private var tied: [UInt64: Int] = [:]
    private var names = SharedNames()
    private var people = PeopleStated()
    private var sum: (UInt64, UInt64) = (0, 0)
    /// The greatest of the store's numbers in it.
    package private(set) var last = 0

    /// Entries of which each may decide what becomes of the others.
    private struct Parcel: Sendable {
        /// Places among the digests.
        var members: [Int]
        var chains: [ArrangedChain] = []
        var episodes: [CareEpisode] = []
    }

    /// Arranges a record from scratch.
    ///
    /// - Parameters:
    ///   - cluster: Whose.
    ///   - digests: Of everything filed under its source patients, in any order.
    ///   - others: Holders outside the cluster of numbers that the entries use (SAFETY S4).
    ///   - rules: The site's.
    ///   - load: Fetches entries.
    /// - Throws: What `load` throws.
    package init(
        _ cluster: PatientCluster,
        _ digests: [StatementDigest],
        others: [KeyHolder],
        rules: MergeRules,
        load: @escaping Loader
    ) throws {
        self.cluster = cluster
        self.rules = rules
        self.load = load
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
            "\(digests.count) \(sum.0) \(sum.1) "
            + cluster.members.map(\.rawValue).joined(separator: " ")
        if !holders.isEmpty {
            let others = holders.values.flatMap { $0 }
                .map { "\($0.number) \($0.patient.rawValue) \($0.times) \($0.hasWrongPatient)" }
            text += others.sorted().joined(separator: "\u{1F}")
        }
        return "s-" + ContentHash.handle(of: text)
    }

    package var statementCount: Int { digests.count }

    // MARK: Building

    private mutating func build() throws {
        var forest = Array(digests.indices)
        func root(_ node: Int) -> Int {
            var node = node
            while forest[node] != node {
                forest[node] = forest[forest[node]]
                node = forest[node]
            }
            return node
        }
        tied.reserveCapacity(digests.count)
        label(digests)
        for index in digests.indices {
            note(digests[index])
            for tie in digests[index].ties {
                guard let other = tied.updateValue(index, forKey: tie) else { continue }
                let (one, two) = (root(index), root(other))
                forest[max(one, two)] = min(one, two)
            }
        }
        var members: [Int: [Int]] = [:]
        var single: [Int] = []
        var isShared = [Bool](repeating: false, count: digests.count)
        for index in digests.indices where root(index) != index { isShared[root(index)] = true }
        parcels.reserveCapacity(digests.count)
        for index in digests.indices where !digests[index].ties.isEmpty {
            let root = root(index)
            if isShared[root] {
                members[root, default: []].append(index)
            } else {
                single.append(index)
            }
        }
        var all: [ArrangedChain] = []
        all.reserveCapacity(digests.count)
        names.reserve(digests.count * 3)
        for group in single.map({ [$0] }) + members.sorted(by: { $0.key < $1.key }).map(\.value) {
            let parcel = try resolved(group)
            for index in group {
                for tie in digests[index].ties { tied[tie] = parcels.count }
            }
            for chain in parcel.chains {
                count(chain, 1)
                names.insert(chain)
            }
            all += parcel.chains
            episodes += parcel.episodes
            parcels.append(parcel)
        }
        chains = ChainOrder(all)
        episodes.sort()
    }

    /// Adds what was filed since.
    ///
    /// - Throws: What the loader throws; the record is then of no more use.
    package mutating func insert(_ more: [StatementDigest]) throws {
        label(more)
        for digest in more {
            let index = digests.count
            digests.append(digest)
            note(digest)
            guard !digest.ties.isEmpty else { continue }
            let old = Set(digest.ties.compactMap { tied[$0] }).sorted()
            var members = [index]
            for number in old {
                guard let parcel = parcels[number] else { continue }
                members += parcel.members
                for chain in parcel.chains {
                    chains.remove(chain)
                    names.remove(chain)
                    count(chain, -1)
                }
                if !parcel.episodes.isEmpty {
                    let gone = Set(parcel.episodes)
                    episodes.removeAll(where: gone.contains)
                }
                parcels[number] = nil
            }
            let parcel = try resolved(members.sorted())
            let number = old.first ?? parcels.count
            if number == parcels.count { parcels.append(parcel) } else { parcels[number] = parcel }
            if old.count > 1 {
                for member in members { for tie in digests[member].ties { tied[tie] = number } }
            } else {
                for tie in digest.ties { tied[tie] = number }
            }
            for chain in parcel.chains {
                chains.insert(chain)
                names.insert(chain)
                count(chain, 1)
            }
            if !parcel.episodes.isEmpty { episodes = (episodes + parcel.episodes).sorted() }
        }
        try state()
    }

    private mutating func label(_ digests: [StatementDigest]) {
        for digest in digests where digest.traits.contains(.labelled) {
            people.label(digest.document)
        }
    }

    /// What is counted and remembered of every digest.
    private mutating func note(_ digest: StatementDigest) {
        var hasher = Mixer(digest.version)
        hasher.mix(digest.entry)
        hasher.mix(Handle.number(digest.document))
        sum.0 &+= hasher.one
        sum.1 &+= hasher.two
        if digest.traits.contains(.person) { people.insert(digest) }
        last = max(last, digest.seq)
    }

    /// Says anew who the person is, where what is said of them has changed.
    private mutating func state() throws {
        guard let told = people.told() else { return }
        banner = BannerMerge.merge(try load(told))
    }

    private mutating func count(_ chain: ArrangedChain, _ change: Int) {
        if let known = place[chain.columns] {
            columns[known].count += change
        } else {
            place[chain.columns] = columns.count
            columns.append((chain.columns, change))
        }
    }

    /// The same columns, as the record has them already.
    private func shared(_ own: ChainColumns) -> ChainColumns {
        place[own].map { columns[$0].columns } ?? own
    }

    // MARK: Parcels

    private func resolved(_ members: [Int]) throws -> Parcel {
        var parcel = Parcel(members: members)
        if let chain = single(members) ?? report(members) {
            parcel.chains = [chain]
            return parcel
        }
        let outcome = try outcome(of: members)
        let statements = members.map { digests[$0].seq }.sorted()
        parcel.chains = outcome.chains.enumerated().compactMap { ordinal, chain in
            ArrangedChain(chain, shared(ChainColumns(chain)), of: statements, ordinal)
        }
        parcel.episodes = outcome.episodes
        return parcel
    }

    private func single(_ members: [Int]) -> ArrangedChain? {
        guard members.count == 1, let digest = members.first.map({ digests[$0] }),
            digest.traits.contains(.plain), !isReused(digest)
        else { return nil }
        return ArrangedChain(digest, shared(digest.columns))
    }

    /// Versions of one report that all stand in the same place: which of them is current is found
    /// when the row is shown.
    private func report(_ members: [Int]) -> ArrangedChain? {
        let all = members.map { digests[$0] }
        guard let first = all.first, !isReused(first),
            all.allSatisfy({ one in
                one.traits.isSuperset(of: [.report, .plain]) && one.entry == first.entry
                    && one.start == first.start && one.precision == first.precision
                    && one.event == first.event && one.likes == first.likes
                    && one.ties == first.ties
            })
        else { return nil }
        let versions = Set(all.map(\.version)).map { Handle.version($0) }.sorted()
        let sets = Array(Set(all.map(\.columns)))
        return ArrangedChain(
            columns: shared(sets.count == 1 ? sets[0] : ChainColumns(sets)),
            key: first.key,
            start: first.start,
            precision: first.precision,
            entry: first.entry,
            version: Handle.number(StatementOrder.version(ofSet: versions)),
            entries: [first.entry],
            last: first.entry,
            event: first.event,
            likes: first.likes,
            statements: all.map(\.seq).sorted(),
            ordinal: 0
        )
    }

    private func isReused(_ digest: StatementDigest) -> Bool {
        digest.number.map(reused.contains) ?? false
    }

    private func outcome(of members: [Int]) throws -> ChainOutcome {
        try outcome(entries: try load(members.map { digests[$0].seq }))
    }

    private func outcome(entries: [RecordEntry]) throws -> ChainOutcome {
        RecordMerge.outcome(of: StatementOrder.sort(entries), others: holders, rules)
    }

    // MARK: Asking

    /// The chain with its rows, versions resolved.
    ///
    /// - Throws: What the loader throws; ``RecordGone`` where its entries are no longer there.
    package func merged(_ chain: ArrangedChain) throws -> MergedChain {
        let chains = try outcome(entries: try load(chain.statements)).chains
        guard chain.ordinal < chains.count else { throw RecordGone() }
        return chains[chain.ordinal]
    }

    /// What a person has to decide, and why readers of earlier states must be told.
    ///
    /// - Throws: What the loader throws.
    package func consequences() throws -> (cases: [OpenCase], recalls: [RecallGround]) {
        var cases: [OpenCase] = []
        var recalls: [RecallGround] = []
        for parcel in parcels.compactMap({ $0 }) {
            let isGrave = parcel.members.contains { index in
                digests[index].traits.contains(.grave) || isReused(digests[index])
            }
            guard isGrave || parcel.members.count > 1 else { continue }
            let outcome = try outcome(of: parcel.members)
            cases += outcome.cases
            recalls += outcome.recalls
        }
        return (cases.sorted { $0.reviewCase.id < $1.reviewCase.id }, recalls.sorted())
    }

    /// The chains that share the name of an event with a chain, itself among them.
    package func sharing(_ name: UInt64) -> [ArrangedChain] { names.chains(name) }

    package func isShared(_ name: UInt64) -> Bool { names.isShared(name) }

    /// The number of a chain's columns among the record's.
    package func number(of columns: ChainColumns) -> Int? { place[columns] }
}

/// Entries that a record was arranged from are no longer in the store: ask anew.
package struct RecordGone: Error {
    package init() {}
}

/// Mixes numbers into two, so that what is added up in any order tells one set from another.
private struct Mixer {
    private(set) var one: UInt64
    private(set) var two: UInt64

    init(_ number: UInt64) {
        one = number &* 0x9E37_79B9_7F4A_7C15
        two = number ^ 0xD6E8_FEB8_6659_FD93
    }

    mutating func mix(_ number: UInt64) {
        one = Self.spread(one ^ number)
        two = Self.spread(two &+ number &* 0xA076_1D64_78BD_642F)
    }

    private static func spread(_ number: UInt64) -> UInt64 {
        var mixed = number
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
