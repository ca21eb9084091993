import HL7v2Adapters
import HL7v2Syntax
import PortalBytes
import PortalIdentity
import PortalIntake
import PortalRecord
import PortalStore

/// Wires the first bends of the river: bytes → messages → entries.
struct Intake {
    static let adapters: [any SourceAdapter] = [
        HL7v2AttendanceAdapter(), HL7v2LabReportAdapter(),
    ]

    /// One message of a file, or a stretch of it that is none.
    struct Piece {
        var range: Range<Int>
        var hash: ContentHash
        /// What reading it came to; nil for framing and envelopes.
        var outcome: Result<IntakeReport, IntakeError>?
        var adapter: String?
        var controlID: String?
    }

    let silo: String
    let adapter: String?
    let dialect: Dialect
    let limits: Limits

    init(
        silo: String,
        adapter: String? = nil,
        dialect: Dialect = Dialect(),
        limits: Limits = .standard
    ) {
        self.silo = silo
        self.adapter = adapter
        self.dialect = dialect
        self.limits = limits
    }

    /// The format of some bytes, by the bytes alone.
    static func format(_ bytes: [UInt8]) -> String {
        HL7v2File.recognises(bytes) ? "hl7v2" : "unknown"
    }

    /// Every stretch of a file, in order; a file without a message is one rejected piece.
    func read(_ bytes: [UInt8]) -> [Piece] {
        guard Intake.format(bytes) == "hl7v2" else { return [rejected(bytes)] }
        let file = HL7v2File(bytes)
        guard file.messageCount > 0 else { return [rejected(bytes)] }
        let findings = BatchCheck.findings(file)
        var pieces: [Piece] = []
        for part in file.parts {
            switch part.kind {
            case .message(let isEnded, let frame):
                pieces.append(
                    message(
                        bytes,
                        part.range,
                        isEnded: isEnded,
                        frame: frame,
                        extra: findings[part.range.lowerBound] ?? []
                    )
                )
            case .envelope, .framing, .stray:
                pieces.append(
                    Piece(range: part.range, hash: ContentHash(of: bytes[part.range]))
                )
            }
        }
        return pieces
    }

    private func rejected(_ bytes: [UInt8]) -> Piece {
        Piece(
            range: 0..<bytes.count,
            hash: ContentHash(of: bytes),
            outcome: .failure(
                IntakeError(
                    code: bytes.isEmpty ? "empty" : "format-unknown",
                    location: "byte 0",
                    remedy: "send a message in a format that the site profile names",
                    outcome: .rejected,
                    offset: 0
                )
            )
        )
    }

    private func message(
        _ bytes: [UInt8],
        _ range: Range<Int>,
        isEnded: Bool,
        frame: HL7v2File.MLLPFrame,
        extra: [Diagnostic]
    ) -> Piece {
        let slice = bytes[range]
        let hash = ContentHash(of: slice)
        var piece = Piece(range: range, hash: hash)
        let document = SourceDocument(
            silo: silo,
            bytes: slice,
            hash: hash,
            dialect: dialect,
            limits: limits
        )
        if frame == .endMissing {
            piece.outcome = .failure(
                IntakeError(
                    code: "block-end-missing",
                    location: "byte \(range.upperBound)",
                    remedy: "ask the sender for the whole message",
                    offset: range.upperBound
                )
            )
            return piece
        }
        guard let chosen = choose(document) else {
            piece.outcome = .failure(unsupported(slice))
            return piece
        }
        piece.adapter = type(of: chosen).name
        do throws(IntakeError) {
            var report = try chosen.adapt(document)
            if !isEnded {
                // The last value may be cut short: whoever reads it is told.
                let finding = Diagnostic(
                    code: "last-segment-unterminated",
                    location: "byte \(range.upperBound)",
                    severity: .note,
                    offset: range.count
                )
                report.diagnostics.append(finding)
                if let last = report.entries.indices.last {
                    report.entries[last].findings.append(finding)
                }
            }
            report.diagnostics += extra
            if !extra.isEmpty {
                for index in report.entries.indices { report.entries[index].findings += extra }
            }
            piece.controlID = report.messageID
            piece.outcome = .success(report)
        } catch {
            piece.outcome = .failure(error)
        }
        return piece
    }

    private func choose(_ document: SourceDocument) -> (any SourceAdapter)? {
        if let adapter {
            return Intake.adapters.first { type(of: $0).name == adapter }
        }
        return Intake.adapters.first { $0.recognises(document) }
    }

    private func unsupported(_ slice: ArraySlice<UInt8>) -> IntakeError {
        // A broken header explains itself; a sound one is of a type that no adapter reads yet.
        do throws(HL7v2SyntaxError) {
            _ = try HL7v2Message.read(slice, limits: limits)
        } catch {
            return IntakeError(
                code: error.code.description,
                location: error.path,
                remedy: error.code.remedy,
                offset: error.offset
            )
        }
        return IntakeError(
            code: "message-type-unsupported",
            location: "MSH-9",
            remedy: "wait for an adapter that reads this type, then drive the message again"
        )
    }
}

/// Compares what a batch's trailers count with what came.
///
/// - Rule: HL7 v2.5.1 ch. 2 s. 2.10.3; SAFETY S25.
enum BatchCheck {
    /// Findings for messages, by where each starts.
    static func findings(_ file: HL7v2File) -> [Int: [Diagnostic]] {
        var found: [Int: [Diagnostic]] = [:]
        var batch: [Int] = []
        var last: Int?
        var batches = 0
        var isOpen = false
        var isFileOpen = false
        func report(_ code: String, _ place: String) {
            guard let last else { return }
            found[last, default: []].append(
                Diagnostic(code: code, location: place, severity: .warning)
            )
        }
        func stated(_ part: HL7v2File.Part) -> Int? {
            let text = String(decoding: file.slice(part), as: UTF8.self)
            return Int(text.dropFirst(4).prefix { $0.isNumber })
        }
        for part in file.parts {
            switch part.kind {
            case .message:
                batch.append(part.range.lowerBound)
                last = part.range.lowerBound
            case .envelope(let name):
                switch name.description {
                case "FHS":
                    batches = 0
                    isFileOpen = true
                case "BHS":
                    if isOpen { report("batch-trailer-missing", "BTS") }
                    batch = []
                    batches += 1
                    isOpen = true
                case "BTS":
                    if let stated = stated(part), stated != batch.count {
                        report("batch-count-differs", "BTS-1")
                    }
                    isOpen = false
                case "FTS":
                    if let stated = stated(part), stated != batches {
                        report("file-count-differs", "FTS-1")
                    }
                    isFileOpen = false
                default: continue
                }
            case .framing, .stray: continue
            }
        }
        if isOpen { report("batch-trailer-missing", "BTS") }
        if isFileOpen { report("file-trailer-missing", "FTS") }
        return found
    }
}

extension IntakeReport {
    /// The merge events as lines of the assertion log.
    func assertions(silo: String) -> [LinkAssertion] {
        mergeEvents.map { event in
            LinkAssertion(
                id: LinkAssertion.id(of: event),
                verb: .mergeEvent(event, silo: silo),
                author: silo,
                time: Instant(milliseconds: event.occurred?.span.start ?? 0),
                reason: event.event
            )
        }
    }
}
