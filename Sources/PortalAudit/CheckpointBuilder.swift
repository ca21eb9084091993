package import PortalRecord

/// A checkpoint with the edge of the tree it was signed over, so that the next need not start anew.
package struct StoredCheckpoint: Hashable, Sendable {
    package let checkpoint: Checkpoint
    /// nil where what is stored is no edge of a log of that size.
    package let frontier: MerkleFrontier?

    package init(checkpoint: Checkpoint, frontier: MerkleFrontier?) {
        self.checkpoint = checkpoint
        self.frontier = frontier
    }
}

/// Reads leaves back from the store and signs only what reads back as it was written.
///
/// - Rule: PITFALLS, "Yeti2022": one flipped bit in a leaf hash retired a log, because the root was
///   signed before anyone read the leaf again.
package struct CheckpointBuilder {
    package private(set) var frontier: MerkleFrontier
    private let signer: CheckpointSigner

    /// Goes on from the last checkpoint where this key signed it; else starts at the first leaf.
    package init(after last: StoredCheckpoint?, signer: CheckpointSigner) throws(AuditError) {
        self.signer = signer
        frontier = MerkleFrontier()
        guard let last, last.checkpoint.keyID == signer.keyID else { return }
        guard signer.verifier.accepts(last.checkpoint), let edge = last.frontier,
            edge.size == last.checkpoint.size, edge.root == last.checkpoint.root
        else { throw AuditError(.checkpointUnfit) }
        frontier = edge
    }

    /// Takes the next leaf as it was read back.
    package mutating func take(_ leaf: AuditLeaf) throws(AuditError) {
        let hash =
            leaf.isErased
            ? ContentHash(bytes: leaf.hash) ?? MerkleTree.emptyRoot
            : AuditLeaf.hash(of: leaf.event, at: leaf.index)
        guard leaf.index == frontier.size, hash.bytes == leaf.hash else {
            throw AuditError(.writtenOtherwise, number: frontier.size)
        }
        frontier.append(hash)
    }

    /// Signs the leaves taken, which must be the whole log.
    package func finish(at time: Instant, logSize: Int) throws -> StoredCheckpoint {
        guard frontier.size == logSize else {
            throw AuditError(.writtenOtherwise, number: min(frontier.size, logSize))
        }
        let checkpoint = try signer.sign(size: frontier.size, root: frontier.root, at: time)
        return StoredCheckpoint(checkpoint: checkpoint, frontier: frontier)
    }
}
