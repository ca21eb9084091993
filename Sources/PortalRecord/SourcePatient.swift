/// A person as one sender knows them: the identifier it files them under and the demographics it
/// states with it.
///
/// Facts are keyed by it and never move (SAFETY S4).
///
/// - Shape: the same assigner and local number from two silos is one source patient, unless birth
///   date or forename conflict (SAFETY S1). The stated demographics are part of the key, so that a
///   number used for two people never lays one person's results under the other's; identity joins
///   the spellings of one person again.
public struct SourcePatient: Hashable, Sendable, Codable {
    /// What is known, in one place that all entries of a document share.
    private let known: Known

    private final class Known: Sendable, Codable {
        let base: String
        let system: String?
        let value: String
        let birthDate: String?
        let forename: String?
        let surname: String?
        let sex: String?
        let id: SourcePatientID

        init(
            base: String,
            system: String?,
            value: String,
            birthDate: String?,
            forename: String?,
            surname: String?,
            sex: String?
        ) {
            self.base = base
            self.system = system
            self.value = value
            self.birthDate = birthDate
            self.forename = forename
            self.surname = surname
            self.sex = sex
            id = SourcePatientID(
                key: [base, birthDate ?? "", forename ?? "", surname ?? "", sex ?? ""]
                    .joined(separator: "\u{1F}")
            )
        }
    }

    /// The identifier it is filed under: assigner and number; for a national number the silo as
    /// well, and for a number without an assigner the document.
    public var base: String { known.base }
    /// The assigner, where there is one.
    public var system: String? { known.system }
    /// The number.
    public var value: String { known.value }
    /// The stated birth date's text.
    public var birthDate: String? { known.birthDate }
    /// The folded forename.
    public var forename: String? { known.forename }
    /// The folded surname.
    public var surname: String? { known.surname }
    /// Administrative gender in words, where it is female or male.
    public var sex: String? { known.sex }
    /// Its opaque handle, the same wherever the same key is met.
    public var id: SourcePatientID { known.id }

    /// Finds under which identifier a statement's person is filed.
    ///
    /// - Parameters:
    ///   - statement: What the document says of the person.
    ///   - silo: The silo that sent it.
    ///   - document: The document, under which a person without any assigned number is kept.
    ///   - localSystem: The assigner whose number the silo itself files under, if the profile says.
    ///   - standIns: What the silo writes where it knows no name or number.
    public init(
        _ statement: PatientStatement,
        silo: String,
        document: ContentHash,
        localSystem: String? = nil,
        standIns: StandIns = StandIns()
    ) {
        let child = standIns.newborn(statement.names)
        let usable = statement.identifiers.filter {
            !Placeholder.isIdentifier($0.value) && !standIns.isNumber($0.value)
        }
        let local = usable.filter {
            guard let system = $0.system else { return false }
            return !IdentifierSystem.isNational(system)
        }
        let chosen =
            local.first { $0.system == localSystem } ?? SourcePatient.preferred(local)
        let system: String?
        let value: String
        let base: String
        if let chosen, let assigner = chosen.system {
            system = assigner
            value = chosen.value
            base = assigner + "|" + chosen.value + (child.map { Self.newborn + $0 } ?? "")
        } else if let number = usable.lazy.compactMap(\.nationalNumber).first {
            system = number.system
            value = number.digits
            base =
                number.system + "|" + number.digits + "|" + silo
                + (child.map { Self.newborn + $0 } ?? "")
        } else {
            // A national number whose check digit fails, or a number without its assigner: kept
            // and shown, and it links nothing.
            system = usable.first?.system
            value = usable.first?.value ?? ""
            base = "document|" + document.hex + "|" + silo
        }
        let isKnown = statement.name.map { name in !standIns.people.contains { $0.fits(name) } }
        let name = isKnown ?? false ? statement.name : nil
        let words = statement.gender?.words
        known = Known(
            base: base,
            system: system,
            value: value,
            birthDate: statement.birthDate.map { $0.in(.unknown).description },
            forename: child != nil ? nil : name?.given.flatMap(Placeholder.name),
            surname: name?.family.flatMap(Placeholder.name),
            sex: words == "female" || words == "male" ? words : nil
        )
    }

    /// What tells a child from the mother under whose number it is filed.
    private static let newborn = "|newborn|"

    /// Whether it is a child that its silo files under its mother's number.
    package var isNewborn: Bool { base.contains(Self.newborn) }

    /// Whether it is filed under a number of a national register, which no silo assigns: it names a
    /// person no better than the same number elsewhere does.
    package var isUnderNationalNumber: Bool {
        !isNewborn && !base.hasPrefix("document|")
            && (system.map(IdentifierSystem.isNational) ?? false)
    }

    /// A medical record number before other local numbers, and those in the sender's order.
    private static func preferred(_ local: [Identifier]) -> Identifier? {
        for type in ["MR", "PI", "PT", "PE"] {
            if let found = local.first(where: { $0.type == type }) { return found }
        }
        return local.first { $0.type != "AN" && $0.type != "VN" } ?? local.first
    }
}

extension SourcePatient {
    /// Whether two are the same in every part.
    public static func == (left: SourcePatient, right: SourcePatient) -> Bool {
        left.known === right.known
            || left.id == right.id && left.system == right.system && left.value == right.value
                && left.base == right.base && left.birthDate == right.birthDate
                && left.forename == right.forename && left.surname == right.surname
                && left.sex == right.sex
    }

    /// Hashes the handle, which stands for every part of the key.
    public func hash(into hasher: inout Hasher) { hasher.combine(id) }

    /// Reads the members that ``encode(to:)`` writes.
    ///
    /// - Throws: `DecodingError` where one is missing or of another type.
    public init(from decoder: any Decoder) throws { known = try Known(from: decoder) }

    /// Writes every part as a member of its name.
    ///
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws { try known.encode(to: encoder) }
}

/// The opaque handle of a ``SourcePatient``: `p-` and 16 hexadecimal digits.
public struct SourcePatientID: RawRepresentable, Hashable, Sendable, Codable, Comparable {
    /// The handle's text.
    public let rawValue: String

    /// Takes a handle's text.
    public init(rawValue: String) { self.rawValue = rawValue }

    init(key: String) { rawValue = "p-" + ContentHash.handle(of: key) }

    /// Orders handles as text.
    public static func < (left: SourcePatientID, right: SourcePatientID) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// Values that stand where nothing is known: they match nothing, each other least of all.
///
/// - Rule: SAFETY S2 ("Never: blanks or placeholders matching each other"); PITFALLS 31.
package enum Placeholder {
    /// Whether an identifier's text names nobody.
    package static func isIdentifier(_ value: String) -> Bool {
        var first: UInt8?
        var count = 0
        var isUniform = true
        var hasDigit = false
        for byte in value.utf8 where byte != 0x20 && byte != 0x2D {
            if first == nil { first = byte }
            count += 1
            isUniform = isUniform && byte == first
            hasDigit = hasDigit || (0x30...0x39).contains(byte)
        }
        guard let first else { return true }
        if isUniform, count > 3 || first == 0x30 { return true }
        // No word of the list holds a digit, and folding keeps every one.
        return !hasDigit && words.contains(NameFolding.fold(value))
    }

    /// A name, folded; nil where it names nobody.
    ///
    /// `Baby 2`, `Twin B`, `Unknown Male`, `Not Given`, `XXX`: what is written until a name is known
    /// says nothing of who it is, and least of all that two are one.
    package static func name(_ written: String) -> String? {
        let folded = NameFolding.fold(written)
        guard let first = folded.utf8.first, !words.contains(folded),
            !folded.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 })
        else { return nil }
        if folded.utf8.count > 1, folded.utf8.allSatisfy({ $0 == first }) { return nil }
        let parts = SearchWords.words(written)
        if parts.contains(where: unnamed.contains) { return nil }
        if parts.allSatisfy({ words.contains($0) || fillers.contains($0) }) { return nil }
        return folded
    }

    /// Whether a birth date is one that is written where none is known.
    package static func isBirthDate(_ date: PartialDate) -> Bool {
        date.year <= 1900 && date.month == 1 && date.day == 1
    }

    /// Words for a child that has no name yet; beside a name, too, they tell siblings apart.
    private static let unnamed: Set<String> = ["twin", "triplet", "baby", "infant", "newborn"]

    private static let fillers: Set<String> = [
        "boy", "girl", "male", "female", "man", "woman", "child", "of", "not", "no", "given",
        "known", "name", "forename", "surname", "stated", "recorded", "test", "patient", "mr",
        "mrs", "ms", "miss", "dr", "x",
    ]

    private static let words: Set<String> = [
        "unknown", "unk", "notknown", "nk", "none", "null", "na", "noname", "anon", "unidentified",
    ]
}
