import PortalRecord

/// Puts together what was said of one appointment.
///
/// - Rule: SAFETY S8 (events are ordered by EVN-6, else EVN-2), S25 (absent says nothing, `""`
///   clears). A line of a list says all that it knows of the appointment each time.
enum AppointmentMerge {
    static func merge(_ entries: [RecordEntry]) -> ChainOutcome {
        var seen: Set<String> = []
        var told: [(entry: RecordEntry, appointment: Appointment, version: String)] = []
        for entry in entries {
            guard case .appointment(let appointment) = entry.content else { continue }
            let version = StatementOrder.version(of: entry)
            if seen.insert(version).inserted { told.append((entry, appointment, version)) }
        }
        told.sort { left, right in
            let one = left.entry.statusTime?.span
            let two = right.entry.statusTime?.span
            if one?.start != two?.start { return (one?.start ?? .min) < (two?.start ?? .min) }
            if one?.end != two?.end { return (one?.end ?? .min) < (two?.end ?? .min) }
            return (left.appointment.event, left.version) < (right.appointment.event, right.version)
        }
        guard let last = told.last else { return ChainOutcome() }
        var now = told[0].appointment
        for one in told.dropFirst() { now.apply(one.appointment) }
        // What is changed was booked, though we were not told.
        if now.state.isEmpty { now.state = "booked" }
        var chain = MergedChain(entries)
        var row = row(last.entry, now, StatementOrder.version(ofSet: told.map(\.version)))
        row.entry = told.map(\.entry.id).min() ?? last.entry.id
        row.supersedes = told.dropLast().map(\.version).sorted()
        row.findings = told.flatMap(\.entry.findings)
        if row.who.isEmpty {
            let before = told.last { !$0.entry.participants.isEmpty }
            row.who = before.map { TimelineRow($0.entry, version: "", what: "").who } ?? []
        }
        chain.current = [row]
        chain.earlier = told.dropLast().reversed().map { one in
            var earlier = self.row(one.entry, one.appointment, one.version)
            earlier.isCurrent = false
            return earlier
        }
        var outcome = ChainOutcome()
        outcome.chains = [chain]
        if now.state != "cancelled" {
            let clinicians = told.flatMap { $0.entry.participants.compactMap(\.identifier?.value) }
            outcome.episodes = [
                CareEpisode(
                    source: last.entry.source,
                    list: now.list ?? "clinic",
                    places: [now.location?.pointOfCare].compactMap { $0 },
                    location: now.location?.pointOfCare,
                    clinicians: Array(Set(clinicians)).sorted(),
                    from: now.start,
                    to: now.end ?? now.start,
                    isPlanned: now.state == "booked",
                    state: now.state,
                    entry: row.entry,
                    kind: .appointment,
                    labels: chain.labels,
                    key: chain.key,
                    reason: now.reason?.words
                )
            ]
        }
        return outcome
    }

    private static func row(
        _ entry: RecordEntry,
        _ appointment: Appointment,
        _ version: String
    ) -> TimelineRow {
        let names = [
            "clinic": "Clinic appointment", "theatre": "Theatre list",
            "emergency": "Emergency department", "day case": "Day case",
        ]
        let what = appointment.list.map { names[$0] ?? $0 } ?? "Appointment"
        var row = TimelineRow(entry, version: version, what: what)
        row.when = appointment.start ?? row.when
        row.clock = row.when == nil ? nil : "effective"
        row.place = appointment.location?.words ?? row.place
        row.status = appointment.state.isEmpty ? "changed" : appointment.state
        let said = [appointment.reason?.words, appointment.service.map { "service " + $0 }]
        row.headline = said.compactMap { $0 }.joined(separator: "; ")
        if appointment.state == "cancelled" {
            row.headline = ["cancelled", row.headline].filter { !$0.isEmpty }
                .joined(separator: "; ")
        }
        return row
    }
}

extension Appointment {
    /// What the sender says next of the same appointment.
    fileprivate mutating func apply(_ next: Appointment) {
        event = next.event
        state = next.state.isEmpty ? state : next.state
        list = next.list ?? list
        // SAFETY S25: what the sender cleared does not stand on.
        if next.cleared.contains("start") { start = nil }
        if next.cleared.contains("end") { end = nil }
        if next.cleared.contains("location") { location = nil }
        if next.cleared.contains("service") { service = nil }
        if next.cleared.contains("reason") { reason = nil }
        start = next.start ?? start
        // A new start without an end says that the old end is gone.
        end = next.end ?? (next.start == nil ? end : nil)
        location = next.location ?? location
        service = next.service ?? service
        reason = next.reason ?? reason
    }
}
