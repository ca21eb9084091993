import PortalPolicy
import PortalRecord

extension ProfileLoader {
    static func mandates(
        _ root: ProfileNode,
        people: [Principal],
        _ memberships: [Membership]
    ) throws(ProfileError) -> [Mandate] {
        var found: [Mandate] = []
        for item in try root.list("mandates") {
            _ = try item.members([
                "holder", "onBehalfOf", "as", "kinds", "grantedByChild", "from", "to",
            ])
            try check(
                [item.member("holder")].compactMap { $0 },
                are: Set(people.map(\.person)),
                "person"
            )
            try order(item)
            let whom = try item.required("onBehalfOf")
            let kind = try kind(item, whom)
            var mandate = Mandate(
                holder: try item.required("holder"),
                onBehalfOf: whom,
                kind: kind,
                scope: try item.choices("kinds", EntryKind.self),
                isGrantedByChild: try item.flag("grantedByChild") ?? false,
                from: try item.date("from"),
                to: try item.date("to")
            )
            if kind.isProxy {
                guard let patient = item.member("onBehalfOf") else { continue }
                mandate.onBehalfOf = try identifier(patient).token
            } else {
                mandate.standsFor = try holders(whom, people, memberships, item.line)
            }
            found.append(mandate)
        }
        return found
    }

    /// Without a word for it, whoever acts for a patient's number acts as an attorney, and whoever
    /// acts for a person of staff as their secretary.
    private static func kind(
        _ item: ProfileNode,
        _ whom: String
    ) throws(ProfileError) -> Mandate.Kind {
        let isPatient = whom.contains("|")
        guard let stated = item.member("as") else { return isPatient ? .attorney : .secretary }
        let kind = try stated.choice(Mandate.Kind.self)
        guard kind.isProxy == isPatient else {
            throw ProfileError(
                stated.line,
                kind.isProxy
                    ? "who acts as \(kind.rawValue) acts for a patient: name their number, system|value"
                    : "a secretary acts for a person of staff: name one of the people"
            )
        }
        return kind
    }

    /// Those by whom a feed would name a person of staff: themselves, their codes, their teams.
    private static func holders(
        _ whom: String,
        _ people: [Principal],
        _ memberships: [Membership],
        _ line: Int
    ) throws(ProfileError) -> [Relationship.Holder] {
        guard let person = people.first(where: { $0.person == whom || $0.codes.contains(whom) })
        else { throw ProfileError(line, "person \"\(whom)\" is not in the profile") }
        let teams = memberships.filter { $0.person == person.person && $0.kind != .student }
            .map(\.team)
        return ([person.person] + person.codes).map { .person($0) } + teams.map { .team($0) }
    }
}
