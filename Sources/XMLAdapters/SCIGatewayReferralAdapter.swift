public import PortalIntake
import PortalRecord
import XMLSyntax

/// Referral letters in the manner of SCI Gateway, as XML.
///
/// - Shape: `Referral { Message [Pathway] [Confidentiality] [Referrer] [Addressee] Patient [Urgency]
///   [ReferralDate] [Reason] [Clinical] [Attachments] }`. The schema of SCI Gateway is not public:
///   this shape is ours, modelled on public descriptions, and described in
///   <doc:SCIGatewayReferral> and `SCIGatewayReferral.xsd`.
/// - Rule: SIGN 31 and the PRSB clinical referral standard for the headings (DOMAIN 2).
///
///       <Message><Number assigner="P55555">R-1001</Number><Status>new</Status></Message>
public struct SCIGatewayReferralAdapter: SourceAdapter {
    /// `sci-gateway-referral`.
    public static let name = "sci-gateway-referral"
    /// `xml`.
    public static let format = "xml"

    /// The namespace of the shape.
    public static let namespace = "urn:clinicalportal:sci-gateway-referral:1"

    /// Builds the adapter.
    public init() {}

    /// Whether the root is a `Referral` of our namespace.
    public func recognises(_ document: SourceDocument) -> Bool {
        XMLDocument.rootName(document.bytes) == Self.root
    }

    private static let root = XMLName(namespace: namespace, local: "Referral")

    /// States a referral as entries: the person, the referral, and the allergies, problems and
    /// medicines that it names.
    ///
    /// - Throws: ``IntakeError``: the syntax's codes for a document that is refused,
    ///   `root-unknown`, `element-missing` for one without `Message` or `Patient`, and
    ///   `patient-repeated` for one of several people.
    public func adapt(_ document: SourceDocument) throws(IntakeError) -> IntakeReport {
        let reading = try XMLReading(document)
        let root = reading.know(reading.xml.root)
        guard reading.xml.name(of: root) == Self.root else {
            throw IntakeError(
                code: "root-unknown",
                location: reading.xml.path(of: root),
                remedy: "send a Referral of the namespace that the adapter names"
            )
        }
        reading.strangers(in: root, besides: Self.parts, once: Self.parts)
        guard let message = reading.child("Message", of: root) else {
            throw Self.missing("Message")
        }
        guard let patient = reading.child("Patient", of: root) else {
            throw Self.missing("Patient")
        }
        let people = reading.xml.children("Patient", of: root)
        guard people.count == 1 else {
            // Whose the rest is would be a guess.
            throw IntakeError(
                code: "patient-repeated",
                location: people.last.map(reading.xml.path) ?? "/Referral/Patient",
                remedy: "ask the sender for a document for each person"
            )
        }
        let header = SCIGatewayHeader(reading, message)
        var person = header.person(SCIGatewayPatient(reading).statement(patient), at: patient)
        let assembly = SCIGatewayAssembly(reading, root, header)
        let entries = assembly.entries(about: person.subject)
        person.organisation = entries.first?.organisation
        var report = IntakeReport(adapter: Self.name, ledger: reading.finishLedger())
        report.messageID = header.messageID
        report.messageTime = header.created
        report.sender = header.sender
        report.entries = [person] + entries
        report.diagnostics = reading.diagnosticsInOrder
        return report
    }

    private static let parts: Set<String> = [
        "Message", "Pathway", "Confidentiality", "Referrer", "Addressee", "Patient", "Urgency",
        "ReferralDate", "Reason", "Clinical", "Attachments",
    ]

    private static func missing(_ name: String) -> IntakeError {
        IntakeError(
            code: "element-missing",
            location: "/Referral/" + name,
            remedy: "ask the sender for the whole document, then drive it again"
        )
    }
}

/// What `Message` says: which referral, which version of it, from whom and when.
struct SCIGatewayHeader {
    let reading: XMLReading
    let messageID: String?
    let sender: String?
    let number: Identifier?
    let statusCode: String?
    let status: ResultStatus
    let version: String?
    let created: PartialDate?
    let versionTime: PartialDate?
    /// The clock of the version, where it is believable (SAFETY S5, S6).
    let statusTime: PartialDate?

    init(_ reading: XMLReading, _ message: XMLElement) {
        self.reading = reading
        let names: Set<String> = [
            "MessageID", "Number", "Status", "Version", "Sender", "Created", "VersionTime",
        ]
        reading.strangers(in: message, besides: names, once: names)
        let idElement = reading.child("MessageID", of: message)
        messageID = idElement.flatMap { reading.routing($0) }
        let numberElement = reading.child("Number", of: message)
        var number = reading.number(numberElement)
        let senderElement = reading.child("Sender", of: message)
        if number != nil, number?.system == nil, let name = reading.text(senderElement) {
            // The number is the sender's own.
            number?.system = IdentifierSystem.unmapped(namespace: name, universalID: "", type: "")
            sender = name
        } else {
            sender = senderElement.flatMap { reading.routing($0) }
        }
        self.number = number
        if number == nil { reading.note("referral-number-missing", message) }
        let statusElement = reading.child("Status", of: message)
        statusCode = reading.text(statusElement)
        switch statusCode?.lowercased() {
        case "new": status = .final
        case "amended": status = .amended
        case "withdrawn": status = .withdrawn
        default:
            status = .final
            reading.note("status-unknown", statusElement ?? message)
        }
        version = reading.text("Version", of: message)
        created = reading.date(reading.child("Created", of: message))
        let versionElement = reading.child("VersionTime", of: message)
        versionTime = reading.date(versionElement)
        let stated = versionTime ?? created
        if let stated, !reading.document.dialect.isBelievable(stated, messageTime: created) {
            statusTime = nil
            reading.note("status-time-in-future", versionElement ?? message)
        } else {
            statusTime = stated
        }
    }

    /// The sender's number for the referral, or the document in its stead.
    var key: BusinessKey {
        guard let number, !Placeholder.isIdentifier(number.value) else {
            return BusinessKey(assigner: nil, value: reading.document.hash.hex, isAssigned: false)
        }
        return BusinessKey(assigner: number.system, value: number.value)
    }

    /// The person, as an entry.
    func person(_ statement: PatientStatement, at element: XMLElement) -> RecordEntry {
        let subject = reading.document.subject(statement)
        var entry = entry(
            .patient(statement),
            key: BusinessKey(assigner: nil, value: subject.base),
            about: subject,
            at: element
        )
        entry.statusTime = statusTime
        return entry
    }

    /// A statement of the document.
    func entry(
        _ content: EntryContent,
        key: BusinessKey,
        about subject: SourcePatient,
        status: ResultStatus = .final,
        at element: XMLElement
    ) -> RecordEntry {
        var entry = RecordEntry(
            source: reading.document.silo,
            content: content,
            key: key,
            subject: subject,
            status: status,
            origin: reading.reference(element)
        )
        entry.recorded = created
        entry.statusTime = statusTime
        return entry
    }
}
