public import PortalRecord

/// What policy is told of an entry: never its content.
public struct EntryFacts: Hashable, Sendable {
    /// The kind.
    public var kind: EntryKind
    /// The silo.
    public var silo: String
    /// The labels of all its versions.
    public var labels: [SecurityLabel]
    /// Codes of what was asked or observed.
    public var codes: [String]
    /// The sender's number.
    public var key: String?
    /// The element of the first screen that shows it; nil where none does.
    public var element: String?
    /// When it happened; nil where nobody said.
    ///
    /// The patient's own view waits from then.
    ///
    /// - Units: milliseconds since 1970.
    public var start: Int?

    /// Builds facts.
    public init(
        kind: EntryKind,
        silo: String,
        labels: [SecurityLabel] = [],
        codes: [String] = [],
        key: String? = nil,
        element: String? = nil,
        start: Int? = nil
    ) {
        self.kind = kind
        self.silo = silo
        self.labels = labels
        self.codes = codes
        self.key = key
        self.element = element
        self.start = start
    }
}
