public import PortalRecord

/// One row of the sequenced log, as stored: the event's bytes, its hash and what it is found by.
///
/// Nothing in it is trusted: ``AuditVerifier`` recomputes all of it from the bytes.
public struct AuditLeaf: Hashable, Sendable {
    /// The place in the log, counted from zero.
    public var index: Int
    /// The event's identifier, as the log finds it.
    public var id: String
    /// The source patients under which the log finds the event.
    public var members: [String]
    /// The event's canonical bytes; none where the event was erased and its leaf alone is left.
    public var event: [UInt8]
    /// The stored leaf hash.
    ///
    /// - Shape: 32 bytes, unless the row was damaged.
    public var hash: [UInt8]

    /// Takes a row as stored.
    public init(index: Int, id: String, members: [String], event: [UInt8], hash: [UInt8]) {
        self.index = index
        self.id = id
        self.members = members
        self.event = event
        self.hash = hash
    }

    /// Whether the event was erased: its leaf then stands for it, unproved by any bytes.
    public var isErased: Bool { event.isEmpty }

    /// What an erased event is found by: nothing of its own.
    package static func erasedID(_ index: Int) -> String { "erased-\(index)" }

    /// The leaf hash of an event at its place.
    ///
    /// The place is hashed with the event, so that a row moved to another place no longer fits.
    ///
    /// - Rule: RFC 6962 leaf over the index (eight bytes, big-endian) and the event's bytes.
    public static func hash(of event: [UInt8], at index: Int) -> ContentHash {
        MerkleTree.leafHash(of: event, after: bigEndian(index))
    }

    /// The leaf for recorded bytes at a place, found by what the event says.
    ///
    /// Bytes that are no event still get their leaf, so that a damaged row cannot stop the log.
    package static func make(index: Int, id: String, event bytes: [UInt8]) -> AuditLeaf {
        AuditLeaf(
            index: index,
            id: id,
            members: AuditEvent.read(canonicalBytes: bytes)?.indexedMembers ?? [],
            event: bytes,
            hash: hash(of: bytes, at: index).bytes
        )
    }
}

extension AuditEvent {
    /// The members, each once by its bytes, in their order.
    package var indexedMembers: [String] {
        var seen: Set<[UInt8]> = []
        return members.filter { seen.insert(Array($0.utf8)).inserted }
    }
}

func bigEndian(_ number: Int) -> [UInt8] {
    let bits = UInt64(bitPattern: Int64(number))
    return stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: bits >> $0) }
}
