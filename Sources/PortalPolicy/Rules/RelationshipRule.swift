/// How long a relationship of one basis lasts.
public struct RelationshipRule: Hashable, Sendable, Codable {
    /// What makes such a relationship.
    public var basis: Relationship.Basis
    /// Days before it begins from which it holds.
    public var daysBefore: Int
    /// Days after it ends for which it still holds.
    public var daysAfter: Int

    /// Builds a rule.
    public init(basis: Relationship.Basis, daysBefore: Int, daysAfter: Int) {
        self.basis = basis
        self.daysBefore = daysBefore
        self.daysAfter = daysAfter
    }

    /// Attendances and bookings: two weeks before, a quarter after; registration while it lasts.
    public static let proposed = [
        RelationshipRule(basis: .attendance, daysBefore: 14, daysAfter: 90),
        RelationshipRule(basis: .appointment, daysBefore: 14, daysAfter: 90),
        RelationshipRule(basis: .registration, daysBefore: 0, daysAfter: 0),
    ]
}
