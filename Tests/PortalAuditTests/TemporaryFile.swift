import Foundation
import GRDB

/// Runs a body with the path of a file in a folder of its own, removed afterwards.
func withTemporaryFile(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("audit-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.appendingPathComponent("audit.sqlite").path)
}

/// Runs SQL on the file from outside the library, as a tamperer with a shell would.
func tamper(_ path: String, _ sql: String, triggers: Bool = false) throws {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = false
    configuration.busyMode = .timeout(5)
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    try queue.write { database in
        if !triggers {
            let names = try String.fetchAll(
                database,
                sql: "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
            )
            for name in names { try database.execute(sql: "DROP TRIGGER \(name)") }
        }
        try database.execute(sql: sql)
    }
    try queue.close()
}

/// Moves everything from the write-ahead log into the file itself.
func moveWriteAheadLog(_ path: String) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.inDatabase { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
    try queue.close()
}
