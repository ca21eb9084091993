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

    /// What a leaf shows by itself, whatever stands before it: most of the work, and no two leaves'
    /// depend on each other.
    package struct Examination: Sendable {
        let hash: ContentHash
        let identifier: ContentHash
        /// What its event says that does not fit; nil where it fits.
        let unfit: AuditFindingCode?
        /// The leaf that its event says was erased.
        let erases: Int?

        package init(_ leaf: AuditLeaf) {
            identifier = ContentHash(of: Array(leaf.id.utf8))
            if leaf.isErased, let kept = ContentHash(bytes: leaf.hash) {
                // Nothing is left to recompute: the checkpoints vouch for the leaf, a later event
                // for the erasure.
                hash = kept
                erases = nil
                let isBare = leaf.members.isEmpty && leaf.id == AuditLeaf.erasedID(leaf.index)
                unfit = isBare ? nil : .indexAltered
                return
            }
            hash = AuditLeaf.hash(of: leaf.event, at: leaf.index)
            guard hash.bytes == leaf.hash else {
                (unfit, erases) = (nil, nil)
                return
            }
            if let scan = CanonicalEventScan(leaf.event), scan.isFound(as: leaf) {
                (unfit, erases) = (nil, nil)
                return
            }
            guard let event = AuditEvent.read(canonicalBytes: leaf.event) else {
                (unfit, erases) = (.eventNotCanonical, nil)
                return
            }
            erases = event.action == .erased ? event.detail["leaf"].flatMap { Int($0) } : nil
            let members = Set(event.indexedMembers.map { Array($0.utf8) })
            let isFound =
                event.id.utf8.elementsEqual(leaf.id.utf8) && members.count == leaf.members.count
                && members == Set(leaf.members.map { Array($0.utf8) })
            unfit = isFound ? nil : .indexAltered
        }
    }

    package mutating func take(_ leaf: AuditLeaf) { take(leaf, Examination(leaf)) }

    package mutating func take(_ leaf: AuditLeaf, _ examined: Examination) {
        guard leaf.index >= expected, leaf.index < .max else {
            findings.append(AuditFinding(.leafRepeated, index: leaf.index))
            return
        }
        skip(to: leaf.index)
        if leaf.isErased, leaf.hash.count == 32 { erased.insert(leaf.index) }
        if let place = examined.erases { declared.insert(place) }
        if let code = examined.unfit { findings.append(AuditFinding(code, index: leaf.index)) }
        if examined.hash.bytes != leaf.hash {
            suspects.append(leaf.index)
            if stored == nil { stored = recomputed }
        }
        if !identifiers.insert(examined.identifier).inserted {
            findings.append(AuditFinding(.leafRepeated, index: leaf.index))
        }
        recomputed.append(examined.hash)
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
