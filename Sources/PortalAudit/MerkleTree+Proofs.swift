public import PortalRecord

extension MerkleTree {
    /// The proof that one leaf is in the log: the hashes that lead from it to the root.
    ///
    /// - Parameters:
    ///   - index: The leaf, counted from zero.
    ///   - leaves: The leaf hashes of the whole log.
    /// - Returns: nil where the log has no such leaf.
    public static func inclusionProof(
        of index: Int,
        in leaves: [ContentHash]
    ) -> [ContentHash]? {
        guard leaves.indices.contains(index) else { return nil }
        return path(to: index, in: leaves[...])
    }

    /// The proof that the log of an earlier size is the beginning of this one.
    ///
    /// - Parameters:
    ///   - size: The earlier size.
    ///   - leaves: The leaf hashes of the whole log.
    /// - Returns: nil where the log is shorter; nothing to show (an empty proof) for size zero and
    ///   for the log's own size.
    public static func consistencyProof(
        from size: Int,
        in leaves: [ContentHash]
    ) -> [ContentHash]? {
        guard size >= 0, size <= leaves.count else { return nil }
        guard size > 0 else { return [] }
        return subproof(size, in: leaves[...], whole: true)
    }

    private static func path(to index: Int, in leaves: ArraySlice<ContentHash>) -> [ContentHash] {
        guard leaves.count > 1 else { return [] }
        let count = split(leaves.count)
        let middle = leaves.startIndex + count
        guard index >= count else {
            return path(to: index, in: leaves[..<middle]) + [root(of: leaves[middle...])]
        }
        return path(to: index - count, in: leaves[middle...]) + [root(of: leaves[..<middle])]
    }

    private static func subproof(
        _ size: Int,
        in leaves: ArraySlice<ContentHash>,
        whole: Bool
    ) -> [ContentHash] {
        guard size < leaves.count else { return whole ? [] : [root(of: leaves)] }
        let count = split(leaves.count)
        let middle = leaves.startIndex + count
        guard size > count else {
            return subproof(size, in: leaves[..<middle], whole: whole)
                + [root(of: leaves[middle...])]
        }
        return subproof(size - count, in: leaves[middle...], whole: false)
            + [root(of: leaves[..<middle])]
    }
}
