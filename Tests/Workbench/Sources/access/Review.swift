import ArgumentParser
import ClinicalPortal
import Foundation

/// A million looks at records of which most are care, and some are not.
struct Review: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Finds planted snooping in very many looks."
    )
    @Option(help: "Looks.") var looks = 1_000_000
    @Option(help: "Staff.") var staff = 8500
    @Option(help: "Patients.") var patients = 100_000
    @Option(help: "Planted cases of each rule.") var planted = 20
    @Option(help: "Seed.") var seed: UInt64 = 1

    private static let start = 1_790_000_000_000
    private static let day = 86_400_000

    func run() throws {
        var chance = Chance(seed: seed)
        // Surnames are as uneven as in life: the commonest is one in eighty.
        let names = (0..<4000).map { "name\($0)" }
        func surname() -> String {
            let place = chance.next(1_000_000)
            return names[min(3999, place * place / 250_000_000 % 4000)]
        }
        func postcode() -> String { "G\(chance.next(60))\(chance.next(10))AA\(chance.next(40))" }
        progress("inventing \(staff) staff and \(patients) patients")
        var people: [ReviewedStaff] = []
        var numbersOfStaff: Set<String> = []
        for number in 0..<staff {
            let own = "staff|\(number)"
            numbersOfStaff.insert(own)
            people.append(
                ReviewedStaff(
                    surname: surname(),
                    postcode: postcode(),
                    organisation: "GRI",
                    numbers: [own]
                )
            )
        }
        var sick: [ReviewedPatient] = []
        for number in 0..<patients {
            let from = Self.start + chance.next(90) * Self.day
            sick.append(
                ReviewedPatient(
                    handle: "p\(number)",
                    surname: surname(),
                    postcode: postcode(),
                    numbers: ["n|\(number)"],
                    contacts: [.init(from: from, to: from + (1 + chance.next(20)) * Self.day)]
                )
            )
        }
        // The last patients of all are those whom somebody snoops on.
        let kinds = ReviewRule.Name.allCases.filter {
            ![.sameSurname, .sameOutcode, .volume, .twoPlaces].contains($0)
        }
        var victims: [(rule: ReviewRule.Name, person: Int, patient: Int)] = []
        for (index, rule) in kinds.enumerated() {
            for each in 0..<planted {
                let patient = patients - 1 - index * planted - each
                let person = chance.next(staff)
                plant(rule, &people[person], &sick[patient], &numbersOfStaff, &chance)
                victims.append((rule, person, patient))
            }
        }
        let ordinary = patients - kinds.count * planted
        var byHandle: [String: Int] = [:]
        for (index, patient) in sick.enumerated() { byHandle[patient.handle] = index }
        let (staffed, patiented, places, staffNumbers) = (people, sick, byHandle, numbersOfStaff)
        var review = AuditReview(
            staff: {
                Int($0.dropFirst()).flatMap { staffed.indices.contains($0) ? staffed[$0] : nil }
            },
            patient: { places[$0].map { patiented[$0] } },
            isStaffNumber: { number, _ in staffNumbers.contains(number) }
        )
        progress("reviewing \(looks) looks")
        var flaggedOrdinary = 0
        var cases: [AuditCase] = []
        var snooped: Set<String> = []
        let took = seconds {
            for number in 0..<looks {
                let patient = chance.next(ordinary)
                let contact = sick[patient].contacts[0]
                let time =
                    contact.from
                    + chance.next(((contact.to ?? contact.from) - contact.from) + Self.day)
                review.take(event(number, chance.next(staff), patient, at: time, sick))
            }
            for (number, victim) in victims.enumerated() {
                let contact = sick[victim.patient].contacts.first
                let time =
                    victim.rule == .noLink || victim.rule == .longAgo
                    ? Self.start + 900 * Self.day : (contact?.from ?? Self.start)
                var look = event(looks + number, victim.person, victim.patient, at: time, sick)
                if victim.rule == .overrideUnused {
                    look.action = .overrideStarted
                    look.time = Instant(milliseconds: Self.start - 400 * Self.day)
                }
                review.take(look)
                snooped.insert("\(victim.person) \(victim.patient)")
            }
            // One reader has a day of a thousand patients; one is in two towns within a minute.
            for number in 0..<1000 {
                review.take(
                    event(
                        looks + 10_000 + number,
                        1,
                        number,
                        at: sick[number].contacts[0].from,
                        sick
                    )
                    .on(day: Self.start)
                )
            }
            for (number, place) in ["Glasgow", "Edinburgh"].enumerated() {
                var look = event(looks + 20_000 + number, 2, 5, at: sick[5].contacts[0].from, sick)
                look.principal = AuditPrincipal(person: "s2", roles: ["doctor"], location: place)
                review.take(look)
            }
            cases = review.finish()
        }
        var found: Set<String> = []
        var foundByRule: [ReviewRule.Name: Int] = [:]
        for one in cases {
            guard let patient = one.patient, let place = byHandle[patient] else { continue }
            let key = String(one.person.dropFirst()) + " \(place)"
            if snooped.contains(key) { found.insert(key) } else { flaggedOrdinary += one.looks }
        }
        for victim in victims where found.contains("\(victim.person) \(victim.patient)") {
            foundByRule[victim.rule, default: 0] += 1
        }
        let isBusyFound = cases.contains { $0.person == "s1" && $0.rules.contains(.volume) }
        let isSplitFound = cases.contains { $0.person == "s2" && $0.rules.contains(.twoPlaces) }
        let share = 100 * Double(flaggedOrdinary) / Double(looks)
        print(
            "| \(looks) looks, \(victims.count + 2) cases planted by \(kinds.count + 2) rules | found "
                + "\(found.count + (isBusyFound ? 1 : 0) + (isSplitFound ? 1 : 0)), of the rest "
                + "\(fixed(share, 2)) % flagged, \(fixed(took, 1)) s |"
        )
        guard found.count == snooped.count, isBusyFound, isSplitFound, share <= 1 else {
            throw Failure(description: "missed, or too many flagged: \(foundByRule)")
        }
    }

    /// Makes a look at a patient what the rule is about.
    private func plant(
        _ rule: ReviewRule.Name,
        _ person: inout ReviewedStaff,
        _ patient: inout ReviewedPatient,
        _ staffNumbers: inout Set<String>,
        _ chance: inout Chance
    ) {
        switch rule {
        case .samePerson: patient.numbers.formUnion(person.numbers)
        case .family:
            patient.surname = person.surname
            patient.postcode = person.postcode
        case .colleague: patient.numbers.insert("staff|\(chance.next(staff))")
        case .neighbour: patient.postcode = person.postcode
        case .watched: patient.isWatched = true
        case .optedOut: patient.isOptedOut = true
        case .noLink, .longAgo:
            patient.contacts = [.init(from: Self.start, to: Self.start + Self.day)]
        default: break
        }
    }

    private func event(
        _ number: Int,
        _ person: Int,
        _ patient: Int,
        at time: Int,
        _ sick: [ReviewedPatient]
    ) -> AuditEvent {
        AuditEvent(
            id: "e\(number)",
            time: Instant(milliseconds: time),
            action: .readTimeline,
            outcome: .permitted,
            principal: AuditPrincipal(person: "s\(person)", roles: ["doctor"], organisation: "GRI"),
            patient: sick[patient].handle,
            members: [sick[patient].handle],
            purpose: "direct care"
        )
    }
}

extension AuditEvent {
    fileprivate func on(day: Int) -> AuditEvent {
        var copy = self
        copy.time = Instant(milliseconds: day)
        return copy
    }
}

/// Chance that can be repeated.
struct Chance {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// A number below a bound; SplitMix64.
    mutating func next(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        bits ^= bits >> 31
        return Int(bits % UInt64(max(1, bound)))
    }
}
