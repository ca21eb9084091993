public import PortalRecord

/// A patient is in the care of a team or a person.
///
/// - Rule: SAFETY "The four dated access facts".
public struct Relationship: Hashable, Sendable, Codable {
    /// In whose care.
    public enum Holder: Hashable, Sendable, Codable {
        case team(String)
        case person(String)
    }

    /// What makes it so: how long it then lasts is a rule of the site's.
    public enum Basis: String, Hashable, Sendable, Codable, CaseIterable {
        /// An attendance, stay or visit.
        case attendance
        /// A booking ahead.
        case appointment
        /// The patient's registration with a practice.
        case registration
    }

    /// In whose care.
    public var holder: Holder
    /// What makes it so.
    public var basis: Basis
    /// From then on.
    public var from: PartialDate?
    /// Until then.
    public var to: PartialDate?

    /// Builds a relationship.
    public init(holder: Holder, basis: Basis, from: PartialDate?, to: PartialDate?) {
        self.holder = holder
        self.basis = basis
        self.from = from
        self.to = to
    }

    /// Whether it holds at a moment under a site's rule for its basis.
    ///
    /// - Parameters:
    ///   - moment: The moment.
    ///   - rule: How long such a relationship lasts; a basis without a rule makes none.
    ///   - died: When the patient died, where that is known: a death without its time ends no care,
    ///     which its own rule ends.
    ///   - teamDays: How many days after a death a team may still look.
    /// - Returns: Whether it holds.
    public func holds(
        at moment: Instant,
        under rule: RelationshipRule?,
        died: PartialDate?,
        teamDays: Int
    ) -> Bool {
        guard let rule else { return false }
        let isInTime = DatedFact.holds(
            from: from,
            to: to,
            graceDays: rule.daysAfter,
            leadDays: rule.daysBefore,
            at: moment
        )
        guard isInTime, let died else { return isInTime }
        return DatedFact.holds(from: nil, to: died, graceDays: teamDays, leadDays: 0, at: moment)
    }
}
