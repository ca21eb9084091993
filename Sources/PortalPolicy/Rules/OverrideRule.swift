public import PortalRecord

/// What an override of a type opens, and for how long.
///
/// - Rule: SAFETY S20, S21.
public struct OverrideRule: Hashable, Sendable, Codable {
    /// What it opens.
    public enum Opens: String, Hashable, Sendable, Codable, CaseIterable {
        /// Stands in for a missing relationship.
        case relationship
        /// Stands in for permission that the patient cannot give.
        case permission
        /// Sealed content.
        case sealed
        /// Content that the patient refuses now.
        case refused
        /// Content labelled sensitive.
        case sensitive
    }

    /// Its name, such as `emergency`.
    public var type: String
    /// How long it holds.
    ///
    /// - Units: minutes.
    public var minutes: Int
    /// What it opens.
    public var opens: [Opens]
    /// The kinds of entry it is for; empty for all.
    public var kinds: [EntryKind]
    /// Whether it is a self-claim: taken without leave to override, while the feed that
    /// relationships come from is stale, and opens ordinary content alone.
    public var isSelfClaim: Bool
    /// How soon it must be reviewed.
    ///
    /// - Units: hours.
    public var reviewHours: Int

    /// Builds a rule.
    public init(
        type: String,
        minutes: Int,
        opens: [Opens],
        kinds: [EntryKind] = [],
        isSelfClaim: Bool = false,
        reviewHours: Int = 72
    ) {
        self.type = type
        self.minutes = minutes
        self.opens = opens
        self.kinds = kinds
        self.isSelfClaim = isSelfClaim
        self.reviewHours = reviewHours
    }
}
