public import PortalRecord

/// A source patient as identity sees it: what its documents together say of the person.
public struct IdentityNode: Hashable, Sendable, Codable {
    /// The source patient.
    public var patient: SourcePatient
    /// Every identifier that its documents state, each once, in a fixed order.
    public var identifiers: [Identifier]
    /// The birth date as stated.
    public var birthDate: PartialDate?
    /// The forename as written.
    public var given: String?
    /// The surname as written.
    public var family: String?
    /// Administrative gender as stated.
    public var gender: AdministrativeGender?
    /// The postcode as stated: evidence for review, and never the ground of a link (SAFETY S2).
    public var postcode: String?
    /// The silos that sent its documents.
    public var silos: [String]

    /// Builds a node from one statement.
    public init(_ patient: SourcePatient, _ statement: PatientStatement, silo: String) {
        self.patient = patient
        identifiers = IdentityNode.ordered(statement.identifiers)
        birthDate = statement.birthDate?.in(.unknown)
        given = patient.forename == nil ? nil : statement.name?.given
        family = patient.surname == nil ? nil : statement.name?.family
        gender = statement.gender
        postcode = statement.addresses.lazy.compactMap(\.postcode).first
        silos = [silo]
    }

    /// Adds what another document of the same source patient states.
    ///
    /// The order of adding does not matter (DESIGN P3).
    public mutating func add(_ other: IdentityNode) {
        identifiers = IdentityNode.ordered(identifiers + other.identifiers)
        birthDate = [birthDate, other.birthDate].compactMap { $0 }
            .min { $0.description.utf8.lexicographicallyPrecedes($1.description.utf8) }
        given = IdentityNode.first(given, other.given)
        family = IdentityNode.first(family, other.family)
        gender = [gender, other.gender].compactMap { $0 }
            .min { $0.rawValue.utf8.lexicographicallyPrecedes($1.rawValue.utf8) }
        postcode = IdentityNode.first(postcode, other.postcode)
        silos = Array(Set(silos + other.silos)).sorted()
    }

    /// The national numbers whose check digits hold, each once.
    public var nationalNumbers: [NationalNumber] {
        var seen: Set<NationalNumber> = []
        return identifiers.compactMap(\.nationalNumber).filter { seen.insert($0).inserted }
    }

    /// Texts that candidates for linking share: where it is filed, and every assigned number.
    ///
    /// Nodes that share none of these, directly or in a chain, never influence each other.
    public var candidateKeys: [String] {
        var keys: Set<String> = ["base " + patient.base]
        for number in nationalNumbers { keys.insert("number " + number.identifier.token) }
        for identifier in identifiers
        where identifier.system != nil && !Placeholder.isIdentifier(identifier.value) {
            keys.insert("number " + identifier.token)
        }
        return keys.sorted()
    }

    /// Whether both state valid numbers of one register and share none of them.
    func holdsOtherNumbers(than other: IdentityNode) -> Bool {
        let (own, others) = (nationalNumbers, other.nationalNumbers)
        return Set(own.map(\.system)).intersection(others.map(\.system)).contains { register in
            let mine = Set(own.filter { $0.system == register }.map(\.digits))
            return mine.isDisjoint(with: others.filter { $0.system == register }.map(\.digits))
        }
    }

    private static func first(_ one: String?, _ two: String?) -> String? {
        [one, two].compactMap { $0 }.min { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static func ordered(_ identifiers: [Identifier]) -> [Identifier] {
        Array(Set(identifiers)).sorted { left, right in
            let one = [left.token, left.type ?? "", left.verification ?? ""]
            let two = [right.token, right.type ?? "", right.verification ?? ""]
            return one.lexicographicallyPrecedes(two)
        }
    }
}
