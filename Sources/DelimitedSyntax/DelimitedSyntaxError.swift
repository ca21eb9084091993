import PortalBytes

/// Why a delimited file could not be read as a table.
///
/// Its text never holds anything that stood in the file. Two errors are equal when code and place
/// are.
public struct DelimitedSyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Name: String {
            case empty
            case quoteUnclosed = "quote-unclosed"
            case quoteInside = "quote-inside"
            case nulByte = "nul-byte"
            case columnRepeated = "column-repeated"
            case rowRagged = "row-ragged"
            case fileTooLarge = "file-too-large"
            case tooManyFields = "too-many-fields"
            case tooManyRows = "too-many-rows"
        }

        private let name: Name

        /// There is no header row.
        public static let empty = Code(name: .empty)
        /// A quoted field does not end.
        public static let quoteUnclosed = Code(name: .quoteUnclosed)
        /// Something stands behind a closing quote.
        public static let quoteInside = Code(name: .quoteInside)
        /// A NUL: the file is no text.
        public static let nulByte = Code(name: .nulByte)
        /// The header names a column twice.
        public static let columnRepeated = Code(name: .columnRepeated)
        /// A row has more or fewer fields than the header: its values may stand in wrong columns.
        public static let rowRagged = Code(name: .rowRagged)
        /// More bytes than `Limits.messageBytesMax`.
        public static let fileTooLarge = Code(name: .fileTooLarge)
        /// More fields than `Limits.delimitersMax`.
        public static let tooManyFields = Code(name: .tooManyFields)
        /// More rows than `Limits.rowsMax`: all of the file is refused, and no part of it read.
        public static let tooManyRows = Code(name: .tooManyRows)

        /// The code as it is written in reports, such as `row-ragged`.
        public var description: String { name.rawValue }

        /// What to do about it.
        public var remedy: String {
            switch name {
            case .empty: "send a header row and the rows behind it"
            case .quoteUnclosed, .quoteInside: "quote fields as RFC 4180 has it"
            case .nulByte: "send text, in UTF-8 or in the profile's character set"
            case .columnRepeated: "name each column once"
            case .rowRagged: "give every row as many fields as the header"
            case .fileTooLarge, .tooManyFields, .tooManyRows: "split the file, or raise the limit"
            }
        }
    }

    /// What is wrong.
    public let code: Code
    /// The row, from one for the header; zero where the file as a whole is meant.
    public let row: Int
    /// Bytes from the start of the file.
    public let offset: Int

    init(_ code: Code, row: Int, at offset: Int) {
        self.code = code
        self.row = row
        self.offset = offset
    }

    /// Code, place and remedy.
    public var description: String { "\(code) at row \(row), byte \(offset): \(code.remedy)" }
}

extension DelimitedSyntaxError: SyntaxRefusal {
    package var what: String { code.description }
    package var place: String { "row \(row)" }
    package var remedy: String { code.remedy }
    package var isOfAnotherFormat: Bool { false }
}
