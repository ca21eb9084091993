import PortalAudit
import PortalRecord
import PortalStoreSQLite
import Testing

/// What every journal promises, on the reference and on SQLite (DESIGN P5, PITFALLS 71).
@Suite struct JournalContractTests {
    enum Kind: CaseIterable { case memory, sqlite }

    static func with(_ kind: Kind, _ body: (any AuditJournal) throws -> Void) throws {
        switch kind {
        case .memory: try body(MemoryAuditJournal())
        case .sqlite:
            try withTemporaryFile { path in
                let journal = try SQLiteAuditJournal(path: path)
                try body(journal)
                try journal.close()
            }
        }
    }

    @Test(arguments: Kind.allCases)
    func eventsAreSequencedInTheOrderRecordedEachOnce(kind: Kind) throws {
        try Self.with(kind) { journal in
            for number in 0..<7 { try journal.record(AuditSamples.event(number)) }
            #expect(try journal.size() == 0)
            #expect(try journal.pendingCount() == 7)
            #expect(try journal.sequence() == 7)
            #expect(try journal.sequence() == 7)
            #expect(try journal.pendingCount() == 0)
            try journal.record(AuditSamples.event(7))
            #expect(try journal.sequence() == 8)
            let events = try journal.events(from: 0, limit: 100)
            #expect(events.map(\.index) == Array(0..<8))
            #expect(events.map(\.event) == (0..<8).map(AuditSamples.event))
            #expect(try journal.events(from: 3, limit: 2).map(\.index) == [3, 4])
            #expect(try journal.events(from: 8, limit: 2).isEmpty)
            #expect(try journal.events(from: 0, limit: -1).isEmpty)
        }
    }

    @Test(arguments: Kind.allCases)
    func anIdentifierIsTakenOncePendingOrSequenced(kind: Kind) throws {
        try Self.with(kind) { journal in
            try journal.record(AuditSamples.event(1))
            #expect(throws: AuditError(.identifierRepeated)) {
                try journal.record(AuditSamples.event(1))
            }
            try journal.sequence()
            #expect(throws: AuditError(.identifierRepeated)) {
                try journal.record(AuditSamples.event(1))
            }
            #expect(try journal.pendingCount() == 0)
            #expect(try journal.sequence() == 1)
            // Another composition of the same letters is another identifier (PITFALLS 0.5).
            for id in ["é", "e\u{301}"] {
                var event = AuditSamples.smallEvent(2)
                event.id = id
                try journal.record(event)
            }
            #expect(try journal.sequence() == 3)
            let verification = try AuditSamples.verifier().verify(journal)
            #expect(verification.findings.isEmpty)
        }
    }

    @Test(arguments: Kind.allCases)
    func whoLookedIsAskedOfSourcePatientsLatestFirstInPages(kind: Kind) throws {
        try Self.with(kind) { journal in
            for number in 0..<40 { try journal.record(AuditSamples.event(number)) }
            #expect(try journal.events(patientMembers: ["source-2"], limit: 100).isEmpty)
            try journal.sequence()
            let all = try journal.events(patientMembers: ["source-2"], limit: 100)
            #expect(all.map(\.index) == [38, 32, 26, 20, 14, 8, 2])
            let both = ["source-2", "source-2-b", "source-3", "nobody", "source-2"]
            let linked = try journal.events(patientMembers: both, limit: 5)
            #expect(linked.map(\.index) == [39, 38, 33, 32, 27])
            let next = try journal.events(patientMembers: both, before: 27, limit: 3)
            #expect(next.map(\.index) == [26, 21, 20])
            #expect(try journal.events(patientMembers: [], limit: 5).isEmpty)
            #expect(try journal.events(patientMembers: ["source-2' OR 1=1 --"], limit: 5).isEmpty)
        }
    }

    @Test(arguments: Kind.allCases)
    func checkpointsGoOnFromTheLastAndVerify(kind: Kind) throws {
        try Self.with(kind) { journal in
            let signer = try AuditSamples.signer()
            var witness: [Checkpoint] = []
            witness.append(try journal.checkpoint(at: AuditSamples.start, signer: signer))
            for number in 0..<70 {
                try journal.record(AuditSamples.event(number))
                guard number.isMultiple(of: 9) else { continue }
                witness.append(try journal.checkpoint(at: AuditSamples.start, signer: signer))
            }
            #expect(witness.map(\.size) == [0, 1, 10, 19, 28, 37, 46, 55, 64])
            #expect(try journal.checkpoints() == witness)
            let hashes = try journal.leaves(from: 0, limit: 100).map {
                AuditLeaf.hash(of: $0.event, at: $0.index)
            }
            for checkpoint in witness {
                #expect(checkpoint.root == MerkleTree.root(of: Array(hashes[..<checkpoint.size])))
            }
            let found = try AuditSamples.verifier().verify(journal, witness: witness)
            #expect(found.isIntact)
            #expect(found.findings.map(\.code) == [.eventUnsequenced])
            #expect(found.pendingCount == 6)
            #expect(found.vouchedSize == 64)
            #expect(found.witnessedSize == 64)
        }
    }

    @Test(arguments: Kind.allCases)
    func anotherKeyMakesItsFirstCheckpointOverTheWholeLog(kind: Kind) throws {
        try Self.with(kind) { journal in
            for number in 0..<3 { try journal.record(AuditSamples.event(number)) }
            let first = try AuditSamples.signer()
            let second = try AuditSamples.signer(seed: 9)
            let one = try journal.checkpoint(at: AuditSamples.start, signer: first)
            let two = try journal.checkpoint(at: AuditSamples.start, signer: second)
            #expect(one.root == two.root)
            #expect(second.verifier.accepts(two))
        }
    }

    @Test(arguments: Kind.allCases)
    func trickyTextsComeBackToTheByte(kind: Kind) throws {
        try Self.with(kind) { journal in
            for (number, text) in AuditEventTests.tricky.enumerated() {
                var event = AuditSamples.smallEvent(number)
                event.reason = text
                event.members = text.utf8.contains(0) ? [] : [text, text]
                event.id = "\(number)" + (text.utf8.contains(0) ? "" : text)
                try journal.record(event)
            }
            try journal.sequence()
            for (number, text) in AuditEventTests.tricky.enumerated() where text != "\0" {
                let events = try journal.events(patientMembers: [text], limit: 100)
                #expect(events.map(\.index) == [number])
                #expect(events.first?.event.reason?.utf8.elementsEqual(text.utf8) == true)
            }
            #expect(try AuditSamples.verifier().verify(journal).findings.isEmpty)
        }
    }
}
