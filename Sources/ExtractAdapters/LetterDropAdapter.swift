import DelimitedSyntax
public import PortalIntake
import PortalRecord

/// A drop of letters: a table with a row a letter, and the PDF, RTF or text files beside it.
///
/// - Shape: a header row; a row a letter with `letter`, `file` and who it is about; `replaces` names
///   the letter whose place it takes. The text of text and RTF files is kept for reading and
///   search, unless the file's SHA-256 is not the one stated; every file is an attachment. Columns may be named otherwise in the site profile;
///   others are kept by name.
/// - Rule: DESIGN 3 (clinic and discharge letters, extract).
///
///       letter,file,type,title,date,hospital_number,surname,forename,birth_date
public struct LetterDropAdapter: SourceAdapter {
    /// `letter-drop`.
    public static let name = "letter-drop"
    /// `csv`.
    public static let format = "csv"

    static let columns =
        [
            "letter", "file", "sha256", "version", "type", "type_name", "title", "specialty",
            "date", "issued", "status", "replaces", "author_code", "author_name", "label",
        ] + TableReading.personColumns

    /// Builds the adapter.
    public init() {}

    /// Whether the header names letters and files.
    public func recognises(_ document: SourceDocument) -> Bool {
        TableReading.recognises(document, ["letter", "file"])
    }

    /// The files that the rows name.
    public func companions(of document: SourceDocument) -> [String] {
        guard let reading = try? Self.read(document) else { return [] }
        return reading.table.rows.indices.compactMap { reading.text($0, "file") }
    }

    private static func read(_ document: SourceDocument) throws(IntakeError) -> TableReading {
        try TableReading(document, columns: columns, required: ["letter", "file"])
    }

    /// States a drop as entries: the people and their letters.
    ///
    /// - Throws: ``IntakeError``: the syntax's codes and `column-missing`.
    public func adapt(_ document: SourceDocument) throws(IntakeError) -> IntakeReport {
        let reading = try Self.read(document)
        var entries: [RecordEntry] = []
        for row in reading.filledRows { entries += Self.entries(reading, row) }
        return reading.report(entries, adapter: Self.name)
    }

    private static func entries(_ reading: TableReading, _ row: Int) -> [RecordEntry] {
        reading.begin()
        let person = reading.person(row)
        var type = CodeableConcept(text: reading.text(row, "type_name"))
        if let code = reading.text(row, "type") { type.codings = [Coding(code: code)] }
        if type == CodeableConcept() { type.text = "Letter" }
        var letter = ClinicalDocument(type: type)
        letter.title = reading.text(row, "title")
        letter.specialty = reading.text(row, "specialty").map { CodeableConcept(text: $0) }
        let number = reading.text(row, "letter")
        if number == nil { reading.note("letter-number-missing", row, "letter") }
        letter.number = number.map { Identifier(system: nil, value: $0) }
        if let parent = reading.text(row, "replaces") {
            letter.parent = Identifier(system: nil, value: parent)
            letter.relation = .replaces
        }
        letter.other = reading.others(row)
        file(reading, row, &letter)
        let (status, word) = reading.status(row)
        var entry = RecordEntry(
            source: reading.document.silo,
            content: .clinicalDocument(letter),
            key: reading.key(number, row),
            subject: person.subject,
            status: status,
            origin: reading.reference(row)
        )
        entry.statusCode = word
        if let parent = letter.parent { entry.replaces = [parent.value] }
        entry.effective = reading.date(row, "date")
        entry.issued = reading.date(row, "issued")
        entry.statusTime = entry.issued ?? entry.effective
        entry.sequence = reading.number(row, "version")
        entry.participants = reading.practitioners(row, "author", role: "author")
        entry.labels = reading.labels(row)
        entry.findings = reading.findings
        return [person, entry]
    }

    private static func file(_ reading: TableReading, _ row: Int, _ letter: inout ClinicalDocument)
    {
        guard let name = reading.text(row, "file") else {
            reading.note("letter-file-missing", row, "file", .error)
            return
        }
        var attachment = Attachment(location: name)
        attachment.title = name
        let stated = reading.text(row, "sha256")
        if let stated {
            attachment.contentHash = ContentHash(hex: stated.lowercased())
            if attachment.contentHash == nil {
                reading.note("letter-hash-unreadable", row, "sha256", .error)
                letter.other["sha256 as written"] = stated
            }
        }
        defer { letter.attachments = [attachment] }
        guard FileType.staysInside(name) else {
            reading.note("letter-path-refused", row, "file", .error)
            return
        }
        guard let file = reading.document.files[name] else {
            reading.note("letter-missing", row, "file", .error)
            return
        }
        guard stated == nil || attachment.contentHash == file.hash else {
            // Another file than the one that was sent may be another person's letter: it is kept,
            // and none of its words are shown as this letter's.
            if attachment.contentHash != nil {
                reading.note("letter-hash-differs", row, "sha256", .error)
            }
            letter.other["sha256 as received"] = file.hash.hex
            if let stated { letter.other["sha256 as stated"] = stated }
            attachment.contentHash = nil
            return
        }
        attachment.contentHash = file.hash
        attachment.byteCount = file.bytes.count
        attachment.mediaType = file.mediaType
        switch file.mediaType {
        case "text/plain":
            let encoding = reading.document.dialect.charset
            letter.sections = [
                DocumentSection(text: PlainText.decode(file.bytes, undeclared: encoding))
            ]
        case "application/rtf":
            let rich = RichText.read(file.bytes)
            letter.sections = [DocumentSection(text: rich.text)]
            if !rich.isCharsetKnown { reading.note("letter-charset-unknown", row, "file") }
        case "application/pdf": break
        default: reading.note("letter-type-unknown", row, "file", .error)
        }
    }
}
