public import PortalRecord

/// Who speaks for which assigner's identifiers.
public struct IdentityRules: Hashable, Sendable {
    /// The silos whose merge events hold for a system's identifiers (SAFETY S2).
    public var speakers: [String: Set<String>]
    /// From which probability on weighted evidence proposes a pair for review; nil where it does
    /// not.
    ///
    /// It never links (S2).
    public var proposeFrom: Double?

    /// Builds rules.
    public init(speakers: [String: Set<String>] = [:], proposeFrom: Double? = nil) {
        self.speakers = speakers
        self.proposeFrom = proposeFrom
    }
}

/// One person as far as the assertions and rules go: the source patients whose facts are read
/// together.
public struct PatientCluster: Hashable, Sendable {
    /// The source patients, in order.
    public let members: [SourcePatientID]
    /// Source patients of others who may be the same person, in order (SAFETY S1).
    public let possibleOthers: [SourcePatientID]

    /// The cluster's public handle: that of its first member.
    ///
    /// Every member's handle leads to it.
    public var handle: SourcePatientID { members[0] }

    package init?(members: [SourcePatientID], possibleOthers: [SourcePatientID]) {
        guard !members.isEmpty else { return nil }
        self.members = members.sorted()
        self.possibleOthers = Array(Set(possibleOthers)).sorted()
    }
}

/// Who is who, as a pure function of the set of nodes and the set of assertions.
///
/// - Rule: SAFETY S1–S4; DESIGN 5 "link": clusters are computed in a fixed order (people, merge
///   events, same number at the same assigner, rules), refusing unions that would join a pair kept
///   apart. Any order of arrival gives the same result (P3), and a retracted assertion leaves no
///   trace (P4).
public struct IdentityResolution: Sendable {
    /// The people, in order of their handles.
    public let clusters: [PatientCluster]
    /// What a person has to decide.
    public let cases: [ReviewCase]

    /// Resolves nodes and assertions.
    ///
    /// - Parameters:
    ///   - nodes: The source patients; each once.
    ///   - log: The assertions, retractions included, in any order.
    ///   - rules: The site's.
    public init(nodes: [IdentityNode], log: [LinkAssertion], rules: IdentityRules) {
        var solver = IdentitySolver(nodes: nodes, log: log, rules: rules)
        solver.solve()
        clusters = solver.clusters()
        cases = solver.cases.values.sorted {
            $0.id.utf8.lexicographicallyPrecedes($1.id.utf8)
        }
    }
}
