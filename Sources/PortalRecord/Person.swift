/// A person's name in its parts, as written.
public struct HumanName: Hashable, Sendable, Codable {
    /// The surname, prefixes included.
    public var family: String?
    /// The first forename.
    public var given: String?
    /// Further forenames or initials.
    public var middle: String?
    /// Title, such as `Dr`.
    public var prefix: String?
    /// What follows the name, such as `Jr` or a degree.
    public var suffix: String?
    /// The name's use as the sender codes it, such as `L` legal (HL7 table 0200).
    public var use: String?

    /// Builds a name.
    public init(
        family: String? = nil,
        given: String? = nil,
        middle: String? = nil,
        prefix: String? = nil,
        suffix: String? = nil,
        use: String? = nil
    ) {
        self.family = family
        self.given = given
        self.middle = middle
        self.prefix = prefix
        self.suffix = suffix
        self.use = use
    }

    /// `SURNAME, Forename Middle (Title)`, as the first screen's banner has it.
    ///
    /// - Rule: SAFETY "The first screen".
    public var banner: String {
        let forenames = [given, middle].compactMap { $0 }.joined(separator: " ")
        let name = [family?.uppercased(), forenames.isEmpty ? nil : forenames]
            .compactMap { $0 }.joined(separator: ", ")
        guard let prefix else { return name }
        return name + " (" + prefix + ")"
    }

    /// Title, forenames and surname in reading order: `Dr Ann Lee`.
    public var spoken: String {
        [prefix, given, middle, family, suffix].compactMap { $0 }.joined(separator: " ")
    }
}

/// A postal address in its lines, as written.
public struct Address: Hashable, Sendable, Codable {
    /// The lines, town and county, in the sender's order, empty ones left out.
    public var lines: [String]
    /// The postcode as written.
    public var postcode: String?
    /// The country as written.
    public var country: String?
    /// The address's use as the sender codes it (HL7 table 0190).
    public var use: String?

    /// Builds an address.
    public init(
        lines: [String],
        postcode: String? = nil,
        country: String? = nil,
        use: String? = nil
    ) {
        self.lines = lines
        self.postcode = postcode
        self.country = country
        self.use = use
    }
}

/// Someone who took part: who ordered, reported, attended.
public struct Practitioner: Hashable, Sendable, Codable {
    /// The sender's code for the person, such as `C1234567`.
    public var identifier: Identifier?
    /// The person's name.
    public var name: HumanName?
    /// What they did, as the sender's field says: `attending`, `ordering`.
    public var role: String

    /// Builds a participant.
    public init(identifier: Identifier? = nil, name: HumanName? = nil, role: String) {
        self.identifier = identifier
        self.name = name
        self.role = role
    }
}

/// Administrative gender as stated.
///
/// - Rule: HL7 table 0001 and FHIR `administrative-gender`; codes beyond them are kept as written.
public struct AdministrativeGender: RawRepresentable, Hashable, Sendable, Codable {
    /// The sender's code, such as `F`.
    public let rawValue: String

    /// Takes a code as written.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// In words: female, male, other, unknown, or the code as written.
    public var words: String {
        switch rawValue.uppercased() {
        case "F", "FEMALE", "2": "female"
        case "M", "MALE", "1": "male"
        case "O", "A", "OTHER", "9": "other"
        case "U", "N", "UNKNOWN", "0": "unknown"
        default: rawValue
        }
    }

    /// Whether both are known and differ: what SAFETY S1 calls a conflict of sex.
    public func conflicts(with other: AdministrativeGender) -> Bool {
        let known: Set<String> = ["female", "male"]
        return known.contains(words) && known.contains(other.words) && words != other.words
    }
}
