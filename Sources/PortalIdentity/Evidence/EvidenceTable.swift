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

    /// Builds an empty table.
    public init(fields: [EvidenceField]) {
        columns = fields.map { Column(field: $0) }
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
        let folded = Self.fold(value, columns[index].field)
        guard !folded.isEmpty, Self.isStated(folded, columns[index].field) else {
            return Self.missing
        }
        return columns[index].values.add(folded[...])
    }

    /// Letters and digits alone, in lower case and without accents: what differs otherwise is spelling.
    private static func fold(_ value: ArraySlice<UInt8>, _ field: EvidenceField) -> [UInt8] {
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
    private static func isStated(_ folded: [UInt8], _ field: EvidenceField) -> Bool {
        switch field {
        case .number, .verifiedNumber, .phone:
            return folded.count > 1 && folded.contains { $0 != folded[0] }
        case .birthDate:
            return folded != Array("19000101".utf8) && folded.contains { $0 != folded[0] }
        case .givenName, .surname:
            return !placeholders.contains(folded)
        default: return true
        }
    }

    private static let placeholders: Set<[UInt8]> = Set(
        [
            "unknown", "unk", "notknown", "nk", "none", "null", "na", "noname", "baby", "notgiven",
            "test",
        ]
        .map { Array($0.utf8) }
    )

    /// How likely two records drawn at random share a column's value.
    func chance(_ column: Int) -> Double {
        let counts = columns[column].values.counts
        let total = counts.reduce(0.0) { $0 + Double($1) }
        guard total > 0 else { return 1 }
        return counts.reduce(0.0) { $0 + Double($1) * Double($1) } / (total * total)
    }
}
