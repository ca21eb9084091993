/// What was done, or tried, in the words of the audit.
///
/// - Shape: free text; the constants are the ones this library writes, and a new one is data.
public struct AuditAction: Hashable, Sendable, CustomStringConvertible {
    /// The action's name, as written in the event.
    public let name: String

    /// Takes a name as it is.
    public init(_ name: String) { self.name = name }

    /// The action's name.
    public var description: String { name }

    /// A page of a patient's timeline was read.
    public static let readTimeline = AuditAction("read timeline")
    /// A document was opened.
    public static let openDocument = AuditAction("open document")
    /// Patients, or one patient's entries, were searched.
    public static let search = AuditAction("search")
    /// A list of patients was shown.
    public static let listPatients = AuditAction("list patients")
    /// The list of events waiting for a privacy officer's review was shown.
    public static let listReview = AuditAction("list review")
    /// Entries left as a file, print or message.
    public static let export = AuditAction("export")
    /// A decision was explained.
    public static let explain = AuditAction("explain")
    /// An emergency override began (DICOM 110127, "Emergency Override Started").
    public static let overrideStarted = AuditAction("override started")
    /// The queue of overrides that wait for review was shown.
    public static let overrideQueue = AuditAction("override queue")
    /// An override was reviewed.
    public static let overrideReviewed = AuditAction("override reviewed")
    /// A patient was asked, at the point of care, whether someone may look.
    public static let permissionAsked = AuditAction("permission asked")
    /// The emergency summary was read.
    public static let readSummary = AuditAction("read emergency summary")
    /// A doubt about what a source says was recorded for whoever keeps it.
    public static let doubtReported = AuditAction("doubt reported")
    /// The doubts were listed.
    public static let doubtsShown = AuditAction("doubts shown")
    /// The rules on who may see what were changed.
    public static let rulesChanged = AuditAction("rules changed")
    /// The audit was reviewed for looks that should be asked about.
    public static let auditReviewed = AuditAction("audit reviewed")
    /// How the portal is used was counted.
    public static let usageRead = AuditAction("usage read")
    /// Two source patients were said to be one person.
    public static let link = AuditAction("link")
    /// A link was retracted, as if never made.
    public static let retract = AuditAction("retract")
    /// Two source patients were said to be different people.
    public static let doNotLink = AuditAction("do not link")
    /// Source documents were taken in.
    public static let `import` = AuditAction("import")
    /// The messages that wait for a person were shown.
    public static let heldShown = AuditAction("held shown")
    /// A held message was sent through intake again.
    public static let redrive = AuditAction("redrive")
    /// Other systems were asked about a patient.
    public static let asked = AuditAction("asked other systems")
    /// The recalls were listed, or a withdrawn value was read for one.
    public static let recallRead = AuditAction("recall read")
    /// A recall was closed by what was done about it.
    public static let recallClosed = AuditAction("recall closed")
    /// An event of the audit was erased; its leaf stays.
    ///
    /// ``AuditEvent/detail`` has its place.
    public static let erased = AuditAction("erased")
    /// The audit itself was verified.
    public static let auditVerified = AuditAction("audit verified")
    /// The audit itself was read, by a privacy officer or by the patient.
    public static let auditRead = AuditAction("audit read")
}

extension AuditAction: Codable {
    /// Reads the name.
    ///
    /// - Throws: What the decoder throws.
    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    /// Writes the name.
    ///
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}
