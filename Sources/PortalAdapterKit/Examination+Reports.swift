import PortalBytes
import PortalIntake
import PortalRecord

extension Examination {
    /// Examines one report: its ledger, its origins, its statements.
    ///
    /// - Parameters:
    ///   - report: What the adapter gave.
    ///   - document: What it was given.
    ///   - damage: Where the sample was damaged; nil for one that was not.
    mutating func examine(
        _ report: IntakeReport,
        _ document: SourceDocument,
        damage: Int? = nil
    ) {
        let size = document.bytes.count
        let ledger = report.ledger
        if ledger.mapped + ledger.ignored + ledger.unmapped != size {
            fault(
                .ledger,
                "ledger-differs",
                at: damage,
                "the ledger has \(ledger.byteCount) bytes, the document \(size)"
            )
        }
        if damage == nil, ledger.mapped == 0, !report.entries.isEmpty {
            fault(.ledger, "ledger-maps-nothing", "there are entries, and no byte gave any")
        }
        if report.adapter != type(of: adapter).name {
            fault(.naming, "adapter-misnamed", at: damage, "the report names another adapter")
        }
        for entry in report.entries {
            origin(entry.origin, document, damage)
            for part in Examination.parts(entry.content) { place(part, size, damage) }
            if entry.source != document.silo {
                fault(.statements, "source-wrong", at: damage, "an entry names another silo")
            }
            believe(entry, report, document, damage)
        }
        for event in report.mergeEvents { origin(event.origin, document, damage) }
        findings(report, document, damage)
        shares(report, document, damage)
    }

    private mutating func origin(
        _ origin: SourceReference,
        _ document: SourceDocument,
        _ damage: Int?
    ) {
        if origin.document != document.hash {
            fault(
                .origins,
                "origin-of-another-document",
                at: damage,
                "an entry names a hash that is not the document's"
            )
        }
        place(
            SourceRange(path: origin.path, offset: origin.offset, length: origin.length),
            document.bytes.count,
            damage
        )
    }

    private mutating func place(_ range: SourceRange, _ size: Int, _ damage: Int?) {
        if range.offset < 0 || range.length < 0 || range.offset > size
            || range.length > size - range.offset
        {
            fault(
                .origins,
                "origin-outside",
                at: damage,
                "an entry stands at \(range.offset), \(range.length) bytes; there are \(size)"
            )
        } else if range.length == 0 {
            fault(.origins, "origin-empty", at: damage, "an entry stands on no byte")
        }
        if range.path.isEmpty {
            fault(.origins, "origin-without-path", at: damage, "an entry names no place")
        }
    }

    /// Places inside the document that an entry's content names.
    private static func parts(_ content: EntryContent) -> [SourceRange] {
        switch content {
        case .diagnosticReport(let report):
            let values = report.observations.flatMap(\.values)
            return report.observations.map(\.origin)
                + values.compactMap(\.attachment).flatMap(\.chunks)
        case .clinicalDocument(let letter): return letter.attachments.flatMap(\.chunks)
        case .referral(let referral): return referral.letter.attachments.flatMap(\.chunks)
        default: return []
        }
    }

    /// - Rule: SAFETY S6.
    private mutating func believe(
        _ entry: RecordEntry,
        _ report: IntakeReport,
        _ document: SourceDocument,
        _ damage: Int?
    ) {
        guard let time = entry.statusTime,
            !document.dialect.isBelievable(time, messageTime: report.messageTime)
        else { return }
        fault(
            .statements,
            "status-time-in-future",
            at: damage,
            "a status time beyond the message's own and the tolerance counts as missing (S6)"
        )
    }

    private mutating func findings(
        _ report: IntakeReport,
        _ document: SourceDocument,
        _ damage: Int?
    ) {
        if report.diagnostics.count > document.limits.findingsMax {
            fault(
                .limits,
                "findings-unbounded",
                at: damage,
                "\(report.diagnostics.count) diagnostics; the limits allow fewer"
            )
        }
        for finding in report.diagnostics + report.entries.flatMap(\.findings) {
            word(finding.code, finding.location, finding.offset, document, damage)
        }
    }

    /// Examines an error's form.
    mutating func examine(
        _ error: IntakeError,
        _ document: SourceDocument,
        damage: Int? = nil
    ) {
        word(error.code, error.location, error.offset, document, damage)
        if error.remedy.isEmpty {
            fault(.statements, "remedy-missing", at: damage, "an error says nothing to do")
        }
    }

    private mutating func word(
        _ code: String,
        _ location: String,
        _ offset: Int?,
        _ document: SourceDocument,
        _ damage: Int?
    ) {
        if !AdapterWords.isWellFormed(code) {
            fault(
                .statements,
                "code-malformed",
                at: damage,
                "a code is a word of small letters, digits and hyphens, the same for every document"
            )
        }
        if location.isEmpty {
            fault(.statements, "location-missing", at: damage, "a finding names no place")
        }
        if let offset, offset < 0 || offset > document.bytes.count {
            fault(.statements, "offset-outside", at: damage, "a finding's offset is \(offset)")
        }
    }
}
