/// Which chains share the name of an event, or something that resembles it.
///
/// Most names are one chain's: those are kept without a list of their own.
struct SharedNames: Sendable {
    private var first: [UInt64: ArrangedChain] = [:]
    private var more: [UInt64: [ArrangedChain]] = [:]

    init() {}

    init(_ chains: [ArrangedChain]) {
        first.reserveCapacity(chains.count * 3)
        for chain in chains { insert(chain) }
    }

    mutating func insert(_ chain: ArrangedChain) {
        if let event = chain.names.event { insert(chain, under: event) }
        if let first = chain.names.first { insert(chain, under: first) }
        if let second = chain.names.second { insert(chain, under: second) }
    }

    private mutating func insert(_ chain: ArrangedChain, under name: UInt64) {
        guard let known = first.updateValue(chain, forKey: name) else { return }
        first[name] = known
        more[name, default: []].append(chain)
    }

    mutating func remove(_ chain: ArrangedChain) {
        for name in [chain.names.event].compactMap({ $0 }) + chain.names.likes {
            remove(chain, under: name)
        }
    }

    private mutating func remove(_ chain: ArrangedChain, under name: UInt64) {
        if first[name] === chain {
            first[name] = more[name]?.popLast()
        } else {
            more[name]?.removeAll { $0 === chain }
        }
        if more[name]?.isEmpty ?? false { more[name] = nil }
    }

    /// The chains of a name, in the order of the timeline.
    func chains(_ name: UInt64) -> [ArrangedChain] {
        guard let one = first[name] else { return [] }
        guard let others = more[name] else { return [one] }
        return ([one] + others).sorted(by: ArrangedChain.precedes)
    }

    /// Whether more than one chain has a name.
    func isShared(_ name: UInt64) -> Bool { more[name] != nil }
}
