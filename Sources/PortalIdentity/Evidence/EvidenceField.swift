/// What a column of records says of a person.
///
/// - Rule: SAFETY S2: weighted evidence proposes; it never overrides what S1 keeps apart.
public enum EvidenceField: String, Hashable, Sendable, Codable, CaseIterable, Comparable {
    /// A forename.
    case givenName
    /// A surname.
    case surname
    /// The birth date, its digits from year to day.
    case birthDate
    /// The number of a house.
    case houseNumber
    /// A street, with or without its number.
    case street
    /// A second line of an address: a building, a farm.
    case addressLine
    /// A town or suburb.
    case locality
    /// A county or state: one of few.
    case region
    /// A postcode.
    case postcode
    /// A number that names the person and that nobody has verified.
    case number
    /// A number that names the person, verified: two that differ are a veto.
    case verifiedNumber
    /// A telephone number.
    case phone
    /// Female, male or another word: one of few.
    case sex
    /// Anything else that people have in common or not.
    case other

    /// Orders fields as they are declared.
    public static func < (left: EvidenceField, right: EvidenceField) -> Bool {
        left.place < right.place
    }

    private var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    /// How two values of the field are compared.
    var kind: Kind {
        switch self {
        case .givenName: .forename
        case .surname: .name
        case .street, .addressLine, .locality, .other: .text
        case .birthDate: .date
        case .houseNumber, .postcode, .number, .verifiedNumber, .phone: .code
        case .region, .sex: .word
        }
    }

    enum Kind { case forename, name, text, date, code, word }

    /// The levels that two values of the field can stand at.
    var levels: [EvidenceLevel] {
        switch kind {
        case .forename:
            [.exact, .near, .nickname, .exchanged, .similar, .partial, .different, .missing]
        case .name: [.exact, .near, .exchanged, .similar, .partial, .different, .missing]
        case .text: [.exact, .near, .similar, .partial, .different, .missing]
        case .date:
            [.exact, .near, .dayMonthExchanged, .similar, .partial, .different, .missing]
        case .code:
            self == .postcode
                ? [.exact, .near, .similar, .partial, .different, .missing]
                : [.exact, .near, .similar, .different, .missing]
        case .word: [.exact, .near, .different, .missing]
        }
    }

    /// Whether few people share a value, so that two columns together make blocks.
    var isSelective: Bool { self != .region && self != .sex }

    /// Whether few enough share a value that it makes blocks alone.
    var isNumber: Bool { self == .number || self == .verifiedNumber || self == .phone }
}

/// How two values of one field stand to each other, from the best to the worst; missing is a level of
/// its own.
public enum EvidenceLevel: String, Hashable, Sendable, Codable, CaseIterable {
    /// The same.
    case exact
    /// One letter or digit inserted, left out, changed, or two neighbours swapped; of a date one digit.
    case near
    /// Forenames used for one another, or an initial of the other.
    case nickname
    /// Day and month exchanged.
    case dayMonthExchanged
    /// Forename and surname exchanged.
    case exchanged
    /// Alike in most letters, or in sound; of a code two letters apart.
    case similar
    /// Alike in some letters; of a date the same year; of a postcode the same district.
    case partial
    /// Not alike.
    case different
    /// One of the two is not stated.
    case missing

    /// Where it stands in the order of levels.
    var place: Int {
        switch self {
        case .exact: Self.exactPlace
        case .near: 1
        case .nickname: 2
        case .dayMonthExchanged: 3
        case .exchanged: 4
        case .similar: 5
        case .partial: Self.partialPlace
        case .different: 7
        case .missing: Self.missingPlace
        }
    }

    static let exactPlace = 0
    static let partialPlace = 6
    static let missingPlace = 8
    /// As many as there are.
    static let count = allCases.count
}
