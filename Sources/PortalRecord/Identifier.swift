/// A number or code that names a person, a specimen or an order, with whoever assigned it.
///
/// - Shape: an identifier without its assigner (`system` nil) is kept and shown, and links nothing
///   (SAFETY S1): the same digits mean someone else in the next hospital.
public struct Identifier: Hashable, Sendable, Codable {
    /// Who assigned it: a URI such as `https://fhir.nhs.uk/Id/nhs-number`, or nil when not said.
    public var system: String?
    /// The identifier itself, as written.
    public var value: String
    /// The kind of identifier the sender says it is, such as `MR` or `NH` (HL7 table 0203).
    public var type: String?
    /// What the sender says about its verification, such as `01` (NHS number status).
    public var verification: String?

    /// Builds an identifier.
    public init(
        system: String?,
        value: String,
        type: String? = nil,
        verification: String? = nil
    ) {
        self.system = system
        self.value = value
        self.type = type
        self.verification = verification
    }

    /// The national number that this is, if its system is a national one and its digits hold.
    public var nationalNumber: NationalNumber? {
        guard let system else { return nil }
        return NationalNumber(system: system, value: value)
    }

    /// `system|value`, as an operator writes it on a command line.
    public var token: String { (system ?? "") + "|" + value }
}

/// The identifier systems that the library knows by name.
///
/// - Rule: FHIR UK Core identifier systems; DOMAIN section 3.
public enum IdentifierSystem {
    /// The NHS number of England, Wales and the Isle of Man.
    public static let nhsNumber = "https://fhir.nhs.uk/Id/nhs-number"
    /// The Community Health Index number of Scotland.
    public static let chiNumber = "urn:oid:2.16.840.1.113883.2.1.3.2.4.16.53"
    /// The Health and Care number of Northern Ireland.
    public static let healthAndCareNumber = "https://fhir.nhs.uk/Id/hsc-number"

    /// Whether a system names a national register of people.
    public static func isNational(_ system: String) -> Bool {
        system == nhsNumber || system == chiNumber || system == healthAndCareNumber
    }

    /// The system of an assigner that the site profile does not map.
    ///
    /// - Rule: HL7 Version 2 to FHIR, data type HD: `urn:oid:` for an ISO identifier, else
    ///   `urn:id:` and the namespace.
    public static func unmapped(namespace: String, universalID: String, type: String) -> String? {
        if type == "ISO", !universalID.isEmpty { return "urn:oid:" + universalID }
        if !namespace.isEmpty { return "urn:id:" + namespace }
        if !universalID.isEmpty { return "urn:id:" + universalID }
        return nil
    }
}
