public import PortalIntake
import PortalRecord
import XMLSyntax

/// Letters, summaries and reports as HL7 CDA R2: C-CDA, CCD, eICR, IHE profiles, NHS 111 and ITK.
///
/// - Shape: `ClinicalDocument`, bare, as payloads of an ITK `DistributionEnvelope`, or inside a
///   SOAP or HL7 v3 wrapper. What becomes of each part is told in <doc:CDADocuments>.
/// - Rule: HL7 CDA Release 2.0 (ISO/HL7 27932); C-CDA R1.1 and R2.1; NHS ITK Non-Coded CDA and
///   NHS 111 (DOMAIN 6).
///
///       <id root="2.16.840.1.113883.2.1.3.2.4.18.49" extension="L-77"/><title>Clinic letter</title>
public struct CDADocumentAdapter: SourceAdapter {
    /// `cda-document`.
    public static let name = "cda-document"
    /// `xml`.
    public static let format = "xml"

    /// Builds the adapter.
    public init() {}

    /// Whether the root is a `ClinicalDocument` of HL7 v3, or a wrapper that holds one.
    public func recognises(_ document: SourceDocument) -> Bool {
        guard let root = XMLDocument.rootName(document.bytes) else { return false }
        return root == CDAEnvelope.document
            || CDAEnvelope.isWrapper(root)
                && CDAEnvelope.mayHold("ClinicalDocument", in: document.bytes)
    }

    /// States a document as entries: the person, the document itself, and what it states in coded
    /// entries; of an envelope of several documents, one behind the other.
    ///
    /// - Throws: ``IntakeError``: the syntax's codes for a document that is refused, `root-unknown`,
    ///   `element-missing` for one without a document or a patient, and `patient-repeated` for a
    ///   document of several people.
    public func adapt(_ document: SourceDocument) throws(IntakeError) -> IntakeReport {
        let base = try XMLReading(document)
        let envelope = try CDAEnvelope(base)
        let readings = envelope.contents.map {
            CDAReading(base, root: $0, among: envelope.contents.count)
        }
        // Before anything is read: an envelope is filed as a whole or held as a whole.
        var targets: [XMLElement] = []
        for reading in readings { targets.append(try Self.target(reading)) }
        var entries: [RecordEntry] = []
        var shares: [PatientShare] = []
        var headers: [CDAHeader] = []
        for (reading, target) in zip(readings, targets) {
            let (stated, header) = Self.state(reading, target, envelope)
            headers.append(header)
            if let subject = stated.first?.subject.id {
                shares.append(
                    PatientShare(subject: subject, ranges: [reading.xml.range(of: reading.root)])
                )
            }
            if entries.isEmpty { entries = stated } else { entries += stated }
        }
        envelope.close(base)
        var report = IntakeReport(adapter: Self.name, ledger: base.finishLedger())
        report.messageID = envelope.trackingID ?? headers.first?.number?.value
        // The status times of several documents are each their own document's.
        report.messageTime = headers.count == 1 ? headers.first?.time : nil
        report.sender = headers.first?.organisation
        report.entries = entries
        report.shares = Set(shares.map(\.subject)).count > 1 ? shares : []
        report.diagnostics = base.diagnosticsInOrder
        return report
    }

    /// The person, the document and its statements.
    private static func state(
        _ reading: CDAReading,
        _ target: XMLElement,
        _ envelope: CDAEnvelope
    ) -> ([RecordEntry], CDAHeader) {
        let document = reading.base.document
        var statement = CDAPatient(reading).statement(target)
        let subject = document.subject(statement)
        let noticed = reading.base.diagnostics.count
        var header = CDAHeader(reading)
        var letter = CDALetter(reading, header)
        let statements = CDAStatements(reading, header, about: subject)
        statements.contacts()
        // A guardian is a contact and has been read by now.
        statement.other = reading.rest(of: target)
        letter.body(into: statements)
        header.labels.formUnion(letter.labels)
        envelope.attachments(reading, &letter.document)
        var whole = header.entry(letter, about: subject, at: reading.root)
        var person = document.person(statement, as: subject, origin: reading.base.reference(target))
        person.recorded = header.time
        person.statusTime = header.time
        person.organisation = header.organisation
        // Last, because it takes whatever is left.
        header.finish(&whole)
        whole.findings = Array(reading.base.diagnostics.dropFirst(noticed))
        var entries = statements.handOver(labelled: header.labels)
        entries.insert(contentsOf: [person, whole], at: 0)
        return (entries, header)
    }

    /// The one person that the document is about.
    private static func target(_ reading: CDAReading) throws(IntakeError) -> XMLElement {
        let targets = reading.children("recordTarget", of: reading.root)
        let place = reading.xml.path(of: reading.root) + "/recordTarget"
        guard let target = targets.first, reading.child("patientRole", of: target) != nil else {
            throw IntakeError(
                code: "element-missing",
                location: place,
                remedy: "ask the sender for the whole document, then drive it again"
            )
        }
        guard targets.count == 1, reading.children("patientRole", of: target).count == 1 else {
            // Whose the rest is would be a guess.
            throw IntakeError(
                code: "patient-repeated",
                location: place,
                remedy: "ask the sender for a document for each person"
            )
        }
        return target
    }
}
