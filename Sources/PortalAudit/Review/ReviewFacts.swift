public import PortalRecord

/// What review is told of a reader.
public struct ReviewedStaff: Sendable {
    /// The surname, folded; nil where it is not known.
    public var surname: String?
    /// The postcode, folded and without spaces.
    public var postcode: String?
    /// The organisation.
    public var organisation: String?
    /// Their own numbers as a patient.
    public var numbers: Set<String>

    /// Builds what is known.
    public init(
        surname: String? = nil,
        postcode: String? = nil,
        organisation: String? = nil,
        numbers: Set<String> = []
    ) {
        self.surname = surname
        self.postcode = postcode
        self.organisation = organisation
        self.numbers = numbers
    }
}

/// What review is told of a patient.
public struct ReviewedPatient: Sendable {
    /// A stay, visit, booking or referral: milliseconds since 1970; open ones have no end.
    public struct Contact: Sendable {
        /// When it began or is booked for.
        public var from: Int
        /// When it ended.
        public var to: Int?

        /// Builds a contact.
        public init(from: Int, to: Int? = nil) {
            self.from = from
            self.to = to
        }
    }

    /// The handle by which cases name the patient.
    public var handle: String
    /// The surname, folded; nil where it is not known.
    public var surname: String?
    /// The postcode, folded and without spaces.
    public var postcode: String?
    /// Every number.
    public var numbers: Set<String>
    /// When they died; nil while they live.
    public var died: Int?
    /// Their contacts.
    public var contacts: [Contact]
    /// Whether someone watches over the record.
    public var isWatched: Bool
    /// Whether they have opted out of something.
    public var isOptedOut: Bool

    /// Builds what is known.
    public init(
        handle: String,
        surname: String? = nil,
        postcode: String? = nil,
        numbers: Set<String> = [],
        died: Int? = nil,
        contacts: [Contact] = [],
        isWatched: Bool = false,
        isOptedOut: Bool = false
    ) {
        self.handle = handle
        self.surname = surname
        self.postcode = postcode
        self.numbers = numbers
        self.died = died
        self.contacts = contacts
        self.isWatched = isWatched
        self.isOptedOut = isOptedOut
    }
}

/// Looks that a privacy officer should ask about, and why.
public struct AuditCase: Hashable, Sendable {
    /// Who looked.
    public var person: String
    /// At whose record; nil where it is about the reader's looks as a whole.
    public var patient: String?
    /// The rules that gave points, in words, the strongest first.
    public var reasons: [String]
    /// Their names.
    public var rules: [ReviewRule.Name]
    /// How many points they gave together.
    public var points: Int
    /// How many looks.
    public var looks: Int
    /// The first.
    public var first: Instant
    /// The last.
    public var last: Instant
}
