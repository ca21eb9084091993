package import PortalRecord

/// The chains that may be shown, events told by several silos put together.
///
/// It works on what may be shown and nothing else: a sealed copy hides itself, never the open copy
/// of the same result from another silo (SAFETY S14). Each chain is asked about when it is shown:
/// those that share no name with another silo's are never read.
package final class EventGroups {
    /// A chain on its way to the page, with what other silos say of the same event.
    package struct Group {
        /// The chain that is shown.
        package let lead: ArrangedChain
        /// The others, equal in every value.
        package var copies: [ArrangedChain] = []
        /// Entries of other rows that may be the same event.
        package var possiblySame: [EntryID] = []
    }

    private let record: ArrangedRecord
    private let isVisible: (ArrangedChain) -> Bool
    private let isPointer: (ArrangedChain) -> Bool
    private let isOrigin: (_ silo: String, _ assigner: UInt64) -> Bool
    private let resends: (_ silo: String) -> Bool
    /// Of each event that was asked about: the copies of its leads, and which chains are copies.
    private var told: [UInt64: Told] = [:]
    /// Of each name that resembles an event's: the chains that may refer to one another.
    private var resembling: [UInt64: [ArrangedChain]] = [:]

    private struct Told {
        var copies: [ObjectIdentifier: [ArrangedChain]] = [:]
        var followers: Set<ObjectIdentifier> = []
    }

    /// Prepares to group.
    ///
    /// - Parameters:
    ///   - record: The record.
    ///   - isVisible: Whether a chain may be shown, and is asked for.
    ///   - isPointer: Whether a chain may be known of and not read: it stands by itself, since
    ///     what it would be grouped by is what it says.
    ///   - isOrigin: Whether a silo speaks for an assigner, by its number: the originating
    ///     laboratory.
    ///   - resends: Whether a silo sends old reports again under new numbers: then two of its own
    ///     may be the same event.
    package init(
        _ record: ArrangedRecord,
        isVisible: @escaping (ArrangedChain) -> Bool,
        isPointer: @escaping (ArrangedChain) -> Bool = { _ in false },
        isOrigin: @escaping (_ silo: String, _ assigner: UInt64) -> Bool,
        resends: @escaping (_ silo: String) -> Bool = { _ in false }
    ) {
        self.record = record
        self.isVisible = isVisible
        self.isPointer = isPointer
        self.isOrigin = isOrigin
        self.resends = resends
    }

    /// A chain with what other silos say of the same event; nil where it may not be shown, or is
    /// shown as a copy of another.
    ///
    /// - Throws: What reading the rows throws.
    package func group(_ chain: ArrangedChain) throws -> Group? {
        if isPointer(chain) { return Group(lead: chain) }
        guard isVisible(chain), try !isCopy(chain) else { return nil }
        var group = Group(lead: chain)
        if let event = chain.names.event, record.isShared(event) {
            group.copies = try tell(event).copies[ObjectIdentifier(chain)] ?? []
        }
        var like: Set<UInt64> = []
        for name in chain.names.likes where record.isShared(name) {
            for other in alike(name)
            where other !== chain && (other.source != chain.source || resends(chain.source)) {
                if try !isCopy(other) { like.insert(other.last) }
            }
        }
        group.possiblySame = like.sorted().map { Handle.entry($0) }
        return group
    }

    /// The chains of a name, unless all are one silo's, which tells each of its own once.
    private func alike(_ name: UInt64) -> [ArrangedChain] {
        if let known = resembling[name] { return known }
        var members = record.sharing(name).filter(isVisible)
        if Set(members.map(\.source)).count == 1, !resends(members[0].source) { members = [] }
        resembling[name] = members
        return members
    }

    /// Whether it is shown as a copy of another chain.
    package func isCopy(_ chain: ArrangedChain) throws -> Bool {
        guard let event = chain.names.event, record.isShared(event) else { return false }
        return try tell(event).followers.contains(ObjectIdentifier(chain))
    }

    private func tell(_ event: UInt64) throws -> Told {
        if let known = told[event] { return known }
        let members = record.sharing(event).filter(isVisible)
        var found = Told()
        if Set(members.map(\.source)).count > 1 {
            found = try alike(members) ?? compared(members)
        }
        told[event] = found
        return found
    }

    private func isOrigin(_ chain: ArrangedChain) -> Bool {
        chain.names.assigner.map { isOrigin(chain.source, $0) } ?? false
    }

    /// Where all say the same, and none is read: the originating laboratory leads.
    private func alike(_ members: [ArrangedChain]) -> Told? {
        guard let first = members.first, let said = first.names.said,
            members.allSatisfy({ $0.names.said == said }),
            Set(members.map(\.source)).count == members.count
        else { return nil }
        let order = members.sorted { left, right in
            (isOrigin(left) ? 0 : 1, left.source) < (isOrigin(right) ? 0 : 1, right.source)
        }
        var told = Told()
        told.copies[ObjectIdentifier(order[0])] = Array(order.dropFirst())
        told.followers = Set(order.dropFirst().map { ObjectIdentifier($0) })
        return told
    }

    private func compared(_ members: [ArrangedChain]) throws -> Told {
        var chains = try members.map { (chain: $0, merged: try record.merged($0)) }
        chains.sort { left, right in
            SameEvent.rank(left.merged, isOrigin(left.chain))
                < SameEvent.rank(right.merged, isOrigin(right.chain))
        }
        var found = Told()
        var leads: [(chain: ArrangedChain, merged: MergedChain)] = []
        for one in chains {
            let lead = leads.first {
                $0.chain.source != one.chain.source && SameEvent.says($0.merged, all: one.merged)
            }
            guard let lead else {
                leads.append(one)
                continue
            }
            found.copies[ObjectIdentifier(lead.chain), default: []].append(one.chain)
            found.followers.insert(ObjectIdentifier(one.chain))
        }
        return found
    }
}
