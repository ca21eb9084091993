import PortalPolicy
import PortalRecord
import PortalTimeline

/// Which chains of a record a reader may see.
///
/// Most chains are alike to the policy: each kind of them is decided once, and only those that a
/// restriction names by their number are decided one by one.
struct VisibleChains {
    private let record: ArrangedRecord
    /// By the number of a chain's columns.
    private let shown: [Bool]
    /// By chains that a restriction names.
    private let named: [ObjectIdentifier: Bool]
    /// How many may be shown.
    let count: Int

    init(_ record: ArrangedRecord, _ policy: AccessPolicy) {
        self.record = record
        var decided: [EntryFacts: Bool] = [:]
        func isShown(_ facts: EntryFacts) -> Bool {
            let facts = policy.relevant(facts)
            if let known = decided[facts] { return known }
            let isVisible = policy.permits(.know, on: facts) && policy.permits(.read, on: facts)
            decided[facts] = isVisible
            return isVisible
        }
        shown = record.columns.map { columns, count in
            count > 0 && isShown(EntryFacts(columns, key: nil))
        }
        var count = zip(record.columns, shown).reduce(0) { $0 + ($1.1 ? $1.0.count : 0) }
        var named: [ObjectIdentifier: Bool] = [:]
        let keys = policy.restrictedKeys
        if !keys.isEmpty {
            for chain in record.chains {
                guard let key = chain.key, keys.contains(key) else { continue }
                let isVisible = isShown(EntryFacts(chain.columns, key: key))
                named[ObjectIdentifier(chain)] = isVisible
                if isVisible != shown[chain.column] { count += isVisible ? 1 : -1 }
            }
        }
        self.named = named
        self.count = count
    }

    var isEmpty: Bool { count == 0 }
    /// How many are withheld.
    var withheldCount: Int { record.chains.count - count }

    func contains(_ chain: ArrangedChain) -> Bool {
        if !named.isEmpty, let known = named[ObjectIdentifier(chain)] { return known }
        return shown[chain.column]
    }

    /// The chains that may be shown, newest first.
    var chains: some Sequence<ArrangedChain> { record.chains.lazy.filter(contains) }

    /// What the chains that may be shown, or may not, have for policy.
    func columns(shown isAsked: Bool) -> [ChainColumns] {
        var found = zip(record.columns, shown).filter { $0.0.count > 0 && $0.1 == isAsked }
            .map(\.0.columns)
        for chain in named.isEmpty ? [] : Array(record.chains) {
            if named[ObjectIdentifier(chain)] == isAsked { found.append(chain.columns) }
        }
        return found
    }
}

extension EntryFacts {
    /// What policy asks of a chain.
    init(_ columns: ChainColumns, key: String?) {
        self.init(
            kind: columns.kind,
            silo: columns.source,
            labels: columns.labels,
            codes: columns.codes,
            key: key
        )
    }
}
