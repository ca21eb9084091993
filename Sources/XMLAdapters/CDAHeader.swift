import PortalIntake
import PortalRecord
import XMLSyntax

/// What the header says of the document: which one, which version of it, from whom and when.
///
/// - Rule: CDA R2 section 4.2; SAFETY S5 (a version is ordered by `versionNumber` within `setId`),
///   S6, S21.
struct CDAHeader {
    let reading: CDAReading
    /// `id`.
    let number: Identifier?
    /// `effectiveTime`.
    let time: PartialDate?
    /// The custodian's name.
    let organisation: String?
    /// What the versions of the document share.
    let key: BusinessKey
    let status: ResultStatus
    /// Labels of the whole document.
    var labels: Set<SecurityLabel> = []
    let sequence: Int?
    let parent: Identifier?
    let relation: ClinicalDocument.Relation?

    private var root: XMLElement { reading.root }

    init(_ reading: CDAReading) {
        self.reading = reading
        let root = reading.root
        number = reading.number(reading.child("id", of: root))
        time = reading.time(reading.child("effectiveTime", of: root))
        let custodian = reading.find(
            "custodian",
            "assignedCustodian",
            "representedCustodianOrganization",
            of: root
        )
        organisation = reading.text(reading.child("name", of: custodian))
        let named =
            reading.keyNumber(reading.child("setId", of: root))
            ?? reading.keyNumber(reading.child("id", of: root))
        if let named {
            key = BusinessKey(assigner: named.system, value: named.value)
        } else {
            key = BusinessKey(
                assigner: nil,
                value: reading.base.document.hash.hex,
                isAssigned: false
            )
            reading.note("document-number-missing", root)
        }
        status = CDAHeader.status(reading)
        sequence = CDAHeader.sequence(reading)
        (relation, parent) = CDAHeader.lineage(reading)
        if let label = reading.label(of: root) { labels.insert(label) }
        if time == nil { reading.note("document-time-missing", root) }
    }

    /// The version as a number that orders; another spelling is kept as written alone.
    private static func sequence(_ reading: CDAReading) -> Int? {
        let element = reading.child("versionNumber", of: reading.root)
        guard let written = reading.peek("value", of: element), let number = Int(written),
            String(number) == written
        else { return nil }
        _ = reading.take("value", of: element)
        return number
    }

    /// What it replaces or adds to; a transformed copy does neither.
    private static func lineage(
        _ reading: CDAReading
    ) -> (ClinicalDocument.Relation?, Identifier?) {
        for related in reading.children("relatedDocument", of: reading.root) {
            let relation: ClinicalDocument.Relation? =
                switch reading.peek("typeCode", of: related) {
                case "RPLC": .replaces
                case "APND": .appends
                default: nil
                }
            guard let relation, let parent = reading.child("parentDocument", of: related) else {
                continue
            }
            // Documents are filed under what their versions share, where they name it.
            let number =
                reading.keyNumber(reading.child("setId", of: parent))
                ?? reading.keyNumber(reading.child("id", of: parent))
            if number == nil { reading.note("parent-number-missing", parent) }
            return (relation, number)
        }
        return (nil, nil)
    }

    /// Final, unless the header says that it is not finished or is taken back.
    ///
    /// - Rule: CDA R2 `signatureCode` (S signed; I and X are not); the SDTC extension `statusCode`.
    private static func status(_ reading: CDAReading) -> ResultStatus {
        let stated = reading.extended("statusCode", of: reading.root)
        if let code = reading.peek("code", of: stated) {
            if let status = reading.base.document.dialect.statuses[code] { return status }
            switch code {
            case "nullified": return .enteredInError
            case "aborted", "cancelled", "obsolete": return .withdrawn
            case "active", "new", "held", "suspended": return .preliminary
            case "completed", "normal": return .final
            default:
                if let stated { reading.note("status-unknown", stated) }
                return .unverified
            }
        }
        let signatures = ["legalAuthenticator", "authenticator"].flatMap {
            reading.children($0, of: reading.root)
        }.compactMap { reading.peek("code", of: reading.child("signatureCode", of: $0)) }
        let isUnsigned = !signatures.isEmpty && signatures.allSatisfy { $0 == "I" || $0 == "X" }
        return isUnsigned ? .preliminary : .final
    }

    /// The document as an entry, its further fields still missing.
    func entry(
        _ letter: CDALetter,
        about subject: SourcePatient,
        at element: XMLElement
    ) -> RecordEntry {
        var document = letter.document
        document.number = number
        document.parent = parent
        document.relation = relation
        var entry = RecordEntry(
            source: reading.base.document.silo,
            content: .clinicalDocument(document),
            key: key,
            subject: subject,
            status: status,
            origin: reading.base.reference(element)
        )
        let encounter = reading.find("componentOf", "encompassingEncounter", of: root)
        entry.effective = reading.start(reading.child("effectiveTime", of: encounter)) ?? time
        entry.issued = time
        entry.recorded = time
        entry.statusTime = time
        entry.sequence = sequence
        if relation == .replaces, let parent { entry.replaces = [parent.value] }
        entry.participants = participants()
        entry.organisation = organisation
        entry.labels = labels.sorted()
        return entry
    }

    /// Puts what nobody took on the document.
    func finish(_ entry: inout RecordEntry) {
        guard case .clinicalDocument(var document) = entry.content else { return }
        document.other.merge(reading.rest(of: root, isLast: true)) { first, _ in first }
        entry.content = .clinicalDocument(document)
    }

    // MARK: People

    private static let roles: [(element: String, role: String)] = [
        ("author", "author"), ("legalAuthenticator", "legal authenticator"),
        ("authenticator", "authenticator"), ("dataEnterer", "data enterer"),
        ("informant", "informant"), ("informationRecipient", "recipient"),
    ]

    private func participants() -> [Practitioner] {
        var found: [Practitioner] = []
        for (name, role) in Self.roles {
            for element in reading.children(name, of: root) {
                if let person = reading.practitioner(element, role: role) { found.append(person) }
            }
        }
        for event in reading.children("documentationOf", of: root) {
            let service = reading.child("serviceEvent", of: event)
            for element in reading.children("performer", of: service) {
                if let person = reading.practitioner(element, role: "performer") {
                    found.append(person)
                }
            }
        }
        return found
    }
}

extension CDAReading {
    /// The label that a `confidentialityCode` puts on; nil where there is none or an open one.
    ///
    /// One that is said to be unknown withholds, as a code that nobody defined does.
    ///
    /// - Rule: SAFETY S21; HL7 `Confidentiality`.
    func label(of element: XMLElement) -> SecurityLabel? {
        guard let stated = child("confidentialityCode", of: element),
            let code = peek("code", of: stated) ?? nullFlavor(stated),
            let label = base.document.dialect.label(of: code)
        else { return nil }
        if !SecurityLabel.known.contains(label) { note("label-unknown", stated) }
        return label
    }

    /// Who took part, whichever role CDA gives them: assigned, related, intended, associated.
    func practitioner(_ element: XMLElement, role: String) -> Practitioner? {
        guard
            let holder = xml.children(of: element).first(where: {
                CDAReading.roleElements.contains(localName($0))
            })
        else { return nil }
        let person = xml.children(of: holder).first {
            CDAReading.personElements.contains(localName($0))
        }
        let id = children("id", of: holder).lazy.compactMap { self.identifier($0) }.first
        var name = name(child("name", of: person))
        if name == nil, let device = child("assignedAuthoringDevice", of: holder) {
            let words = text(child("softwareName", of: device))
            name = words.map { HumanName(family: $0) }
        }
        guard id != nil || name != nil else { return nil }
        return Practitioner(identifier: id, name: name, role: role)
    }

    private static let roleElements: Set<String> = [
        "assignedAuthor", "assignedEntity", "relatedEntity", "intendedRecipient",
        "associatedEntity", "participantRole",
    ]
    private static let personElements: Set<String> = [
        "assignedPerson", "relatedPerson", "informationRecipient", "associatedPerson",
        "playingEntity",
    ]

    /// Who took part in a statement.
    func participants(of statement: XMLElement) -> [Practitioner] {
        ["author", "performer", "informant"].flatMap { role in
            children(role, of: statement).compactMap { practitioner($0, role: role) }
        }
    }
}
