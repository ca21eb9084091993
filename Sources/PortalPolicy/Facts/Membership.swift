public import PortalRecord

/// A person belongs to a team.
///
/// - Rule: SAFETY "The four dated access facts".
public struct Membership: Hashable, Sendable, Codable {
    /// How they belong to it.
    public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        case member, cover, locum, student
    }

    /// The person.
    public var person: String
    /// The team.
    public var team: String
    /// How they belong to it.
    public var kind: Kind
    /// Who answers for a locum or student.
    public var sponsor: String?
    /// From this day on.
    public var from: PartialDate?
    /// To the end of this day.
    public var to: PartialDate?

    /// Builds a membership.
    public init(
        person: String,
        team: String,
        kind: Kind = .member,
        sponsor: String? = nil,
        from: PartialDate? = nil,
        to: PartialDate? = nil
    ) {
        self.person = person
        self.team = team
        self.kind = kind
        self.sponsor = sponsor
        self.from = from
        self.to = to
    }

    /// Whether it holds at a moment.
    ///
    /// A locum needs a sponsor and an end; a student a sponsor.
    public func holds(at moment: Instant) -> Bool {
        if kind == .locum, sponsor == nil || to == nil { return false }
        if kind == .student, sponsor == nil { return false }
        return DatedFact.holds(from: from, to: to, graceDays: 0, leadDays: 0, at: moment)
    }
}
