import PortalBytes

/// Why a JSON text could not be read: it is not one value, spelled strictly.
///
/// Its text never holds anything that stood in the document. Two errors are equal when code and
/// place are.
public struct JSONSyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Name: String {
            case empty
            case byteOrderMark = "byte-order-mark"
            case notUTF8 = "not-utf8"
            case unexpectedByte = "unexpected-byte"
            case endMissing = "end-missing"
            case trailingBytes = "trailing-bytes"
            case numberMalformed = "number-malformed"
            case escapeMalformed = "escape-malformed"
            case surrogateAlone = "surrogate-alone"
            case controlCharacter = "control-character"
            case keyRepeated = "key-repeated"
            case tooDeep = "too-deep"
            case documentTooLarge = "document-too-large"
        }

        private let name: Name

        /// There is no value.
        public static let empty = Code(name: .empty)
        /// A byte order mark stands before the value (RFC 8259 section 8.1).
        public static let byteOrderMark = Code(name: .byteOrderMark)
        /// The bytes are not valid UTF-8.
        public static let notUTF8 = Code(name: .notUTF8)
        /// A byte that no value, and nothing between values, may have there.
        public static let unexpectedByte = Code(name: .unexpectedByte)
        /// The text ends inside a value.
        public static let endMissing = Code(name: .endMissing)
        /// Something stands behind the value.
        public static let trailingBytes = Code(name: .trailingBytes)
        /// A number that is not spelled as RFC 8259 has it.
        public static let numberMalformed = Code(name: .numberMalformed)
        /// A backslash before what it may not escape.
        public static let escapeMalformed = Code(name: .escapeMalformed)
        /// Half of a surrogate pair.
        public static let surrogateAlone = Code(name: .surrogateAlone)
        /// A control character inside a string.
        public static let controlCharacter = Code(name: .controlCharacter)
        /// An object that states a key twice: readers disagree which holds (PITFALLS 0.4).
        public static let keyRepeated = Code(name: .keyRepeated)
        /// More levels than the limit.
        public static let tooDeep = Code(name: .tooDeep)
        /// More bytes than `Limits.messageBytesMax`.
        public static let documentTooLarge = Code(name: .documentTooLarge)

        /// The code as it is written in reports, such as `key-repeated`.
        public var description: String { name.rawValue }

        /// What to do about it.
        public var remedy: String {
            switch name {
            case .empty, .endMissing: "send the whole value"
            case .byteOrderMark: "send UTF-8 without a byte order mark"
            case .notUTF8: "send UTF-8"
            case .keyRepeated: "state each key of an object once"
            case .tooDeep, .documentTooLarge:
                "split the document, or raise the limit"
            default: "send JSON as RFC 8259 has it"
            }
        }
    }

    /// What is wrong.
    public let code: Code
    /// Bytes from the start of the text.
    public let offset: Int

    init(_ code: Code, at offset: Int) {
        self.code = code
        self.offset = offset
    }

    /// Code, place and remedy.
    public var description: String { "\(code) at byte \(offset): \(code.remedy)" }
}

extension JSONSyntaxError: SyntaxRefusal {
    package var what: String { code.description }
    package var place: String { "byte \(offset)" }
    package var remedy: String { code.remedy }
    package var isOfAnotherFormat: Bool { false }
}
