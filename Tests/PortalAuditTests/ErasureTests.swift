import Foundation
import PortalAudit
import PortalRecord
import PortalStoreSQLite
import Testing

/// TESTING f30: what an event says is gone, its leaf stays, and the tree still verifies.
@Suite struct ErasureTests {
    private static let secret = "because of ZYXWV-SECRET"

    private static func erasing(_ id: String) -> AuditEvent {
        var event = AuditSamples.event(900)
        event.id = id
        event.reason = "asked by the regulator"
        event.members = []
        return event
    }

    private func fill(_ journal: any AuditJournal) throws {
        for number in 0..<20 {
            var event = AuditSamples.event(number)
            event.salt = "00112233445566778899aabbccddeeff"
            if number == 7 { event.reason = Self.secret }
            try journal.record(event)
        }
        _ = try journal.checkpoint(at: AuditSamples.event(0).time, signer: AuditSamples.signer())
    }

    @Test(arguments: JournalContractTests.Kind.allCases)
    func anErasedEventLeavesItsLeafAndTheLogIsWhole(kind: JournalContractTests.Kind) throws {
        try JournalContractTests.with(kind) { journal in
            try fill(journal)
            let before = try journal.leaves(from: 7, limit: 1)
            try journal.erase(7, recording: Self.erasing("x-1"))
            let after = try journal.leaves(from: 7, limit: 1)
            #expect(after.map(\.hash) == before.map(\.hash))
            #expect(after.map(\.isErased) == [true] && after.map(\.members) == [[]])
            #expect(try !journal.events(from: 0, limit: 100).contains { $0.index == 7 })
            let members = before.flatMap(\.members)
            let looked = try journal.events(patientMembers: members, limit: 100)
            #expect(!looked.contains { $0.index == 7 })
            let checkpoint = try journal.checkpoint(
                at: AuditSamples.event(0).time,
                signer: AuditSamples.signer()
            )
            let found = try AuditSamples.verifier().verify(journal, witness: [checkpoint])
            #expect(found.isIntact && found.erasedCount == 1 && found.vouchedSize == 21)
            let last = try #require(try journal.events(from: 20, limit: 1).first?.event)
            #expect(last.action == .erased && last.detail["leaf"] == "7")
        }
    }

    @Test func anErasureThatNoEventTellsOfIsFound() throws {
        let journal = MemoryAuditJournal()
        try fill(journal)
        var leaves = journal.leaves(from: 0, limit: 100)
        leaves[7].event = []
        leaves[7].members = []
        leaves[7].id = "erased-7"
        let found = try AuditSamples.verifier().verify(
            leaves: leaves,
            checkpoints: journal.checkpoints()
        )
        #expect(found.findings.map(\.code) == [.eventErased] && found.findings[0].index == 7)
        // A leaf made up for an erased event is not what a checkpoint was signed over.
        leaves[7].hash[0] ^= 1
        let forged = try AuditSamples.verifier().verify(
            leaves: leaves,
            checkpoints: journal.checkpoints()
        )
        #expect(forged.findings.contains { $0.code == .checkpointRoot })
    }

    @Test(arguments: JournalContractTests.Kind.allCases)
    func anErasureIsNotErasedNorWhatNothingVouchesFor(kind: JournalContractTests.Kind) throws {
        try JournalContractTests.with(kind) { journal in
            try fill(journal)
            try journal.erase(7, recording: Self.erasing("x-1"))
            _ = try journal.checkpoint(
                at: AuditSamples.event(0).time,
                signer: AuditSamples.signer()
            )
            for (index, id) in [(20, "x-2"), (7, "x-3"), (99, "x-4"), (-1, "x-5")] {
                #expect(throws: AuditError(.eventUnknown, number: index)) {
                    try journal.erase(index, recording: Self.erasing(id))
                }
            }
            try journal.record(AuditSamples.event(50))
            try journal.sequence()
            #expect(throws: AuditError(.eventUnknown, number: 21)) {
                try journal.erase(21, recording: Self.erasing("x-6"))
            }
        }
    }

    @Test func nothingOfAnErasedEventIsLeftInTheFiles() throws {
        try withTemporaryFile { path in
            let journal = try SQLiteAuditJournal(path: path)
            try fill(journal)
            func holds(_ text: String) -> Bool {
                ["", "-wal"].contains { end in
                    let bytes = FileManager.default.contents(atPath: path + end) ?? Data()
                    return bytes.range(of: Data(text.utf8)) != nil
                }
            }
            #expect(holds(Self.secret))
            try journal.erase(7, recording: Self.erasing("x-1"))
            #expect(!holds(Self.secret))
            try journal.close()
            #expect(!holds(Self.secret))
        }
    }
}
