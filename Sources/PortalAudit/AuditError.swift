/// Why the audit could not be written, sequenced, signed or read.
///
/// Whoever catches it while a record is being read refuses the read (DESIGN P5).
public struct AuditError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong.
    public let code: Code
    /// The leaf it concerns, or the store's own number for the failure; nil where neither applies.
    public let number: Int?

    /// Names a failure.
    public init(_ code: Code, number: Int? = nil) {
        self.code = code
        self.number = number
    }

    /// Says what went wrong and where, and nothing any event says.
    public var description: String {
        guard let number else { return "audit: \(code)" }
        return "audit: \(code) (\(number))"
    }

    /// A kind of failure.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case identifierUnfit = "the identifier is empty or holds a NUL"
            case identifierRepeated = "the identifier is already used"
            case timeOutOfRange = "the time is outside 1970 to 9999"
            case writtenOtherwise = "a leaf reads back other than it was written"
            case checkpointUnfit = "the last checkpoint does not fit the log"
            case checkpointUnreadable = "the text is not a checkpoint"
            case keyUnfit = "the key or the log's name is unfit"
            case eventUnreadable = "an event cannot be read"
            case eventUnknown = "no event that a checkpoint covers stands there"
            case storeNewer = "the file was written by a newer version"
            case notDurable = "the file does not keep what it acknowledges"
            case storeBusy = "another writer holds the file"
            case storeFailed = "the file could not be read or written"
        }

        private let kind: Kind
        private init(_ kind: Kind) { self.kind = kind }

        /// The kind in words.
        public var description: String { kind.rawValue }

        /// An identifier is empty, or it or a member holds a NUL.
        public static let identifierUnfit = Code(.identifierUnfit)
        /// The journal already holds an event with this identifier.
        public static let identifierRepeated = Code(.identifierRepeated)
        /// The time lies outside the years 1970 to 9999.
        public static let timeOutOfRange = Code(.timeOutOfRange)
        /// A leaf read back before signing is not the one that was written; `number` is its index.
        public static let writtenOtherwise = Code(.writtenOtherwise)
        /// The last stored checkpoint is not signed by this key, or its root is not its log's.
        public static let checkpointUnfit = Code(.checkpointUnfit)
        /// A line of text is not a checkpoint in its one spelling.
        public static let checkpointUnreadable = Code(.checkpointUnreadable)
        /// A key is not 32 bytes of Ed25519, or the log's name is empty.
        public static let keyUnfit = Code(.keyUnfit)
        /// The bytes of a stored event are not an event; `number` is its index.
        public static let eventUnreadable = Code(.eventUnreadable)
        /// No event stands at the place, none that a checkpoint covers, or an erasure's own.
        public static let eventUnknown = Code(.eventUnknown)
        /// The file's schema is newer than this library.
        public static let storeNewer = Code(.storeNewer)
        /// The file could not be set to keep what it acknowledges; `number` is what it was set to.
        public static let notDurable = Code(.notDurable)
        /// Another writer held the file for longer than the time allowed.
        public static let storeBusy = Code(.storeBusy)
        /// The store failed; `number` is its own code.
        public static let storeFailed = Code(.storeFailed)
    }
}
