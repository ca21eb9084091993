internal import Foundation
internal import GRDB
public import PortalAudit
public import PortalRecord

extension SQLiteAuditJournal {
    /// Gives every pending event its leaf, in the order they were recorded, in one transaction.
    ///
    /// - Returns: The size of the log.
    /// - Throws: ``AuditError``; no event has then moved.
    @discardableResult
    public func sequence() throws -> Int {
        guard try pendingCount() > 0 else { return try size() }
        return try write { database in
            var size = 0
            try database.inTransaction(.immediate) {
                size = try Self.size(database)
                while try Self.sequenceSome(database, from: &size) {}
                return .commit
            }
            return size
        }
    }

    /// Sequences, reads the new leaves back from the file, and signs the log's root.
    ///
    /// The leaves are read on another connection than the one that wrote them. The first checkpoint
    /// of a key reads the whole log.
    ///
    /// - Throws: ``AuditError``; nothing is then signed or stored.
    public func checkpoint(at time: Instant, signer: CheckpointSigner) throws -> Checkpoint {
        try sequence()
        var builder = try CheckpointBuilder(after: try lastCheckpoint(), signer: signer)
        while true {
            let page = try leaves(from: builder.frontier.size, limit: 1000)
            for leaf in page { try builder.take(leaf) }
            guard page.count == 1000 else { break }
        }
        // Others may have added leaves meanwhile: those are for the next checkpoint. Never fewer.
        let size = min(try self.size(), builder.frontier.size)
        let stored = try builder.finish(at: time, logSize: size)
        try write { try Self.keep(stored, in: $0) }
        return stored.checkpoint
    }

    private static func sequenceSome(
        _ database: Database,
        from position: inout Int
    ) throws -> Bool {
        let rows = try Row.fetchAll(
            database,
            sql: "SELECT rowid, id, bytes FROM pending ORDER BY rowid LIMIT 500"
        )
        for row in rows {
            let leaf = AuditLeaf.make(
                index: position,
                id: row.text(1),
                event: row.blob(2)
            )
            try database.cachedStatement(
                sql: "INSERT INTO leaf (position, id, bytes, hash) VALUES (?, ?, ?, ?)"
            ).execute(arguments: [position, leaf.id, Data(leaf.event), Data(leaf.hash)])
            for member in leaf.members {
                try database.cachedStatement(
                    sql: "INSERT INTO member (position, member) VALUES (?, ?)"
                ).execute(arguments: [position, member])
            }
            try database.cachedStatement(sql: "DELETE FROM pending WHERE rowid = ?")
                .execute(arguments: [row.number(0)])
            position += 1
        }
        return !rows.isEmpty
    }

    private static func keep(_ stored: StoredCheckpoint, in database: Database) throws {
        let checkpoint = stored.checkpoint
        let edge = stored.frontier?.peaks.flatMap(\.bytes) ?? []
        try database.cachedStatement(
            sql: """
                INSERT INTO checkpoint
                    (number, origin, size, root, time, key, signature, frontier)
                VALUES (
                    (SELECT COALESCE(MAX(number), -1) + 1 FROM checkpoint), ?, ?, ?, ?, ?, ?, ?
                )
                """
        ).execute(arguments: [
            checkpoint.origin, checkpoint.size, Data(checkpoint.root.bytes),
            checkpoint.time.milliseconds, checkpoint.keyID, Data(checkpoint.signature), Data(edge),
        ])
    }
}
