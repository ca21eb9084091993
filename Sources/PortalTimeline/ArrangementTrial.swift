import PortalIdentity
public import PortalRecord

/// What the workbench measures: entries digested as filing does, put in order, added to, and paged.
///
/// Not for portals: they read through the gate.
@_spi(Workbench)
public struct ArrangementTrial: Sendable {
    private let digests: [StatementDigest]
    private let entries: [RecordEntry]
    private let cluster: PatientCluster

    /// Digests entries of one person, each with the number of its place.
    ///
    /// - Throws: What encoding throws; nothing for entries of ours.
    public init?(_ stated: [RecordEntry]) throws {
        var entries = stated
        var digests: [StatementDigest] = []
        // Equal columns are one, as a store reads them.
        var known: [ChainColumns: ChainColumns] = [:]
        for index in entries.indices {
            var digest = StatementDigest(
                entries[index],
                written: try CanonicalJSON.encode(entries[index]),
                seq: index
            )
            digest.columns = known[digest.columns] ?? digest.columns
            known[digest.columns] = digest.columns
            digests.append(digest)
            entries[index].known = digest.known
        }
        self.entries = entries
        self.digests = digests
        let people = Array(Set(entries.map(\.subject.id))).sorted()
        guard let cluster = PatientCluster(members: people, possibleOthers: []) else { return nil }
        self.cluster = cluster
    }

    /// How many entries there are.
    public var count: Int { digests.count }

    /// Puts the first so many in order, from nothing.
    ///
    /// - Throws: Nothing for entries of ours.
    public func arranged(_ number: Int) throws -> Record {
        let entries = entries
        return Record(
            try ArrangedRecord(
                cluster,
                Array(digests.prefix(number)),
                others: [],
                rules: MergeRules()
            ) { statements in statements.map { entries[$0] } }
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
            let rows = try shown.flatMap { try record.merged($0.lead).current }
            return (rows, shown.reduce(0) { $0 + 1 + $1.copies.count }, page.next)
        }
    }
}
