internal import GRDB

/// The tables of the audit's file, in numbered steps that are never edited.
///
/// Rows are only added: triggers refuse every change and removal, and a pending event goes only
/// once its leaf holds the same bytes. The triggers guard against mistakes; against who can write
/// the file they are nothing, and the signed checkpoints are what shows it.
enum SQLiteAuditSchema {
    /// What the trigger says to a second event of the same identifier.
    static let identifierRepeated = "audit: identifier repeated"

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("audit 1") { try $0.execute(sql: first) }
        migrator.registerMigration("audit 2 erasure") { try $0.execute(sql: erasure) }
        return migrator
    }

    private static let first = """
        CREATE TABLE pending (
            id TEXT PRIMARY KEY NOT NULL,
            bytes BLOB NOT NULL
        ) STRICT;

        CREATE TABLE leaf (
            position INTEGER PRIMARY KEY NOT NULL CHECK (position >= 0),
            id TEXT NOT NULL UNIQUE,
            bytes BLOB NOT NULL,
            hash BLOB NOT NULL CHECK (length(hash) = 32)
        ) STRICT;

        CREATE TABLE member (
            position INTEGER NOT NULL REFERENCES leaf (position),
            member TEXT NOT NULL,
            PRIMARY KEY (position, member)
        ) STRICT, WITHOUT ROWID;

        CREATE INDEX member_looked ON member (member, position);

        CREATE TABLE checkpoint (
            number INTEGER PRIMARY KEY NOT NULL,
            origin TEXT NOT NULL,
            size INTEGER NOT NULL CHECK (size >= 0),
            root BLOB NOT NULL CHECK (length(root) = 32),
            time INTEGER NOT NULL,
            key TEXT NOT NULL,
            signature BLOB NOT NULL,
            frontier BLOB NOT NULL
        ) STRICT;

        CREATE TRIGGER pending_once BEFORE INSERT ON pending
        WHEN EXISTS (SELECT 1 FROM pending WHERE id = NEW.id)
            OR EXISTS (SELECT 1 FROM leaf WHERE id = NEW.id)
        BEGIN SELECT RAISE(ABORT, '\(identifierRepeated)'); END;

        CREATE TRIGGER pending_unchanged BEFORE UPDATE ON pending
        BEGIN SELECT RAISE(ABORT, 'audit: a pending event is not changed'); END;

        CREATE TRIGGER pending_kept BEFORE DELETE ON pending
        WHEN NOT EXISTS (SELECT 1 FROM leaf WHERE id = OLD.id AND bytes = OLD.bytes)
        BEGIN SELECT RAISE(ABORT, 'audit: a pending event waits for its leaf'); END;

        CREATE TRIGGER leaf_next BEFORE INSERT ON leaf
        WHEN NEW.position <> (SELECT COALESCE(MAX(position), -1) + 1 FROM leaf)
            OR EXISTS (SELECT 1 FROM leaf WHERE id = NEW.id)
        BEGIN SELECT RAISE(ABORT, 'audit: a leaf is added at the end, once'); END;

        CREATE TRIGGER leaf_unchanged BEFORE UPDATE ON leaf
        BEGIN SELECT RAISE(ABORT, 'audit: a leaf is not changed'); END;

        CREATE TRIGGER leaf_kept BEFORE DELETE ON leaf
        BEGIN SELECT RAISE(ABORT, 'audit: a leaf is not removed'); END;

        CREATE TRIGGER member_unchanged BEFORE UPDATE ON member
        BEGIN SELECT RAISE(ABORT, 'audit: who looked is not changed'); END;

        CREATE TRIGGER member_kept BEFORE DELETE ON member
        BEGIN SELECT RAISE(ABORT, 'audit: who looked is not removed'); END;

        CREATE TRIGGER checkpoint_next BEFORE INSERT ON checkpoint
        WHEN NEW.number <> (SELECT COALESCE(MAX(number), -1) + 1 FROM checkpoint)
        BEGIN SELECT RAISE(ABORT, 'audit: a checkpoint is added at the end'); END;

        CREATE TRIGGER checkpoint_unchanged BEFORE UPDATE ON checkpoint
        BEGIN SELECT RAISE(ABORT, 'audit: a checkpoint is not changed'); END;

        CREATE TRIGGER checkpoint_kept BEFORE DELETE ON checkpoint
        BEGIN SELECT RAISE(ABORT, 'audit: a checkpoint is not removed'); END;
        """

    /// An event may be erased: of its row the place and the leaf stay, and no column by which it
    /// was found.
    private static let erasure = """
        DROP TRIGGER leaf_unchanged;
        CREATE TRIGGER leaf_unchanged BEFORE UPDATE ON leaf
        WHEN NOT (NEW.position = OLD.position AND NEW.hash = OLD.hash AND length(NEW.bytes) = 0
            AND NEW.id = 'erased-' || OLD.position)
        BEGIN SELECT RAISE(ABORT, 'audit: a leaf is not changed'); END;

        DROP TRIGGER member_kept;
        CREATE TRIGGER member_kept BEFORE DELETE ON member
        WHEN EXISTS (SELECT 1 FROM leaf WHERE position = OLD.position AND length(bytes) > 0)
        BEGIN SELECT RAISE(ABORT, 'audit: who looked is not removed'); END;
        """
}
