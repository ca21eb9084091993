import PortalAudit
import PortalRecord
import Testing

/// TESTING f27, PITFALLS 72: what only a checkpoint kept outside can show, both ways.
@Suite struct WitnessTests {
    /// 256 events; a debug build, forty times as slow, has 64.
    static let count = SampleLog.fullCount

    static func log() throws -> SampleLog {
        try SampleLog(count: count, checkpointEvery: 8, signer: try AuditSamples.signer())
    }

    @Test func everyCutTailIsFoundByTheWitnessAndByNothingElse() throws {
        let log = try Self.log()
        let verifier = try AuditSamples.verifier()
        for size in 0..<Self.count {
            let left = Array(log.leaves.prefix(size))
            let own = log.checkpoints.filter { $0.size <= size }
            #expect(verifier.verify(leaves: left, checkpoints: own).isIntact)

            let found = verifier.verify(leaves: left, checkpoints: own, witness: log.checkpoints)
            #expect(!found.isIntact)
            #expect(found.indices(.logShorter) == [size])
            #expect(!found.findings.contains { !$0.isWitnessed })
            #expect(found.witnessedSize == size / 8 * 8)

            // A keeper who forgets his own checkpoints is found by those.
            let careless = verifier.verify(leaves: left, checkpoints: log.checkpoints)
            #expect(careless.findings.map(\.code) == [.logShorter])
        }
    }

    @Test func aCutAfterTheWitnessesLastCheckpointIsFoundByNobody() throws {
        // The honest half: hence a minute or 100 events at most between checkpoints.
        let log = try Self.log()
        let found = try AuditSamples.verifier().verify(
            leaves: Array(log.leaves.prefix(Self.count - 4)),
            checkpoints: log.checkpoints.filter { $0.size <= Self.count - 4 },
            witness: log.checkpoints.filter { $0.size <= Self.count - 8 }
        )
        #expect(found.isIntact)
        #expect(found.witnessedSize == Self.count - 8)
    }

    @Test func aRollbackToAnOlderCopyIsFoundByTheWitnessOnly() throws {
        let older = try SampleLog(
            count: 32,
            checkpointEvery: 8,
            signer: try AuditSamples.signer()
        )
        let newer = try Self.log()
        let verifier = try AuditSamples.verifier()
        #expect(verifier.verify(leaves: older.leaves, checkpoints: older.checkpoints).isIntact)
        let found = verifier.verify(
            leaves: older.leaves,
            checkpoints: older.checkpoints,
            witness: newer.checkpoints
        )
        let shorter = AuditFinding(
            .logShorter,
            index: 32,
            checkpointSize: Self.count,
            isWitnessed: true
        )
        #expect(found.findings.contains(shorter))
        #expect(
            found.findings.filter { $0.code == .checkpointMissing }.count == (Self.count - 32) / 8
        )
        #expect(found.witnessedSize == 32)
    }

    @Test func aLogRewrittenWholeIsFoundByEverySignedRootKept() throws {
        let log = try Self.log()
        let verifier = try AuditSamples.verifier()
        for index in 0..<Self.count {
            var altered = log
            var event = AuditSamples.smallEvent(index)
            event.principal = AuditPrincipal(person: "clerk-2")
            altered.leaves[index].event = try event.canonicalBytes()
            altered.makeAnew()
            let root = AuditFinding(
                .checkpointRoot,
                checkpointSize: index / 8 * 8 + 8,
                agreedSize: index / 8 * 8
            )
            let own = verifier.verify(leaves: altered.leaves, checkpoints: log.checkpoints)
            #expect(own.findings == [root])
            #expect(own.vouchedSize == index / 8 * 8)
            #expect(root.description.contains("rewritten since checkpoint of size"))

            // With its own checkpoints taken away, it verifies, vouched for by nothing.
            let alone = verifier.verify(leaves: altered.leaves, checkpoints: [])
            #expect(alone.isIntact)
            #expect(alone.vouchedSize == 0)
            let seen = verifier.verify(
                leaves: altered.leaves,
                checkpoints: [],
                witness: log.checkpoints
            )
            #expect(seen.findings.contains { $0.code == .checkpointRoot && $0.isWitnessed })
        }
    }

    @Test func aLogRewrittenAndSignedAgainByItsKeyIsFoundByTheWitnessOnly() throws {
        let log = try Self.log()
        let forged = try SampleLog(
            count: Self.count,
            checkpointEvery: 8,
            signer: try AuditSamples.signer()
        ) { number in
            var event = AuditSamples.smallEvent(number)
            if number == 20 { event.principal = AuditPrincipal(person: "clerk-2") }
            return event
        }
        let verifier = try AuditSamples.verifier()
        #expect(verifier.verify(leaves: forged.leaves, checkpoints: forged.checkpoints).isIntact)
        let found = verifier.verify(
            leaves: forged.leaves,
            checkpoints: forged.checkpoints,
            witness: log.checkpoints
        )
        let root = AuditFinding(
            .checkpointRoot,
            checkpointSize: 24,
            agreedSize: 16,
            isWitnessed: true
        )
        #expect(found.findings.contains(root))
        #expect(found.findings.filter { $0.code == .checkpointRoot }.count == 1)
        #expect(found.witnessedSize == 16)
    }

    @Test func anotherLogsOrKeysCheckpointVouchesForNothing() throws {
        let log = try Self.log()
        let verifier = try AuditSamples.verifier()
        for signer in [
            try AuditSamples.signer(seed: 9),
            try AuditSamples.signer(origin: "second.example.invalid"),
        ] {
            let other = try SampleLog(
                count: Self.count,
                checkpointEvery: Self.count,
                signer: signer
            )
            let found = verifier.verify(leaves: log.leaves, checkpoints: other.checkpoints)
            #expect(found.findings.map(\.code) == [.checkpointSignature])
            #expect(found.vouchedSize == 0)
        }
    }

    @Test func aSucceedingKeyVouchesTogetherWithTheOneBefore() throws {
        let first = try AuditSamples.signer()
        let second = try AuditSamples.signer(seed: 9)
        let journal = MemoryAuditJournal()
        for number in 0..<5 { try journal.record(AuditSamples.smallEvent(number)) }
        _ = try journal.checkpoint(at: AuditSamples.start, signer: first)
        try journal.record(AuditSamples.smallEvent(5))
        _ = try journal.checkpoint(at: AuditSamples.start, signer: second)
        let verifier = AuditVerifier(keys: [second.verifier, first.verifier])
        let found = try verifier.verify(journal)
        #expect(found.findings.isEmpty)
        #expect(found.vouchedSize == 6)
    }

    @Test func everyFlippedBitOfAStoredCheckpointIsFound() throws {
        let log = try SampleLog(count: 4, checkpointEvery: 4, signer: try AuditSamples.signer())
        let verifier = try AuditSamples.verifier()
        let checkpoint = try #require(log.checkpoints.first)
        func isFound(
            size: Int? = nil,
            time: Instant? = nil,
            root: [UInt8]? = nil,
            signature: [UInt8]? = nil,
            origin: String? = nil,
            key: String? = nil
        ) -> Bool {
            let altered = Checkpoint(
                origin: origin ?? checkpoint.origin,
                size: size ?? checkpoint.size,
                root: root.flatMap(ContentHash.init(bytes:)) ?? checkpoint.root,
                time: time ?? checkpoint.time,
                keyID: key ?? checkpoint.keyID,
                signature: signature ?? checkpoint.signature
            )
            return verifier.verify(leaves: log.leaves, checkpoints: [altered])
                .has(.checkpointSignature)
        }
        #expect(!isFound())
        for bit in 0..<64 {
            let mask = Int(bitPattern: 1 << UInt(bit))
            #expect(isFound(size: checkpoint.size ^ mask))
            #expect(isFound(time: Instant(milliseconds: checkpoint.time.milliseconds ^ mask)))
        }
        for bit in 0..<256 {
            var root = checkpoint.root.bytes
            root[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(isFound(root: root))
        }
        for bit in 0..<512 {
            var signature = checkpoint.signature
            signature[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(isFound(signature: signature))
        }
        #expect(isFound(signature: []))
        #expect(isFound(origin: "other.invalid"))
        #expect(isFound(key: "0000000000000000"))
    }
}
