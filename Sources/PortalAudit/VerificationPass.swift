internal import PortalRecord

/// One pass of ``AuditVerifier`` over the rows of a log, leaf by leaf.
package struct VerificationPass {
    private var marks: CheckpointMarks
    private var findings: [AuditFinding]
    /// The tree of the hashes recomputed from the bytes.
    private var recomputed = MerkleFrontier()
    /// The tree of the stored hashes, where it has parted from ``recomputed``.
    private var stored: MerkleFrontier?
    /// Leaves whose bytes and hash disagree, until a checkpoint tells which was changed.
    private var suspects: [Int] = []
    private var identifiers: Set<ContentHash> = []
    /// Leaves whose event is gone, and those of which a later event says so.
    private var erased: Set<Int> = []
    private var declared: Set<Int> = []
    private var expected = 0
    /// Whether a row is missing, so that no later root can be computed.
    private var isBroken = false

    package init(keys: [CheckpointVerifier], checkpoints: [Checkpoint], witness: [Checkpoint]) {
        findings = []
        marks = CheckpointMarks(
            keys: keys,
            checkpoints: checkpoints,
            witness: witness,
            findings: &findings
        )
        compareMarks()
    }

    package mutating func take(_ leaf: AuditLeaf) {
        guard leaf.index >= expected, leaf.index < .max else {
            findings.append(AuditFinding(.leafRepeated, index: leaf.index))
            return
        }
        skip(to: leaf.index)
        let hash: ContentHash
        if leaf.isErased, let kept = ContentHash(bytes: leaf.hash) {
            // Nothing is left to recompute: the checkpoints vouch for the leaf, a later event for
            // the erasure.
            hash = kept
            erased.insert(leaf.index)
            if !leaf.members.isEmpty || leaf.id != AuditLeaf.erasedID(leaf.index) {
                findings.append(AuditFinding(.indexAltered, index: leaf.index))
            }
        } else {
            hash = AuditLeaf.hash(of: leaf.event, at: leaf.index)
        }
        if hash.bytes == leaf.hash {
            if !leaf.isErased { check(leaf) }
        } else {
            suspects.append(leaf.index)
            if stored == nil { stored = recomputed }
        }
        if !identifiers.insert(ContentHash(of: Array(leaf.id.utf8))).inserted {
            findings.append(AuditFinding(.leafRepeated, index: leaf.index))
        }
        recomputed.append(hash)
        // A damaged hash that is no hash at all keeps the stored tree from ever agreeing.
        stored?.append(ContentHash(bytes: leaf.hash) ?? MerkleTree.emptyRoot)
        expected += 1
        compareMarks()
    }

    package mutating func finish(pendingCount: Int) -> AuditVerification {
        settle(.eventAltered)
        findings += erased.subtracting(declared).sorted().map {
            AuditFinding(.eventErased, index: $0)
        }
        findings += marks.beyond(size: expected)
        if pendingCount > 0 { findings.append(AuditFinding(.eventUnsequenced)) }
        return AuditVerification(
            size: expected,
            pendingCount: pendingCount,
            vouchedSize: marks.agreedSize,
            witnessedSize: marks.witnessedSize,
            erasedCount: erased.count,
            findings: findings
        )
    }

    /// Names the first rows of a gap; a place far beyond the log's end does not cost a finding each.
    private mutating func skip(to index: Int) {
        guard index > expected else { return }
        for missing in expected..<min(index, expected + 100) {
            findings.append(AuditFinding(.leafMissing, index: missing))
        }
        expected = index
        isBroken = true
    }

    private mutating func check(_ leaf: AuditLeaf) {
        guard let event = AuditEvent.read(canonicalBytes: leaf.event) else {
            findings.append(AuditFinding(.eventNotCanonical, index: leaf.index))
            return
        }
        if event.action == .erased, let place = event.detail["leaf"].flatMap({ Int($0) }) {
            declared.insert(place)
        }
        let members = Set(event.indexedMembers.map { Array($0.utf8) })
        if !event.id.utf8.elementsEqual(leaf.id.utf8)
            || members.count != leaf.members.count
            || members != Set(leaf.members.map { Array($0.utf8) })
        {
            findings.append(AuditFinding(.indexAltered, index: leaf.index))
        }
    }

    /// Compares both trees with the checkpoints of the present size.
    private mutating func compareMarks() {
        while let mark = marks.next(at: expected) {
            guard !isBroken else { continue }
            if mark.root == recomputed.root {
                settle(.leafAltered)
                stored = nil
                marks.agree(mark)
            } else if let other = stored, mark.root == other.root {
                settle(.eventAltered)
                recomputed = other
                stored = nil
                marks.agree(mark)
            } else {
                findings += marks.disagree(mark)
            }
        }
    }

    private mutating func settle(_ code: AuditFindingCode) {
        findings += suspects.map { AuditFinding(code, index: $0) }
        suspects = []
    }
}
