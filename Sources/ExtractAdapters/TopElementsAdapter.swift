import JSONSyntax
import PortalBytes
public import PortalIntake
import PortalRecord

/// The elements that have no message of their own, as JSON Lines: one statement a line.
///
/// - Shape: `{"type", "id", "patient": {…}, …}`; `type` is `alert`, `allergy`, `medicine`,
///   `problem`, `plan`, `contact` or `procedure`. The members of each are in the published schema
///   `top-elements.schema.json` beside this module's article. `updated` orders the versions of one
///   `id`, or `version` where every line carries one; `status` may take a statement back.
/// - Rule: SAFETY "The first screen" ("elements without a message of their own come by a small
///   extract"), S13 (a statement "none known" is a statement).
///
///       {"type":"alert","id":"A1","patient":{"identifiers":[…]},"text":"Difficult airway"}
public struct TopElementsAdapter: SourceAdapter {
    /// `top-elements`.
    public static let name = "top-elements"
    /// `jsonl`.
    public static let format = "jsonl"

    static let types: Set<String> = [
        "alert", "allergy", "medicine", "problem", "plan", "contact", "procedure",
    ]

    /// Builds the adapter.
    public init() {}

    /// Whether a line is an object with a type of ours and a patient.
    public func recognises(_ document: SourceDocument) -> Bool {
        guard let root = try? JSONDocument.read(document.bytes, limits: document.limits).root
        else { return false }
        return Self.types.contains(root["type"]?.string ?? "") && root["patient"] != nil
    }

    /// States a line as entries: the person and the statement.
    ///
    /// - Throws: ``IntakeError``: the syntax's codes, `type-unknown`, and `member-missing` where
    ///   the patient has no identifier or the statement says nothing.
    public func adapt(_ document: SourceDocument) throws(IntakeError) -> IntakeReport {
        let reading = try JSONReading(document)
        guard reading.root.kind == .object else { throw Self.missing("") }
        guard let type = reading.text(reading.root["type"]), Self.types.contains(type) else {
            throw IntakeError(
                code: "type-unknown",
                location: "/type",
                remedy: "one of " + Self.types.sorted().joined(separator: ", ")
            )
        }
        let person = try person(reading)
        let content = try Self.content(type, reading)
        let root = reading.root
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
            status: Self.status(reading),
            origin: person.origin
        )
        entry.statusCode = reading.text(root["status"])
        entry.recorded = reading.date(root["recorded"], "/recorded")
        let updated = reading.date(root["updated"], "/updated")
        entry.issued = updated
        entry.statusTime = updated ?? entry.recorded
        entry.sequence = reading.number(root["version"])
        if let author = reading.text(root["author"]) {
            entry.participants = [
                Practitioner(name: HumanName(family: author), role: "author")
            ]
        }
        entry.organisation = reading.text(root["organisation"])
        for label in reading.texts(root["labels"]) {
            entry.labels.append(document.dialect.labels[label] ?? SecurityLabel(rawValue: label))
        }
        entry.findings = reading.diagnostics
        return reading.report(adapter: Self.name, [person, entry])
    }

    private static func missing(_ pointer: String) -> IntakeError {
        IntakeError(
            code: "member-missing",
            location: pointer.isEmpty ? "/" : pointer,
            remedy: "send what the schema top-elements.schema.json requires"
        )
    }

    private static func status(_ reading: JSONReading) -> ResultStatus {
        switch reading.root["status"]?.string {
        case "corrected": .corrected
        case "withdrawn": .withdrawn
        case "entered in error": .enteredInError
        case "wrong patient": .wrongPatient
        case "preliminary", "draft": .preliminary
        default: .final
        }
    }

    // MARK: The person

    private func person(_ reading: JSONReading) throws(IntakeError) -> RecordEntry {
        let document = reading.document
        guard let patient = reading.root["patient"] else { throw Self.missing("/patient") }
        var statement = PatientStatement()
        for (index, value) in (patient["identifiers"]?.elements ?? []).enumerated() {
            guard let number = reading.text(value["value"]) else { continue }
            let assigner = reading.text(value["system"]) ?? ""
            let system = document.dialect.system(namespace: assigner, universalID: "", type: "")
            let identifier = Identifier(system: system, value: number)
            if let system, IdentifierSystem.isNational(system), identifier.nationalNumber == nil {
                reading.note("check-digit-wrong", "/patient/identifiers/\(index)")
            }
            statement.identifiers.append(identifier)
        }
        guard !statement.identifiers.isEmpty else { throw Self.missing("/patient/identifiers") }
        let name = patient["name"].map { name in
            HumanName(
                family: reading.text(name["family"]),
                given: reading.text(name["given"]),
                prefix: reading.text(name["prefix"])
            )
        }
        if let name, name != HumanName() { statement.names = [name] }
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

    // MARK: The statement

    private static func content(
        _ type: String,
        _ reading: JSONReading
    ) throws(IntakeError) -> EntryContent {
        let root = reading.root
        switch type {
        case "alert": return .flag(try alert(root, reading))
        case "allergy": return .allergyIntolerance(try allergy(root, reading))
        case "medicine": return .medicationStatement(try medicine(root, reading))
        case "problem":
            var condition = Condition(code: try concept(root, "problem", reading))
            condition.category = reading.text(root["category"])
            condition.recorded = reading.date(root["onset"], "/onset")
            return .condition(condition)
        case "plan": return .carePlan(try plan(root, reading))
        case "contact": return .relatedPerson(try contact(root, reading))
        default:
            var procedure = Procedure(code: try concept(root, "procedure", reading))
            procedure.performed = reading.date(root["performed"], "/performed")
            procedure.site = reading.text(root["site"])
            procedure.note = reading.text(root["note"])
            return .procedure(procedure)
        }
    }

    private static func concept(
        _ root: JSONValue,
        _ name: String,
        _ reading: JSONReading
    ) throws(IntakeError) -> CodeableConcept {
        guard let concept = reading.concept(root[name]) else { throw missing("/" + name) }
        return concept
    }

    private static func alert(
        _ root: JSONValue,
        _ reading: JSONReading
    ) throws(IntakeError) -> Flag {
        var flag = Flag(code: try concept(root, "text", reading))
        flag.category = reading.text(root["category"])
        flag.detail = reading.text(root["detail"])
        flag.from = reading.date(root["from"], "/from")
        flag.to = reading.date(root["to"], "/to")
        flag.contact = reading.text(root["contact"])
        return flag
    }

    private static func allergy(
        _ root: JSONValue,
        _ reading: JSONReading
    ) throws(IntakeError) -> AllergyIntolerance {
        var allergy = AllergyIntolerance(code: try concept(root, "substance", reading))
        allergy.category = reading.concept(root["category"])
        allergy.severity = reading.concept(root["severity"])
        allergy.reactions = reading.texts(root["reactions"])
        allergy.onset = reading.date(root["onset"], "/onset")
        return allergy
    }

    private static func medicine(
        _ root: JSONValue,
        _ reading: JSONReading
    ) throws(IntakeError) -> MedicationStatement {
        var medicine = MedicationStatement(code: try concept(root, "medicine", reading))
        medicine.dose = reading.text(root["dose"])
        medicine.supply = reading.text(root["supply"])
        medicine.started = reading.date(root["started"], "/started")
        medicine.ended = reading.date(root["ended"], "/ended")
        medicine.lastIssued = reading.date(root["lastIssued"], "/lastIssued")
        return medicine
    }

    private static func plan(
        _ root: JSONValue,
        _ reading: JSONReading
    ) throws(IntakeError) -> CarePlan {
        guard let category = reading.text(root["category"]) else { throw missing("/category") }
        guard let title = reading.text(root["title"]) else { throw missing("/title") }
        var plan = CarePlan(category: category, title: title)
        for section in root["sections"]?.elements ?? [] {
            if let text = reading.text(section["text"]) {
                plan.sections.append(
                    DocumentSection(heading: reading.text(section["heading"]), text: text)
                )
            }
        }
        plan.made = reading.date(root["made"], "/made")
        plan.reviewDue = reading.date(root["reviewDue"], "/reviewDue")
        return plan
    }

    private static func contact(
        _ root: JSONValue,
        _ reading: JSONReading
    ) throws(IntakeError) -> RelatedPerson {
        var contact = RelatedPerson()
        if let name = root["name"] {
            let own = HumanName(
                family: reading.text(name["family"]),
                given: reading.text(name["given"]),
                prefix: reading.text(name["prefix"])
            )
            if own != HumanName() { contact.names = [own] }
        }
        contact.relationship = reading.concept(root["relationship"])
        contact.role = reading.concept(root["role"])
        contact.telecoms = reading.texts(root["phones"])
        guard contact != RelatedPerson() else { throw missing("/name") }
        return contact
    }
}
