import PortalPolicy
import PortalRecord

/// What roles may do.
extension ProfileLoader {
    static func grants(
        _ node: ProfileNode,
        _ rules: AccessRules,
        silos: Set<String>,
        elements: Set<String>
    ) throws(ProfileError) -> [RoleGrant] {
        var grants: [RoleGrant] = []
        var coded: [String: String] = [:]
        for (role, value) in try node.members(nil) {
            var own: [RoleGrant] = []
            if value.member("grants") == nil {
                own = [try grant(role, value, rules, silos: silos, elements: elements)]
            } else {
                _ = try value.members(["grants", "code"])
                for item in try value.list("grants") {
                    own.append(try grant(role, item, rules, silos: silos, elements: elements))
                }
            }
            if let code = try nationalCode(value) {
                if let other = coded[code] {
                    throw ProfileError(
                        value.line,
                        "roles \"\(other)\" and \"\(role)\" have one national code"
                    )
                }
                coded[code] = role
                for index in own.indices { own[index].code = code }
            }
            try checkShown(role, own, value.line)
            grants += own
        }
        return grants
    }

    private static func nationalCode(_ node: ProfileNode) throws(ProfileError) -> String? {
        guard let code = node.member("code") else { return nil }
        guard let role = NationalRole(try code.text()) else {
            throw ProfileError(
                code.line,
                "no national role has this code: write it as R8001, or leave \"code\" out"
            )
        }
        return role.code
    }

    private static func grant(
        _ role: String,
        _ node: ProfileNode,
        _ rules: AccessRules,
        silos: Set<String>,
        elements: Set<String>
    ) throws(ProfileError) -> RoleGrant {
        _ = try node.members([
            "code", "may", "kinds", "elements", "silos", "purposes", "needsRelationship", "labels",
            "patient", "override", "duties",
        ])
        try check(node.list("silos"), are: silos, "silo")
        try check(node.list("elements"), are: elements, "element")
        var grant = RoleGrant(role: role, operations: try node.choices("may", Operation.self))
        grant.kinds = try node.choices("kinds", EntryKind.self)
        grant.elements = try node.texts("elements")
        grant.silos = try node.texts("silos")
        grant.isPatient = try node.flag("patient") ?? false
        grant.purposes = try purposes(node, isPatient: grant.isPatient)
        grant.needsRelationship = try node.flag("needsRelationship") ?? true
        grant.mayOverride = try node.flag("override") ?? false
        grant.mayReadLabels = try readable(node, rules)
        for item in try node.list("duties") {
            let duty = try item.text()
            guard duties.contains(duty) else {
                throw ProfileError(
                    item.line,
                    "a duty is one of " + duties.sorted().joined(separator: ", ")
                )
            }
            grant.duties.append(duty)
        }
        if grant.operations.contains(where: { $0 != .know }), !grant.operations.contains(.know) {
            throw ProfileError(
                node.line,
                "role \"\(role)\" may do something with what it may not know: add know"
            )
        }
        return grant
    }

    /// Patients come by their own door, for their own purpose, and nobody else does.
    private static func purposes(
        _ node: ProfileNode,
        isPatient: Bool
    ) throws(ProfileError) -> [Purpose] {
        var purposes: [Purpose] = []
        for item in try node.list("purposes") {
            let purpose = Purpose(rawValue: try item.text())
            guard Purpose.known.contains(purpose) else {
                throw ProfileError(
                    item.line,
                    "a purpose is one of " + Purpose.known.map(\.rawValue).joined(separator: ", ")
                )
            }
            guard isPatient == (purpose == .patientRequest) else {
                throw ProfileError(
                    item.line,
                    "\"patient request\" is the purpose of patients' roles, and their only one"
                )
            }
            purposes.append(purpose)
        }
        guard purposes.isEmpty else { return purposes }
        return [isPatient ? .patientRequest : .directCare]
    }

    /// A role may be let in on what is sensitive; seals are opened by overrides and teams alone.
    ///
    /// - Rule: SAFETY S20.
    private static func readable(
        _ node: ProfileNode,
        _ rules: AccessRules
    ) throws(ProfileError) -> [SecurityLabel] {
        var labels: [SecurityLabel] = []
        for item in try node.list("labels") {
            let name = SecurityLabel(rawValue: try item.text())
            guard let meaning = rules.meaning(of: name) else { _ = try label(item); continue }
            guard meaning.countsAs == .sensitive else {
                throw ProfileError(
                    item.line,
                    "no role reads what is \(meaning.countsAs.rawValue): an override or a team "
                        + "opens it"
                )
            }
            labels.append(name)
        }
        return labels
    }

    /// Staff in care must read allergies and alerts: hiding them would harm.
    private static func checkShown(
        _ role: String,
        _ grants: [RoleGrant],
        _ line: Int
    ) throws(ProfileError) {
        let reading = grants.filter {
            $0.operations.contains(.read) && !$0.isPatient && $0.needsRelationship
                && $0.purposes.contains(.directCare)
        }
        guard !reading.isEmpty else { return }
        for kind in [EntryKind.allergyIntolerance, .flag] {
            let isShown = reading.contains {
                ($0.kinds.isEmpty || $0.kinds.contains(kind)) && $0.silos.isEmpty
                    && $0.elements.isEmpty
            }
            guard !isShown else { continue }
            throw ProfileError(
                line,
                "role \"\(role)\" treats patients and is not shown their allergies and alerts, of "
                    + "every silo: add allergyIntolerance and flag to its kinds"
            )
        }
    }

    private static let duties: Set<String> = [
        "list", "review", "held", "document", "link", "audit", "explain", "recall",
        "override review", "usage", "practice audit", "erase",
    ]
}
