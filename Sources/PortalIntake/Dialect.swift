public import PortalBytes
public import PortalRecord

/// How one silo writes: what the site profile says so that no adapter needs code for a sender.
public struct Dialect: Hashable, Sendable {
    /// The zone of times without an offset; unknown unless the profile names one.
    public var zone: TimeZoneRule = .unknown
    /// The character set where a message declares none and is not UTF-8.
    public var charset: TextEncoding = .windows1252
    /// Systems of the assigners' names: `GGC` to a URI, `CHI` to the CHI register.
    public var authorities: [String: String] = Dialect.standardAuthorities
    /// The assigner of identifiers that name none; nil leaves them without (SAFETY S1).
    public var defaultAuthority: String?
    /// The assigner whose numbers the silo files its patients under.
    public var localAuthority: String?
    /// Whether a repeated report holds all its results (SAFETY S9).
    public var completeness: DiagnosticReport.Completeness = .snapshot
    /// Seconds that a status time may lie beyond its message's own time (SAFETY S6).
    public var futureToleranceSeconds = 24 * 3600
    /// Status codes that mean something else here than in table 0085, 0123 or 0271, and events of
    /// MDM that do something else here, such as `T03` that withdraws.
    public var statuses: [String: ResultStatus] = [:]
    /// Confidentiality codes (ORC-28, PV1-16, table 0177) and the labels they put on.
    public var labels: [String: SecurityLabel] = [
        "V": .sealed, "R": .sensitive, "NOPAT": .notForPatient,
    ]
    /// Confidentiality codes that restrict nothing: usual control (tables 0177 and 0272), normal.
    public var openCodes: Set<String> = ["U", "N"]

    /// What the silo writes where it knows no name or number.
    public var standIns = StandIns()

    /// Names or numbers under which a laboratory sends its quality control, such as `QC *`: what is
    /// sent under them is no patient's.
    public var qualityControl: [NamePattern] = []
    /// Roles (SPM-11) by which a laboratory marks specimens that are no patient's.
    ///
    /// What is sent of them is refused. None unless the profile says so, because senders fill the field
    /// in carelessly.
    public var controlRoles: Set<String> = []

    /// Roles that mean no patient's specimen: blind samples, calibrators, controls, proficiency tests
    /// and replicates.
    ///
    /// - Rule: HL7 table 0369.
    package static let standardControlRoles: Set<String> = ["B", "C", "E", "F", "O", "Q", "R", "V"]

    /// How numbers begin that a laboratory has given to old reports anew, and how the old ones did:
    /// `["N-": "L"]` where report `L26B1` is sent again as `N-26B1`.
    public var renumbered: [String: String] = [:]
    /// Whether the laboratory sends old reports again under numbers that do not tell the old one: what
    /// is alike in test and collection time is then "possibly the same" within the silo too (S11).
    public var resends = false

    /// What the silo's appointments are for: `clinic`, `theatre`, `emergency`, `day case`.
    public var list: String?

    /// Names of a table's columns, by the names that the adapter knows them under.
    public var columns: [String: String] = [:]

    /// Builds the standard dialect.
    public init() {}

    /// The label that a confidentiality code puts on; nil for one that restricts nothing.
    ///
    /// A code that nobody defined is a label that nobody knows, and so withholds (SAFETY S21).
    public func label(of code: String) -> SecurityLabel? {
        if let label = labels[code] { return label }
        return openCodes.contains(code) ? nil : SecurityLabel(rawValue: code)
    }

    /// Assigners' names that mean a national register wherever they are met.
    ///
    /// - Rule: HL7 table 0363 as used in NHS Wales and Scotland (DOMAIN 3, 6b).
    public static let standardAuthorities: [String: String] = [
        "NHS": IdentifierSystem.nhsNumber,
        "NHSNMBR": IdentifierSystem.nhsNumber,
        "2.16.840.1.113883.2.1.4.1": IdentifierSystem.nhsNumber,
        "CHI": IdentifierSystem.chiNumber,
        "NHSSCOTLAND": IdentifierSystem.chiNumber,
        "2.16.840.1.113883.2.1.3.2.4.16.53": IdentifierSystem.chiNumber,
        "HCN": IdentifierSystem.healthAndCareNumber,
    ]

    /// The system of an assigner, as the profile, the standard or the sender names it.
    ///
    /// - Parameters:
    ///   - namespace: The assigner's short name (HD.1).
    ///   - universalID: The assigner's universal id (HD.2).
    ///   - type: The type of the universal id (HD.3), such as `ISO`.
    /// - Returns: Nil where no assigner is named and the silo has no default one.
    public func system(namespace: String, universalID: String, type: String) -> String? {
        if let system = authorities[namespace] { return system }
        if !universalID.isEmpty, let system = authorities[universalID] { return system }
        return IdentifierSystem.unmapped(
            namespace: namespace,
            universalID: universalID,
            type: type
        ) ?? defaultAuthority.map { authorities[$0] ?? "urn:id:" + $0 }
    }

    /// The system that the silo files its patients under.
    public var localSystem: String? {
        localAuthority.map { authorities[$0] ?? "urn:id:" + $0 }
    }
}
