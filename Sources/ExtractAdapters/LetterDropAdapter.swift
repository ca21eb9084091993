import DelimitedSyntax
public import PortalIntake
import PortalRecord

/// A drop of letters: a table with a row a letter, and the PDF, RTF or text files beside it.
///
/// - Shape: a header row; a row a letter with `letter`, `file` and who it is about; `replaces` names
///   the letter whose place it takes. The text of text and RTF files is kept for reading and
///   search; every file is an attachment. Columns may be named otherwise in the site profile;
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
        for row in reading.table.rows.indices { entries += Self.entries(reading, row) }
        return reading.report(entries, adapter: Self.name)
    }

    private static func entries(_ reading: TableReading, _ row: Int) -> [RecordEntry] {
        let noticed = reading.diagnostics.count
        guard let person = reading.person(row) else { return [] }
        var type = CodeableConcept(text: reading.text(row, "type_name"))
        if let code = reading.text(row, "type") { type.codings = [Coding(code: code)] }
        if type == CodeableConcept() { type.text = "Letter" }
        var letter = ClinicalDocument(type: type)
        letter.title = reading.text(row, "title")
        letter.specialty = reading.text(row, "specialty").map { CodeableConcept(text: $0) }
        let number = reading.text(row, "letter")
        letter.number = number.map { Identifier(system: nil, value: $0) }
        if let parent = reading.text(row, "replaces") {
            letter.parent = Identifier(system: nil, value: parent)
            letter.relation = .replaces
        }
        letter.other = reading.others(row)
        file(reading, row, &letter)
        let status = reading.text(row, "status")
        var entry = RecordEntry(
            source: reading.document.silo,
            content: .clinicalDocument(letter),
            key: BusinessKey(
                assigner: nil,
                value: number ?? reading.document.hash.hex + "/" + String(row),
                isAssigned: number != nil
            ),
            subject: person.subject,
            status: self.status(status),
            origin: reading.reference(row)
        )
        entry.statusCode = status
        if let parent = letter.parent { entry.replaces = [parent.value] }
        entry.effective = reading.date(row, "date")
        entry.issued = reading.date(row, "issued")
        entry.statusTime = entry.issued ?? entry.effective
        entry.sequence = reading.number(row, "version")
        let code = reading.text(row, "author_code")
        let name = reading.text(row, "author_name")
        if code != nil || name != nil {
            entry.participants = [
                Practitioner(
                    identifier: code.map { Identifier(system: nil, value: $0) },
                    name: name.map { HumanName(family: $0) },
                    role: "author"
                )
            ]
        }
        if let label = reading.text(row, "label") {
            entry.labels = [
                reading.document.dialect.labels[label] ?? SecurityLabel(rawValue: label)
            ]
        }
        entry.findings = Array(reading.diagnostics.dropFirst(noticed))
        return [person, entry]
    }

    private static func status(_ text: String?) -> ResultStatus {
        switch text?.lowercased() {
        case "withdrawn", "cancelled": .withdrawn
        case "wrong patient": .wrongPatient
        case "draft", "dictated", "preliminary": .preliminary
        case "corrected", "amended": .amended
        default: .final
        }
    }

    private static func file(_ reading: TableReading, _ row: Int, _ letter: inout ClinicalDocument)
    {
        guard let name = reading.text(row, "file") else {
            reading.note("letter-file-missing", row, "file", .error)
            return
        }
        var attachment = Attachment(location: name)
        let stated = reading.text(row, "sha256")
        if let stated {
            attachment.contentHash = ContentHash(hex: stated.lowercased())
            if attachment.contentHash == nil { letter.other["sha256 as written"] = stated }
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
        if stated != nil, attachment.contentHash != file.hash {
            reading.note("letter-hash-differs", row, "sha256", .error)
            letter.other["sha256 as received"] = file.hash.hex
        } else {
            attachment.contentHash = file.hash
        }
        attachment.byteCount = file.bytes.count
        attachment.mediaType = file.mediaType
        switch file.mediaType {
        case "text/plain":
            let encoding = reading.document.dialect.charset
            letter.sections = [
                DocumentSection(text: PlainText.decode(file.bytes, undeclared: encoding))
            ]
        case "application/rtf": letter.sections = [DocumentSection(text: RichText.text(file.bytes))]
        case "application/pdf": break
        default: reading.note("letter-type-unknown", row, "file", .error)
        }
    }
}
