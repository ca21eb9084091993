/// How an audited act ended.
@nonexhaustive
public enum AuditOutcome: String, Codable, Hashable, Sendable, CaseIterable {
    /// It was allowed and done.
    case permitted
    /// It was refused, in whole.
    case withheld
    /// It was allowed and there was nothing to show.
    case nothingFound = "nothing found"
    /// It was allowed and broke down.
    case failed
}
