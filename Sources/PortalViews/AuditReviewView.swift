public import PortalAccess
import PortalAudit
import PortalRecord

/// What a review of the audit found, as machines and privacy officers read it.
public enum AuditReviewView {
    /// The report as canonical JSON.
    ///
    /// - Throws: `EncodingError`, which no report of ours gives.
    public static func json(_ report: Released<AuditReviewReport>) throws -> String {
        try CanonicalJSON.text(
            Answer(looks: report.value.looks, cases: report.value.cases.map(Line.init))
        )
    }

    /// The report as text, one case to a line.
    public static func text(_ report: Released<AuditReviewReport>) -> String {
        let report = report.value
        let head = "\(report.looks) looks reviewed, \(report.cases.count) to ask about"
        return
            ([head]
            + report.cases.map { found in
                [
                    "\(found.points) points", found.person, found.patient ?? "several patients",
                    "\(found.looks) looks from \(found.first) to \(found.last)",
                    found.reasons.joined(separator: "; "),
                ].joined(separator: " · ")
            }).asLines()
    }

    private struct Answer: Encodable {
        let looks: Int
        let cases: [Line]
    }

    private struct Line: Encodable {
        let person: String
        let patient: String?
        let points: Int
        let rules: [String]
        let reasons: [String]
        let looks: Int
        let first: Instant
        let last: Instant

        init(_ found: AuditCase) {
            person = found.person
            patient = found.patient
            points = found.points
            rules = found.rules.map(\.rawValue)
            reasons = found.reasons
            looks = found.looks
            first = found.first
            last = found.last
        }
    }
}
