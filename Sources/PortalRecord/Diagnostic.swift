/// Something wrong or doubtful in a document, recorded while reading goes on.
///
/// It holds no text of the document: patient data has no place in logs. Whoever may see the
/// document finds the place by ``location`` and ``offset``.
public struct Diagnostic: Hashable, Sendable, Codable {
    /// How much it matters.
    public enum Severity: String, Hashable, Sendable, Codable, Comparable {
        /// Worth knowing.
        case note
        /// Something was left out or doubted.
        case warning
        /// A part could not be read.
        case error

        /// Orders from least to most.
        public static func < (left: Severity, right: Severity) -> Bool {
            left.rank < right.rank
        }

        private var rank: Int {
            switch self {
            case .note: 0
            case .warning: 1
            case .error: 2
            }
        }
    }

    /// What was noticed, such as `date-unreadable`.
    public var code: String
    /// The place in the format's own words, one-based: `OBX[2]-5.1`.
    public var location: String
    /// How much it matters.
    public var severity: Severity
    /// Bytes from the start of the document, where known.
    public var offset: Int?

    /// Builds a diagnostic.
    public init(code: String, location: String, severity: Severity, offset: Int? = nil) {
        self.code = code
        self.location = location
        self.severity = severity
        self.offset = offset
    }
}
