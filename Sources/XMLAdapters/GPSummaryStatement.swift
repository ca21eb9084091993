import PortalIntake
import PortalRecord
import XMLSyntax

/// One statement of a practice's emergency summary.
struct GPSummaryStatement {
    /// What an element states.
    enum Kind { case medicine(supply: String), allergy, problem, alert, plan, contact }

    /// The elements that hold statements.
    static let elements: [String: Kind] = [
        "Repeat": .medicine(supply: "repeat"), "Acute": .medicine(supply: "acute"),
        "Allergy": .allergy, "Problem": .problem, "Alert": .alert, "Plan": .plan,
        "Contact": .contact,
    ]

    private static let common: Set<String> = ["Number", "Status", "Recorded", "Author", "Label"]

    /// Bytes beyond which a statement's length is a finding; it is kept whole.
    private static let longBytes = 10_000

    private let reading: XMLReading
    private let kind: Kind
    private var other: [String: String] = [:]

    init(_ reading: XMLReading, _ kind: Kind) {
        self.reading = reading
        self.kind = kind
    }

    /// The statement; nil, with a finding and nothing taken, for one that says nothing.
    func read(_ element: XMLElement) -> ListedStatements.Statement? {
        guard says(element) else {
            reading.note("statement-missing", element, severity: .error)
            return nil
        }
        var reader = self
        reading.know(element)
        let content = reader.content(element)
        if reading.xml.range(of: element).count > Self.longBytes {
            reading.note("text-long", element)
        }
        var statement = ListedStatements.Statement(
            content.0,
            identity: content.identity,
            origin: reading.reference(element)
        )
        statement.number = reading.text("Number", of: element)
        (statement.status, statement.statusCode) = reading.status(
            reading.child("Status", of: element)
        )
        statement.recorded = reading.date(reading.child("Recorded", of: element))
        statement.author = reading.text("Author", of: element)
        for label in reading.children("Label", of: element) {
            if let label = reading.label(label) { statement.labels.append(label) }
        }
        statement.other = reader.other
        return statement
    }

    /// What it cannot be without; looked for before anything is taken.
    private func says(_ element: XMLElement) -> Bool {
        func has(_ names: String...) -> Bool {
            names.contains { name in
                reading.xml.children(name, of: element).first.map { child in
                    reading.written(child) != nil
                        || ["code", "display"].contains { reading.peek($0, of: child) != nil }
                } ?? false
            }
        }
        return switch kind {
        case .medicine, .problem: has("Name")
        case .allergy: has("Substance")
        case .alert: has("Text")
        case .plan: has("Title") && reading.peek("category", of: element) != nil
        case .contact: has("Name", "Relationship", "Role", "Phone")
        }
    }

    private func strangers(_ element: XMLElement, _ once: Set<String>, _ many: Set<String> = []) {
        reading.strangers(
            in: element,
            besides: Self.common.union(once).union(many),
            once: Self.common.subtracting(["Label"]).union(once)
        )
    }

    private func text(_ name: String, _ element: XMLElement) -> String? {
        reading.text(name, of: element)
    }

    private func date(_ name: String, _ element: XMLElement) -> PartialDate? {
        reading.date(reading.child(name, of: element))
    }

    private func concept(_ name: String, _ element: XMLElement) -> CodeableConcept? {
        reading.concept(reading.child(name, of: element))
    }

    private mutating func content(_ element: XMLElement) -> (EntryContent, identity: String) {
        switch kind {
        case .medicine(let supply):
            strangers(element, ["Name", "Dose", "Quantity", "Started", "LastIssued", "Ended"])
            let code = concept("Name", element) ?? CodeableConcept()
            var medicine = MedicationStatement(code: code)
            medicine.dose = text("Dose", element)
            medicine.supply = supply
            medicine.started = date("Started", element)
            medicine.lastIssued = date("LastIssued", element)
            medicine.ended = date("Ended", element)
            other["quantity"] = text("Quantity", element)
            return (.medicationStatement(medicine), code.identityText)
        case .allergy:
            strangers(element, ["Substance", "Category", "Severity", "Onset"], ["Reaction"])
            let code = concept("Substance", element) ?? CodeableConcept()
            var allergy = AllergyIntolerance(code: code)
            allergy.category = concept("Category", element)
            allergy.severity = concept("Severity", element)
            allergy.reactions = reading.texts("Reaction", of: element)
            allergy.onset = date("Onset", element)
            return (.allergyIntolerance(allergy), code.identityText)
        case .problem:
            strangers(element, ["Name", "Category", "Onset"])
            let code = concept("Name", element) ?? CodeableConcept()
            var condition = Condition(code: code)
            condition.category = text("Category", element)
            condition.recorded = date("Onset", element)
            return (.condition(condition), code.identityText)
        case .alert:
            strangers(element, ["Text", "Category", "Detail", "From", "To", "Ask"])
            let code = concept("Text", element) ?? CodeableConcept()
            var flag = Flag(code: code)
            flag.category = text("Category", element)
            flag.detail = text("Detail", element)
            flag.from = date("From", element)
            flag.to = date("To", element)
            flag.contact = text("Ask", element)
            return (.flag(flag), code.identityText)
        case .plan: return plan(element)
        case .contact: return contact(element)
        }
    }

    private func plan(_ element: XMLElement) -> (EntryContent, identity: String) {
        strangers(element, ["Title", "Made", "ReviewDue"], ["Section"])
        var plan = CarePlan(
            category: reading.attribute("category", of: element) ?? "",
            title: text("Title", element) ?? ""
        )
        for section in reading.children("Section", of: element) {
            guard let text = reading.narrative(section) else { continue }
            plan.sections.append(
                DocumentSection(heading: reading.attribute("heading", of: section), text: text)
            )
        }
        plan.made = date("Made", element)
        plan.reviewDue = date("ReviewDue", element)
        // A decision that changes its words is the same plan.
        return (.carePlan(plan), plan.category.lowercased())
    }

    private func contact(_ element: XMLElement) -> (EntryContent, identity: String) {
        strangers(element, ["Name", "Relationship", "Role"], ["Phone"])
        var person = RelatedPerson()
        if let name = reading.name(reading.child("Name", of: element)) { person.names = [name] }
        person.relationship = concept("Relationship", element)
        person.role = concept("Role", element)
        person.telecoms = reading.texts("Phone", of: element)
        let identity = [
            person.names.first?.spoken, person.relationship?.words, person.role?.words,
        ].compactMap { $0 }.joined(separator: ", ")
        return (.relatedPerson(person), identity)
    }
}
