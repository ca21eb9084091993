public import PortalBytes

/// A delimited file as a table, every field with its place.
///
/// - Shape: a header row, then rows of as many fields; fields quoted with `"` may hold delimiters,
///   line ends and doubled quotes; lines end with CR, LF or CRLF; blank lines are skipped; a byte
///   order mark is skipped. The delimiter is the first of comma, semicolon, tab and bar that the
///   header has, unless one is named.
/// - Rule: RFC 4180; TESTING (a)7.
public struct DelimitedTable: Sendable {
    /// One field.
    public struct Field: Hashable, Sendable {
        /// Where it stands, quotes included.
        public let range: Range<Int>
        /// Whether it is quoted.
        public let isQuoted: Bool
    }

    /// The file's bytes.
    public let bytes: ArraySlice<UInt8>
    /// The columns' names, in order.
    public let columns: [String]
    /// The header's fields.
    public let header: [Field]
    /// The rows, in order.
    public let rows: [[Field]]
    /// The character set that the text is read in.
    public let encoding: TextEncoding

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - bytes: The whole file.
    ///   - delimiter: The delimiter; nil lets the header decide.
    ///   - undeclared: The character set where the file is not UTF-8.
    ///   - limits: How large it may be.
    ///   - mayBeShorter: Whether a row may be told apart by its first field and be shorter, as a
    ///     trailer is.
    /// - Returns: The table.
    /// - Throws: ``DelimitedSyntaxError`` with row and byte.
    public static func read(
        _ bytes: ArraySlice<UInt8>,
        delimiter: UInt8? = nil,
        undeclared: TextEncoding = .windows1252,
        limits: Limits = .standard,
        mayBeShorter: (String) -> Bool = { _ in false }
    ) throws(DelimitedSyntaxError) -> DelimitedTable {
        guard bytes.count <= limits.messageBytesMax else {
            throw DelimitedSyntaxError(.fileTooLarge, row: 0, at: limits.messageBytesMax)
        }
        var scanner = DelimitedScanner(Array(bytes), delimiter: delimiter, limits: limits)
        var lines: [[Field]] = []
        while let row = try scanner.row(number: lines.count + 1) {
            guard lines.count <= limits.rowsMax else {
                throw DelimitedSyntaxError(
                    .tooManyRows,
                    row: lines.count + 1,
                    at: row.first?.range.lowerBound ?? 0
                )
            }
            lines.append(row)
        }
        guard let header = lines.first else { throw DelimitedSyntaxError(.empty, row: 0, at: 0) }
        let encoding: TextEncoding = TextEncoding.inspect(bytes).isUTF8 ? .utf8 : undeclared
        let columns = header.map { text($0, bytes, encoding) }
        var seen: Set<String> = []
        for (index, column) in columns.enumerated() where !seen.insert(column).inserted {
            throw DelimitedSyntaxError(.columnRepeated, row: 1, at: header[index].range.lowerBound)
        }
        let rows = Array(lines.dropFirst())
        for (index, row) in rows.enumerated() where row.count != header.count {
            guard let first = row.first, row.count < header.count,
                mayBeShorter(text(first, bytes, encoding))
            else {
                throw DelimitedSyntaxError(
                    .rowRagged,
                    row: index + 2,
                    at: row.first?.range.lowerBound ?? 0
                )
            }
        }
        return DelimitedTable(
            bytes: bytes,
            columns: columns,
            header: header,
            rows: rows,
            encoding: encoding
        )
    }

    /// The text of a field, its quotes taken away.
    public func text(_ field: Field) -> String {
        DelimitedTable.text(field, bytes, encoding)
    }

    private static func text(
        _ field: Field,
        _ bytes: ArraySlice<UInt8>,
        _ encoding: TextEncoding
    ) -> String {
        let base = bytes.startIndex
        let range = (base + field.range.lowerBound)..<(base + field.range.upperBound)
        guard field.isQuoted, range.count >= 2 else { return encoding.decode(bytes[range]) }
        var inside: [UInt8] = []
        var isDoubled = false
        for byte in bytes[(range.lowerBound + 1)..<(range.upperBound - 1)] {
            if byte == UInt8(ascii: "\""), !isDoubled {
                isDoubled = true
                continue
            }
            isDoubled = false
            inside.append(byte)
        }
        return encoding.decode(inside[...])
    }

    /// The index of a column, its name compared without regard to case; nil where there is none.
    public func column(_ name: String) -> Int? {
        columns.firstIndex { $0.lowercased() == name.lowercased() }
    }
}

/// Walks a delimited file row by row.
struct DelimitedScanner {
    private let bytes: [UInt8]
    private var delimiter: UInt8
    private let limits: Limits
    private var at = 0
    private var fieldCount = 0

    init(_ bytes: [UInt8], delimiter: UInt8?, limits: Limits) {
        self.bytes = bytes
        self.limits = limits
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
        if let delimiter {
            self.delimiter = delimiter
        } else {
            let line = bytes[at...].prefix { $0 != 0x0A && $0 != 0x0D }
            let usual = [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09, UInt8(ascii: "|")]
            self.delimiter = line.first(where: usual.contains) ?? UInt8(ascii: ",")
        }
    }

    /// The next row that is not blank; nil at the end.
    mutating func row(number: Int) throws(DelimitedSyntaxError) -> [DelimitedTable.Field]? {
        while at < bytes.count, bytes[at] == 0x0A || bytes[at] == 0x0D { at += 1 }
        guard at < bytes.count else { return nil }
        var fields: [DelimitedTable.Field] = []
        while true {
            fieldCount += 1
            guard fieldCount <= limits.delimitersMax else {
                throw DelimitedSyntaxError(.tooManyFields, row: number, at: at)
            }
            fields.append(try field(number))
            guard at < bytes.count else { return fields }
            if bytes[at] == delimiter {
                at += 1
                continue
            }
            return fields
        }
    }

    private mutating func field(_ row: Int) throws(DelimitedSyntaxError) -> DelimitedTable.Field {
        let start = at
        if at < bytes.count, bytes[at] == UInt8(ascii: "\"") {
            at += 1
            while true {
                guard at < bytes.count else {
                    throw DelimitedSyntaxError(.quoteUnclosed, row: row, at: start)
                }
                if bytes[at] == 0 { throw DelimitedSyntaxError(.nulByte, row: row, at: at) }
                if bytes[at] == UInt8(ascii: "\"") {
                    if at + 1 < bytes.count, bytes[at + 1] == UInt8(ascii: "\"") {
                        at += 2
                        continue
                    }
                    at += 1
                    break
                }
                at += 1
            }
            guard at == bytes.count || isEnd(bytes[at]) else {
                throw DelimitedSyntaxError(.quoteInside, row: row, at: at)
            }
            return DelimitedTable.Field(range: start..<at, isQuoted: true)
        }
        while at < bytes.count, !isEnd(bytes[at]) {
            if bytes[at] == 0 { throw DelimitedSyntaxError(.nulByte, row: row, at: at) }
            at += 1
        }
        return DelimitedTable.Field(range: start..<at, isQuoted: false)
    }

    private func isEnd(_ byte: UInt8) -> Bool {
        byte == delimiter || byte == 0x0A || byte == 0x0D
    }
}
