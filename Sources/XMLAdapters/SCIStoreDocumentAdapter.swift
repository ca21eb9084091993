public import PortalIntake
import PortalRecord
import XMLSyntax

/// Letters and other documents in the manner of SCI Store, as XML.
///
/// - Shape: `Document { DocumentMetadata PatientInformation [DocumentData] }`: category with type and
///   subtype, identifier, revision, clinicians, consent, sensitivity, retirement, and the file in
///   Base64 with the name of its stylesheet, which nothing here ever runs. The names follow the
///   public service description of SCI Store; the shape, its namespace and its schema
///   `SCIStoreDocument.xsd` are ours, as <doc:SCIStore> says.
/// - Rule: DOMAIN 2 (SCI Store, document metadata); SAFETY S5, S6, S21.
///
///       <Category><Type code="CN">Clinic letter</Type></Category><Revision>2</Revision>
public struct SCIStoreDocumentAdapter: SourceAdapter {
    /// `sci-store-document`.
    public static let name = "sci-store-document"
    /// `xml`.
    public static let format = "xml"

    /// The namespace of the shape.
    public static let namespace = "urn:clinicalportal:sci-store-document:1"

    private static let root = XMLName(namespace: namespace, local: "Document")

    private static let single: Set<String> = [
        "DocumentIdentifier", "Revision", "Status", "Category", "Title", "Specialty",
        "Organisation", "ClinicalEventDate", "AttestationDateTime", "Created", "ConsentToShare",
        "PackageIdentifier", "IsRetired", "HasHistory", "IsLinked", "UniqueCarePathwayNumber",
    ]

    private static let people: [(element: String, role: String)] = [
        ("OriginatingHCP", "author"), ("AttestingHCP", "attester"),
        ("ReceivingHCP", "recipient"), ("CopiedHCP", "copied to"),
    ]

    /// Builds the adapter.
    public init() {}

    /// Whether the root is a `Document` of our namespace.
    public func recognises(_ document: SourceDocument) -> Bool {
        XMLDocument.rootName(document.bytes) == Self.root
    }

    /// States a document as entries: the person and the document.
    ///
    /// - Throws: ``IntakeError``: the syntax's codes, `root-unknown`, `element-missing` for one
    ///   without `DocumentMetadata` or `PatientInformation`, and `patient-repeated`.
    public func adapt(_ document: SourceDocument) throws(IntakeError) -> IntakeReport {
        let reading = try XMLReading(document)
        let root = try reading.root(Self.root)
        let parts: Set<String> = ["DocumentMetadata", "PatientInformation"]
        reading.strangers(in: root, besides: parts.union(["DocumentData"]), once: parts)
        let metadata = try reading.only("DocumentMetadata", of: root)
        let patient = try reading.only("PatientInformation", of: root)
        reading.strangers(
            in: metadata,
            besides: Self.single.union(Self.people.map(\.element))
                .union(["Sensitivity", "Keyword", "UserNote"]),
            once: Self.single
        )
        let statement = SCIGatewayPatient(reading).statement(patient)
        var person = document.person(
            statement,
            as: document.subject(statement),
            origin: reading.reference(patient)
        )
        person.findings = reading.diagnostics
        let noticed = reading.diagnostics.count
        var entry = letter(metadata, root, about: person.subject, reading)
        entry.findings = Array(reading.diagnostics.dropFirst(noticed))
        person.recorded = entry.recorded
        person.statusTime = entry.statusTime
        person.organisation = entry.organisation
        var report = IntakeReport(adapter: Self.name, ledger: reading.finishLedger())
        report.messageTime = entry.recorded
        report.sender = entry.organisation
        report.entries = [person, entry]
        report.diagnostics = reading.diagnosticsInOrder
        return report
    }

    private func letter(
        _ metadata: XMLElement,
        _ root: XMLElement,
        about subject: SourcePatient,
        _ reading: XMLReading
    ) -> RecordEntry {
        let category = reading.child("Category", of: metadata)
        reading.strangers(in: category, besides: ["Type", "SubType"], once: ["Type", "SubType"])
        let type = reading.concept(reading.child("Type", of: category))
        if type == nil { reading.note("category-missing", category ?? metadata) }
        var letter = ClinicalDocument(type: type ?? CodeableConcept(text: "Document"))
        letter.subtype = reading.concept(reading.child("SubType", of: category))
        letter.title = reading.text("Title", of: metadata)
        letter.specialty = reading.concept(reading.child("Specialty", of: metadata))
        let organisation = reading.organisation(reading.child("Organisation", of: metadata))
        letter.other["organisation code"] = organisation?.code?.token
        letter.other["organisation code type"] = organisation?.code?.type
        letter.other["organisation contact"] = organisation?.contact
        var number = reading.number(reading.child("DocumentIdentifier", of: metadata))
        if number != nil, number?.system == nil, let name = organisation?.name {
            // The number is the organisation's own.
            number?.system = IdentifierSystem.unmapped(namespace: name, universalID: "", type: "")
        }
        letter.number = number
        further(metadata, &letter, reading)
        for element in reading.children("DocumentData", of: root) {
            data(element, &letter, reading)
        }
        if letter.isBare { reading.note("document-without-content", root) }
        let labels = labels(metadata, &letter, reading)
        let isNumbered = number.map { !Placeholder.isIdentifier($0.value) } ?? false
        if !isNumbered { reading.note("document-number-missing", metadata) }
        let (status, word) = status(metadata, &letter, reading)
        var entry = RecordEntry(
            source: reading.document.silo,
            content: .clinicalDocument(letter),
            key: BusinessKey(
                assigner: isNumbered ? number?.system : nil,
                value: isNumbered ? number?.value ?? "" : reading.document.hash.hex,
                isAssigned: isNumbered
            ),
            subject: subject,
            status: status,
            origin: reading.reference(root)
        )
        entry.statusCode = word
        entry.sequence = reading.wholeNumber(reading.child("Revision", of: metadata))
        times(metadata, &entry, reading)
        entry.participants = people(metadata, reading)
        entry.organisation = organisation?.name
        entry.protect(labels)
        return entry
    }

    private func times(
        _ metadata: XMLElement,
        _ entry: inout RecordEntry,
        _ reading: XMLReading
    ) {
        entry.effective = reading.date(reading.child("ClinicalEventDate", of: metadata))
        let element = reading.child("AttestationDateTime", of: metadata)
        entry.issued = reading.date(element)
        entry.recorded = reading.date(reading.child("Created", of: metadata))
        let stated = entry.issued ?? entry.recorded
        let dialect = reading.document.dialect
        if let stated, !dialect.isBelievable(stated, messageTime: entry.recorded) {
            reading.note("status-time-in-future", element ?? metadata)
        } else {
            entry.statusTime = stated
        }
    }

    private func further(
        _ metadata: XMLElement,
        _ letter: inout ClinicalDocument,
        _ reading: XMLReading
    ) {
        letter.other["package"] = reading.text("PackageIdentifier", of: metadata)
        letter.other["has history"] = reading.text("HasHistory", of: metadata)
        letter.other["is linked"] = reading.text("IsLinked", of: metadata)
        letter.other["UCPN"] = reading.text("UniqueCarePathwayNumber", of: metadata)
        let words = reading.texts("Keyword", of: metadata)
        if !words.isEmpty { letter.other["keywords"] = words.joined(separator: ", ") }
        let notes = reading.children("UserNote", of: metadata).compactMap { reading.narrative($0) }
        for note in notes {
            letter.sections.append(DocumentSection(heading: "Note of a user", text: note))
        }
    }

    /// The file, or the words where they are sent as words.
    private func data(
        _ element: XMLElement,
        _ letter: inout ClinicalDocument,
        _ reading: XMLReading
    ) {
        let number = letter.attachments.count + 1
        let sheet = reading.attribute("stylesheet", of: element)
        if let sheet { letter.other["stylesheet of file " + String(number)] = sheet }
        let isText = reading.peek("encoding", of: element)?.lowercased() == "text"
        if isText, let text = reading.narrative(element) {
            _ = reading.attribute("encoding", of: element)
            letter.other["encoding of the text"] = reading.peek("encoding", of: element)
            letter.other["media type of the text"] = reading.attribute("mediaType", of: element)
            letter.sections.insert(
                DocumentSection(heading: reading.attribute("title", of: element), text: text),
                at: 0
            )
            return
        }
        letter.attachments.append(reading.file(element))
        if reading.peek("title", of: element) != nil {
            letter.other["file name of file " + String(number)] =
                reading.attribute("fileName", of: element)
        }
    }

    /// Who may not see it: what is said of its sensitivity, and a consent that was refused.
    ///
    /// - Rule: SAFETY S20, S21: a consent that cannot be read withholds.
    private func labels(
        _ metadata: XMLElement,
        _ letter: inout ClinicalDocument,
        _ reading: XMLReading
    ) -> Set<SecurityLabel> {
        var labels = SCIStoreReportHeader.labels(reading, metadata, &letter.other, "Sensitivity")
        guard let element = reading.child("ConsentToShare", of: metadata),
            let word = reading.text(element)
        else { return labels }
        letter.other["consent to share"] = word
        switch OptOutWords.read(word) {
        case true?: break
        case false?: labels.insert(.sealed)
        case nil:
            reading.note("consent-unreadable", element, severity: .error)
            labels.insert(SecurityLabel(rawValue: "unreadable"))
        }
        return labels
    }

    /// Retired is taken back, whatever else is said.
    private func status(
        _ metadata: XMLElement,
        _ letter: inout ClinicalDocument,
        _ reading: XMLReading
    ) -> (ResultStatus, String?) {
        let (status, word) = reading.status(reading.child("Status", of: metadata))
        guard let element = reading.child("IsRetired", of: metadata),
            let retired = reading.text(element)
        else { return (status ?? .final, word) }
        letter.other["is retired"] = retired
        switch OptOutWords.read(retired) {
        case true?:
            return (status?.isRetraction == true ? status ?? .withdrawn : .withdrawn, word)
        case false?: return (status ?? .final, word)
        case nil:
            reading.note("retirement-unreadable", element)
            return (status ?? .final, word)
        }
    }

    private func people(_ metadata: XMLElement, _ reading: XMLReading) -> [Practitioner] {
        Self.people.flatMap { element, role in
            reading.children(element, of: metadata).compactMap { person -> Practitioner? in
                reading.strangers(
                    in: person,
                    besides: ["Code", "Name"],
                    once: ["Code", "Name"]
                )
                let code = reading.number(reading.child("Code", of: person))
                let name = reading.name(reading.child("Name", of: person))
                guard code != nil || name != nil else { return nil }
                return Practitioner(identifier: code, name: name, role: role)
            }
        }
    }
}
