import ExtractAdapters
import PortalBytes
import PortalIntake
import PortalPolicy
import PortalRecord

extension SiteProfile {
    /// Reads and checks a profile.
    ///
    /// - Throws: ``ProfileError`` with the line: unknown names, roles nobody defined, rules that
    ///   hide allergies from staff in care, contradictions.
    public init(yaml text: String) throws(ProfileError) {
        let root = try ProfileNode.root(text)
        _ = try root.members([
            "site", "silos", "access", "people", "mandates", "restrictions", "merge", "elements",
            "linking", "audit",
        ])
        name = try root.text("site") ?? "site"
        self.text = text
        var silos: [Silo] = []
        if let node = root.member("silos") {
            for (name, value) in try node.members(nil) {
                silos.append(try ProfileLoader.silo(name, value))
            }
        }
        self.silos = silos
        elements = try ProfileLoader.elements(root, silos: Set(silos.map(\.name)))
        access = try ProfileLoader.access(
            root.member("access"),
            silos: Set(silos.map(\.name)),
            elements: Set(elements.map(\.name))
        )
        try ProfileLoader.checkLabels(root, access)
        review = try ProfileLoader.review(root.member("audit"))
        people = []
        memberships = []
        reviewedStaff = [:]
        let roles = Set(access.grants.map(\.role) + access.grants.compactMap(\.code))
        let teams = Set(access.teams.map(\.name))
        if let node = root.member("people") {
            let handles = Set(try node.members(nil).map(\.0))
            for (handle, value) in try node.members(nil) {
                let person = try ProfileLoader.person(handle, value, roles: roles)
                let own = try ProfileLoader.memberships(
                    handle,
                    value,
                    teams: teams,
                    people: handles
                )
                try ProfileLoader.check(person, own, access, value.line)
                people.append(person)
                reviewedStaff[handle] = try ProfileLoader.reviewed(person, value)
                memberships += own
            }
        }
        try ProfileLoader.checkFed(root, Set(elements.map(\.name)))
        mandates = try ProfileLoader.mandates(root, people: people, memberships)
        restrictions = try ProfileLoader.restrictions(
            root,
            silos: Set(silos.map(\.name)),
            teams: teams
        )
        try ProfileLoader.checkAssigners(root, silos)
        reuseWindowYears =
            try root.member("merge")?.number("reuseWindowYears", in: 0...100) ?? 2
        let linking = root.member("linking")
        _ = try linking?.members(["proposeFromPercent"])
        proposeFrom = try linking?.number("proposeFromPercent", in: 50...100).map {
            // A hundred is as near to it as evidence comes.
            min(Double($0) / 100, 0.999_999)
        }
    }
}

enum ProfileLoader {
    // MARK: The first screen

    /// The sixteen as proposed, unless the profile has its own; letters that no map knows always
    /// have a place.
    static func elements(
        _ root: ProfileNode,
        silos: Set<String>
    ) throws(ProfileError) -> [TopElement] {
        let listed = try root.list("elements")
        guard !listed.isEmpty else { return TopElement.proposed }
        var elements: [TopElement] = []
        for item in listed {
            _ = try item.members(["name", "label", "from", "rows"])
            let name = try item.required("name")
            var rules: [ElementRule] = []
            for rule in try item.list("from") {
                _ = try rule.members(["kinds", "silos", "types", "codes", "lookBackDays"])
                try check(rule.list("silos"), are: silos, "silo")
                let kinds = try rule.choices("kinds", EntryKind.self)
                guard !kinds.isEmpty else {
                    throw ProfileError(rule.line, "a rule of an element names its kinds")
                }
                rules.append(
                    ElementRule(
                        kinds: kinds,
                        silos: try rule.texts("silos"),
                        types: try rule.texts("types"),
                        codes: try rule.texts("codes"),
                        lookBackDays: try rule.number("lookBackDays", in: 1...36_500)
                    )
                )
            }
            elements.append(
                TopElement(
                    name: name,
                    label: try item.text("label") ?? name,
                    rules: rules,
                    rowsMax: try item.number("rows", in: 1...500) ?? 5
                )
            )
        }
        if !elements.contains(where: { $0.name == TopElement.otherLetters.name }) {
            elements.append(TopElement.otherLetters)
        }
        return elements
    }

    // MARK: People

    static func person(
        _ handle: String,
        _ node: ProfileNode,
        roles: Set<String>
    ) throws(ProfileError) -> Principal {
        _ = try node.members([
            "name", "roles", "organisation", "location", "via", "codes", "identifiers",
            "memberships", "from", "to", "surname", "postcode",
        ])
        try order(node)
        var own: [String] = []
        for role in try node.list("roles") {
            let name = try role.text()
            guard roles.contains(name) else {
                throw ProfileError(role.line, "role \"\(name)\" is not defined under access")
            }
            own.append(name)
        }
        var identifiers: [Identifier] = []
        for item in try node.list("identifiers") {
            // A slip here would open the person's own record to them as staff.
            identifiers.append(try identifier(item))
        }
        return Principal(
            person: handle,
            roles: own,
            organisation: try node.text("organisation"),
            location: try node.text("location"),
            viaSystem: try node.text("via"),
            codes: try node.texts("codes"),
            ownIdentifiers: identifiers,
            from: try node.date("from"),
            to: try node.date("to")
        )
    }

    static func memberships(
        _ person: String,
        _ node: ProfileNode,
        teams: Set<String>,
        people: Set<String>
    ) throws(ProfileError) -> [Membership] {
        var found: [Membership] = []
        for item in try node.list("memberships") {
            _ = try item.members(["team", "as", "sponsor", "from", "to"])
            let team = try item.required("team")
            guard teams.contains(team) else {
                throw ProfileError(item.line, "team \"\(team)\" is not defined under access")
            }
            if let sponsor = try item.text("sponsor"), !people.contains(sponsor) {
                throw ProfileError(item.line, "the sponsor \"\(sponsor)\" is not among the people")
            }
            try order(item)
            found.append(
                Membership(
                    person: person,
                    team: team,
                    kind: try item.member("as")?.choice(Membership.Kind.self) ?? .member,
                    sponsor: try item.text("sponsor"),
                    from: try item.date("from"),
                    to: try item.date("to")
                )
            )
        }
        return found
    }

    /// A dated fact ends after it begins.
    static func order(_ item: ProfileNode) throws(ProfileError) {
        guard let from = try item.date("from"), let to = try item.date("to") else { return }
        if to.span.end < from.span.start {
            throw ProfileError(item.line, "\"to\" lies before \"from\"")
        }
    }

    /// Students see no seals, export nothing and take no overrides.
    static func check(
        _ person: Principal,
        _ memberships: [Membership],
        _ access: AccessRules,
        _ line: Int
    ) throws(ProfileError) {
        guard !memberships.isEmpty, memberships.allSatisfy({ $0.kind == .student }) else { return }
        for grant in access.grants(of: person) {
            let isTooMuch =
                grant.mayOverride || grant.operations.contains(.export)
                || grant.operations.contains(.seal) || !grant.mayReadLabels.isEmpty
            if isTooMuch {
                throw ProfileError(
                    line,
                    "a student's role may not override, export, seal or read labelled content"
                )
            }
        }
    }

    /// Whoever is named by a number of the site's is named by an assigner that some silo has: with
    /// another, what is kept back would be kept back from nobody.
    static func checkAssigners(
        _ root: ProfileNode,
        _ silos: [SiteProfile.Silo]
    ) throws(ProfileError) {
        var known: Set<String> = []
        for silo in silos {
            known.formUnion(silo.dialect.authorities.values)
            known.formUnion(silo.speaksFor)
            for name in [silo.dialect.localAuthority, silo.dialect.defaultAuthority] {
                guard let name else { continue }
                known.insert(silo.dialect.authorities[name] ?? "urn:id:" + name)
            }
        }
        for item in try root.list("restrictions") {
            guard let patient = item.member("patient"), let system = try identifier(patient).system,
                !IdentifierSystem.isNational(system), !known.contains(system)
            else { continue }
            throw ProfileError(
                patient.line,
                "no silo has an assigner \"\(system)\": name it under authorities or localAuthority"
            )
        }
    }

    /// Elements that a silo is said to feed are elements of the screen.
    static func checkFed(_ root: ProfileNode, _ elements: Set<String>) throws(ProfileError) {
        guard let silos = root.member("silos") else { return }
        for (_, silo) in try silos.members(nil) {
            try check(silo.list("elements"), are: elements, "element")
        }
    }

    /// A misspelt name would quietly keep nothing back, or show nothing.
    static func check(
        _ names: [ProfileNode],
        are known: Set<String>,
        _ what: String
    ) throws(ProfileError) {
        for name in names {
            let text = try name.text()
            guard known.contains(text) else {
                throw ProfileError(name.line, "\(what) \"\(text)\" is not in the profile")
            }
        }
    }

    static func restrictions(
        _ root: ProfileNode,
        silos: Set<String>,
        teams: Set<String>
    ) throws(ProfileError) -> [(identifier: Identifier, restriction: Restriction)] {
        var found: [(identifier: Identifier, restriction: Restriction)] = []
        for item in try root.list("restrictions") {
            _ = try item.members([
                "patient", "kind", "kinds", "silos", "codes", "keys", "instructedBy", "team",
                "from", "to",
            ])
            var scope = Restriction.Scope()
            scope.kinds = try item.choices("kinds", EntryKind.self)
            try check(item.list("silos"), are: silos, "silo")
            try check([item.member("team")].compactMap { $0 }, are: teams, "team")
            scope.silos = try item.texts("silos")
            scope.codes = try item.texts("codes")
            scope.keys = try item.texts("keys")
            try order(item)
            try checkTeam(item)
            guard let patient = item.member("patient"), let kind = item.member("kind") else {
                throw ProfileError(item.line, "a restriction needs \"patient\" and \"kind\"")
            }
            if try kind.choice(Restriction.Kind.self) == .optedOut,
                !(scope.kinds.isEmpty && scope.codes.isEmpty && scope.keys.isEmpty)
            {
                throw ProfileError(
                    kind.line,
                    "an opt-out is of a silo's whole upload: name silos, or seal the rest"
                )
            }
            found.append(
                (
                    try identifier(patient),
                    Restriction(
                        scope: scope,
                        kind: try kind.choice(Restriction.Kind.self),
                        instructedBy: try item.text("instructedBy") ?? "patient",
                        team: try item.text("team"),
                        from: try item.date("from"),
                        to: try item.date("to")
                    )
                )
            )
        }
        return found
    }

    /// What is locked to no team is locked to everybody, and a team means nothing elsewhere.
    private static func checkTeam(_ item: ProfileNode) throws(ProfileError) {
        let isLocked = try item.text("kind") == Restriction.Kind.sealedAndLocked.rawValue
        if item.member("team") != nil, !isLocked {
            throw ProfileError(item.line, "only what is sealed and locked has a \"team\"")
        }
    }

    /// `system|value`, with `nhs-number`, `chi-number` and `hsc-number` for the national systems.
    static func identifier(_ node: ProfileNode) throws(ProfileError) -> Identifier {
        guard let identifier = Identifier(token: try node.text()) else {
            throw ProfileError(node.line, "an identifier is written system|value")
        }
        if let system = identifier.system, !system.contains(":") {
            throw ProfileError(
                node.line,
                "\"\(system)\" assigns no numbers: nhs-number, chi-number, hsc-number or a URI such as "
                    + "urn:id:GRI"
            )
        }
        // With a slip in the number, what is kept back would be kept back from nobody.
        if let system = identifier.system, IdentifierSystem.isNational(system),
            identifier.nationalNumber == nil
        {
            throw ProfileError(node.line, "the number's check digit does not hold")
        }
        return identifier
    }
}

extension Identifier {
    /// Reads `system|value`; `nhs-number`, `chi-number` and `hsc-number` name national systems.
    public init?(token: String) {
        guard let bar = token.lastIndex(of: "|") else { return nil }
        var system = String(token[..<bar])
        switch system {
        case "nhs-number": system = IdentifierSystem.nhsNumber
        case "chi-number": system = IdentifierSystem.chiNumber
        case "hsc-number": system = IdentifierSystem.healthAndCareNumber
        default: break
        }
        let value = String(token[token.index(after: bar)...])
        guard !system.isEmpty, !value.isEmpty else { return nil }
        self.init(system: system, value: value)
    }
}
