public import PortalRecord

/// How long the patient's own view waits before it shows what happened.
public struct ReleaseDelay: Hashable, Sendable, Codable {
    /// The kinds it is for; empty for all.
    public var kinds: [EntryKind]
    /// The elements of the first screen it is for; empty for all.
    public var elements: [String]
    /// From when it happened.
    ///
    /// - Units: days.
    public var days: Int

    /// Builds a rule.
    public init(kinds: [EntryKind] = [], elements: [String] = [], days: Int) {
        self.kinds = kinds
        self.elements = elements
        self.days = days
    }

    /// Whether it is for an entry.
    func covers(_ entry: EntryFacts) -> Bool {
        (kinds.isEmpty || kinds.contains(entry.kind))
            && (elements.isEmpty || entry.element.map(elements.contains) ?? false)
    }
}
