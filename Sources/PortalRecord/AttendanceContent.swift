/// One movement of an attendance: admitted, transferred, discharged, and their cancellations.
///
/// - Shape: absent fields say nothing; ``cleared`` names those emptied with `""` (SAFETY S25).
/// - Rule: HL7 v2.5.1 chapter 3, events A01 to A13.
public struct EncounterMovement: Hashable, Sendable, Codable {
    /// The trigger event, such as `A01`.
    public var event: String
    /// When it happened: EVN-6, else EVN-2 (SAFETY S8).
    public var occurred: PartialDate?
    /// Inpatient, outpatient, emergency … as coded (HL7 table 0004).
    public var patientClass: String?
    /// The ward or clinic now.
    public var location: Location?
    /// The ward or clinic before.
    public var priorLocation: Location?
    /// When the patient came.
    public var admitted: PartialDate?
    /// When the patient left.
    public var discharged: PartialDate?
    /// When the patient is expected.
    public var expected: PartialDate?
    /// Why, as coded or written.
    public var reason: CodeableConcept?
    /// Hospital service or specialty.
    public var service: String?
    /// Further fields by name, as written.
    public var other: [String: String]
    /// Names of the fields that the sender cleared.
    public var cleared: [String]

    /// Builds a movement.
    public init(event: String) {
        self.event = event
        other = [:]
        cleared = []
    }

    /// The ``patientClass`` of care over months or years that a team answers for: no visit, so that
    /// it puts the person on no ward and gives nobody access.
    ///
    /// - Rule: FHIR R4 `EpisodeOfCare`; SAFETY "The four dated access facts".
    public static let episodeOfCare = "episode of care"
}

/// A place in a hospital.
public struct Location: Hashable, Sendable, Codable {
    /// The ward, clinic or department.
    public var pointOfCare: String?
    /// The room.
    public var room: String?
    /// The bed.
    public var bed: String?
    /// The hospital or site.
    public var facility: String?
    /// The rest of the field, as written.
    public var rest: String?

    /// Builds a place.
    public init(
        pointOfCare: String? = nil,
        room: String? = nil,
        bed: String? = nil,
        facility: String? = nil,
        rest: String? = nil
    ) {
        self.pointOfCare = pointOfCare
        self.room = room
        self.bed = bed
        self.facility = facility
        self.rest = rest
    }

    /// The place in words: ward, bed and hospital.
    public var words: String {
        [pointOfCare, room.map { "room " + $0 }, bed.map { "bed " + $0 }, facility]
            .compactMap { $0 }.joined(separator: ", ")
    }
}

/// An allergy or adverse reaction as one source states it.
public struct AllergyIntolerance: Hashable, Sendable, Codable {
    /// What the person reacts to.
    public var code: CodeableConcept
    /// Drug, food and so on, as coded (HL7 table 0127).
    public var category: CodeableConcept?
    /// Severity as coded (HL7 table 0128).
    public var severity: CodeableConcept?
    /// What happened.
    public var reactions: [String]
    /// When it was first seen.
    public var onset: PartialDate?

    /// Builds an allergy.
    public init(code: CodeableConcept) {
        self.code = code
        reactions = []
    }
}

/// A problem or diagnosis as one source states it.
public struct Condition: Hashable, Sendable, Codable {
    /// The problem.
    public var code: CodeableConcept
    /// Admitting, working, final, as coded (HL7 table 0052).
    public var category: String?
    /// When it was made.
    public var recorded: PartialDate?
    /// Further fields by name, as written.
    public var other: [String: String]

    /// Builds a condition.
    public init(code: CodeableConcept) {
        self.code = code
        other = [:]
    }
}

/// Next of kin or another contact as one source states it.
public struct RelatedPerson: Hashable, Sendable, Codable {
    /// The names.
    public var names: [HumanName]
    /// The relationship, as coded (HL7 table 0063).
    public var relationship: CodeableConcept?
    /// The role, as coded (HL7 table 0131).
    public var role: CodeableConcept?
    /// Telephone numbers, as written.
    public var telecoms: [String]
    /// Addresses.
    public var addresses: [Address]
    /// Further fields by name, as written.
    public var other: [String: String]

    /// Builds a contact.
    public init() {
        names = []
        telecoms = []
        addresses = []
        other = [:]
    }
}
