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
