import PortalBytes

/// Why a document could not be read at all: it is no well-formed XML, or asks for what no
/// document of a stranger gets.
///
/// Its text never holds anything that stood in the document; whoever holds the bytes can look at
/// ``offset``. Element names are part of ``path``, text and attributes never. Two errors are equal
/// when code and place are.
public struct XMLSyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Name: String {
            case notXML = "not-xml"
            case charsetUnsupported = "charset-unsupported"
            case charsetConflict = "charset-conflict"
            case charsetInvalid = "charset-invalid"
            case controlCharacter = "control-character"
            case doctypeRefused = "doctype-refused"
            case entityRefused = "entity-refused"
            case notWellFormed = "not-well-formed"
            case endMissing = "end-missing"
            case tagMismatch = "tag-mismatch"
            case attributeRepeated = "attribute-repeated"
            case namespaceUndeclared = "namespace-undeclared"
            case documentTooLarge = "document-too-large"
            case tooDeep = "too-deep"
            case tooManyNodes = "too-many-nodes"
            case tooManyAttributes = "too-many-attributes"
            case tooManyNames = "too-many-names"
            case textTooLarge = "text-too-large"
            case tooLongForReader = "too-long-for-reader"
            case readerFailed = "reader-failed"
        }

        private let name: Name

        /// The first character that says something is no `<`.
        public static let notXML = Code(name: .notXML)
        /// The declared character set is one that is not read here.
        public static let charsetUnsupported = Code(name: .charsetUnsupported)
        /// The declared character set cannot be that of these bytes.
        public static let charsetConflict = Code(name: .charsetConflict)
        /// A byte stands for no character of the set.
        public static let charsetInvalid = Code(name: .charsetInvalid)
        /// NUL or another control character, plain or as a reference.
        public static let controlCharacter = Code(name: .controlCharacter)
        /// A document type declaration, whatever it says.
        public static let doctypeRefused = Code(name: .doctypeRefused)
        /// A reference to an entity other than the five that XML has of its own.
        public static let entityRefused = Code(name: .entityRefused)
        /// Not well formed in another way.
        public static let notWellFormed = Code(name: .notWellFormed)
        /// The document ends before its root does.
        public static let endMissing = Code(name: .endMissing)
        /// An end tag that is not that of the element that is open.
        public static let tagMismatch = Code(name: .tagMismatch)
        /// An element with one attribute twice.
        public static let attributeRepeated = Code(name: .attributeRepeated)
        /// A prefix that no namespace is declared for, or a declaration that is none.
        public static let namespaceUndeclared = Code(name: .namespaceUndeclared)
        /// More bytes than `Limits.messageBytesMax`.
        public static let documentTooLarge = Code(name: .documentTooLarge)
        /// More levels than `Limits.depthMax`.
        public static let tooDeep = Code(name: .tooDeep)
        /// More elements, texts and comments than `Limits.nodesMax`.
        public static let tooManyNodes = Code(name: .tooManyNodes)
        /// More attributes than `Limits.attributesMax`, or than one element may have.
        public static let tooManyAttributes = Code(name: .tooManyAttributes)
        /// More different names than any vocabulary has.
        public static let tooManyNames = Code(name: .tooManyNames)
        /// More bytes of text and attribute values than `Limits.textBytesMax`.
        public static let textTooLarge = Code(name: .textTooLarge)
        /// A tag, comment, CDATA section or attribute of about 10 MB, longer than libxml2 takes.
        public static let tooLongForReader = Code(name: .tooLongForReader)
        /// libxml2 gave up, or said something that does not stand in the bytes.
        public static let readerFailed = Code(name: .readerFailed)

        /// The code as it is written in reports, such as `doctype-refused`.
        public var description: String { name.rawValue }

        /// What to do about it.
        public var remedy: String {
            switch name {
            case .notXML: "send an XML document"
            case .charsetUnsupported:
                "send UTF-8, UTF-16, ISO-8859-1, ISO-8859-15, windows-1252 or US-ASCII"
            case .charsetConflict: "declare the character set that the document is written in"
            case .charsetInvalid: "send characters of the declared set only"
            case .controlCharacter: "send no control characters but tab and line ends"
            case .doctypeRefused: "send the document without a document type declaration"
            case .entityRefused: "send the character itself, or a reference by its number"
            case .notWellFormed, .tagMismatch, .attributeRepeated, .namespaceUndeclared:
                "send well-formed XML with its namespaces declared"
            case .endMissing: "send the whole document"
            case .documentTooLarge, .tooDeep, .tooManyNodes, .tooManyAttributes, .textTooLarge:
                "split the document, or raise the limit in the site profile"
            case .tooManyNames, .tooLongForReader:
                "send a document of ordinary proportions, long content as plain text"
            case .readerFailed: "report the document's hash to the maintainers"
            }
        }
    }

    /// What is wrong.
    public let code: Code
    /// The innermost element that was open: `/ClinicalDocument/component[2]`, or `/`.
    ///
    /// Counted from one; the first of its name stands without a number.
    public let path: String
    /// Bytes from the start of the document, as it was sent.
    public let offset: Int

    init(_ code: Code, path: String = "/", offset: Int) {
        self.code = code
        self.path = path
        self.offset = offset
    }

    /// Code, place and remedy.
    public var description: String { "\(code) at \(path), byte \(offset): \(code.remedy)" }
}

/// Something noticed while reading that did not stop it.
public struct XMLFinding: Hashable, Sendable {
    /// What was noticed, such as `charset-mismatch`.
    public let code: String
    /// The place: `/`, `/ClinicalDocument/component[2]`.
    public let path: String
    /// Bytes from the start of the document.
    public let offset: Int
}

extension XMLSyntaxError: SyntaxRefusal {
    package var what: String { code.description }
    package var place: String { path }
    package var remedy: String { code.remedy }
    package var isOfAnotherFormat: Bool { code == .notXML }
}
