package import PortalRecord

/// One chain of an arranged record: where it stands and what policy asks of it, without its rows.
package final class ArrangedChain: Sendable {
    package let columns: ChainColumns
    /// The sender's number.
    package let key: String?
    /// Where its first current row stands.
    package let start: Int?
    package let precision: Int
    /// The numbers of that row's handle and version.
    package let entry: UInt64
    package let version: UInt64
    /// The numbers of the handles that its entries have had, and of its current rows'.
    package let entries: [UInt64]
    /// The number of the last current row's handle, by which other rows refer to it.
    package let last: UInt64
    /// What names the event that it reports, and what resembles it (SAFETY S11).
    package let event: UInt64?
    package let likes: [UInt64]
    /// The entries that decide on it, by the store's numbers for them, in order.
    package let statements: [Int]
    /// Which it is of the chains that those give.
    package let ordinal: Int

    init(
        columns: ChainColumns,
        key: String?,
        start: Int?,
        precision: Int,
        entry: UInt64,
        version: UInt64,
        entries: [UInt64],
        last: UInt64,
        event: UInt64?,
        likes: [UInt64],
        statements: [Int],
        ordinal: Int
    ) {
        self.columns = columns
        self.key = key
        self.start = start
        self.precision = precision
        self.entry = entry
        self.version = version
        self.entries = entries
        self.last = last
        self.event = event
        self.likes = likes
        self.statements = statements
        self.ordinal = ordinal
    }

    /// A chain of one plain statement.
    convenience init(_ digest: StatementDigest, _ columns: ChainColumns) {
        self.init(
            columns: columns,
            key: digest.key,
            start: digest.start,
            precision: digest.precision,
            entry: digest.entry,
            version: digest.version,
            entries: [digest.entry],
            last: digest.entry,
            event: digest.event,
            likes: digest.likes,
            statements: [digest.seq],
            ordinal: 0
        )
    }

    /// A chain as it was merged; nil where nothing of it is current.
    convenience init?(
        _ chain: MergedChain,
        _ columns: ChainColumns,
        of statements: [Int],
        _ ordinal: Int
    ) {
        guard let first = chain.current.first, let last = chain.current.last else { return nil }
        let position = first.position
        let entries = (chain.entries + chain.current.map(\.entry)).map {
            Handle.number($0.rawValue)
        }
        self.init(
            columns: columns,
            key: chain.key,
            start: position.start,
            precision: position.precision,
            entry: Handle.number(first.entry.rawValue),
            version: Handle.number(first.version),
            entries: Array(Set(entries)).sorted(),
            last: Handle.number(last.entry.rawValue),
            event: chain.eventKey.map { Handle.number(ofText: $0) },
            likes: chain.likeKeys.map { Handle.number(ofText: $0) },
            statements: statements,
            ordinal: ordinal
        )
    }

    /// The silo.
    package var source: String { columns.source }
    /// The kind.
    package var kind: EntryKind { columns.kind }

    package func holds(_ entry: EntryID) -> Bool { entries.contains(Handle.number(entry.rawValue)) }

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
}
