// What holds of an adapter's report, whatever the bytes; the script `fuzz` and the program
// `mutations` compile it.

import PortalIntake
import PortalRecord

/// The law that a report breaks; nil where all hold: the ledger accounts for every byte once, and
/// every statement stands inside the document.
func brokenLaw(_ report: IntakeReport, _ count: Int) -> StaticString? {
    let ledger = report.ledger
    let ignored = ledger.ignoredByRule.values.reduce(0, +)
    if ledger.byteCount != count { return "the ledger is of another document" }
    if ledger.mapped + ignored + ledger.unmapped != count { return "the ledger's sum is not exact" }
    if ledger.ignored != ignored { return "the rules do not add up" }
    if ledger.mappedOffsets.count != ledger.mapped { return "the mapped bytes are miscounted" }
    let left = ledger.unmappedRanges.reduce(0) { $0 + $1.count }
    if left != ledger.unmapped { return "the bytes left are miscounted" }
    for entry in report.entries {
        let origin = entry.origin
        guard origin.offset >= 0, origin.length >= 0, origin.offset + origin.length <= count else {
            return "an entry stands outside its document"
        }
        _ = entry.id
    }
    return nil
}

/// The law that an adapter breaks with a document; nil where it refuses, or reports within the laws
/// and says the same when it is asked again.
func brokenLaw(_ adapter: any SourceAdapter, _ document: SourceDocument) -> StaticString? {
    guard let report = try? adapter.adapt(document) else { return nil }
    if let law = brokenLaw(report, document.bytes.count) { return law }
    guard let again = try? adapter.adapt(document) else { return "a second reading refuses" }
    return again.entries == report.entries ? nil : "a second reading differs"
}
