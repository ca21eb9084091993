import HL7v2Adapters
import HL7v2Syntax
import PortalIntake

/// Ours: the file split into messages, and every message adapted to record entries and a ledger.
///
/// Each message goes the way of the library's own intake: its SHA-256, the adapters asked in turn
/// whether it is theirs, and then one of them reads it. The ledger's three sums are taken and must
/// be the message's bytes; the entries are let go message by message.
struct BytesToEntries: Measurement {
    let name = "bytes → entries + ledger"
    private let adapters: [any SourceAdapter] = [
        HL7v2AttendanceAdapter(), HL7v2LabReportAdapter(),
    ]
    private let dialect = Dialect()

    enum Failure: Error {
        case noAdapter
        case ledgerInexact
    }

    func run(_ input: Input) throws -> Sample {
        try timed(input.bytes.count) {
            let file = HL7v2File(input.bytes)
            var entries = 0
            for part in file.parts {
                guard case .message = part.kind else { continue }
                let document = SourceDocument(
                    silo: "laboratory",
                    bytes: file.slice(part),
                    dialect: dialect
                )
                guard let adapter = adapters.first(where: { $0.recognises(document) }) else {
                    throw Failure.noAdapter
                }
                let report = try adapter.adapt(document)
                let ledger = report.ledger
                let rules = ledger.ignoredByRule.values.reduce(0, +)
                guard ledger.mapped + rules + ledger.unmapped == part.range.count,
                    ledger.mapped > 0
                else { throw Failure.ledgerInexact }
                entries += report.entries.count
            }
            return entries
        }
    }
}
