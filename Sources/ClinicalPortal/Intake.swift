import EDIFACTSyntax
import HL7v2Syntax
import PortalBytes
import PortalIdentity
import PortalIntake
import PortalRecord
import PortalStore
import XMLSyntax

/// A file as it came from a silo, and a way to the files beside it.
public struct IncomingFile: Sendable {
    /// Its name in the silo: the same content under the same name is one delivery.
    public var name: String
    /// The whole file.
    public var bytes: [UInt8]
    /// The bytes of a file that this one names, such as a page of an index; nil where it is not
    /// there, or lies outside the folder.
    public var companion: @Sendable (_ name: String) -> [UInt8]?
    /// What the batches of the whole file are found to lack, by where a message starts in these bytes;
    /// nil where these are the whole file.
    var batchFindings: [Int: [Diagnostic]]?

    /// Takes a file; most stand alone.
    public init(
        name: String,
        bytes: [UInt8],
        companion: @escaping @Sendable (_ name: String) -> [UInt8]? = { _ in nil }
    ) {
        self.name = name
        self.bytes = bytes
        self.companion = companion
    }
}

/// Wires the first bends of the river: bytes → messages → entries.
struct Intake {
    /// One message of a file, or a stretch of it that is none.
    struct Piece {
        var range: Range<Int>
        var hash: ContentHash
        /// What reading it came to; nil for framing and envelopes.
        var outcome: Result<IntakeReport, IntakeError>?
        var adapter: String?
        var controlID: String?
        /// Files that came with it, kept by their own hashes.
        var companions: [CompanionFile] = []
        /// Whether it frames messages by what it is: an interchange's header, a line end.
        var isEnvelope = false
    }

    let silo: String
    let adapter: String?
    let adapters: [any SourceAdapter]
    let dialect: Dialect
    let limits: Limits

    init(
        silo: String,
        adapter: String? = nil,
        among adapters: [any SourceAdapter],
        dialect: Dialect = Dialect(),
        limits: Limits = .standard
    ) {
        self.silo = silo
        self.adapter = adapter
        self.adapters = adapters
        self.dialect = dialect
        self.limits = limits
    }

    /// Every stretch of a file, in order; a file without a message is one rejected piece.
    func read(_ file: IncomingFile) -> [Piece] {
        let bytes = file.bytes
        let format = FileFormat(bytes)
        switch format {
        case .hl7v2: return messages(bytes, file.batchFindings)
        case .edifact: return interchanges(bytes)
        case .jsonLines: return lines(bytes, file)
        case .json, .xml: return [message(bytes, 0..<bytes.count, file)]
        case .delimited, .unknown:
            // Any line of text with a comma looks like a table: it is one if an adapter knows it.
            // And bytes of no known format may be known to an adapter from elsewhere.
            let isKnown = format == .delimited
            let whole = message(bytes, 0..<bytes.count, file, onlyRecognised: !isKnown)
            return [whole.adapter == nil ? rejected(bytes) : whole]
        }
    }

    /// HL7 v2: a file of messages, with batch envelopes and block characters around them.
    private func messages(_ bytes: [UInt8], _ given: [Int: [Diagnostic]]?) -> [Piece] {
        let file = HL7v2File(bytes)
        guard file.messageCount > 0 else { return [rejected(bytes)] }
        let findings = given ?? BatchCheck.findings(file)
        let alone = IncomingFile(name: "", bytes: [])
        var pieces: [Piece] = []
        for part in file.parts {
            switch part.kind {
            case .message(let isEnded, let frame):
                var extra = findings[part.range.lowerBound] ?? []
                if !isEnded { extra.append(unterminated(part.range)) }
                pieces.append(
                    frame == .endMissing
                        ? cut(bytes, part.range)
                        : message(bytes, part.range, alone, extra: extra)
                )
            case .envelope, .framing, .stray:
                pieces.append(
                    Piece(range: part.range, hash: ContentHash(of: bytes[part.range]))
                )
            }
        }
        return pieces
    }

    /// EDIFACT: interchanges of messages; each message is read alone, with its interchange's header.
    private func interchanges(_ bytes: [UInt8]) -> [Piece] {
        let file = EDIFACTFile(bytes)
        guard file.messageCount > 0 else { return [rejected(bytes)] }
        var findings: [Int: [Diagnostic]] = [:]
        for finding in file.findings {
            findings[finding.offset, default: []].append(
                Diagnostic(code: finding.code, location: finding.path, severity: .warning)
            )
        }
        let alone = IncomingFile(name: "", bytes: [])
        return file.parts.map { part in
            if case .message = part.kind {
                return message(
                    bytes,
                    part.range,
                    alone,
                    extra: findings[part.range.lowerBound] ?? [],
                    envelope: part.envelope
                )
            }
            var piece = Piece(range: part.range, hash: ContentHash(of: bytes[part.range]))
            piece.isEnvelope = part.kind != .stray
            return piece
        }
    }

    /// JSON Lines: a message a line; blank lines are framing.
    private func lines(_ bytes: [UInt8], _ file: IncomingFile) -> [Piece] {
        var pieces: [Piece] = []
        var start = 0
        while start < bytes.count {
            var end = start
            while end < bytes.count, bytes[end] != 0x0A, bytes[end] != 0x0D { end += 1 }
            if end > start { pieces.append(message(bytes, start..<end, file)) }
            var next = end
            while next < bytes.count, bytes[next] == 0x0A || bytes[next] == 0x0D { next += 1 }
            if next > end {
                pieces.append(Piece(range: end..<next, hash: ContentHash(of: bytes[end..<next])))
            }
            start = next
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

    private func cut(_ bytes: [UInt8], _ range: Range<Int>) -> Piece {
        Piece(
            range: range,
            hash: ContentHash(of: bytes[range]),
            outcome: .failure(
                IntakeError(
                    code: "block-end-missing",
                    location: "byte \(range.upperBound)",
                    remedy: "ask the sender for the whole message",
                    offset: range.upperBound
                )
            )
        )
    }

    /// The last value may be cut short: whoever reads it is told.
    private func unterminated(_ range: Range<Int>) -> Diagnostic {
        Diagnostic(
            code: "last-segment-unterminated",
            location: "byte \(range.upperBound)",
            severity: .note,
            offset: range.count
        )
    }

    private func message(
        _ bytes: [UInt8],
        _ range: Range<Int>,
        _ file: IncomingFile,
        extra: [Diagnostic] = [],
        onlyRecognised: Bool = false,
        envelope: Range<Int>? = nil
    ) -> Piece {
        let slice = bytes[range]
        var document = SourceDocument(
            silo: silo,
            bytes: slice,
            dialect: dialect,
            limits: limits,
            envelope: envelope.map { bytes[$0] }
        )
        var piece = Piece(range: range, hash: document.hash)
        guard let chosen = choose(document, onlyRecognised: onlyRecognised) else {
            piece.outcome = .failure(unsupported(document))
            return piece
        }
        piece.adapter = type(of: chosen).name
        document = gather(chosen, document, file, &piece)
        do throws(IntakeError) {
            var report = try chosen.adapt(document)
            try report.settle(by: dialect)
            report.diagnostics += extra
            for finding in extra {
                // A batch's finding concerns all that the message states; a cut value the last.
                let all = report.entries.indices
                let concerned = finding.severity == .note ? all.suffix(1) : all[...]
                for index in concerned { report.entries[index].findings.append(finding) }
            }
            piece.controlID = report.messageID
            piece.outcome = .success(report)
        } catch {
            piece.outcome = .failure(error)
        }
        return piece
    }

    /// Fetches the files that a document names; together they are one document, named by the
    /// hashes of all, so that an index whose missing page comes later is a new document.
    private func gather(
        _ adapter: any SourceAdapter,
        _ document: SourceDocument,
        _ file: IncomingFile,
        _ piece: inout Piece
    ) -> SourceDocument {
        let names = Set(adapter.companions(of: document)).sorted()
        guard !names.isEmpty else { return document }
        var files: [String: CompanionFile] = [:]
        var parts = [document.hash.hex]
        for name in names {
            guard FileType.staysInside(name), let bytes = file.companion(name) else {
                parts.append(name + " missing")
                continue
            }
            let companion = CompanionFile(bytes[...])
            files[name] = companion
            parts.append(name + " " + companion.hash.hex)
            piece.companions.append(companion)
        }
        piece.hash = ContentHash(of: parts.joined(separator: "\n").utf8)
        return SourceDocument(
            silo: silo,
            bytes: document.bytes,
            hash: piece.hash,
            dialect: dialect,
            limits: limits,
            files: files,
            envelope: document.envelope
        )
    }

    private func choose(
        _ document: SourceDocument,
        onlyRecognised: Bool
    ) -> (any SourceAdapter)? {
        guard let adapter else { return adapters.first { $0.recognises(document) } }
        return adapters.first {
            type(of: $0).name == adapter && (!onlyRecognised || $0.recognises(document))
        }
    }

    private var untyped: IntakeError {
        IntakeError(
            code: "document-type-unsupported",
            location: "byte 0",
            remedy: "name the silo's adapter in the site profile, then drive it again",
            offset: 0
        )
    }

    /// Why no adapter took a document: a broken one explains itself; a sound one is of a type
    /// that no adapter reads yet.
    private func unsupported(_ document: SourceDocument) -> IntakeError {
        let slice = document.bytes
        // Behind an envelope the bytes alone need not look like what they are.
        switch document.envelope == nil ? FileFormat(Array(slice)) : .edifact {
        case .edifact:
            do throws(EDIFACTSyntaxError) {
                let header = try document.envelope.map {
                    envelope throws(EDIFACTSyntaxError) in
                    try EDIFACTInterchangeHeader(envelope, limits: limits)
                }
                _ = try EDIFACTMessage.read(slice, in: header, limits: limits)
            } catch {
                return IntakeError(error, outcome: .held)
            }
            return unsupportedType(at: "UNH-2")
        case .hl7v2:
            do throws(HL7v2SyntaxError) {
                _ = try HL7v2Message.read(slice, limits: limits)
            } catch {
                return IntakeError(error, outcome: .held)
            }
        case .xml:
            do throws(XMLSyntaxError) {
                _ = try XMLDocument.read(slice, limits: limits)
            } catch {
                return IntakeError(error, outcome: .held)
            }
            return untyped
        case .json, .jsonLines, .delimited, .unknown:
            return untyped
        }
        return unsupportedType(at: "MSH-9")
    }

    private func unsupportedType(at place: String) -> IntakeError {
        IntakeError(
            code: "message-type-unsupported",
            location: place,
            remedy: "wait for an adapter that reads this type, then drive the message again"
        )
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
