package import PortalRecord

/// The evidence for two source patients being one person's, term by term.
public struct PairEvidence: Hashable, Sendable, Codable {
    /// What each field says.
    public let terms: [EvidenceTerm]
    /// The odds before anything is known, in bits.
    public let prior: Double

    /// As text and as a picture.
    public var waterfall: EvidenceWaterfall { EvidenceWaterfall(terms, prior: prior) }
    /// How likely they are one person's.
    public var probability: Double { waterfall.probability }
}

/// People who share no number and may yet be one: what weighted evidence proposes for review.
///
/// Nothing is linked by it. The weights and the prior are the model's, never counts of what is
/// filed: who else is in the store makes no two people likelier to be one.
///
/// - Rule: SAFETY S2, S3; DESIGN 5 "link".
package enum EvidenceProposals {
    /// Two records drawn at random are one person's once in so many bits: a board of a million with
    /// a record or two each.
    static let prior = -20.0

    private static let fields: [EvidenceField] = [
        .givenName, .surname, .birthDate, .sex, .postcode, .verifiedNumber, .verifiedNumber,
        .verifiedNumber,
    ]
    /// The registers of which two valid numbers that differ are a veto.
    private static let registers = [
        IdentifierSystem.nhsNumber, IdentifierSystem.chiNumber,
        IdentifierSystem.healthAndCareNumber,
    ]

    /// Cases for pairs that are no case yet and that nobody has decided on.
    ///
    /// - Parameters:
    ///   - nodes: Every source patient, each once.
    ///   - log: The assertions, retractions included.
    ///   - resolution: Who is who without evidence.
    ///   - threshold: The least probability that is proposed; nil for none.
    /// - Returns: The cases, at most one for two people, in order of their handles.
    package static func cases(
        _ nodes: [IdentityNode],
        log: [LinkAssertion],
        _ resolution: IdentityResolution,
        threshold: Double?
    ) -> [ReviewCase] {
        guard let threshold, nodes.count > 1 else { return [] }
        let nodes = nodes.sorted { $0.patient.id < $1.patient.id }
        var person: [SourcePatientID: Int] = [:]
        for (number, cluster) in resolution.clusters.enumerated() {
            for member in cluster.members { person[member] = number }
        }
        let known = known(log, resolution.cases, person)
        let members = Dictionary(grouping: nodes) { person[$0.patient.id] ?? -1 }
        let linker = EvidenceLinker(table(nodes), fixed: .standard)
        let floor = EvidenceTerm.bits(ofProbability: threshold)
        var told: Set<UnorderedPair> = []
        var cases: [ReviewCase] = []
        for pair in linker.pairs(evidenceMin: floor - prior) {
            let (one, two) = (nodes[Int(pair.one)], nodes[Int(pair.two)])
            guard let first = person[one.patient.id], let second = person[two.patient.id],
                first != second, !one.patient.isNewborn, !two.patient.isNewborn
            else { continue }
            let couple = UnorderedPair(first, second)
            let evidence = PairEvidence(
                terms: linker.terms(Int(pair.one), Int(pair.two)),
                prior: prior
            )
            // Weakest pairs of two people add nothing to the strongest.
            guard !known.contains(couple), !isVetoed(evidence.terms),
                !differ(members[first] ?? [], members[second] ?? []),
                told.insert(couple).inserted
            else { continue }
            cases.append(
                ReviewCase(
                    kind: .possibleLink,
                    between: [side(one), side(two)],
                    why: ["weighted evidence, no number in common"]
                        + evidence.waterfall.text.split(separator: "\n").map(String.init)
                )
            )
        }
        return cases.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
    }

    /// The evidence for two source patients.
    package static func evidence(_ one: IdentityNode, _ two: IdentityNode) -> PairEvidence {
        let linker = EvidenceLinker(table([one, two]), fixed: .standard)
        return PairEvidence(terms: linker.terms(0, 1), prior: prior)
    }

    /// Who is kept apart by a person's word, or is a case already.
    private static func known(
        _ log: [LinkAssertion],
        _ cases: [ReviewCase],
        _ person: [SourcePatientID: Int]
    ) -> Set<UnorderedPair> {
        var known: Set<UnorderedPair> = []
        for assertion in LinkAssertion.inForce(log) {
            guard case .doNotLink(let one, let two, _) = assertion.verb, let first = person[one],
                let second = person[two]
            else { continue }
            known.insert(UnorderedPair(first, second))
        }
        for reviewCase in cases {
            let sides = reviewCase.between.compactMap { side -> Int? in
                guard case .patient(_, _, let id) = side else { return nil }
                return person[id]
            }
            if sides.count == 2 { known.insert(UnorderedPair(sides[0], sides[1])) }
        }
        return known
    }

    /// Twins differ in their forenames, father and son in their birth dates, whatever else they share.
    private static func isVetoed(_ terms: [EvidenceTerm]) -> Bool {
        terms.contains { term in
            (term.field == .givenName || term.field == .birthDate)
                && [.different, .missing].contains(term.level)
        }
    }

    /// Whether two people's valid numbers of one register differ.
    private static func differ(_ one: [IdentityNode], _ two: [IdentityNode]) -> Bool {
        registers.contains { register in
            func numbers(_ nodes: [IdentityNode]) -> Set<String> {
                Set(
                    nodes.flatMap(\.nationalNumbers).filter { $0.identifier.system == register }
                        .map(\.digits)
                )
            }
            let (left, right) = (numbers(one), numbers(two))
            return !left.isEmpty && !right.isEmpty && left.isDisjoint(with: right)
        }
    }

    private static func side(_ node: IdentityNode) -> ReviewCase.Side {
        .patient(
            source: node.silos.joined(separator: ", "),
            identifier: node.patient.baseToken,
            id: node.patient.id
        )
    }

    private static func table(_ nodes: [IdentityNode]) -> EvidenceTable {
        var table = EvidenceTable(fields: fields)
        for node in nodes {
            let birth = node.birthDate.map { String($0.description.prefix(10)) }
            let numbers = registers.map { register in
                node.nationalNumbers.first { $0.identifier.system == register }?.digits
            }
            let values =
                [
                    node.given, node.family, birth, node.gender?.rawValue, node.postcode,
                ] + numbers
            table.append(values.map { Array(($0 ?? "").utf8)[...] })
        }
        return table
    }
}
