internal import Foundation
internal import GRDB
public import PortalAudit
internal import PortalRecord

extension SQLiteAuditJournal {
    /// How many leaves the log has.
    ///
    /// - Throws: ``AuditError``.
    public func size() throws -> Int { try read(Self.size) }

    /// How many recorded events wait for their leaves.
    ///
    /// - Throws: ``AuditError``.
    public func pendingCount() throws -> Int {
        try read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM pending") ?? 0 }
    }

    /// Events in the order of the log.
    ///
    /// - Throws: ``AuditError`` with `eventUnreadable` for a damaged event.
    public func events(from index: Int, limit: Int) throws -> [SequencedEvent] {
        let sql =
            "SELECT position, bytes FROM leaf WHERE position >= ? AND length(bytes) > 0 "
            + "ORDER BY position LIMIT ?"
        return try events(sql: sql, arguments: [index, max(0, limit)])
    }

    /// Who looked: the events about any of these source patients, latest first.
    ///
    /// - Throws: ``AuditError`` with `eventUnreadable` for a damaged event.
    public func events(
        patientMembers members: [String],
        before index: Int?,
        limit: Int
    ) throws -> [SequencedEvent] {
        let sql = """
            SELECT position, bytes FROM leaf
            WHERE position < ? AND position IN (
                SELECT position FROM member WHERE member IN (SELECT value FROM json_each(?))
            )
            ORDER BY position DESC LIMIT ?
            """
        let list = try CanonicalJSON.text(members)
        return try events(sql: sql, arguments: [index ?? .max, list, max(0, limit)])
    }

    /// The log's rows as stored, damaged or not.
    ///
    /// - Throws: ``AuditError``.
    public func leaves(from index: Int, limit: Int) throws -> [AuditLeaf] {
        try read { database in
            let rows = try Row.fetchAll(
                database.cachedStatement(
                    sql: """
                        SELECT position, id, bytes, hash FROM leaf
                        WHERE position >= ? ORDER BY position LIMIT ?
                        """
                ),
                arguments: [index, max(0, limit)]
            )
            guard let first = rows.first, let last = rows.last else { return [] }
            let looked = try Row.fetchAll(
                database.cachedStatement(
                    sql: "SELECT position, member FROM member WHERE position BETWEEN ? AND ?"
                ),
                arguments: [first.number(0), last.number(0)]
            )
            let members = Dictionary(grouping: looked) { $0.number(0) }
            return rows.map { row in
                AuditLeaf(
                    index: row.number(0),
                    id: row.text(1),
                    members: (members[row.number(0)] ?? []).map { $0.text(1) },
                    event: row.blob(2),
                    hash: row.blob(3)
                )
            }
        }
    }

    /// The checkpoints stored beside the log, oldest first, verified or not.
    ///
    /// - Throws: ``AuditError``.
    public func checkpoints() throws -> [Checkpoint] {
        let sql = "SELECT \(Self.checkpointColumns) FROM checkpoint ORDER BY number"
        return try read { try Row.fetchAll($0, sql: sql).map(Self.checkpoint) }
    }

    func lastCheckpoint() throws -> StoredCheckpoint? {
        let sql = """
            SELECT \(Self.checkpointColumns), frontier FROM checkpoint
            ORDER BY size DESC, number DESC LIMIT 1
            """
        return try read { database in
            try Row.fetchOne(database, sql: sql).map { row in
                let checkpoint = Self.checkpoint(row)
                let bytes = row.blob(6)
                let peaks = stride(from: 0, to: bytes.count, by: 32).compactMap {
                    ContentHash(bytes: Array(bytes[$0..<min($0 + 32, bytes.count)]))
                }
                return StoredCheckpoint(
                    checkpoint: checkpoint,
                    frontier: MerkleFrontier(size: checkpoint.size, peaks: peaks)
                )
            }
        }
    }

    static func size(_ database: Database) throws -> Int {
        let last = try Int.fetchOne(database, sql: "SELECT MAX(position) FROM leaf") ?? -1
        return last == .max ? last : last + 1
    }

    private func events(sql: String, arguments: StatementArguments) throws -> [SequencedEvent] {
        let rows = try read { try Row.fetchAll($0.cachedStatement(sql: sql), arguments: arguments) }
        return try rows.map { row throws(AuditError) in
            try SequencedEvent(index: row.number(0), canonicalBytes: row.blob(1))
        }
    }

    private static let checkpointColumns = "origin, size, root, time, key, signature"

    /// A row as a checkpoint; what is damaged in it makes its signature wrong, which is reported.
    private static func checkpoint(_ row: Row) -> Checkpoint {
        Checkpoint(
            origin: row.text(0),
            size: row.number(1),
            root: ContentHash(bytes: row.blob(2)) ?? ContentHash(of: row.blob(2)),
            time: Instant(milliseconds: row.number(3)),
            keyID: row.text(4),
            signature: row.blob(5)
        )
    }
}

/// Reading columns of a file that may have been tampered with: never trapping on another type.
extension Row {
    func number(_ column: Int) -> Int {
        let value: DatabaseValue = self[column]
        return Int.fromDatabaseValue(value) ?? -1
    }

    func text(_ column: Int) -> String {
        let value: DatabaseValue = self[column]
        return String.fromDatabaseValue(value) ?? ""
    }

    func blob(_ column: Int) -> [UInt8] {
        let value: DatabaseValue = self[column]
        return Data.fromDatabaseValue(value).map { Array($0) } ?? []
    }
}
