import DelimitedSyntax
public import PortalIntake
import PortalRecord

/// The index of scanned notes: a table with a row for each page, and the page files beside it.
///
/// - Shape: a header row; a row a page with `document`, `page`, `file` and, where the bureau has
///   them, `sha256`, `side`, `blank`, `pages`, `title`, `type` …; a trailer
///   `TRAILER,documents,pages`. Columns may be named otherwise in the site profile. Rows of one
///   document stand together. Columns that the adapter does not know are kept by name.
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
        return reading.table.rows.indices.compactMap { reading.text($0, "file") }
    }

    private static func read(_ document: SourceDocument) throws(IntakeError) -> TableReading {
        try TableReading(
            document,
            columns: columns,
            required: ["document", "page", "file"],
            trailer: "TRAILER"
        )
    }

    /// States a manifest as entries: the people, and an entry for each document.
    ///
    /// - Throws: ``IntakeError``: the syntax's codes, `column-missing`, and `trailer-missing` or
    ///   `trailer-differs` for a manifest that may have been cut.
    public func adapt(_ document: SourceDocument) throws(IntakeError) -> IntakeReport {
        let reading = try Self.read(document)
        let rows = try pages(reading)
        var entries: [RecordEntry] = []
        var at = rows.startIndex
        while at < rows.endIndex {
            let number = reading.text(at, "document")
            var end = at + 1
            while end < rows.endIndex, reading.text(end, "document") == number { end += 1 }
            entries += ManifestAssembly(reading, rows: at..<end).entries()
            at = end
        }
        return reading.report(entries, adapter: Self.name)
    }

    /// The rows before the trailer, which must count them.
    private func pages(_ reading: TableReading) throws(IntakeError) -> Range<Int> {
        let table = reading.table
        guard let last = table.rows.indices.last, let first = table.rows[last].first,
            table.text(first) == "TRAILER"
        else {
            throw IntakeError(
                code: "trailer-missing",
                location: "row \(table.rows.count + 1)",
                remedy: "ask the bureau for the whole manifest, with its trailer"
            )
        }
        let counts = table.rows[last].dropFirst().prefix(2).map { Int(table.text($0)) }
        let documents = Set((0..<last).compactMap { reading.text($0, "document") })
        guard counts.count == 2, counts[0] == documents.count, counts[1] == last else {
            throw IntakeError(
                code: "trailer-differs",
                location: reading.place(last),
                remedy: "ask the bureau for the whole manifest: its trailer counts other totals"
            )
        }
        for field in table.rows[last] { reading.ledger.ignore(field.range, by: .framing) }
        return 0..<last
    }
}

/// Puts together the rows of one document.
private struct ManifestAssembly {
    let reading: TableReading
    let rows: Range<Int>

    init(_ reading: TableReading, rows: Range<Int>) {
        self.reading = reading
        self.rows = rows
    }

    func entries() -> [RecordEntry] {
        let noticed = reading.diagnostics.count
        let first = rows.lowerBound
        guard let person = reading.person(first) else { return [] }
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
        var entry = RecordEntry(
            source: reading.document.silo,
            content: .scannedDocument(scanned),
            key: BusinessKey(
                assigner: nil,
                value: number ?? reading.document.hash.hex + "/" + String(first),
                isAssigned: number != nil
            ),
            subject: person.subject,
            status: status(first),
            origin: reading.reference(first)
        )
        entry.statusCode = reading.text(first, "status")
        entry.effective = reading.date(first, "date")
        entry.recorded = reading.date(first, "indexed")
        entry.statusTime = entry.recorded
        entry.sequence = reading.number(first, "version")
        if let code = reading.text(first, "label") {
            if let label = reading.document.dialect.labels[code] {
                entry.labels = [label]
            } else {
                // A label that nobody defined withholds (SAFETY S21).
                entry.labels = [SecurityLabel(rawValue: code)]
            }
        }
        entry.findings = Array(reading.diagnostics.dropFirst(noticed))
        return [person, entry]
    }

    private func status(_ row: Int) -> ResultStatus {
        switch reading.text(row, "status")?.lowercased() {
        case "withdrawn", "deleted", "retired": .withdrawn
        case "wrong patient": .wrongPatient
        case "corrected", "replaced": .corrected
        default: .final
        }
    }

    /// A document's later rows repeat what the first says; where they differ, that is kept.
    private func repeated(_ row: Int, _ scanned: inout ScannedDocument) {
        let shared =
            [
                "batch", "document", "version", "pages", "title", "type", "type_name", "specialty",
                "date", "indexed", "status", "label",
            ] + TableReading.personColumns
        for column in shared {
            if reading.peek(rows.lowerBound, column) == reading.peek(row, column) {
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
            page.isBlank = ["Y", "y", "yes", "Yes", "1", "true"].contains(blank)
            if !page.isBlank { scanned.other["blank, " + reading.place(row)] = blank }
        }
        if let stated = reading.text(row, "sha256") {
            page.stated = ContentHash(hex: stated.lowercased())
            if page.stated == nil { reading.note("page-hash-unreadable", row, "sha256", .error) }
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
        if numbers != Array(1..<(numbers.count + 1)) {
            reading.note(
                Set(numbers).count < numbers.count ? "page-repeated" : "page-gap",
                rows.lowerBound,
                "page",
                .error
            )
        }
        if let count = scanned.pageCount, count != scanned.pages.count {
            reading.note("page-count-differs", rows.lowerBound, "pages", .error)
        }
    }
}
