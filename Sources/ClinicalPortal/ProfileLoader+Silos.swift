import ExtractAdapters
import PortalBytes
import PortalIntake
import PortalRecord

/// What the profile says of each silo, and of whose records it gathers.
extension ProfileLoader {
    static func silo(_ name: String, _ node: ProfileNode) throws(ProfileError) -> SiteProfile.Silo {
        _ = try node.members([
            "label", "path", "adapter", "zone", "charset", "authorities", "defaultAuthority",
            "localAuthority", "reports", "futureToleranceHours", "statuses", "labels",
            "quietAfterHours", "speaksFor", "feeds", "elements", "coverage", "refused", "list",
            "columns", "practices", "sites", "unknownPeople", "unknownNumbers", "newborns",
            "qualityControl", "controlRoles", "renumbered", "resends",
        ])
        var dialect = Dialect()
        if let zone = node.member("zone") {
            dialect.zone = .named(try zone.choice(NamedZone.self))
        }
        if let charset = node.member("charset") {
            dialect.charset = try charset.choice(TextEncoding.self)
        }
        if let node = node.member("authorities") {
            for (authority, system) in try node.members(nil) {
                dialect.authorities[authority] = try self.system(system)
            }
        }
        dialect.defaultAuthority = try node.text("defaultAuthority")
        dialect.localAuthority = try node.text("localAuthority")
        if let reports = node.member("reports") {
            switch try reports.text() {
            case "snapshot": dialect.completeness = .snapshot
            case "delta": dialect.completeness = .delta
            default: throw ProfileError(reports.line, "\"reports\" is snapshot or delta")
            }
        }
        if let hours = try node.number("futureToleranceHours", in: 0...10_000) {
            dialect.futureToleranceSeconds = hours * 3600
        }
        if let statuses = node.member("statuses") {
            for (code, status) in try statuses.members(nil) {
                dialect.statuses[code] = try status.choice(ResultStatus.self)
            }
        }
        if let labels = node.member("labels") {
            dialect.labels = [:]
            for (code, label) in try labels.members(nil) {
                if try label.text() == "none" {
                    dialect.openCodes.insert(code)
                } else {
                    dialect.labels[code] = SecurityLabel(rawValue: try label.text())
                }
            }
        }
        dialect.standIns.people = try patterns(node, "unknownPeople")
        dialect.standIns.newborns = try patterns(node, "newborns")
        dialect.standIns.numbers = try patterns(node, "unknownNumbers")
        dialect.qualityControl = try patterns(node, "qualityControl")
        if node.member("controlRoles") != nil {
            dialect.controlRoles = try controlRoles(node)
        }
        if let renumbered = node.member("renumbered") {
            dialect.renumbered = try prefixes(renumbered)
        }
        dialect.resends = try node.flag("resends") ?? false
        dialect.list = try node.member("list")?.choice(AppointmentList.self).rawValue
        if let columns = node.member("columns") {
            let known = try node.text("adapter").flatMap(TableColumns.names)
            for (column, name) in try columns.members(nil) {
                if let known, !known.contains(column) {
                    throw ProfileError(
                        name.line,
                        "\"\(column)\" is no column of the adapter: one of "
                            + known.sorted().joined(separator: ", ")
                    )
                }
                dialect.columns[column] = try name.text()
            }
        }
        var speaks: [String] = []
        for authority in try node.texts("speaksFor") {
            speaks.append(dialect.authorities[authority] ?? "urn:id:" + authority)
        }
        return SiteProfile.Silo(
            name: name,
            label: try node.text("label") ?? name,
            path: try node.text("path"),
            adapter: try node.text("adapter"),
            dialect: dialect,
            quietAfterHours: try node.number("quietAfterHours", in: 1...100_000) ?? 72,
            feeds: try node.choices("feeds", EntryKind.self),
            elements: try node.texts("elements"),
            coverage: try node.text("coverage"),
            isRefused: try node.flag("refused") ?? false,
            speaksFor: speaks,
            custodians: try custodians(node.member("practices"), isPractice: true)
                + custodians(node.member("sites"), isPractice: false)
        )
    }

    /// Roles of specimens that are refused: a patient's own is none of them.
    private static func controlRoles(_ node: ProfileNode) throws(ProfileError) -> Set<String> {
        let roles = Set(try node.texts("controlRoles"))
        guard roles.isDisjoint(with: ["", "P", "G", "L"]) else {
            throw ProfileError(
                node.member("controlRoles")?.line ?? node.line,
                "\"controlRoles\" names roles of samples that are no patient's, such as Q: P, G and L are patients'"
            )
        }
        return roles
    }

    /// How numbers begin and began: one step, so that it does not matter how often it is taken.
    private static func prefixes(_ node: ProfileNode) throws(ProfileError) -> [String: String] {
        var prefixes: [String: String] = [:]
        for (new, old) in try node.members(nil) { prefixes[new] = try old.text() }
        for (new, old) in prefixes {
            guard !new.isEmpty, !prefixes.keys.contains(where: { old.hasPrefix($0) }) else {
                throw ProfileError(
                    node.line,
                    "\"renumbered\" has a new beginning for an old one: none is empty, and no old one is new again"
                )
            }
        }
        return prefixes
    }

    /// Names with or without a `*` at their end.
    private static func patterns(
        _ node: ProfileNode,
        _ name: String
    ) throws(ProfileError) -> [NamePattern] {
        var patterns: [NamePattern] = []
        for text in try node.texts(name) {
            guard let pattern = NamePattern(text) else {
                throw ProfileError(
                    node.member(name)?.line ?? node.line,
                    "\"\(name)\" takes words, a * at their end alone: not \"\(text)\""
                )
            }
            patterns.append(pattern)
        }
        return patterns
    }

    private static func custodians(
        _ node: ProfileNode?,
        isPractice: Bool
    ) throws(ProfileError) -> [SiteProfile.Custodian] {
        var custodians: [SiteProfile.Custodian] = []
        guard let node else { return [] }
        for (code, value) in try node.members(nil) {
            _ = try value.members(["label", "names", "quietAfterHours", "coverage", "refused"])
            custodians.append(
                SiteProfile.Custodian(
                    code: code,
                    label: try value.text("label") ?? code,
                    names: try value.texts("names"),
                    isPractice: isPractice,
                    quietAfterHours: try value.number("quietAfterHours", in: 1...100_000),
                    coverage: try value.text("coverage"),
                    isRefused: try value.flag("refused") ?? false
                )
            )
        }
        return custodians
    }

    /// `nhs-number`, `chi-number`, `hsc-number`, or a URI of its own.
    static func system(_ node: ProfileNode) throws(ProfileError) -> String {
        let text = try node.text()
        switch text {
        case "nhs-number": return IdentifierSystem.nhsNumber
        case "chi-number": return IdentifierSystem.chiNumber
        case "hsc-number": return IdentifierSystem.healthAndCareNumber
        default:
            guard text.contains(":") else {
                throw ProfileError(
                    node.line,
                    "an authority is nhs-number, chi-number, hsc-number or a URI"
                )
            }
            return text
        }
    }

    /// Labels that a silo's codes stand for are the library's or defined under access: one that
    /// nobody defined would withhold from everybody.
    static func checkLabels(_ root: ProfileNode, _ rules: AccessRules) throws(ProfileError) {
        guard let silos = root.member("silos") else { return }
        for (_, silo) in try silos.members(nil) {
            guard let labels = silo.member("labels") else { continue }
            for (_, label) in try labels.members(nil) {
                let name = SecurityLabel(rawValue: try label.text())
                // A code that restricts nothing stands for none.
                guard name.rawValue != "none", rules.meaning(of: name) == nil else { continue }
                throw ProfileError(
                    label.line,
                    "a label is one of "
                        + SecurityLabel.known.map(\.rawValue).joined(separator: ", ")
                        + ", or defined under access: labels"
                )
            }
        }
    }

    static func label(_ node: ProfileNode) throws(ProfileError) -> SecurityLabel {
        let label = SecurityLabel(rawValue: try node.text())
        guard SecurityLabel.known.contains(label) else {
            throw ProfileError(
                node.line,
                "a label is one of " + SecurityLabel.known.map(\.rawValue).joined(separator: ", ")
            )
        }
        return label
    }
}
