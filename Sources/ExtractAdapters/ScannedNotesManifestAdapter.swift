import DelimitedSyntax
public import PortalIntake
import PortalRecord

/// The index of scanned notes: a table with a row for each page, and the page files beside it.
///
/// - Shape: a header row; a row a page with `document`, `page`, `file` and, where the bureau has
///   them, `sha256`, `side`, `blank`, `pages`, `title`, `type` …; a trailer
///   `TRAILER,documents,pages`. Columns may be named otherwise in the site profile. Rows of one
///   number are one document; a row without a number is one by itself. Columns that the adapter
///   does not know are kept by name.
/// - Rule: DOMAIN 6e; BS 10008 (both sides, blanks, sequence, batch totals); SAFETY S25 and
///   Failures 2 (PHE 2020): a manifest whose trailer is missing or does not count is held whole.
///
///       batch,document,page,file,sha256,hospital_number,surname,forename,birth_date,title,date
public struct ScannedNotesManifestAdapter: SourceAdapter {
    /// `scanned-notes-manifest`.
    public static let name = "scanned-notes-manifest"
    /// `csv`.
    public static let format = "csv"

    static let columns =
        [
            "batch", "document", "version", "page", "side", "blank", "file", "sha256", "pages",
            "title", "type", "type_name", "specialty", "date", "indexed", "status", "label",
        ] + TableReading.personColumns

    /// Builds the adapter.
    public init() {}

    /// Whether the header names documents, pages and files.
    public func recognises(_ document: SourceDocument) -> Bool {
        TableReading.recognises(document, ["document", "page", "file"])
    }

    /// The page files that the rows name.
    public func companions(of document: SourceDocument) -> [String] {
        guard let reading = try? Self.read(document) else { return [] }
        return reading.table.rows.indices.filter { !Self.isTrailer(reading, $0) }
            .compactMap { reading.peek($0, "file") }
    }

    private static let trailer = "TRAILER"

    private static func isTrailer(_ reading: TableReading, _ row: Int) -> Bool {
        reading.table.rows[row].first.map(reading.table.text) == trailer
    }

    private static func read(_ document: SourceDocument) throws(IntakeError) -> TableReading {
        try TableReading(
            document,
            columns: columns,
            required: ["document", "page", "file"],
            trailer: trailer
        )
    }

    /// States a manifest as entries: the people, and an entry for each document.
    ///
    /// - Throws: ``IntakeError``: the syntax's codes, `column-missing`, `trailer-missing` or
    ///   `trailer-differs` for a manifest that may have been cut, and `document-names-two-people`
    ///   where pages of one document are said to be of different people.
    public func adapt(_ document: SourceDocument) throws(IntakeError) -> IntakeReport {
        let reading = try Self.read(document)
        var entries: [RecordEntry] = []
        for rows in Self.documents(reading, try Self.pages(reading)) {
            try Self.checkPerson(reading, rows)
            entries += ManifestAssembly(reading, rows).entries()
        }
        return reading.report(entries, adapter: Self.name, isCounted: true)
    }

    /// The rows before the trailer, which must count them.
    private static func pages(_ reading: TableReading) throws(IntakeError) -> [Int] {
        var rows = reading.filledRows
        guard let last = rows.popLast(), isTrailer(reading, last) else {
            throw IntakeError(
                code: "trailer-missing",
                location: "row \(reading.table.rows.count + 1)",
                remedy: "ask the bureau for the whole manifest, with its trailer"
            )
        }
        let trailer = reading.table.rows[last]
        let counts = trailer.dropFirst().prefix(2).map { Int(reading.table.text($0)) }
        let numbers = Set(rows.compactMap { row in reading.peek(row, "document") })
        guard counts.count == 2, counts[0] == numbers.count, counts[1] == rows.count,
            !rows.contains(where: { isTrailer(reading, $0) })
        else {
            throw IntakeError(
                code: "trailer-differs",
                location: reading.place(last),
                remedy: "ask the bureau for the whole manifest: its trailer counts other totals"
            )
        }
        for field in trailer.prefix(3) { reading.ledger.ignore(field.range, by: .framing) }
        return rows
    }

    /// The rows of each document, in order of their first.
    private static func documents(_ reading: TableReading, _ rows: [Int]) -> [[Int]] {
        var documents: [[Int]] = []
        var places: [[UInt8]: Int] = [:]
        for row in rows {
            if let number = reading.peek(row, "document").map({ Array($0.utf8) }) {
                if let place = places[number] {
                    documents[place].append(row)
                    continue
                }
                places[number] = documents.count
            }
            documents.append([row])
        }
        return documents
    }

    /// Pages of two people in one document are filed for neither.
    ///
    /// A later row may leave all of the person out. Two numbers in two columns may be two people, so
    /// that a row must share one with the first, or state none; beside a number that is shared a
    /// name that is spelt otherwise is a finding.
    private static func checkPerson(
        _ reading: TableReading,
        _ rows: [Int]
    ) throws(IntakeError) {
        var stated: [String: String] = [:]
        for row in rows {
            var own: [String: String] = [:]
            for column in TableReading.personColumns {
                guard let text = reading.peek(row, column) else { continue }
                switch column {
                case "birth_date": own[column] = DateText.read(text)?.description ?? text
                case "sex", "postcode": break
                case "surname", "forename": own[column] = NameFolding.fold(text)
                default: own[column] = String(text.filter { $0 != " " })
                }
            }
            guard !own.isEmpty else { continue }
            if stated.isEmpty { stated = own }
            let numbers = ["hospital_number", "nhs_number", "chi_number"]
            let shares = numbers.contains { own[$0] != nil && own[$0] == stated[$0] }
            let hasNumber = numbers.contains { own[$0] != nil }
            let differs = TableReading.personColumns.first { column in
                guard let value = own[column], let before = stated[column] else { return false }
                let isName = column == "surname" || column == "forename"
                return value != before && !(isName && shares)
            }
            guard differs == nil, shares || !hasNumber else {
                throw IntakeError(
                    code: "document-names-two-people",
                    location: reading.place(row) + (differs.map { ", column " + $0 } ?? ""),
                    remedy: "ask the bureau whose document it is",
                    offset: reading.table.rows[row].first?.range.lowerBound
                )
            }
        }
    }
}

/// Puts together the rows of one document.
private struct ManifestAssembly {
    let reading: TableReading
    let rows: [Int]
    /// The first of them, which says what all have in common.
    let first: Int

    init(_ reading: TableReading, _ rows: [Int]) {
        self.reading = reading
        self.rows = rows
        first = rows.first ?? 0
    }

    /// The last row that follows the first without another document's between.
    private var last: Int {
        zip(rows, first...).reduce(first) { $1.0 == $1.1 ? $1.0 : $0 }
    }

    func entries() -> [RecordEntry] {
        reading.begin()
        let person = reading.person(first, alsoOf: rows)
        var type = CodeableConcept(text: reading.text(first, "type_name"))
        if let code = reading.text(first, "type") { type.codings = [Coding(code: code)] }
        if type == CodeableConcept() { type.text = "Scanned paper" }
        var scanned = ScannedDocument(type: type)
        scanned.title = reading.text(first, "title")
        scanned.specialty = reading.text(first, "specialty").map { CodeableConcept(text: $0) }
        scanned.batch = reading.text(first, "batch")
        scanned.pageCount = reading.number(first, "pages")
        for row in rows { scanned.pages.append(page(row, &scanned)) }
        scanned.pages.sort { ($0.number, $0.file ?? "") < ($1.number, $1.file ?? "") }
        for row in rows.dropFirst() { repeated(row, &scanned) }
        for row in rows {
            for (name, value) in reading.others(row) {
                scanned.other[row == first ? name : name + ", " + reading.place(row)] = value
            }
        }
        check(scanned)
        let number = reading.text(first, "document")
        if number == nil { reading.note("document-number-missing", first, "document", .error) }
        let (status, word) = reading.status(first)
        var entry = RecordEntry(
            source: reading.document.silo,
            content: .scannedDocument(scanned),
            key: reading.key(number, first),
            subject: person.subject,
            status: status,
            origin: reading.reference(first, through: last)
        )
        entry.statusCode = word
        entry.effective = reading.date(first, "date")
        entry.recorded = reading.date(first, "indexed")
        entry.statusTime = entry.recorded
        entry.sequence = reading.number(first, "version")
        // A label on one page is a label on the document.
        for label in rows.flatMap(reading.labels) where !entry.labels.contains(label) {
            entry.labels.append(label)
        }
        entry.findings = reading.findings
        return [person, entry]
    }

    /// A document's later rows repeat what the first says; where they differ, that is kept.
    private func repeated(_ row: Int, _ scanned: inout ScannedDocument) {
        let shared =
            [
                "batch", "document", "version", "pages", "title", "type", "type_name", "specialty",
                "date", "indexed", "status", "label",
            ] + TableReading.personColumns
        for column in shared {
            if reading.peek(first, column) == reading.peek(row, column) {
                reading.ignore(row, column, by: .repeated)
            } else {
                reading.note("row-disagrees", row, column, .error)
                scanned.other[column + ", " + reading.place(row)] = reading.text(row, column) ?? ""
            }
        }
    }

    private func page(_ row: Int, _ scanned: inout ScannedDocument) -> ScannedPage {
        let number = reading.number(row, "page")
        var page = ScannedPage(number: number ?? 0, file: reading.text(row, "file"))
        page.side = reading.text(row, "side")
        if let blank = reading.text(row, "blank") {
            let word = blank.lowercased()
            page.isBlank = ["y", "yes", "1", "true"].contains(word)
            if !page.isBlank, !["n", "no", "0", "false"].contains(word) {
                reading.note("blank-unknown", row, "blank")
                scanned.other["blank, " + reading.place(row)] = blank
            }
        }
        if let stated = reading.text(row, "sha256") {
            page.stated = ContentHash(hex: stated.lowercased())
            if page.stated == nil {
                reading.note("page-hash-unreadable", row, "sha256", .error)
                scanned.other["sha256 as written, " + reading.place(row)] = stated
            }
        }
        guard let name = page.file else {
            reading.note("page-file-missing", row, "file", .error)
            return page
        }
        guard FileType.staysInside(name) else {
            reading.note("page-path-refused", row, "file", .error)
            return page
        }
        guard let file = reading.document.files[name] else {
            reading.note("page-missing", row, "file", .error)
            return page
        }
        page.received = file.hash
        page.mediaType = file.mediaType
        if let stated = page.stated, stated != file.hash {
            reading.note("page-hash-differs", row, "sha256", .error)
        }
        let images = ["image/tiff", "image/png", "image/jpeg", "application/pdf"]
        if !images.contains(file.mediaType ?? "") {
            reading.note("page-type-unknown", row, "file", .error)
        }
        return page
    }

    /// Page numbers run from one without a gap, and are as many as indexed.
    private func check(_ scanned: ScannedDocument) {
        let numbers = scanned.pages.map(\.number)
        let distinct = Set(numbers).sorted()
        if distinct.count < numbers.count { reading.note("page-repeated", first, "page", .error) }
        if distinct != Array(1..<(distinct.count + 1)) {
            reading.note("page-gap", first, "page", .error)
        }
        if let count = scanned.pageCount, count != scanned.pages.count {
            reading.note("page-count-differs", first, "pages", .error)
        }
    }
}
