import PortalRecord

/// Puts together what was said of one appointment.
///
/// - Rule: SAFETY S8 (events are ordered by EVN-6, else EVN-2), S25 (absent says nothing, `""`
///   clears). A line of a list says all that it knows of the appointment each time.
enum AppointmentMerge {
    private struct Told {
        let entry: RecordEntry
        let appointment: Appointment
        let version: String

        /// What a reader would go by.
        var gist: [String?] {
            [
                appointment.state, appointment.start?.description, appointment.end?.description,
                appointment.location?.words, appointment.list,
            ]
        }

        func isLater(than other: Told) -> Bool {
            guard let own = entry.statusTime?.span, let before = other.entry.statusTime?.span
            else { return false }
            return own.start >= before.end
        }
    }

    static func merge(_ entries: [RecordEntry]) -> ChainOutcome {
        let told = ordered(entries)
        guard let last = told.last else { return ChainOutcome() }
        if let retraction = retraction(of: told) { return takenBack(told, retraction, entries) }
        // Whoever is told of last, and everyone of whom nothing says that they came before.
        let open = told.filter { one in
            one.version == last.version
                || !told.contains { $0.isLater(than: one) } && one.gist != last.gist
        }
        var chain = MergedChain(entries)
        var outcome = ChainOutcome()
        for one in open {
            let now = state(told, endingWith: one)
            let id =
                open.count == 1 ? StatementOrder.version(ofSet: told.map(\.version)) : one.version
            var row = row(one.entry, now, id)
            row.entry = told.map(\.entry.id).min() ?? one.entry.id
            row.supersedes = told.map(\.version).filter { version in
                !open.contains { $0.version == version }
            }.sorted()
            row.findings = told.flatMap(\.entry.findings)
            if row.who.isEmpty {
                let before = told.last { !$0.entry.participants.isEmpty }
                row.who = before.map { TimelineRow($0.entry, version: "", what: "").who } ?? []
            }
            if open.count > 1 { row.markers = [.orderUnknown] }
            chain.current.append(row)
            if now.state != "cancelled" {
                outcome.episodes.append(episode(now, told, row, chain))
            }
        }
        chain.current.sort { $0.position < $1.position }
        chain.earlier = told.reversed().filter { one in
            !open.contains { $0.version == one.version }
        }.map(earlier)
        if open.count > 1 {
            outcome.cases.append(
                OpenCase(
                    reviewCase: ReviewCase(
                        kind: .orderUnknown,
                        between: open.map { .version(entry: $0.entry.id, version: $0.version) },
                        why: ["appointment"],
                        documents: open.map(\.entry.origin.document)
                    ),
                    group: nil
                )
            )
        }
        outcome.chains = [chain]
        return outcome
    }

    private static func ordered(_ entries: [RecordEntry]) -> [Told] {
        var seen: Set<String> = []
        var told: [Told] = []
        for entry in entries {
            guard case .appointment(let appointment) = entry.content else { continue }
            let version = StatementOrder.version(of: entry)
            if seen.insert(version).inserted {
                told.append(Told(entry: entry, appointment: appointment, version: version))
            }
        }
        return told.sorted { left, right in
            let one = left.entry.statusTime?.span
            let two = right.entry.statusTime?.span
            if one?.start != two?.start { return (one?.start ?? .min) < (two?.start ?? .min) }
            if one?.end != two?.end { return (one?.end ?? .min) < (two?.end ?? .min) }
            return (left.appointment.event, left.version) < (right.appointment.event, right.version)
        }
    }

    /// What is known when one of the tellings is taken for the last.
    private static func state(_ told: [Told], endingWith last: Told) -> Appointment {
        let order = told.filter { $0.version != last.version && !$0.isLater(than: last) } + [last]
        var now = order[0].appointment
        for one in order.dropFirst() { now.apply(one.appointment) }
        // What is changed was booked, though we were not told.
        if now.state.isEmpty { now.state = "booked" }
        return now
    }

    /// A booking that was never this person's, or never made: it takes everything back that is not
    /// later than it (SAFETY S7, S10).
    private static func retraction(of told: [Told]) -> ResultStatus? {
        let retractions = told.filter { $0.entry.status.isRetraction }
        if retractions.contains(where: { $0.entry.status == .wrongPatient }) {
            return .wrongPatient
        }
        guard !retractions.isEmpty else { return nil }
        let isMadeAgain = told.contains { one in
            !one.entry.status.isRetraction && retractions.allSatisfy { one.isLater(than: $0) }
        }
        return isMadeAgain ? nil : .enteredInError
    }

    private static func takenBack(
        _ told: [Told],
        _ status: ResultStatus,
        _ entries: [RecordEntry]
    ) -> ChainOutcome {
        var chain = MergedChain(entries)
        let last = told.last { $0.entry.status.isRetraction } ?? told[told.count - 1]
        let marker: Marker = status == .wrongPatient ? .wrongPatient : .withdrawn
        func bare(_ one: Told, _ version: String) -> TimelineRow {
            var row = row(one.entry, one.appointment, version)
            row.status = ResultStatus.withdrawn.words
            row.markers = [marker]
            row.headline = marker.rawValue
            row.who = []
            row.place = nil
            return row
        }
        var current = bare(last, StatementOrder.version(ofSet: told.map(\.version)))
        current.entry = told.map(\.entry.id).min() ?? last.entry.id
        current.supersedes = told.filter { $0.version != last.version }.map(\.version).sorted()
        chain.current = [current]
        chain.earlier = told.reversed().filter { $0.version != last.version }.map { one in
            var earlier = marker == .wrongPatient ? bare(one, one.version) : earlier(one)
            earlier.isCurrent = false
            return earlier
        }
        var outcome = ChainOutcome()
        outcome.chains = [chain]
        if let ground = RecallGround(entries, what: current.what, current: [current]) {
            outcome.recalls.append(ground)
        }
        return outcome
    }

    private static func earlier(_ one: Told) -> TimelineRow {
        var earlier = row(one.entry, one.appointment, one.version)
        earlier.isCurrent = false
        return earlier
    }

    private static func episode(
        _ now: Appointment,
        _ told: [Told],
        _ row: TimelineRow,
        _ chain: MergedChain
    ) -> CareEpisode {
        let clinicians = told.flatMap { $0.entry.participants.compactMap(\.identifier?.value) }
        return CareEpisode(
            source: row.silo,
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
