import PortalBytes
public import PortalIntake
public import PortalRecord

/// What reading a file comes to, nothing stored.
public struct Inspection: Sendable {
    /// What a file or message came to, from best to worst.
    public enum Outcome: String, Sendable, Comparable, Codable {
        case adapted, held, rejected

        /// Orders from best to worst.
        public static func < (left: Outcome, right: Outcome) -> Bool { left.rank < right.rank }

        private var rank: Int {
            switch self {
            case .adapted: 0
            case .held: 1
            case .rejected: 2
            }
        }
    }

    /// The format, by the bytes alone.
    public var format: String
    /// The adapters that read its messages.
    public var adapters: [String] = []
    /// The worst of its messages.
    public var outcome: Outcome = .adapted
    /// How many messages came to what.
    public var counts: [Outcome: Int] = [:]
    /// The entries, message by message.
    public var entries: [RecordEntry] = []
    /// Bytes in the file; mapped + ignored + unmapped.
    public var bytes = 0
    /// Bytes that gave an entry something.
    public var mapped = 0
    /// Bytes that a named rule leaves out.
    public var ignored = 0
    /// Bytes that nothing accounts for.
    public var unmapped = 0
    /// What was noticed, in order.
    public var findings: [Diagnostic] = []

    /// Reads some bytes as a silo would send them.
    ///
    /// - Parameters:
    ///   - content: A whole file.
    ///   - adapter: The adapter to read with; nil lets the bytes decide.
    ///   - dialect: How the silo writes.
    ///   - adapters: The adapters to choose from, the first that recognises the bytes.
    ///   - companion: The bytes of a file that the content names.
    public init(
        _ content: [UInt8],
        adapter: String? = nil,
        dialect: Dialect = Dialect(),
        adapters: [any SourceAdapter] = Portal.libraryAdapters,
        companion: @escaping @Sendable (_ name: String) -> [UInt8]? = { _ in nil }
    ) {
        format = FileFormat(content).rawValue
        bytes = content.count
        let intake = Intake(
            silo: "inspect",
            adapter: adapter,
            among: adapters,
            dialect: dialect
        )
        let file = IncomingFile(name: "", bytes: content, companion: companion)
        for piece in intake.read(file) {
            switch piece.outcome {
            case nil:
                // Framing and envelopes are left out by rule; stray bytes are accounted for by none.
                let isText = content[piece.range].contains { $0 > 0x20 && $0 != 0x7F }
                let isEnvelope = ["FHS", "BHS", "BTS", "FTS"].contains {
                    content[piece.range].starts(with: $0.utf8)
                }
                let isMark = content[piece.range].starts(with: [0xEF, 0xBB, 0xBF])
                if !isText || isEnvelope || isMark || piece.isEnvelope {
                    ignored += piece.range.count
                } else {
                    unmapped += piece.range.count
                    findings.append(
                        Diagnostic(
                            code: "bytes-outside-messages",
                            location: "byte \(piece.range.lowerBound)",
                            severity: .warning,
                            offset: piece.range.lowerBound
                        )
                    )
                }
            case .success(let report):
                counts[.adapted, default: 0] += 1
                if !self.adapters.contains(report.adapter) { self.adapters.append(report.adapter) }
                entries += report.entries
                findings += report.diagnostics
                mapped += report.ledger.mapped
                ignored += report.ledger.ignored
                unmapped += report.ledger.unmapped
            case .failure(let error):
                if error.code == "format-unknown" { format = FileFormat.unknown.rawValue }
                let worst: Outcome = error.outcome == .held ? .held : .rejected
                counts[worst, default: 0] += 1
                outcome = max(outcome, worst)
                unmapped += piece.range.count
                findings.append(
                    Diagnostic(
                        code: error.code,
                        location: error.location,
                        severity: .error,
                        offset: error.offset
                    )
                )
            }
        }
    }

    /// The names of the adapters whose documents are indexes of files beside them.
    public static var indexAdapterNames: [String] {
        ["scanned-notes-manifest", "letter-drop"]
    }

    /// The names of the adapters that the library has.
    public static var adapterNames: [String] {
        Portal.libraryAdapters.map { type(of: $0).name }
    }
}
