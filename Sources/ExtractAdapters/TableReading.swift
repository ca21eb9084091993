import DelimitedSyntax
import PortalBytes
import PortalIntake
import PortalRecord

/// A delimited file while an adapter reads it: whatever is taken is marked in the ledger.
final class TableReading {
    let document: SourceDocument
    let table: DelimitedTable
    var ledger: ByteLedger
    private var diagnostics: [Diagnostic] = []
    private var leftOutCount = 0
    /// What was noticed of the entry at work: its own, however many others the file gave.
    private(set) var findings: [Diagnostic] = []
    /// The columns that the adapter knows, by its own names.
    private let places: [String: Int]
    private let known: Set<Int>
    /// Rows and files by whose they are.
    private var shares: [SourcePatientID: PatientShare] = [:]

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
            throw IntakeError(error)
        }
        var places: [String: Int] = [:]
        for name in columns {
            let own = document.dialect.columns[name] ?? name
            places[name] = table.column(own)
            // `Label` beside `label`: which of them is meant is no guess of ours.
            guard table.columns.count(where: { $0.lowercased() == own.lowercased() }) < 2 else {
                throw IntakeError(
                    code: "column-repeated",
                    location: "row 1, column " + name,
                    remedy: "name each column once",
                    offset: 0
                )
            }
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
        let line = document.bytes.prefix(65_536).drop { $0 == 0x0A || $0 == 0x0D }
            .prefix { $0 != 0x0A && $0 != 0x0D }
        guard let table = try? DelimitedTable.read(line, undeclared: document.dialect.charset)
        else { return false }
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
        add(
            Diagnostic(
                code: code,
                location: place(row) + (column.map { ", column " + $0 } ?? ""),
                severity: severity,
                offset: table.rows[row].first?.range.lowerBound
            )
        )
    }

    private func add(_ finding: Diagnostic) {
        if findings.count < document.limits.findingsMax { findings.append(finding) }
        if diagnostics.count < document.limits.findingsMax {
            diagnostics.append(finding)
        } else {
            leftOutCount += 1
        }
    }

    /// Begins the next entry, of which nothing has been noticed yet.
    func begin() { findings = [] }

    /// The rows that hold anything: a spreadsheet writes rows of nothing but delimiters.
    var filledRows: [Int] {
        table.rows.indices.filter { row in
            table.rows[row].contains { !$0.range.isEmpty && !table.text($0).isEmpty }
        }
    }

    /// What a row is filed under: its number, else the row itself, which nobody assigned.
    func key(_ number: String?, _ row: Int) -> BusinessKey {
        BusinessKey(
            assigner: nil,
            value: number ?? document.hash.hex + "/" + String(row),
            isAssigned: number != nil
        )
    }

    /// Who stands in the columns `PREFIX_code` and `PREFIX_name`.
    func practitioners(_ row: Int, _ prefix: String, role: String) -> [Practitioner] {
        let code = text(row, prefix + "_code")
        let name = text(row, prefix + "_name")
        guard code != nil || name != nil else { return [] }
        return [
            Practitioner(
                identifier: code.map { Identifier(system: nil, value: $0) },
                name: name.map { HumanName(family: $0) },
                role: role
            )
        ]
    }

    /// The labels of a row; a label that nobody defined withholds (SAFETY S21).
    func labels(_ row: Int) -> [SecurityLabel] {
        guard let word = text(row, "label") else { return [] }
        return document.dialect.label(of: word).map { [$0] } ?? []
    }

    /// A row's status, and the sender's word for it; an unknown word is a finding.
    func status(_ row: Int) -> (ResultStatus, String?) {
        guard let word = text(row, "status") else { return (.final, nil) }
        guard let status = StatusWords.read(word, document.dialect) else {
            note("status-unknown", row, "status")
            return (.final, word)
        }
        return (status, word)
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

    /// Where a row stands, or rows that follow each other.
    func reference(_ row: Int, through last: Int? = nil) -> SourceReference {
        let last = last ?? row
        let from = table.rows[row].first?.range.lowerBound ?? 0
        let to = table.rows[last].last?.range.upperBound ?? from
        return SourceReference(
            document: document.hash,
            path: last == row ? place(row) : "rows \(row + 2) to \(last + 2)",
            offset: from,
            length: to - from
        )
    }

    /// The report of a file whose rows have been read; `isCounted` where a trailer shows that it
    /// is whole.
    func report(
        _ entries: [RecordEntry],
        adapter: String,
        isCounted: Bool = false
    ) -> IntakeReport {
        var entries = entries
        if !isCounted, let row = table.rows.indices.last, let byte = document.bytes.last,
            byte != 0x0A, byte != 0x0D
        {
            // Nothing tells a last value that was cut from one that was not.
            begin()
            note("last-row-unterminated", row, nil, .note)
            for index in entries.indices where entries[index].origin.path == place(row) {
                entries[index].findings += findings
            }
        }
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
        report.shares = shares.values.sorted { $0.subject < $1.subject }
        if leftOutCount > 0, report.diagnostics.popLast() != nil {
            // In the place of the last, as the limit holds for this one too.
            report.diagnostics.append(
                Diagnostic(
                    code: "findings-left-out",
                    location: "\(leftOutCount + 1) more in this file",
                    severity: .error
                )
            )
        }
        return report
    }

    // MARK: The person

    static let personColumns = [
        "hospital_number", "nhs_number", "chi_number", "surname", "forename", "birth_date", "sex",
        "postcode",
    ]

    /// The person of rows, as the first of them says, as an entry.
    ///
    /// A row without a number is an error and is filed under itself: it links to nobody.
    func person(_ row: Int, alsoOf rows: [Int] = []) -> RecordEntry {
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
        if statement.identifiers.isEmpty { note("identifier-missing", row, nil, .error) }
        let name = HumanName(family: text(row, "surname"), given: text(row, "forename"))
        if name != HumanName() { statement.names = [name] }
        statement.birthDate = date(row, "birth_date")
        statement.gender = text(row, "sex").map { AdministrativeGender(rawValue: $0) }
        if let postcode = text(row, "postcode") {
            statement.addresses = [Address(lines: [], postcode: postcode)]
        }
        // Two rows without an assigned number are not one person for standing in one file.
        let subject = document.subject(statement, part: row)
        for row in Set([row] + rows).sorted() { give(row, to: subject.id) }
        return document.person(statement, as: subject, origin: reference(row))
    }

    /// Notes whose a row is, and the file that it names.
    private func give(_ row: Int, to subject: SourcePatientID) {
        // In place: a copy of what is known for every row would cost as much as all rows before it.
        let fields = table.rows[row]
        if let first = fields.first, let last = fields.last {
            shares[subject, default: PatientShare(subject: subject)].ranges
                .append(first.range.lowerBound..<last.range.upperBound)
        }
        if let file = peek(row, "file").flatMap({ document.files[$0] }) {
            shares[subject, default: PatientShare(subject: subject)].files.append(file.hash)
        }
    }
}
