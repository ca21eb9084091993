import PortalAudit
import PortalRecord
import Testing

/// TESTING f27 on rows in memory: what is altered is found, and found where it is.
///
/// PITFALLS 72: a chain alone misses a cut tail. The halves that need an outside checkpoint are
/// tested both ways, with it and without.
@Suite struct TamperTests {
    /// 256 events; a debug build, forty times as slow, has 64.
    static let count = SampleLog.fullCount

    static func log(every step: Int = 8) throws -> SampleLog {
        try SampleLog(count: count, checkpointEvery: step, signer: try AuditSamples.signer())
    }

    /// 256 events in full, a checkpoint after each.
    static let fullLog = Result {
        try SampleLog(
            count: count,
            checkpointEvery: 1,
            signer: try AuditSamples.signer(),
            event: AuditSamples.event
        )
    }

    @Test func aLogLeftAloneIsIntactAndSaysHowFarItIsVouchedFor() throws {
        let log = try Self.log()
        let verification = try AuditSamples.verifier().verify(
            leaves: log.leaves,
            checkpoints: log.checkpoints,
            witness: Array(log.checkpoints.prefix(3))
        )
        #expect(verification.isIntact)
        #expect(verification.findings.isEmpty)
        #expect(verification.size == Self.count)
        #expect(verification.vouchedSize == Self.count)
        #expect(verification.witnessedSize == 24)
    }

    /// Exhaustive: each bit of each event's bytes and of each stored hash, 256 events in full.
    ///
    /// Each flip goes through the verifier's own pass, continued from the untouched rows before it
    /// to the signed checkpoint after it.
    @Test(arguments: 0..<count)
    func everyFlippedBitIsFoundAtItsLeafAndNamedForWhatItIs(index: Int) throws {
        let log = try Self.fullLog.get()
        let leaf = log.leaves[index]
        var before = VerificationPass(
            keys: [try AuditSamples.signer().verifier],
            checkpoints: Array(log.checkpoints[...index]),
            witness: []
        )
        for earlier in log.leaves[..<index] { before.take(earlier) }
        func findings(_ altered: AuditLeaf) -> [AuditFinding] {
            var pass = before
            pass.take(altered)
            return pass.finish(pendingCount: 0).findings
        }
        #expect(findings(leaf).isEmpty)

        let event = [AuditFinding(.eventAltered, index: index)]
        var missed = 0
        for bit in 0..<leaf.event.count * 8 {
            var altered = leaf
            altered.event[bit / 8] ^= 1 << UInt8(bit % 8)
            if findings(altered) != event { missed += 1 }
        }
        let hash = [AuditFinding(.leafAltered, index: index)]
        for bit in 0..<256 {
            var altered = leaf
            altered.hash[bit / 8] ^= 1 << UInt8(bit % 8)
            if findings(altered) != hash { missed += 1 }
        }
        #expect(missed == 0)
    }

    @Test func aFlipIsFoundByTheWholePassWithOneCheckpointOrNone() throws {
        let log = try Self.log(every: Self.count)
        let verifier = try AuditSamples.verifier()
        for index in 0..<Self.count {
            var altered = log
            altered.leaves[index].event[index % 64] ^= 4
            for checkpoints in [log.checkpoints, []] {
                let found = verifier.verify(leaves: altered.leaves, checkpoints: checkpoints)
                #expect(found.findings == [AuditFinding(.eventAltered, index: index)])
            }
            altered = log
            altered.leaves[index].hash[index % 32] ^= 4
            let signed = verifier.verify(leaves: altered.leaves, checkpoints: log.checkpoints)
            #expect(signed.findings == [AuditFinding(.leafAltered, index: index)])
            // Without a checkpoint nothing tells which of the two was changed.
            let unsigned = verifier.verify(leaves: altered.leaves, checkpoints: [])
            #expect(unsigned.findings == [AuditFinding(.eventAltered, index: index)])
        }
    }

    @Test func everyColumnMovedOrCutShortIsFoundAtItsLeaf() throws {
        let log = try Self.log()
        let verifier = try AuditSamples.verifier()
        for index in 0..<Self.count {
            let other = (index + 5) % Self.count
            var altered = log
            altered.leaves[index].id = "e1000"
            var found = verifier.verify(leaves: altered.leaves, checkpoints: log.checkpoints)
            #expect(found.findings == [AuditFinding(.indexAltered, index: index)])
            altered = log
            altered.leaves[index].members = log.leaves[other].members
            found = verifier.verify(leaves: altered.leaves, checkpoints: log.checkpoints)
            #expect(found.findings == [AuditFinding(.indexAltered, index: index)])
            altered = log
            altered.leaves[index].event = log.leaves[other].event
            found = verifier.verify(leaves: altered.leaves, checkpoints: log.checkpoints)
            #expect(found.findings == [AuditFinding(.eventAltered, index: index)])
            altered = log
            altered.leaves[index].hash = []
            found = verifier.verify(leaves: altered.leaves, checkpoints: log.checkpoints)
            #expect(found.findings == [AuditFinding(.leafAltered, index: index)])
        }
    }

    @Test func everyDeletionIsFoundWhetherTheHoleIsLeftOrClosed() throws {
        let log = try Self.log()
        let verifier = try AuditSamples.verifier()
        for index in 0..<Self.count - 1 {
            var altered = log
            altered.leaves.remove(at: index)
            let hole = verifier.verify(leaves: altered.leaves, checkpoints: log.checkpoints)
            #expect(hole.findings == [AuditFinding(.leafMissing, index: index)])

            altered.renumber()
            let closed = verifier.verify(leaves: altered.leaves, checkpoints: log.checkpoints)
            #expect(closed.indices(.eventAltered) == Array(index..<Self.count - 1))

            altered.makeAnew()
            let anew = verifier.verify(leaves: altered.leaves, checkpoints: log.checkpoints)
            #expect(anew.indices(.logShorter) == [Self.count - 1])
            #expect(anew.vouchedSize == index / 8 * 8)
            let root = anew.findings.first { $0.code == .checkpointRoot }
            // In the last stretch no checkpoint is left to compare but the one that is too long.
            #expect(root?.agreedSize == (index < Self.count - 8 ? index / 8 * 8 : nil))
            #expect(root?.checkpointSize == (index < Self.count - 8 ? index / 8 * 8 + 8 : nil))
        }
    }

    /// Each pair; the rows before the first and after the second are as they were.
    @Test func everySwapOfTwoRowsIsFoundAtBoth() throws {
        let log = try Self.log()
        let keys = [try AuditSamples.signer().verifier]
        var before = VerificationPass(keys: keys, checkpoints: [], witness: [])
        for first in 0..<Self.count {
            for second in first + 1..<Self.count {
                var altered = log
                altered.leaves.swapAt(first, second)
                altered.renumber()
                var pass = before
                for leaf in altered.leaves[first...second] { pass.take(leaf) }
                let found = pass.finish(pendingCount: 0)
                #expect(found.indices(.eventAltered) == [first, second])
                #expect(found.findings.count == 2)
            }
            before.take(log.leaves[first])
        }
    }

    @Test func aSwapWithHashesMadeAnewIsFoundByTheCheckpointThatFollows() throws {
        let log = try Self.log()
        let verifier = try AuditSamples.verifier()
        for first in 0..<Self.count {
            for second in [first + 1, first + 9, Self.count - 1]
            where second < Self.count && second > first {
                var altered = log
                altered.leaves.swapAt(first, second)
                altered.makeAnew()
                let found = verifier.verify(leaves: altered.leaves, checkpoints: log.checkpoints)
                let root = AuditFinding(
                    .checkpointRoot,
                    checkpointSize: first / 8 * 8 + 8,
                    agreedSize: first / 8 * 8
                )
                #expect(found.findings == [root])
            }
        }
    }

    @Test func everyDuplicationIsFoundAtTheCopy() throws {
        let log = try Self.log()
        let verifier = try AuditSamples.verifier()
        for index in 0..<Self.count {
            var altered = log
            altered.leaves.insert(log.leaves[index], at: index + 1)
            let same = verifier.verify(leaves: altered.leaves, checkpoints: log.checkpoints)
            #expect(same.findings == [AuditFinding(.leafRepeated, index: index)])

            altered.renumber()
            let moved = verifier.verify(leaves: altered.leaves, checkpoints: log.checkpoints)
            #expect(moved.indices(.leafRepeated) == [index + 1])

            altered.makeAnew()
            let anew = verifier.verify(leaves: altered.leaves, checkpoints: log.checkpoints)
            #expect(anew.indices(.leafRepeated) == [index + 1])
            #expect(anew.has(.checkpointRoot) || index == Self.count - 1)
        }
    }

    @Test func everyInsertionIsFoundAtTheRowsItPushes() throws {
        let log = try Self.log()
        let verifier = try AuditSamples.verifier()
        let event = try AuditSamples.smallEvent(900).canonicalBytes()
        for index in 0..<Self.count {
            var altered = log
            altered.leaves.insert(
                AuditLeaf.make(index: index, id: "e900", event: event),
                at: index
            )
            altered.renumber()
            let found = verifier.verify(leaves: altered.leaves, checkpoints: log.checkpoints)
            #expect(found.indices(.eventAltered) == Array(index + 1...Self.count))
            altered.makeAnew()
            let anew = verifier.verify(leaves: altered.leaves, checkpoints: log.checkpoints)
            let root = try #require(anew.findings.first)
            #expect(root.code == .checkpointRoot)
            #expect(root.agreedSize == index / 8 * 8)
        }
    }

    @Test func aRowAddedAfterTheLastCheckpointPassesAndIsNotVouchedFor() throws {
        // The honest half: who can write the store can record an event like anyone else.
        var log = try Self.log()
        let event = try AuditSamples.smallEvent(900).canonicalBytes()
        log.leaves.append(AuditLeaf.make(index: Self.count, id: "e900", event: event))
        let found = try AuditSamples.verifier().verify(
            leaves: log.leaves,
            checkpoints: log.checkpoints,
            witness: log.checkpoints
        )
        #expect(found.isIntact)
        #expect(found.size == Self.count + 1)
        #expect(found.vouchedSize == Self.count)
    }

    @Test func bytesThatAreNoEventAreFoundThoughTheirLeafFits() throws {
        var log = try Self.log()
        log.leaves[9].event = Array("{\"id\":\"e9\"}".utf8)
        log.makeAnew()
        let found = try AuditSamples.verifier().verify(leaves: log.leaves, checkpoints: [])
        #expect(found.findings == [AuditFinding(.eventNotCanonical, index: 9)])
    }

    @Test func placesThatNoLogHasAreFindingsAndNoCrash() throws {
        let log = try Self.log()
        for place in [Int.min, -1, .max] {
            var altered = log
            altered.leaves[3].index = place
            let found = try AuditSamples.verifier().verify(leaves: altered.leaves, checkpoints: [])
            #expect(found.has(.leafRepeated))
            #expect(found.indices(.leafMissing) == [3])
        }
        var altered = log
        altered.leaves[Self.count - 1].index = .max - 1
        let found = try AuditSamples.verifier().verify(leaves: altered.leaves, checkpoints: [])
        #expect(found.indices(.leafMissing).count == 100)
    }

    @Test func eventsThatWaitAreSaidAndAreNoTampering() throws {
        let log = try Self.log()
        let found = try AuditSamples.verifier().verify(
            leaves: log.leaves,
            pendingCount: 2,
            checkpoints: log.checkpoints
        )
        #expect(found.findings.map(\.code.text) == ["event-unsequenced"])
        #expect(found.isIntact)
        #expect(found.pendingCount == 2)
    }
}
