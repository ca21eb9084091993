import PortalRecord

/// Puts the movements of one visit together.
///
/// - Rule: SAFETY S8 (movements are ordered by EVN-6, else EVN-2), S25 (absent says nothing, `""`
///   clears), S4 (a visit number is keyed with its admission day, so its re-use is no case).
struct EncounterMerge {
    private struct Movement {
        let entry: RecordEntry
        let movement: EncounterMovement
        let version: String

        var time: TimeSpan? { entry.statusTime?.span }
        var day: Int? { entry.statusTime.flatMap(EncounterMerge.day) }

        /// A cancellation without a time stands until another movement says otherwise: it is read
        /// last, where anything else without a time is read first.
        var place: (Int, Int) {
            if let time { return (time.start, time.end) }
            let isCancellation = ["A11", "A12", "A13", "A23", "A25", "A26", "A27", "A38"]
                .contains(movement.event)
            return isCancellation ? (Int.max, Int.max) : (Int.min, Int.min)
        }
    }

    static func merge(_ entries: [RecordEntry]) -> ChainOutcome {
        var seen: Set<String> = []
        var movements: [Movement] = []
        for entry in entries {
            guard case .encounter(let movement) = entry.content else { continue }
            let version = StatementOrder.version(of: entry)
            if seen.insert(version).inserted {
                movements.append(Movement(entry: entry, movement: movement, version: version))
            }
        }
        var outcome = ChainOutcome()
        for visit in visits(movements) {
            let merged = EncounterMerge(movements: visit)
            merged.add(to: &outcome)
        }
        return outcome
    }

    /// One visit for each admission day.
    ///
    /// An admission that does not state its day (PV1-44) began on the day of the movement, unless
    /// another movement states a day next to it: EVN-2 may be written after midnight. Any other
    /// movement without a day belongs to the last admission not after it.
    private static func visits(_ movements: [Movement]) -> [[Movement]] {
        var byDay: [Int: [Movement]] = [:]
        var begun: [Movement] = []
        var undated: [Movement] = []
        for one in movements {
            if let day = one.movement.admitted.flatMap(day) {
                byDay[day, default: []].append(one)
            } else if ["A01", "A04"].contains(one.movement.event), one.day != nil {
                begun.append(one)
            } else {
                undated.append(one)
            }
        }
        let stated = byDay.keys.sorted()
        for one in begun {
            guard let own = one.day else { continue }
            let home = stated.last { $0 <= own && own - $0 <= 1 } ?? own
            byDay[home, default: []].append(one)
        }
        guard !byDay.isEmpty else { return undated.isEmpty ? [] : [undated] }
        let days = byDay.keys.sorted()
        for one in undated {
            let home = one.day.flatMap { own in days.last { $0 <= own } } ?? days[0]
            byDay[home, default: []].append(one)
        }
        return days.compactMap { byDay[$0] }
    }

    /// The day as a count, so that the next day is one more.
    private static func day(_ date: PartialDate) -> Int? {
        guard let month = date.month, let day = date.day else { return nil }
        return CivilDate(year: date.year, month: month, day: day)?.days
    }

    private let movements: [Movement]

    private init(movements: [Movement]) {
        self.movements = movements.sorted { left, right in
            if left.place != right.place { return left.place < right.place }
            return (left.movement.event, left.version) < (right.movement.event, right.version)
        }
    }

    /// The visit after all its movements.
    private struct State {
        var location: Location?
        var admitted: PartialDate?
        var discharged: PartialDate?
        var expected: PartialDate?
        var patientClass: String?
        var service: String?
        var reason: CodeableConcept?
        var isCancelled = false
        var isDischarged = false
        var hasBegun = false
        /// Booked ahead: what changes it afterwards (A08) does not begin it.
        var isExpected = false
        var isUpdated = false
        var orderUnknown = false
        var people: [Practitioner] = []
        var places: [String] = []
    }

    private func state() -> State {
        var state = State()
        var lastPlace: Movement?
        for one in movements {
            let movement = one.movement
            if let location = movement.location {
                if let before = lastPlace, let previous = before.movement.location,
                    previous != location, !isOrdered(before, one)
                {
                    state.orderUnknown = true
                }
                state.location = location
                lastPlace = one
                for place in [location.pointOfCare].compactMap({ $0 })
                where !state.places.contains(place) {
                    state.places.append(place)
                }
            }
            state.admitted = movement.admitted ?? state.admitted
            state.discharged = movement.discharged ?? state.discharged
            state.expected = movement.expected ?? state.expected
            state.patientClass = movement.patientClass ?? state.patientClass
            state.service = movement.service ?? state.service
            state.reason = movement.reason ?? state.reason
            if !one.entry.participants.isEmpty { state.people = one.entry.participants }
            if movement.cleared.contains("location") { state.location = nil }
            if movement.cleared.contains("discharged") { state.discharged = nil }
            if movement.cleared.contains("admitted") { state.admitted = nil }
            if movement.cleared.contains("expected") { state.expected = nil }
            if movement.cleared.contains("reason") { state.reason = nil }
            if movement.cleared.contains("service") { state.service = nil }
            apply(one, to: &state)
        }
        // Of a stay whose beginning we were not told, an update says that it is there.
        state.hasBegun = state.hasBegun || state.isUpdated && !state.isExpected
        return state
    }

    private func isOrdered(_ one: Movement, _ two: Movement) -> Bool {
        guard let first = one.time, let second = two.time else { return false }
        return second.isLater(than: first)
    }

    private func apply(_ one: Movement, to state: inout State) {
        switch one.movement.event {
        case "A01", "A04":
            state.hasBegun = true
            state.isCancelled = false
            state.admitted = state.admitted ?? one.movement.occurred
        case "A05", "A14":
            state.isExpected = true
            state.isCancelled = false
        case "A08": state.isUpdated = true
        case "A02", "A06", "A07", "A09", "A10", "A12", "A15", "A16", "A17", "A21", "A22", "A32",
            "A33", "A52", "A53":
            state.hasBegun = true
        case "A03":
            state.hasBegun = true
            state.isDischarged = true
            state.discharged = state.discharged ?? one.movement.occurred
        case "A13":
            state.isDischarged = false
            state.discharged = nil
        case "A11", "A38", "A27", "A23": state.isCancelled = true
        default: break
        }
    }

    private func add(to outcome: inout ChainOutcome) {
        guard let last = movements.last else { return }
        let state = state()
        var chain = MergedChain(movements.map(\.entry))
        var row = row(last, state)
        row.version = StatementOrder.version(ofSet: movements.map(\.version))
        row.supersedes = movements.dropLast().map(\.version).sorted()
        chain.current = [row]
        chain.earlier = movements.dropLast().reversed().map { one in
            var earlier = TimelineRow(
                one.entry,
                version: one.version,
                what: words(of: one.movement)
            )
            earlier.headline = one.movement.location?.words ?? ""
            earlier.isCurrent = false
            earlier.entry = row.entry
            return earlier
        }
        if state.orderUnknown {
            outcome.cases.append(
                OpenCase(
                    reviewCase: ReviewCase(
                        kind: .orderUnknown,
                        between: movements.map {
                            .version(entry: row.entry, version: $0.version)
                        },
                        why: ["movements of one visit"],
                        documents: movements.map(\.entry.origin.document)
                    ),
                    group: nil
                )
            )
        }
        // Care over months is no stay: it puts nobody on a ward and gives nobody access.
        if !state.isCancelled, !isEpisodeOfCare(state) {
            outcome.episodes.append(
                CareEpisode(
                    source: last.entry.source,
                    list: list(state),
                    places: state.places.sorted(),
                    location: state.location?.pointOfCare,
                    clinicians: clinicians(),
                    from: state.admitted ?? state.expected ?? last.movement.occurred,
                    to: state.discharged,
                    isPlanned: !state.hasBegun,
                    state: row.status,
                    entry: row.entry,
                    kind: .encounter,
                    labels: chain.labels,
                    key: chain.key,
                    reason: state.reason?.words
                )
            )
        }
        outcome.chains.append(chain)
    }

    private func isEpisodeOfCare(_ state: State) -> Bool {
        state.patientClass == EncounterMovement.episodeOfCare
    }

    private func list(_ state: State) -> String {
        switch state.patientClass?.uppercased() {
        case "E": "emergency"
        case "O", "R": "clinic"
        case "D": "day case"
        default: "inpatient"
        }
    }

    private func clinicians() -> [String] {
        Array(Set(movements.flatMap { $0.entry.participants.compactMap(\.identifier?.value) }))
            .sorted()
    }

    private func row(_ last: Movement, _ state: State) -> TimelineRow {
        var row = TimelineRow(last.entry, version: last.version, what: what(state))
        // The row keeps one handle through all movements: its first's.
        row.entry = movements.map(\.entry.id).min() ?? last.entry.id
        row.when = state.admitted ?? state.expected ?? last.movement.occurred
        row.clock = row.when == nil ? nil : "effective"
        row.place = state.location?.words ?? last.entry.organisation
        row.who = state.people.map {
            $0.role + ": " + ($0.name?.spoken ?? $0.identifier?.value ?? "")
        }
        if state.orderUnknown { row.markers.append(.orderUnknown) }
        if state.isCancelled {
            row.status = "cancelled"
            row.markers.append(.withdrawn)
        } else if state.isDischarged {
            row.status = "finished"
        } else if isEpisodeOfCare(state) {
            row.status = last.movement.other["status"] ?? "status not stated"
        } else {
            row.status = state.hasBegun ? "in progress" : "planned"
        }
        row.markers.sort()
        row.headline = headline(state)
        if isEpisodeOfCare(state), let team = last.movement.other["team"] {
            row.notes = ["Team: " + team]
        }
        row.findings = movements.flatMap(\.entry.findings)
        return row
    }

    private func headline(_ state: State) -> String {
        var parts: [String] = []
        if let location = state.location { parts.append(location.words) }
        if let reason = state.reason?.words { parts.append(reason) }
        if let service = state.service { parts.append("service " + service) }
        if let discharged = state.discharged { parts.append("left " + discharged.clinical) }
        if state.isCancelled { parts.append("cancelled") }
        return parts.joined(separator: "; ")
    }

    private func what(_ state: State) -> String {
        switch state.patientClass?.uppercased() {
        case EncounterMovement.episodeOfCare.uppercased(): "Episode of care"
        case "I": "Inpatient stay"
        case "O": "Outpatient attendance"
        case "E": "Emergency attendance"
        case "P": "Planned admission"
        case "R": "Recurring attendance"
        case "D": "Day case"
        case "B": "Maternity stay"
        default: "Attendance"
        }
    }

    private func words(of movement: EncounterMovement) -> String {
        switch movement.event {
        case "A01": "Admitted"
        case "A02": "Transferred"
        case "A03": "Discharged"
        case "A04": "Registered"
        case "A05": "Admission planned"
        case "A06": "Became an inpatient"
        case "A07": "Became an outpatient"
        case "A08": "Details changed"
        case "A09": "Leaving"
        case "A10": "Arriving"
        case "A11": "Admission cancelled"
        case "A12": "Transfer cancelled"
        case "A13": "Discharge cancelled"
        case "A14": "Admission pending"
        case "A15": "Transfer pending"
        case "A16": "Discharge pending"
        case "A17": "Beds exchanged"
        case "A21": "On leave"
        case "A22": "Back from leave"
        case "A23": "Visit deleted"
        case "A25": "Pending discharge cancelled"
        case "A26": "Pending transfer cancelled"
        case "A27": "Pending admission cancelled"
        case "A38": "Planned admission cancelled"
        default: "Movement " + movement.event
        }
    }
}
