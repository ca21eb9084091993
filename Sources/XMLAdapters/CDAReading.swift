import PortalBytes
import PortalIntake
import PortalRecord
import XMLSyntax

/// A CDA document while it is read: the elements of its namespace, the words that its narrative
/// has for an identifier, and what nobody took.
///
/// Two verbs: what is *taken* stands in an entry as it is written, so that its bytes are mapped;
/// what is *peeked at* decides something and is kept, as written, among the further fields.
final class CDAReading {
    let base: XMLReading
    /// `ClinicalDocument`, wherever it stands.
    let root: XMLElement
    /// Elements of the narrative by their `ID`.
    private var anchors: [String: XMLElement] = [:]
    /// Words of anchors that were asked for.
    private var anchorWords: [String: String?] = [:]
    /// What has no place.
    private let fields: XMLFields

    /// The namespace of CDA R2.
    static let namespace = "urn:hl7-org:v3"
    /// Words for a code are no page of text.
    private static let anchorBytesMax = 8192

    var xml: XMLDocument { base.xml }

    init(_ base: XMLReading, root: XMLElement, among documents: Int = 1) {
        self.base = base
        self.root = root
        let xml = base.xml
        // A name of a field is about as long as the tags that it is made of; what has thousands of
        // tiny ones is no document of a hospital.
        fields = XMLFields(
            base,
            bytesMax: 2 * xml.range(of: root).count + (12 << 20) / max(documents, 1),
            isFixed: CDACodeTable.isFixed,
            inner: { CDAReading.pictures($0, xml) }
        )
    }

    // MARK: Elements

    /// The first element of a name.
    func child(_ name: String, of element: XMLElement?) -> XMLElement? {
        element.flatMap { xml.child(name, of: $0) }
    }

    /// All elements of a name.
    func children(_ name: String, of element: XMLElement?) -> [XMLElement] {
        element.map { xml.children(name, of: $0) } ?? []
    }

    /// The first element at the end of a path.
    func find(_ path: String..., of element: XMLElement?) -> XMLElement? {
        path.reduce(element) { child($1, of: $0) }
    }

    /// The first element of a local name, whatever its namespace: extensions have their own.
    func extended(_ name: String, of element: XMLElement?) -> XMLElement? {
        guard let element else { return nil }
        return xml.children(of: element).first { xml.name(of: $0).local == name }
    }

    func localName(_ element: XMLElement) -> String { xml.name(of: element).local }

    // MARK: Values

    /// An attribute that an entry holds as written.
    func take(_ name: String, of element: XMLElement?) -> String? {
        base.attribute(name, of: element)
    }

    /// An attribute that decides something; the written form stays among the further fields.
    func peek(_ name: String, of element: XMLElement?) -> String? {
        element.flatMap { base.peek(name, of: $0) }
    }

    /// The data type that a value says it is of, without its prefix.
    func type(_ value: XMLElement?) -> String? {
        value.flatMap { typeAttribute($0) }?.value.split(separator: ":").last.map(String.init)
    }

    func typeAttribute(_ value: XMLElement) -> XMLAttribute? {
        xml.attribute(
            "type",
            of: value,
            namespace: "http://www.w3.org/2001/XMLSchema-instance"
        )
    }

    /// An element's text, taken.
    ///
    /// A `reference` beside it points somewhere and is no mark-up of it.
    func text(_ element: XMLElement?) -> String? {
        guard let element, let own = ownTexts(element) else { return base.text(element) }
        let ranges = own.compactMap { base.place(of: $0) }
        guard !ranges.isEmpty else { return nil }
        for text in own where base.place(of: text) != nil { base.ledger.map(text.range) }
        return joined(own)
    }

    /// An element's text without taking it.
    func written(_ element: XMLElement?) -> String? {
        guard let element else { return nil }
        guard let own = ownTexts(element) else { return base.written(element) }
        return joined(own)
    }

    private func ownTexts(_ element: XMLElement) -> [XMLText]? {
        let children = xml.children(of: element)
        guard !children.isEmpty, children.allSatisfy({ localName($0) == "reference" }) else {
            return nil
        }
        return xml.texts(of: element)
    }

    private func joined(_ texts: [XMLText]) -> String? {
        let parts = texts.filter { base.place(of: $0) != nil }.map { xml.string(of: $0) }
        return parts.isEmpty ? nil : parts.joined(separator: " ")
    }

    func note(
        _ code: String,
        _ element: XMLElement,
        severity: Diagnostic.Severity = .warning
    ) {
        base.note(code, element, severity: severity)
    }

    /// Whether a statement says that something is not so.
    func isNegated(_ element: XMLElement) -> Bool {
        let value = peek("negationInd", of: element)
        return value == "true" || value == "1"
    }

    /// Why there is no value, as its sender codes it, such as `NI` or `ASKU`.
    func nullFlavor(_ element: XMLElement?) -> String? { peek("nullFlavor", of: element) }

    /// The template identifiers of an element.
    func templates(_ element: XMLElement) -> Set<String> {
        Set(children("templateId", of: element).compactMap { peek("root", of: $0) })
    }

    // MARK: Narrative

    /// Remembers the elements of a narrative that statements may point at.
    ///
    /// INVARIANT: no deeper than the document, whose depth has a limit.
    func remember(_ element: XMLElement) {
        if let id = peek("ID", of: element), anchors[id] == nil { anchors[id] = element }
        for child in xml.children(of: element) { remember(child) }
    }

    /// The words that `reference` inside an element points at; nil where it points nowhere.
    func referenced(_ element: XMLElement?) -> String? {
        guard let target = peek("value", of: child("reference", of: element)),
            target.utf8.first == UInt8(ascii: "#")
        else { return nil }
        let id = String(target.dropFirst())
        if let known = anchorWords[id] { return known }
        var words: String?
        if let anchor = anchors[id], xml.range(of: anchor).count <= Self.anchorBytesMax {
            let text = XMLNarrative(anchor, in: xml, findingsMax: 0).text
            words = text.isEmpty ? nil : text
        }
        anchorWords[id] = .some(words)
        return words
    }

    // MARK: What nobody took

    /// The attributes and texts below an element that no entry holds yet, by their path from it;
    /// from then on they are taken.
    func rest(of element: XMLElement, isLast: Bool = false) -> [String: String] {
        fields.taken(below: element, isLast: isLast)
    }

    /// Of a narrative, which is read by its own rules, the files that it shows: they are no words.
    private static func pictures(_ element: XMLElement, _ xml: XMLDocument) -> [XMLElement]? {
        guard xml.name(of: element).local == "text", let parent = xml.parent(of: element),
            xml.name(of: parent).local == "section"
        else { return nil }
        var found: [XMLElement] = []
        collect(in: element, xml, &found)
        return found
    }

    private static func collect(
        in element: XMLElement,
        _ xml: XMLDocument,
        _ found: inout [XMLElement]
    ) {
        for child in xml.children(of: element) {
            if xml.name(of: child).local == "renderMultiMedia" {
                found.append(child)
            } else {
                collect(in: child, xml, &found)
            }
        }
    }
}
