import JSONSyntax
import PortalBytes
public import PortalIntake
import PortalRecord

/// What a practice sends of its patients for emergencies, as JSON Lines: one patient a line.
///
/// - Shape: `{"extract":"gp-emergency-summary","number","practice","made","patient", "repeats",
///   "acutes", "allergies", "problems", "alerts", "plans", "contacts"}` by the published schema
///   `Sources/ExtractAdapters/gp-emergency-summary.schema.json`; <doc:WholeLists> says what becomes
///   of each member. A line is whole: it takes the place of the practice's last line of that person,
///   and what it leaves out stands no longer. `optedOut` takes the whole list out of sight.
/// - Rule: DOMAIN 4: demographics, allergies, repeat medicines of twelve months and acute ones of
///   thirty days, the opt-out flag; the Key Information Summary's later additions. SAFETY S13, S20.
///
///       {"extract":"gp-emergency-summary","number":"E1","practice":{"code":"P55555"},
///        "made":"2026-11-22T02:10:00Z","patient":{…},"repeats":[{"medicine":"Bisoprolol 5 mg"}]}
public struct GPEmergencySummaryAdapter: SourceAdapter {
    /// `gp-emergency-summary`.
    public static let name = "gp-emergency-summary"
    /// `jsonl`.
    public static let format = "jsonl"

    /// The members that hold statements, in the order of the entries.
    private static let sections: [ListSection] = [
        ListSection("repeats", "medicine", supply: "repeat", windowDays: 366),
        ListSection("acutes", "medicine", supply: "acute", windowDays: 31),
        ListSection("allergies", "allergy"),
        ListSection("problems", "problem"),
        ListSection("alerts", "alert"),
        ListSection("plans", "plan"),
        ListSection("contacts", "contact"),
    ]

    /// Builds the adapter.
    public init() {}

    /// Whether a line is an object whose `extract` is ours, with a patient.
    public func recognises(_ document: SourceDocument) -> Bool {
        ListReading.recognises(document, Self.name)
    }

    /// States a line as entries: the person, and each statement of the list.
    ///
    /// - Throws: ``IntakeError``: the syntax's codes, `extract-unknown`, and `member-missing` where
    ///   the patient has no identifier.
    public func adapt(_ document: SourceDocument) throws(IntakeError) -> IntakeReport {
        var list = try ListReading(
            document,
            name: Self.name,
            members: Set(Self.sections.map(\.member))
        )
        list.statementSections = Self.sections.map(\.member)
        for section in Self.sections { section.read(into: &list) }
        return list.report()
    }
}

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

    init(
        _ member: String,
        _ type: String,
        supply: String? = nil,
        windowDays: Int? = nil,
        category: String? = nil
    ) {
        self.member = member
        self.type = type
        self.supply = supply
        self.windowDays = windowDays
        self.category = category
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
            let place = "/\(member)/\(index)"
            guard says(value) else {
                if !JSONReading.isSilent(value) {
                    reading.note("statement-missing", place, .error, at: value)
                }
                continue
            }
            if let statement = statement(value, place, list) { list.add(statement, at: place) }
        }
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
        case .flag(var flag):
            flag.category = flag.category ?? category
            content = .flag(flag)
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
