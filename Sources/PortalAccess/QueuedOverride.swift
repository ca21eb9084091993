import PortalPolicy
public import PortalRecord
import PortalStore

/// An override in the privacy officers' queue.
public struct QueuedOverride: Sendable, Hashable {
    /// Its handle.
    public let token: String
    /// Its type.
    public let type: String
    /// Who took it.
    public let person: String
    /// Whose record it opened.
    public let patients: [SourcePatientID]
    /// Why, in the person's words.
    public let reason: String
    /// When.
    public let taken: Instant
    /// When it ended or ends.
    public let expires: Instant
    /// By when it must be reviewed.
    public let due: Instant
    /// What the review came to; nil while it waits.
    public let outcome: String?
    /// What was done, in the reviewer's words.
    public let action: String?
    /// Who reviewed it.
    public let reviewer: String?
    /// When it was reviewed.
    public let reviewed: Instant?
    /// Whether it waits longer than it may.
    public let isOverdue: Bool

    init(_ override: EmergencyOverride, due: Instant, review: OverrideReview?, at now: Instant) {
        token = override.token
        type = override.type
        person = override.person
        patients = override.patients
        reason = override.reason
        taken = override.from
        expires = override.expires
        self.due = due
        outcome = review?.outcome
        action = review?.action
        reviewer = review?.person
        reviewed = review?.time
        isOverdue = review == nil && due < now
    }

    /// Overdue, waiting, done.
    var rank: Int { isOverdue ? 0 : outcome == nil ? 1 : 2 }
}
