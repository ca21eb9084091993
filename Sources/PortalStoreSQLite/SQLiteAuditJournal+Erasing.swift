internal import GRDB
public import PortalAudit

extension SQLiteAuditJournal {
    /// Erases what an event says from the file, its free pages and its write-ahead log; its leaf
    /// stays.
    ///
    /// Copies of the file, such as backups, are the site's to replace.
    ///
    /// - Throws: ``AuditError`` with `eventUnknown`; `storeBusy` where a reader still needs what is
    ///   to go: it is then out of the tables, and erasing again takes it out of the log.
    public func erase(_ index: Int, recording event: AuditEvent) throws {
        try record(try erasure(index, event))
        try sequence()
        try write { database in
            try database.execute(sql: "PRAGMA secure_delete = ON")
            try database.inTransaction(.immediate) {
                try database.execute(
                    sql: "UPDATE leaf SET bytes = x'', id = ? WHERE position = ?",
                    arguments: [AuditLeaf.erasedID(index), index]
                )
                try database.execute(
                    sql: "DELETE FROM member WHERE position = ?",
                    arguments: [index]
                )
                return .commit
            }
            // The write-ahead log still has the pages as they were.
            let row = try Row.fetchOne(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
            guard row?.number(0) == 0 else { throw AuditError(.storeBusy) }
        }
    }
}
