internal import Crypto
internal import PortalRecord

/// Checks that a checkpoint is of one log and signed by one key.
public struct CheckpointVerifier: Hashable, Sendable {
    /// The log's own name.
    public let origin: String
    /// The 32 bytes of the Ed25519 public key.
    public let publicKey: [UInt8]
    /// The short name of the public key, as checkpoints carry it.
    public let keyID: String

    /// Takes a log's name and the public key that signs for it.
    ///
    /// - Throws: ``AuditError`` with `keyUnfit` for an empty name, one holding a NUL, or bytes that
    ///   are no key.
    public init(origin: String, publicKey: [UInt8]) throws(AuditError) {
        guard !origin.isEmpty, !origin.utf8.contains(0), publicKey.count == 32,
            (try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey)) != nil
        else { throw AuditError(.keyUnfit) }
        self.origin = origin
        self.publicKey = publicKey
        keyID = String(ContentHash(of: publicKey).hex.prefix(16))
    }

    /// Whether this key signed this checkpoint, every field of it, for this log.
    public func accepts(_ checkpoint: Checkpoint) -> Bool {
        guard checkpoint.size >= 0, checkpoint.keyID.utf8.elementsEqual(keyID.utf8),
            checkpoint.origin.utf8.elementsEqual(origin.utf8),
            let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey)
        else { return false }
        return key.isValidSignature(checkpoint.signature, for: checkpoint.signedBytes)
    }
}
