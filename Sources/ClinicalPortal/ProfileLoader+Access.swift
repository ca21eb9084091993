import PortalPolicy
import PortalRecord

/// Who may see what.
extension ProfileLoader {
    static func access(
        _ node: ProfileNode?,
        silos: Set<String>,
        elements: Set<String>
    ) throws(ProfileError) -> AccessRules {
        guard let node else { return AccessRules() }
        _ = try node.members([
            "roles", "overrides", "teams", "relationships", "labels", "blocked", "permission",
            "patientView", "afterDeath", "parentUntilAge", "saysSealed",
        ])
        var rules = AccessRules()
        if let teams = node.member("teams") {
            for (name, team) in try teams.members(nil) {
                _ = try team.members(["places"])
                rules.teams.append(Team(name: name, places: try team.texts("places")))
            }
        }
        if let bases = node.member("relationships") {
            rules.relationships = try relationships(bases)
        }
        if let labels = node.member("labels") {
            rules.labels = try self.labels(labels, teams: Set(rules.teams.map(\.name)))
        }
        if let overrides = node.member("overrides") {
            for (type, rule) in try overrides.members(nil) {
                rules.overrides.append(try override(type, rule))
            }
        }
        if let roles = node.member("roles") {
            rules.grants = try grants(roles, rules, silos: silos, elements: elements)
        }
        rules.blocked = try blocked(node, silos: silos)
        if let permission = node.member("permission") {
            _ = try permission.members(["silos", "minutes"])
            try check(permission.list("silos"), are: silos, "silo")
            rules.permission = PermissionRule(
                silos: try permission.texts("silos"),
                minutes: try permission.number("minutes", in: 1...10_080) ?? 720
            )
        }
        rules.delays = try delays(node, elements: elements)
        let death = node.member("afterDeath")
        _ = try death?.members(["teamDays", "proxyDays"])
        rules.life = LifeRules(
            parentUntilAge: try node.number("parentUntilAge", in: 0...18) ?? 12,
            teamDaysAfterDeath: try death?.number("teamDays", in: 0...36_500) ?? 30,
            proxyDaysAfterDeath: try death?.number("proxyDays", in: 0...36_500) ?? 0
        )
        rules.saysSealed = try node.flag("saysSealed") ?? false
        return rules
    }

    // MARK: Relationships, labels, overrides

    /// Those that the profile names, as it names them; a basis that it leaves out makes none.
    private static func relationships(
        _ node: ProfileNode
    ) throws(ProfileError) -> [RelationshipRule] {
        let known = Set(Relationship.Basis.allCases.map(\.rawValue))
        var rules: [RelationshipRule] = []
        for (name, rule) in try node.members(known) {
            _ = try rule.members(["daysBefore", "daysAfter"])
            guard let basis = Relationship.Basis(rawValue: name) else { continue }
            rules.append(
                RelationshipRule(
                    basis: basis,
                    daysBefore: try rule.number("daysBefore", in: 0...3650) ?? 0,
                    daysAfter: try rule.number("daysAfter", in: 0...36_500) ?? 0
                )
            )
        }
        return rules
    }

    private static func labels(
        _ node: ProfileNode,
        teams: Set<String>
    ) throws(ProfileError) -> [LabelRule] {
        var rules: [LabelRule] = []
        for (name, rule) in try node.members(nil) {
            _ = try rule.members(["as", "team"])
            guard let stated = rule.member("as") else {
                throw ProfileError(rule.line, "a label says what it counts \"as\"")
            }
            let meaning = try label(stated)
            let own = SecurityLabel(rawValue: name)
            if let known = SecurityLabel.known.first(where: { $0 == own }), known != meaning {
                throw ProfileError(
                    stated.line,
                    "\"\(name)\" is a label of its own and counts as nothing else"
                )
            }
            if let team = rule.member("team") {
                try check([team], are: teams, "team")
                guard meaning == .sealedAndLocked else {
                    throw ProfileError(team.line, "only what is sealed and locked has a \"team\"")
                }
            }
            rules.append(LabelRule(label: own, countsAs: meaning, team: try rule.text("team")))
        }
        return rules
    }

    private static func override(
        _ type: String,
        _ node: ProfileNode
    ) throws(ProfileError) -> OverrideRule {
        _ = try node.members(["minutes", "opens", "kinds", "selfClaim", "reviewHours"])
        let rule = OverrideRule(
            type: type,
            minutes: try node.number("minutes", in: 1...10_080) ?? 60,
            opens: try node.choices("opens", OverrideRule.Opens.self),
            kinds: try node.choices("kinds", EntryKind.self),
            isSelfClaim: try node.flag("selfClaim") ?? false,
            reviewHours: try node.number("reviewHours", in: 1...8760) ?? 72
        )
        try check(rule, node.line)
        return rule
    }

    /// Sealed content and refused looks are opened by the types of override that the law knows.
    ///
    /// - Rule: SAFETY S20, S21.
    private static func check(_ rule: OverrideRule, _ line: Int) throws(ProfileError) {
        let lawful: Set<String> = ["legal-requirement", "overriding-public-interest"]
        if rule.opens.contains(.refused), !lawful.contains(rule.type) {
            throw ProfileError(
                line,
                "only legal-requirement and overriding-public-interest open what a patient refuses"
            )
        }
        if rule.opens.contains(.sealed), !lawful.contains(rule.type),
            rule.type != "express-consent"
        {
            throw ProfileError(
                line,
                "only express-consent, legal-requirement and overriding-public-interest open what "
                    + "is sealed"
            )
        }
        if rule.isSelfClaim, rule.opens != [.relationship] {
            throw ProfileError(
                line,
                "a self-claim opens ordinary content alone: opens: [relationship]"
            )
        }
        let hiding = Set<EntryKind>([.allergyIntolerance, .flag]).subtracting(rule.kinds)
        if !rule.kinds.isEmpty, !hiding.isEmpty, rule.opens.contains(.relationship) {
            throw ProfileError(
                line,
                "whoever takes over a patient is shown their allergies and alerts: add "
                    + "allergyIntolerance and flag to its kinds"
            )
        }
    }

    // MARK: What nobody is shown, and what waits

    private static func blocked(
        _ node: ProfileNode,
        silos: Set<String>
    ) throws(ProfileError) -> [BlockedCodes] {
        var rules: [BlockedCodes] = []
        for item in try node.list("blocked") {
            _ = try item.members(["reason", "codes", "silos"])
            try check(item.list("silos"), are: silos, "silo")
            let codes = try item.texts("codes")
            guard !codes.isEmpty else {
                throw ProfileError(item.line, "a rule on blocked codes names some \"codes\"")
            }
            rules.append(
                BlockedCodes(
                    reason: try item.required("reason"),
                    codes: codes,
                    silos: try item.texts("silos")
                )
            )
        }
        return rules
    }

    private static func delays(
        _ node: ProfileNode,
        elements: Set<String>
    ) throws(ProfileError) -> [ReleaseDelay] {
        guard let view = node.member("patientView") else { return [] }
        _ = try view.members(["delays"])
        var rules: [ReleaseDelay] = []
        for item in try view.list("delays") {
            _ = try item.members(["kinds", "elements", "days"])
            try check(item.list("elements"), are: elements, "element")
            guard let days = try item.number("days", in: 1...3650) else {
                throw ProfileError(item.line, "a delay has its \"days\"")
            }
            rules.append(
                ReleaseDelay(
                    kinds: try item.choices("kinds", EntryKind.self),
                    elements: try item.texts("elements"),
                    days: days
                )
            )
        }
        return rules
    }
}
