import PortalPolicy
import PortalRecord
import PortalTimeline

/// Which chains of a record a reader may see.
///
/// A chain is shown, or pointed at (a reader may know that it exists and not what it says), or not
/// there. Most chains are alike to the policy: each kind of them is decided once, and only those
/// that a restriction names by their number, or that wait for their time, are decided one by one.
struct VisibleChains {
    /// How much of a chain a reader is shown.
    enum Extent { case none, pointer, whole }

    private let record: ArrangedRecord
    /// By the number of a chain's columns.
    private let extents: [Extent]
    /// By chains that are decided one by one.
    private let named: [ObjectIdentifier: Extent]
    /// How many may be shown.
    let count: Int
    /// How many may be pointed at.
    let pointers: Int
    /// Whether a reader may be told that something is sealed (SAFETY S20).
    let holdsSealed: Bool

    init(_ record: ArrangedRecord, _ policy: AccessPolicy, elements: [TopElement]) {
        self.record = record
        var decided: [EntryFacts: Extent] = [:]
        var isSealed = false
        func extent(_ facts: EntryFacts) -> Extent {
            let facts = policy.relevant(facts)
            if let known = decided[facts] { return known }
            var extent = Extent.none
            if policy.permits(.know, on: facts) {
                extent = policy.permits(.read, on: facts) ? .whole : .pointer
            } else if policy.maySayThatIsSealed(facts) {
                isSealed = true
            }
            decided[facts] = extent
            return extent
        }
        let columns = record.columns.map { columns, count in
            (facts: EntryFacts(columns, key: nil, elements: elements), count: count)
        }
        // What nothing holds any more is asked nothing of.
        let extents = columns.map { $0.count > 0 ? extent($0.facts) : .none }
        var tally: [Extent: Int] = [:]
        for (column, extent) in zip(columns, extents) { tally[extent, default: 0] += column.count }
        var named: [ObjectIdentifier: Extent] = [:]
        let keys = policy.restrictedKeys
        if !keys.isEmpty || policy.looksAtTimes {
            for chain in record.chains
            where policy.looksAtTimes || chain.key.map(keys.contains) ?? false {
                var facts = columns[chain.column].facts
                (facts.key, facts.start) = (chain.key, chain.start)
                let own = extent(facts)
                named[ObjectIdentifier(chain)] = own
                tally[extents[chain.column], default: 0] -= 1
                tally[own, default: 0] += 1
            }
        }
        self.extents = extents
        self.named = named
        count = tally[.whole] ?? 0
        pointers = tally[.pointer] ?? 0
        holdsSealed = isSealed
    }

    var isEmpty: Bool { count + pointers == 0 }
    /// How many are withheld.
    var withheldCount: Int { record.chains.count - count }

    private func extent(_ chain: ArrangedChain) -> Extent {
        if !named.isEmpty, let known = named[ObjectIdentifier(chain)] { return known }
        return extents[chain.column]
    }

    /// Whether a chain may be shown.
    func contains(_ chain: ArrangedChain) -> Bool { extent(chain) == .whole }

    /// Whether a reader may know that a chain exists, and not what it says.
    func isPointer(_ chain: ArrangedChain) -> Bool { pointers > 0 && extent(chain) == .pointer }

    /// The chains that may be shown, newest first.
    var chains: some Sequence<ArrangedChain> { record.chains.lazy.filter(contains) }

    /// What the chains that are shown to an extent have for policy.
    func columns(where isAsked: (Extent) -> Bool) -> [ChainColumns] {
        var found = zip(record.columns, extents).filter { $0.0.count > 0 && isAsked($0.1) }
            .map(\.0.columns)
        for chain in named.isEmpty ? [] : Array(record.chains) {
            if let own = named[ObjectIdentifier(chain)], isAsked(own) {
                found.append(chain.columns)
            }
        }
        return found
    }
}

extension EntryFacts {
    /// What policy asks of a chain.
    init(_ columns: ChainColumns, key: String?, elements: [TopElement]) {
        self.init(
            kind: columns.kind,
            silo: columns.source,
            labels: columns.labels,
            codes: columns.codes,
            key: key,
            element: TopElement.index(
                in: elements,
                kind: columns.kind,
                silo: columns.source,
                types: columns.types,
                codes: columns.codes
            ).map { elements[$0.element].name }
        )
    }
}

extension AccessGate {
    /// What of a record a reader may see.
    func visible(_ record: ArrangedRecord, under policy: AccessPolicy) -> VisibleChains {
        VisibleChains(
            record,
            policy,
            elements: rules.access.namesElements ? rules.elements : []
        )
    }

    /// What policy asks of one chain.
    func facts(_ chain: ArrangedChain) -> EntryFacts {
        var facts = EntryFacts(
            chain.columns,
            key: chain.key,
            elements: rules.access.namesElements ? rules.elements : []
        )
        facts.start = chain.start
        return facts
    }
}
