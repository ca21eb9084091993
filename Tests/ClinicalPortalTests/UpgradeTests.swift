import ClinicalPortal
import GRDB
import PortalStoreSQLite
import Testing

@Suite("A store of an earlier version")
struct UpgradeTests {
    /// Takes out of a store file what later versions added.
    private func setBack(_ path: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.write { database in
            for table in ["plain_row", "digest", "chain_columns", "shape"] {
                try database.execute(sql: "DROP TABLE \(table)")
            }
            // As the version before had them.
            try database.execute(
                sql: """
                    CREATE TABLE arranged(handle TEXT PRIMARY KEY) STRICT;
                    CREATE TABLE arranged_chain(
                      handle TEXT NOT NULL REFERENCES arranged(handle)) STRICT;
                    DELETE FROM grdb_migrations WHERE identifier = '12 digests';
                    """
            )
        }
        try queue.close()
    }

    @Test("what was filed before there were digests is read as ever", arguments: 1...4)
    func digested(seed: UInt64) throws {
        let folder = try Board.temporaryFolder()
        let path = folder + "/record.sqlite"
        func open() throws -> Portal {
            Portal(
                profile: try SiteProfile(yaml: InventedHistory.profile),
                storage: try .sqlite(path: path),
                journal: MemoryAuditJournal()
            )
        }
        let history = InventedHistory(seed: seed, count: 14)
        var before = ""
        do {
            let portal = try open()
            for (silo, bytes) in history.documents.dropLast(2) { try portal.take(silo, bytes) }
            before = try portal.everything()
        }
        try setBack(path)
        let portal = try open()
        #expect(try portal.everything() == before)
        for (silo, bytes) in history.documents.suffix(2) { try portal.take(silo, bytes) }
        let fresh = Portal(
            profile: try SiteProfile(yaml: InventedHistory.profile),
            storage: .inMemory(),
            journal: MemoryAuditJournal()
        )
        for (silo, bytes) in history.documents { try fresh.take(silo, bytes) }
        #expect(try portal.everything() == fresh.everything())
    }
}
