public import PortalRecord

/// A team and where its patients are found.
public struct Team: Hashable, Sendable, Codable {
    /// The team's name.
    public var name: String
    /// Wards, clinics and departments of attendance feeds; codes of practices.
    public var places: [String]

    /// Builds a team.
    public init(name: String, places: [String]) {
        self.name = name
        self.places = places
    }
}

/// The site's rules on who may see what, as its profile states them.
public struct AccessRules: Hashable, Sendable, Codable {
    /// What roles may do; a role may have several grants.
    public var grants: [RoleGrant]
    /// Override types.
    public var overrides: [OverrideRule]
    /// Teams.
    public var teams: [Team]
    /// How long relationships last, by what makes them.
    public var relationships: [RelationshipRule]
    /// The site's own labels.
    public var labels: [LabelRule]
    /// Codes that nobody is shown.
    public var blocked: [BlockedCodes]
    /// What is opened only with the patient's permission.
    public var permission: PermissionRule
    /// How long the patient's own view waits.
    public var delays: [ReleaseDelay]
    /// What changes as a patient grows up and dies.
    public var life: LifeRules
    /// Whether a reader is told that something of the record is sealed, by a mark that has no count,
    /// kind or date: a deliberate disclosure, the site's to make.
    public var saysSealed: Bool

    /// Builds rules; the default permits nothing.
    public init(
        grants: [RoleGrant] = [],
        overrides: [OverrideRule] = [],
        teams: [Team] = [],
        relationships: [RelationshipRule] = RelationshipRule.proposed,
        labels: [LabelRule] = [],
        blocked: [BlockedCodes] = [],
        permission: PermissionRule = PermissionRule(),
        delays: [ReleaseDelay] = [],
        life: LifeRules = LifeRules(),
        saysSealed: Bool = false
    ) {
        self.grants = grants
        self.overrides = overrides
        self.teams = teams
        self.relationships = relationships
        self.labels = labels
        self.blocked = blocked
        self.permission = permission
        self.delays = delays
        self.life = life
        self.saysSealed = saysSealed
    }

    /// Their version: a handle of what they say.
    public var version: String {
        let bytes = (try? CanonicalJSON.encode(self)) ?? []
        return "r-" + String(ContentHash(of: bytes).hex.prefix(16))
    }

    /// Whether any rule looks at the element of the first screen that shows an entry.
    public var namesElements: Bool {
        grants.contains { !$0.elements.isEmpty } || delays.contains { !$0.elements.isEmpty }
    }

    /// The grants of a principal's roles.
    public func grants(of principal: Principal) -> [RoleGrant] {
        grants.filter { $0.isHeld(by: principal) }
    }

    /// What a label counts as; nil for one that nobody defined.
    public func meaning(of label: SecurityLabel) -> LabelRule? {
        if let rule = labels.first(where: { $0.label == label }) { return rule }
        guard SecurityLabel.known.contains(label) else { return nil }
        return LabelRule(label: label, countsAs: label)
    }
}
