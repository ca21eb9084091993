/// One statement by one source about one source patient.
public struct RecordEntry: Hashable, Sendable, Codable {
    /// The silo that sent it.
    public var source: String
    /// What it states.
    public var content: EntryContent
    /// The sender's number for it, which gathers its versions.
    public var key: BusinessKey
    /// Whom it is about, as its sender knows them.
    public var subject: SourcePatient
    /// When it was true: specimen taken, admission, onset.
    public var effective: PartialDate?
    /// When it was released, as stated.
    public var issued: PartialDate?
    /// When it was written down.
    public var recorded: PartialDate?
    /// The clock that orders its versions (SAFETY S5); absent where the sender gave none or gave
    /// one later than its own message (S6).
    public var statusTime: PartialDate?
    /// The sender's version number, where it numbers versions.
    public var sequence: Int?
    /// Keys of the versions that it says it replaces.
    public var replaces: [String]
    /// Its own status.
    public var status: ResultStatus
    /// Its status as the sender coded it.
    public var statusCode: String?
    /// Who took part, in the sender's order.
    public var participants: [Practitioner]
    /// The organisation that sent it.
    public var organisation: String?
    /// Who may not see it, as labelled by its sender.
    public var labels: [SecurityLabel]
    /// Further fields by name, as written, that its content has no place for; nil where there are
    /// none.
    public var other: [String: String]?
    /// The list that it came in, where its sender always sends that list whole; nil for a
    /// statement that stands until it is taken back.
    public var wholeList: WholeList?
    /// What was noticed while reading it.
    public var findings: [Diagnostic]
    /// Where in its document it stands.
    public var origin: SourceReference
    /// Its handles, where filing has computed them; they are no part of what is stated.
    package var known = KnownHandles()

    private enum CodingKeys: String, CodingKey {
        case source, content, key, subject, effective, issued, recorded, statusTime, sequence
        case replaces, status, statusCode, participants, organisation, labels, other, wholeList
        case findings, origin
    }

    /// Builds an entry; what is not given is absent.
    public init(
        source: String,
        content: EntryContent,
        key: BusinessKey,
        subject: SourcePatient,
        status: ResultStatus,
        origin: SourceReference
    ) {
        self.source = source
        self.content = content
        self.key = key
        self.subject = subject
        self.status = status
        self.origin = origin
        replaces = []
        participants = []
        labels = []
        findings = []
    }

    /// The kind of its content.
    public var kind: EntryKind { content.kind }

    /// The chain of versions that it belongs to: source, kind and the sender's key.
    public var chain: ChainKey { ChainKey(source: source, kind: kind, key: key) }

    /// Its identity: the chain and the source patient.
    public var id: EntryID { known.id ?? EntryID(chain: chain, subject: subject.id) }
}

/// The handles of an entry that were computed when it was filed: equal to any others, and never
/// written with it.
package struct KnownHandles: Hashable, Sendable {
    /// The number of its version's handle.
    package var version: UInt64?
    /// Its own handle.
    package var id: EntryID?

    package init(version: UInt64? = nil, id: EntryID? = nil) {
        self.version = version
        self.id = id
    }

    package static func == (left: KnownHandles, right: KnownHandles) -> Bool { true }
    package func hash(into hasher: inout Hasher) {}
}

/// The sender's own number for a statement, with whoever assigned it.
public struct BusinessKey: Hashable, Sendable, Codable {
    /// Who assigned the number, where said.
    public var assigner: String?
    /// The number: filler, document or visit number.
    public var value: String
    /// What of it: the order group's code, or the admission day of a visit.
    public var part: String?
    /// False where the sender gave no number and the document stands in for it: such a statement
    /// has no other versions.
    public var isAssigned: Bool

    /// Builds a key.
    public init(assigner: String?, value: String, part: String? = nil, isAssigned: Bool = true) {
        self.assigner = assigner
        self.value = value
        self.part = part
        self.isAssigned = isAssigned
    }
}

/// What gathers the versions of one statement: source, kind, and the sender's key.
public struct ChainKey: Hashable, Sendable, Codable, Comparable {
    /// The silo.
    public let source: String
    /// The kind.
    public let kind: EntryKind
    /// The sender's key.
    public let key: BusinessKey

    /// Builds a chain key.
    public init(source: String, kind: EntryKind, key: BusinessKey) {
        self.source = source
        self.kind = kind
        self.key = key
    }

    /// The key as one text, unambiguous.
    public var text: String {
        [source, kind.rawValue, key.assigner ?? "", key.value, key.part ?? ""]
            .joined(separator: "\u{1F}")
    }

    /// The number whose re-use for another person is a hazard: the key without its part.
    ///
    /// - Rule: SAFETY S4.
    public var numberText: String {
        [source, kind.rawValue, key.assigner ?? "", key.value].joined(separator: "\u{1F}")
    }

    /// Orders chains by their text's bytes.
    public static func < (left: ChainKey, right: ChainKey) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}

/// An entry's opaque handle: `e-` and 16 hexadecimal digits.
public struct EntryID: RawRepresentable, Hashable, Sendable, Codable, Comparable {
    /// The handle's text.
    public let rawValue: String

    /// Takes a handle's text.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The handle of a chain of one source patient.
    public init(chain: ChainKey, subject: SourcePatientID) {
        rawValue = "e-" + ContentHash.handle(of: chain.text + "\u{1F}" + subject.rawValue)
    }

    /// Orders handles as text.
    public static func < (left: EntryID, right: EntryID) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// A label that its sender or the site put on a statement to restrict it.
public struct SecurityLabel: RawRepresentable, Hashable, Sendable, Codable, Comparable {
    /// The label's word.
    public let rawValue: String

    /// Takes a label's word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Sensitive: needs a role that may see sensitive content.
    public static let sensitive = SecurityLabel(rawValue: "sensitive")
    /// Sealed by the patient.
    public static let sealed = SecurityLabel(rawValue: "sealed")
    /// Sealed and locked: outside the team not even its existence may be known.
    public static let sealedAndLocked = SecurityLabel(rawValue: "sealed and locked")
    /// About a third party.
    public static let thirdParty = SecurityLabel(rawValue: "third party")
    /// Not to be shown to the patient.
    public static let notForPatient = SecurityLabel(rawValue: "not for patient")

    /// Every label that the library knows.
    public static let known: [SecurityLabel] = [
        .sensitive, .sealed, .sealedAndLocked, .thirdParty, .notForPatient,
    ]

    /// Orders labels as text.
    public static func < (left: SecurityLabel, right: SecurityLabel) -> Bool {
        left.rawValue < right.rawValue
    }
}
