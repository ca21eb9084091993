import Foundation
import PortalAudit
import PortalRecord
import PortalStoreSQLite
import Testing

/// TESTING f27 on the file itself: edited through raw SQL with the triggers dropped, and in hex.
@Suite struct SQLiteTamperTests {
    /// Makes a file of 64 events and 8 checkpoints, alters it, and verifies what is left.
    func verification(
        witness useWitness: Bool = false,
        after alter: (String) throws -> Void
    ) throws -> AuditVerification {
        var found: AuditVerification?
        try withTemporaryFile { path in
            let signer = try AuditSamples.signer()
            var journal = try SQLiteAuditJournal(path: path)
            for number in 0..<64 {
                try journal.record(AuditSamples.event(number))
                guard (number + 1).isMultiple(of: 8) else { continue }
                _ = try journal.checkpoint(at: AuditSamples.start, signer: signer)
            }
            let witness = try journal.checkpoints()
            try journal.close()
            try alter(path)
            journal = try SQLiteAuditJournal(path: path)
            found = try AuditSamples.verifier().verify(
                journal,
                witness: useWitness ? witness : []
            )
            try journal.close()
        }
        return try #require(found)
    }

    @Test func aFileLeftAloneIsIntactAfterReopening() throws {
        let found = try verification(witness: true) { _ in }
        #expect(found.findings.isEmpty)
        #expect(found.vouchedSize == 64)
    }

    /// Pages are examined on every core, part by part: no part is lost and none changes its place.
    @Test func aLogOfManyPartsIsWholeAndAnEditIsFoundInTheFirstAndLastOfThem() throws {
        try withTemporaryFile { path in
            let signer = try AuditSamples.signer()
            var journal = try SQLiteAuditJournal(path: path)
            for number in 0..<600 { try journal.record(AuditSamples.event(number)) }
            let checkpoint = try journal.checkpoint(at: AuditSamples.start, signer: signer)
            let whole = try AuditSamples.verifier().verify(journal, witness: [checkpoint])
            #expect(whole.isIntact && whole.size == 600 && whole.witnessedSize == 600)
            try journal.close()
            try tamper(path, "UPDATE leaf SET bytes = x'7b7d' WHERE position IN (10, 590)")
            journal = try SQLiteAuditJournal(path: path)
            let found = try AuditSamples.verifier().verify(journal, witness: [checkpoint])
            #expect(found.indices(.eventAltered) == [10, 590])
            try journal.close()
        }
    }

    struct Edit: CustomTestStringConvertible {
        let sql: String
        let code: AuditFindingCode
        let indices: [Int]
        var testDescription: String { sql }
    }

    static let edits: [Edit] = [
        Edit(
            sql: """
                UPDATE leaf SET bytes = CAST(replace(bytes, 'nurse-1', 'nurse-2') AS BLOB)
                WHERE position = 17
                """,
            code: .eventAltered,
            indices: [17]
        ),
        Edit(
            sql: "UPDATE leaf SET bytes = x'' WHERE position = 0",
            code: .eventErased,
            indices: [0]
        ),
        Edit(
            sql: "UPDATE leaf SET hash = zeroblob(32) WHERE position = 63",
            code: .leafAltered,
            indices: [63]
        ),
        Edit(
            sql: "UPDATE leaf SET id = 'event-900' WHERE position = 5",
            code: .indexAltered,
            indices: [5]
        ),
        Edit(
            sql: "DELETE FROM member WHERE position = 8 AND member = 'source-2'",
            code: .indexAltered,
            indices: [8]
        ),
        Edit(
            sql: "INSERT INTO member VALUES (9, 'source-9')",
            code: .indexAltered,
            indices: [9]
        ),
        Edit(
            sql: "UPDATE member SET position = 40 WHERE position = 9 AND member = 'source-3'",
            code: .indexAltered,
            indices: [9, 40]
        ),
        Edit(
            sql: "DELETE FROM leaf WHERE position = 20",
            code: .leafMissing,
            indices: [20]
        ),
        Edit(
            sql: """
                PRAGMA ignore_check_constraints = 1;
                INSERT INTO leaf VALUES (-5, 'event-900', x'7b7d', zeroblob(32));
                """,
            code: .leafRepeated,
            indices: [-5]
        ),
        Edit(
            sql: """
                UPDATE leaf SET position = 1000 WHERE position = 30;
                UPDATE leaf SET position = 30 WHERE position = 31;
                UPDATE leaf SET position = 31 WHERE position = 1000;
                """,
            code: .eventAltered,
            indices: [30, 31]
        ),
        Edit(
            sql:
                "INSERT INTO leaf SELECT 64, 'event-900', bytes, hash FROM leaf WHERE position = 3",
            code: .eventAltered,
            indices: [64]
        ),
    ]

    @Test(arguments: edits)
    func anEditThroughRawSQLIsFoundAtItsLeaf(edit: Edit) throws {
        let found = try verification { try tamper($0, edit.sql) }
        #expect(!found.isIntact)
        #expect(found.indices(edit.code) == edit.indices)
    }

    @Test func aCutTailOfTheFileIsFoundByTheWitnessOnly() throws {
        let cut = """
            DELETE FROM leaf WHERE position >= 50;
            DELETE FROM member WHERE position >= 50;
            DELETE FROM checkpoint WHERE size > 50;
            """
        let alone = try verification { try tamper($0, cut) }
        #expect(alone.isIntact)
        #expect(alone.vouchedSize == 48)
        let seen = try verification(witness: true) { try tamper($0, cut) }
        #expect(seen.indices(.logShorter) == [50])
    }

    @Test(arguments: [
        "size = size + 1", "size = size - 8", "root = zeroblob(32)", "time = time + 1",
        "origin = 'x'", "key = 'x'", "signature = zeroblob(64)", "signature = x''",
    ])
    func anAlteredCheckpointRowIsFound(change: String) throws {
        let found = try verification {
            try tamper($0, "UPDATE checkpoint SET \(change) WHERE number = 4")
        }
        #expect(found.findings.map(\.code) == [.checkpointSignature])
    }

    @Test func aRemovedCheckpointRowIsFoundByTheWitness() throws {
        let found = try verification(witness: true) {
            try tamper($0, "DELETE FROM checkpoint WHERE number = 4")
        }
        let missing = AuditFinding(.checkpointMissing, checkpointSize: 40, isWitnessed: true)
        #expect(found.findings == [missing])
    }

    @Test(arguments: [0, 13, 31, 63])
    func aBitFlippedInTheFileWithAHexEditorIsFoundAtItsLeaf(number: Int) throws {
        let found = try verification { path in
            try moveWriteAheadLog(path)
            try flip("\"reason\":\"seen on the round\"", after: "event-\(number)\"", in: path)
        }
        #expect(found.indices(.eventAltered) == [number])
    }

    @Test func aBitFlippedInTheWriteAheadLogCutsTheTailAndIsFoundByTheWitness() throws {
        // SQLite takes a frame whose checksum is wrong for the end of the log: a rollback.
        let found = try verification(witness: true) { path in
            try flip("\"reason\":\"seen on the round\"", after: "event-40\"", in: path + "-wal")
        }
        #expect(found.indices(.logShorter) == [40])
        #expect(found.witnessedSize == 40)
    }

    /// Flips one bit of the first such text that follows the other.
    func flip(_ text: String, after start: String, in path: String) throws {
        let url = URL(fileURLWithPath: path)
        var file = try Data(contentsOf: url)
        let begin = try #require(file.range(of: Data(start.utf8)))
        let place = try #require(
            file.range(of: Data(text.utf8), in: begin.upperBound..<file.endIndex)
        )
        file[place.lowerBound + 14] ^= 1
        try file.write(to: url)
    }

    @Test func aCheckpointIsRefusedWhereTheLastOneDoesNotFit() throws {
        for sql in [
            "UPDATE checkpoint SET frontier = x''",
            "UPDATE checkpoint SET frontier = zeroblob(length(frontier))",
            "UPDATE checkpoint SET root = zeroblob(32)",
            "UPDATE checkpoint SET size = 7",
        ] {
            try withTemporaryFile { path in
                let journal = try SQLiteAuditJournal(path: path)
                let signer = try AuditSamples.signer()
                for number in 0..<3 { try journal.record(AuditSamples.event(number)) }
                _ = try journal.checkpoint(at: AuditSamples.start, signer: signer)
                try tamper(path, sql)
                #expect(throws: AuditError(.checkpointUnfit)) {
                    try journal.checkpoint(at: AuditSamples.start, signer: signer)
                }
                #expect(try journal.checkpoints().count == 1)
            }
        }
    }

    @Test func aCheckpointIsRefusedWhereTheLogGrewShorter() throws {
        try withTemporaryFile { path in
            let journal = try SQLiteAuditJournal(path: path)
            let signer = try AuditSamples.signer()
            for number in 0..<3 { try journal.record(AuditSamples.event(number)) }
            _ = try journal.checkpoint(at: AuditSamples.start, signer: signer)
            try tamper(path, "DELETE FROM leaf WHERE position = 2")
            #expect(throws: AuditError(.writtenOtherwise, number: 2)) {
                try journal.checkpoint(at: AuditSamples.start, signer: signer)
            }
        }
    }
}
