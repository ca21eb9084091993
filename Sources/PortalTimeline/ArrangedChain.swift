package import PortalRecord

/// One chain of an arranged record: where it stands and what policy asks of it, without its rows.
package final class ArrangedChain: Sendable {
    package let columns: ChainColumns
    /// The number of its columns among the record's.
    package let column: Int
    /// The sender's number.
    package let key: String?
    /// Where its first current row stands.
    package let start: Int?
    package let precision: Int
    /// The numbers of that row's handle and version.
    package let entry: UInt64
    package let version: UInt64
    /// The number of the last current row's handle, by which other rows refer to it.
    package let last: UInt64
    package let names: EventNames
    /// Further handles that its entries have had, beside the first row's.
    private let others: [UInt64]
    /// The entries that decide on it, by the store's numbers for them: one, or several in order.
    private let statement: Int
    private let several: [Int]
    /// Which it is of the chains that those give.
    package let ordinal: Int
    /// The record's place for what was merged together; nil where nothing was.
    let root: Int?

    /// A chain of one plain statement, or of several versions of one.
    init(
        _ digest: StatementDigest,
        version: UInt64,
        of statements: [Int],
        _ columns: (ChainColumns, Int)
    ) {
        (self.columns, column) = columns
        key = digest.further.key
        start = digest.start
        precision = digest.precision
        entry = digest.entry
        self.version = version
        last = digest.entry
        var names = digest.names
        // Of several versions only merging tells what they say.
        if !statements.isEmpty { names.said = nil }
        self.names = names
        others = []
        statement = digest.seq
        several = statements
        ordinal = 0
        root = nil
    }

    /// A chain as it was merged; nil where nothing of it is current.
    init?(
        _ chain: MergedChain,
        of statements: [Int],
        _ ordinal: Int,
        _ columns: (ChainColumns, Int),
        root: Int
    ) {
        guard let first = chain.current.first, let last = chain.current.last else { return nil }
        let position = first.position
        let handles = (chain.entries + chain.current.map(\.entry)).map {
            Handle.number($0.rawValue)
        }
        (self.columns, column) = columns
        key = chain.key
        start = position.start
        precision = position.precision
        entry = Handle.number(first.entry.rawValue)
        version = Handle.number(first.version)
        self.last = Handle.number(last.entry.rawValue)
        names = EventNames(chain)
        others = Set(handles).subtracting([entry]).sorted()
        statement = statements[0]
        several = statements
        self.ordinal = ordinal
        self.root = root
    }

    /// The silo.
    package var source: String { columns.source }
    /// The kind.
    package var kind: EntryKind { columns.kind }
    /// Whether it tells of an attendance or a booking.
    var tellsOfStay: Bool { kind == .encounter || kind == .appointment }

    /// The number of its one plain statement, whose row is kept; nil where it is merged.
    var plain: Int? { several.isEmpty ? statement : nil }
    /// The entries that decide on it, by the store's numbers for them, in order.
    package var statements: [Int] { several.isEmpty ? [statement] : several }
    /// The numbers of the handles that its entries have had, and of its current rows'.
    package var entries: [UInt64] { [entry] + others }

    package func holds(_ asked: EntryID) -> Bool {
        let number = Handle.number(asked.rawValue)
        return entry == number || others.contains(number)
    }

    /// Its place in the timeline's total order.
    package var position: TimelinePosition {
        TimelinePosition(
            start: start,
            precision: precision,
            Handle.entry(entry),
            Handle.version(version)
        )
    }

    /// Whether it stands before another: as ``TimelinePosition`` orders, without making the texts.
    static func precedes(_ left: ArrangedChain, _ right: ArrangedChain) -> Bool {
        let one = left.start ?? Int.min
        let two = right.start ?? Int.min
        if one != two { return one > two }
        if left.precision != right.precision { return left.precision > right.precision }
        if left.entry != right.entry { return left.entry < right.entry }
        if left.version != right.version { return left.version < right.version }
        return left.ordinal < right.ordinal
    }

    /// Sorts chains as they stand: numbers first, and only where those are equal the chains.
    static func sort(_ chains: [ArrangedChain]) -> [ArrangedChain] {
        struct Key {
            let start: Int
            let place: Int
        }
        let keys = chains.indices.map { Key(start: chains[$0].start ?? .min, place: $0) }
        return keys.sorted { left, right in
            if left.start != right.start { return left.start > right.start }
            return precedes(chains[left.place], chains[right.place])
        }.map { chains[$0.place] }
    }
}
