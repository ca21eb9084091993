import PortalRecord

/// One thing that could be otherwise: a fact, a rule or how the person asks.
///
/// A decision's smallest change is found by trying: the fewest of these under which the same policy
/// decides the other way.
enum Change: Hashable {
    // Towards showing.
    case relationship
    case permission
    case override(String)
    case purpose(Purpose)
    case patientsDoor
    case team(String)
    case role(String)
    case memberNotStudent
    case time
    case labelTakenOff(SecurityLabel)
    case restrictionEnded(Restriction.Kind)
    case codesNotBlocked
    case accountInForce
    case restrictionsHad
    case permissionHad
    case identityCertain
    // Towards keeping back.
    case withoutRelationship
    case withoutRole(String)
    case withoutOverride
    case withoutMandate
    case withoutPermission
    case withoutTeam(String)

    /// What it is, in words that hold nothing of the record.
    var words: String {
        switch self {
        case .relationship: "a relationship with the patient"
        case .permission: "the patient's permission, asked at the point of care"
        case .override(let type): "an override: " + type
        case .purpose(let purpose): "the purpose " + purpose.rawValue
        case .patientsDoor: "reading it by the patient's door"
        case .team(let team): "membership of the team " + team
        case .role(let role): "the role " + role
        case .memberNotStudent: "a membership other than student"
        case .time: "waiting until the patient's view may show it"
        case .labelTakenOff(let label): "the label " + label.rawValue + " taken off by its sender"
        case .restrictionEnded(let kind): "the restriction (" + kind.rawValue + ") ended"
        case .codesNotBlocked: "the site's rule on blocked codes changed"
        case .accountInForce: "an account in force"
        case .restrictionsHad: "the patient's restrictions, which could not be had"
        case .permissionHad: "the patient's answer, which could not be had"
        case .identityCertain: "the identity in question settled"
        case .withoutRelationship: "without the relationship with the patient"
        case .withoutRole(let role): "without the role " + role
        case .withoutOverride: "without the override"
        case .withoutMandate: "without the mandate"
        case .withoutPermission: "without the patient's permission"
        case .withoutTeam(let team): "without membership of the team " + team
        }
    }
}

/// What a decision is asked about, to be changed and asked again.
struct Question {
    var rules: AccessRules
    var situation: AccessSituation
    var operation: Operation
    var entry: EntryFacts

    var isPermitted: Bool {
        AccessPolicy(rules: rules, situation: situation).permits(operation, on: entry)
    }

    /// The same question with one thing otherwise.
    func with(_ change: Change) -> Question {
        var copy = self
        copy.apply(change)
        return copy
    }

    private mutating func apply(_ change: Change) {
        let person = situation.principal.person
        switch change {
        case .relationship:
            let basis = rules.relationships.first?.basis ?? .attendance
            situation.relationships.append(
                Relationship(holder: .person(person), basis: basis, from: nil, to: nil)
            )
        case .permission:
            situation.consents = [
                Consent(
                    id: "",
                    patients: situation.members,
                    person: person,
                    answer: .given,
                    from: situation.moment,
                    expires: situation.moment.adding(seconds: 60)
                )
            ]
        case .override(let type):
            situation.overrides.append(
                EmergencyOverride(
                    token: "",
                    type: type,
                    person: person,
                    patients: situation.members,
                    reason: "",
                    from: situation.moment,
                    expires: situation.moment.adding(seconds: 60)
                )
            )
        case .purpose(let purpose): situation.purpose = purpose
        case .patientsDoor: situation.purpose = .patientRequest
        case .team(let team):
            situation.memberships.append(Membership(person: person, team: team))
        case .role(let role): situation.principal.roles.append(role)
        case .memberNotStudent:
            situation.memberships = situation.memberships.map { membership in
                var membership = membership
                if membership.person == person { membership.kind = .member }
                return membership
            }
        case .time:
            let days = rules.delays.map(\.days).max() ?? 0
            // What has no time waits for ever.
            entry.start = entry.start.map { $0 - days * DatedFact.day }
        case .labelTakenOff(let label): entry.labels.removeAll { $0 == label }
        case .restrictionEnded(let kind): situation.restrictions?.removeAll { $0.kind == kind }
        case .codesNotBlocked: rules.blocked = []
        case .accountInForce: (situation.principal.from, situation.principal.to) = (nil, nil)
        case .restrictionsHad: situation.restrictions = situation.restrictions ?? []
        case .permissionHad: situation.consents = situation.consents ?? []
        case .identityCertain: situation.isContested = false
        case .withoutRelationship: situation.relationships = []
        case .withoutRole(let role):
            let code = rules.grants.first { $0.role == role }?.code
            situation.principal.roles.removeAll { $0 == role || $0 == code }
        case .withoutOverride: situation.overrides = []
        case .withoutMandate: situation.mandates = []
        case .withoutPermission: situation.consents = []
        case .withoutTeam(let team):
            situation.memberships.removeAll { $0.person == person && $0.team == team }
        }
    }
}
