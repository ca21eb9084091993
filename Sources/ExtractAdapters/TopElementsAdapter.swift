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
    static let members: [String: Set<String>] = [
        "alert": ["text", "category", "detail", "from", "to", "contact"],
        "allergy": ["substance", "category", "severity", "reactions", "onset"],
        "medicine": ["medicine", "dose", "supply", "started", "ended", "lastIssued"],
        "problem": ["problem", "category", "onset"],
        "plan": ["category", "title", "sections", "made", "reviewDue"],
        "contact": ["name", "relationship", "role", "phones"],
        "procedure": ["procedure", "performed", "site", "note"],
    ]

    private static let schema = "top-elements.schema.json"

    /// Builds the adapter.
    public init() {}

    /// Whether a line is an object with a type of ours and a patient.
    public func recognises(_ document: SourceDocument) -> Bool {
        guard let line = ExtractLine(document) else { return false }
        return Self.members[line.type ?? ""] != nil && line.hasPatient
    }

    /// States a line as entries: the person and the statement.
    ///
    /// - Throws: ``IntakeError``: the syntax's codes, `type-unknown`, and `member-missing` where
    ///   the patient has no identifier or the statement says nothing.
    public func adapt(_ document: SourceDocument) throws(IntakeError) -> IntakeReport {
        let reading = try JSONReading(document)
        guard reading.root.kind == .object else {
            throw IntakeError(member: "/", schema: Self.schema)
        }
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
        let person = try JSONPatient(reading, schema: Self.schema).entry(root["patient"])
        let (status, word) = reading.status(root["status"], "/status")
        let statement = TopElementsStatement(
            reading: reading,
            root: root,
            isRetraction: status.isRetraction
        )
        let content: EntryContent
        do {
            content = try statement.content(type)
        } catch {
            throw IntakeError(member: error.place, schema: Self.schema)
        }
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
        entry.labels = reading.labels(root["labels"], "/labels")
        reading.account()
        entry.findings = reading.diagnostics
        return reading.report(adapter: Self.name, [person, entry])
    }
}
