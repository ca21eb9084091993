public import PortalRecord

/// Tells privacy officers that an override waits for their review: whose record and who took it
/// stand in the queue alone, so that the alert can go by mail.
///
/// - Rule: DOMAIN 7: the notice carries no patient or user identity, only a reference.
public struct PrivacyAlert: Sendable, Hashable, Codable {
    /// The override's handle in the queue.
    public let reference: String
    /// The override's type.
    public let type: String
    /// When it was taken.
    public let time: Instant

    init(reference: String, type: String, at time: Instant) {
        self.reference = reference
        self.type = type
        self.time = time
    }

    /// A line for a message.
    public var text: String {
        "Override (\(type)) at \(time.description) waits for review: reference \(reference)"
    }
}
