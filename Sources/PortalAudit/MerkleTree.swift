public import PortalRecord

/// The hash tree of a log whose entries are only ever added.
///
/// - Rule: RFC 6962 section 2.1: SHA-256, a leaf is hashed after a 0x00 and a node after a 0x01, so
///   that no leaf can be passed off as a node. Proofs are checked as RFC 9162 section 2.1 says.
public enum MerkleTree {
    /// The hash of one entry.
    public static func leafHash(of entry: [UInt8]) -> ContentHash {
        leafHash(of: entry, after: [])
    }

    static func leafHash(of entry: [UInt8], after start: [UInt8]) -> ContentHash {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1 + start.count + entry.count)
        bytes.append(0x00)
        bytes.append(contentsOf: start)
        bytes.append(contentsOf: entry)
        return ContentHash(of: bytes)
    }

    /// The root of the log with these leaf hashes; of none, the SHA-256 of nothing.
    public static func root(of leaves: [ContentHash]) -> ContentHash {
        root(of: leaves[...])
    }

    static let emptyRoot = ContentHash(of: [UInt8]())

    static func node(_ left: ContentHash, _ right: ContentHash) -> ContentHash {
        var bytes: [UInt8] = [0x01]
        bytes.reserveCapacity(65)
        bytes.append(contentsOf: left.bytes)
        bytes.append(contentsOf: right.bytes)
        return ContentHash(of: bytes)
    }

    static func root(of leaves: ArraySlice<ContentHash>) -> ContentHash {
        guard let first = leaves.first else { return emptyRoot }
        guard leaves.count > 1 else { return first }
        let middle = leaves.startIndex + split(leaves.count)
        return node(root(of: leaves[..<middle]), root(of: leaves[middle...]))
    }

    /// The largest power of two below a count of two or more.
    static func split(_ count: Int) -> Int {
        1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)
    }
}
