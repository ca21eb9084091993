package import PortalRecord

/// What came of the review of an override.
package struct OverrideReview: Hashable, Sendable, Codable {
    /// The override's handle.
    package var token: String
    /// Who reviewed it.
    package var person: String
    /// When.
    package var time: Instant
    /// What was found, such as `justified`.
    package var outcome: String
    /// What was done about it, in the reviewer's words.
    package var action: String

    package init(token: String, person: String, time: Instant, outcome: String, action: String) {
        self.token = token
        self.person = person
        self.time = time
        self.outcome = outcome
        self.action = action
    }
}
