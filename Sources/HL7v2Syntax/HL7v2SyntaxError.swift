import PortalBytes

/// Why a message could not be read at all: its frame is broken.
///
/// Its text never holds anything that stood in the message; whoever holds the bytes can look at
/// ``offset``. Two errors are equal when code and place are.
public struct HL7v2SyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Name: String {
            case notHL7v2 = "not-hl7v2"
            case headerTooShort = "header-too-short"
            case delimiterUnusable = "delimiter-unusable"
            case delimitersRepeated = "delimiters-repeated"
            case messageTooLarge = "message-too-large"
            case tooManySegments = "too-many-segments"
            case tooManyDelimiters = "too-many-delimiters"
        }

        private let name: Name

        /// The bytes do not start with MSH.
        public static let notHL7v2 = Code(name: .notHL7v2)
        /// MSH ends before its delimiters are declared.
        public static let headerTooShort = Code(name: .headerTooShort)
        /// A delimiter is a letter, a digit, a space or ends segments.
        public static let delimiterUnusable = Code(name: .delimiterUnusable)
        /// Two delimiters are the same character.
        public static let delimitersRepeated = Code(name: .delimitersRepeated)
        /// More bytes than `Limits.messageBytesMax`.
        public static let messageTooLarge = Code(name: .messageTooLarge)
        /// More segments than `Limits.segmentsMax`.
        public static let tooManySegments = Code(name: .tooManySegments)
        /// More delimiters than `Limits.delimitersMax`.
        public static let tooManyDelimiters = Code(name: .tooManyDelimiters)

        /// The code as it is written in reports, such as `header-too-short`.
        public var description: String { name.rawValue }

        /// What to do about it.
        public var remedy: String {
            switch name {
            case .notHL7v2: "send an HL7 v2 message that starts with MSH"
            case .headerTooShort: "send MSH-1 and MSH-2 as the standard has them"
            case .delimiterUnusable: "declare punctuation as delimiters in MSH-1 and MSH-2"
            case .delimitersRepeated: "declare five different delimiters in MSH-1 and MSH-2"
            case .messageTooLarge, .tooManySegments, .tooManyDelimiters:
                "split the message, or raise the limit in the site profile"
            }
        }
    }

    /// What is wrong.
    public let code: Code
    /// The place in HL7's own words: `MSH-2`.
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
public struct HL7v2Finding: Hashable, Sendable {
    /// What was noticed, such as `charset-mismatch`.
    public let code: String
    /// The place in HL7's own words: `MSH-18`, `OBX[2]`.
    public let path: String
    /// Bytes from the start of the message.
    public let offset: Int

    package init(code: String, path: String, offset: Int) {
        self.code = code
        self.path = path
        self.offset = offset
    }
}

extension HL7v2SyntaxError: SyntaxRefusal {
    package var what: String { code.description }
    package var place: String { path }
    package var remedy: String { code.remedy }
    package var isOfAnotherFormat: Bool { code == .notHL7v2 }
}
