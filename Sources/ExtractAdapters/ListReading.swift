import JSONSyntax
import PortalIntake
import PortalRecord

/// What the lines of whole lists have in common: number, practice, time, status, opt-out, person.
struct ListReading {
    let reading: JSONReading
    /// The kind of list, as its `extract` member names it.
    let name: String
    let schema: String
    let root: [String: JSONValue]
    let person: RecordEntry
    private(set) var statements: ListedStatements
    let made: PartialDate?
    let isOptedOut: Bool

    /// What any line of a list may say.
    static let common: Set<String> = [
        "extract", "number", "practice", "made", "version", "status", "optedOut", "labels",
        "patient",
    ]

    /// Whether a document is a line whose `extract` is a name.
    static func recognises(_ document: SourceDocument, _ name: String) -> Bool {
        ExtractLine(document).map { $0.extract == name && $0.hasPatient } ?? false
    }

    init(_ document: SourceDocument, name: String, members: Set<String>) throws(IntakeError) {
        let schema = name + ".schema.json"
        let reading = try JSONReading(document)
        guard reading.root.kind == .object else { throw IntakeError(member: "/", schema: schema) }
        guard reading.root["extract"]?.string == name else {
            throw IntakeError(
                code: "extract-unknown",
                location: "/extract",
                remedy: "name the extract " + name
            )
        }
        let root = reading.object(reading.root, Self.common.union(members), "")
        if let kind = root["extract"] { reading.ignore(kind.range, by: .structure) }
        let practice = reading.object(root["practice"], ["code", "name", "phones"], "/practice")
        let code = reading.text(practice["code"])
        let words = reading.text(practice["name"])
        let phones = reading.elements(practice["phones"]).compactMap(reading.text)
        if code == nil, words == nil { reading.note("practice-missing", "/practice") }
        var person = try JSONPatient(reading, schema: schema, hasContact: true)
            .entry(root["patient"])
        Self.register(code, words, phones, &person)
        let (status, word) = reading.status(root["status"], "/status")
        person.statusCode = word
        made = reading.date(root["made"], "/made")
        if made == nil { reading.note("made-missing", "/made") }
        let number = reading.text(root["number"])
        if number == nil { reading.note("number-missing", "/number", .note) }
        isOptedOut = Self.optOut(root["optedOut"], reading, &person)
        var sending = ListedStatements.Sending(
            list: WholeList(
                name: [name, code ?? words].compactMap { $0 }.joined(separator: " "),
                sending: number,
                status: status,
                isOptedOut: isOptedOut
            )
        )
        sending.made = made
        sending.sequence = reading.number(root["version"], "/version")
        sending.organisation = words ?? code
        sending.assigner = (code ?? words).flatMap {
            document.dialect.system(namespace: $0, universalID: "", type: "")
        }
        sending.labels = Set(reading.labels(root["labels"], "/labels"))
        Self.keep(root["labels"], reading, &person)
        statements = ListedStatements(sending, of: document.silo, about: person)
        self.reading = reading
        self.name = name
        self.schema = schema
        self.root = root
        self.person = person
    }

    /// The practice that sends is the one where the person is registered.
    private static func register(
        _ code: String?,
        _ name: String?,
        _ phones: [String],
        _ person: inout RecordEntry
    ) {
        guard case .patient(var statement) = person.content else { return }
        if code != nil || name != nil {
            statement.generalPractice.insert(
                Practitioner(
                    identifier: code.map { Identifier(system: nil, value: $0) },
                    name: name.map { HumanName(family: $0) },
                    role: "general practice"
                ),
                at: 0
            )
        }
        if !phones.isEmpty {
            statement.other["practice contact"] = phones.joined(separator: ", ")
        }
        person.content = .patient(statement)
    }

    /// The words of the labels: a list that names nothing has no statement to put them on.
    private static func keep(
        _ labels: JSONValue?,
        _ reading: JSONReading,
        _ person: inout RecordEntry
    ) {
        guard case .patient(var statement) = person.content, let labels else { return }
        let words = labels.kind == .array ? reading.elements(labels) : [labels]
        let said = words.compactMap(reading.text).joined(separator: ", ")
        if !said.isEmpty { statement.other["confidentiality"] = said }
        person.content = .patient(statement)
    }

    /// Whether the person has opted out; what cannot be read withholds (SAFETY S21).
    private static func optOut(
        _ value: JSONValue?,
        _ reading: JSONReading,
        _ person: inout RecordEntry
    ) -> Bool {
        guard let value, !JSONReading.isSilent(value) else { return false }
        if let flag = reading.flag(value) { return flag }
        let word = value.string ?? value.number ?? ""
        guard let isOptedOut = OptOutWords.read(word) else {
            reading.note("opt-out-unreadable", "/optedOut", .error, at: value)
            return true
        }
        if case .patient(var statement) = person.content {
            statement.other["opted out"] = reading.text(value)
            person.content = .patient(statement)
        }
        return isOptedOut
    }

    /// Adds a statement that stands at a place.
    mutating func add(_ statement: ListedStatements.Statement, at place: String) {
        if !statements.add(statement) { reading.note("statement-repeated", place) }
        places.append(place)
    }

    /// Where each statement stands, in the order of the entries behind the person's.
    private var places: [String] = []

    /// Closes the account, and puts on each entry what was noticed of it.
    func report() -> IntakeReport {
        reading.account()
        var entries = statements.entries
        func grouped(_ steps: Int) -> [String: [Diagnostic]] {
            Dictionary(grouping: reading.diagnostics) { finding in
                "/" + finding.location.split(separator: "/").prefix(steps).joined(separator: "/")
            }
        }
        // A statement is a member, or one of a member's elements.
        let found = [grouped(0), grouped(1), grouped(2)]
        for (index, place) in places.enumerated() where entries.indices.contains(index + 1) {
            let steps = place.split(separator: "/").count
            let noticed = found.indices.contains(steps) ? found[steps][place] : nil
            // Of the line as a whole its own findings alone.
            entries[index + 1].findings =
                steps == 0 ? (noticed ?? []).filter { $0.location == "/" } : noticed ?? []
        }
        let own = Set(statementSections)
        entries[0].findings = reading.diagnostics.filter { finding in
            !own.contains(String(finding.location.split(separator: "/").first ?? ""))
        }
        var report = reading.report(adapter: name, entries)
        report.messageID = statements.entries.first?.wholeList?.sending
        report.messageTime = made
        report.sender = statements.entries.first?.organisation
        return report
    }

    /// The members that hold statements: what is noticed there is theirs.
    var statementSections: [String] = []
}
