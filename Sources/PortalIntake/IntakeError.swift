package import PortalBytes

/// Why a document cannot be adapted: it is held or rejected, its bytes kept.
///
/// Two errors are equal when code and place are; the text holds nothing of the document.
public struct IntakeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What becomes of the document.
    public enum Outcome: String, Hashable, Sendable, Codable {
        /// Kept for a person to look at and drive again.
        case held
        /// No message of the format at all.
        case rejected
    }

    /// What is wrong, such as `segment-missing`.
    public let code: String
    /// The place in the format's own words.
    public let location: String
    /// What to do about it.
    public let remedy: String
    /// Whether the document is held or rejected.
    public let outcome: Outcome
    /// Bytes from the start of the document, where known.
    public let offset: Int?

    /// Builds an error.
    public init(
        code: String,
        location: String,
        remedy: String,
        outcome: Outcome = .held,
        offset: Int? = nil
    ) {
        self.code = code
        self.location = location
        self.remedy = remedy
        self.outcome = outcome
        self.offset = offset
    }

    /// What a syntax refused: held, or rejected where it is of another format, unless said otherwise.
    package init(_ refusal: some SyntaxRefusal, outcome: Outcome? = nil) {
        self.init(
            code: refusal.what,
            location: refusal.place,
            remedy: refusal.remedy,
            outcome: outcome ?? (refusal.isOfAnotherFormat ? .rejected : .held),
            offset: refusal.offset
        )
    }

    /// Code, place and remedy.
    public var description: String { "\(code) at \(location): \(remedy)" }

    /// Equal where code and place are.
    public static func == (left: IntakeError, right: IntakeError) -> Bool {
        left.code == right.code && left.location == right.location
    }

    /// Hashes code and place.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(code)
        hasher.combine(location)
    }
}
