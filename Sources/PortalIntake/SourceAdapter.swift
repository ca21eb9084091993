public import PortalBytes
public import PortalRecord

/// Reads what one kind of silo sends in one format, and states it as record entries.
///
/// An adapter is a pure function of the document's bytes and the silo's dialect: the same input
/// gives the same report, whenever and however often it is asked (DESIGN P3). A bad field never
/// stops it: it is diagnosed and the rest goes on.
public protocol SourceAdapter: Sendable {
    /// The adapter's name in profiles and reports, such as `hl7v2-lab-report`.
    static var name: String { get }

    /// The format that it reads, such as `hl7v2`.
    static var format: String { get }

    /// Whether a document is one for this adapter, by its bytes alone.
    func recognises(_ document: SourceDocument) -> Bool

    /// Names of the files that must come beside a document: the pages of an index.
    ///
    /// - Shape: as the document writes them; whoever fetches them refuses names that leave the
    ///   document's folder.
    func companions(of document: SourceDocument) -> [String]

    /// States a document as entries.
    ///
    /// - Throws: ``IntakeError`` where the document's frame is broken or a required part is
    ///   missing: it is held, its bytes kept.
    func adapt(_ document: SourceDocument) throws(IntakeError) -> IntakeReport
}

extension SourceAdapter {
    /// Most documents stand alone.
    public func companions(of document: SourceDocument) -> [String] { [] }
}

/// One document of a silo: its bytes, and what the site profile says of the silo.
public struct SourceDocument: Sendable {
    /// The silo's name in the profile.
    public let silo: String
    /// The document's bytes.
    public let bytes: ArraySlice<UInt8>
    /// SHA-256 of the bytes.
    public let hash: ContentHash
    /// How this silo writes.
    public let dialect: Dialect
    /// How much to take.
    public let limits: Limits
    /// The files that came beside it, by the names that it gives them.
    public let files: [String: CompanionFile]
    /// What stands before a batch of documents and holds for each: an interchange's service string
    /// and header (EDIFACT UNA, UNB); nil where there is none.
    ///
    /// It decides how the bytes are read, so that the same bytes behind another envelope are another
    /// document: whoever sets it gives ``hash`` as the hash of both (``hash(of:behind:)``).
    public let envelope: ArraySlice<UInt8>?

    /// The name of a document behind an envelope.
    ///
    /// Delimiters, character set and the time that a status is measured against (SAFETY S6) are the
    /// envelope's: were it left out of the name, the record would depend on which of two equal
    /// messages came first (DESIGN P3). An interchange that is sent again byte for byte is still
    /// the same documents (P1, repeated); one that is made anew says the same of its reports, which
    /// is one version however often it is sent (S5).
    public static func hash(
        of bytes: ArraySlice<UInt8>,
        behind envelope: ArraySlice<UInt8>?
    ) -> ContentHash {
        let own = ContentHash(of: bytes)
        guard let envelope else { return own }
        let parts = [own.hex, "envelope " + ContentHash(of: envelope).hex]
        return ContentHash(of: parts.joined(separator: "\n").utf8)
    }

    /// Builds a document; its hash is computed unless given.
    public init(
        silo: String,
        bytes: ArraySlice<UInt8>,
        hash: ContentHash? = nil,
        dialect: Dialect = Dialect(),
        limits: Limits = .standard,
        files: [String: CompanionFile] = [:],
        envelope: ArraySlice<UInt8>? = nil
    ) {
        self.silo = silo
        self.bytes = bytes
        self.hash = hash ?? SourceDocument.hash(of: bytes, behind: envelope)
        self.dialect = dialect
        self.limits = limits
        self.files = files
        self.envelope = envelope
    }
}

/// What a document gave: entries, what was noticed, and an account of every byte.
public struct IntakeReport: Sendable {
    /// The adapter that read it.
    public var adapter: String
    /// The sender's number for the message (MSH-10).
    public var messageID: String?
    /// When the sender says that it made the message (MSH-7).
    public var messageTime: PartialDate?
    /// The sending application and facility.
    public var sender: String?
    /// The entries, in the document's order.
    public var entries: [RecordEntry]
    /// What it says of people being one or two.
    public var mergeEvents: [MergeEvent]
    /// What was noticed, in the document's order.
    public var diagnostics: [Diagnostic]
    /// Which bytes were used, ignored by rule, or left.
    public var ledger: ByteLedger
    /// What is whose, of a document that speaks of several people or has files beside it.
    public var shares: [PatientShare]

    /// Builds a report.
    public init(adapter: String, ledger: ByteLedger) {
        self.adapter = adapter
        self.ledger = ledger
        entries = []
        mergeEvents = []
        diagnostics = []
        shares = []
    }
}
