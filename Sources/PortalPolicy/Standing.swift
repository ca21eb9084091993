/// What a person's memberships come to at a moment.
struct Standing {
    /// The teams the person is in.
    let teams: Set<String>
    /// Whether they are in all of them as a student.
    let isStudent: Bool

    init(_ situation: AccessSituation) {
        let current = situation.memberships.filter { $0.holds(at: situation.moment) }
        let own = current.filter { $0.person == situation.principal.person }
        isStudent = !own.isEmpty && own.allSatisfy { $0.kind == .student }
        // A student is in a team by a supervisor who is in it now: students see their supervisor's
        // patients.
        let held = own.filter { own in
            own.kind != .student
                || current.contains {
                    $0.person == own.sponsor && $0.team == own.team && $0.kind != .student
                }
        }
        teams = Set(held.map(\.team))
    }
}

/// How the patient answered when this person asked.
enum Permission: Sendable {
    case notAsked, given, refused, unableToAnswer
    /// It could not be had.
    case unknown

    /// The latest answer that is in force counts; of two of one moment, the refusal.
    init(_ situation: AccessSituation) {
        guard let consents = situation.consents else {
            self = .unknown
            return
        }
        let current = consents.filter {
            $0.holds(for: situation.principal.person, situation.members, at: situation.moment)
        }
        let latest = current.map(\.from).max()
        let answers = Set(current.filter { $0.from == latest }.map(\.answer))
        if answers.contains(.refused) {
            self = .refused
        } else if answers.contains(.unableToAnswer) {
            self = .unableToAnswer
        } else {
            self = answers.contains(.given) ? .given : .notAsked
        }
    }
}
