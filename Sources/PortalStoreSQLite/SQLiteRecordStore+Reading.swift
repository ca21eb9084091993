import GRDB
import PortalIdentity
package import PortalPolicy
package import PortalRecord
package import PortalStore
package import PortalTimeline

extension SQLiteRecordStore {
    package func profile() throws -> StoredProfile? {
        try pool.read { database in
            try Row.fetchOne(
                database,
                sql: "SELECT version, text, since FROM profile ORDER BY number DESC LIMIT 1"
            ).map { row in
                StoredProfile(
                    version: row["version"],
                    text: row["text"],
                    since: Instant(milliseconds: row["since"])
                )
            }
        }
    }

    package func overrides(of person: String) throws -> [EmergencyOverride] {
        try pool.read { database in
            try Row.fetchAll(
                database.cachedStatement(
                    sql: "SELECT payload FROM override WHERE person = ? ORDER BY token"
                ),
                arguments: [person]
            ).map { try $0.decoded("payload") }
        }
    }

    package func patients(holding identifier: Identifier) throws -> [SourcePatientID] {
        try pool.read { database in
            let token = identifier.token
            let found = try String.fetchAll(
                database,
                sql: "SELECT patient FROM candidate WHERE key IN (?, ?) ORDER BY patient",
                arguments: ["number " + token, "base " + token]
            )
            return Array(Set(found)).sorted().map { SourcePatientID(rawValue: $0) }
        }
    }

    package func patients(holdingValue value: String) throws -> [SourcePatientID] {
        try pool.read { database in
            try String.fetchAll(
                database,
                sql: "SELECT patient FROM identifier WHERE value = ? ORDER BY patient",
                arguments: [value]
            ).map { SourcePatientID(rawValue: $0) }
        }
    }

    package func record(
        of patient: SourcePatientID,
        asOf: Instant?,
        rules: RecordRules
    ) throws -> ArrangedRecord? {
        if let asOf { return try replay(patient, asOf, rules) }
        guard let state = try pool.read({ try self.state(of: patient, rules, $0) }) else {
            return nil
        }
        if let known = cache.record(state) {
            let more = try pool.read { try self.digests(of: state.cluster, after: known.last, $0) }
            if more.isEmpty { return known }
            let numbers = Set(more.compactMap(\.number))
            let isReused =
                try !numbers.isEmpty && pool.read { try isHeldByOthers(more, state.cluster, $0) }
            if !isReused, let record = try cache.insert(more, state) { return record }
        }
        let (all, others) = try pool.read { database in
            (
                try digests(of: state.cluster, after: 0, database),
                try holders(beside: state.cluster, asOf: nil, database)
            )
        }
        let record = try arranged(state.cluster, all, others, rules)
        cache.keep(record, state)
        return record
    }

    package func patients(rules: RecordRules) throws -> [PatientSummary] {
        let handles: [String] = try pool.read { database in
            try String.fetchAll(
                database,
                sql: "SELECT DISTINCT handle FROM cluster ORDER BY handle"
            )
        }
        return try handles.compactMap { (handle: String) throws -> PatientSummary? in
            guard
                let record = try record(
                    of: SourcePatientID(rawValue: handle),
                    asOf: nil,
                    rules: rules
                )
            else { return nil }
            let nodes = try pool.read { try self.nodes(record.cluster.members, $0) }
            return PatientSummary(cluster: record.cluster, banner: record.banner, nodes: nodes)
        }
    }

    package func cases(rules: RecordRules) throws -> [ListedCase] {
        let open = try patients(rules: rules).flatMap { summary in
            try record(of: summary.cluster.handle, asOf: nil, rules: rules)?.consequences().cases
                ?? []
        }
        return try pool.read { database in
            let all = try Row.fetchAll(database, sql: "SELECT node FROM source_patient ORDER BY id")
                .map { row -> IdentityNode in
                    try CanonicalJSON.decode(from: Array((row["node"] as String).utf8))
                }
            let log = try log(database)
            let resolution = IdentityResolution(nodes: all, log: log, rules: rules.identity)
            let proposals = EvidenceProposals.cases(
                all,
                log: log,
                resolution,
                threshold: rules.identity.proposeFrom
            )
            var patients: [SourcePatientID: Instant] = [:]
            for row in try Row.fetchAll(
                database,
                sql: """
                    SELECT entry.patient, min(receipt.received) AS first FROM entry
                    JOIN receipt ON receipt.document = entry.document
                      AND receipt.silo = entry.silo
                    GROUP BY entry.patient
                    """
            ) {
                patients[SourcePatientID(rawValue: row["patient"])] =
                    Instant(milliseconds: row["first"])
            }
            var documents: [ContentHash: Instant] = [:]
            for row in try Row.fetchAll(
                database,
                sql: "SELECT document, min(received) AS first FROM receipt GROUP BY document"
            ) {
                documents[try row.hash("document")] = Instant(milliseconds: row["first"])
            }
            return RecordAssembly.list(
                identity: resolution.cases + proposals,
                records: open,
                receivedPatients: patients,
                receivedDocuments: documents
            )
        }
    }

    package func repeatedControlIDs() throws -> [RepeatedControlID] {
        try pool.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT silo, control_id, count(*) AS number FROM filed
                    WHERE control_id IS NOT NULL GROUP BY 1, 2 HAVING number > 1 ORDER BY 1, 2
                    """
            ).map { row in
                RepeatedControlID(
                    silo: row["silo"],
                    controlID: row["control_id"],
                    documents: row["number"]
                )
            }
        }
    }

    package func entries(statedIn document: ContentHash) throws -> [RecordEntry] {
        try pool.read { database in
            let deliveries = try String.fetchAll(
                database,
                sql: "SELECT parts FROM delivery WHERE content = ?",
                arguments: [document.blob]
            )
            var stated: Set<ContentHash> = [document]
            for parts in deliveries {
                let hashes: [ContentHash] = try CanonicalJSON.decode(from: Array(parts.utf8))
                stated.formUnion(hashes)
            }
            return try stated.sorted().flatMap { hash in
                try Row.fetchAll(
                    database.cachedStatement(
                        sql: "SELECT payload FROM entry WHERE document = ? ORDER BY silo, ordinal"
                    ),
                    arguments: [hash.blob]
                ).map { try $0.decoded("payload") as RecordEntry }
            }
        }
    }

    package func recallClosings() throws -> [RecallClosing] {
        try pool.read { database in
            try Row.fetchAll(database, sql: "SELECT payload FROM recall_closing ORDER BY number")
                .map { try $0.decoded("payload") }
        }
    }

    package func received(_ document: ContentHash) throws -> Instant? {
        try pool.read { database in
            try Int.fetchOne(
                database.cachedStatement(
                    sql: "SELECT min(received) FROM receipt WHERE document = ?"
                ),
                arguments: [document.blob]
            ).map { Instant(milliseconds: $0) }
        }
    }

    package func entries(of members: [SourcePatientID]) throws -> [RecordEntry] {
        try pool.read { database in
            try members.flatMap { try entries(of: $0, asOf: nil, database) }
        }
    }

    package func document(_ hash: ContentHash) throws -> [UInt8]? {
        try pool.read { database in
            func bytes(_ hash: ContentHash) throws -> [UInt8]? {
                try Row.fetchOne(
                    database,
                    sql: "SELECT bytes FROM document WHERE hash = ?",
                    arguments: [hash.blob]
                )?.bytes("bytes")
            }
            if let found = try bytes(hash) {
                if found.isEmpty, try isOptedOut(hash, nil, database) { throw StoreError.optedOut }
                return found
            }
            let parts = try String.fetchOne(
                database,
                sql: "SELECT parts FROM delivery WHERE content = ? ORDER BY id LIMIT 1",
                arguments: [hash.blob]
            )
            guard let parts else { return nil }
            let hashes: [ContentHash] = try CanonicalJSON.decode(from: Array(parts.utf8))
            let whole = try hashes.flatMap { try bytes($0) ?? [] }
            if whole.isEmpty, try hashes.contains(where: { try isOptedOut($0, nil, database) }) {
                throw StoreError.optedOut
            }
            return whole
        }
    }

    package func delivery(of document: ContentHash, silo: String) throws -> ContentHash? {
        try pool.read { database in
            try Row.fetchOne(
                database,
                sql: """
                    SELECT delivery.content FROM receipt JOIN delivery ON delivery.id = receipt.delivery
                    WHERE receipt.document = ? AND receipt.silo = ?
                    ORDER BY receipt.received, delivery.id LIMIT 1
                    """,
                arguments: [document.blob, silo]
            ).map { try $0.hash("content") }
        }
    }

    package func companions(of document: ContentHash) throws -> Set<ContentHash> {
        try pool.read { database in
            let rows = try Row.fetchAll(
                database.cachedStatement(
                    sql: "SELECT DISTINCT file FROM share_file WHERE document = ?"
                ),
                arguments: [document.blob]
            )
            return Set(try rows.map { try $0.hash("file") })
        }
    }

    package func held() throws -> [HeldDocument] {
        try pool.read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT * FROM held ORDER BY since, hex(document), silo"
            ).map { row in
                HeldDocument(
                    document: try row.hash("document"),
                    silo: row["silo"],
                    refusal: Refusal(
                        code: row["code"],
                        location: row["location"],
                        remedy: row["remedy"],
                        isHeld: row["is_held"]
                    ),
                    since: Instant(milliseconds: row["since"]),
                    owner: row["owner"],
                    byteCount: row["size"]
                )
            }
        }
    }

    package func conservation() throws -> [Conservation] {
        try pool.read { database in
            var rows: [String: Conservation] = [:]
            for row in try Row.fetchAll(
                database,
                sql: """
                    SELECT silo, received / 86400000 AS day, outcome, count(*) AS number,
                      sum(outcome = 'filed' AND EXISTS(
                        SELECT 1 FROM opted_out_document AS gone
                        WHERE gone.document = receipt.document AND gone.silo = receipt.silo))
                        AS opted_out
                    FROM receipt GROUP BY 1, 2, 3
                    """
            ) {
                let silo: String = row["silo"]
                let number: Int = row["day"]
                let day = String(
                    Instant(milliseconds: number * 86_400_000).description.prefix(10)
                )
                guard let outcome = ReceiptOutcome(rawValue: row["outcome"]) else { continue }
                let key = silo + "\u{1F}" + day
                rows[key, default: Conservation(silo: silo, day: day)]
                    .count(outcome, row["number"])
                rows[key]?.optedOut += row["opted_out"]
            }
            return rows.values.sorted { ($0.silo, $0.day) < ($1.silo, $1.day) }
        }
    }

    // MARK: Arranging

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
                let digest = try StoredDigest.digest(row, columns)
                if let asOf,
                    try !isReceived(digest.further.document, row["silo"], by: asOf, database)
                {
                    continue
                }
                digests.append(digest)
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

    /// Whether someone else's chain is filed under a number of some entries.
    private func isHeldByOthers(
        _ digests: [StatementDigest],
        _ cluster: PatientCluster,
        _ database: Database
    ) throws -> Bool {
        for digest in digests where digest.number != nil {
            let members = Set(cluster.members.map(\.rawValue))
            let holders = try String.fetchAll(
                database.cachedStatement(
                    sql: """
                        SELECT DISTINCT other.patient FROM digest
                        JOIN entry USING(patient, silo, document, ordinal)
                        JOIN entry AS other ON other.number = entry.number
                        WHERE digest.seq = ?
                        """
                ),
                arguments: [digest.seq]
            )
            if !members.isSuperset(of: holders) { return true }
        }
        return false
    }

    /// Chains of others under numbers that a person's entries use.
    private func holders(
        beside cluster: PatientCluster,
        asOf: Instant?,
        _ database: Database
    ) throws -> [KeyHolder] {
        let members = Set(cluster.members)
        var others: [KeyHolder] = []
        var seen: Set<String> = []
        for member in cluster.members {
            let rows = try Row.fetchCursor(
                database.cachedStatement(
                    sql: """
                        SELECT DISTINCT other.patient, other.silo, other.document, other.ordinal,
                          other.holder, own.document AS beside, own.silo AS besideSilo
                        FROM entry AS own JOIN entry AS other ON other.number = own.number
                        WHERE own.patient = ?1 AND other.patient != ?1
                        """
                ),
                arguments: [member.rawValue]
            )
            while let row = try rows.next() {
                guard !members.contains(SourcePatientID(rawValue: row["patient"])) else { continue }
                let document = try row.hash("document")
                if let asOf {
                    let isThere = try isReceived(document, row["silo"], by: asOf, database)
                    let isUsed = try isReceived(
                        try row.hash("beside"),
                        row["besideSilo"],
                        by: asOf,
                        database
                    )
                    guard isThere, isUsed else { continue }
                }
                let name =
                    "\(row["patient"] as String) \(row["silo"] as String) "
                    + "\(document.hex) \(row["ordinal"] as Int)"
                guard seen.insert(name).inserted else { continue }
                others.append(
                    try CanonicalJSON.decode(from: Array((row["holder"] as String).utf8))
                )
            }
        }
        return others.sorted { ($0.number, $0.patient) < ($1.number, $1.patient) }
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

    private func entries(
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
            if let asOf,
                try !isReceived(try row.hash("document"), row["silo"], by: asOf, database)
            {
                return nil
            }
            return try row.decoded("payload")
        }
    }
}
