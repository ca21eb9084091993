public import PortalRecord

/// A label that the site's senders use, and which of the library's it counts as.
///
/// A label that nobody defined withholds (SAFETY S21).
public struct LabelRule: Hashable, Sendable, Codable {
    /// The site's label.
    public var label: SecurityLabel
    /// What it counts as.
    public var countsAs: SecurityLabel
    /// The team within which what it locks stays visible.
    public var team: String?

    /// Builds a rule.
    public init(label: SecurityLabel, countsAs: SecurityLabel, team: String? = nil) {
        self.label = label
        self.countsAs = countsAs
        self.team = team
    }
}
