import Dispatch
import Foundation
import GRDB
import PortalAudit
import PortalRecord
import PortalStoreSQLite
import Synchronization
import Testing

/// The file's own promises: durable, append-only, shared, and failing aloud (DESIGN P5).
@Suite struct SQLiteAuditJournalTests {
    @Test func synchronousReadsBackFullAtEveryOpen() throws {
        // PITFALLS 0.1: the pool lowers it to NORMAL after `prepareDatabase`.
        try withTemporaryFile { path in
            for _ in 0..<3 {
                let journal = try SQLiteAuditJournal(path: path)
                #expect(try journal.synchronousLevel() == 2)
                try journal.close()
            }
            let first = try SQLiteAuditJournal(path: path)
            let second = try SQLiteAuditJournal(path: path)
            #expect(try first.synchronousLevel() == 2)
            #expect(try second.synchronousLevel() == 2)
        }
    }

    @Test func aRecordedEventIsOnDiskWhenRecordingReturns() throws {
        // PITFALLS 71: nothing is lost on shutdown, for nothing waits in memory.
        try withTemporaryFile { path in
            let writer = try SQLiteAuditJournal(path: path)
            let other = try SQLiteAuditJournal(path: path)
            for number in 0..<5 {
                try writer.record(AuditSamples.event(number))
                #expect(try other.pendingCount() == number + 1)
            }
            #expect(try other.sequence() == 5)
            try writer.record(AuditSamples.event(5))
            try writer.close()
            let later = try SQLiteAuditJournal(path: path)
            #expect(try later.sequence() == 6)
        }
    }

    @Test func fourThreadsOnTwoInstancesMakeOneLogWithEachEventOnce() throws {
        // PITFALLS 72: chains that fork under concurrency.
        try withTemporaryFile { path in
            let journals = [
                try SQLiteAuditJournal(path: path, busyTimeoutSeconds: 30),
                try SQLiteAuditJournal(path: path, busyTimeoutSeconds: 30),
            ]
            let signer = try AuditSamples.signer()
            let failures = Mutex<[String]>([])
            DispatchQueue.concurrentPerform(iterations: 4) { thread in
                let journal = journals[thread % 2]
                do {
                    for number in 0..<50 {
                        try journal.record(AuditSamples.event(thread * 1000 + number))
                        if number % 5 == thread { try journal.sequence() }
                        if number % 17 == thread {
                            _ = try journal.checkpoint(at: AuditSamples.start, signer: signer)
                        }
                    }
                } catch {
                    failures.withLock { $0.append("\(error)") }
                }
            }
            #expect(failures.withLock { $0 } == [])
            #expect(try journals[1].sequence() == 200)
            let events = try journals[0].events(from: 0, limit: 1000)
            #expect(events.map(\.index) == Array(0..<200))
            let expected = (0..<4).flatMap { thread in (0..<50).map { thread * 1000 + $0 } }
            #expect(Set(events.map(\.event)) == Set(expected.map(AuditSamples.event)))
            for thread in 0..<4 {
                let own = events.map(\.event.shownCount).filter { $0 / 1000 == thread }
                #expect(own == own.sorted())
            }
            let last = try journals[0].checkpoint(at: AuditSamples.start, signer: signer)
            #expect(last.size == 200)
            let found = try AuditSamples.verifier().verify(
                journals[1],
                witness: try journals[0].checkpoints()
            )
            #expect(found.findings.isEmpty)
            #expect(found.witnessedSize == 200)
        }
    }

    @Test(arguments: [
        "UPDATE leaf SET bytes = x'00'", "UPDATE leaf SET position = 9 WHERE position = 1",
        "DELETE FROM leaf", "DELETE FROM leaf WHERE position = 1",
        "INSERT INTO leaf VALUES (7, 'x', x'00', zeroblob(32))",
        "INSERT OR REPLACE INTO leaf VALUES (1, 'x', x'00', zeroblob(32))",
        "INSERT OR REPLACE INTO leaf VALUES (2, 'event-0', x'00', zeroblob(32))",
        "UPDATE member SET member = 'x'", "DELETE FROM member",
        "UPDATE checkpoint SET size = 9", "DELETE FROM checkpoint",
        "INSERT OR REPLACE INTO checkpoint SELECT * FROM checkpoint",
        "UPDATE pending SET bytes = x'00'", "DELETE FROM pending",
        "INSERT OR REPLACE INTO pending VALUES ('event-2', x'00')",
        "INSERT INTO pending VALUES ('event-0', x'00')",
    ])
    func theTablesOnlyGrow(sql: String) throws {
        try withTemporaryFile { path in
            let journal = try SQLiteAuditJournal(path: path)
            for number in 0..<2 { try journal.record(AuditSamples.event(number)) }
            _ = try journal.checkpoint(at: AuditSamples.start, signer: AuditSamples.signer())
            try journal.record(AuditSamples.event(2))
            #expect(throws: DatabaseError.self) { try tamper(path, sql, triggers: true) }
            #expect(try journal.sequence() == 3)
            #expect(try AuditSamples.verifier().verify(journal).findings.isEmpty)
        }
    }

    @Test func aClosedJournalRefusesToRecord() throws {
        try withTemporaryFile { path in
            let journal = try SQLiteAuditJournal(path: path)
            try journal.close()
            #expect(throws: AuditError.self) { try journal.record(AuditSamples.event(0)) }
            let again = try SQLiteAuditJournal(path: path)
            #expect(try again.pendingCount() == 0)
        }
    }

    @Test func aRecordTheFileRefusesIsThrownAndLeavesNothing() throws {
        try withTemporaryFile { path in
            let journal = try SQLiteAuditJournal(path: path)
            try tamper(
                path,
                """
                CREATE TRIGGER full AFTER INSERT ON pending
                BEGIN SELECT RAISE(ABORT, 'disk full at event-0'); END
                """,
                triggers: true
            )
            let error = #expect(throws: AuditError.self) {
                try journal.record(AuditSamples.event(0))
            }
            #expect(error?.code == .storeFailed)
            #expect(error.map { "\($0)".contains("event") } == false)
            #expect(try journal.pendingCount() == 0)
            try tamper(path, "DROP TRIGGER full", triggers: true)
            try journal.record(AuditSamples.event(0))
            #expect(try journal.sequence() == 1)
        }
    }

    @Test func aFileHeldByAnotherWriterIsSaidToBeBusy() throws {
        try withTemporaryFile { path in
            let journal = try SQLiteAuditJournal(path: path, busyTimeoutSeconds: 0)
            var configuration = Configuration()
            configuration.allowsUnsafeTransactions = true
            let other = try DatabaseQueue(path: path, configuration: configuration)
            try other.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
            let error = #expect(throws: AuditError.self) {
                try journal.record(AuditSamples.event(0))
            }
            #expect(error?.code == .storeBusy)
            try other.inDatabase { try $0.execute(sql: "ROLLBACK") }
            try journal.record(AuditSamples.event(0))
            #expect(try journal.pendingCount() == 1)
        }
    }

    @Test func sequencingThatFailsHalfwayMovesNoEvent() throws {
        try withTemporaryFile { path in
            let journal = try SQLiteAuditJournal(path: path)
            for number in 0..<9 { try journal.record(AuditSamples.event(number)) }
            try tamper(
                path,
                """
                CREATE TRIGGER full AFTER INSERT ON leaf WHEN NEW.position = 5
                BEGIN SELECT RAISE(ABORT, 'full'); END
                """,
                triggers: true
            )
            #expect(throws: AuditError.self) { try journal.sequence() }
            #expect(try journal.size() == 0)
            #expect(try journal.pendingCount() == 9)
            try tamper(path, "DROP TRIGGER full", triggers: true)
            #expect(try journal.sequence() == 9)
            #expect(try AuditSamples.verifier().verify(journal).findings.isEmpty)
        }
    }

    @Test func aLeafThatReadsBackOtherThanWrittenIsNotSigned() throws {
        // PITFALLS "Yeti2022": one flipped bit in a leaf hash, signed before it was read.
        try withTemporaryFile { path in
            let journal = try SQLiteAuditJournal(path: path)
            let signer = try AuditSamples.signer()
            try journal.record(AuditSamples.event(0))
            _ = try journal.checkpoint(at: AuditSamples.start, signer: signer)
            try tamper(
                path,
                """
                CREATE TRIGGER flip AFTER INSERT ON leaf WHEN NEW.position = 2 BEGIN
                    UPDATE leaf SET hash = zeroblob(32) WHERE position = 2;
                END
                """
            )
            for number in 1..<4 { try journal.record(AuditSamples.event(number)) }
            #expect(throws: AuditError(.writtenOtherwise, number: 2)) {
                try journal.checkpoint(at: AuditSamples.start, signer: signer)
            }
            #expect(try journal.checkpoints().map(\.size) == [1])
        }
    }

    @Test func aFileOfANewerVersionIsNotOpened() throws {
        try withTemporaryFile { path in
            try SQLiteAuditJournal(path: path).close()
            try tamper(path, "INSERT INTO grdb_migrations VALUES ('audit 2')", triggers: true)
            #expect(throws: AuditError(.storeNewer)) { try SQLiteAuditJournal(path: path) }
        }
    }

    @Test func aDamagedEventIsSaidAndNotLeftOutOfWhoLooked() throws {
        try withTemporaryFile { path in
            let journal = try SQLiteAuditJournal(path: path)
            for number in 0..<3 { try journal.record(AuditSamples.event(number)) }
            try journal.sequence()
            try tamper(path, "UPDATE leaf SET bytes = x'7b' WHERE position = 1")
            #expect(throws: AuditError(.eventUnreadable, number: 1)) {
                try journal.events(patientMembers: ["source-1"], limit: 5)
            }
        }
    }

    @Test func aDamagedPendingEventStillGetsItsLeafAndIsFound() throws {
        try withTemporaryFile { path in
            let journal = try SQLiteAuditJournal(path: path)
            for number in 0..<3 { try journal.record(AuditSamples.event(number)) }
            try tamper(path, "UPDATE pending SET bytes = x'7b' WHERE id = 'event-1'")
            #expect(try journal.sequence() == 3)
            let found = try AuditSamples.verifier().verify(journal)
            #expect(found.indices(.eventNotCanonical) == [1])
        }
    }
}
