public import PortalRecord

extension MerkleTree {
    /// Whether a proof shows that a leaf stands at an index of the log with this size and root.
    ///
    /// - Rule: RFC 9162 section 2.1.3.2. A proof too long or too short is no proof.
    public static func verifyInclusion(
        of leaf: ContentHash,
        at index: Int,
        size: Int,
        root: ContentHash,
        proof: [ContentHash]
    ) -> Bool {
        guard index >= 0, index < size else { return false }
        var position = index
        var last = size - 1
        var hash = leaf
        for step in proof {
            guard last > 0 else { return false }
            if !position.isMultiple(of: 2) || position == last {
                hash = node(step, hash)
                climb(&position, &last)
            } else {
                hash = node(hash, step)
            }
            position >>= 1
            last >>= 1
        }
        return last == 0 && hash == root
    }

    /// Whether a proof shows that the log of the first size and root begins the log of the second.
    ///
    /// - Rule: RFC 9162 section 2.1.4.2; every log begins with the empty one.
    public static func verifyConsistency(
        from firstSize: Int,
        root firstRoot: ContentHash,
        to secondSize: Int,
        root secondRoot: ContentHash,
        proof: [ContentHash]
    ) -> Bool {
        guard firstSize >= 0, firstSize <= secondSize else { return false }
        guard firstSize < secondSize else { return proof.isEmpty && firstRoot == secondRoot }
        guard firstSize > 0 else { return proof.isEmpty && firstRoot == emptyRoot }
        // A whole first tree is its own first step.
        let steps = firstSize.nonzeroBitCount == 1 ? [firstRoot] + proof : proof
        guard let start = steps.first else { return false }
        var position = firstSize - 1
        var last = secondSize - 1
        let shared = (~position).trailingZeroBitCount
        position >>= shared
        last >>= shared
        var first = start
        var second = start
        for step in steps.dropFirst() {
            guard last > 0 else { return false }
            if !position.isMultiple(of: 2) || position == last {
                first = node(step, first)
                second = node(step, second)
                climb(&position, &last)
            } else {
                second = node(second, step)
            }
            position >>= 1
            last >>= 1
        }
        return last == 0 && first == firstRoot && second == secondRoot
    }

    /// Skips the levels at which a right-hand end has no sibling.
    private static func climb(_ position: inout Int, _ last: inout Int) {
        while position.isMultiple(of: 2), position > 0 {
            position >>= 1
            last >>= 1
        }
    }
}
