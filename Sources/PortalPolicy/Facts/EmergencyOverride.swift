public import PortalRecord

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
