import PortalRecord

/// What whoever asks of many entries needs to know of a policy.
extension AccessPolicy {
    /// The facts of an entry as far as any rule in force looks at them.
    ///
    /// Codes, numbers, elements and times matter only where a rule names some: entries that do not
    /// differ otherwise are then alike.
    public func relevant(_ facts: EntryFacts) -> EntryFacts {
        var facts = facts
        if !looksAtCodes { facts.codes = [] }
        if restrictions.allSatisfy(\.scope.keys.isEmpty) { facts.key = nil }
        if !looksAtTimes { facts.start = nil }
        return facts
    }

    private var looksAtCodes: Bool {
        !blocked.isEmpty || !restrictions.allSatisfy(\.scope.codes.isEmpty)
    }

    /// Whether when something happened decides on it: in the patient's own view.
    public var looksAtTimes: Bool { isPatientsDoor && !rules.delays.isEmpty }

    /// The senders' numbers that restrictions name.
    public var restrictedKeys: Set<String> { Set(restrictions.flatMap(\.scope.keys)) }

    /// Silos whose upload the patient has opted out of as a whole.
    public func optedOut(of silos: [String]) -> Set<String> {
        let held = restrictions.filter { $0.kind == .optedOut }
        return Set(
            silos.filter { silo in
                held.contains { $0.scope.silos.isEmpty || $0.scope.silos.contains(silo) }
            }
        )
    }

    /// Whether permission that was not given or refused is all that keeps an entry back.
    public func lacksPermissionAlone(_ operation: Operation, _ entry: EntryFacts) -> Bool {
        let all = withholdings(operation, entry)
        return isGranted(operation, entry) && !all.isEmpty
            && all.isSubset(of: [
                Withholdings(.permissionMissing), Withholdings(.permissionRefused),
            ])
    }

    /// Whether the patient has given permission that is in force.
    public var isPermissionGiven: Bool { permission == .given }

    /// Whether it is the patient's own record, read by the patient's own door.
    public var isOwnDoor: Bool { isPatientsDoor && isOwnRecord && isOwnForSure }

    /// Whether the patient has given permission that is in force, or an override stands in for it.
    public func isPermissionThere(for entry: EntryFacts) -> Bool {
        switch permission {
        case .given: true
        case .refused: isOpened(.refused, entry)
        case .notAsked, .unableToAnswer: isOpened(.permission, entry)
        case .unknown: false
        }
    }

    /// Whether the person may take an override of a type for this patient now, or why not.
    ///
    /// A self-claim needs no leave to override, and is there only while the feed that relationships
    /// come from is stale (SAFETY S21); a student takes none.
    public func mayTake(_ rule: OverrideRule) -> Bool {
        guard situation.principal.isActive(at: situation.moment), !isStudent, !isOwnRecord,
            !isPatientsDoor
        else { return false }
        let held = rules.grants(of: situation.principal)
        if rule.isSelfClaim {
            return situation.isRelationshipFeedStale
                && held.contains { $0.needsRelationship && $0.operations.contains(.read) }
        }
        return held.contains(where: \.mayOverride)
    }
}
