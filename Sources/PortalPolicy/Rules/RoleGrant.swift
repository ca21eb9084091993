public import PortalRecord

/// What a role may do: with which kinds, elements and silos, for which purposes.
///
/// A role may have several grants; each stands for itself.
public struct RoleGrant: Hashable, Sendable, Codable {
    /// The role's name.
    public var role: String
    /// The national role's code, such as `R8001`, by which a principal may name the role.
    public var code: String?
    /// What it may do.
    public var operations: [Operation]
    /// With which kinds of entry; empty for all.
    public var kinds: [EntryKind]
    /// With which elements of the first screen; empty for all.
    public var elements: [String]
    /// With what came from which silos; empty for all.
    public var silos: [String]
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
        code: String? = nil,
        operations: [Operation],
        kinds: [EntryKind] = [],
        elements: [String] = [],
        silos: [String] = [],
        purposes: [Purpose] = [.directCare],
        needsRelationship: Bool = true,
        mayReadLabels: [SecurityLabel] = [],
        isPatient: Bool = false,
        mayOverride: Bool = false,
        duties: [String] = []
    ) {
        self.role = role
        self.code = code
        self.operations = operations
        self.kinds = kinds
        self.elements = elements
        self.silos = silos
        self.purposes = purposes
        self.needsRelationship = needsRelationship
        self.mayReadLabels = mayReadLabels
        self.isPatient = isPatient
        self.mayOverride = mayOverride
        self.duties = duties
    }

    /// Whether a principal has the role, by its name or its national code.
    public func isHeld(by principal: Principal) -> Bool {
        principal.roles.contains { $0 == role || ($0 == code && code != nil) }
    }

    /// Whether it covers an operation on an entry, whoever asks.
    func covers(_ operation: Operation, _ entry: EntryFacts) -> Bool {
        operations.contains(operation) && coversKind(entry)
            && (silos.isEmpty || entry.silo.isEmpty || silos.contains(entry.silo))
    }

    /// Whether it covers entries of such a kind and element.
    func coversKind(_ entry: EntryFacts) -> Bool {
        (kinds.isEmpty || kinds.contains(entry.kind))
            && (elements.isEmpty || entry.element.map(elements.contains) ?? false)
    }
}
