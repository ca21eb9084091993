public import PortalAccess
public import PortalAudit
import PortalRecord

/// Who looked, in words that a patient understands.
public enum WhoLookedView {
    /// The looks as canonical JSON, latest first.
    ///
    /// - Throws: `EncodingError`, which no list of ours gives.
    public static func json(_ events: Released<[SequencedEvent]>) throws -> String {
        try CanonicalJSON.text(events.value.map { Line($0.event) })
    }

    /// The looks in plain words, one to a line.
    public static func text(_ events: Released<[SequencedEvent]>) -> String {
        if events.value.isEmpty { return "Nobody has looked." }
        return events.value.map { words($0.event) }.asLines()
    }

    /// One look in words.
    ///
    /// `22-Nov-2026 10:04: dr.bruce (consultant, GRI) read the record: 3 items, for direct care.`
    static func words(_ event: AuditEvent) -> String {
        let roles = event.principal.roles.joined(separator: ", ")
        let who = [roles, event.principal.organisation].compactMap { $0 }.filter { !$0.isEmpty }
            .joined(separator: ", ")
        var text = event.time.clinical + ": " + event.principal.person
        if !who.isEmpty { text += " (" + who + ")" }
        switch event.outcome {
        case .permitted:
            text += " " + done(event)
            if event.shownCount > 0 {
                text += ": \(event.shownCount) item" + (event.shownCount == 1 ? "" : "s")
            }
        case .withheld: text += " tried to " + wanted(event) + " and was not let in"
        case .nothingFound: text += " tried to " + wanted(event) + " and found nothing"
        default: text += " tried to " + wanted(event) + ", which failed"
        }
        if let purpose = event.purpose { text += ", for " + purpose }
        if event.overrideToken != nil, event.action != .overrideStarted {
            text += ", under an override"
        }
        if let reason = event.reason { text += ". Reason given: " + reason }
        return text + "."
    }

    private static let deeds: [AuditAction: (done: String, wanted: String)] = [
        .readTimeline: ("read the record", "read the record"),
        .readSummary: ("read the emergency summary", "read the emergency summary"),
        .openDocument: ("opened a document", "open a document"),
        .search: ("found the record by a search", "find the record by a search"),
        .listPatients: ("saw the name on a list", "see the name on a list"),
        .export: ("took something out of the portal", "take something out of the portal"),
        .explain: ("asked why something is shown or not", "ask why something is shown or not"),
        .overrideStarted: ("overrode the usual rules", "override the usual rules"),
        .overrideReviewed: ("reviewed an override", "review an override"),
        .permissionAsked: ("recorded an answer about permission", "record an answer"),
        .link: ("joined two records", "join two records"),
        .doNotLink: ("kept two records apart", "keep two records apart"),
        .asked: ("asked other systems", "ask other systems"),
        .auditRead: ("read who had looked", "read who had looked"),
        .doubtReported: ("recorded a doubt about an entry", "record a doubt about an entry"),
    ]

    private static func done(_ event: AuditEvent) -> String {
        if let answer = event.detail["answer"], event.action == .permissionAsked {
            return "asked for permission: " + answer
        }
        return deeds[event.action]?.done ?? "did: " + event.action.name
    }

    private static func wanted(_ event: AuditEvent) -> String {
        deeds[event.action]?.wanted ?? event.action.name
    }

    private struct Line: Encodable {
        let time: Instant
        let person: String
        let roles: [String]
        let action: String
        let outcome: String
        let purpose: String?
        let reason: String?
        let shown: Int
        let words: String

        init(_ event: AuditEvent) {
            time = event.time
            person = event.principal.person
            roles = event.principal.roles
            action = event.action.name
            outcome = event.outcome.rawValue
            purpose = event.purpose
            reason = event.reason
            shown = event.shownCount
            words = WhoLookedView.words(event)
        }
    }
}

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

/// How the portal is used, as machines and managers read it.
public enum UsageView {
    /// The weeks as canonical JSON.
    ///
    /// - Throws: `EncodingError`, which no count of ours gives.
    public static func json(_ weeks: Released<[AuditUsage.Week]>) throws -> String {
        try CanonicalJSON.text(weeks.value.map(Line.init))
    }

    /// The weeks as text: a line and a bar for each.
    public static func text(_ weeks: Released<[AuditUsage.Week]>) -> String {
        let most = max(1, weeks.value.map(\.looks).max() ?? 1)
        var lines: [String] = []
        for week in weeks.value {
            let bar = String(repeating: "█", count: 40 * week.looks / most)
            let growth = week.growthPercent.map { " (\($0 < 0 ? "" : "+")\($0) %)" } ?? ""
            lines.append("week of \(week.monday.clinical): \(week.looks) looks\(growth) \(bar)")
            lines.append(
                "  \(week.readers) readers, \(week.refused) refused, \(week.nothingFound) found "
                    + "nothing, \(week.overrides) overrides, \(week.withStaleSilo) with a silo not "
                    + "current" + (week.medianWait.map { ", median wait \($0) ms" } ?? "")
            )
            lines.append("  by role: " + counts(week.byRole))
            lines.append("  by site: " + counts(week.bySite))
            if !week.staleSilos.isEmpty {
                lines.append("  not current: " + counts(week.staleSilos))
            }
        }
        return lines.isEmpty ? "Nobody has used the portal yet." : lines.asLines()
    }

    private static func counts(_ counts: [String: Int]) -> String {
        counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { $0.key + " \($0.value)" }.joined(separator: ", ")
    }

    private struct Line: Encodable {
        let week: Instant
        let looks: Int
        let growthPercent: Int?
        let readers: Int
        let refused: Int
        let nothingFound: Int
        let overrides: Int
        let withStaleSilo: Int
        let medianWaitMilliseconds: Int?
        let byRole: [String: Int]
        let bySite: [String: Int]
        let staleSilos: [String: Int]

        init(_ week: AuditUsage.Week) {
            self.week = week.monday
            looks = week.looks
            growthPercent = week.growthPercent
            readers = week.readers
            refused = week.refused
            nothingFound = week.nothingFound
            overrides = week.overrides
            withStaleSilo = week.withStaleSilo
            medianWaitMilliseconds = week.medianWait
            byRole = week.byRole
            bySite = week.bySite
            staleSilos = week.staleSilos
        }
    }
}
