import PortalRecord
import XMLSyntax

/// The problems, medicines and allergies that a referral names, each as the referrer's statement.
struct SCIGatewayStatements {
    private let reading: XMLReading
    private let header: SCIGatewayHeader
    private var found: [(content: EntryContent, key: BusinessKey, element: XMLElement)] = []
    /// How often a key was met: a medicine listed twice is two statements.
    private var counts: [String: Int] = [:]

    init(_ reading: XMLReading, _ header: SCIGatewayHeader) {
        self.reading = reading
        self.header = header
    }

    func entries(about subject: SourcePatient) -> [RecordEntry] {
        found.map { header.entry($0.content, key: $0.key, about: subject, at: $0.element) }
    }

    private mutating func add(
        _ content: EntryContent,
        _ code: CodeableConcept,
        part: String? = nil,
        _ element: XMLElement
    ) {
        let value = code.identityText
        let count = counts[content.kind.rawValue + "\u{1F}" + value, default: 0] + 1
        counts[content.kind.rawValue + "\u{1F}" + value] = count
        let part = count == 1 ? part : (part ?? "") + "#" + String(count)
        found.append((content, BusinessKey(assigner: nil, value: value, part: part), element))
    }

    mutating func problem(_ element: XMLElement) {
        guard let code = reading.concept(element) else {
            reading.note("problem-without-name", element)
            return
        }
        var condition = Condition(code: code)
        condition.category = reading.attribute("category", of: element)
        condition.recorded = reading.date(attribute: "recorded", of: element)
        add(.condition(condition), code, part: condition.category, element)
    }

    /// - Returns: The medicine in the words of the referral's list.
    mutating func medicine(_ element: XMLElement) -> String? {
        let names: Set<String> = ["Name", "Dose", "Started", "LastIssued", "Ended"]
        reading.strangers(in: element, besides: names, once: names)
        guard let code = reading.concept(reading.child("Name", of: element)) else {
            reading.note("medicine-without-name", element)
            return nil
        }
        var medicine = MedicationStatement(code: code)
        medicine.dose = reading.text("Dose", of: element)
        let list = reading.attribute("list", of: element)
        medicine.supply = reading.attribute("supply", of: element) ?? list
        medicine.started = reading.date(reading.child("Started", of: element))
        medicine.lastIssued = reading.date(reading.child("LastIssued", of: element))
        medicine.ended = reading.date(reading.child("Ended", of: element))
        add(.medicationStatement(medicine), code, element)
        let words = [code.words, medicine.dose].compactMap { $0 }.joined(separator: ": ")
        return list.map { words + " (" + $0 + ")" } ?? words
    }

    /// - Returns: The allergy in the words of the referral's list.
    mutating func allergy(_ element: XMLElement) -> String? {
        reading.strangers(
            in: element,
            besides: ["Substance", "Category", "Severity", "Reaction", "Onset"],
            once: ["Substance", "Category", "Severity", "Onset"]
        )
        guard let code = reading.concept(reading.child("Substance", of: element)) else {
            reading.note("allergy-without-substance", element)
            return nil
        }
        var allergy = AllergyIntolerance(code: code)
        allergy.category = reading.text("Category", of: element).map { CodeableConcept(text: $0) }
        allergy.severity = reading.text("Severity", of: element).map { CodeableConcept(text: $0) }
        allergy.reactions = reading.texts("Reaction", of: element)
        allergy.onset = reading.date(reading.child("Onset", of: element))
        add(.allergyIntolerance(allergy), code, element)
        let reactions = allergy.reactions.joined(separator: ", ")
        return [code.words, reactions.isEmpty ? nil : reactions].compactMap { $0 }
            .joined(separator: ": ")
    }
}
