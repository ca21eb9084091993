import PortalIntake
import PortalRecord
import XMLSyntax

/// The objects of a submission or an answer: documents, associations, and files beside them.
final class XDSRegistry {
    let reading: XMLReading
    private(set) var documents: [XMLElement] = []
    private var associations: [XMLElement] = []
    /// Files that are sent along, by the object that they belong to.
    private(set) var files: [String: XMLElement] = [:]
    private let fields: XMLFields

    var xml: XMLDocument { reading.xml }

    init(_ reading: XMLReading) {
        self.reading = reading
        fields = XMLFields(reading, bytesMax: 2 * reading.document.bytes.count + (12 << 20))
        visit(reading.xml.root)
    }

    /// INVARIANT: no deeper than the document, whose depth has a limit.
    private func visit(_ element: XMLElement) {
        switch xml.name(of: element).local {
        case "ExtrinsicObject": documents.append(element)
        case "Association": associations.append(element)
        case "Document":
            if let id = reading.peek("id", of: element) { files[id] = element }
        default: for child in xml.children(of: element) { visit(child) }
        }
    }

    func rest(of element: XMLElement) -> [String: String] {
        fields.taken(below: element, isLast: true)
    }

    /// What the submission says beside its documents, onto the first of them.
    func rest(onto entries: inout [RecordEntry]) {
        let left = rest(of: xml.root)
        guard let index = entries.firstIndex(where: { $0.kind != .patient }) else { return }
        entries[index].other = left.isEmpty ? nil : left
    }

    // MARK: Parts of an object

    func children(_ name: String, of element: XMLElement) -> [XMLElement] {
        xml.children(of: element).filter { xml.name(of: $0).local == name }
    }

    /// The values of a slot, nothing taken.
    func slot(_ name: String, of element: XMLElement) -> [String] {
        children("Slot", of: element).filter { reading.peek("name", of: $0) == name }
            .flatMap { children("ValueList", of: $0) }.flatMap { children("Value", of: $0) }
            .compactMap { reading.written($0) }
    }

    /// The name of an object, in its first language.
    func name(of element: XMLElement) -> String? {
        children("Name", of: element).flatMap { children("LocalizedString", of: $0) }
            .compactMap { reading.peek("value", of: $0) }.first
    }

    /// The codes of a scheme: class, type, format, confidentiality and so on.
    func codes(_ scheme: XDSScheme, of element: XMLElement) -> [Coding] {
        classifications(scheme, of: element).compactMap { classification in
            guard let code = reading.peek("nodeRepresentation", of: classification) else {
                return nil
            }
            return Coding(
                system: slot("codingScheme", of: classification).first,
                code: code,
                display: name(of: classification)
            )
        }
    }

    func classifications(_ scheme: XDSScheme, of element: XMLElement) -> [XMLElement] {
        children("Classification", of: element).filter {
            reading.peek("classificationScheme", of: $0) == scheme.rawValue
        }
    }

    func identifier(_ scheme: XDSScheme, of element: XMLElement) -> String? {
        children("ExternalIdentifier", of: element).first {
            reading.peek("identificationScheme", of: $0) == scheme.rawValue
        }.flatMap { reading.peek("value", of: $0) }
    }

    /// What a document replaces or adds to: the target's number where it is in this document, else
    /// the registry's own name of it.
    func lineage(of id: String?) -> (ClinicalDocument.Relation, String)? {
        for association in associations where reading.peek("sourceObject", of: association) == id {
            let type = reading.peek("associationType", of: association) ?? ""
            guard let target = reading.peek("targetObject", of: association) else { continue }
            let relation: ClinicalDocument.Relation
            switch type.split(separator: ":").last {
            case "RPLC": relation = .replaces
            case "APND": relation = .appends
            default: continue
            }
            let known = documents.first { reading.peek("id", of: $0) == target }
            return (relation, known.flatMap { identifier(.uniqueID, of: $0) } ?? target)
        }
        return nil
    }
}

/// Schemes of a document entry.
///
/// - Rule: IHE ITI TF-3 section 4.2.5.2.
enum XDSScheme: String {
    case classCode = "urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a"
    case typeCode = "urn:uuid:f0306f51-975f-434e-a61c-c59651d33983"
    case formatCode = "urn:uuid:a09d5840-386c-46f2-b5ad-9c3699a4309d"
    case confidentiality = "urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f"
    case facility = "urn:uuid:f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1"
    case practiceSetting = "urn:uuid:cccf5598-8b07-4b77-a05e-ae952c785ead"
    case author = "urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d"
    case uniqueID = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"
    case patientID = "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427"
}
