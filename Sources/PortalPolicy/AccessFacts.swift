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

/// A patient is in the care of a team or a person.
public struct Relationship: Hashable, Sendable, Codable {
    /// In whose care.
    public enum Holder: Hashable, Sendable, Codable {
        case team(String)
        case person(String)
    }

    /// In whose care.
    public var holder: Holder
    /// What makes it so, such as `attendance`.
    public var basis: String
    /// From then on.
    public var from: PartialDate?
    /// Until then.
    public var to: PartialDate?

    /// Builds a relationship.
    public init(holder: Holder, basis: String, from: PartialDate?, to: PartialDate?) {
        self.holder = holder
        self.basis = basis
        self.from = from
        self.to = to
    }
}

/// Someone acts for someone else: a secretary, a parent, an attorney, an executor.
public struct Mandate: Hashable, Sendable, Codable {
    /// Who acts.
    public var holder: String
    /// For whom: a person of staff, or a patient's identifier.
    public var onBehalfOf: String
    /// What for: kinds of entry; empty for all that the other may.
    public var scope: [EntryKind]
    /// From this day on.
    public var from: PartialDate?
    /// To the end of this day.
    public var to: PartialDate?

    /// Builds a mandate.
    public init(
        holder: String,
        onBehalfOf: String,
        scope: [EntryKind] = [],
        from: PartialDate? = nil,
        to: PartialDate? = nil
    ) {
        self.holder = holder
        self.onBehalfOf = onBehalfOf
        self.scope = scope
        self.from = from
        self.to = to
    }

    /// Whether it holds at a moment.
    public func holds(at moment: Instant) -> Bool {
        DatedFact.holds(from: from, to: to, graceDays: 0, leadDays: 0, at: moment)
    }
}

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

/// Leave to look at what would be withheld: typed, reasoned, scoped to a patient, expiring.
public struct EmergencyOverride: Hashable, Sendable, Codable {
    /// Its opaque handle.
    public var token: String
    /// Its type in the profile, such as `emergency`.
    public var type: String
    /// Who took it.
    public var person: String
    /// The source patients it is for.
    public var patients: [SourcePatientID]
    /// Why, in the person's words.
    public var reason: String
    /// When it was taken.
    public var from: Instant
    /// When it ends.
    public var expires: Instant

    /// Builds an override.
    public init(
        token: String,
        type: String,
        person: String,
        patients: [SourcePatientID],
        reason: String,
        from: Instant,
        expires: Instant
    ) {
        self.token = token
        self.type = type
        self.person = person
        self.patients = patients
        self.reason = reason
        self.from = from
        self.expires = expires
    }

    /// Whether it holds for a person and patient at a moment.
    public func holds(for person: String, _ members: [SourcePatientID], at moment: Instant) -> Bool
    {
        person == self.person && moment >= from && moment < expires
            && !Set(members).isDisjoint(with: patients)
    }
}

/// What policy is told of an entry: never its content.
public struct EntryFacts: Hashable, Sendable {
    /// The kind.
    public var kind: EntryKind
    /// The silo.
    public var silo: String
    /// The labels of all its versions.
    public var labels: [SecurityLabel]
    /// Codes of what was asked or observed.
    public var codes: [String]
    /// The sender's number.
    public var key: String?

    /// Builds facts.
    public init(
        kind: EntryKind,
        silo: String,
        labels: [SecurityLabel] = [],
        codes: [String] = [],
        key: String? = nil
    ) {
        self.kind = kind
        self.silo = silo
        self.labels = labels
        self.codes = codes
        self.key = key
    }
}

/// When a dated fact holds.
package enum DatedFact {
    /// From the start of `from`, less the lead, to the end of `to`, plus the grace.
    ///
    /// A wall-clock date is read as UTC: a day's leeway at most, and days are what such facts are
    /// counted in.
    package static func holds(
        from: PartialDate?,
        to: PartialDate?,
        graceDays: Int,
        leadDays: Int,
        at moment: Instant
    ) -> Bool {
        if let from, moment.milliseconds < from.span.start - leadDays * 86_400_000 { return false }
        if let to, moment.milliseconds >= to.span.end + graceDays * 86_400_000 { return false }
        return true
    }
}
