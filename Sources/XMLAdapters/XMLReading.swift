import PortalBytes
import PortalIntake
import PortalRecord
import XMLSyntax

/// A document while an adapter reads it: whatever is taken is marked in the ledger.
///
/// Readers return nil where an element is absent or empty: neither says anything. One that is
/// empty with `cleared="true"` takes back what was said before (SAFETY S25: three facts).
final class XMLReading {
    let document: SourceDocument
    let xml: XMLDocument
    let ledger: LedgerMarks
    /// Codes and their systems come again and again.
    private let cache = TextCache()
    var diagnostics: [Diagnostic] = []
    /// Elements that the shape knows, so that their tags are structure.
    private var known: [XMLElement] = []

    init(_ document: SourceDocument) throws(IntakeError) {
        self.document = document
        do {
            xml = try XMLDocument.read(document.bytes, limits: document.limits)
        } catch {
            throw IntakeError(error)
        }
        ledger = LedgerMarks(byteCount: document.bytes.count)
        for finding in xml.findings {
            note(finding.code, at: finding.path, offset: finding.offset)
        }
    }

    // MARK: Findings and places

    func note(
        _ code: String,
        at location: String,
        severity: Diagnostic.Severity = .warning,
        offset: Int? = nil
    ) {
        guard diagnostics.count < document.limits.findingsMax else { return }
        diagnostics.append(
            Diagnostic(code: code, location: location, severity: severity, offset: offset)
        )
    }

    func note(
        _ code: String,
        _ element: XMLElement,
        severity: Diagnostic.Severity = .warning
    ) {
        // The path is not built for a finding that is not kept.
        guard diagnostics.count < document.limits.findingsMax else { return }
        note(
            code,
            at: xml.path(of: element),
            severity: severity,
            offset: xml.range(of: element).lowerBound
        )
    }

    /// What was noticed, in the document's order.
    var diagnosticsInOrder: [Diagnostic] {
        diagnostics.enumerated().sorted {
            ($0.element.offset ?? 0, $0.offset) < ($1.element.offset ?? 0, $1.offset)
        }.map(\.element)
    }

    func reference(_ element: XMLElement) -> SourceReference {
        let range = xml.range(of: element)
        return SourceReference(
            document: document.hash,
            path: xml.path(of: element),
            offset: range.lowerBound,
            length: range.count
        )
    }

    // MARK: Elements

    /// An element of the shape: its tags carry the structure.
    @discardableResult
    func know(_ element: XMLElement) -> XMLElement {
        known.append(element)
        return element
    }

    /// The first element of a name; a second one, where the shape has one, is a finding.
    func child(_ name: String, of element: XMLElement?) -> XMLElement? {
        guard let element else { return nil }
        return xml.child(name, of: element).map { know($0) }
    }

    /// All elements of a name.
    func children(_ name: String, of element: XMLElement?) -> [XMLElement] {
        guard let element else { return [] }
        return xml.children(name, of: element).map { know($0) }
    }

    /// Says which elements the shape does not have here; they stay unmapped, tags and all.
    func strangers(in element: XMLElement?, besides names: Set<String>, once: Set<String> = []) {
        guard let element else { return }
        let namespace = xml.name(of: element).namespace
        var seen: Set<String> = []
        for child in xml.children(of: element) {
            let name = xml.name(of: child)
            if name.namespace != namespace || !names.contains(name.local) {
                note("element-unknown", child, severity: .note)
            } else if once.contains(name.local), !seen.insert(name.local).inserted {
                note("element-repeated", child)
            }
        }
    }

    /// Whether an element takes back what was said before.
    func isCleared(_ element: XMLElement) -> Bool {
        guard let flag = xml.attribute("cleared", of: element), flag.value == "true" else {
            return false
        }
        guard xml.children(of: element).isEmpty, trimmed(element) == nil else {
            note("cleared-but-not-empty", element)
            return false
        }
        ledger.map(flag.range)
        return true
    }

    // MARK: Text

    private struct Trimmed {
        var text: String
        var ranges: [Range<Int>]
    }

    /// An element's own text without the white space around it, and where it stands.
    ///
    /// Where the shape has text and the sender has markup, the words inside belong to it: without
    /// them "10 mg <b>once a week</b>" would be another dose.
    private func trimmed(_ element: XMLElement) -> Trimmed? {
        let texts = xml.children(of: element).isEmpty ? xml.texts(of: element) : all(element)
        if texts.count == 1, let only = texts.first {
            guard let range = place(of: only) else { return nil }
            let value = XMLReading.trim(xml.utf8(of: only))
            return Trimmed(text: String(decoding: value, as: UTF8.self), ranges: [range])
        }
        var whole: [UInt8] = []
        for text in texts { whole += xml.utf8(of: text) }
        let value = XMLReading.trim(whole[...])
        guard !value.isEmpty else { return nil }
        return Trimmed(text: String(decoding: value, as: UTF8.self), ranges: texts.map(\.range))
    }

    /// The texts of an element and of all inside it, in the document's order.
    private func all(_ element: XMLElement) -> [XMLText] {
        var found: [XMLText] = []
        collect(element, &found)
        return found
    }

    private func collect(_ element: XMLElement, _ found: inout [XMLText]) {
        var texts = xml.texts(of: element)[...]
        for child in xml.children(of: element) {
            let start = xml.range(of: child).lowerBound
            while let text = texts.first, text.range.lowerBound < start {
                found.append(text)
                texts.removeFirst()
            }
            collect(child, &found)
        }
        found += texts
    }

    /// An element's own text without marking it.
    func written(_ element: XMLElement) -> String? { trimmed(element)?.text }

    /// Where a text stands without the white space around it; nil where that is all.
    func place(of text: XMLText) -> Range<Int>? {
        let value = xml.utf8(of: text)
        let inner = XMLReading.trim(value)
        guard !inner.isEmpty else { return nil }
        // Where a reference stands for a space, the white space is marked with the rest.
        guard text.isAsWritten else { return text.range }
        let before = (inner.startIndex - value.startIndex) * xml.bytesOfASCII
        let behind = (value.endIndex - inner.endIndex) * xml.bytesOfASCII
        return (text.range.lowerBound + before)..<(text.range.upperBound - behind)
    }

    static func trim(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        func isSpace(_ byte: UInt8) -> Bool {
            byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
        }
        var start = bytes.startIndex
        var end = bytes.endIndex
        while start < end, isSpace(bytes[start]) { start += 1 }
        while end > start, isSpace(bytes[end - 1]) { end -= 1 }
        return bytes[start..<end]
    }

    /// An element's own text, marked as mapped; nil where it is empty or white space.
    func text(_ element: XMLElement?) -> String? {
        guard let element, let found = trimmed(element) else { return nil }
        for range in found.ranges { ledger.map(range) }
        for child in xml.children(of: element) { note("markup-in-text", child) }
        return found.text
    }

    func text(_ name: String, of element: XMLElement?) -> String? {
        text(child(name, of: element))
    }

    func texts(_ name: String, of element: XMLElement?) -> [String] {
        children(name, of: element).compactMap { text($0) }
    }

    /// An attribute's value, marked as mapped; nil where it is absent or empty.
    func attribute(_ name: String, of element: XMLElement?) -> String? {
        guard let element, let value = xml.value(name, of: element), !value.utf8.isEmpty
        else { return nil }
        ledger.map(value.range)
        return cache.text(value.utf8)
    }

    /// An attribute's value without marking it.
    func peek(_ name: String, of element: XMLElement) -> String? {
        xml.value(name, of: element).flatMap { $0.utf8.isEmpty ? nil : cache.text($0.utf8) }
    }

    /// A value as text.
    func string(_ utf8: ArraySlice<UInt8>) -> String { cache.text(utf8) }

    // MARK: Closing

    /// Closes the ledger: the tags of known elements, white space and the declaration carry the
    /// structure; comments are left out by name; everything else that nobody took is unmapped.
    func finishLedger() -> ByteLedger {
        let root = xml.range(of: xml.root)
        for element in known {
            var at = xml.startTag(of: element).lowerBound
            xml.forEachAttribute(of: element) { value in
                ledger.ignore(at..<max(at, value.range.lowerBound), by: .structure)
                at = value.range.upperBound
            }
            let end = xml.startTag(of: element).upperBound
            ledger.ignore(at..<max(at, end), by: .structure)
            ledger.ignore(xml.endTag(of: element), by: .structure)
            for text in xml.texts(of: element) {
                if let inner = place(of: text) {
                    ledger.ignore(text.range.lowerBound..<inner.lowerBound, by: .structure)
                    ledger.ignore(inner.upperBound..<text.range.upperBound, by: .structure)
                } else {
                    ledger.ignore(text.range, by: .structure)
                }
            }
        }
        for remark in xml.remarks { ledger.ignore(remark, by: .remark) }
        ledger.ignore(0..<root.lowerBound, by: .framing)
        ledger.ignore(root.upperBound..<document.bytes.count, by: .framing)
        return ledger.close()
    }
}
