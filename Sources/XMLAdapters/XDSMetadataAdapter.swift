public import PortalIntake
import PortalRecord
import XMLSyntax

/// What a document registry or repository is told of documents, as IHE XDS metadata.
///
/// - Shape: `SubmitObjectsRequest`, `ProvideAndRegisterDocumentSetRequest` or `AdhocQueryResponse`
///   of ebRIM 2.1 or 3.0, bare or in SOAP, with at least one `ExtrinsicObject`: each is a document.
///   Queries, and answers that name no document, state nothing of a person.
/// - Rule: IHE ITI TF-3 section 4.2 (document entry metadata, associations).
///
///       <ExtrinsicObject id="doc1" mimeType="application/pdf"> … </ExtrinsicObject>
public struct XDSMetadataAdapter: SourceAdapter {
    /// `xds-metadata`.
    public static let name = "xds-metadata"
    /// `xml`.
    public static let format = "xml"

    /// Builds the adapter.
    public init() {}

    private static let roots: Set<String> = [
        "SubmitObjectsRequest", "ProvideAndRegisterDocumentSetRequest", "AdhocQueryResponse",
        "Envelope",
    ]

    /// Whether the root is one of the registry's and a document is named in it.
    public func recognises(_ document: SourceDocument) -> Bool {
        guard let root = XMLDocument.rootName(document.bytes), Self.roots.contains(root.local),
            let namespace = root.namespace,
            namespace.contains("ebxml-regrep") || namespace.hasPrefix("urn:ihe:iti:xds-b")
                || root.local == "Envelope" && CDAEnvelope.isWrapper(root)
        else { return false }
        return CDAEnvelope.mayHold("ExtrinsicObject", in: document.bytes)
    }

    /// States each document as an entry, behind the person whom it is about.
    ///
    /// - Throws: ``IntakeError``: the syntax's codes for a document that is refused, and
    ///   `element-missing` where no document is named.
    public func adapt(_ document: SourceDocument) throws(IntakeError) -> IntakeReport {
        let reading = try XMLReading(document)
        let registry = XDSRegistry(reading)
        guard !registry.documents.isEmpty else {
            throw IntakeError(
                code: "element-missing",
                location: reading.xml.path(of: reading.xml.root) + "/ExtrinsicObject",
                remedy: "nothing is stated of a document: no one has to be told"
            )
        }
        var report = IntakeReport(adapter: Self.name, ledger: reading.ledger.close())
        var people: [SourcePatient] = []
        for element in registry.documents {
            let noticed = reading.diagnostics.count
            let entry = XDSDocumentEntry(registry, element)
            let statement = entry.patient()
            let subject = document.subject(statement)
            var stated = entry.entry(about: subject)
            stated.findings = Array(reading.diagnostics.dropFirst(noticed))
            if !people.contains(subject) {
                people.append(subject)
                report.entries.append(entry.person(statement, subject))
            }
            report.entries.append(stated)
            report.shares.append(
                PatientShare(subject: subject.id, ranges: [reading.xml.range(of: element)])
            )
        }
        if people.count == 1 {
            report.shares = []
            registry.rest(onto: &report.entries)
        } else {
            // Whose the submission is, beside their documents, is not said.
            reading.note("submission-of-several-people", reading.xml.root)
        }
        report.ledger = reading.finishLedger()
        report.diagnostics = reading.diagnosticsInOrder
        return report
    }
}
