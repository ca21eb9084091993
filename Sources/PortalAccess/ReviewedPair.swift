public import PortalIdentity
public import PortalRecord

/// Two source patients that wait for a person to say whether they are one.
///
/// - Rule: SAFETY S1, S2: a person decides, with both sides and the evidence before them.
public struct ReviewedPair: Sendable, Hashable {
    /// The case.
    public var reviewCase: ReviewCase
    /// Who the two are, as each was stated.
    public var sides: [Side]
    /// What their names, birth dates, numbers and postcodes say.
    ///
    /// Of a case that rules opened it is beside the rules' own reasons, and decides nothing.
    public var evidence: PairEvidence

    /// The evidence in lines, a term to each.
    public var evidenceText: String { evidence.waterfall.text }
    /// The evidence as a picture (SVG), without anything of either side.
    public var evidencePicture: String { evidence.waterfall.svg }
    /// How likely they are one person's, in whole percent, rounded down.
    public var percent: Int { Int((evidence.probability * 100).rounded(.down)) }
    /// The terms, each with its bits in hundredths.
    public var terms: [Term] {
        evidence.terms.map { term in
            Term(
                field: term.field.rawValue,
                level: term.level.rawValue,
                centibits: Int(((term.weight + term.rarity) * 100).rounded())
            )
        }
    }

    /// What one field says.
    public struct Term: Sendable, Hashable, Encodable {
        /// The field, such as `surname`.
        public let field: String
        /// How the two values stand to each other, such as `exact`.
        public let level: String
        /// What that says, in hundredths of a bit: for one person above nothing, against it below.
        public let centibits: Int
    }

    /// One of the two.
    public struct Side: Sendable, Hashable {
        /// The source patient.
        public var patient: SourcePatientID
        /// The silos that sent it.
        public var silos: [String]
        /// Forename and surname as written.
        public var name: String
        /// The birth date.
        public var birthDate: PartialDate?
        /// Administrative gender.
        public var gender: AdministrativeGender?
        /// Every identifier that its documents state.
        public var identifiers: [Identifier]

        init(_ node: IdentityNode) {
            patient = node.patient.id
            silos = node.silos
            name = [node.given, node.family].compactMap { $0 }.joined(separator: " ")
            birthDate = node.birthDate
            gender = node.gender
            identifiers = node.identifiers
        }
    }
}
