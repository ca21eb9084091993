import PortalIntake
import PortalRecord

extension Examination {
    /// What is whose: a person who opts out takes their own part along, and nobody else's.
    mutating func shares(_ report: IntakeReport, _ document: SourceDocument, _ damage: Int?) {
        let subjects = Set(report.entries.map(\.subject.id))
        for share in report.shares {
            if !subjects.contains(share.subject) {
                fault(.shares, "share-of-nobody", at: damage, "no entry speaks of its subject")
            }
            for range in share.ranges
            where range.lowerBound < 0 || range.upperBound > document.bytes.count {
                fault(
                    .shares,
                    "share-outside",
                    at: damage,
                    "a share ends at \(range.upperBound); there are \(document.bytes.count) bytes"
                )
            }
        }
        if subjects.count > 1 { overlaps(report, damage) }
        // A damaged document may name files that nobody's entry is left to claim.
        guard damage == nil, !report.entries.isEmpty else { return }
        let claimed = Set(report.shares.flatMap(\.files))
        for name in Set(adapter.companions(of: document)) {
            guard let file = document.files[name], !claimed.contains(file.hash) else { continue }
            fault(.shares, "file-of-nobody", "a file that came beside it is in no share")
        }
    }

    private mutating func overlaps(_ report: IntakeReport, _ damage: Int?) {
        var parts: [(range: Range<Int>, subject: SourcePatientID)] = []
        for share in report.shares { parts += share.ranges.map { ($0, share.subject) } }
        let told = Set(report.shares.map(\.subject))
        for entry in report.entries where !told.contains(entry.subject.id) {
            let start = max(entry.origin.offset, 0)
            let end = start.addingReportingOverflow(max(entry.origin.length, 0))
            parts.append((start..<(end.overflow ? Int.max : end.partialValue), entry.subject.id))
        }
        parts.sort { $0.range.lowerBound < $1.range.lowerBound }
        var furthest = parts.first
        for part in parts.dropFirst() {
            if let before = furthest, before.subject != part.subject,
                before.range.upperBound > part.range.lowerBound
            {
                fault(
                    .shares,
                    "shares-overlap",
                    at: damage ?? part.range.lowerBound,
                    "two people stand in the same bytes: say in shares what is whose"
                )
            }
            if part.range.upperBound > furthest?.range.upperBound ?? 0 { furthest = part }
        }
    }
}
