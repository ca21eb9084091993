/// A booked contact: clinic, theatre, day case, visit.
///
/// - Rule: FHIR R4 `Appointment`; HL7 v2.5.1 ch. 10 (SIU).
public struct Appointment: Hashable, Sendable, Codable {
    /// What the list or message it came by is about: `clinic`, `theatre`, `emergency`, `day case`.
    public var list: String?
    /// The trigger event, such as `S12`, or `list` for a line of a list.
    public var event: String
    /// `booked`, `cancelled`, `arrived`, `finished`, `did not attend`, or the sender's own word;
    /// empty where a change of something else leaves it as it was.
    public var state: String
    /// When it starts.
    public var start: PartialDate?
    /// When it ends.
    public var end: PartialDate?
    /// Where.
    public var location: Location?
    /// The service or specialty.
    public var service: String?
    /// Why, or what will be done.
    public var reason: CodeableConcept?
    /// Further fields by name, as written.
    public var other: [String: String]
    /// Names of the fields that the sender cleared.
    public var cleared: [String]

    /// Builds an appointment.
    public init(event: String, state: String) {
        self.event = event
        self.state = state
        other = [:]
        cleared = []
    }
}

/// A medicine as one source says the person has it.
///
/// - Rule: FHIR R4 `MedicationStatement`; never the ward chart (SAFETY S19).
public struct MedicationStatement: Hashable, Sendable, Codable {
    /// The medicine.
    public var code: CodeableConcept
    /// The dose as written.
    public var dose: String?
    /// `repeat` or `acute`, where said.
    public var supply: String?
    /// When it was started.
    public var started: PartialDate?
    /// When it was stopped.
    public var ended: PartialDate?
    /// When it was last issued.
    public var lastIssued: PartialDate?

    /// Builds a statement.
    public init(code: CodeableConcept) { self.code = code }
}

/// A warning to whoever opens the record.
///
/// - Rule: FHIR R4 `Flag`.
public struct Flag: Hashable, Sendable, Codable {
    /// What is flagged.
    public var code: CodeableConcept
    /// The kind of alert as its source names it, such as `clinical` or `child protection`.
    public var category: String?
    /// What to do, or what lies behind it.
    public var detail: String?
    /// From then on.
    public var from: PartialDate?
    /// Until then; nil while it stands.
    public var to: PartialDate?
    /// Whom to ask.
    public var contact: String?

    /// Builds a flag.
    public init(code: CodeableConcept) { self.code = code }
}

/// A plan made ahead: anticipatory care, resuscitation, palliative care.
///
/// - Rule: FHIR R4 `CarePlan`; SAFETY S13: decisions are never reconciled across sources.
public struct CarePlan: Hashable, Sendable, Codable {
    /// `resuscitation`, `anticipatory care`, `palliative care`, ``goal``, ``consent``, or the source's
    /// own word.
    public var category: String
    /// The decision or the plan's title, such as "Do not attempt CPR".
    public var title: String
    /// What it says, heading by heading.
    public var sections: [DocumentSection]
    /// When it was made.
    public var made: PartialDate?
    /// When it is to be looked at again.
    public var reviewDue: PartialDate?

    /// Builds a plan.
    public init(category: String, title: String) {
        self.category = category
        self.title = title
        sections = []
    }

    /// The ``category`` of what the person wants to reach: of several none contradicts another.
    public static let goal = "goal"

    /// The ``category`` of what the person agreed to or refused: it only states, and access policy
    /// does not read it.
    public static let consent = "consent"
}

/// An operation or procedure that was done.
///
/// - Rule: FHIR R4 `Procedure`.
public struct Procedure: Hashable, Sendable, Codable {
    /// What was done.
    public var code: CodeableConcept
    /// When.
    public var performed: PartialDate?
    /// The side or site, as written.
    public var site: String?
    /// The note, as written.
    public var note: String?
    /// Further fields by name, as written; nil where there are none.
    public var other: [String: String]?

    /// Builds a procedure.
    public init(code: CodeableConcept) { self.code = code }
}

/// A vaccination that was given, or was not.
///
/// - Rule: FHIR R4 `Immunization`; HL7 v2.5.1 ch. 4 (RXA).
public struct Immunization: Hashable, Sendable, Codable {
    /// The vaccine.
    public var code: CodeableConcept
    /// When.
    public var occurred: PartialDate?
    /// Whether it is stated that it was *not* given, and why, in the sender's words.
    public var notGiven: String?
    /// The dose as written, with its unit.
    public var dose: String?
    /// The batch.
    public var lot: String?
    /// Where on the body.
    public var site: String?
    /// How.
    public var route: String?

    /// Builds a vaccination.
    public init(code: CodeableConcept) { self.code = code }
}

/// A test or service that was asked for.
///
/// - Rule: FHIR R4 `ServiceRequest`; HL7 v2.5.1 ch. 4 (ORC, OBR of an order).
public struct ServiceRequest: Hashable, Sendable, Codable {
    /// What was asked for.
    public var code: CodeableConcept
    /// The requester's number.
    public var placerNumber: Identifier?
    /// The number of whoever carries it out.
    public var fillerNumber: Identifier?
    /// How it stands, in words: `requested`, `in progress`, `completed`, `cancelled`, `on hold`, or
    /// the sender's own.
    public var state: String
    /// How urgent, as written.
    public var priority: String?
    /// When it was asked for.
    public var requested: PartialDate?
    /// When it is wanted.
    public var wanted: PartialDate?
    /// Why.
    public var reasons: [CodeableConcept]
    /// What the requester tells.
    public var notes: [String]

    /// Builds a request.
    public init(code: CodeableConcept, state: String) {
        self.code = code
        self.state = state
        reasons = []
        notes = []
    }
}
