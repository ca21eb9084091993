internal import PortalRecord

/// Records as evidence sees them: column by column, every value a number.
public struct EvidenceTable: Sendable {
    /// One column.
    struct Column: Sendable {
        let field: EvidenceField
        var values = EvidenceValues()
        /// A value's number for each record; ``missing`` where none is stated.
        var numbers: [Int32] = []
    }

    /// What stands for a value that is not stated.
    static let missing: Int32 = -1

    private(set) var columns: [Column]
    /// How many records.
    public private(set) var count = 0

    /// As many columns as a comparison has room for.
    public static let columnsMax = 16

    /// Builds an empty table.
    ///
    /// - Parameter fields: One for each column; of more than ``columnsMax`` the first so many.
    public init(fields: [EvidenceField]) {
        columns = fields.prefix(Self.columnsMax).map { Column(field: $0) }
    }

    /// The fields, in the order of the columns.
    public var fields: [EvidenceField] { columns.map(\.field) }

    /// Adds a record.
    ///
    /// - Parameter values: One for each column; empty where nothing is stated.
    public mutating func append(_ values: [ArraySlice<UInt8>]) {
        for index in columns.indices {
            let value = index < values.count ? values[index] : []
            columns[index].numbers.append(number(value, index))
        }
        count += 1
    }

    private mutating func number(_ value: ArraySlice<UInt8>, _ index: Int) -> Int32 {
        let folded = Self.fold(value)
        guard !folded.isEmpty else { return Self.missing }
        let field = columns[index].field
        return columns[index].values.add(folded[...]) { Self.isStated(value, folded, field) }
            ?? Self.missing
    }

    /// Letters and digits alone, in lower case and without accents: what differs otherwise is spelling.
    private static func fold(_ value: ArraySlice<UInt8>) -> [UInt8] {
        var folded: [UInt8] = []
        folded.reserveCapacity(value.count)
        for byte in value {
            switch byte {
            case 0x41...0x5A: folded.append(byte | 0x20)
            case 0x61...0x7A, 0x30...0x39: folded.append(byte)
            case 0x80...:
                return Array(NameFolding.fold(String(decoding: value, as: UTF8.self)).utf8)
            default: continue
            }
        }
        return folded
    }

    /// Whether a value says anything: placeholders match nothing, each other least of all (SAFETY S2).
    private static func isStated(
        _ value: ArraySlice<UInt8>,
        _ folded: [UInt8],
        _ field: EvidenceField
    ) -> Bool {
        let text = String(decoding: value, as: UTF8.self)
        switch field {
        case .number, .verifiedNumber, .phone: return !Placeholder.isIdentifier(text)
        case .givenName, .surname: return Placeholder.name(text) != nil
        case .birthDate:
            let digits = folded.map { Int($0) - 0x30 }
            guard digits.count == 8, digits.allSatisfy((0...9).contains) else { return true }
            let date = PartialDate(
                year: digits[..<4].reduce(0) { $0 * 10 + $1 },
                month: digits[4] * 10 + digits[5],
                day: digits[6] * 10 + digits[7]
            )
            // A day that no calendar has may be a slip of the keyboard; one digit eight times is none.
            return date.map { !Placeholder.isBirthDate($0) } ?? (Set(digits).count > 1)
        default: return true
        }
    }

    /// How likely two records drawn at random share a column's value.
    func chance(_ column: Int) -> Double {
        let counts = columns[column].values.counts
        let total = counts.reduce(0.0) { $0 + Double($1) }
        guard total > 0 else { return 1 }
        return counts.reduce(0.0) { $0 + Double($1) * Double($1) } / (total * total)
    }
}
