import JSONSyntax
import PortalBytes
import XMLSyntax

/// The elements of a FHIR document in order, as either of its two forms gives them.
///
/// A JSON array and XML's repeated elements are the same: several elements of one name.
///
/// - Rule: FHIR R4, "JSON Representation" and "XML Representation of Resources".
struct FHIRNodes {
    /// INVARIANT: offsets fit 32 bits, because both syntaxes refuse larger documents.
    struct Node {
        var name: Int32
        /// The node that holds it; its own number for the root.
        var parent: Int32
        /// How many elements of its name stand before it: its place in JSON's array.
        var ordinal: UInt32
        /// The node behind this one and all that it holds.
        var next: Int32
        /// Where the whole element stands; in JSON that is its value, a string's quotes included.
        var from: UInt32
        var to: UInt32
        /// The number of XML's value, or one of ``none``, ``null``, ``written``, ``quoted`` and ``escaped``.
        var value: Int32

        /// Without a value.
        static let none: Int32 = -1
        /// It says nothing: JSON's `null`.
        static let null: Int32 = -2
        /// JSON's number or word as written there.
        static let written: Int32 = -3
        /// JSON's string, what stands between its quotes.
        static let quoted: Int32 = -4
        /// JSON's string with escapes.
        static let escaped: Int32 = -5

        var hasValue: Bool { value >= 0 || value <= Self.written }
        var isNull: Bool { value == Self.null }
    }

    private(set) var list: [Node] = []
    private(set) var names = FHIRNames()
    /// XML's values, and where each stands.
    private(set) var values: [String] = []
    private(set) var places: [Range<UInt32>] = []
    /// The elements that XML leaves to be marked as taken: the names of resources.
    private(set) var kinds: [Int] = []
    /// The elements that are open, and the last that each holds, innermost last.
    private var open: [(node: Int, last: Int)] = []

    private mutating func add(_ name: Int32, _ range: Range<Int>) -> Int {
        let index = list.count
        let holder = open.last
        var ordinal: UInt32 = 0
        if let holder {
            if holder.last >= 0, list[holder.last].name == name {
                ordinal = list[holder.last].ordinal &+ 1
            }
            open[open.count - 1].last = index
        }
        open.append((index, -1))
        list.append(
            Node(
                name: name,
                parent: Int32(truncatingIfNeeded: holder?.node ?? 0),
                ordinal: ordinal,
                next: Int32(truncatingIfNeeded: index + 1),
                from: UInt32(truncatingIfNeeded: range.lowerBound),
                to: UInt32(truncatingIfNeeded: range.upperBound),
                value: Node.none
            )
        )
        return index
    }

    private mutating func close(_ index: Int) {
        list[index].next = Int32(truncatingIfNeeded: list.count)
        open.removeLast()
    }

    // MARK: From JSON

    init(_ json: JSONDocument) {
        // Half of a text's values are keys.
        list.reserveCapacity(json.nodes.count / 2 + 1)
        json.bytes.withUnsafeBufferPointer { bytes in
            let index = add(names.number(""), json.root.range)
            members(of: 0, json, bytes)
            close(index)
        }
    }

    /// Depth is bounded by the syntax.
    private mutating func members(
        of object: Int,
        _ json: JSONDocument,
        _ bytes: UnsafeBufferPointer<UInt8>
    ) {
        guard json.nodes[object].kind == .object else { return }
        let end = Int(json.nodes[object].next)
        var at = object + 1
        while at < end {
            let key = json.nodes[at]
            let name =
                key.isEscaped
                ? names.number(json.text(key))
                : names.number(
                    UnsafeBufferPointer(rebasing: bytes[(Int(key.start) + 1)..<(Int(key.end) - 1)])
                )
            element(name, at + 1, json, bytes)
            at = Int(json.nodes[at + 1].next)
        }
    }

    private mutating func element(
        _ name: Int32,
        _ place: Int,
        _ json: JSONDocument,
        _ bytes: UnsafeBufferPointer<UInt8>
    ) {
        let value = json.nodes[place]
        if value.kind == .array {
            var at = place + 1
            while at < Int(value.next) {
                element(name, at, json, bytes)
                at = Int(json.nodes[at].next)
            }
            return
        }
        let index = add(name, Int(value.start)..<Int(value.end))
        switch value.kind {
        case .object: members(of: place, json, bytes)
        case .string: list[index].value = value.isEscaped ? Node.escaped : Node.quoted
        case .number, .bool: list[index].value = Node.written
        case .null, .array: list[index].value = Node.null
        }
        close(index)
    }

    // MARK: From XML

    init(_ xml: XMLDocument) {
        let index = add(names.number(""), xml.range(of: xml.root))
        kind(xml.root, xml)
        close(index)
    }

    private mutating func set(_ index: Int, _ value: String, _ range: Range<Int>) {
        list[index].value = Int32(truncatingIfNeeded: values.count)
        values.append(value)
        places.append(
            UInt32(
                truncatingIfNeeded: range.lowerBound
            )..<UInt32(truncatingIfNeeded: range.upperBound)
        )
    }

    /// A resource's own element gives its type; JSON has that as a member.
    private mutating func kind(_ element: XMLElement, _ xml: XMLDocument) {
        let tag = xml.startTag(of: element)
        let index = add(names.number("resourceType"), tag)
        set(index, xml.name(of: element).local, tag.lowerBound..<tag.lowerBound)
        kinds.append(index)
        close(index)
        children(of: element, xml)
    }

    private mutating func children(of element: XMLElement, _ xml: XMLDocument) {
        for attribute in xml.attributes(of: element) where attribute.name.local != "value" {
            let index = add(names.number(attribute.name.local), attribute.range)
            set(index, attribute.value, attribute.range)
            close(index)
        }
        // Elements of one name may stand apart; their places are counted all the same.
        var counts: [Int32: UInt32] = [:]
        for child in xml.children(of: element) {
            let name = xml.name(of: child)
            let number = names.number(name.local)
            let index = add(number, xml.range(of: child))
            list[index].ordinal = counts[number, default: 0]
            counts[number, default: 0] &+= 1
            fill(index, child, name, xml)
            close(index)
        }
    }

    private mutating func fill(
        _ index: Int,
        _ child: XMLElement,
        _ name: XMLName,
        _ xml: XMLDocument
    ) {
        if name.namespace == "http://www.w3.org/1999/xhtml" {
            // Narrative: read again by whoever shows it.
            let range = xml.range(of: child).clamped(to: 0..<xml.bytes.count)
            let start = xml.bytes.startIndex
            let text = xml.bytes[(start + range.lowerBound)..<(start + range.upperBound)]
            set(index, String(decoding: text, as: UTF8.self), range)
            return
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
    }
}
