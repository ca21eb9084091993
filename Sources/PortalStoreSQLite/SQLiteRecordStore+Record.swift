import GRDB
import PortalIdentity
package import PortalRecord
package import PortalStore
package import PortalTimeline

/// One person's record: put in order from digests, kept in memory, brought up to date.
extension SQLiteRecordStore {
    package func record(
        of patient: SourcePatientID,
        asOf: Instant?,
        rules: RecordRules
    ) throws -> ArrangedRecord? {
        if let asOf { return try replay(patient, asOf, rules) }
        if let record = try kept(patient, rules) { return record }
        let found = try pool.read {
            database -> (RecordCache.State, [StatementDigest], [KeyHolder])? in
            guard let state = try state(of: patient, rules, database) else { return nil }
            return (
                state, try digests(of: state.cluster, after: 0, database),
                try holders(beside: state.cluster, asOf: nil, database)
            )
        }
        guard let (state, all, others) = found else { return nil }
        let record = try arranged(state.cluster, all, others, rules)
        cache.keep(record, state)
        return record
    }

    /// The record as it is in memory, with what was added since; nil where it is not there or is no
    /// longer what it was and something added.
    ///
    /// The state and what was added are of one view of the store. What others file under the same
    /// numbers changes the state.
    private func kept(_ patient: SourcePatientID, _ rules: RecordRules) throws -> ArrangedRecord? {
        let found = try pool.read { database -> (RecordCache.State, [StatementDigest])? in
            guard let state = try state(of: patient, rules, database),
                let last = cache.last(state)
            else { return nil }
            return (state, try digests(of: state.cluster, after: last, database))
        }
        guard let (state, more) = found else { return nil }
        return try cache.insert(more, state)
    }

    /// How a person's record stands; nil for an unknown handle.
    private func state(
        of patient: SourcePatientID,
        _ rules: RecordRules,
        _ database: Database
    ) throws -> RecordCache.State? {
        let rows = try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT cluster.patient, cluster.possible, coalesce(shape.number, 0) AS shape
                    FROM cluster LEFT JOIN shape ON shape.patient = cluster.patient
                    WHERE cluster.handle = (SELECT handle FROM cluster WHERE patient = ?)
                    ORDER BY cluster.patient
                    """
            ),
            arguments: [patient.rawValue]
        )
        let cluster = PatientCluster(
            members: rows.map { SourcePatientID(rawValue: $0["patient"]) },
            possibleOthers: try rows.flatMap { try $0.texts("possible") }
                .map { SourcePatientID(rawValue: $0) }
        )
        return cluster.map {
            RecordCache.State(cluster: $0, shapes: rows.map { $0["shape"] }, rules: rules.merge)
        }
    }

    private func digests(
        of cluster: PatientCluster,
        after last: Int,
        asOf: Instant? = nil,
        _ database: Database
    ) throws -> [StatementDigest] {
        var digests: [StatementDigest] = []
        for member in cluster.members {
            var known: [Int: ChainColumns] = [:]
            let rows = try Row.fetchCursor(
                database.cachedStatement(
                    sql: """
                        SELECT \(StoredDigest.columns), columns, silo FROM digest
                        WHERE patient = ? AND seq > ? ORDER BY seq
                        """
                ),
                arguments: [member.rawValue, last]
            )
            while let row = try rows.next() {
                let number: Int = row["columns"]
                let columns = try known[number] ?? columns(number, of: member, database)
                known[number] = columns
                guard try isReceived(row, by: asOf, database) else { continue }
                digests.append(try StoredDigest.digest(row, columns))
            }
        }
        return digests
    }

    private func columns(
        _ number: Int,
        of patient: SourcePatientID,
        _ database: Database
    ) throws -> ChainColumns {
        let text = try String.fetchOne(
            database.cachedStatement(sql: "SELECT payload FROM chain_columns WHERE id = ?"),
            arguments: [number]
        )
        let bare: ChainColumns = try CanonicalJSON.decode(from: Array((text ?? "").utf8))
        return bare.about([patient])
    }

    /// Chains of others under numbers that a person's entries use.
    ///
    /// Number by number, not entry beside entry: one number that a silo gives to everything would
    /// cost the square of its entries.
    private func holders(
        beside cluster: PatientCluster,
        asOf: Instant?,
        _ database: Database
    ) throws -> [KeyHolder] {
        let members = try CanonicalJSON.text(cluster.members)
        var others: [KeyHolder] = []
        for number in try numbers(of: cluster, asOf: asOf, database).sorted() {
            let rows = try Row.fetchCursor(
                database.cachedStatement(
                    sql: """
                        SELECT document, silo, holder FROM entry
                        WHERE number = ? AND patient NOT IN (SELECT value FROM json_each(?))
                        """
                ),
                arguments: [number, members]
            )
            while let row = try rows.next() {
                guard try isReceived(row, by: asOf, database) else { continue }
                others.append(
                    try CanonicalJSON.decode(from: Array((row["holder"] as String).utf8))
                )
            }
        }
        return others.sorted { ($0.number, $0.patient) < ($1.number, $1.patient) }
    }

    /// The numbers that a person's entries use.
    private func numbers(
        of cluster: PatientCluster,
        asOf: Instant?,
        _ database: Database
    ) throws -> Set<String> {
        var numbers: Set<String> = []
        for member in cluster.members {
            let rows = try Row.fetchCursor(
                database.cachedStatement(
                    sql: """
                        SELECT number, document, silo FROM entry
                        WHERE patient = ? AND number IS NOT NULL
                        """
                ),
                arguments: [member.rawValue]
            )
            while let row = try rows.next() {
                let number: String = row["number"]
                guard try !numbers.contains(number) && isReceived(row, by: asOf, database)
                else { continue }
                numbers.insert(number)
            }
        }
        return numbers
    }

    private func arranged(
        _ cluster: PatientCluster,
        _ digests: [StatementDigest],
        _ others: [KeyHolder],
        _ rules: RecordRules
    ) throws -> ArrangedRecord {
        try ArrangedRecord(
            cluster,
            digests,
            others: others,
            rules: rules.merge,
            rows: { statements in try self.pool.read { try self.rows(statements, $0) } },
            load: { statements in
                try self.pool.read { database in
                    try statements.map { try self.entry($0, database) }
                }
            }
        )
    }

    /// The rows that are kept of plain statements.
    private func rows(
        _ statements: [Int],
        _ database: Database
    ) throws -> [Int: TimelineRow] {
        let select = try database.cachedStatement(
            sql: "SELECT bytes FROM plain_row WHERE seq = ?"
        )
        var kept: [Int: TimelineRow] = [:]
        for statement in statements {
            let row = try Row.fetchOne(select, arguments: [statement])
            kept[statement] = row.flatMap { RowBytes.row($0.bytes(0)) }
        }
        return kept
    }

    /// An entry by the number of its digest.
    private func entry(_ statement: Int, _ database: Database) throws -> RecordEntry {
        let row = try Row.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT entry.payload, entry.entry, digest.version FROM digest
                    JOIN entry USING(patient, silo, document, ordinal) WHERE digest.seq = ?
                    """
            ),
            arguments: [statement]
        )
        // What was taken out while the record was read is asked for no more.
        guard let row else {
            throw StoreError(code: "record-changed", remedy: "ask again: the record has changed")
        }
        var entry: RecordEntry = try row.decoded("payload")
        entry.known = KnownHandles(
            version: UInt64(bitPattern: row["version"] as Int64),
            id: EntryID(rawValue: row["entry"])
        )
        return entry
    }

    /// The record as it was known at a moment: what had been received and asserted by then.
    private func replay(
        _ patient: SourcePatientID,
        _ moment: Instant,
        _ rules: RecordRules
    ) throws -> ArrangedRecord? {
        let found = try pool.read {
            database -> (PatientCluster, [StatementDigest], [KeyHolder])? in
            let component = try component(of: [patient], database)
            var people: [RecordEntry] = []
            for member in component {
                people += try entries(of: member, asOf: moment, kind: .patient, database)
            }
            let nodes = RecordAssembly.nodes(people)
            let log = try self.log(database).filter { assertion in
                switch assertion.verb {
                case .mergeEvent(let event, let silo):
                    return try isReceived(event.origin.document, silo, by: moment, database)
                case .link, .doNotLink, .retract: return assertion.time <= moment
                }
            }
            let resolution = IdentityResolution(nodes: nodes, log: log, rules: rules.identity)
            guard let cluster = resolution.clusters.first(where: { $0.members.contains(patient) })
            else { return nil }
            return (
                cluster, try digests(of: cluster, after: 0, asOf: moment, database),
                try holders(beside: cluster, asOf: moment, database)
            )
        }
        guard let (cluster, digests, others) = found else { return nil }
        return try arranged(cluster, digests, others, rules)
    }

    /// Whether the document that a row names with its silo had been received by a moment; without a
    /// moment it has.
    private func isReceived(_ row: Row, by asOf: Instant?, _ database: Database) throws -> Bool {
        guard let asOf else { return true }
        return try isReceived(row.hash("document"), row["silo"], by: asOf, database)
    }

    private func isReceived(
        _ document: ContentHash,
        _ silo: String,
        by moment: Instant,
        _ database: Database
    ) throws -> Bool {
        try Bool.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT EXISTS(SELECT 1 FROM receipt
                      WHERE document = ? AND silo = ? AND received <= ?)
                    """
            ),
            arguments: [document.blob, silo, moment.milliseconds]
        ) ?? false
    }

    func entries(
        of patient: SourcePatientID,
        asOf: Instant?,
        kind: EntryKind? = nil,
        _ database: Database
    ) throws -> [RecordEntry] {
        let rows = try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT silo, document, payload FROM entry
                    WHERE patient = ?1 AND (?2 IS NULL OR kind = ?2)
                    """
            ),
            arguments: [patient.rawValue, kind?.rawValue]
        )
        return try rows.compactMap { row in
            try isReceived(row, by: asOf, database) ? row.decoded("payload") : nil
        }
    }
}
