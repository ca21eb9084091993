import PortalIntake
import PortalRecord
import XMLSyntax

/// What one `ExtrinsicObject` says of a document and of the person whom it is about.
///
/// - Rule: IHE ITI TF-3 section 4.2.3.2; SAFETY S5, S21.
struct XDSDocumentEntry {
    private let registry: XDSRegistry
    private let element: XMLElement
    private var reading: XMLReading { registry.reading }

    init(_ registry: XDSRegistry, _ element: XMLElement) {
        self.registry = registry
        self.element = element
    }

    // MARK: The person

    /// `sourcePatientId`, the registry's own number, and `sourcePatientInfo`, which is PID in parts.
    func patient() -> PatientStatement {
        var statement = PatientStatement()
        let numbers =
            registry.slot("sourcePatientId", of: element)
            + [registry.identifier(.patientID, of: element)].compactMap { $0 }
        for number in numbers {
            guard let identifier = identifier(number),
                !statement.identifiers.contains(identifier)
            else { continue }
            if let system = identifier.system, IdentifierSystem.isNational(system),
                identifier.nationalNumber == nil
            {
                reading.note("check-digit-wrong", element)
            }
            statement.identifiers.append(identifier)
        }
        for line in registry.slot("sourcePatientInfo", of: element) {
            let parts = line.split(separator: "|", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { continue }
            let value = parts[1]
            switch parts[0] {
            case "PID-5": if let name = name(value) { statement.names.append(name) }
            case "PID-7": statement.birthDate = time(value)
            case "PID-8": statement.gender = AdministrativeGender(rawValue: value)
            case "PID-11":
                let lines = XDSDocumentEntry.components(value)
                var address = Address(lines: lines.prefix(4).filter { !$0.isEmpty })
                address.postcode = lines.count > 4 && !lines[4].isEmpty ? lines[4] : nil
                address.country = lines.count > 5 && !lines[5].isEmpty ? lines[5] : nil
                statement.addresses.append(address)
            default: break
            }
        }
        if statement.identifiers.isEmpty { reading.note("identifier-missing", element) }
        if statement.names.isEmpty { reading.note("name-missing", element, severity: .note) }
        return statement
    }

    func person(_ statement: PatientStatement, _ subject: SourcePatient) -> RecordEntry {
        var person = reading.document.person(
            statement,
            as: subject,
            origin: reading.reference(element)
        )
        person.statusTime = created
        return person
    }

    // MARK: The document

    private var created: PartialDate? {
        registry.slot("creationTime", of: element).first.flatMap { time($0) }
    }

    func entry(about subject: SourcePatient) -> RecordEntry {
        let number = registry.identifier(.uniqueID, of: element)
        if number == nil { reading.note("document-number-missing", element) }
        let key =
            number.map { BusinessKey(assigner: nil, value: $0) }
            ?? BusinessKey(
                assigner: nil,
                value: reading.document.hash.hex,
                part: reading.peek("id", of: element),
                isAssigned: false
            )
        let lineage = registry.lineage(of: reading.peek("id", of: element))
        let labels = labels()
        let participants = authors()
        var entry = RecordEntry(
            source: reading.document.silo,
            content: content(number, lineage),
            key: key,
            subject: subject,
            status: .final,
            origin: reading.reference(element)
        )
        let start = registry.slot("serviceStartTime", of: element).first.flatMap { time($0) }
        entry.effective = start ?? created
        entry.issued = created
        entry.statusTime = created
        entry.labels = labels
        entry.participants = participants
        let institutions = registry.classifications(.author, of: element).flatMap {
            registry.slot("authorInstitution", of: $0)
        }
        entry.organisation = institutions.first.map { XDSDocumentEntry.components($0)[0] }
        if let lineage, lineage.0 == .replaces { entry.replaces = [lineage.1] }
        return entry
    }

    private func content(
        _ number: String?,
        _ lineage: (ClinicalDocument.Relation, String)?
    ) -> EntryContent {
        let types =
            registry.codes(.typeCode, of: element) + registry.codes(.classCode, of: element)
        let specialty = registry.codes(.practiceSetting, of: element).first
            .map { CodeableConcept(codings: [$0]) }
        let file = file()
        let isScan = registry.codes(.formatCode, of: element).contains {
            // Scanned documents of ITI XDS-SD.
            $0.code?.hasPrefix("urn:ihe:iti:xds-sd:") ?? false
        }
        if isScan {
            var scanned = ScannedDocument(type: CodeableConcept(codings: types))
            scanned.title = registry.name(of: element)
            scanned.specialty = specialty
            var page = ScannedPage(number: 1, file: file.location ?? number)
            page.mediaType = file.mediaType
            scanned.pages = [page]
            scanned.relation = lineage?.0
            scanned.parent = lineage.map { Identifier(system: nil, value: $0.1) }
            scanned.registryName = registryName
            scanned.other = registry.rest(of: element)
            return .scannedDocument(scanned)
        }
        var document = ClinicalDocument(type: CodeableConcept(codings: types))
        document.title = registry.name(of: element)
        document.specialty = specialty
        document.number = number.map { Identifier(system: nil, value: $0) }
        document.relation = lineage?.0
        document.parent = lineage.map { Identifier(system: nil, value: $0.1) }
        document.registryName = registryName
        if let status = reading.peek("status", of: element)?.split(separator: ":").last {
            // HL7 table 0273 has the same two: available for care, obsolete.
            document.availability =
                status == "Deprecated" ? "OB" : status == "Approved" ? "AV" : String(status)
        }
        document.attachments = [file]
        // Last, because it takes whatever is left.
        document.other = registry.rest(of: element)
        return .clinicalDocument(document)
    }

    /// The registry's name of the entry; within a submission it may be called anything.
    private var registryName: String? {
        guard reading.peek("id", of: element)?.hasPrefix("urn:uuid:") ?? false else { return nil }
        return reading.attribute("id", of: element)
    }

    /// The file: where the repository has it, or as it was sent along.
    private func file() -> Attachment {
        var file = Attachment(
            mediaType: reading.peek("mimeType", of: element),
            location: registry.slot("URI", of: element).first
                ?? registry.slot("repositoryUniqueId", of: element).first
        )
        file.title = registry.name(of: element)
        file.byteCount = registry.slot("size", of: element).first.flatMap { Int($0) }
        guard let id = reading.peek("id", of: element), let sent = registry.files[id] else {
            return file
        }
        let texts = reading.xml.texts(of: sent).filter { reading.place(of: $0) != nil }
        guard !texts.isEmpty else { return file }
        let bytes = texts.reduce(into: [UInt8]()) { $0 += reading.xml.utf8(of: $1) }
        file.encoding = "B64"
        file.contentHash = ContentHash(of: bytes[...])
        file.byteCount = bytes.count
        file.chunks = texts.map { text in
            reading.ledger.map(text.range)
            return SourceRange(
                path: reading.xml.path(of: sent),
                offset: text.range.lowerBound,
                length: text.range.count
            )
        }
        return file
    }

    private func labels() -> [SecurityLabel] {
        let labels = registry.codes(.confidentiality, of: element).compactMap { coding in
            coding.code.flatMap { reading.document.dialect.label(of: $0) }
        }
        if labels.contains(where: { !SecurityLabel.known.contains($0) }) {
            reading.note("label-unknown", element)
        }
        return Set(labels).sorted()
    }

    private func authors() -> [Practitioner] {
        let authors = registry.classifications(.author, of: element).flatMap {
            registry.slot("authorPerson", of: $0)
        }.compactMap { practitioner($0, role: "author") }
        return authors
            + registry.slot("legalAuthenticator", of: element)
            .compactMap { practitioner($0, role: "legal authenticator") }
    }

    // MARK: HL7 v2 data types inside values

    private static func components(_ text: String) -> [String] {
        text.split(separator: "^", omittingEmptySubsequences: false).map(String.init)
    }

    private func time(_ text: String) -> PartialDate? {
        CDATime.read(text)?.assuming(reading.document.dialect.zone)
    }

    /// CX: the number, and behind three carets its assigner.
    private func identifier(_ text: String) -> Identifier? {
        let parts = XDSDocumentEntry.components(text)
        guard !parts[0].isEmpty else { return nil }
        let assigner =
            parts.count > 3
            ? parts[3].split(separator: "&", omittingEmptySubsequences: false).map(String.init) : []
        let system = reading.document.dialect.system(
            namespace: assigner.first ?? "",
            universalID: assigner.count > 1 ? assigner[1] : "",
            type: assigner.count > 2 ? assigner[2] : ""
        )
        return Identifier(
            system: system,
            value: parts[0],
            type: parts.count > 4 && !parts[4].isEmpty ? parts[4] : nil
        )
    }

    /// XPN.
    private func name(_ text: String) -> HumanName? {
        let parts = XDSDocumentEntry.components(text).map { $0.isEmpty ? nil : $0 }
        func part(_ index: Int) -> String? { index < parts.count ? parts[index] : nil }
        let name = HumanName(
            family: part(0),
            given: part(1),
            middle: part(2),
            prefix: part(4),
            suffix: part(3)
        )
        return name == HumanName() ? nil : name
    }

    /// XCN.
    private func practitioner(_ text: String, role: String) -> Practitioner? {
        let parts = XDSDocumentEntry.components(text)
        let name = name(parts.dropFirst().joined(separator: "^"))
        let number = parts[0].isEmpty ? nil : Identifier(system: nil, value: parts[0])
        guard number != nil || name != nil else { return nil }
        return Practitioner(identifier: number, name: name, role: role)
    }
}
