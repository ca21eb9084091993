/// Who cares for the person together, as one source states it.
///
/// It states who takes part and gives nobody access: relationships come from attendances.
///
/// - Rule: FHIR R4 `CareTeam`; SAFETY "The four dated access facts".
public struct CareTeam: Hashable, Sendable, Codable {
    /// What the team is called.
    public var name: String?
    /// What kind of team.
    public var category: CodeableConcept?
    /// How it stands, in words: `proposed`, `active`, `suspended`, `inactive`, or the source's own.
    public var state: String
    /// From then on.
    public var from: PartialDate?
    /// Until then; nil while it stands.
    public var to: PartialDate?
    /// Who belongs to it, in the source's order.
    public var members: [CareTeamMember]
    /// Why there is a team.
    public var reasons: [CodeableConcept]
    /// The organisation that answers for it.
    public var organisation: String?
    /// Telephone numbers, as written.
    public var telecoms: [String]
    /// Notes, as written.
    public var notes: [String]
    /// Further fields by name, as written.
    public var other: [String: String]

    /// Builds a team.
    public init(state: String) {
        self.state = state
        members = []
        reasons = []
        telecoms = []
        notes = []
        other = [:]
    }
}

/// One of a care team.
public struct CareTeamMember: Hashable, Sendable, Codable {
    /// Who, and what they do in the team.
    public var person: Practitioner
    /// `the patient` or `relative or contact`; nil for whoever works there.
    public var standing: String?
    /// The organisation that they act for.
    public var organisation: String?
    /// From then on.
    public var from: PartialDate?
    /// Until then; nil while they belong to it.
    public var to: PartialDate?

    /// Builds a member.
    public init(person: Practitioner) { self.person = person }

    /// The member in one line: role, name, and how they stand to the patient.
    public var words: String {
        let name = person.name?.spoken ?? person.identifier?.value ?? "not named"
        var words = person.role + ": " + name
        if let standing { words += " (" + standing + ")" }
        if let organisation { words += ", for " + organisation }
        if let from { words += ", from " + from.clinical }
        if let to { words += ", until " + to.clinical }
        return words
    }
}
