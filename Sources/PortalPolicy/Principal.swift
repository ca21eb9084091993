public import PortalRecord

/// Who asks: a member of staff, a patient, a system.
public struct Principal: Hashable, Sendable, Codable {
    /// The person's handle in the site's directory.
    public var person: String
    /// Roles, by their names in the profile.
    public var roles: [String]
    /// The organisation, as asserted.
    public var organisation: String?
    /// The place, as asserted.
    public var location: String?
    /// The system that the person came through, as asserted.
    public var viaSystem: String?
    /// Codes by which attendance feeds name the person, such as a consultant code.
    public var codes: [String]
    /// The person's own identifiers as a patient: staff read their own record only by the
    /// patient's door.
    public var ownIdentifiers: [Identifier]
    /// The account's first day.
    public var from: PartialDate?
    /// The account's last day.
    public var to: PartialDate?

    /// Builds a principal.
    public init(
        person: String,
        roles: [String],
        organisation: String? = nil,
        location: String? = nil,
        viaSystem: String? = nil,
        codes: [String] = [],
        ownIdentifiers: [Identifier] = [],
        from: PartialDate? = nil,
        to: PartialDate? = nil
    ) {
        self.person = person
        self.roles = roles
        self.organisation = organisation
        self.location = location
        self.viaSystem = viaSystem
        self.codes = codes
        self.ownIdentifiers = ownIdentifiers
        self.from = from
        self.to = to
    }

    /// Whether the account is in force.
    public func isActive(at moment: Instant) -> Bool {
        DatedFact.holds(from: from, to: to, graceDays: 0, leadDays: 0, at: moment)
    }
}

/// What somebody wants to do with an entry.
public enum Operation: String, Hashable, Sendable, Codable, CaseIterable {
    /// Know that it exists.
    case know
    /// Read what it says.
    case read
    /// Open the document it was read from.
    case openDocument = "open document"
    /// Take it out of the portal.
    case export
    /// Record that it was seen and acted on.
    case acknowledge
    /// Ask for a test.
    case request
    /// Restrict who may see it.
    case seal
    /// Say who is who.
    case link
}

/// Why somebody asks.
public struct Purpose: RawRepresentable, Hashable, Sendable, Codable {
    /// The purpose's word.
    public let rawValue: String

    /// Takes a purpose's word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Care of the patient.
    public static let directCare = Purpose(rawValue: "direct care")
    /// Running the service: lists, bookings, letters.
    public static let administration = Purpose(rawValue: "administration")
    /// Looking into how a record was used.
    public static let investigation = Purpose(rawValue: "investigation")
    /// Telling those who were shown a wrong result.
    public static let recall = Purpose(rawValue: "recall")
    /// The patient reading their own record.
    public static let patientRequest = Purpose(rawValue: "patient request")

    /// Learning from a death.
    public static let mortalityReview = Purpose(rawValue: "mortality review")
    /// The procurator fiscal's or the coroner's inquiry into a death.
    public static let fiscalInquiry = Purpose(rawValue: "fiscal inquiry")
    /// Research and planning.
    public static let research = Purpose(rawValue: "research")

    /// Every purpose that the library knows.
    public static let known: [Purpose] = [
        .directCare, .administration, .investigation, .recall, .patientRequest, .mortalityReview,
        .fiscalInquiry, .research,
    ]

    /// Whether it is about one who has died.
    public var isAfterDeath: Bool { self == .mortalityReview || self == .fiscalInquiry }

    /// Whether permission is asked for it at the point of care: where it serves the patient's care
    /// or the running of the service, and not where it looks back on what was done.
    public var asksPermission: Bool {
        self == .directCare || self == .administration || self == .research
    }
}
