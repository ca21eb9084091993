import GRDB
import PortalRecord
import PortalTimeline

/// Digests as rows.
///
/// - Rule: DESIGN 8: what policy and order need are columns.
enum StoredDigest {
    /// Where an entry is filed.
    struct Place {
        let patient: SourcePatientID
        let silo: String
        let document: ContentHash
        let ordinal: Int
    }

    static func insert(
        _ digest: StatementDigest,
        row: [UInt8]?,
        at place: Place,
        columns: Int,
        _ database: Database
    ) throws {
        if let row {
            try database.cachedStatement(sql: "INSERT INTO plain_row(seq, bytes) VALUES(?, ?)")
                .execute(arguments: [digest.seq, row.blob])
        }
        try database.cachedStatement(
            sql: """
                INSERT INTO digest(patient, seq, silo, document, ordinal, columns, traits, entry,
                  version, chain, ties, beside, key, start, precision, event, first, second, assigner, said,
                  number, content)
                VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(
            arguments: [
                place.patient.rawValue, digest.seq, place.silo, place.document.blob,
                place.ordinal, columns, digest.traits.rawValue, signed(digest.entry),
                signed(digest.version), digest.chain.map(signed),
                bytes(digest.further.ties).blob, digest.further.beside.map(signed),
                digest.further.key, digest.start,
                digest.precision, digest.names.event.map(signed),
                digest.names.first.map(signed), digest.names.second.map(signed),
                digest.names.assigner.map(signed), digest.names.said.map(signed),
                digest.number.map(signed), signed(digest.content),
            ]
        )
    }

    /// Reads a row of ``columns``, by their places.
    static func digest(_ row: Row, _ columns: ChainColumns) throws -> StatementDigest {
        guard let document = ContentHash(bytes: row.bytes(1)) else { throw RecordGone() }
        return StatementDigest(
            seq: row[0],
            columns: columns,
            traits: StatementDigest.Traits(rawValue: row[2]),
            entry: unsigned(row[3]),
            version: unsigned(row[4]),
            chain: (row[5] as Int64?).map(unsigned),
            start: row[9],
            precision: row[10],
            names: EventNames(
                event: (row[11] as Int64?).map(unsigned),
                first: (row[12] as Int64?).map(unsigned),
                second: (row[13] as Int64?).map(unsigned),
                assigner: (row[14] as Int64?).map(unsigned),
                said: (row[15] as Int64?).map(unsigned)
            ),
            number: (row[16] as Int64?).map(unsigned),
            content: unsigned(row[17]),
            further: StatementDigest.Further(
                key: row[8],
                document: document,
                ties: numbers(row.bytes(6)),
                beside: (row[7] as Int64?).map(unsigned)
            )
        )
    }

    static let columns = """
        seq, document, traits, entry, version, chain, ties, beside, key, start, precision, event, first,
        second, assigner, said, number, content
        """

    static func nextNumber(_ database: Database) throws -> Int {
        (try Int.fetchOne(database.cachedStatement(sql: "SELECT max(seq) FROM digest")) ?? 0) + 1
    }

    /// The number under which columns are kept, whoever they are about.
    static func number(of columns: ChainColumns, _ database: Database) throws -> Int {
        let payload = try CanonicalJSON.text(columns.about([]))
        let select = "SELECT id FROM chain_columns WHERE payload = ?"
        if let known = try Int.fetchOne(database.cachedStatement(sql: select), arguments: [payload])
        {
            return known
        }
        try database.cachedStatement(sql: "INSERT INTO chain_columns(payload) VALUES(?)")
            .execute(arguments: [payload])
        return Int(database.lastInsertedRowID)
    }

    /// Digests every entry of a store that was filed before there were digests.
    static func digestAll(_ database: Database) throws {
        let rows = try Row.fetchCursor(
            database,
            sql: "SELECT patient, silo, document, ordinal, payload FROM entry"
        )
        var seq = 0
        while let row = try rows.next() {
            seq += 1
            let written = row.bytes("payload")
            let entry: RecordEntry = try CanonicalJSON.decode(from: written)
            var bytes: [UInt8]?
            let digest = StatementDigest(entry, written: written, seq: seq, row: &bytes)
            let place = Place(
                patient: entry.subject.id,
                silo: row["silo"],
                document: try row.hash("document"),
                ordinal: row["ordinal"]
            )
            let columns = try number(of: digest.columns, database)
            try insert(digest, row: bytes, at: place, columns: columns, database)
        }
    }

    // MARK: Numbers

    private static func signed(_ number: UInt64) -> Int64 { Int64(bitPattern: number) }
    private static func unsigned(_ number: Int64) -> UInt64 { UInt64(bitPattern: number) }

    private static func bytes(_ numbers: [UInt64]) -> [UInt8] {
        numbers.flatMap { number in (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }
    }

    private static func numbers(_ bytes: [UInt8]) -> [UInt64] {
        stride(from: 0, to: bytes.count - bytes.count % 8, by: 8).map { start in
            (0..<8).reduce(0) { $0 | UInt64(bytes[start + $1]) << (8 * UInt64($1)) }
        }
    }
}
