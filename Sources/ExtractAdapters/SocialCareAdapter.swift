import JSONSyntax
import PortalBytes
public import PortalIntake
import PortalRecord

/// What social care tells of a person, as JSON Lines: one flag a line, its dates, and whom to ask.
///
/// - Shape: `{"extract":"social-care","id","patient","flag","from","to","contact"}` by the published
///   schema `Sources/ExtractAdapters/social-care.schema.json`. Text of plans, assessments and
///   chronologies is **never** taken in: members of other names, and words that are too long for a
///   flag or a contact, are left out by the rule `plan text`, counted in the ledger, and said to
///   have been there. See <doc:SocialCare>.
/// - Rule: DOMAIN 6f: flag, dates and contact only, as the national child-protection exchange has
///   it; the plan stays with the local authority. SAFETY S5, S8, S21.
///
///       {"extract":"social-care","id":"SC-1","patient":{…},"flag":"CPP","from":"2026-05-01",
///        "contact":{"authority":"Lochside Council","phone":"0141 496 0003"}}
public struct SocialCareAdapter: SourceAdapter {
    /// `social-care`.
    public static let name = "social-care"
    /// `jsonl`.
    public static let format = "jsonl"

    private static let schema = "social-care.schema.json"

    private static let members: Set<String> = [
        "extract", "id", "patient", "flag", "from", "to", "contact", "status", "version", "updated",
        "labels",
    ]

    /// What may be said of the person: an address may be what a plan keeps secret.
    private static let ofPatient: Set<String> = ["identifiers", "name", "birthDate", "gender"]

    /// Kinds of flag by the codes that are exchanged.
    private static let kinds: [String: String] = [
        "CPP": "Child protection plan", "UCPP": "Child protection plan (unborn child)",
        "LAC": "Looked-after child", "ASP": "Adult support and protection",
    ]

    /// Bytes beyond which words are no flag and no contact.
    private static let flagBytesMax = 80
    private static let contactBytesMax = 100

    /// Builds the adapter.
    public init() {}

    /// Whether a line is an object whose `extract` is ours, with a patient.
    public func recognises(_ document: SourceDocument) -> Bool {
        ListReading.recognises(document, Self.name)
    }

    /// States a line as entries: the person and the flag.
    ///
    /// - Throws: ``IntakeError``: the syntax's codes, `extract-unknown`, and `member-missing` where
    ///   the patient has no identifier, or nothing is flagged.
    public func adapt(_ document: SourceDocument) throws(IntakeError) -> IntakeReport {
        let reading = try JSONReading(document)
        guard reading.root.kind == .object else {
            throw IntakeError(member: "/", schema: Self.schema)
        }
        // No field at all is a place for a plan's text.
        reading.strict = (.planText, Self.contactBytesMax)
        guard reading.root["extract"]?.string == Self.name else {
            throw IntakeError(
                code: "extract-unknown",
                location: "/extract",
                remedy: "name the extract " + Self.name
            )
        }
        let root = reading.object(reading.root, Self.members, "")
        if let kind = root["extract"] { reading.ignore(kind.range, by: .structure) }
        var patient = JSONPatient(reading, schema: Self.schema)
        patient.members = Self.ofPatient
        let person = try patient.entry(root["patient"])
        let (status, word) = reading.status(root["status"], "/status")
        let (flag, authority) = try flag(root, reading, isRetraction: status.isRetraction)
        let number = reading.text(root["id"])
        if number == nil { reading.note("id-missing", "/id") }
        var entry = RecordEntry(
            source: document.silo,
            content: .flag(flag),
            key: BusinessKey(
                assigner: nil,
                value: number ?? document.hash.hex,
                isAssigned: number != nil
            ),
            subject: person.subject,
            status: status,
            origin: person.origin
        )
        entry.statusCode = word
        entry.issued = reading.date(root["updated"], "/updated")
        entry.statusTime = entry.issued
        entry.sequence = reading.number(root["version"], "/version")
        entry.labels = reading.labels(root["labels"], "/labels")
        entry.organisation = authority
        reading.account()
        entry.findings = reading.diagnostics
        var report = reading.report(adapter: Self.name, [person, entry])
        report.messageTime = entry.issued
        return report
    }

    private func flag(
        _ root: [String: JSONValue],
        _ reading: JSONReading,
        isRetraction: Bool
    ) throws(IntakeError) -> (Flag, authority: String?) {
        let isSaid = root["flag"].map { !JSONReading.isSilent($0) } ?? false
        guard isSaid || isRetraction else {
            throw IntakeError(member: "/flag", schema: Self.schema)
        }
        var flag = Flag(code: CodeableConcept())
        if let word = short(root["flag"], "/flag", Self.flagBytesMax, reading) {
            if let words = Self.kinds[word] {
                let coding = Coding(system: nil, code: word, display: words)
                flag.code = CodeableConcept(codings: [coding], text: nil)
            } else {
                flag.code = CodeableConcept(text: word)
            }
        } else if isSaid {
            // That there is something is what the reader must know.
            flag.code = CodeableConcept(text: "Social care flag")
        }
        flag.category = "social care"
        flag.from = reading.date(root["from"], "/from")
        flag.to = reading.date(root["to"], "/to")
        let contact = reading.object(
            root["contact"],
            ["authority", "name", "phone"],
            "/contact"
        )
        let parts = ["authority", "name", "phone"].map { name in
            short(contact[name], "/contact/" + name, Self.contactBytesMax, reading)
        }
        let said = parts.compactMap { $0 }
        flag.contact = said.isEmpty ? nil : said.joined(separator: "; ")
        return (flag, parts[0])
    }

    /// A few words; more than that, or anything but a text, is left out by rule.
    private func short(
        _ value: JSONValue?,
        _ place: String,
        _ bytesMax: Int,
        _ reading: JSONReading
    ) -> String? {
        guard let value, !JSONReading.isSilent(value) else { return nil }
        if let text = value.string, text.utf8.count <= bytesMax { return reading.text(value) }
        reading.leave(value, by: .planText)
        reading.note("plan-text-left-out", place, at: value)
        return nil
    }
}
