import GRDB
import PortalIdentity
package import PortalPolicy
package import PortalRecord
package import PortalStore
import PortalTimeline

extension SQLiteRecordStore {
    package func file(
        _ filings: [Filing],
        deliveries: [Delivery],
        rules: RecordRules
    ) throws -> [ReceiptOutcome] {
        try write { database in
            for delivery in deliveries { try insert(delivery, database) }
            var touched = Touched()
            let outcomes = try filings.map { try file($0, rules, &touched, database) }
            try settle(touched, rules, database)
            for document in touched.optedOut { try blankDeliveries(of: document, database) }
            return outcomes
        }
    }

    package func keep(_ documents: [(ContentHash, ArraySlice<UInt8>)]) throws {
        try pool.write { database in
            for (hash, bytes) in documents { try insert(hash, bytes, database) }
        }
    }

    package func put(_ profile: StoredProfile) throws {
        try pool.write { database in
            let last = try String.fetchOne(
                database,
                sql: "SELECT version FROM profile ORDER BY number DESC LIMIT 1"
            )
            guard last != profile.version else { return }
            try database.execute(
                sql: "INSERT INTO profile(version, text, since) VALUES(?, ?, ?)",
                arguments: [profile.version, profile.text, profile.since.milliseconds]
            )
        }
    }

    package func put(_ override: EmergencyOverride) throws {
        let payload = try CanonicalJSON.encode(override)
        try pool.write { database in
            try database.execute(
                sql: "INSERT INTO override(token, person, payload) VALUES(?, ?, ?)",
                arguments: [override.token, override.person, payload.blob]
            )
        }
    }

    package func put(_ closing: RecallClosing) throws {
        let payload = try CanonicalJSON.encode(closing)
        try pool.write { database in
            try database.execute(
                sql: "INSERT INTO recall_closing(task, payload) VALUES(?, ?)",
                arguments: [closing.task, payload.blob]
            )
        }
    }

    package func redrive(_ filing: Filing, rules: RecordRules) throws {
        try write { database in
            guard try isHeld(filing.document, filing.silo, database) else {
                throw StoreError(code: "document-not-held", remedy: "list the held documents")
            }
            guard case .adapted(let entries, let assertions) = filing.outcome else { return }
            var touched = Touched()
            try insert(filing, entries, assertions, rules, &touched, database)
            try release(filing.document, filing.silo, database)
            try settle(touched, rules, database)
            for document in touched.optedOut { try blankDeliveries(of: document, database) }
        }
    }

    // MARK: One message

    private func file(
        _ filing: Filing,
        _ rules: RecordRules,
        _ touched: inout Touched,
        _ database: Database
    ) throws -> ReceiptOutcome {
        let isReceived = try Bool.fetchOne(
            database.cachedStatement(
                sql: "SELECT EXISTS(SELECT 1 FROM receipt WHERE delivery = ? AND ordinal = ?)"
            ),
            arguments: [filing.delivery.rawValue, filing.ordinal]
        )
        if isReceived == true {
            if case .refused = filing.outcome { try reopenHeld(filing, rules, &touched, database) }
            // The same file once more after its patient has opted in again is filed, and its
            // receipt is the one that there is.
            guard case .adapted(let entries, let assertions) = filing.outcome,
                try isOptedOut(filing.document, filing.silo, database),
                try reopen(filing, entries, rules, &touched, database)
            else { return .repeated }
            try insert(filing, entries, assertions, rules, &touched, database)
            return .filed
        }
        let outcome = try outcome(filing, rules, &touched, database)
        for organisation in filing.organisations {
            try hear(organisation, filing, database)
        }
        try database.cachedStatement(
            sql: """
                INSERT INTO receipt(delivery, ordinal, silo, document, received, outcome)
                VALUES(?, ?, ?, ?, ?, ?)
                """
        ).execute(
            arguments: [
                filing.delivery.rawValue, filing.ordinal, filing.silo, filing.document.blob,
                filing.received.milliseconds, outcome.rawValue,
            ]
        )
        return outcome
    }

    private func hear(_ organisation: String, _ filing: Filing, _ database: Database) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO heard(silo, organisation, received) VALUES(?, ?, ?)
                ON CONFLICT DO NOTHING
                """
        ).execute(arguments: [filing.silo, organisation, filing.received.milliseconds])
    }

    private func outcome(
        _ filing: Filing,
        _ rules: RecordRules,
        _ touched: inout Touched,
        _ database: Database
    ) throws -> ReceiptOutcome {
        let isKnown = try Bool.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT EXISTS(SELECT 1 FROM filed WHERE silo = ? AND document = ?)
                      OR EXISTS(SELECT 1 FROM held WHERE silo = ? AND document = ?)
                    """
            ),
            arguments: [filing.silo, filing.document.blob, filing.silo, filing.document.blob]
        )
        switch filing.outcome {
        case .adapted(let entries, let assertions):
            if isKnown == true, try !reopen(filing, entries, rules, &touched, database) {
                return .repeated
            }
            try insert(filing, entries, assertions, rules, &touched, database)
            return .filed
        case .refused(let refusal):
            if isKnown == true {
                try reopenHeld(filing, rules, &touched, database)
                return .repeated
            }
            try keepHeld(filing, rules, &touched, database)
            try database.cachedStatement(
                sql: """
                    INSERT INTO held(silo, document, code, location, remedy, is_held, since,
                      owner, size) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """
            ).execute(
                arguments: [
                    filing.silo, filing.document.blob, refusal.code, refusal.location,
                    refusal.remedy,
                    refusal.isHeld, filing.received.milliseconds, "integration desk",
                    filing.bytes.count,
                ]
            )
            return refusal.isHeld ? .held : .rejected
        }
    }

    /// Keeps a document and the files that came with it.
    func keep(_ filing: Filing, _ database: Database) throws {
        try insert(filing.document, filing.bytes, database)
        for companion in filing.companions {
            try insert(companion.hash, companion.bytes, database)
        }
    }

    func insert(
        _ hash: ContentHash,
        _ bytes: some Collection<UInt8>,
        _ database: Database
    ) throws {
        if bytes.count >= Self.writtenInPiecesFrom,
            try bytes.withContiguousStorageIfAvailable({ try insertLarge(hash, $0, database) })
                != nil
        {
            return
        }
        try database.cachedStatement(
            // What was left out for one who opted out may be another's as well, and come again.
            sql: """
                INSERT INTO document(hash, bytes) VALUES(?, ?)
                ON CONFLICT(hash) DO UPDATE SET bytes = excluded.bytes
                  WHERE length(document.bytes) = 0 AND length(excluded.bytes) > 0
                """
        ).execute(arguments: [hash.blob, bytes.blob])
    }

    private func insert(_ delivery: Delivery, _ database: Database) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO delivery(id, silo, name, content, parts, received)
                VALUES(?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                """
        ).execute(
            arguments: [
                delivery.id.rawValue, delivery.silo, delivery.name, delivery.content.blob,
                try CanonicalJSON.text(delivery.parts), delivery.received.milliseconds,
            ]
        )
    }

    private func insert(
        _ filing: Filing,
        _ entries: [RecordEntry],
        _ assertions: [LinkAssertion],
        _ rules: RecordRules,
        _ touched: inout Touched,
        _ database: Database
    ) throws {
        let optedOut = rules.optOuts.patients(in: entries, from: filing.silo, at: filing.received)
        guard optedOut.isEmpty else {
            let rest = filing.cut(Set(optedOut.map(\.id)), entries, assertions)
            try note(optedOut, database)
            try insertCut(filing, rest, &touched, database)
            return
        }
        try keep(filing, database)
        try insertFiled(filing, filing.controlID, database)
        try insert(filing.shares, filing, database)
        try insert(entries, assertions, filing, &touched, database)
    }

    func insertFiled(_ filing: Filing, _ controlID: String?, _ database: Database) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO filed(silo, document, control_id, adapter) VALUES(?, ?, ?, ?)
                ON CONFLICT DO NOTHING
                """
        ).execute(
            arguments: [filing.silo, filing.document.blob, controlID, filing.adapter]
        )
    }

    func insert(
        _ entries: [RecordEntry],
        _ assertions: [LinkAssertion],
        _ filing: Filing,
        _ touched: inout Touched,
        _ database: Database
    ) throws {
        for (ordinal, entry) in entries.enumerated() {
            try insert(entry, ordinal, filing, &touched, database)
        }
        try insertNodes(RecordAssembly.nodes(entries), &touched, database)
        for assertion in assertions {
            try insert(assertion, filing, database)
            touched.patients.formUnion(assertion.patients)
        }
    }

    func insertWords(_ text: String, _ entry: RecordEntry, _ database: Database) throws {
        try database.cachedStatement(
            sql: "INSERT INTO words(body, patient, entry) VALUES(?, ?, ?)"
        ).execute(
            arguments: [
                SearchWords.line(text), entry.subject.id.rawValue,
                entry.id.rawValue,
            ]
        )
    }

    private func insert(
        _ entry: RecordEntry,
        _ ordinal: Int,
        _ filing: Filing,
        _ touched: inout Touched,
        _ database: Database
    ) throws {
        if let text = TextIndex.text(entry) { try insertWords(text, entry, database) }
        let holder = KeyHolder(entry)
        if let holder { touched.numbers.insert(holder.number) }
        touched.patients.insert(entry.subject.id)
        if entry.kind == .encounter || entry.kind == .appointment {
            touched.attended.insert(entry.subject.id)
        }
        let written = try CanonicalJSON.encode(entry)
        try database.cachedStatement(
            sql: """
                INSERT INTO entry(patient, silo, document, ordinal, entry, chain, kind, status,
                  labels, start, number, holder, payload)
                VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(
            arguments: [
                entry.subject.id.rawValue, filing.silo, filing.document.blob, ordinal,
                entry.id.rawValue, ContentHash.handle(of: entry.chain.text), entry.kind.rawValue,
                entry.status.rawValue, try CanonicalJSON.text(entry.labels),
                entry.effective?.span.start, holder?.number,
                try holder.map { try CanonicalJSON.text($0) }, written.blob,
            ]
        )
        let seq = try touched.seq ?? StoredDigest.nextNumber(database)
        touched.seq = seq + 1
        var row: [UInt8]?
        let digest = StatementDigest(entry, written: written, seq: seq, row: &row)
        try StoredDigest.insert(
            digest,
            row: row,
            at: StoredDigest.Place(
                patient: entry.subject.id,
                silo: filing.silo,
                document: filing.document,
                ordinal: ordinal
            ),
            columns: try columns.number(of: digest.columns, database),
            database
        )
    }
}
