import EDIFACTAdapters
import EDIFACTSyntax
import FHIRAdapters
import HL7v2Adapters
import HL7v2Syntax
import PortalIntake
import XMLAdapters

/// One document the way of the library's own intake: its SHA-256, the adapters asked in turn whether
/// it is theirs, one of them reading it, and the ledger's three sums, which must be its bytes.
private struct Reader {
    let adapters: [any SourceAdapter]

    enum Failure: Error {
        case noAdapter
        case ledgerInexact
    }

    /// How many entries it gives; they are let go.
    func entries(
        _ bytes: ArraySlice<UInt8>,
        behind envelope: ArraySlice<UInt8>? = nil
    ) throws -> Int {
        let document = SourceDocument(silo: "silo", bytes: bytes, envelope: envelope)
        guard let adapter = adapters.first(where: { $0.recognises(document) }) else {
            throw Failure.noAdapter
        }
        let report = try adapter.adapt(document)
        let ledger = report.ledger
        let rules = ledger.ignoredByRule.values.reduce(0, +)
        guard ledger.mapped + rules + ledger.unmapped == bytes.count, ledger.mapped > 0
        else { throw Failure.ledgerInexact }
        return report.entries.count
    }
}

/// Ours: the file split into messages, and every message adapted.
struct HL7v2Entries: Measurement {
    let name = "bytes → entries + ledger"
    private let reader = Reader(adapters: [HL7v2AttendanceAdapter(), HL7v2LabReportAdapter()])

    func run(_ input: Input) throws -> Sample {
        try timed(input.bytes.count) {
            let file = HL7v2File(input.bytes)
            var entries = 0
            for part in file.parts {
                guard case .message = part.kind else { continue }
                entries += try reader.entries(file.slice(part))
            }
            return entries
        }
    }
}

/// Ours: the interchange split into messages, and every message adapted behind its header.
struct EDIFACTEntries: Measurement {
    let name = "bytes → entries + ledger"
    private let reader = Reader(
        adapters: [EDIFACTLabReportAdapter(), EDIFACTRadiologyReportAdapter()]
    )

    func run(_ input: Input) throws -> Sample {
        try timed(input.bytes.count) {
            let file = EDIFACTFile(input.bytes)
            var entries = 0
            for part in file.parts {
                guard case .message = part.kind else { continue }
                entries += try reader.entries(file.slice(part), behind: file.envelope(of: part))
            }
            return entries
        }
    }
}

/// Ours: the bundle adapted whole.
struct FHIREntries: Measurement {
    let name = "bytes → entries + ledger"
    private let reader = Reader(adapters: [FHIRBundleAdapter()])

    func run(_ input: Input) throws -> Sample {
        try timed(input.bytes.count) { try reader.entries(input.bytes[...]) }
    }
}

/// Ours: the document adapted whole.
struct CDAEntries: Measurement {
    let name = "bytes → entries + ledger"
    private let reader = Reader(adapters: [CDADocumentAdapter()])

    func run(_ input: Input) throws -> Sample {
        try timed(input.bytes.count) { try reader.entries(input.bytes[...]) }
    }
}
