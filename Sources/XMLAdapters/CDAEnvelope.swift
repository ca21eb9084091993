import PortalIntake
import PortalRecord
import XMLSyntax

/// What a document came in: nothing, an ITK envelope, SOAP, or an HL7 v3 message.
///
/// - Rule: NHS ITK `DistributionEnvelope` (header, payloads); SOAP 1.1 and 1.2; HL7 v3 MCCI.
struct CDAEnvelope {
    /// `ClinicalDocument`; several where an envelope brings several.
    let contents: [XMLElement]
    /// The interface's number for the sending.
    let trackingID: String?
    private let root: XMLElement
    /// Payloads beside the document.
    private let payloads: [XMLElement]
    private let manifest: [XMLElement]

    /// The name of a document's root.
    static let document = XMLName(namespace: CDAReading.namespace, local: "ClinicalDocument")
    private static let itk = "urn:nhs-itk:ns:201005"

    /// Whether a root is one that documents come in.
    static func isWrapper(_ name: XMLName) -> Bool {
        switch name.namespace {
        case "http://schemas.xmlsoap.org/soap/envelope/",
            "http://www.w3.org/2003/05/soap-envelope":
            name.local == "Envelope"
        case itk: name.local == "DistributionEnvelope"
        case CDAReading.namespace:
            name.local.hasPrefix("MCCI") || name.local.hasPrefix("RCMR")
                || name.local.hasPrefix("POCD")
        default: false
        }
    }

    /// Whether a start tag of an element stands anywhere, in UTF-8 or UTF-16.
    static func mayHold(_ local: String, in bytes: ArraySlice<UInt8>) -> Bool {
        let name = Array(local.utf8)
        return bytes.withUnsafeBufferPointer { buffer in
            for stride in [1, 2] {
                let length = name.count * stride
                guard buffer.count > length + stride else { continue }
                var at = stride
                while at <= buffer.count - length {
                    let matches =
                        buffer[at] == name[0]
                        && name.indices.allSatisfy { buffer[at + $0 * stride] == name[$0] }
                    let before = buffer[at - stride]
                    if matches, before == UInt8(ascii: "<") || before == UInt8(ascii: ":") {
                        return true
                    }
                    at += 1
                }
            }
            return false
        }
    }

    init(_ base: XMLReading) throws(IntakeError) {
        let xml = base.xml
        root = xml.root
        let name = xml.name(of: root)
        guard name != Self.document else {
            contents = [root]
            trackingID = nil
            payloads = []
            manifest = []
            return
        }
        guard Self.isWrapper(name) else {
            throw IntakeError(
                code: "root-unknown",
                location: xml.path(of: root),
                remedy: "send a ClinicalDocument of HL7 v3, or an envelope that holds one"
            )
        }
        var search = Search(xml: xml)
        search.visit(root)
        guard !search.documents.isEmpty else {
            // What is packed away, in Base64 or in another format, names nobody here.
            throw IntakeError(
                code: "element-missing",
                location: xml.path(of: root) + "/ClinicalDocument",
                remedy: "send the document itself in the envelope, not encoded"
            )
        }
        contents = search.documents
        payloads = search.payloads.filter { payload in
            xml.children(of: payload).isEmpty && !xml.texts(of: payload).isEmpty
        }
        manifest = search.manifest
        trackingID = search.trackingID
    }

    /// Walks a wrapper, and no document inside it.
    ///
    /// INVARIANT: no deeper than the document, whose depth has a limit.
    private struct Search {
        let xml: XMLDocument
        var documents: [XMLElement] = []
        var payloads: [XMLElement] = []
        var manifest: [XMLElement] = []
        var trackingID: String?

        mutating func visit(_ element: XMLElement) {
            let name = xml.name(of: element)
            guard name != CDAEnvelope.document else {
                documents.append(element)
                return
            }
            switch name.local {
            case "payload": payloads.append(element)
            case "manifestitem": manifest.append(element)
            case "header" where trackingID == nil:
                trackingID = xml.attribute("trackingid", of: element)?.value
            default: break
            }
            for child in xml.children(of: element) { visit(child) }
        }
    }

    /// Payloads that are files beside the document; beside several, whose they are is not said.
    func attachments(_ reading: CDAReading, _ document: inout ClinicalDocument) {
        guard contents.count == 1 else {
            for payload in payloads { reading.note("payload-of-no-document", payload) }
            return
        }
        for payload in payloads {
            let id = reading.peek("id", of: payload)
            let listed = manifest.first { reading.peek("id", of: $0) == id }
            var attachment = reading.attachment(payload)
            attachment.mediaType = reading.take("mimetype", of: listed)
            if reading.peek("base64", of: listed) == "true" { attachment.encoding = "B64" }
            document.attachments.append(attachment)
        }
    }

    /// What the wrapper says serves the interface; of payloads that nobody took nothing is said.
    func close(_ base: XMLReading) {
        let inner = contents + (contents.count > 1 ? payloads : [])
        var at = base.xml.range(of: root).lowerBound
        for element in inner.map({ base.xml.range(of: $0) })
            .sorted(by: { $0.lowerBound < $1.lowerBound })
        {
            base.ledger.ignore(at..<max(at, element.lowerBound), by: .routing)
            at = max(at, element.upperBound)
        }
        base.ledger.ignore(at..<max(at, base.xml.range(of: root).upperBound), by: .routing)
    }
}
