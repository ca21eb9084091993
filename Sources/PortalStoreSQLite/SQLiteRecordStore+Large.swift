import GRDB
internal import GRDBSQLite
import PortalRecord

extension SQLiteRecordStore {
    /// From how many bytes on a document is written in pieces: bound as a value, a file of a hundred
    /// megabytes is copied twice on its way.
    static let writtenInPiecesFrom = 1 << 20

    /// Keeps a large document: room for it first, and then its bytes piece by piece.
    func insertLarge(
        _ hash: ContentHash,
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ database: Database
    ) throws {
        let known = try Row.fetchOne(
            database,
            sql: "SELECT rowid, length(bytes) AS length FROM document WHERE hash = ?",
            arguments: [hash.blob]
        )
        if let known, (known["length"] as Int? ?? 0) > 0 { return }
        let row: Int64
        if let known, let number = known["rowid"] as Int64? {
            // What was left out for one who opted out may be another's as well, and come again.
            row = number
            try database.execute(
                sql: "UPDATE document SET bytes = zeroblob(?) WHERE rowid = ?",
                arguments: [bytes.count, row]
            )
        } else {
            try database.execute(
                sql: "INSERT INTO document(hash, bytes) VALUES(?, zeroblob(?))",
                arguments: [hash.blob, bytes.count]
            )
            row = database.lastInsertedRowID
        }
        try fill(row, bytes, database)
    }

    /// - Rule: SQLite, "Open A BLOB For Incremental I/O".
    private func fill(
        _ row: Int64,
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ database: Database
    ) throws {
        func check(_ code: CInt) throws {
            guard code == SQLITE_OK else {
                throw DatabaseError(resultCode: ResultCode(rawValue: code))
            }
        }
        var blob: OpaquePointer?
        try check(
            sqlite3_blob_open(database.sqliteConnection, "main", "document", "bytes", row, 1, &blob)
        )
        defer { sqlite3_blob_close(blob) }
        var at = 0
        while at < bytes.count {
            let count = min(1 << 20, bytes.count - at)
            let piece = UnsafeBufferPointer(rebasing: bytes[at..<(at + count)])
            try check(
                sqlite3_blob_write(
                    blob,
                    piece.baseAddress,
                    CInt(truncatingIfNeeded: count),
                    CInt(truncatingIfNeeded: at)
                )
            )
            at += count
        }
    }
}
