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

        /// Nothing at all.
        static let absent = Node(
            name: 0,
            parent: 0,
            ordinal: 0,
            next: .max,
            from: 0,
            to: 0,
            value: none
        )

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
    /// The elements that are open, and the last that each holds, by their places in the list,
    /// innermost last.
    private var open: [(place: Int, last: Int)] = []
    /// How far the numbers of elements are ahead of their places in the list.
    private var ahead = 0

    /// None yet, with the names that are known.
    init(names: FHIRNames = FHIRNames()) { self.names = names }

    private mutating func add(_ name: Int32, _ range: Range<Int>) -> Int {
        let place = list.count
        let outer = open.last
        var ordinal: UInt32 = 0
        if let outer {
            if outer.last >= 0, list[outer.last].name == name {
                ordinal = list[outer.last].ordinal &+ 1
            }
            open[open.count - 1].last = place
        }
        open.append((place, -1))
        list.append(
            Node(
                name: name,
                parent: outer.map { list[$0.place].next &- 1 } ?? 0,
                ordinal: ordinal,
                // Until it is closed, so that its own number is found here.
                next: Int32(truncatingIfNeeded: place + ahead + 1),
                from: UInt32(truncatingIfNeeded: range.lowerBound),
                to: UInt32(truncatingIfNeeded: range.upperBound),
                value: Node.none
            )
        )
        return place
    }

    private mutating func close(_ place: Int) {
        list[place].next = Int32(truncatingIfNeeded: list.count + ahead)
        open.removeLast()
    }

    // MARK: From JSON

    init(_ json: JSONDocument) {
        // Half of a text's values are keys.
        list.reserveCapacity(json.nodes.count / 2 + 1)
        fill(from: json)
    }

    /// The document's own element and what it holds.
    mutating func fill(
        from json: JSONDocument,
        hollow: ((_ object: Int, _ number: Int) -> Int)? = nil
    ) {
        let place = add(names.number(""), json.root.range)
        json.nodes.withUnsafeBufferPointer { nodes in
            json.bytes.withUnsafeBufferPointer { bytes in
                members(of: 0, JSONPart(nodes: nodes, bytes: bytes, shift: 0, hollow: hollow))
            }
        }
        close(place)
    }

    /// What one object holds, by itself: a page of a larger document.
    ///
    /// - Parameters:
    ///   - object: Which of the nodes the object is.
    ///   - nodes: The nodes of a text that holds it.
    ///   - bytes: That text.
    ///   - shift: Where the text starts in the document.
    ///   - number: The number of the element that the object is.
    ///
    /// The object's own place in the list says nothing: it counts its members.
    mutating func page(
        of object: Int,
        _ nodes: UnsafeBufferPointer<JSONDocument.Node>,
        _ bytes: UnsafeBufferPointer<UInt8>,
        shift: Int,
        number: Int
    ) {
        list.removeAll(keepingCapacity: true)
        ahead = number
        let place = add(0, 0..<0)
        members(of: object, JSONPart(nodes: nodes, bytes: bytes, shift: shift, hollow: nil))
        close(place)
    }

    /// A JSON text, or a part of one, as elements are made of it.
    private struct JSONPart {
        let nodes: UnsafeBufferPointer<JSONDocument.Node>
        let bytes: UnsafeBufferPointer<UInt8>
        let shift: Int
        /// How many elements an object holds that was left out of the tree.
        let hollow: ((_ object: Int, _ number: Int) -> Int)?

        func text(_ node: JSONDocument.Node) -> UnsafeBufferPointer<UInt8> {
            UnsafeBufferPointer(rebasing: bytes[(Int(node.start) + 1)..<(Int(node.end) - 1)])
        }
    }

    /// Depth is bounded by the syntax.
    private mutating func members(of object: Int, _ part: JSONPart) {
        guard part.nodes[object].kind == .object else { return }
        let end = Int(part.nodes[object].next)
        var at = object + 1
        while at < end {
            let key = part.nodes[at]
            let text = part.text(key)
            let name =
                key.isEscaped
                ? names.number(JSONDocument.text(of: Array(text)[...])) : names.number(text)
            element(name, at + 1, part)
            at = Int(part.nodes[at + 1].next)
        }
    }

    private mutating func element(_ name: Int32, _ at: Int, _ part: JSONPart) {
        let value = part.nodes[at]
        if value.kind == .array {
            var at = at + 1
            while at < Int(value.next) {
                element(name, at, part)
                at = Int(part.nodes[at].next)
            }
            return
        }
        let place = add(name, (Int(value.start) + part.shift)..<(Int(value.end) + part.shift))
        switch value.kind {
        case .object:
            members(of: at, part)
            if let hollow = part.hollow { ahead += hollow(at, place + ahead) }
        case .string: list[place].value = value.isEscaped ? Node.escaped : Node.quoted
        case .number, .bool: list[place].value = Node.written
        case .null, .array: list[place].value = Node.null
        }
        close(place)
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
