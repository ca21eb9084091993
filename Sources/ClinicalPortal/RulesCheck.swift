import PortalPolicy

/// What in a profile's rules is lawful and yet probably not meant.
///
/// What is wrong is refused when the profile is read; these are questions to whoever wrote it.
public enum RulesCheck {
    /// The questions, in words with the names to look for.
    public static func questions(of profile: SiteProfile) -> [String] {
        let access = profile.access
        var found: [String] = []
        let held = Set(
            profile.people.flatMap { person in access.grants(of: person).map(\.role) }
        )
        for role in Set(access.grants.map(\.role)).subtracting(held).sorted() {
            found.append("role \"\(role)\": nobody of the people has it")
        }
        if !access.grants.contains(where: \.mayOverride) {
            for rule in access.overrides where !rule.isSelfClaim {
                found.append("override \"\(rule.type)\": no role may take it (override: true)")
            }
        }
        if !access.overrides.isEmpty,
            !access.grants.contains(where: { $0.duties.contains("override review") })
        {
            found.append("overrides: no role reviews them (duties: [override review])")
        }
        if !access.permission.silos.isEmpty,
            !access.overrides.contains(where: { $0.opens.contains(.permission) })
        {
            found.append(
                "permission: of a patient who cannot answer no override opens (opens: [permission])"
            )
        }
        let peopled = Set(profile.memberships.map(\.team))
        for team in access.teams where !peopled.contains(team.name) {
            found.append("team \"\(team.name)\": nobody is in it")
        }
        if access.relationships.isEmpty, access.grants.contains(where: \.needsRelationship) {
            found.append("relationships: none is defined, and roles need one")
        }
        for silo in profile.silos {
            for (_, label) in silo.dialect.labels.sorted(by: { $0.key < $1.key })
            where access.meaning(of: label) == nil {
                found.append(
                    "label \"\(label.rawValue)\" of silo \(silo.name): what it counts as is not "
                        + "said, so it withholds"
                )
            }
        }
        return found
    }
}
