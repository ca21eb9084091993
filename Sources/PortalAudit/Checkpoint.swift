public import PortalRecord

/// A signed statement that the log had this size and this root at this moment.
///
/// Checkpoints kept where the log's own keeper cannot reach them (the witness) are what shows a cut
/// tail, a rollback to a backup, or a log rewritten whole: the log alone never can.
///
/// - Rule: DESIGN section 7; at most a minute or 100 events apart.
public struct Checkpoint: Hashable, Sendable {
    /// The log's own name, different for every log signed with one key.
    public let origin: String
    /// How many leaves the log had.
    public let size: Int
    /// The root of those leaves.
    public let root: ContentHash
    /// When it was signed.
    public let time: Instant
    /// The first sixteen hexadecimal digits of the SHA-256 of the public key that signed.
    public let keyID: String
    /// The Ed25519 signature over ``signedBytes``.
    public let signature: [UInt8]

    /// Takes a checkpoint as it was kept, verified or not.
    public init(
        origin: String,
        size: Int,
        root: ContentHash,
        time: Instant,
        keyID: String,
        signature: [UInt8]
    ) {
        self.origin = origin
        self.size = size
        self.root = root
        self.time = time
        self.keyID = keyID
        self.signature = signature
    }

    /// What is signed: a fixed title and every field but the signature.
    ///
    /// - Shape: texts and the root each after their length, numbers in eight bytes, big-endian; so
    ///   no two checkpoints share these bytes.
    public var signedBytes: [UInt8] {
        var bytes: [UInt8] = []
        for part in [Array("ClinicalPortal audit checkpoint 1".utf8), Array(origin.utf8)] {
            bytes += bigEndian(part.count) + part
        }
        bytes += bigEndian(size)
        bytes += bigEndian(root.bytes.count) + root.bytes
        bytes += bigEndian(time.milliseconds)
        bytes += bigEndian(keyID.utf8.count) + Array(keyID.utf8)
        return bytes
    }
}
