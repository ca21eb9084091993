internal import Foundation
internal import GRDB
public import PortalAudit

/// The audit in a SQLite file of its own, so that filing messages never blocks a reader.
///
/// Several processes may share the file on one machine, each through this type; a lock file beside
/// it (`<path>-writer`) lets one write at a time. Not for network file systems.
///
/// - Rule: DESIGN sections 7 and 8; write-ahead log, `synchronous=FULL` read back at every open
///   (PITFALLS 0.1), append-only triggers.
public final class SQLiteAuditJournal: AuditJournal {
    let pool: DatabasePool
    private let lock: WriterLock

    /// Opens the file, making it where there is none.
    ///
    /// - Parameters:
    ///   - path: The file; its folder must exist.
    ///   - busyTimeoutSeconds: How long a write waits for another process before it throws.
    /// - Throws: ``AuditError`` with `notDurable` where the file cannot be set to survive a loss of
    ///   power, `storeNewer`, `storeBusy` or `storeFailed`.
    public init(path: String, busyTimeoutSeconds: Int = 5) throws {
        let lock = try WriterLock(path: path + "-writer", timeoutSeconds: busyTimeoutSeconds)
        var configuration = Configuration()
        configuration.label = "audit"
        configuration.busyMode = .timeout(TimeInterval(busyTimeoutSeconds))
        self.lock = lock
        pool = try Self.named {
            // Opening writes too: the first to open sets the write-ahead log up and the tables.
            try lock.hold {
                let pool = try DatabasePool(path: path, configuration: configuration)
                try Self.makeDurable(pool)
                let migrator = SQLiteAuditSchema.migrator
                guard try !pool.read({ try migrator.hasBeenSuperseded($0) }) else {
                    throw AuditError(.storeNewer)
                }
                try migrator.migrate(pool)
                return pool
            }
        }
        let level = try synchronousLevel()
        guard level == 2 else { throw AuditError(.notDurable, number: level) }
    }

    /// Writes one row in one commit, and returns when that is on disk.
    ///
    /// - Throws: ``AuditError``; the event is then not written.
    public func record(_ event: AuditEvent) throws {
        let bytes = Data(try event.canonicalBytes())
        try write { database in
            try database.cachedStatement(sql: "INSERT INTO pending (id, bytes) VALUES (?, ?)")
                .execute(arguments: [event.id, bytes])
        }
    }

    /// Closes the file; recording then throws.
    ///
    /// - Throws: ``AuditError`` where a reading still runs.
    public func close() throws {
        // No lock: SQLite moves the write-ahead log only if this was the last connection of all.
        try Self.named { try pool.close() }
    }

    /// What `PRAGMA synchronous` says on the connection that writes: 2 is FULL.
    package func synchronousLevel() throws -> Int {
        try Self.named {
            try pool.writeWithoutTransaction {
                try Int.fetchOne($0, sql: "PRAGMA synchronous") ?? 0
            }
        }
    }

    /// Writes while no other instance or process does.
    func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try Self.named {
            try pool.writeWithoutTransaction { database in
                try lock.hold { try body(database) }
            }
        }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try Self.named { try pool.read(body) }
    }

    /// The pool lowers the level while it opens, after `prepareDatabase`: so it is set here, last.
    private static func makeDurable(_ pool: DatabasePool) throws {
        try pool.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA synchronous = FULL")
        }
    }

    /// Turns the database's errors, which may quote a statement, into ones that quote nothing.
    private static func named<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as DatabaseError {
            if error.message == SQLiteAuditSchema.identifierRepeated {
                throw AuditError(.identifierRepeated)
            }
            let number = Int(error.extendedResultCode.rawValue)
            let isBusy = error.resultCode == .SQLITE_BUSY
            throw AuditError(isBusy ? .storeBusy : .storeFailed, number: number)
        }
    }
}
