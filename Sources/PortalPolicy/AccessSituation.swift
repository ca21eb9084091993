public import PortalRecord

/// Everything that is known of a person, a patient and a moment before any entry is looked at.
public struct AccessSituation: Hashable, Sendable {
    /// Who asks.
    public var principal: Principal
    /// Why.
    public var purpose: Purpose
    /// When: always now, also when the past is asked for (SAFETY S18).
    public var moment: Instant
    /// The person's memberships, and those of whoever answers for a student.
    public var memberships: [Membership]
    /// The patient's relationships.
    public var relationships: [Relationship]
    /// Whether the feed that relationships come from has been silent too long (SAFETY S21).
    public var isRelationshipFeedStale: Bool
    /// Mandates that the person holds.
    public var mandates: [Mandate]
    /// The patient's restrictions; nil where they could not be had: then everything is withheld.
    public var restrictions: [Restriction]?
    /// What the patient answered when this person asked; nil where it could not be had: then what
    /// needs permission is withheld.
    public var consents: [Consent]?
    /// The overrides that the person has for this patient.
    public var overrides: [EmergencyOverride]
    /// The patient's source patients.
    public var members: [SourcePatientID]
    /// Every identifier of the patient.
    public var identifiers: [Identifier]
    /// When the patient was born and died.
    public var life: PatientLife
    /// Whether another record carries one of the numbers and may be somebody else's: a number alone
    /// then opens nobody's record as their own (SAFETY S1).
    public var isContested: Bool

    /// Builds a situation.
    public init(
        principal: Principal,
        purpose: Purpose,
        moment: Instant,
        memberships: [Membership] = [],
        relationships: [Relationship] = [],
        isRelationshipFeedStale: Bool = false,
        mandates: [Mandate] = [],
        restrictions: [Restriction]? = [],
        consents: [Consent]? = [],
        overrides: [EmergencyOverride] = [],
        members: [SourcePatientID] = [],
        identifiers: [Identifier] = [],
        life: PatientLife = PatientLife(),
        isContested: Bool = false
    ) {
        self.principal = principal
        self.purpose = purpose
        self.moment = moment
        self.memberships = memberships
        self.relationships = relationships
        self.isRelationshipFeedStale = isRelationshipFeedStale
        self.mandates = mandates
        self.restrictions = restrictions
        self.consents = consents
        self.overrides = overrides
        self.members = members
        self.identifiers = identifiers
        self.life = life
        self.isContested = isContested
    }
}
