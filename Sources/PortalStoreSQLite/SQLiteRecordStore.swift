import GRDB
public import PortalStore

/// The embedded store: one SQLite file, one writer, durable at every step.
///
/// - Rule: DESIGN 8; PITFALLS 0.1: GRDB's pool lowers `synchronous` after it has opened, so FULL is
///   set afterwards and read back. PITFALLS 0.2: on SQLite before 3.51.3 two connections that write
///   and checkpoint at once may lose pages: this store writes and checkpoints on one connection,
///   and no second process may write to the file.
package final class SQLiteRecordStore: RecordStore {
    let pool: DatabasePool
    let columns = ColumnNumbers()
    let cache = RecordCache()

    /// Opens or makes a store file.
    ///
    /// - Throws: ``StoreError`` `not-durable` where the file cannot be written durably, and GRDB's
    ///   errors where it cannot be opened.
    package init(path: String) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        configuration.foreignKeysEnabled = true
        pool = try DatabasePool(path: path, configuration: configuration)
        try pool.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA synchronous = FULL")
            // What is taken out is overwritten, not only unlinked (SAFETY S20).
            _ = try Int.fetchOne(database, sql: "PRAGMA secure_delete = ON")
            let level = try Int.fetchOne(database, sql: "PRAGMA synchronous")
            guard level == 2 else {
                throw StoreError(
                    code: "not-durable",
                    remedy: "put the store on a file system that SQLite can sync"
                )
            }
        }
        try SQLiteSchema.migrator().migrate(pool)
    }

    /// Writes in one durable step; a step that fails leaves nothing, in memory neither.
    func write<Value>(_ step: (Database) throws -> Value) throws -> Value {
        do {
            return try pool.write(step)
        } catch {
            columns.forget()
            throw error
        }
    }

    /// The level at which the writer syncs: 2 is FULL.
    package func synchronousLevel() throws -> Int? {
        try pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
    }

    /// Writes the log into the file and empties it.
    package func checkpoint() throws {
        try pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    }
}

extension PortalStorage {
    /// Opens or makes a store in one SQLite file.
    ///
    /// - Parameter path: The file; its folder must exist.
    /// - Returns: The store, for a portal.
    /// - Throws: ``StoreError`` or GRDB's errors where the file cannot be opened or is not durable.
    public static func sqlite(path: String) throws -> PortalStorage {
        PortalStorage(try SQLiteRecordStore(path: path))
    }
}
