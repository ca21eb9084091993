public import PortalAccess
import PortalRecord

/// The queue of overrides as machines and privacy officers read it.
public enum OverrideQueueView {
    /// The queue as canonical JSON.
    ///
    /// - Throws: `EncodingError`, which no queue of ours gives.
    public static func json(_ queue: Released<[QueuedOverride]>) throws -> String {
        try CanonicalJSON.text(queue.value.map(Line.init))
    }

    /// The queue as text, one to a line, the overdue first.
    public static func text(_ queue: Released<[QueuedOverride]>) -> String {
        if queue.value.isEmpty { return "No override was taken." }
        return queue.value.map { override in
            var state = "review due " + override.due.clinical
            if override.isOverdue { state = "OVERDUE: " + state }
            if let outcome = override.outcome, let reviewer = override.reviewer {
                state = outcome + ", " + reviewer + ": " + (override.action ?? "")
            }
            return [
                override.taken.description, override.type, override.person, override.reason, state,
                override.token,
            ].joined(separator: " · ")
        }.asLines()
    }

    private struct Line: Encodable {
        let token: String
        let type: String
        let person: String
        let patients: [SourcePatientID]
        let reason: String
        let taken: Instant
        let expires: Instant
        let due: Instant
        let overdue: Bool
        let outcome: String?
        let action: String?
        let reviewer: String?
        let reviewed: Instant?

        init(_ override: QueuedOverride) {
            token = override.token
            type = override.type
            person = override.person
            patients = override.patients
            reason = override.reason
            taken = override.taken
            expires = override.expires
            due = override.due
            overdue = override.isOverdue
            outcome = override.outcome
            action = override.action
            reviewer = override.reviewer
            reviewed = override.reviewed
        }
    }
}
