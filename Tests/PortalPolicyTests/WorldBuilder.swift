import PortalPolicy
import PortalRecord

/// Turns a cell into what policy is told.
struct WorldBuilder {
    static let now = Instant("2026-11-22T10:00Z") ?? Instant(milliseconds: 0)
    private static let patient = SourcePatientID(rawValue: "p-1")
    private static let national = Identifier(
        system: IdentifierSystem.nhsNumber,
        value: "9990000018"
    )
    private static let local = Identifier(system: "urn:id:GRI", value: "100001")
    private static let blockedCode = "BLOCKED"
    // Read once: the world is large.
    private static let day19510303 = PartialDate("1951-03-03")
    private static let day20141122 = PartialDate("2014-11-22")
    private static let day20150303 = PartialDate("2015-03-03")
    private static let day20260101 = PartialDate("2026-01-01")
    private static let day20260801 = PartialDate("2026-08-01")
    private static let day20260901 = PartialDate("2026-09-01")
    private static let day20261101 = PartialDate("2026-11-01")
    private static let day20261117 = PartialDate("2026-11-17")
    private static let lockedLabel = SecurityLabel(rawValue: "ward only")

    static let rules: AccessRules = {
        var rules = AccessRules()
        rules.grants = [
            RoleGrant(
                role: "doctor",
                operations: Operation.allCases,
                mayReadLabels: [.sensitive],
                mayOverride: true
            ),
            RoleGrant(
                role: "nurse",
                operations: [.know, .read, .acknowledge],
                mayOverride: true
            ),
            RoleGrant(role: "clerk", operations: [.know], needsRelationship: false),
            RoleGrant(
                role: "clerk",
                operations: [.know, .read],
                kinds: [.encounter],
                needsRelationship: false
            ),
            RoleGrant(
                role: "patient",
                operations: [.know, .read],
                purposes: [.patientRequest],
                isPatient: true
            ),
            RoleGrant(
                role: "reviewer",
                operations: [.know, .read],
                purposes: [.mortalityReview],
                needsRelationship: false
            ),
        ]
        rules.overrides = [
            OverrideRule(
                type: "emergency",
                minutes: 60,
                opens: [.relationship, .sensitive, .permission]
            ),
            OverrideRule(
                type: "legal",
                minutes: 60,
                opens: [.relationship, .sealed, .refused, .permission]
            ),
            OverrideRule(type: "claim", minutes: 60, opens: [.relationship], isSelfClaim: true),
        ]
        rules.teams = [Team(name: "ward", places: ["WARD"])]
        rules.labels = [LabelRule(label: lockedLabel, countsAs: .sealedAndLocked, team: "ward")]
        rules.blocked = [BlockedCodes(reason: "by law", codes: [blockedCode])]
        rules.permission = PermissionRule(silos: ["gp"], minutes: 60)
        rules.delays = [ReleaseDelay(kinds: [.diagnosticReport], days: 14)]
        return rules
    }()

    static func policy(_ cell: Cell) -> AccessPolicy {
        var situation = self.situation(cell)
        if cell[.glass] == "claim", let rule = rules.overrides.last {
            // A self-claim is there only where policy let it be taken.
            let before = AccessPolicy(rules: rules, situation: situation)
            if before.mayTake(rule) { situation.overrides = [override("claim", cell)] }
        }
        return AccessPolicy(rules: rules, situation: situation)
    }

    static func operation(_ cell: Cell) -> Operation {
        cell[.operation] == "open"
            ? .openDocument : Operation(rawValue: cell[.operation]) ?? .read
    }

    static func entry(_ cell: Cell) -> EntryFacts {
        let days = 86_400_000
        let start: Int? =
            switch cell[.item] {
            case "fresh": now.milliseconds - 2 * days
            case "undated": nil
            default: now.milliseconds - 100 * days
            }
        let label: SecurityLabel? =
            switch cell[.seal] {
            case "sensitive": .sensitive
            case "sealed label": .sealed
            case "locked label": lockedLabel
            default: nil
            }
        return EntryFacts(
            kind: .diagnosticReport,
            silo: cell[.answer] == "not needed" ? "lab" : "gp",
            labels: label.map { [$0] } ?? [],
            codes: cell[.item] == "blocked" ? ["A", blockedCode] : ["A"],
            start: start
        )
    }

    // MARK: Facts

    private static func situation(_ cell: Cell) -> AccessSituation {
        let person = "reader"
        let number = cell[.link] == "local" ? local : national
        var principal = Principal(
            person: person,
            roles: [cell[.role]],
            codes: ["C-READER"],
            ownIdentifiers: cell[.own] == "own" ? [number] : []
        )
        if cell[.account] == "ended" { principal.to = day20261101 }
        let purpose: Purpose =
            switch cell[.role] {
            case "patient": .patientRequest
            case "reviewer": .mortalityReview
            default: .directCare
            }
        var life = PatientLife(born: day19510303)
        switch cell[.mandate] {
        case "parent11": life.born = day20150303
        case "parent12": life.born = day20141122
        default: break
        }
        switch cell[.life] {
        case "days": life = PatientLife(born: life.born, died: day20261117)
        case "months": life = PatientLife(born: life.born, died: day20260901)
        default: break
        }
        return AccessSituation(
            principal: principal,
            purpose: purpose,
            moment: now,
            memberships: memberships(cell, person),
            relationships: relationships(cell),
            isRelationshipFeedStale: cell[.feed] == "stale",
            mandates: mandates(cell, person, number),
            restrictions: restrictions(cell),
            consents: consents(cell, person),
            overrides: ["emergency", "legal"].contains(cell[.glass])
                ? [override(cell[.glass], cell)] : [],
            members: [patient],
            identifiers: cell[.link] == "local" ? [local, national] : [national],
            life: life,
            isContested: cell[.link] == "contested"
        )
    }

    private static func memberships(_ cell: Cell, _ person: String) -> [Membership] {
        let boss = Membership(person: "boss", team: "ward")
        switch cell[.member] {
        case "unsponsored": return [Membership(person: person, team: "ward", kind: .locum)]
        case "student":
            return [
                boss, Membership(person: person, team: "ward", kind: .student, sponsor: "boss"),
            ]
        case "stray":
            // The supervisor is in another team.
            return [
                Membership(person: "boss", team: "other"),
                Membership(person: person, team: "ward", kind: .student, sponsor: "boss"),
            ]
        default: return [Membership(person: person, team: "ward")]
        }
    }

    private static func relationships(_ cell: Cell) -> [Relationship] {
        let from = day20261101
        let consultant = Relationship(
            holder: .person("C-BOSS"),
            basis: .attendance,
            from: from,
            to: nil
        )
        let own: Relationship? =
            switch cell[.relationship] {
            case "team":
                Relationship(holder: .team("ward"), basis: .attendance, from: from, to: nil)
            case "person":
                Relationship(holder: .person("C-READER"), basis: .attendance, from: from, to: nil)
            case "lapsed":
                Relationship(
                    holder: .person("C-READER"),
                    basis: .attendance,
                    from: day20260101,
                    to: day20260801
                )
            default: nil
            }
        return [consultant] + (own.map { [$0] } ?? [])
    }

    private static func mandates(
        _ cell: Cell,
        _ person: String,
        _ number: Identifier
    ) -> [Mandate] {
        let kind: Mandate.Kind
        switch cell[.mandate] {
        case "secretary":
            return [
                Mandate(
                    holder: person,
                    onBehalfOf: "boss",
                    standsFor: [.person("C-BOSS")],
                    kind: .secretary
                )
            ]
        case "parent11", "parent12": kind = .parent
        case "attorney": kind = .attorney
        case "executor": kind = .executor
        default: return []
        }
        return [Mandate(holder: person, onBehalfOf: number.token, kind: kind)]
    }

    private static func restrictions(_ cell: Cell) -> [Restriction] {
        var found: [Restriction] = []
        func add(_ kind: Restriction.Kind, team: String? = nil) {
            found.append(
                Restriction(
                    scope: Restriction.Scope(),
                    kind: kind,
                    instructedBy: "patient",
                    team: team
                )
            )
        }
        if cell[.upload] == "out" { add(.optedOut) }
        if cell[.seal] == "sealed by patient" { add(.sealed) }
        if cell[.seal] == "locked by patient" { add(.sealedAndLocked, team: "ward") }
        return found
    }

    /// From, and to, around now: one hour that is over, that lies ahead, or that is going on.
    private static func hour(_ cell: Cell) -> (from: Instant, to: Instant) {
        let start: Int =
            switch cell[.time] {
            case "before": 60
            case "after": -3600
            default: -1800
            }
        let from = now.adding(seconds: start)
        return (from, from.adding(seconds: 3600))
    }

    private static func consents(_ cell: Cell, _ person: String) -> [Consent] {
        let answer: Consent.Answer
        switch cell[.answer] {
        case "given": answer = .given
        case "refused": answer = .refused
        case "unable": answer = .unableToAnswer
        default: return []
        }
        let hour = hour(cell)
        return [
            Consent(
                id: "c",
                patients: [patient],
                person: person,
                answer: answer,
                from: hour.from,
                expires: hour.to
            )
        ]
    }

    private static func override(_ type: String, _ cell: Cell) -> EmergencyOverride {
        let hour = hour(cell)
        return EmergencyOverride(
            token: "o",
            type: type,
            person: "reader",
            patients: [patient],
            reason: "because",
            from: hour.from,
            expires: hour.to
        )
    }
}
