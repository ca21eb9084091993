/// What one document says about the person it is about.
///
/// - Shape: absent fields say nothing; `cleared` names the fields that the sender emptied on
///   purpose with HL7's `""` (SAFETY S25): two different facts.
public struct PatientStatement: Hashable, Sendable, Codable {
    /// Every identifier, in the sender's order.
    public var identifiers: [Identifier] = []
    /// Every name, in the sender's order; the first is the one in use.
    public var names: [HumanName] = []
    /// The birth date, as precise as stated.
    public var birthDate: PartialDate?
    /// Administrative gender as stated.
    public var gender: AdministrativeGender?
    /// Addresses, in the sender's order.
    public var addresses: [Address] = []
    /// Telephone numbers and the like, as written.
    public var telecoms: [String] = []
    /// The time of death, where stated.
    public var deceasedAt: PartialDate?
    /// Whether the sender says that the person has died.
    public var isDeceased: Bool?
    /// The general practice or practitioner, as written.
    public var generalPractice: [Practitioner] = []
    /// Marital status, language, religion, ethnic group and the like, by field name.
    public var other: [String: String] = [:]
    /// Names of the fields that the sender cleared.
    public var cleared: [String] = []

    /// Builds an empty statement.
    public init() {}

    /// The first name, which is the one in use.
    public var name: HumanName? { names.first }

    /// The national numbers whose check digits hold.
    public var nationalNumbers: [NationalNumber] {
        identifiers.compactMap(\.nationalNumber)
    }
}
