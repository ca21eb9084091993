public import PortalAccess
import PortalRecord
import PortalTimeline

/// Who must be told that what they were shown was taken back.
public enum RecallView {
    /// The tasks as canonical JSON.
    ///
    /// - Throws: `EncodingError`, which no list of ours gives.
    public static func json(_ tasks: Released<[RecallTask]>) throws -> String {
        try CanonicalJSON.text(tasks.value.map(Line.init))
    }

    /// The tasks as text, one to a line.
    public static func text(_ tasks: Released<[RecallTask]>) -> String {
        if tasks.value.isEmpty { return "Nothing was shown that was later taken back." }
        return tasks.value.map { task in
            let state =
                task.closing.map { "closed by \($0.person) \($0.time): \($0.action)" } ?? "open"
            return [
                task.shownAt.description, task.person, task.what, task.marker.rawValue, state,
                task.id,
            ].joined(separator: " · ")
        }.asLines()
    }

    /// The values of one task as canonical JSON.
    ///
    /// - Throws: `EncodingError`, which no list of ours gives.
    public static func json(_ values: Released<[RecalledValue]>) throws -> String {
        try CanonicalJSON.text(values.value.map(Value.init))
    }

    /// The values of one task as text.
    public static func text(_ values: Released<[RecalledValue]>) -> String {
        values.value.map { value in
            let unit = value.unit.map { " " + $0 } ?? ""
            return value.text + " " + value.value + unit + " · " + value.status
        }.asLines()
    }

    private struct Line: Encodable {
        let task: String
        let patient: SourcePatientID
        let entries: [EntryID]
        let marker: Marker
        let what: String
        let person: String
        let roles: [String]
        let shownAt: Instant
        let action: String
        let closedBy: String?
        let closedAt: Instant?
        let done: String?

        init(_ task: RecallTask) {
            self.task = task.id
            patient = task.patient
            entries = task.entries
            marker = task.marker
            what = task.what
            person = task.person
            roles = task.roles
            shownAt = task.shownAt
            action = task.action
            closedBy = task.closing?.person
            closedAt = task.closing?.time
            done = task.closing?.action
        }
    }

    private struct Value: Encodable {
        let document: ContentHash
        let text: String
        let value: String
        let unit: String?
        let status: String

        init(_ value: RecalledValue) {
            document = value.document
            text = value.text
            self.value = value.value
            unit = value.unit
            status = value.status
        }
    }
}
