import GRDB
import PortalRecord
import PortalStore

/// What waits for a person, and names one who has opted out.
///
/// - Rule: SAFETY S20; DESIGN P1.
extension SQLiteRecordStore {
    /// Keeps a document that could not be read; of what names an opted-out number only the hash.
    func keepHeld(
        _ filing: Filing,
        _ rules: RecordRules,
        _ touched: inout Touched,
        _ database: Database
    ) throws {
        let named = rules.optOuts.stretches(
            in: filing.bytes,
            from: filing.silo,
            at: filing.received
        )
        guard named.isEmpty else {
            let rest = Redaction.left(of: filing.bytes, named)
            try insert(filing.document, rest, database)
            try mark(filing.document, filing.silo, &touched, database)
            return try blank(filing.document, to: rest, database)
        }
        try keep(filing, database)
        for file in Set(filing.companions.map(\.hash)) {
            try database.cachedStatement(
                sql: "INSERT INTO held_file(silo, document, file) VALUES(?, ?, ?)"
            ).execute(arguments: [filing.silo, filing.document.blob, file.blob])
        }
    }

    /// Keeps whole what comes again after its patient has opted in again.
    func reopenHeld(
        _ filing: Filing,
        _ rules: RecordRules,
        _ touched: inout Touched,
        _ database: Database
    ) throws {
        guard try isOptedOut(filing.document, filing.silo, database),
            try isHeld(filing.document, filing.silo, database),
            rules.optOuts.stretches(in: filing.bytes, from: filing.silo, at: filing.received)
                .isEmpty
        else { return }
        try database.execute(
            sql: "UPDATE document SET bytes = ? WHERE hash = ?",
            arguments: [filing.bytes.blob, filing.document.blob]
        )
        try database.execute(
            sql: "DELETE FROM opted_out_document WHERE document = ? AND silo = ?",
            arguments: [filing.document.blob, filing.silo]
        )
        touched.optedOut.insert(filing.document)
    }

    /// Takes a document that can be read now from those that wait.
    func release(_ document: ContentHash, _ silo: String, _ database: Database) throws {
        for table in ["held", "held_file"] {
            try database.execute(
                sql: "DELETE FROM \(table) WHERE silo = ? AND document = ?",
                arguments: [silo, document.blob]
            )
        }
        try database.execute(
            sql: """
                UPDATE receipt SET outcome = 'filed'
                WHERE silo = ? AND document = ? AND outcome IN ('held', 'rejected')
                """,
            arguments: [silo, document.blob]
        )
    }

    /// Takes out what waits and names those who have opted out since.
    func withdrawHeld(
        _ rules: RecordRules,
        _ moment: Instant,
        _ touched: inout Touched,
        _ database: Database
    ) throws {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT held.silo, held.document, document.bytes FROM held
                JOIN document ON document.hash = held.document WHERE length(document.bytes) > 0
                """
        )
        var found: [(document: ContentHash, silo: String, rest: [UInt8])] = []
        while let row = try rows.next() {
            let bytes = row.bytes("bytes")
            let named = rules.optOuts.stretches(in: bytes[...], from: row["silo"], at: moment)
            guard !named.isEmpty else { continue }
            found.append(
                (try row.hash("document"), row["silo"], Redaction.left(of: bytes[...], named))
            )
        }
        for (document, silo, rest) in found {
            try mark(document, silo, &touched, database)
            try blank(document, to: rest, database)
            let files = try Row.fetchAll(
                database,
                sql: "SELECT file FROM held_file WHERE silo = ? AND document = ?",
                arguments: [silo, document.blob]
            ).map { try $0.hash("file") }
            for file in files { try withdrawFile(file, silo, &touched, database) }
        }
    }

    func isHeld(
        _ document: ContentHash,
        _ silo: String,
        _ database: Database
    ) throws -> Bool {
        try Bool.fetchOne(
            database.cachedStatement(
                sql: "SELECT EXISTS(SELECT 1 FROM held WHERE silo = ? AND document = ?)"
            ),
            arguments: [silo, document.blob]
        ) ?? false
    }
}
