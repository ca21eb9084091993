import JSONSyntax
import PortalBytes
import PortalIntake
import PortalRecord
import XMLSyntax

/// A FHIR document as one tree, whichever of FHIR's two forms it came in.
///
/// A JSON array and XML's repeated elements are the same: several elements of one name. What is
/// taken is marked, and what is left at the end is kept by its path or stays unmapped.
///
/// - Rule: FHIR R4, "JSON Representation" and "XML Representation of Resources".
final class FHIRTree {
    /// INVARIANT: offsets fit 32 bits, because both syntaxes refuse larger documents.
    struct Node {
        var name: Int32
        /// The node that holds it; its own number for the root.
        var parent: Int32
        /// How many elements of its name stand before it in a row: its place in JSON's array.
        var ordinal: UInt32
        /// The node behind this one and all that it holds.
        var next: Int32
        /// Where the value stands, a JSON string's quotes included; empty for none.
        var start: UInt32
        var end: UInt32
        /// Where the whole element stands.
        var from: UInt32
        var to: UInt32
        /// The number of the decoded value; -1 where the element has none.
        var value: Int32
        /// Whether an entry holds the value.
        var isTaken = false
        /// Whether a rule leaves the value out.
        var isIgnored = false
        /// Whether it says nothing: JSON's `null`.
        var isNull = false
    }

    let document: SourceDocument
    fileprivate(set) var nodes: [Node] = []
    fileprivate(set) var names: [String] = []
    fileprivate(set) var values: [String] = []
    private var numbers: [String: Int32] = [:]
    /// The elements that are open, and the last that each holds, innermost last.
    private var open: [(node: Int, last: Int)] = []
    private(set) var diagnostics: [Diagnostic] = []
    /// Stretches that a rule leaves out.
    private var ignored: [(Range<Int>, IgnoreRule)] = []
    private let remarks: [Range<Int>]

    /// Reads the document.
    ///
    /// - Throws: ``IntakeError`` with the syntax's code where it is refused.
    init(_ document: SourceDocument) throws(IntakeError) {
        self.document = document
        let first = document.bytes.first {
            ![0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0)
        }
        guard first == UInt8(ascii: "<") else {
            remarks = []
            do throws(JSONSyntaxError) {
                let json = try JSONDocument.read(document.bytes, limits: document.limits)
                fill(json.root)
            } catch {
                throw IntakeError(error)
            }
            return
        }
        do throws(XMLSyntaxError) {
            let xml = try XMLDocument.read(document.bytes, limits: document.limits)
            remarks = xml.remarks
            fill(xml)
        } catch {
            throw IntakeError(error)
        }
    }

    /// The document's own element.
    var root: FHIRElement { FHIRElement(tree: self, index: 0) }

    // MARK: Names

    private func number(_ name: String) -> Int32 {
        if let known = numbers[name] { return known }
        let number = Int32(truncatingIfNeeded: names.count)
        names.append(name)
        numbers[name] = number
        return number
    }

    /// The number of a name; nil where the document has no such element.
    func find(_ name: String) -> Int32? { numbers[name] }

    private func add(_ name: String, _ range: Range<Int>) -> Int {
        let name = number(name)
        let holder = open.last
        let before = holder.flatMap { $0.last >= 0 ? nodes[$0.last] : nil }
        let isRepeated = before?.name == name
        if !open.isEmpty { open[open.count - 1].last = nodes.count }
        open.append((nodes.count, -1))
        nodes.append(
            Node(
                name: name,
                parent: Int32(truncatingIfNeeded: holder?.node ?? 0),
                ordinal: isRepeated ? (before?.ordinal ?? 0) &+ 1 : 0,
                next: Int32(truncatingIfNeeded: nodes.count + 1),
                start: 0,
                end: 0,
                from: UInt32(truncatingIfNeeded: range.lowerBound),
                to: UInt32(truncatingIfNeeded: range.upperBound),
                value: -1
            )
        )
        return nodes.count - 1
    }

    private func close(_ index: Int) {
        nodes[index].next = Int32(truncatingIfNeeded: nodes.count)
        open.removeLast()
    }

    private func set(_ index: Int, _ value: String, _ range: Range<Int>) {
        nodes[index].value = Int32(truncatingIfNeeded: values.count)
        nodes[index].start = UInt32(truncatingIfNeeded: range.lowerBound)
        nodes[index].end = UInt32(truncatingIfNeeded: range.upperBound)
        values.append(value)
    }

    // MARK: From JSON

    /// Depth is bounded by the syntax.
    private func fill(_ root: JSONValue) {
        let index = add("", root.range)
        members(root)
        close(index)
    }

    private func members(_ object: JSONValue) {
        for member in object.members { element(member.key, member.value) }
    }

    private func element(_ name: String, _ value: JSONValue) {
        if value.kind == .array {
            for element in value.elements { self.element(name, element) }
            return
        }
        let index = add(name, value.range)
        switch value.kind {
        case .object: members(value)
        case .string: set(index, value.string ?? "", value.range)
        case .number: set(index, value.number ?? "", value.range)
        case .bool: set(index, value.bool == true ? "true" : "false", value.range)
        case .null, .array: nodes[index].isNull = true
        }
        close(index)
    }

    // MARK: From XML

    private func fill(_ xml: XMLDocument) {
        let index = add("", xml.range(of: xml.root))
        kind(xml.root, xml)
        close(index)
    }

    /// A resource's own element gives its type; JSON has that as a member.
    private func kind(_ element: XMLElement, _ xml: XMLDocument) {
        let tag = xml.startTag(of: element)
        let name = add("resourceType", tag)
        set(name, xml.name(of: element).local, tag.lowerBound..<tag.lowerBound)
        nodes[name].isTaken = true
        close(name)
        children(of: element, xml)
    }

    private func children(of element: XMLElement, _ xml: XMLDocument) {
        for attribute in xml.attributes(of: element) where attribute.name.local != "value" {
            let index = add(attribute.name.local, attribute.range)
            set(index, attribute.value, attribute.range)
            close(index)
        }
        for child in xml.children(of: element) {
            let name = xml.name(of: child)
            let index = add(name.local, xml.range(of: child))
            if name.namespace == "http://www.w3.org/1999/xhtml" {
                // Narrative: read again by whoever shows it.
                let range = xml.range(of: child)
                set(index, String(decoding: slice(range), as: UTF8.self), range)
                close(index)
                continue
            }
            if let value = xml.attributes(of: child).first(where: { $0.name.local == "value" }) {
                set(index, value.value, value.range)
            }
            let inner = xml.children(of: child)
            if let only = inner.first, inner.count == 1,
                xml.name(of: only).local.utf8.first.map({ (0x41...0x5A).contains($0) }) ?? false
            {
                kind(only, xml)
            } else {
                children(of: child, xml)
            }
            close(index)
        }
    }

    // MARK: Bytes

    func slice(_ range: Range<Int>) -> ArraySlice<UInt8> {
        let start = document.bytes.startIndex
        let clamped = range.clamped(to: 0..<document.bytes.count)
        return document.bytes[(start + clamped.lowerBound)..<(start + clamped.upperBound)]
    }

    // MARK: Findings and the account

    func note(
        _ code: String,
        _ element: FHIRElement,
        _ severity: Diagnostic.Severity = .warning
    ) {
        guard diagnostics.count < document.limits.findingsMax else { return }
        diagnostics.append(
            Diagnostic(
                code: code,
                location: element.path,
                severity: severity,
                offset: element.range.lowerBound
            )
        )
    }

    func take(_ index: Int) { nodes[index].isTaken = true }

    /// Leaves an element out by a rule, with all that it holds.
    func ignore(_ element: FHIRElement, by rule: IgnoreRule) {
        for index in element.index..<Int(nodes[element.index].next)
        where !nodes[index].isTaken && nodes[index].value >= 0 {
            ignored.append((value(index), rule))
            nodes[index].isIgnored = true
        }
    }

    private func value(_ index: Int) -> Range<Int> {
        Int(nodes[index].start)..<Int(nodes[index].end)
    }

    /// Everything of an element that was not taken, by its path below it: kept, and marked.
    func rest(of element: FHIRElement, prefix: String = "") -> [String: String] {
        var found: [String: String] = [:]
        var counts: [Int32: Int] = [:]
        for child in element.children {
            let node = nodes[child.index]
            let count = counts[node.name, default: 0]
            counts[node.name] = count + 1
            let path =
                (prefix.isEmpty ? "" : prefix + ".") + child.name
                + (count > 0 ? "[\(count)]" : "")
            if node.value >= 0, !node.isTaken, !node.isIgnored {
                found[path] = values[Int(node.value)]
                take(child.index)
            }
            if Int(node.next) > child.index + 1 {
                found.merge(rest(of: child, prefix: path)) { first, _ in first }
            }
        }
        return found
    }

    /// Says of every byte what became of it, once all has been read.
    ///
    /// Names, quotes, brackets, tags and blanks carry the structure.
    func account() -> ByteLedger {
        let marks = LedgerMarks(byteCount: document.bytes.count)
        for index in nodes.indices where nodes[index].isTaken && nodes[index].value >= 0 {
            marks.map(value(index))
        }
        for (range, rule) in ignored { marks.ignore(range, by: rule) }
        for range in remarks { marks.ignore(range, by: .remark) }
        var at = 0
        // Values that nobody took stand in the document's order: between them is structure.
        for index in nodes.indices
        where !nodes[index].isTaken && !nodes[index].isIgnored && nodes[index].value >= 0 {
            let range = value(index)
            if at < range.lowerBound { marks.ignore(at..<range.lowerBound, by: .structure) }
            at = max(at, range.upperBound)
        }
        marks.ignore(at..<document.bytes.count, by: .structure)
        return marks.close()
    }
}
