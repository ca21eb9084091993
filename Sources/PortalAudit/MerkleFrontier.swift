public import PortalRecord

/// The right-hand edge of a growing ``MerkleTree``: enough to add leaves and know the root.
///
/// - Shape: one hash for each one-bit of the size, the largest whole subtree first.
public struct MerkleFrontier: Hashable, Sendable {
    /// How many leaves the log has.
    public private(set) var size: Int
    /// The roots of the whole subtrees.
    ///
    /// INVARIANT: as many as the size has one-bits.
    package private(set) var peaks: [ContentHash]

    /// An empty log.
    public init() {
        size = 0
        peaks = []
    }

    /// Takes up an edge where it was left; nil where it cannot be that of a log of this size.
    package init?(size: Int, peaks: [ContentHash]) {
        guard size >= 0, peaks.count == size.nonzeroBitCount else { return nil }
        self.size = size
        self.peaks = peaks
    }

    /// Adds the hash of one leaf.
    public mutating func append(_ leaf: ContentHash) {
        var hash = leaf
        var rest = size
        while !rest.isMultiple(of: 2), let left = peaks.popLast() {
            hash = MerkleTree.node(left, hash)
            rest >>= 1
        }
        peaks.append(hash)
        size += 1
    }

    /// The root of the log so far; of none, the SHA-256 of nothing.
    public var root: ContentHash {
        guard var hash = peaks.last else { return MerkleTree.emptyRoot }
        for peak in peaks.dropLast().reversed() { hash = MerkleTree.node(peak, hash) }
        return hash
    }
}
