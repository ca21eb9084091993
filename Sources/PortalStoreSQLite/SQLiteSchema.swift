import GRDB
import PortalRecord

/// The record's tables, in numbered migrations that are never edited once released.
///
/// - Rule: DESIGN 8: facts are keyed by the source patient and never move; what policy and order
///   need are columns; documents, entries and assertions are append-only.
enum SQLiteSchema {
    static func migrator() -> DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 intake") { try $0.execute(sql: intake) }
        migrator.registerMigration("2 facts") { try $0.execute(sql: facts) }
        migrator.registerMigration("3 identity") { try $0.execute(sql: identity) }
        migrator.registerMigration("4 arranged") { try $0.execute(sql: arranged) }
        migrator.registerMigration("5 access") { try $0.execute(sql: access) }
        migrator.registerMigration("6 lists") { try $0.execute(sql: lists) }
        migrator.registerMigration("7 append only") { database in
            let tables = [
                "document", "delivery", "filed", "entry", "assertion", "override",
                "recall_closing",
            ]
            for table in tables {
                try database.execute(sql: appendOnly(table))
            }
        }
        migrator.registerMigration("8 strip of silos") { database in
            // Every page says when each silo was last heard and what is held: no walk over receipts.
            try database.execute(
                sql: "CREATE INDEX receipt_held ON receipt(silo, received) WHERE outcome = 'held'"
            )
        }
        migrator.registerMigration("9 opting out") { try $0.execute(sql: optingOut) }
        // Rows are written otherwise since: what is arranged is arranged anew when it is read.
        migrator.registerMigration("10 files of rows") {
            try $0.execute(sql: "DELETE FROM arranged")
        }
        migrator.registerMigration("11 who is heard") { database in
            let fold = DatabaseFunction("fold", argumentCount: 1, pure: true) { values in
                String.fromDatabaseValue(values[0]).map(NameFolding.fold)
            }
            database.add(function: fold)
            defer { database.remove(function: fold) }
            try database.execute(sql: hearing)
        }
        migrator.registerMigration("12 digests") { database in
            try database.execute(sql: digests)
            try StoredDigest.digestAll(database)
        }
        migrator.registerMigration("13 what people said") { database in
            try database.execute(sql: said)
            try database.execute(sql: appendOnly("said"))
        }
        return migrator
    }

    private static let intake = """
        CREATE TABLE document(
          hash BLOB NOT NULL UNIQUE CHECK(length(hash) = 32), bytes BLOB NOT NULL) STRICT;
        CREATE TABLE delivery(
          id TEXT PRIMARY KEY, silo TEXT NOT NULL, name TEXT NOT NULL, content BLOB NOT NULL,
          parts TEXT NOT NULL, received INTEGER NOT NULL) STRICT;
        CREATE INDEX delivery_content ON delivery(content);
        CREATE TABLE receipt(
          delivery TEXT NOT NULL REFERENCES delivery(id), ordinal INTEGER NOT NULL,
          silo TEXT NOT NULL, document BLOB NOT NULL REFERENCES document(hash),
          received INTEGER NOT NULL,
          outcome TEXT NOT NULL CHECK(outcome IN ('filed', 'repeated', 'held', 'rejected')),
          PRIMARY KEY(delivery, ordinal)) STRICT, WITHOUT ROWID;
        CREATE INDEX receipt_document ON receipt(document, silo, received);
        CREATE INDEX receipt_silo ON receipt(silo, received);
        CREATE TABLE filed(
          silo TEXT NOT NULL, document BLOB NOT NULL REFERENCES document(hash), control_id TEXT,
          adapter TEXT, PRIMARY KEY(silo, document)) STRICT, WITHOUT ROWID;
        CREATE INDEX filed_control ON filed(silo, control_id);
        CREATE TABLE held(
          silo TEXT NOT NULL, document BLOB NOT NULL REFERENCES document(hash),
          code TEXT NOT NULL, location TEXT NOT NULL, remedy TEXT NOT NULL,
          is_held INTEGER NOT NULL, since INTEGER NOT NULL, owner TEXT NOT NULL,
          size INTEGER NOT NULL, PRIMARY KEY(silo, document)) STRICT, WITHOUT ROWID;
        """

    private static let facts = """
        CREATE TABLE entry(
          patient TEXT NOT NULL, silo TEXT NOT NULL, document BLOB NOT NULL,
          ordinal INTEGER NOT NULL, entry TEXT NOT NULL, chain TEXT NOT NULL,
          kind TEXT NOT NULL, status TEXT NOT NULL, labels TEXT NOT NULL, start INTEGER,
          number TEXT, holder TEXT, payload BLOB NOT NULL,
          PRIMARY KEY(patient, silo, document, ordinal),
          FOREIGN KEY(silo, document) REFERENCES filed(silo, document)) STRICT, WITHOUT ROWID;
        CREATE INDEX entry_number ON entry(number) WHERE number IS NOT NULL;
        CREATE INDEX entry_document ON entry(document, silo);
        CREATE INDEX entry_care ON entry(patient, kind)
          WHERE kind IN ('encounter', 'appointment');
        """

    private static let identity = """
        -- With a row id: what refers to a patient is checked on the small index of ids, never on
        -- rows that may hold thousands of identifiers.
        CREATE TABLE source_patient(id TEXT NOT NULL PRIMARY KEY, node TEXT NOT NULL) STRICT;
        CREATE TABLE candidate(
          key TEXT NOT NULL, patient TEXT NOT NULL REFERENCES source_patient(id),
          PRIMARY KEY(key, patient)) STRICT, WITHOUT ROWID;
        CREATE INDEX candidate_patient ON candidate(patient);
        CREATE TABLE identifier(
          value TEXT NOT NULL, patient TEXT NOT NULL REFERENCES source_patient(id),
          PRIMARY KEY(value, patient)) STRICT, WITHOUT ROWID;
        CREATE TABLE person_name(
          part TEXT NOT NULL, patient TEXT NOT NULL REFERENCES source_patient(id),
          PRIMARY KEY(part, patient)) STRICT, WITHOUT ROWID;
        CREATE TABLE person_birth(
          birth TEXT NOT NULL, patient TEXT NOT NULL REFERENCES source_patient(id),
          PRIMARY KEY(birth, patient)) STRICT, WITHOUT ROWID;
        CREATE TABLE assertion(
          id TEXT PRIMARY KEY, time INTEGER NOT NULL, verb TEXT NOT NULL, silo TEXT,
          document BLOB, payload BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX assertion_verb ON assertion(verb);
        CREATE TABLE assertion_key(
          key TEXT NOT NULL, assertion TEXT NOT NULL REFERENCES assertion(id),
          PRIMARY KEY(key, assertion)) STRICT, WITHOUT ROWID;
        CREATE TABLE cluster(
          patient TEXT PRIMARY KEY REFERENCES source_patient(id), handle TEXT NOT NULL,
          possible TEXT NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX cluster_handle ON cluster(handle);
        """

    /// A cache that can be dropped and built again from the facts.
    private static let arranged = """
        CREATE TABLE arranged(
          handle TEXT PRIMARY KEY, revision TEXT NOT NULL, members TEXT NOT NULL,
          possible TEXT NOT NULL, banner BLOB NOT NULL, episodes BLOB NOT NULL,
          cases BLOB NOT NULL, recalls BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE arranged_chain(
          handle TEXT NOT NULL REFERENCES arranged(handle) ON DELETE CASCADE,
          position INTEGER NOT NULL, kind TEXT NOT NULL, source TEXT NOT NULL,
          labels TEXT NOT NULL, codes TEXT NOT NULL, types TEXT NOT NULL, key TEXT,
          event_key TEXT, like_keys TEXT NOT NULL, entries TEXT NOT NULL, subjects TEXT NOT NULL,
          place TEXT NOT NULL, payload BLOB NOT NULL, PRIMARY KEY(handle, position)) STRICT;
        """

    /// What arranging needs of each entry; a record is put in order from it when it is read, and what
    /// was put in order before is kept in memory.
    private static let digests = """
        DROP TABLE arranged_chain;
        DROP TABLE arranged;
        CREATE TABLE chain_columns(id INTEGER PRIMARY KEY, payload TEXT NOT NULL UNIQUE) STRICT;
        CREATE TABLE digest(
          patient TEXT NOT NULL, seq INTEGER NOT NULL, silo TEXT NOT NULL, document BLOB NOT NULL,
          ordinal INTEGER NOT NULL, columns INTEGER NOT NULL REFERENCES chain_columns(id),
          traits INTEGER NOT NULL, entry INTEGER NOT NULL, version INTEGER NOT NULL,
          chain INTEGER, ties BLOB NOT NULL, beside INTEGER, key TEXT, start INTEGER, precision INTEGER NOT NULL,
          event INTEGER, first INTEGER, second INTEGER, assigner INTEGER, said INTEGER,
          number INTEGER, content INTEGER NOT NULL,
          PRIMARY KEY(patient, seq)) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX digest_seq ON digest(seq);
        CREATE INDEX digest_document ON digest(document, silo);
        -- The rows of statements that are shown as they are stated.
        CREATE TABLE plain_row(seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
        -- Counts up where a patient's record is no longer what it was and something added.
        CREATE TABLE shape(
          patient TEXT NOT NULL PRIMARY KEY, number INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        """

    /// When each organisation was heard through a silo, and an index by what became of messages.
    private static let hearing = """
        CREATE TABLE heard(
          silo TEXT NOT NULL, organisation TEXT NOT NULL, received INTEGER NOT NULL,
          PRIMARY KEY(silo, organisation, received)) STRICT, WITHOUT ROWID;
        INSERT INTO heard SELECT DISTINCT entry.silo,
            fold(json_extract(CAST(entry.payload AS TEXT), '$.organisation')), receipt.received
          FROM entry JOIN receipt USING(document, silo)
          WHERE fold(json_extract(CAST(entry.payload AS TEXT), '$.organisation')) != '';
        CREATE TABLE held_file(
          silo TEXT NOT NULL, document BLOB NOT NULL REFERENCES document(hash),
          file BLOB NOT NULL REFERENCES document(hash),
          PRIMARY KEY(silo, document, file)) STRICT, WITHOUT ROWID;
        DROP INDEX receipt_held;
        DROP INDEX receipt_silo;
        CREATE INDEX receipt_silo ON receipt(silo, outcome, received);
        DELETE FROM arranged;
        ALTER TABLE arranged_chain ADD COLUMN organisations TEXT NOT NULL DEFAULT '[]';
        """

    /// What lists of patients ask for: another cache of the facts, kept up to date with them.
    private static let lists = """
        CREATE TABLE episode(
          handle TEXT NOT NULL, number INTEGER NOT NULL, list TEXT NOT NULL, state TEXT NOT NULL,
          start INTEGER, finish INTEGER, payload BLOB NOT NULL,
          PRIMARY KEY(handle, number)) STRICT, WITHOUT ROWID;
        -- The words are cut and folded by the library, so that every store finds the same.
        CREATE VIRTUAL TABLE words USING fts5(
          body, patient UNINDEXED, entry UNINDEXED, tokenize = "unicode61 remove_diacritics 0");
        CREATE INDEX episode_list ON episode(list, state, start);
        CREATE TABLE episode_key(
          key TEXT NOT NULL, handle TEXT NOT NULL, number INTEGER NOT NULL,
          PRIMARY KEY(key, handle, number),
          FOREIGN KEY(handle, number) REFERENCES episode(handle, number) ON DELETE CASCADE)
          STRICT, WITHOUT ROWID;
        CREATE INDEX episode_key_handle ON episode_key(handle, number);
        """

    private static let access = """
        CREATE TABLE profile(
          version TEXT NOT NULL, text TEXT NOT NULL, since INTEGER NOT NULL,
          number INTEGER PRIMARY KEY) STRICT;
        CREATE TABLE override(
          token TEXT PRIMARY KEY, person TEXT NOT NULL, payload BLOB NOT NULL)
          STRICT, WITHOUT ROWID;
        CREATE INDEX override_person ON override(person);
        CREATE TABLE recall_closing(
          number INTEGER PRIMARY KEY, task TEXT NOT NULL, payload BLOB NOT NULL) STRICT;
        """

    /// Answers at the point of care, reviews of overrides, doubts: small, said once by a person, and
    /// found by what they are and whom or what they are about.
    private static let said = """
        CREATE TABLE said(
          number INTEGER PRIMARY KEY, kind TEXT NOT NULL, about TEXT NOT NULL,
          payload BLOB NOT NULL) STRICT;
        CREATE INDEX said_about ON said(kind, about);
        """

    /// Who has opted out, what is whose of a document with several people or files, and which
    /// documents are kept by their hash alone or without someone's part: nothing else is ever
    /// taken out of the tables that only grow.
    private static let optingOut = """
        CREATE TABLE opted_out(
          base TEXT NOT NULL, number TEXT NOT NULL, PRIMARY KEY(base, number))
          STRICT, WITHOUT ROWID;
        CREATE TABLE opted_out_document(
          document BLOB NOT NULL REFERENCES document(hash), silo TEXT NOT NULL,
          PRIMARY KEY(document, silo)) STRICT, WITHOUT ROWID;
        CREATE TABLE share(
          document BLOB NOT NULL, silo TEXT NOT NULL, patient TEXT NOT NULL, payload TEXT NOT NULL,
          PRIMARY KEY(document, silo, patient),
          FOREIGN KEY(silo, document) REFERENCES filed(silo, document)) STRICT, WITHOUT ROWID;
        CREATE TABLE share_file(
          file BLOB NOT NULL REFERENCES document(hash), document BLOB NOT NULL,
          silo TEXT NOT NULL, patient TEXT NOT NULL,
          PRIMARY KEY(file, document, silo, patient),
          FOREIGN KEY(document, silo, patient) REFERENCES share(document, silo, patient)
            ON DELETE CASCADE) STRICT, WITHOUT ROWID;
        CREATE INDEX share_file_share ON share_file(document, silo, patient);
        DROP TRIGGER document_no_update;
        CREATE TRIGGER document_no_update BEFORE UPDATE ON document
          WHEN NEW.hash != OLD.hash
            OR NOT EXISTS(SELECT 1 FROM opted_out_document WHERE document = OLD.hash
              UNION ALL SELECT 1 FROM share_file JOIN opted_out_document
                USING(document, silo) WHERE share_file.file = OLD.hash)
          BEGIN SELECT RAISE(ABORT, 'document is append-only'); END;
        DROP TRIGGER delivery_no_update;
        CREATE TRIGGER delivery_no_update BEFORE UPDATE ON delivery
          WHEN NEW.name != '' OR NEW.id != OLD.id OR NEW.content != OLD.content
            OR NEW.parts != OLD.parts OR NEW.silo != OLD.silo OR NEW.received != OLD.received
          BEGIN SELECT RAISE(ABORT, 'delivery is append-only'); END;
        DROP TRIGGER filed_no_update;
        CREATE TRIGGER filed_no_update BEFORE UPDATE ON filed
          WHEN NEW.silo != OLD.silo OR NEW.document != OLD.document
            OR NOT EXISTS(SELECT 1 FROM opted_out_document
              WHERE document = OLD.document AND silo = OLD.silo)
          BEGIN SELECT RAISE(ABORT, 'filed is append-only'); END;
        DROP TRIGGER entry_no_delete;
        CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry
          WHEN NOT EXISTS(SELECT 1 FROM opted_out_document
            WHERE document = OLD.document AND silo = OLD.silo)
          BEGIN SELECT RAISE(ABORT, 'entry is append-only'); END;
        DROP TRIGGER assertion_no_delete;
        CREATE TRIGGER assertion_no_delete BEFORE DELETE ON assertion
          WHEN NOT EXISTS(SELECT 1 FROM opted_out_document
            WHERE document = OLD.document AND silo = OLD.silo)
          BEGIN SELECT RAISE(ABORT, 'assertion is append-only'); END;
        """

    private static func appendOnly(_ table: String) -> String {
        """
        CREATE TRIGGER \(table)_no_update BEFORE UPDATE ON \(table)
          BEGIN SELECT RAISE(ABORT, '\(table) is append-only'); END;
        CREATE TRIGGER \(table)_no_delete BEFORE DELETE ON \(table)
          BEGIN SELECT RAISE(ABORT, '\(table) is append-only'); END;
        """
    }
}
