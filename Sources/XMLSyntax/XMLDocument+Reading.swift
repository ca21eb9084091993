extension XMLDocument {
    // MARK: Elements

    /// The outermost element.
    public var root: XMLElement { XMLElement(index: 0) }

    private func node(_ element: XMLElement) -> Node? {
        guard nodes.indices.contains(element.index), nodes[element.index].name >= 0 else {
            return nil
        }
        return nodes[element.index]
    }

    /// An element's name.
    public func name(of element: XMLElement) -> XMLName {
        guard let node = node(element), names.indices.contains(Int(node.name)) else {
            return XMLName(namespace: nil, local: "")
        }
        return names[Int(node.name)]
    }

    /// The element that holds an element; nil for the root.
    public func parent(of element: XMLElement) -> XMLElement? {
        guard let node = node(element), node.parent >= 0 else { return nil }
        return XMLElement(index: Int(node.parent))
    }

    /// The elements that an element holds, in order.
    public func children(of element: XMLElement) -> [XMLElement] {
        var found: [XMLElement] = []
        forEachNode(in: element) { index, node in
            if node.name >= 0 { found.append(XMLElement(index: index)) }
            return true
        }
        return found
    }

    /// The first element of a name that an element holds.
    ///
    /// - Parameters:
    ///   - local: The name without a prefix.
    ///   - element: The element that holds it.
    ///   - namespace: Its namespace; that of the holding element unless given.
    /// - Returns: Nil where there is none.
    public func child(
        _ local: String,
        of element: XMLElement,
        namespace: String? = nil
    ) -> XMLElement? {
        let namespace = namespace ?? name(of: element).namespace
        var found: XMLElement?
        forEachNode(in: element) { index, node in
            guard node.name >= 0, isName(Int(node.name), local, namespace) else { return true }
            found = XMLElement(index: index)
            return false
        }
        return found
    }

    /// The elements of a name that an element holds, in order; as ``child(_:of:namespace:)``.
    public func children(
        _ local: String,
        of element: XMLElement,
        namespace: String? = nil
    ) -> [XMLElement] {
        let namespace = namespace ?? name(of: element).namespace
        var found: [XMLElement] = []
        forEachNode(in: element) { index, node in
            if node.name >= 0, isName(Int(node.name), local, namespace) {
                found.append(XMLElement(index: index))
            }
            return true
        }
        return found
    }

    /// Whether a name of the table is one; the local part tells most apart.
    private func isName(_ number: Int, _ local: String, _ namespace: String?) -> Bool {
        parts.names[number].local == local && parts.names[number].namespace == namespace
    }

    /// Elements and texts that an element holds, in order.
    public func nodes(in element: XMLElement) -> [XMLNode] {
        var found: [XMLNode] = []
        forEachNode(in: element) { index, node in
            found.append(
                node.name >= 0 ? .element(XMLElement(index: index)) : .text(text(index, node))
            )
            return true
        }
        return found
    }

    /// Visits what an element holds itself, until the body says no.
    private func forEachNode(in element: XMLElement, _ body: (Int, Node) -> Bool) {
        guard let holder = node(element) else { return }
        let nodes = nodes
        var index = element.index + 1
        while index < Int(holder.next), nodes.indices.contains(index) {
            let node = nodes[index]
            guard body(index, node) else { return }
            index = max(index + 1, Int(node.next))
        }
    }

    /// Visits the elements and the texts that an element holds itself, in order, without a list of them.
    package func forEach(in element: XMLElement, _ body: (XMLNode) -> Void) {
        forEachNode(in: element) { index, node in
            body(node.name >= 0 ? .element(XMLElement(index: index)) : .text(text(index, node)))
            return true
        }
    }

    /// How many elements of its name its parent has up to an element.
    package func ordinal(of element: XMLElement) -> Int {
        node(element).map { Int($0.ordinal) } ?? 1
    }

    // MARK: Text

    private func text(_ index: Int, _ node: Node) -> XMLText {
        XMLText(
            index: index,
            range: Int(node.from)..<Int(node.to),
            isAsWritten: node.name == Node.text
        )
    }

    /// The texts that an element holds itself, in order.
    public func texts(of element: XMLElement) -> [XMLText] {
        var found: [XMLText] = []
        forEachNode(in: element) { index, node in
            if node.name < 0 { found.append(text(index, node)) }
            return true
        }
        return found
    }

    /// The texts of an element and of all that it holds, in order.
    public func allTexts(of element: XMLElement) -> [XMLText] {
        guard let holder = node(element) else { return [] }
        let end = min(Int(holder.next), nodes.count)
        return (element.index..<max(element.index, end)).compactMap { index in
            nodes[index].name < 0 ? text(index, nodes[index]) : nil
        }
    }

    /// A text's value as UTF-8, without a copy.
    public func utf8(of text: XMLText) -> ArraySlice<UInt8> {
        guard nodes.indices.contains(text.index), nodes[text.index].name < 0 else { return [] }
        let node = nodes[text.index]
        return slice(
            isDecoded: node.name == Node.decodedText,
            Int(node.inner),
            Int(node.innerEnd)
        )
    }

    /// A text's value.
    public func string(of text: XMLText) -> String {
        String(decoding: utf8(of: text), as: UTF8.self)
    }

    /// The values of an element's own texts, one behind another.
    public func string(of element: XMLElement) -> String {
        let found = texts(of: element)
        if found.count == 1 { return string(of: found[0]) }
        return found.reduce(into: "") { $0 += string(of: $1) }
    }

    private func slice(isDecoded: Bool, _ start: Int, _ count: Int) -> ArraySlice<UInt8> {
        let pool = isDecoded ? parts.decoded[...] : parts.utf8
        let from = pool.startIndex + start
        guard start >= 0, count >= 0, from <= pool.endIndex, count <= pool.endIndex - from else {
            return []
        }
        return pool[from..<(from + count)]
    }

    // MARK: Attributes

    /// An element's attributes, in order, namespace declarations left out.
    public func attributes(of element: XMLElement) -> [XMLAttribute] {
        places(of: element).map(attribute)
    }

    /// An attribute by its name.
    ///
    /// - Parameters:
    ///   - local: The name without a prefix.
    ///   - element: The element that it stands on.
    ///   - namespace: Its namespace; an attribute without a prefix has none.
    /// - Returns: Nil where there is none.
    public func attribute(
        _ local: String,
        of element: XMLElement,
        namespace: String? = nil
    ) -> XMLAttribute? {
        places(of: element).first { isName(Int($0.name), local, namespace) }.map(attribute)
    }

    private func places(of element: XMLElement) -> ArraySlice<Attribute> {
        guard let node = node(element) else { return [] }
        let first = Int(node.firstAttribute)
        let end = first + Int(node.attributeCount)
        guard end <= attributes.count else { return [] }
        return attributes[first..<end]
    }

    /// An attribute's value where it stands, before it becomes a text.
    package struct Value {
        /// The number of its name, the same in all of the document.
        package let number: Int
        package let name: XMLName
        package let range: Range<Int>
        package let utf8: ArraySlice<UInt8>
    }

    /// Visits an element's attributes, namespace declarations left out.
    package func forEachAttribute(of element: XMLElement, _ body: (Value) -> Void) {
        for place in places(of: element) { body(value(place)) }
    }

    /// An attribute's value by its name; as ``attribute(_:of:namespace:)``.
    package func value(_ local: String, of element: XMLElement) -> Value? {
        places(of: element).first { isName(Int($0.name), local, nil) }.map(value)
    }

    /// The number of an element's name, the same in all of the document.
    package func nameNumber(of element: XMLElement) -> Int {
        node(element).map { Int($0.name) } ?? -1
    }

    private func value(_ place: Attribute) -> Value {
        Value(
            number: Int(place.name),
            name: names[Int(place.name)],
            range: Int(place.from)..<Int(place.to),
            utf8: slice(isDecoded: place.isDecoded, Int(place.value), Int(place.valueCount))
        )
    }

    private func attribute(_ place: Attribute) -> XMLAttribute {
        XMLAttribute(
            name: names[Int(place.name)],
            value: String(
                decoding: slice(
                    isDecoded: place.isDecoded,
                    Int(place.value),
                    Int(place.valueCount)
                ),
                as: UTF8.self
            ),
            range: Int(place.from)..<Int(place.to)
        )
    }

    // MARK: Places

    /// Where an element stands, its tags included.
    public func range(of element: XMLElement) -> Range<Int> {
        node(element).map { Int($0.from)..<Int($0.to) } ?? 0..<0
    }

    /// Where an element's start tag stands.
    public func startTag(of element: XMLElement) -> Range<Int> {
        node(element).map { Int($0.from)..<Int($0.inner) } ?? 0..<0
    }

    /// Where an element's end tag stands; empty where the start tag is the end tag too.
    public func endTag(of element: XMLElement) -> Range<Int> {
        node(element).map { Int($0.innerEnd)..<Int($0.to) } ?? 0..<0
    }

    /// How many bytes a character of ASCII takes in the document.
    public var bytesOfASCII: Int { encoding.unit }

    /// `/ClinicalDocument/component[2]/section`: counted from one, the first of a name among its
    /// siblings without a number.
    public func path(of element: XMLElement) -> String {
        var steps: [String] = []
        var next: XMLElement? = element
        while let current = next, let node = node(current) {
            steps.append(XMLDocument.step(name(of: current).local, Int(node.ordinal)))
            next = parent(of: current)
        }
        return "/" + steps.reversed().joined(separator: "/")
    }

    /// A step of a path; a name longer than any vocabulary's is cut.
    static func step(_ local: String, _ ordinal: Int) -> String {
        let name = local.utf8.count <= 64 ? local : String(local.unicodeScalars.prefix(32)) + "…"
        return ordinal > 1 ? name + "[" + String(ordinal) + "]" : name
    }
}
