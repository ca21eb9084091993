import DelimitedSyntax
import PortalBytes
import PortalIntake
import PortalRecord

/// A delimited file while an adapter reads it: whatever is taken is marked in the ledger.
final class TableReading {
    let document: SourceDocument
    let table: DelimitedTable
    var ledger: ByteLedger
    var diagnostics: [Diagnostic] = []
    /// The columns that the adapter knows, by its own names.
    private let places: [String: Int]
    private let known: Set<Int>

    /// Reads a table; columns are found by the names that the profile gives them, else by the
    /// adapter's own.
    ///
    /// - Throws: ``IntakeError`` `column-missing` where a required column is not there, and the
    ///   syntax's codes.
    init(
        _ document: SourceDocument,
        columns: [String],
        required: [String],
        trailer: String? = nil
    ) throws(IntakeError) {
        self.document = document
        do {
            table = try DelimitedTable.read(
                document.bytes,
                undeclared: document.dialect.charset,
                limits: document.limits,
                mayBeShorter: { $0 == trailer }
            )
        } catch {
            throw IntakeError(
                code: error.code.description,
                location: "row \(error.row)",
                remedy: error.code.remedy,
                offset: error.offset
            )
        }
        var places: [String: Int] = [:]
        for name in columns {
            places[name] = table.column(document.dialect.columns[name] ?? name)
        }
        for name in required where places[name] == nil {
            throw IntakeError(
                code: "column-missing",
                location: "row 1, column " + name,
                remedy: "send the column, or name it in the site profile under columns",
                offset: 0
            )
        }
        self.places = places
        known = Set(places.values)
        ledger = ByteLedger(byteCount: document.bytes.count)
        for field in table.header { ledger.ignore(field.range, by: .structure) }
    }

    /// Whether a file's header has the columns that tell an adapter's tables from others.
    static func recognises(_ document: SourceDocument, _ columns: [String]) -> Bool {
        // The header alone is looked at.
        let line = document.bytes.prefix(65_536).prefix { $0 != 0x0A && $0 != 0x0D }
        guard let table = try? DelimitedTable.read(line) else { return false }
        return columns.allSatisfy { table.column(document.dialect.columns[$0] ?? $0) != nil }
    }

    /// The text of a row's field, marked as mapped; nil where the column or the field is empty.
    func text(_ row: Int, _ column: String) -> String? {
        guard let text = peek(row, column) else { return nil }
        map(row, column)
        return text
    }

    /// The text of a row's field, without marking it.
    func peek(_ row: Int, _ column: String) -> String? {
        guard let place = places[column], place < table.rows[row].count else { return nil }
        let text = table.text(table.rows[row][place])
        return text.isEmpty ? nil : text
    }

    private func map(_ row: Int, _ column: String) {
        guard let place = places[column], place < table.rows[row].count else { return }
        ledger.map(table.rows[row][place].range)
    }

    /// A whole number; what is none is a finding and stays unmapped.
    func number(_ row: Int, _ column: String) -> Int? {
        guard let text = peek(row, column) else { return nil }
        guard let number = Int(text) else {
            note("number-unreadable", row, column)
            return nil
        }
        map(row, column)
        return number
    }

    /// Leaves a row's field out because an earlier row said the same.
    func ignore(_ row: Int, _ column: String, by rule: IgnoreRule) {
        guard let place = places[column], place < table.rows[row].count else { return }
        ledger.ignore(table.rows[row][place].range, by: rule)
    }

    /// Columns that the adapter does not know, by their names, as written.
    func others(_ row: Int) -> [String: String] {
        var kept: [String: String] = [:]
        for (place, field) in table.rows[row].enumerated() where !known.contains(place) {
            let text = table.text(field)
            guard !text.isEmpty, place < table.columns.count else { continue }
            ledger.map(field.range)
            kept[table.columns[place]] = text
        }
        return kept
    }

    /// `row 7`: rows are counted as an editor shows them, the header being row 1.
    func place(_ row: Int) -> String { "row \(row + 2)" }

    func note(
        _ code: String,
        _ row: Int,
        _ column: String? = nil,
        _ severity: Diagnostic.Severity = .warning
    ) {
        guard diagnostics.count < document.limits.findingsMax else { return }
        diagnostics.append(
            Diagnostic(
                code: code,
                location: place(row) + (column.map { ", column " + $0 } ?? ""),
                severity: severity,
                offset: table.rows[row].first?.range.lowerBound
            )
        )
    }

    /// A date or time: ISO 8601, or day/month/year with an optional time of day.
    func date(_ row: Int, _ column: String) -> PartialDate? {
        guard let text = peek(row, column) else { return nil }
        guard let date = DateText.read(text) else {
            // Never a guess: it stays unmapped, and the document as it was sent.
            note("date-unreadable", row, column)
            return nil
        }
        map(row, column)
        return date.assuming(document.dialect.zone)
    }

    func reference(_ row: Int) -> SourceReference {
        let fields = table.rows[row]
        let from = fields.first?.range.lowerBound ?? 0
        let to = fields.last?.range.upperBound ?? from
        return SourceReference(
            document: document.hash,
            path: place(row),
            offset: from,
            length: to - from
        )
    }

    func report(_ entries: [RecordEntry], adapter: String) -> IntakeReport {
        // What stands between the fields carries the structure.
        var at = 0
        for row in [table.header] + table.rows {
            for field in row {
                ledger.ignore(at..<max(field.range.lowerBound, at), by: .structure)
                at = max(at, field.range.upperBound)
            }
        }
        ledger.ignore(at..<document.bytes.count, by: .structure)
        var report = IntakeReport(adapter: adapter, ledger: ledger)
        report.entries = entries
        report.diagnostics = diagnostics
        return report
    }

    // MARK: The person

    static let personColumns = [
        "hospital_number", "nhs_number", "chi_number", "surname", "forename", "birth_date", "sex",
        "postcode",
    ]

    /// The person of a row, as an entry; nil, and an error, where the row names nobody.
    func person(_ row: Int) -> RecordEntry? {
        var statement = PatientStatement()
        for (column, system, type) in [
            ("hospital_number", document.dialect.localSystem, "MR"),
            ("nhs_number", IdentifierSystem.nhsNumber, "NH"),
            ("chi_number", IdentifierSystem.chiNumber, "NH"),
        ] {
            guard let value = text(row, column) else { continue }
            let identifier = Identifier(system: system, value: value, type: type)
            if system == nil { note("identifier-without-assigner", row, column, .note) }
            if let system, IdentifierSystem.isNational(system), identifier.nationalNumber == nil {
                note("check-digit-wrong", row, column)
            }
            statement.identifiers.append(identifier)
        }
        guard !statement.identifiers.isEmpty else {
            note("identifier-missing", row, nil, .error)
            return nil
        }
        let name = HumanName(family: text(row, "surname"), given: text(row, "forename"))
        if name != HumanName() { statement.names = [name] }
        statement.birthDate = date(row, "birth_date")
        statement.gender = text(row, "sex").map { AdministrativeGender(rawValue: $0) }
        if let postcode = text(row, "postcode") {
            statement.addresses = [Address(lines: [], postcode: postcode)]
        }
        let subject = SourcePatient(
            statement,
            silo: document.silo,
            document: document.hash,
            localSystem: document.dialect.localSystem
        )
        return RecordEntry(
            source: document.silo,
            content: .patient(statement),
            key: BusinessKey(assigner: nil, value: subject.base),
            subject: subject,
            status: .final,
            origin: reference(row)
        )
    }
}

/// Dates as people type them into tables.
enum DateText {
    /// ISO 8601, or `22/11/2026` with an optional ` 10:04`; nil for anything else, never a guess.
    static func read(_ text: String) -> PartialDate? {
        if let date = PartialDate(text) { return date }
        let halves = text.split(separator: " ", maxSplits: 1)
        if halves.count == 2, let date = PartialDate(halves[0] + "T" + halves[1]) { return date }
        let parts = (halves.first ?? "").split(separator: "/").compactMap { Int($0) }
        guard parts.count == 3, (1800...2199).contains(parts[2]) else { return nil }
        let day = pad(parts[2], 4) + "-" + pad(parts[1], 2) + "-" + pad(parts[0], 2)
        return PartialDate(halves.count == 2 ? day + "T" + halves[1] : day)
    }

    private static func pad(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
}
