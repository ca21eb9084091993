public import PortalRecord

/// A patient, or the site for them, keeps part of the record back.
public struct Restriction: Hashable, Sendable, Codable {
    /// How far it is kept back.
    public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// Opened by express consent, a legal requirement or an overriding public interest.
        case sealed
        /// Outside the team not even its existence may be known.
        case sealedAndLocked = "sealed and locked"
        /// The patient refuses this look.
        case refused
        /// The patient has opted out of the upload: withdrawn everywhere, and no override opens it
        /// (SAFETY S20).
        case optedOut = "opted out"
        /// The patient keeps the record out of research, counts too.
        case secondaryUse = "secondary use"
    }

    /// Which entries: everything unless narrowed.
    public struct Scope: Hashable, Sendable, Codable {
        /// Kinds of entry; empty for all.
        public var kinds: [EntryKind] = []
        /// Silos; empty for all.
        public var silos: [String] = []
        /// Codes of what was asked or observed; empty for all.
        public var codes: [String] = []
        /// Sender's numbers; empty for all.
        public var keys: [String] = []

        /// Builds a scope of everything.
        public init() {}

        /// Whether an entry lies in the scope.
        public func covers(_ entry: EntryFacts) -> Bool {
            (kinds.isEmpty || kinds.contains(entry.kind))
                && (silos.isEmpty || silos.contains(entry.silo))
                && (codes.isEmpty || !Set(codes).isDisjoint(with: entry.codes))
                && (keys.isEmpty || entry.key.map(keys.contains) ?? false)
        }
    }

    /// Which entries.
    public var scope: Scope
    /// How far it is kept back.
    public var kind: Kind
    /// Who instructed it.
    public var instructedBy: String
    /// The team within which a sealed and locked entry stays visible.
    public var team: String?
    /// From this day on.
    public var from: PartialDate?
    /// To the end of this day.
    public var to: PartialDate?

    /// Builds a restriction.
    public init(
        scope: Scope,
        kind: Kind,
        instructedBy: String,
        team: String? = nil,
        from: PartialDate? = nil,
        to: PartialDate? = nil
    ) {
        self.scope = scope
        self.kind = kind
        self.instructedBy = instructedBy
        self.team = team
        self.from = from
        self.to = to
    }

    /// Whether it holds at a moment.
    public func holds(at moment: Instant) -> Bool {
        DatedFact.holds(from: from, to: to, graceDays: 0, leadDays: 0, at: moment)
    }
}
