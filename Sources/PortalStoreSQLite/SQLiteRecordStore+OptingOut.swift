import GRDB
import PortalIdentity
package import PortalRecord
package import PortalStore

/// What is left of documents whose patients have opted out: hash and count.
///
/// - Rule: SAFETY S20; DESIGN P1.
extension SQLiteRecordStore {
    package func withdrawOptedOut(rules: RecordRules, at moment: Instant) throws {
        guard !rules.optOuts.items.isEmpty else { return }
        let isAny = try write { database in
            var touched = Touched()
            for item in rules.optOuts.items {
                // A number's documents are those of the source patients that were ever given it.
                let rows = try Row.fetchAll(
                    database,
                    sql: """
                        SELECT DISTINCT entry.silo, entry.document FROM candidate
                        JOIN entry ON entry.patient = candidate.patient
                        WHERE candidate.key IN (?1, ?2)
                        """,
                    arguments: ["number " + item.number, "base " + item.number]
                )
                for row in rows where item.covers(row["silo"], at: moment) {
                    try withdraw(
                        try row.hash("document"),
                        row["silo"],
                        rules,
                        moment,
                        &touched,
                        database
                    )
                }
            }
            try withdrawHeld(rules, moment, &touched, database)
            try settle(touched, rules, database)
            for document in touched.optedOut { try blankDeliveries(of: document, database) }
            guard !touched.optedOut.isEmpty else { return false }
            // The words of deleted rows stay in the index until its parts are merged into one.
            try database.execute(sql: "INSERT INTO words(words) VALUES('optimize')")
            return true
        }
        // Nor may they stay in the log.
        if isAny {
            cache.forget()
            columns.forget()
            try checkpoint()
        }
    }

    package func optedOutNumbers(of members: [SourcePatientID]) throws -> Set<String> {
        try pool.read { database in
            var numbers: Set<String> = []
            for member in members {
                let bases = try String.fetchAll(
                    database.cachedStatement(
                        sql: """
                            SELECT substr(key, 6) FROM candidate
                            WHERE patient = ? AND key >= 'base ' AND key < 'base!'
                            """
                    ),
                    arguments: [member.rawValue]
                )
                for base in bases {
                    numbers.formUnion(
                        try String.fetchAll(
                            database.cachedStatement(
                                sql: "SELECT number FROM opted_out WHERE base = ?"
                            ),
                            arguments: [OptedOutPatient.base(base)]
                        )
                    )
                }
            }
            return numbers
        }
    }

    /// Remembers what opted-out patients are filed under, for documents that state nothing else.
    func note(_ patients: [OptedOutPatient], _ database: Database) throws {
        for patient in patients {
            try database.cachedStatement(
                sql: "INSERT INTO opted_out(base, number) VALUES(?, ?) ON CONFLICT DO NOTHING"
            ).execute(arguments: [patient.base, patient.number])
        }
    }

    /// Files what is left of a document that comes in.
    func insertCut(
        _ filing: Filing,
        _ rest: Filing.Remainder,
        _ touched: inout Touched,
        _ database: Database
    ) throws {
        try insert(filing.document, rest.bytes, database)
        try mark(filing.document, filing.silo, &touched, database)
        try insertFiled(filing, rest.isNothing ? nil : filing.controlID, database)
        for companion in rest.companions {
            try insert(companion.hash, companion.bytes, database)
        }
        try insert(rest.shares, filing, database)
        // A held document that is driven again was kept whole; so may its files have been.
        try blank(filing.document, to: rest.bytes, database)
        let kept = Set(rest.companions.map(\.hash))
        for companion in filing.companions where !kept.contains(companion.hash) {
            try withdrawFile(companion.hash, filing.silo, &touched, database)
        }
        try insert(rest.entries, rest.assertions, filing, &touched, database)
    }

    func insert(_ shares: [PatientShare], _ filing: Filing, _ database: Database) throws {
        for share in shares {
            let key: StatementArguments = [
                filing.document.blob, filing.silo, share.subject.rawValue,
            ]
            try database.cachedStatement(
                sql: "INSERT INTO share(document, silo, patient, payload) VALUES(?, ?, ?, ?)"
            ).execute(arguments: key + [try CanonicalJSON.text(share)])
            for file in Set(share.files) {
                try database.cachedStatement(
                    sql: "INSERT INTO share_file(document, silo, patient, file) VALUES(?, ?, ?, ?)"
                ).execute(arguments: key + [file.blob])
            }
        }
    }

    /// Whether a document that was left out may be filed after all: its patient has opted in again.
    ///
    /// What was left of it goes, to be filed anew with the rest.
    func reopen(
        _ filing: Filing,
        _ entries: [RecordEntry],
        _ rules: RecordRules,
        _ touched: inout Touched,
        _ database: Database
    ) throws -> Bool {
        let isOut = try isOptedOut(filing.document, filing.silo, database)
        let isStill =
            !rules.optOuts.patients(in: entries, from: filing.silo, at: filing.received).isEmpty
        if isOut { touched.optedOut.insert(filing.document) }
        if isOut == isStill { return false }
        if isStill {
            try withdraw(
                filing.document,
                filing.silo,
                rules,
                filing.received,
                &touched,
                database
            )
            return false
        }
        try remove(nil, of: filing.document, filing.silo, &touched, database)
        try database.execute(
            sql: "UPDATE document SET bytes = ? WHERE hash = ?",
            arguments: [filing.bytes.blob, filing.document.blob]
        )
        try database.execute(
            sql: "UPDATE filed SET control_id = ? WHERE silo = ? AND document = ?",
            arguments: [filing.controlID, filing.silo, filing.document.blob]
        )
        for companion in filing.companions {
            try insert(companion.hash, companion.bytes, database)
        }
        try release(filing.document, filing.silo, database)
        for hash in [filing.document] + filing.companions.map(\.hash) {
            try database.execute(
                sql: "DELETE FROM opted_out_document WHERE document = ? AND silo = ?",
                arguments: [hash.blob, filing.silo]
            )
        }
        return true
    }

    // MARK: Taking out

    private func withdraw(
        _ document: ContentHash,
        _ silo: String,
        _ rules: RecordRules,
        _ moment: Instant,
        _ touched: inout Touched,
        _ database: Database
    ) throws {
        let entries: [RecordEntry] = try Row.fetchAll(
            database,
            sql: "SELECT payload FROM entry WHERE document = ? AND silo = ? ORDER BY ordinal",
            arguments: [document.blob, silo]
        ).map { try $0.decoded("payload") }
        let optedOut = rules.optOuts.patients(in: entries, from: silo, at: moment)
        guard !optedOut.isEmpty else { return }
        let patients = Set(optedOut.map(\.id))
        let shares: [PatientShare] = try String.fetchAll(
            database,
            sql: "SELECT payload FROM share WHERE document = ? AND silo = ?",
            arguments: [document.blob, silo]
        ).map { try CanonicalJSON.decode(from: Array($0.utf8)) }
        let bytes = try Row.fetchOne(
            database,
            sql: "SELECT bytes FROM document WHERE hash = ?",
            arguments: [document.blob]
        )?.bytes("bytes")
        let filing = Filing(
            silo: silo,
            document: document,
            bytes: (bytes ?? [])[...],
            delivery: DeliveryID(rawValue: ""),
            ordinal: 0,
            received: moment,
            controlID: nil,
            adapter: nil,
            outcome: .adapted(entries: entries, assertions: []),
            shares: shares
        )
        let rest = filing.cut(patients, entries, [])
        try note(optedOut, database)
        try mark(document, silo, &touched, database)
        try remove(patients, of: document, silo, &touched, database)
        try blank(document, to: rest.bytes, database)
        let kept = Set(rest.shares.flatMap(\.files))
        for file in Set(shares.flatMap(\.files)).subtracting(kept) {
            try withdrawFile(file, silo, &touched, database)
        }
        guard rest.isNothing else { return }
        try database.execute(
            sql: "UPDATE filed SET control_id = NULL WHERE silo = ? AND document = ?",
            arguments: [silo, document.blob]
        )
        let assertions = try String.fetchAll(
            database,
            sql: "SELECT id FROM assertion WHERE document = ? AND silo = ?",
            arguments: [document.blob, silo]
        )
        for assertion in assertions {
            try database.execute(
                sql: "DELETE FROM assertion_key WHERE assertion = ?",
                arguments: [assertion]
            )
            try database.execute(sql: "DELETE FROM assertion WHERE id = ?", arguments: [assertion])
        }
    }

    /// Removes the entries of some source patients, or of all, from one document.
    private func remove(
        _ patients: Set<SourcePatientID>?,
        of document: ContentHash,
        _ silo: String,
        _ touched: inout Touched,
        _ database: Database
    ) throws {
        let rows = try Row.fetchAll(
            database,
            sql: "SELECT patient, entry, number FROM entry WHERE document = ? AND silo = ?",
            arguments: [document.blob, silo]
        )
        var gone: Set<SourcePatientID> = []
        for row in rows {
            let patient = SourcePatientID(rawValue: row["patient"])
            guard patients?.contains(patient) ?? true else { continue }
            gone.insert(patient)
            if let number = row["number"] as String? { touched.numbers.insert(number) }
            try database.execute(
                sql: "DELETE FROM words WHERE patient = ? AND entry = ?",
                arguments: [row["patient"] as String, row["entry"] as String]
            )
        }
        // Whoever was tied to them is settled anew without them.
        touched.patients.formUnion(try component(of: gone, database))
        for patient in gone {
            try database.execute(
                sql: "DELETE FROM entry WHERE document = ? AND silo = ? AND patient = ?",
                arguments: [document.blob, silo, patient.rawValue]
            )
            try database.execute(
                sql: """
                    DELETE FROM plain_row WHERE seq IN (
                      SELECT seq FROM digest WHERE document = ? AND silo = ? AND patient = ?)
                    """,
                arguments: [document.blob, silo, patient.rawValue]
            )
            try database.execute(
                sql: "DELETE FROM digest WHERE document = ? AND silo = ? AND patient = ?",
                arguments: [document.blob, silo, patient.rawValue]
            )
            touched.attended.insert(patient)
            try database.execute(
                sql: "DELETE FROM share WHERE document = ? AND silo = ? AND patient = ?",
                arguments: [document.blob, silo, patient.rawValue]
            )
            try restate(patient, &touched, database)
        }
    }

    /// Puts a source patient together again from what is still filed; gone where nothing is.
    private func restate(
        _ patient: SourcePatientID,
        _ touched: inout Touched,
        _ database: Database
    ) throws {
        let id = patient.rawValue
        try reshape(patient, database)
        for table in ["candidate", "identifier", "person_name", "person_birth", "cluster"] {
            try database.execute(sql: "DELETE FROM \(table) WHERE patient = ?", arguments: [id])
        }
        try database.execute(sql: "DELETE FROM episode WHERE handle = ?", arguments: [id])
        try database.execute(sql: "DELETE FROM source_patient WHERE id = ?", arguments: [id])
        let entries: [RecordEntry] = try Row.fetchAll(
            database,
            sql: "SELECT payload FROM entry WHERE patient = ?",
            arguments: [id]
        ).map { try $0.decoded("payload") }
        try insertNodes(RecordAssembly.nodes(entries), &touched, database)
        // The words of an entry that another document states as well are still to be found.
        for entry in entries {
            guard let text = TextIndex.text(entry) else { continue }
            let isFound = try Bool.fetchOne(
                database,
                sql: "SELECT EXISTS(SELECT 1 FROM words WHERE patient = ? AND entry = ?)",
                arguments: [id, entry.id.rawValue]
            )
            if isFound == false { try insertWords(text, entry, database) }
        }
    }

    // MARK: Bytes

    func mark(
        _ document: ContentHash,
        _ silo: String,
        _ touched: inout Touched,
        _ database: Database
    ) throws {
        touched.optedOut.insert(document)
        try database.execute(
            sql: """
                INSERT INTO opted_out_document(document, silo) VALUES(?, ?) ON CONFLICT DO NOTHING
                """,
            arguments: [document.blob, silo]
        )
    }

    func withdrawFile(
        _ file: ContentHash,
        _ silo: String,
        _ touched: inout Touched,
        _ database: Database
    ) throws {
        try insert(file, [], database)
        try mark(file, silo, &touched, database)
        try blank(file, to: [], database)
    }

    /// Leaves out bytes, unless another silo sent the same, or the same file is someone else's.
    func blank(_ hash: ContentHash, to bytes: [UInt8], _ database: Database) throws {
        try database.execute(
            sql: """
                UPDATE document SET bytes = ?2 WHERE hash = ?1 AND bytes != ?2
                  AND NOT EXISTS(SELECT 1 FROM share_file WHERE file = ?1)
                  AND NOT EXISTS(
                    SELECT 1 FROM receipt WHERE receipt.document = ?1
                      AND NOT EXISTS(SELECT 1 FROM opted_out_document AS gone
                        WHERE gone.document = ?1 AND gone.silo = receipt.silo))
                """,
            arguments: [hash.blob, bytes.blob]
        )
    }

    /// The name of a file may name the patient: it goes when nothing else is left of the file.
    func blankDeliveries(of document: ContentHash, _ database: Database) throws {
        try database.execute(
            sql: """
                UPDATE delivery SET name = ''
                WHERE name != '' AND id IN (SELECT delivery FROM receipt WHERE document = ?1)
                  AND NOT EXISTS(
                    SELECT 1 FROM receipt JOIN document ON document.hash = receipt.document
                    WHERE receipt.delivery = delivery.id AND NOT (length(document.bytes) = 0
                      AND EXISTS(SELECT 1 FROM opted_out_document AS gone
                        WHERE gone.document = receipt.document AND gone.silo = receipt.silo)))
                """,
            arguments: [document.blob]
        )
    }

    func isOptedOut(
        _ document: ContentHash,
        _ silo: String?,
        _ database: Database
    ) throws -> Bool {
        try Bool.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT EXISTS(SELECT 1 FROM opted_out_document
                      WHERE document = ?1 AND (?2 IS NULL OR silo = ?2))
                    """
            ),
            arguments: [document.blob, silo]
        ) ?? false
    }
}
