import PortalAudit
import PortalIdentity
import PortalPolicy
import PortalRecord
import PortalStore
import PortalTimeline

/// Who was shown what was later corrected or taken back, and what was done about it.
///
/// - Rule: SAFETY S10; DESIGN 7 "Recall": everyone who was shown it gets a task; the value is
///   reachable only for the audited purpose `recall`; a task closes by a recorded action.
extension AccessGate {
    package func recalls(_ look: Look) throws -> Released<[RecallTask]> {
        try require("recall", look, .recallRead)
        let tasks = try recallTasks()
        var event = event(look, .recallRead, nil, .permitted)
        event.shownCount = tasks.count
        return try release(tasks, event)
    }

    /// The values that a task's reader may have been shown, whatever became of them since.
    package func recalledValues(_ task: String, _ look: Look) throws -> Released<[RecalledValue]> {
        try require("recall", look, .recallRead)
        guard look.purpose == .recall,
            let found = try recallTasks().first(where: { $0.id == task }),
            let record = try store.record(of: found.patient, asOf: nil, rules: rules.record)
        else {
            try deny(look, .recallRead, nil, .nothingFound)
            throw AccessError.notFound
        }
        var values: [RecalledValue] = []
        for entry in try store.entries(of: record.cluster.members)
        where found.entries.contains(entry.id) {
            guard case .diagnosticReport(let report) = entry.content else {
                values += RecordMerge.words(of: entry).map { row in
                    RecalledValue(
                        document: entry.origin.document,
                        text: row.what,
                        value: ([row.headline] + row.notes).filter { !$0.isEmpty }
                            .joined(separator: "\n"),
                        unit: nil,
                        status: entry.status.words
                    )
                }
                continue
            }
            values += report.observations.map { observation in
                RecalledValue(
                    document: entry.origin.document,
                    text: observation.code.words ?? "",
                    value: observation.values.map(\.text).joined(separator: "\n"),
                    unit: observation.unit?.firstCode,
                    status: observation.status.words
                )
            }
        }
        values.sort { ($0.document, $0.text) < ($1.document, $1.text) }
        var event = event(look, .recallRead, record, .permitted)
        event.entries = found.entries.map(\.rawValue)
        event.shownCount = values.count
        event.detail = ["task": task]
        return try release(values, event)
    }

    package func closeRecall(_ task: String, action: String, _ look: Look) throws {
        try require("recall", look, .recallClosed)
        guard let found = try recallTasks().first(where: { $0.id == task }) else {
            try deny(look, .recallClosed, nil, .nothingFound)
            throw AccessError.notFound
        }
        var event = event(look, .recallClosed, nil, .permitted)
        event.patient = found.patient.rawValue
        event.reason = action
        event.detail = ["task": task]
        try record(event)
        try store.put(
            RecallClosing(
                task: task,
                person: look.principal.person,
                time: look.now,
                action: action
            )
        )
    }

    /// One task for each person and statement that they were shown before it was taken back.
    private func recallTasks() throws -> [RecallTask] {
        // What closed a task first stands.
        let closings = Dictionary(
            try store.recallClosings().map { ($0.task, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        var tasks: [RecallTask] = []
        for summary in try store.patients(rules: rules.record) {
            guard
                let record = try store.record(
                    of: summary.cluster.handle,
                    asOf: nil,
                    rules: rules.record
                )
            else { continue }
            let grounds = try record.consequences().recalls
            guard !grounds.isEmpty else { continue }
            let looks = try looks(at: record)
            for ground in grounds {
                guard let known = try ground.documents.compactMap(store.received).min()
                else { continue }
                let handles = Set(ground.entries.map(\.rawValue))
                for (person, seen) in Dictionary(grouping: looks, by: { $0.principal.person }) {
                    // Before it came, or a state that is not today's: receipts may be back-dated.
                    let shown = seen.filter { event in
                        shows(event, handles)
                            && (event.time <= known
                                || !event.entries.contains(where: ground.current.contains))
                    }
                    guard let last = shown.max(by: { $0.time < $1.time }) else { continue }
                    var task = RecallTask(
                        patient: record.cluster.handle,
                        entries: ground.entries,
                        marker: ground.marker,
                        what: ground.what,
                        person: person,
                        roles: last.principal.roles,
                        shownAt: last.time,
                        action: last.action.name
                    )
                    task.closing = closings[task.id].map {
                        RecallTask.Closing(person: $0.person, time: $0.time, action: $0.action)
                    }
                    tasks.append(task)
                }
            }
        }
        return tasks.sorted { ($0.shownAt, $0.id) < ($1.shownAt, $1.id) }
    }

    private func shows(_ event: AuditEvent, _ handles: Set<String>) -> Bool {
        event.entries.contains { handles.contains(String($0.prefix { $0 != "/" })) }
    }

    /// Every permitted look at a record: readers, exports, interface reads.
    private func looks(at record: ArrangedRecord) throws -> [AuditEvent] {
        try journal.sequence()
        var looks: [AuditEvent] = []
        var before: Int?
        while true {
            let page = try journal.events(
                patientMembers: record.cluster.members.map(\.rawValue),
                before: before,
                limit: 1000
            )
            looks += page.map(\.event).filter {
                // What shows content; an explanation, or an asking, shows none.
                $0.outcome == .permitted
                    && [.readTimeline, .readSummary, .search, .export, .openDocument].contains(
                        $0.action
                    )
            }
            guard let last = page.last, page.count == 1000 else { return looks }
            before = last.index
        }
    }
}
