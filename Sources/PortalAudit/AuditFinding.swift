/// One thing wrong with the log, and where; never what any event says.
public struct AuditFinding: Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public let code: AuditFindingCode
    /// The leaf it was found at, counted from zero; nil where no one leaf can be named.
    public let index: Int?
    /// The size of the checkpoint that shows it; nil where none was needed.
    public let checkpointSize: Int?
    /// For a root that does not agree: the last size at which one did, so that the change lies in
    /// the leaves from there to ``checkpointSize``.
    public let agreedSize: Int?
    /// Whether the checkpoint came from outside the log's own store.
    public let isWitnessed: Bool

    package init(
        _ code: AuditFindingCode,
        index: Int? = nil,
        checkpointSize: Int? = nil,
        agreedSize: Int? = nil,
        isWitnessed: Bool = false
    ) {
        self.code = code
        self.index = index
        self.checkpointSize = checkpointSize
        self.agreedSize = agreedSize
        self.isWitnessed = isWitnessed
    }

    /// The finding in one line.
    public var description: String {
        var text = code.text
        if let index { text += " at leaf \(index)" }
        if let checkpointSize {
            text += ", shown by the \(isWitnessed ? "witness's" : "log's own")"
            text += " checkpoint of size \(checkpointSize)"
        }
        if let agreedSize { text += ", rewritten since checkpoint of size \(agreedSize)" }
        return text
    }
}

/// A kind of ``AuditFinding``.
public struct AuditFindingCode: Hashable, Sendable, CustomStringConvertible {
    private enum Kind: String {
        case eventAltered = "event-altered"
        case leafAltered = "leaf-altered"
        case leafMissing = "leaf-missing"
        case leafRepeated = "leaf-repeated"
        case eventNotCanonical = "event-not-canonical"
        case indexAltered = "index-altered"
        case checkpointSignature = "checkpoint-signature"
        case checkpointRoot = "checkpoint-root"
        case checkpointMissing = "checkpoint-missing"
        case logShorter = "log-shorter-than-checkpoint"
        case eventUnsequenced = "event-unsequenced"
        case eventErased = "event-erased"
    }

    private let kind: Kind
    private init(_ kind: Kind) { self.kind = kind }

    /// The code as written in reports.
    public var text: String { kind.rawValue }
    /// The code as written in reports.
    public var description: String { text }

    /// An event's bytes are not those its leaf was made from, or stand at another place.
    ///
    /// Also said where bytes and leaf disagree and no checkpoint tells which of them was changed.
    public static let eventAltered = AuditFindingCode(.eventAltered)
    /// A stored leaf hash was changed: a checkpoint agrees with the event, not with the hash.
    public static let leafAltered = AuditFindingCode(.leafAltered)
    /// No row stands at this place, though later ones do.
    public static let leafMissing = AuditFindingCode(.leafMissing)
    /// A place or an event's identifier comes a second time, or a place is none of the log's.
    public static let leafRepeated = AuditFindingCode(.leafRepeated)
    /// The leaf fits the bytes, but they are not an event in its one spelling.
    public static let eventNotCanonical = AuditFindingCode(.eventNotCanonical)
    /// The identifier or members the log finds the event by are not the event's own.
    public static let indexAltered = AuditFindingCode(.indexAltered)
    /// A checkpoint is not signed by the log's key, or was changed since.
    public static let checkpointSignature = AuditFindingCode(.checkpointSignature)
    /// Leaves and events agree among themselves but not with a signed root: they were rewritten.
    public static let checkpointRoot = AuditFindingCode(.checkpointRoot)
    /// The witness has a signed checkpoint that the log's own store has not.
    public static let checkpointMissing = AuditFindingCode(.checkpointMissing)
    /// A checkpoint was signed over more leaves than there are: a cut tail, or a rollback.
    public static let logShorter = AuditFindingCode(.logShorter)
    /// An event is gone and no later event says that it was erased.
    public static let eventErased = AuditFindingCode(.eventErased)
    /// Events wait for their leaves: no tampering, but nothing yet protects them.
    public static let eventUnsequenced = AuditFindingCode(.eventUnsequenced)
}
