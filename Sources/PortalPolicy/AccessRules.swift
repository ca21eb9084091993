public import PortalRecord

/// What a role may do.
public struct RoleGrant: Hashable, Sendable, Codable {
    /// The role's name.
    public var role: String
    /// What it may do.
    public var operations: [Operation]
    /// With which kinds of entry; empty for all.
    public var kinds: [EntryKind]
    /// For which purposes.
    public var purposes: [Purpose]
    /// Whether the patient must be in the care of the person or their team.
    public var needsRelationship: Bool
    /// Labels that do not keep the role out, such as `sensitive`.
    public var mayReadLabels: [SecurityLabel]
    /// Whether the role is a patient's own.
    public var isPatient: Bool
    /// Whether the role may take overrides.
    public var mayOverride: Bool
    /// What the role may do beside reading records: `link`, `review`, `held`, `audit`, `explain`.
    public var duties: [String]

    /// Builds a grant.
    public init(
        role: String,
        operations: [Operation],
        kinds: [EntryKind] = [],
        purposes: [Purpose] = [.directCare],
        needsRelationship: Bool = true,
        mayReadLabels: [SecurityLabel] = [],
        isPatient: Bool = false,
        mayOverride: Bool = false,
        duties: [String] = []
    ) {
        self.role = role
        self.operations = operations
        self.kinds = kinds
        self.purposes = purposes
        self.needsRelationship = needsRelationship
        self.mayReadLabels = mayReadLabels
        self.isPatient = isPatient
        self.mayOverride = mayOverride
        self.duties = duties
    }
}

/// What an override of a type opens, and for how long.
public struct OverrideRule: Hashable, Sendable, Codable {
    /// What it opens.
    public enum Opens: String, Hashable, Sendable, Codable, CaseIterable {
        /// Stands in for a missing relationship.
        case relationship
        /// Sealed content.
        case sealed
        /// Content that the patient refuses now.
        case refused
        /// Content labelled sensitive.
        case sensitive
    }

    /// Its name, such as `emergency`.
    public var type: String
    /// Minutes until it ends.
    public var minutes: Int
    /// What it opens.
    public var opens: [Opens]

    /// Builds a rule.
    public init(type: String, minutes: Int, opens: [Opens]) {
        self.type = type
        self.minutes = minutes
        self.opens = opens
    }
}

/// A team and where its patients are found.
public struct Team: Hashable, Sendable, Codable {
    /// The team's name.
    public var name: String
    /// Wards, clinics and departments of attendance feeds.
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
    /// Days that a relationship outlasts the attendance it rests on.
    public var relationshipDays: Int
    /// Days before a planned attendance from which it makes a relationship.
    public var leadDays: Int

    /// Builds rules; the default permits nothing.
    public init(
        grants: [RoleGrant] = [],
        overrides: [OverrideRule] = [],
        teams: [Team] = [],
        relationshipDays: Int = 90,
        leadDays: Int = 14
    ) {
        self.grants = grants
        self.overrides = overrides
        self.teams = teams
        self.relationshipDays = relationshipDays
        self.leadDays = leadDays
    }

    /// Their version: a handle of what they say.
    public var version: String {
        let bytes = (try? CanonicalJSON.encode(self)) ?? []
        return "r-" + String(ContentHash(of: bytes).hex.prefix(16))
    }
}
