import PortalBytes

/// Why a message could not be read at all: its frame is broken.
///
/// Its text never holds anything that stood in the message; whoever holds the bytes can look at
/// ``offset``. Two errors are equal when code and place are.
public struct EDIFACTSyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Name: String {
            case notEDIFACT = "not-edifact"
            case serviceStringTooShort = "service-string-too-short"
            case delimiterUnusable = "delimiter-unusable"
            case delimitersRepeated = "delimiters-repeated"
            case messageHeaderMissing = "message-header-missing"
            case severalMessages = "several-messages"
            case segmentUnterminated = "segment-unterminated"
            case messageTooLarge = "message-too-large"
            case tooManySegments = "too-many-segments"
            case tooManyDelimiters = "too-many-delimiters"
        }

        private let name: Name

        /// The bytes start with no service segment.
        public static let notEDIFACT = Code(name: .notEDIFACT)
        /// UNA ends before its six characters.
        public static let serviceStringTooShort = Code(name: .serviceStringTooShort)
        /// A delimiter is a letter, a digit or a space.
        public static let delimiterUnusable = Code(name: .delimiterUnusable)
        /// Two delimiters are the same character.
        public static let delimitersRepeated = Code(name: .delimitersRepeated)
        /// There is no UNH.
        public static let messageHeaderMissing = Code(name: .messageHeaderMissing)
        /// There is more than one UNH: the interchange was not split.
        public static let severalMessages = Code(name: .severalMessages)
        /// The last segment is cut: nothing ends it, and it is no trailer.
        public static let segmentUnterminated = Code(name: .segmentUnterminated)
        /// More bytes than `Limits.messageBytesMax`.
        public static let messageTooLarge = Code(name: .messageTooLarge)
        /// More segments than `Limits.segmentsMax`.
        public static let tooManySegments = Code(name: .tooManySegments)
        /// More delimiters than `Limits.delimitersMax`.
        public static let tooManyDelimiters = Code(name: .tooManyDelimiters)

        /// The code as it is written in reports, such as `segment-unterminated`.
        public var description: String { name.rawValue }

        /// What to do about it.
        public var remedy: String {
            switch name {
            case .notEDIFACT: "send an EDIFACT interchange that starts with UNA, UNB or UNH"
            case .serviceStringTooShort: "send UNA with its six characters, or none"
            case .delimiterUnusable: "declare punctuation in UNA"
            case .delimitersRepeated: "declare different characters in UNA"
            case .messageHeaderMissing: "send the message with its UNH"
            case .severalMessages: "give the messages of an interchange one by one"
            case .segmentUnterminated: "ask the sender for the whole message"
            case .messageTooLarge, .tooManySegments, .tooManyDelimiters:
                "split the message, or raise the limit in the site profile"
            }
        }
    }

    /// What is wrong.
    public let code: Code
    /// The place in EDIFACT's own words: `UNA`, `S02/RFF[1]`.
    public let path: String
    /// Bytes from the start of the message.
    public let offset: Int

    init(_ code: Code, path: String, offset: Int) {
        self.code = code
        self.path = path
        self.offset = offset
    }

    /// Code, place and remedy.
    public var description: String { "\(code) at \(path), byte \(offset): \(code.remedy)" }
}

/// Something noticed while reading that did not stop it.
public struct EDIFACTFinding: Hashable, Sendable {
    /// What was noticed, such as `segment-count-differs`.
    public let code: String
    /// The place in EDIFACT's own words: `UNT-1`, `S20/RND[1]`.
    public let path: String
    /// Bytes from the start of the message or file.
    public let offset: Int

    init(code: String, path: String, offset: Int) {
        self.code = code
        self.path = path
        self.offset = offset
    }
}

extension EDIFACTSyntaxError: SyntaxRefusal {
    package var what: String { code.description }
    package var place: String { path }
    package var remedy: String { code.remedy }
    package var isOfAnotherFormat: Bool { code == .notEDIFACT }
}
