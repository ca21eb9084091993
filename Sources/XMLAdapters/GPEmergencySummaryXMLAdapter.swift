public import PortalIntake
import PortalRecord
import XMLSyntax

/// A practice's emergency summary of one patient, as XML.
///
/// - Shape: `EmergencySummary { Message Practice [Confidentiality] Patient {Repeat} {Acute} {Allergy}
///   {Problem} {Alert} {Plan} {Contact} }`, by our schema `GPEmergencySummary.xsd`: the JSON Lines of
///   `gp-emergency-summary` in another form, and the same entries come of both. The real extract's
///   schema is not public; <doc:GPEmergencySummary> says what becomes of each element.
/// - Rule: DOMAIN 4; SAFETY S13, S20. A summary takes the place of the practice's last one.
///
///       <Message><Number>E1</Number><Made>2026-11-22T02:10:00Z</Made></Message>
public struct GPEmergencySummaryXMLAdapter: SourceAdapter {
    /// `gp-emergency-summary-xml`.
    public static let name = "gp-emergency-summary-xml"
    /// `xml`.
    public static let format = "xml"

    /// The namespace of the shape.
    public static let namespace = "urn:clinicalportal:gp-emergency-summary:1"

    private static let root = XMLName(namespace: namespace, local: "EmergencySummary")

    private static let single: Set<String> = ["Message", "Practice", "Patient"]

    /// Builds the adapter.
    public init() {}

    /// Whether the root is an `EmergencySummary` of our namespace.
    public func recognises(_ document: SourceDocument) -> Bool {
        XMLDocument.rootName(document.bytes) == Self.root
    }

    /// States a summary as entries: the person, and each statement of the list.
    ///
    /// - Throws: ``IntakeError``: the syntax's codes, `root-unknown`, `element-missing` for one
    ///   without `Patient`, and `patient-repeated` for one of several people.
    public func adapt(_ document: SourceDocument) throws(IntakeError) -> IntakeReport {
        let reading = try XMLReading(document)
        let root = try reading.root(Self.root)
        let statements = Set(GPSummaryStatement.elements.keys)
        reading.strangers(
            in: root,
            besides: Self.single.union(statements).union(["Confidentiality"]),
            once: Self.single
        )
        let patient = try reading.only("Patient", of: root)
        let summary = GPSummaryReading(reading, root)
        var list = ListedStatements(
            summary.sending,
            of: document.silo,
            about: summary.person(patient)
        )
        var findings: [[Diagnostic]] = []
        for element in reading.xml.children(of: root) {
            let name = reading.xml.name(of: element)
            guard name.namespace == Self.namespace,
                let kind = GPSummaryStatement.elements[name.local]
            else { continue }
            guard !summary.isOptedOut else {
                reading.leave(element, by: .optedOut)
                continue
            }
            let noticed = reading.diagnostics.count
            guard let statement = GPSummaryStatement(reading, kind).read(element) else { continue }
            if !list.add(statement) { reading.note("statement-repeated", element) }
            findings.append(Array(reading.diagnostics.dropFirst(noticed)))
        }
        var report = IntakeReport(adapter: Self.name, ledger: reading.finishLedger())
        report.messageID = summary.sending.list.sending
        report.messageTime = summary.sending.made
        report.sender = summary.sending.organisation
        report.entries = list.entries
        for (index, noticed) in findings.enumerated() {
            report.entries[index + 1].findings = noticed
        }
        report.diagnostics = reading.diagnosticsInOrder
        return report
    }
}

/// What a summary says as a whole: which sending of which list, from whom.
private struct GPSummaryReading {
    let reading: XMLReading
    var sending: ListedStatements.Sending
    let isOptedOut: Bool
    private var practice: XMLReading.Organisation?
    private var statusWord: String?
    private var optOutWord: String?
    private var labelWords: [String] = []

    init(_ reading: XMLReading, _ root: XMLElement) {
        self.reading = reading
        let message = reading.child("Message", of: root)
        let names: Set<String> = ["Number", "Made", "Version", "Status", "OptedOut"]
        reading.strangers(in: message, besides: names, once: names)
        let number = reading.text("Number", of: message)
        let made = reading.date(reading.child("Made", of: message))
        if made == nil { reading.note("made-missing", message ?? root) }
        let version = reading.wholeNumber(reading.child("Version", of: message))
        let (status, word) = reading.status(reading.child("Status", of: message))
        statusWord = word
        let practice = reading.organisation(reading.child("Practice", of: root))
        let code = practice?.code?.value
        if code == nil, practice?.name == nil { reading.note("practice-missing", root) }
        self.practice = practice
        (isOptedOut, optOutWord) = Self.optOut(reading.child("OptedOut", of: message), reading)
        sending = ListedStatements.Sending(
            list: WholeList(
                // The same list as that of the JSON Lines: a practice may change its form.
                name: ["gp-emergency-summary", code ?? practice?.name].compactMap { $0 }
                    .joined(separator: " "),
                sending: number,
                status: status ?? .final,
                isOptedOut: isOptedOut
            )
        )
        sending.made = made
        sending.sequence = version
        sending.organisation = practice?.name ?? code
        sending.assigner = (code ?? practice?.name).flatMap {
            reading.document.dialect.system(namespace: $0, universalID: "", type: "")
        }
        for element in reading.children("Confidentiality", of: root) {
            guard let word = reading.text(element) else { continue }
            labelWords.append(word)
            if let label = reading.label(element) { sending.labels.insert(label) }
        }
    }

    /// What cannot be read withholds (SAFETY S21).
    private static func optOut(
        _ element: XMLElement?,
        _ reading: XMLReading
    ) -> (Bool, String?) {
        guard let element, let written = reading.written(element) else { return (false, nil) }
        guard let isOptedOut = OptOutWords.read(written) else {
            reading.note("opt-out-unreadable", element, severity: .error)
            return (true, nil)
        }
        return (isOptedOut, reading.text(element))
    }

    func person(_ element: XMLElement) -> RecordEntry {
        var statement = SCIGatewayPatient(reading).statement(element)
        if practice?.code != nil || practice?.name != nil {
            statement.generalPractice.insert(
                Practitioner(
                    identifier: practice?.code,
                    name: practice?.name.map { HumanName(family: $0) },
                    role: "general practice"
                ),
                at: 0
            )
        }
        if let contact = practice?.contact { statement.other["sending practice"] = contact }
        statement.other["opted out"] = optOutWord
        if !labelWords.isEmpty {
            statement.other["confidentiality"] = labelWords.joined(separator: ", ")
        }
        let subject = reading.document.subject(statement)
        var entry = reading.document.person(
            statement,
            as: subject,
            origin: reading.reference(element)
        )
        entry.statusCode = statusWord
        entry.findings = reading.diagnostics
        return entry
    }
}
