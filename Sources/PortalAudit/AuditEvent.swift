public import PortalRecord

/// One act upon patients' records, or upon the audit itself: who, when, whose, why and what shown.
///
/// It names entries and patients by opaque handles and never repeats what they say, so the audit
/// can be kept and shown to a privacy officer without becoming a second record.
///
/// - Shape: fields may be added, always optional, and none is ever renamed or removed, so that
///   every event ever written still has the bytes its leaf was made from.
/// - Rule: DESIGN P5 and section 7; PITFALLS 71 (searches logged without what was returned).
public struct AuditEvent: Codable, Hashable, Sendable {
    /// The event's own identifier, given by the caller, unique in one journal.
    ///
    /// - Shape: not empty, no NUL.
    public var id: String
    /// When it happened.
    public var time: Instant
    /// What was done or tried.
    public var action: AuditAction
    /// How it ended.
    public var outcome: AuditOutcome
    /// Who did it.
    public var principal: AuditPrincipal
    /// The opaque handle of the patient as linked at the time; nil where none was named.
    public var patient: String?
    /// The opaque handles of the source patients then behind that patient.
    ///
    /// "Who looked at my record" is asked of these, so the answer survives link and unlink.
    ///
    /// - Shape: none holds a NUL.
    public var members: [String]
    /// The purpose of use that was claimed.
    public var purpose: String?
    /// The opaque identifier of the emergency override used, never a secret that opens anything.
    public var overrideToken: String?
    /// The reason given, in the person's words.
    public var reason: String?
    /// The screen or route that asked.
    public var screen: String?
    /// The elements of the record that were asked for.
    public var elements: [String]
    /// The opaque identifiers of the entry versions that were shown.
    public var entries: [String]
    /// How many entries were shown.
    public var shownCount: Int
    /// How many entries were withheld.
    public var withheldCount: Int
    /// The revision of the record that was read.
    public var recordRevision: String?
    /// The version of the rules that decided.
    public var rulesVersion: String?
    /// The sort key the page began at.
    public var pageFrom: String?
    /// The sort key the page ended at.
    public var pageTo: String?
    /// How long the reader waited.
    ///
    /// - Units: milliseconds.
    public var latencyMilliseconds: Int?
    /// The silos that were stale or not reached when the answer was given.
    public var staleSilos: [String]
    /// 128 random bits, in hexadecimal, that make the leaf a commitment: once the event is erased,
    /// nobody can find out from its leaf what it said by trying.
    public var salt: String?
    /// What else the caller wants kept.
    ///
    /// - Shape: opaque handles and counts, nothing a source said.
    public var detail: [String: String]

    /// Writes down one act.
    public init(
        id: String,
        time: Instant,
        action: AuditAction,
        outcome: AuditOutcome,
        principal: AuditPrincipal,
        patient: String? = nil,
        members: [String] = [],
        purpose: String? = nil,
        overrideToken: String? = nil,
        reason: String? = nil,
        screen: String? = nil,
        elements: [String] = [],
        entries: [String] = [],
        shownCount: Int = 0,
        withheldCount: Int = 0,
        recordRevision: String? = nil,
        rulesVersion: String? = nil,
        pageFrom: String? = nil,
        pageTo: String? = nil,
        latencyMilliseconds: Int? = nil,
        staleSilos: [String] = [],
        salt: String? = nil,
        detail: [String: String] = [:]
    ) {
        self.id = id
        self.time = time
        self.action = action
        self.outcome = outcome
        self.principal = principal
        self.patient = patient
        self.members = members
        self.purpose = purpose
        self.overrideToken = overrideToken
        self.reason = reason
        self.screen = screen
        self.elements = elements
        self.entries = entries
        self.shownCount = shownCount
        self.withheldCount = withheldCount
        self.recordRevision = recordRevision
        self.rulesVersion = rulesVersion
        self.pageFrom = pageFrom
        self.pageTo = pageTo
        self.latencyMilliseconds = latencyMilliseconds
        self.staleSilos = staleSilos
        self.salt = salt
        self.detail = detail
    }
}
