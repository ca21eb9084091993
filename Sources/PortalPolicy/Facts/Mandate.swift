public import PortalRecord

/// Someone acts for someone else: a secretary, a parent, an attorney, an executor.
///
/// - Rule: SAFETY "The four dated access facts".
public struct Mandate: Hashable, Sendable, Codable {
    /// What makes them act.
    public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// Writes and files for a member of staff: what is that person's to see, for them.
        case secretary
        /// Cares for a child: ends at the profile's age unless the child grants it again.
        case parent
        /// Acts for one who cannot.
        case attorney
        /// Settles what one who has died left.
        case executor

        /// Whether they come by the patient's door.
        public var isProxy: Bool { self != .secretary }
    }

    /// Who acts.
    public var holder: String
    /// For whom: a person of staff, or a patient's identifier.
    public var onBehalfOf: String
    /// Codes by which attendance feeds name that person of staff, and the teams they are in.
    public var standsFor: [Relationship.Holder]
    /// What makes them act.
    public var kind: Kind
    /// What for: kinds of entry; empty for all that the other may.
    public var scope: [EntryKind]
    /// Whether the child, grown old enough, has granted it again.
    public var isGrantedByChild: Bool
    /// From this day on.
    public var from: PartialDate?
    /// To the end of this day.
    public var to: PartialDate?

    /// Builds a mandate.
    public init(
        holder: String,
        onBehalfOf: String,
        standsFor: [Relationship.Holder] = [],
        kind: Kind = .secretary,
        scope: [EntryKind] = [],
        isGrantedByChild: Bool = false,
        from: PartialDate? = nil,
        to: PartialDate? = nil
    ) {
        self.holder = holder
        self.onBehalfOf = onBehalfOf
        self.standsFor = standsFor
        self.kind = kind
        self.scope = scope
        self.isGrantedByChild = isGrantedByChild
        self.from = from
        self.to = to
    }

    /// Whether it holds at a moment, as far as the patient's life goes.
    ///
    /// A parent's ends on the birthday that the profile names, and does not hold where the birthday
    /// is not known; an executor's begins with the death; the others end with it.
    public func holds(at moment: Instant, of life: PatientLife, under rules: LifeRules) -> Bool {
        guard DatedFact.holds(from: from, to: to, graceDays: 0, leadDays: 0, at: moment) else {
            return false
        }
        switch kind {
        case .secretary: return true
        case .executor: return life.isDeceased
        case .parent:
            guard isGrantedByChild || life.isYounger(than: rules.parentUntilAge, at: moment) else {
                return false
            }
        case .attorney: break
        }
        guard life.isDeceased else { return true }
        // Of a death without its time nobody can say that the days are not over.
        guard let died = life.died else { return false }
        return DatedFact.holds(
            from: nil,
            to: died,
            graceDays: rules.proxyDaysAfterDeath,
            leadDays: 0,
            at: moment
        )
    }
}
