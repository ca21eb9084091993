import DelimitedSyntax
import PortalBytes
public import PortalIdentity

/// Which columns of a table say what of a person.
///
/// - Shape: YAML or JSON, each name with a column or a list of columns:
///   `id`, `given name`, `surname`, `birth date`, `house number`, `street`, `address line`, `locality`,
///   `region`, `postcode`, `numbers`, `verified numbers`, `phone`, `sex`, `other`; and `address parts`,
///   whose columns are told apart by what stands in them. Case, blanks and signs of a name do not matter.
public struct EvidenceMap: Sendable {
    /// The column that names a record; nil for the first.
    public let id: String?
    /// The columns by field, in the order of the map.
    public let columns: [(field: EvidenceField?, column: String)]

    /// Reads a map.
    ///
    /// - Throws: ``ProfileError`` with line and remedy where it is none.
    public init(yaml text: String) throws(ProfileError) {
        var id: String?
        var columns: [(field: EvidenceField?, column: String)] = []
        for (name, node) in try ProfileNode.root(text).members(nil) {
            let key = String(name.lowercased().filter { $0.isLetter })
            let names = try node.textOrTexts()
            guard !names.isEmpty else {
                throw ProfileError(node.line, "\"\(name)\" is a column or a list of columns")
            }
            if key == "id" || key == "recordid" || key == "recid" {
                guard names.count == 1, id == nil else {
                    throw ProfileError(node.line, "the id is one column")
                }
                id = names.first
            } else if key.hasPrefix("address"), key != "addressline" {
                columns += names.map { (field: nil, column: $0) }
            } else if let field = Self.fields[key] {
                columns += names.map { (field: field, column: $0) }
            } else {
                throw ProfileError(
                    node.line,
                    "\"\(name)\" is not known in a map; known are id, given name, surname, birth date, "
                        + "address parts, house number, street, address line, locality, region, "
                        + "postcode, numbers, verified numbers, phone, sex, other"
                )
            }
        }
        guard !columns.isEmpty, columns.count <= 16 else {
            throw ProfileError(0, "a map names one to sixteen columns beside the id")
        }
        let named = columns.map { EvidenceFile.bare($0.column) }
        guard Set(named).count == named.count else {
            throw ProfileError(0, "a column is named once: named twice it would count twice")
        }
        self.id = id
        self.columns = columns
    }

    private static let fields: [String: EvidenceField] = [
        "givenname": .givenName, "given": .givenName, "forename": .givenName,
        "firstname": .givenName,
        "surname": .surname, "family": .surname, "familyname": .surname, "lastname": .surname,
        "birthdate": .birthDate, "dateofbirth": .birthDate, "dob": .birthDate,
        "housenumber": .houseNumber, "streetnumber": .houseNumber, "street": .street,
        "addressline": .addressLine, "locality": .locality, "town": .locality, "suburb": .locality,
        "region": .region, "state": .region, "county": .region, "postcode": .postcode,
        "number": .number, "numbers": .number, "verifiednumber": .verifiedNumber,
        "verifiednumbers": .verifiedNumber, "phone": .phone, "telephone": .phone, "sex": .sex,
        "gender": .sex, "other": .other,
    ]
}

/// Records of one or two tables, ready to be linked.
public struct EvidenceFile: Sendable {
    /// The records.
    public let table: EvidenceTable
    /// Each record's name, in the order of the records.
    public let ids: [String]
    /// Where the second table's records start; nil for one table.
    public let border: Int?

    /// Reads tables.
    ///
    /// - Throws: `DelimitedSyntaxError` for a broken table, ``ProfileError`` where a column that the map
    ///   names is missing, ``StoreError`` where a row has no id, or one that another row of its table has.
    public init(_ files: [[UInt8]], map: EvidenceMap) throws {
        var table: EvidenceTable?
        var ids: [String] = []
        var border: Int?
        for (number, bytes) in files.enumerated() {
            let read = try DelimitedTable.read(bytes[...], limits: Self.limits)
            let names = read.columns.map(Self.bare)
            func place(_ column: String) throws -> Int {
                guard let place = names.firstIndex(of: Self.bare(column)) else {
                    throw ProfileError(
                        0,
                        "table \(number + 1) has no column \"\(column)\"; its columns are "
                            + names.joined(separator: ", ")
                    )
                }
                return place
            }
            let id = try map.id.map(place) ?? 0
            let places = try map.columns.map { try place($0.column) }
            if table == nil {
                let columns = zip(map.columns, places).map { (field: $0.field, place: $1) }
                table = EvidenceTable(fields: Self.fields(columns, read))
            }
            if number == 1 { border = table?.count }
            var known: Set<[UInt8]> = []
            for (place, row) in read.rows.enumerated() {
                let name = read.text(row[id]).trimmedBlanks
                guard !name.isEmpty, known.insert(Array(name.utf8)).inserted else {
                    throw StoreError(
                        code: name.isEmpty ? "id-empty" : "id-repeated",
                        remedy:
                            "give each row of table \(number + 1) an id of its own: see its record "
                            + "\(place + 1)"
                    )
                }
                ids.append(name)
                table?.append(places.map { Self.bytes(row[$0], read) })
            }
        }
        self.table = table ?? EvidenceTable(fields: [])
        self.ids = ids
        self.border = border
    }

    private static let limits = Limits(
        messageBytesMax: 4 << 30,
        delimitersMax: 400_000_000,
        rowsMax: 50_000_000
    )

    fileprivate static func bare(_ name: String) -> String { name.trimmedBlanks.lowercased() }

    private static func bytes(
        _ field: DelimitedTable.Field,
        _ table: DelimitedTable
    ) -> ArraySlice<UInt8> {
        guard !field.isQuoted else { return Array(table.text(field).utf8)[...] }
        let start = table.bytes.startIndex
        return table.bytes[(start + field.range.lowerBound)..<(start + field.range.upperBound)]
    }

    /// The fields of all columns: parts of an address by what stands in them, and of those that are
    /// words the first is the street, the last the town.
    private static func fields(
        _ columns: [(field: EvidenceField?, place: Int)],
        _ table: DelimitedTable
    ) -> [EvidenceField] {
        var fields = columns.map { $0.field ?? guess($0.place, table) }
        let words = columns.indices.filter {
            columns[$0].field == nil && fields[$0] == .addressLine
        }
        if let last = words.last, words.count > 1 { fields[last] = .locality }
        if let first = words.first { fields[first] = .street }
        return fields
    }

    /// The number of a house, one of few regions, or words.
    private static func guess(_ column: Int, _ table: DelimitedTable) -> EvidenceField {
        var digits = 0
        var stated = 0
        var distinct: Set<[UInt8]> = []
        for row in table.rows.prefix(2000) {
            let value = Array(bytes(row[column], table).drop { $0 == 0x20 })
            guard !value.isEmpty else { continue }
            stated += 1
            if value.allSatisfy({ (0x30...0x39).contains($0) }) { digits += 1 }
            distinct.insert(value)
        }
        if digits * 2 > stated { return .houseNumber }
        return stated > 50 && distinct.count <= max(stated / 20, 12) ? .region : .addressLine
    }

    /// Pairs that are known to be one person's.
    ///
    /// - Parameter bytes: A table with two ids in each row; of two tables of records the first is looked
    ///   for in the first and the second in the second, then the other way about.
    /// - Returns: The places of the records, each pair once, and how many rows name an id that is not
    ///   there, one record twice, or two records of one table where two are linked.
    /// - Throws: `DelimitedSyntaxError` for a broken table, ``StoreError`` where it has one column.
    public func pairs(_ bytes: [UInt8]) throws -> (pairs: [(Int, Int)], unused: Int) {
        let read = try DelimitedTable.read(bytes[...], limits: Self.limits)
        let first = places(ids.indices.prefix(border ?? ids.count))
        let second = border.map { places(ids.indices.suffix(from: $0)) } ?? first
        guard read.columns.count >= 2 else {
            throw StoreError(
                code: "truth-unreadable",
                remedy: "name a table of two columns, an id of the records in each"
            )
        }
        struct Pair: Hashable {
            let one: Int
            let two: Int
        }
        var seen: Set<Pair> = []
        var pairs: [(Int, Int)] = []
        var unused = 0
        for row in read.rows {
            let names = row.prefix(2).map { read.text($0).trimmedBlanks }
            guard names.count == 2 else {
                unused += 1
                continue
            }
            let straight = first[names[0]].flatMap { one in second[names[1]].map { (one, $0) } }
            let turned = first[names[1]].flatMap { one in second[names[0]].map { (one, $0) } }
            guard let (one, two) = straight ?? turned, one != two else {
                unused += 1
                continue
            }
            if seen.insert(Pair(one: min(one, two), two: max(one, two))).inserted {
                pairs.append((one, two))
            }
        }
        return (pairs, unused)
    }

    private func places(_ records: Range<Int>) -> [String: Int] {
        var places: [String: Int] = [:]
        places.reserveCapacity(records.count)
        for place in records { places[ids[place]] = places[ids[place]] ?? place }
        return places
    }
}

extension String {
    fileprivate var trimmedBlanks: String {
        let inner = utf8.drop { $0 == 0x20 || $0 == 0x09 }
        let blanks = inner.reversed().prefix { $0 == 0x20 || $0 == 0x09 }.count
        return String(Substring(inner.prefix(inner.count - blanks)))
    }
}
