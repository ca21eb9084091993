internal import PortalRecord

/// Reviews looks at records by rules, event by event, in the order of the log.
///
/// - Rule: DOMAIN 7, R1–R11. Facts are handed in as values: what is not known gives no points.
public struct AuditReview {
    private struct Key: Hashable {
        let person: String
        let patient: String?
    }

    private struct Tally {
        var rules: Set<ReviewRule.Name> = []
        var looks = 0
        var first = Instant(milliseconds: .max)
        var last = Instant(milliseconds: .min)
    }

    /// A reader's day: which patients.
    private struct Day: Hashable {
        let person: String
        let number: Int
    }

    private let rules: [ReviewRule.Name: ReviewRule]
    private let threshold: Int
    private let staff: (String) -> ReviewedStaff?
    private let patient: (String) -> ReviewedPatient?
    private let isStaffNumber: (_ number: String, _ organisation: String) -> Bool
    private var tallies: [Key: Tally] = [:]
    private var days: [Day: Set<String>] = [:]
    private var roles: [String: String] = [:]
    private var places: [String: (place: String, time: Instant)] = [:]
    private var overrides: [(key: Key, time: Instant)] = []
    /// How many looks were reviewed.
    public private(set) var reviewed = 0

    /// Prepares a review.
    ///
    /// - Parameters:
    ///   - rules: The rules; of two of one name the last holds.
    ///   - threshold: How many points make a case.
    ///   - staff: What is known of a reader, by their handle.
    ///   - patient: What is known of a patient, by a source patient's handle.
    ///   - isStaffNumber: Whether a number is that of staff of an organisation.
    public init(
        rules: [ReviewRule] = ReviewRule.proposed,
        threshold: Int = ReviewRule.proposedThreshold,
        staff: @escaping (String) -> ReviewedStaff?,
        patient: @escaping (String) -> ReviewedPatient?,
        isStaffNumber: @escaping (_ number: String, _ organisation: String) -> Bool
    ) {
        self.rules = Dictionary(
            rules.filter { $0.points > 0 }.map { ($0.name, $0) },
            uniquingKeysWith: { $1 }
        )
        self.threshold = threshold
        self.staff = staff
        self.patient = patient
        self.isStaffNumber = isStaffNumber
    }

    /// Takes the next event; those that look at nobody's record say nothing.
    public mutating func take(_ event: AuditEvent) {
        guard event.isLook else { return }
        reviewed += 1
        let person = event.principal.person
        let reader = staff(person)
        if roles[person] == nil { roles[person] = event.principal.roles.first ?? "" }
        twoPlaces(event, person)
        // A list shows many: each counts towards the day's number, and none as a look into it.
        let isList = event.patient == nil && event.members.count > 1
        var seen: Set<String> = []
        for member in event.members {
            guard let patient = patient(member), seen.insert(patient.handle).inserted else {
                continue
            }
            let day = event.time.milliseconds / 86_400_000
            days[Day(person: person, number: day), default: []].insert(patient.handle)
            guard !isList else { continue }
            let key = Key(person: person, patient: patient.handle)
            var tally = tallies[key] ?? Tally()
            tally.looks += 1
            tally.first = min(tally.first, event.time)
            tally.last = max(tally.last, event.time)
            add(&tally, reader, patient, event)
            tallies[key] = tally
            if event.action == .overrideStarted { overrides.append((key, event.time)) }
        }
    }

    /// The cases, the most points first.
    public mutating func finish() -> [AuditCase] {
        volumes()
        for (key, time) in overrides where !isAttended(key, after: time) {
            tallies[key]?.rules.insert(.overrideUnused)
        }
        return tallies.compactMap { key, tally -> AuditCase? in
            // The stronger of two of a kind stands for both.
            var names = tally.rules.filter { rules[$0] != nil }
            if names.contains(.family) { names.subtract([.sameSurname, .neighbour, .sameOutcode]) }
            if names.contains(.neighbour) { names.remove(.sameOutcode) }
            let held = names.compactMap { rules[$0] }
                .sorted { ($1.points, $0.name.rawValue) < ($0.points, $1.name.rawValue) }
            let points = held.map(\.points).reduce(0, +)
            guard points >= threshold else { return nil }
            return AuditCase(
                person: key.person,
                patient: key.patient,
                reasons: held.map(\.words),
                rules: held.map(\.name),
                points: points,
                looks: tally.looks,
                first: tally.first,
                last: tally.last
            )
        }.sorted { one, two in
            if one.points != two.points { return one.points > two.points }
            return (one.person, one.patient ?? "") < (two.person, two.patient ?? "")
        }
    }

    // MARK: Rules

    private func add(
        _ tally: inout Tally,
        _ reader: ReviewedStaff?,
        _ patient: ReviewedPatient,
        _ event: AuditEvent
    ) {
        // A patient who reads their own record by their own door is no staff.
        let isDoor = event.purpose == "patient request"
        if let reader, !isDoor {
            if !reader.numbers.isDisjoint(with: patient.numbers) {
                tally.rules.insert(.samePerson)
            } else {
                kin(&tally, reader, patient)
            }
            if let organisation = reader.organisation,
                patient.numbers.contains(where: {
                    !reader.numbers.contains($0) && isStaffNumber($0, organisation)
                })
            {
                tally.rules.insert(.colleague)
            }
        }
        guard !isDoor else { return }
        if patient.isWatched { tally.rules.insert(.watched) }
        if patient.isOptedOut { tally.rules.insert(.optedOut) }
        let time = event.time.milliseconds
        if let rule = rules[.noLink], !isNear(patient, time, days: rule.measure) {
            tally.rules.insert(.noLink)
        }
        if let rule = rules[.longAgo], isLongAgo(patient, time, days: rule.measure) {
            tally.rules.insert(.longAgo)
        }
    }

    private func kin(_ tally: inout Tally, _ reader: ReviewedStaff, _ patient: ReviewedPatient) {
        let isNamesake = reader.surname != nil && reader.surname == patient.surname
        let lives = reader.postcode.flatMap { own in
            patient.postcode.map { other in
                (same: own == other, out: own.dropLast(3) == other.dropLast(3))
            }
        }
        if isNamesake { tally.rules.insert(.sameSurname) }
        if let lives, lives.same {
            tally.rules.insert(isNamesake ? .family : .neighbour)
        } else if let lives, lives.out {
            tally.rules.insert(.sameOutcode)
        }
    }

    private func isNear(_ patient: ReviewedPatient, _ time: Int, days: Int) -> Bool {
        let span = days * 86_400_000
        return patient.contacts.contains { contact in
            time >= contact.from - span && time <= (contact.to ?? .max - span) + span
        }
    }

    private func isLongAgo(_ patient: ReviewedPatient, _ time: Int, days: Int) -> Bool {
        let span = days * 86_400_000
        if let died = patient.died { return time > died + span }
        guard !patient.contacts.isEmpty else { return false }
        return patient.contacts.allSatisfy { contact in
            contact.to.map { time > $0 + span } ?? false
        }
    }

    private mutating func twoPlaces(_ event: AuditEvent, _ person: String) {
        guard let rule = rules[.twoPlaces],
            let place = event.principal.location ?? event.principal.organisation
        else { return }
        if let last = places[person], last.place != place,
            event.time.milliseconds - last.time.milliseconds < rule.measure * 60_000
        {
            let key = Key(person: person, patient: nil)
            var tally = tallies[key] ?? Tally()
            tally.rules.insert(.twoPlaces)
            tally.looks += 1
            tally.first = min(tally.first, last.time)
            tally.last = max(tally.last, event.time)
            tallies[key] = tally
        }
        places[person] = (place, event.time)
    }

    /// Compares each reader's day with the median day of the role; twenty patients are never many.
    private mutating func volumes() {
        guard let rule = rules[.volume] else { return }
        var counts: [String: [Int]] = [:]
        for (day, patients) in days {
            counts[roles[day.person] ?? "", default: []].append(patients.count)
        }
        let medians = counts.mapValues { all in all.sorted()[all.count / 2] }
        for (day, patients) in days {
            let median = medians[roles[day.person] ?? ""] ?? 0
            guard patients.count > 20, patients.count >= rule.measure * max(1, median) else {
                continue
            }
            let key = Key(person: day.person, patient: nil)
            let start = Instant(milliseconds: day.number * 86_400_000)
            var tally = tallies[key] ?? Tally()
            tally.rules.insert(.volume)
            tally.looks += patients.count
            tally.first = min(tally.first, start)
            tally.last = max(tally.last, start)
            tallies[key] = tally
        }
    }

    private func isAttended(_ key: Key, after time: Instant) -> Bool {
        guard let rule = rules[.overrideUnused] else { return true }
        guard let handle = key.patient, let found = patient(handle) else { return false }
        let (start, end) = (
            time.milliseconds - 86_400_000, time.milliseconds + rule.measure * 86_400_000
        )
        return found.contacts.contains { contact in
            contact.from <= end && (contact.to ?? .max) >= start
        }
    }
}

extension AuditEvent {
    /// Whether it is a look at records, or an override that lets somebody look, that was permitted.
    package var isLook: Bool {
        let looks: [AuditAction] = [
            .readTimeline, .openDocument, .search, .export, .readSummary, .overrideStarted,
            .listPatients,
        ]
        return outcome == .permitted && looks.contains(action) && !members.isEmpty
    }
}
