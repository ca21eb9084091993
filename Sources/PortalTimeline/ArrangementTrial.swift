import PortalIdentity
public import PortalRecord

/// What the workbench measures: entries digested as filing does, put in order, added to, and paged.
///
/// Not for portals: they read through the gate.
@_spi(Workbench)
public struct ArrangementTrial: Sendable {
    private var digests: [StatementDigest]
    private let entries: [RecordEntry]
    private let rows: [[UInt8]?]
    private let cluster: PatientCluster

    /// Digests entries of one person, each with the number of its place.
    ///
    /// - Throws: What encoding throws; nothing for entries of ours.
    public init?(_ stated: [RecordEntry]) throws {
        var entries = stated
        var digests: [StatementDigest] = []
        var rows: [[UInt8]?] = []
        // Equal columns are one, as a store reads them.
        var known: [ChainColumns: ChainColumns] = [:]
        for index in entries.indices {
            var row: [UInt8]?
            var digest = StatementDigest(
                entries[index],
                written: try CanonicalJSON.encode(entries[index]),
                seq: index,
                row: &row
            )
            rows.append(row)
            digest.columns = known[digest.columns] ?? digest.columns
            known[digest.columns] = digest.columns
            digests.append(digest)
            entries[index].known = digest.known
        }
        self.entries = entries
        self.digests = digests
        self.rows = rows
        let people = Array(Set(entries.map(\.subject.id))).sorted()
        guard let cluster = PatientCluster(members: people, possibleOthers: []) else { return nil }
        self.cluster = cluster
    }

    /// How many entries there are.
    public var count: Int { digests.count }

    /// The first so many.
    public func prefix(_ number: Int) -> ArrangementTrial {
        var prefix = self
        prefix.digests = Array(digests.prefix(number))
        return prefix
    }

    /// Puts them in order, from nothing.
    ///
    /// - Throws: Nothing for entries of ours.
    public func arranged() throws -> Record {
        let entries = entries
        let rows = rows
        return Record(
            try ArrangedRecord(
                cluster,
                digests,
                others: [],
                rules: MergeRules(),
                rows: { statements in
                    var kept: [Int: TimelineRow] = [:]
                    for statement in statements {
                        kept[statement] = rows[statement].flatMap(RowBytes.row)
                    }
                    return kept
                },
                load: { statements in statements.map { entries[$0] } }
            )
        )
    }

    /// Adds one more.
    ///
    /// - Throws: Nothing for entries of ours.
    public func add(_ index: Int, to record: inout Record) throws {
        try record.record.insert([digests[index]])
    }

    /// A record in order.
    @_spi(Workbench)
    public struct Record: Sendable {
        var record: ArrangedRecord

        init(_ record: ArrangedRecord) { self.record = record }

        /// How many chains it has.
        public var chainCount: Int { record.chains.count }

        /// The rows of a page, how many chains they tell of, and where it ends.
        ///
        /// - Throws: Nothing for entries of ours.
        public func page(
            _ query: TimelineQuery,
            now: Instant
        ) throws -> (rows: [TimelineRow], chains: Int, next: TimelineCursor?) {
            let groups = EventGroups(record, isVisible: { _ in true }, isOrigin: { _, _ in false })
            let page = try Arrangement.page(record, groups, query: query, now: now)
            let shown = page.sections.flatMap(\.groups)
            let rows = try record.rows(of: shown.map(\.lead)).flatMap(\.current)
            return (rows, shown.reduce(0) { $0 + 1 + $1.copies.count }, page.next)
        }
    }
}
