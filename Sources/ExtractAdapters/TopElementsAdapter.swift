import JSONSyntax
import PortalBytes
public import PortalIntake
import PortalRecord

/// The elements that have no message of their own, as JSON Lines: one statement a line.
///
/// - Shape: `{"type", "id", "patient": {…}, …}`; `type` is `alert`, `allergy`, `medicine`,
///   `problem`, `plan`, `contact` or `procedure`. The members of each are in the published schema
///   `Sources/ExtractAdapters/top-elements.schema.json` and in <doc:Extracts>. `updated` orders the
///   versions of one `id`, or `version` where every line carries one; `status` may take a statement
///   back, and then nothing need be said but `type`, `id` and `patient`. A member of another name
///   stays unmapped, with a note.
/// - Rule: SAFETY "The first screen" ("elements without a message of their own come by a small
///   extract"), S13 (a statement "none known" is a statement).
///
///       {"type":"alert","id":"A1","patient":{"identifiers":[…]},"text":"Difficult airway"}
public struct TopElementsAdapter: SourceAdapter {
    /// `top-elements`.
    public static let name = "top-elements"
    /// `jsonl`.
    public static let format = "jsonl"

    /// What any line may say.
    private static let common: Set<String> = [
        "type", "id", "source", "patient", "status", "version", "recorded", "updated", "author",
        "organisation", "labels",
    ]

    /// What a line of each type may say besides.
    private static let members: [String: Set<String>] = [
        "alert": ["text", "category", "detail", "from", "to", "contact"],
        "allergy": ["substance", "category", "severity", "reactions", "onset"],
        "medicine": ["medicine", "dose", "supply", "started", "ended", "lastIssued"],
        "problem": ["problem", "category", "onset"],
        "plan": ["category", "title", "sections", "made", "reviewDue"],
        "contact": ["name", "relationship", "role", "phones"],
        "procedure": ["procedure", "performed", "site", "note"],
    ]

    /// Builds the adapter.
    public init() {}

    /// Whether a line is an object with a type of ours and a patient.
    public func recognises(_ document: SourceDocument) -> Bool {
        guard let root = try? JSONDocument.read(document.bytes, limits: document.limits).root
        else { return false }
        return Self.members[root["type"]?.string ?? ""] != nil && root["patient"] != nil
    }

    /// States a line as entries: the person and the statement.
    ///
    /// - Throws: ``IntakeError``: the syntax's codes, `type-unknown`, and `member-missing` where
    ///   the patient has no identifier or the statement says nothing.
    public func adapt(_ document: SourceDocument) throws(IntakeError) -> IntakeReport {
        let reading = try JSONReading(document)
        guard reading.root.kind == .object else { throw missing("/") }
        let type = reading.root["type"]?.string ?? ""
        guard let own = Self.members[type] else {
            throw IntakeError(
                code: "type-unknown",
                location: "/type",
                remedy: "one of " + Self.members.keys.sorted().joined(separator: ", ")
            )
        }
        let root = reading.object(reading.root, Self.common.union(own), "")
        _ = reading.text(root["type"])
        let person = try TopElementsPatient.entry(root["patient"], reading)
        let (status, word) = Self.status(root["status"], reading)
        let statement = TopElementsStatement(
            reading: reading,
            root: root,
            isRetraction: status.isRetraction
        )
        let content = try statement.content(type)
        let number = reading.text(root["id"])
        if number == nil { reading.note("id-missing", "/id") }
        var entry = RecordEntry(
            source: document.silo,
            content: content,
            key: BusinessKey(
                assigner: reading.text(root["source"]),
                value: number ?? document.hash.hex,
                isAssigned: number != nil
            ),
            subject: person.subject,
            status: status,
            origin: person.origin
        )
        entry.statusCode = word
        entry.recorded = reading.date(root["recorded"], "/recorded")
        let updated = reading.date(root["updated"], "/updated")
        entry.issued = updated
        entry.statusTime = updated ?? entry.recorded
        entry.sequence = reading.number(root["version"], "/version")
        if let author = reading.text(root["author"]) {
            entry.participants = [
                Practitioner(name: HumanName(family: author), role: "author")
            ]
        }
        entry.organisation = reading.text(root["organisation"])
        entry.labels = Self.labels(root["labels"], reading)
        reading.account()
        entry.findings = reading.diagnostics
        return reading.report(adapter: Self.name, [person, entry])
    }

    /// A status, and the sender's word for it; what nobody defined is a finding.
    private static func status(
        _ value: JSONValue?,
        _ reading: JSONReading
    ) -> (ResultStatus, String?) {
        guard let value, !JSONReading.isSilent(value) else { return (.final, nil) }
        let word = reading.text(value)
        guard let status = word.flatMap({ StatusWords.read($0, reading.document.dialect) }) else {
            reading.note("status-unknown", "/status", at: value)
            return (.final, word)
        }
        return (status, word)
    }

    /// One label or several; one that cannot be read withholds, as an unknown one does
    /// (SAFETY S21).
    private static func labels(_ value: JSONValue?, _ reading: JSONReading) -> [SecurityLabel] {
        guard let value else { return [] }
        var labels: [SecurityLabel] = []
        var seen: Set<SecurityLabel> = []
        for value in value.kind == .array ? reading.elements(value) : [value] {
            guard !JSONReading.isSilent(value) else { continue }
            var label = SecurityLabel(rawValue: "unreadable")
            if let word = reading.text(value) {
                guard let known = reading.document.dialect.label(of: word) else { continue }
                label = known
            } else {
                reading.note("label-unreadable", "/labels", .error, at: value)
            }
            if seen.insert(label).inserted { labels.append(label) }
        }
        return labels
    }
}

/// The error of a line that lacks what the schema requires.
private func missing(_ pointer: String) -> IntakeError {
    IntakeError(
        code: "member-missing",
        location: pointer,
        remedy: "send what the schema top-elements.schema.json requires"
    )
}

/// The `patient` of a line.
private enum TopElementsPatient {
    static func entry(
        _ value: JSONValue?,
        _ reading: JSONReading
    ) throws(IntakeError) -> RecordEntry {
        let document = reading.document
        guard value?.kind == .object else { throw missing("/patient") }
        let patient = reading.object(
            value,
            ["identifiers", "name", "birthDate", "gender", "deceased", "practice"],
            "/patient"
        )
        var statement = PatientStatement()
        for (index, value) in reading.elements(patient["identifiers"]).enumerated() {
            let place = "/patient/identifiers/\(index)"
            let members = reading.object(value, ["system", "value"], place)
            guard let number = reading.text(members["value"]) else { continue }
            let assigner = reading.text(members["system"]) ?? ""
            let system = document.dialect.system(namespace: assigner, universalID: "", type: "")
            let identifier = Identifier(system: system, value: number)
            if system == nil {
                reading.note("identifier-without-assigner", place, .note, at: value)
            }
            if let system, IdentifierSystem.isNational(system), identifier.nationalNumber == nil {
                reading.note("check-digit-wrong", place, at: value)
            }
            statement.identifiers.append(identifier)
        }
        guard !statement.identifiers.isEmpty else { throw missing("/patient/identifiers") }
        if let name = reading.name(patient["name"], "/patient/name") { statement.names = [name] }
        statement.birthDate = reading.date(patient["birthDate"], "/patient/birthDate")
        statement.gender = reading.text(patient["gender"])
            .map { AdministrativeGender(rawValue: $0) }
        statement.isDeceased = reading.flag(patient["deceased"])
        if let practice = reading.text(patient["practice"]) {
            statement.generalPractice = [
                Practitioner(name: HumanName(family: practice), role: "general practice")
            ]
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
            origin: SourceReference(
                document: document.hash,
                path: "/",
                offset: 0,
                length: document.bytes.count
            )
        )
    }
}

/// What a line states, type by type.
private struct TopElementsStatement {
    let reading: JSONReading
    let root: [String: JSONValue]
    /// Whether the line takes the statement back: it need not say it again.
    let isRetraction: Bool

    func content(_ type: String) throws(IntakeError) -> EntryContent {
        switch type {
        case "alert": return .flag(try alert())
        case "allergy": return .allergyIntolerance(try allergy())
        case "medicine": return .medicationStatement(try medicine())
        case "problem":
            var condition = Condition(code: try concept("problem"))
            condition.category = text("category")
            condition.recorded = date("onset")
            return .condition(condition)
        case "plan": return .carePlan(try plan())
        case "contact": return .relatedPerson(try contact())
        default:
            var procedure = Procedure(code: try concept("procedure"))
            procedure.performed = date("performed")
            procedure.site = text("site")
            procedure.note = text("note")
            return .procedure(procedure)
        }
    }

    private func text(_ name: String) -> String? { reading.text(root[name]) }

    private func date(_ name: String) -> PartialDate? { reading.date(root[name], "/" + name) }

    private func texts(_ name: String) -> [String] {
        reading.elements(root[name]).compactMap(reading.text)
    }

    private func required<Value>(
        _ value: Value?,
        _ name: String,
        _ none: Value
    )
        throws(IntakeError) -> Value
    {
        if let value { return value }
        guard isRetraction else { throw missing("/" + name) }
        return none
    }

    private func concept(_ name: String) throws(IntakeError) -> CodeableConcept {
        try required(reading.concept(root[name], "/" + name), name, CodeableConcept())
    }

    private func alert() throws(IntakeError) -> Flag {
        var flag = Flag(code: try concept("text"))
        flag.category = text("category")
        flag.detail = text("detail")
        flag.from = date("from")
        flag.to = date("to")
        flag.contact = text("contact")
        return flag
    }

    private func allergy() throws(IntakeError) -> AllergyIntolerance {
        var allergy = AllergyIntolerance(code: try concept("substance"))
        allergy.category = reading.concept(root["category"], "/category")
        allergy.severity = reading.concept(root["severity"], "/severity")
        allergy.reactions = texts("reactions")
        allergy.onset = date("onset")
        return allergy
    }

    private func medicine() throws(IntakeError) -> MedicationStatement {
        var medicine = MedicationStatement(code: try concept("medicine"))
        medicine.dose = text("dose")
        medicine.supply = text("supply")
        medicine.started = date("started")
        medicine.ended = date("ended")
        medicine.lastIssued = date("lastIssued")
        return medicine
    }

    private func plan() throws(IntakeError) -> CarePlan {
        var plan = CarePlan(
            category: try required(text("category"), "category", ""),
            title: try required(text("title"), "title", "")
        )
        for (index, value) in reading.elements(root["sections"]).enumerated() {
            let section = reading.object(value, ["heading", "text"], "/sections/\(index)")
            let text = reading.text(section["text"])
            let heading = reading.text(section["heading"])
            guard text != nil || heading != nil else { continue }
            plan.sections.append(DocumentSection(heading: heading, text: text ?? ""))
        }
        plan.made = date("made")
        plan.reviewDue = date("reviewDue")
        return plan
    }

    private func contact() throws(IntakeError) -> RelatedPerson {
        var contact = RelatedPerson()
        if let name = reading.name(root["name"], "/name") { contact.names = [name] }
        contact.relationship = reading.concept(root["relationship"], "/relationship")
        contact.role = reading.concept(root["role"], "/role")
        contact.telecoms = texts("phones")
        return try required(contact == RelatedPerson() ? nil : contact, "name", contact)
    }
}
