import JSONSyntax
import PortalIntake
import PortalRecord

/// What a statement lacks to be one.
struct MemberMissing: Error {
    let place: String
}

extension IntakeError {
    /// The error of a line that lacks what its schema requires.
    init(member place: String, schema: String) {
        self.init(
            code: "member-missing",
            location: place,
            remedy: "send what the schema " + schema + " requires"
        )
    }
}

/// What an object of JSON states, type by type.
struct TopElementsStatement {
    let reading: JSONReading
    let root: [String: JSONValue]
    /// Whether the line takes the statement back: it need not say it again.
    let isRetraction: Bool
    /// Where the object stands.
    var place = ""

    func content(_ type: String) throws(MemberMissing) -> EntryContent {
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

    private func date(_ name: String) -> PartialDate? {
        reading.date(root[name], place + "/" + name)
    }

    private func texts(_ name: String) -> [String] {
        reading.elements(root[name]).compactMap(reading.text)
    }

    private func required<Value>(
        _ value: Value?,
        _ name: String,
        _ none: Value
    )
        throws(MemberMissing) -> Value
    {
        if let value { return value }
        guard isRetraction else { throw MemberMissing(place: place + "/" + name) }
        return none
    }

    private func concept(_ name: String) throws(MemberMissing) -> CodeableConcept {
        try required(reading.concept(root[name], place + "/" + name), name, CodeableConcept())
    }

    private func alert() throws(MemberMissing) -> Flag {
        var flag = Flag(code: try concept("text"))
        flag.category = text("category")
        flag.detail = text("detail")
        flag.from = date("from")
        flag.to = date("to")
        flag.contact = text("contact")
        return flag
    }

    private func allergy() throws(MemberMissing) -> AllergyIntolerance {
        var allergy = AllergyIntolerance(code: try concept("substance"))
        allergy.category = reading.concept(root["category"], place + "/category")
        allergy.severity = reading.concept(root["severity"], place + "/severity")
        allergy.reactions = texts("reactions")
        allergy.onset = date("onset")
        return allergy
    }

    private func medicine() throws(MemberMissing) -> MedicationStatement {
        var medicine = MedicationStatement(code: try concept("medicine"))
        medicine.dose = text("dose")
        medicine.supply = text("supply")
        medicine.started = date("started")
        medicine.ended = date("ended")
        medicine.lastIssued = date("lastIssued")
        return medicine
    }

    private func plan() throws(MemberMissing) -> CarePlan {
        var plan = CarePlan(
            category: try required(text("category"), "category", ""),
            title: try required(text("title"), "title", "")
        )
        for (index, value) in reading.elements(root["sections"]).enumerated() {
            let section = reading.object(value, ["heading", "text"], place + "/sections/\(index)")
            let text = reading.text(section["text"])
            let heading = reading.text(section["heading"])
            guard text != nil || heading != nil else { continue }
            plan.sections.append(DocumentSection(heading: heading, text: text ?? ""))
        }
        plan.made = date("made")
        plan.reviewDue = date("reviewDue")
        return plan
    }

    private func contact() throws(MemberMissing) -> RelatedPerson {
        var contact = RelatedPerson()
        if let name = reading.name(root["name"], place + "/name") { contact.names = [name] }
        contact.relationship = reading.concept(root["relationship"], place + "/relationship")
        contact.role = reading.concept(root["role"], place + "/role")
        contact.telecoms = texts("phones")
        return try required(contact == RelatedPerson() ? nil : contact, "name", contact)
    }
}
