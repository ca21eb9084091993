import GRDB
import PortalIdentity
package import PortalPolicy
package import PortalRecord
package import PortalStore
import PortalTimeline

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
}
