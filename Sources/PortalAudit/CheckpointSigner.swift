internal import Crypto
public import PortalRecord

/// Signs the checkpoints of one log with Ed25519.
///
/// The seed is the site's secret: keep it away from the log's file, or who can rewrite the one can
/// sign the other. It is in no description or reflection of this value.
///
/// - Rule: RFC 8032 Ed25519.
public struct CheckpointSigner: Sendable, CustomStringConvertible, CustomReflectable {
    /// The log's own name, which each checkpoint carries.
    public let origin: String
    /// What checks this signer's checkpoints.
    public let verifier: CheckpointVerifier
    private let key: Curve25519.Signing.PrivateKey

    /// Takes a log's name and the 32 secret bytes of an Ed25519 key.
    ///
    /// - Parameters:
    ///   - origin: The log's own name; another log (a second journal) has another.
    ///   - seed: 32 bytes from a good source of randomness.
    /// - Throws: ``AuditError`` with `keyUnfit` for an empty name, one holding a NUL, or another
    ///   count of bytes.
    public init(origin: String, seed: [UInt8]) throws(AuditError) {
        guard seed.count == 32,
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed)
        else { throw AuditError(.keyUnfit) }
        self.origin = origin
        self.key = key
        verifier = try CheckpointVerifier(
            origin: origin,
            publicKey: Array(key.publicKey.rawRepresentation)
        )
    }

    /// The 32 bytes with which anyone can check the signatures.
    public var publicKey: [UInt8] { verifier.publicKey }

    /// The short name of the public key.
    public var keyID: String { verifier.keyID }

    /// Signs that the log has this size and root.
    ///
    /// Signs what it is told: ``AuditJournal/checkpoint(at:signer:)`` is what reads the log back
    /// first.
    ///
    /// - Throws: ``AuditError`` with `timeOutOfRange` outside the years 1970 to 9999, and what the
    ///   signature's own code throws.
    public func sign(size: Int, root: ContentHash, at time: Instant) throws -> Checkpoint {
        guard time.isAuditable else { throw AuditError(.timeOutOfRange) }
        let unsigned = Checkpoint(
            origin: origin,
            size: size,
            root: root,
            time: time,
            keyID: keyID,
            signature: []
        )
        return Checkpoint(
            origin: origin,
            size: size,
            root: root,
            time: time,
            keyID: keyID,
            signature: Array(try key.signature(for: unsigned.signedBytes))
        )
    }

    /// Names the key, not its secret.
    public var description: String { "checkpoint signer \(keyID)" }

    /// Nothing of the secret.
    public var customMirror: Mirror { Mirror(self, children: ["keyID": keyID]) }
}
