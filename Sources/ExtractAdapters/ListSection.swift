import JSONSyntax
import PortalIntake
import PortalRecord

/// A member of a line that holds statements of one type.
struct ListSection {
    let member: String
    /// Its type among the top elements, whose members it has.
    let type: String
    /// How its medicines are supplied.
    var supply: String?
    /// How many days before the list an issue may lie that the sender means to list.
    var windowDays: Int?
    /// A category for those that state none.
    var category: String?
    /// A role for contacts that state none.
    var role: String?

    init(
        _ member: String,
        _ type: String,
        supply: String? = nil,
        windowDays: Int? = nil,
        category: String? = nil,
        role: String? = nil
    ) {
        self.member = member
        self.type = type
        self.supply = supply
        self.windowDays = windowDays
        self.category = category
        self.role = role
    }

    /// Bytes of one statement beyond which its length is a finding; it is kept whole.
    private static let longBytes = 10_000

    /// Adds what the member holds, unless the person has opted out.
    func read(into list: inout ListReading) {
        let reading = list.reading
        guard !list.isOptedOut else {
            return reading.leave(list.root[member], by: .optedOut)
        }
        for (index, value) in reading.elements(list.root[member]).enumerated() {
            read(value, at: "/\(member)/\(index)", &list)
        }
    }

    /// Adds one statement.
    func read(_ value: JSONValue, at place: String, _ list: inout ListReading) {
        guard says(value) else {
            if !JSONReading.isSilent(value) {
                list.reading.note("statement-missing", place, .error, at: value)
            }
            return
        }
        if let statement = statement(value, place, list) { list.add(statement, at: place) }
    }

    private static let own: Set<String> = [
        "id", "status", "recorded", "author", "labels",
    ]

    private func statement(
        _ value: JSONValue,
        _ place: String,
        _ list: ListReading
    ) -> ListedStatements.Statement? {
        let reading = list.reading
        var names = Self.own.union(TopElementsAdapter.members[type] ?? [])
        if type == "medicine" {
            names.remove("supply")
            names.insert("quantity")
        }
        let root = reading.object(value, names, place)
        let stated = TopElementsStatement(
            reading: reading,
            root: root,
            isRetraction: false,
            place: place
        )
        guard var content = try? stated.content(type) else {
            reading.note("statement-missing", place, .error, at: value)
            return nil
        }
        if value.range.count > Self.longBytes { reading.note("text-long", place, at: value) }
        let number = reading.text(root["id"])
        var statement = ListedStatements.Statement(
            content,
            identity: identity(content),
            origin: SourceReference(
                document: reading.document.hash,
                path: place,
                offset: value.range.lowerBound,
                length: value.range.count
            )
        )
        fill(&content, reading, list.made, place)
        statement.content = content
        statement.number = number
        if let status = root["status"], !JSONReading.isSilent(status) {
            (statement.status, statement.statusCode) = reading.status(status, place + "/status")
        }
        statement.recorded = reading.date(root["recorded"], place + "/recorded")
        statement.author = reading.text(root["author"])
        statement.labels = reading.labels(root["labels"], place + "/labels")
        if let quantity = reading.text(root["quantity"]) { statement.other["quantity"] = quantity }
        return statement
    }

    /// What the member itself says of each of its statements.
    private func fill(
        _ content: inout EntryContent,
        _ reading: JSONReading,
        _ made: PartialDate?,
        _ place: String
    ) {
        switch content {
        case .medicationStatement(var medicine):
            medicine.supply = supply ?? medicine.supply
            content = .medicationStatement(medicine)
            guard let days = windowDays, let issued = medicine.lastIssued, let made else { return }
            if made.span.start - issued.span.end > days * 86_400_000 {
                reading.note("issued-before-the-list", place, .note)
            }
        case .condition(var condition):
            condition.category = condition.category ?? category
            content = .condition(condition)
        case .relatedPerson(var person):
            person.role = person.role ?? role.map { CodeableConcept(text: $0) }
            content = .relatedPerson(person)
        default: break
        }
    }

    /// Whether it has what its type cannot be without.
    private func says(_ value: JSONValue) -> Bool {
        guard value.kind == .object else { return false }
        func has(_ name: String) -> Bool { value[name].map { !JSONReading.isSilent($0) } ?? false }
        func isText(_ name: String) -> Bool {
            has(name) && (value[name]?.string ?? value[name]?.number) != nil
        }
        return switch type {
        case "alert": has("text")
        case "allergy": has("substance")
        case "plan": isText("category") && isText("title")
        case "contact": has("name") || has("relationship") || has("role") || has("phones")
        default: has(type)
        }
    }

    /// What a statement without a number is known by.
    private func identity(_ content: EntryContent) -> String {
        switch content {
        case .medicationStatement(let medicine): medicine.code.identityText
        case .allergyIntolerance(let allergy): allergy.code.identityText
        case .condition(let condition): condition.code.identityText
        case .flag(let flag): flag.code.identityText
        // A decision that changes its words is the same plan.
        case .carePlan(let plan): plan.category.lowercased()
        case .relatedPerson(let person):
            [person.names.first?.spoken, person.relationship?.words, person.role?.words]
                .compactMap { $0 }.joined(separator: ", ")
        default: content.kind.rawValue
        }
    }
}
