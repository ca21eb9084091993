internal import CLibXML2
internal import PortalBytes

/// Pushes a document through libxml2 and builds the tree from what comes out.
///
/// A piece of the document goes in, the events it gave come out as one flat tape, and the tape is
/// read here: libxml2 never calls into Swift, and no more than one piece's events are kept.
struct XMLTreeBuilder {
    private let source: XMLSource
    private let limits: Limits
    private var offsets: XMLOffsets
    /// The elements that are open, innermost last.
    private var open: [Int32] = []
    /// How many elements of each name the element open at a depth has so far.
    private var counts: [XMLSiblings] = []

    private(set) var names: [XMLName] = []
    private(set) var nodes: [XMLDocument.Node] = []
    private(set) var attributes: [XMLDocument.Attribute] = []
    private(set) var decoded: [UInt8] = []
    private(set) var remarks: [Range<Int>] = []

    /// Levels beyond which no limit goes.
    private static let depthMax = 256
    /// Different names in one document: an unsigned 16-bit number has one for each.
    private static let namesMax: UInt32 = 65_535
    /// Namespace declarations in force at once: libxml2 searches them one by one.
    private static let namespacesMax: UInt32 = 256
    /// Bytes of one piece.
    private static let pieceBytes = 256 << 10

    private static let isPrepared: Bool = {
        portal_xml_prepare()
        return true
    }()

    init(_ source: XMLSource, _ limits: Limits) {
        self.source = source
        self.limits = limits
        offsets = XMLOffsets(source)
    }

    mutating func build() throws(XMLSyntaxError) {
        guard Self.isPrepared else { throw XMLSyntaxError(.readerFailed, offset: 0) }
        let failure = source.utf8.withUnsafeBufferPointer { bytes in run(bytes) }
        if let failure { throw failure }
        guard open.isEmpty, !nodes.isEmpty else {
            throw XMLSyntaxError(.readerFailed, offset: 0)
        }
    }

    private mutating func run(_ bytes: UnsafeBufferPointer<UInt8>) -> XMLSyntaxError? {
        func within(_ limit: Int, _ most: UInt32 = .max) -> UInt32 {
            min(UInt32(clamping: limit), most)
        }
        let bounds = portal_xml_limits(
            depth: within(limits.depthMax, UInt32(Self.depthMax)),
            nodes: within(limits.nodesMax, UInt32(Int32.max)),
            attributes: within(limits.attributesMax, UInt32(Int32.max)),
            names: Self.namesMax,
            namespaces: Self.namespacesMax,
            text: UInt64(clamping: limits.textBytesMax)
        )
        guard let reader = portal_xml_open(bytes.baseAddress, bytes.count, bounds) else {
            return XMLSyntaxError(.readerFailed, offset: 0)
        }
        defer { portal_xml_close(reader) }
        var state: Int32 = 1
        while state == 1 {
            state = portal_xml_advance(reader, Self.pieceBytes)
            takeNames(reader)
            var count = 0
            let tape = portal_xml_events(reader, &count)
            // What came before a failure is taken as well: it says where the failure is.
            let isWhole = take(UnsafeBufferPointer(start: tape, count: count))
            portal_xml_clear(reader)
            if !isWhole { return XMLSyntaxError(.readerFailed, path: path, offset: 0) }
        }
        guard state == 0 else { return error(portal_xml_why(reader)) }
        var count = 0
        let strings = portal_xml_strings(reader, &count)
        decoded = Array(UnsafeBufferPointer(start: strings, count: count))
        return nil
    }

    private mutating func takeNames(_ reader: OpaquePointer) {
        while names.count < portal_xml_name_count(reader) {
            let name = portal_xml_name_at(reader, names.count)
            names.append(
                XMLName(
                    namespace: name.uri.map { String(cString: $0) },
                    local: name.local.map { String(cString: $0) } ?? ""
                )
            )
        }
    }

    // MARK: The tape

    /// Adds a tape's events to the tree; false where they make none.
    private mutating func take(_ tape: UnsafeBufferPointer<portal_xml_event>) -> Bool {
        for event in tape {
            switch Int(event.kind) {
            case Int(portal_xml_start): start(event)
            case Int(portal_xml_attribute):
                guard attribute(event) else { return false }
            case Int(portal_xml_end):
                guard end(event) else { return false }
            case Int(portal_xml_text):
                guard text(event) else { return false }
            case Int(portal_xml_remark):
                closeTag()
                let from = offsets.original(Int(event.from))
                remarks.append(from..<max(from, offsets.original(Int(event.to))))
            default: return false
            }
        }
        return true
    }

    private mutating func start(_ event: portal_xml_event) {
        closeTag()
        let name = Int32(clamping: event.name)
        let parent = open.last ?? -1
        while counts.count <= open.count { counts.append(XMLSiblings()) }
        let ordinal = counts[open.count].next(name, of: parent)
        let index = Int32(clamping: nodes.count)
        let from = place(event.from)
        nodes.append(
            XMLDocument.Node(
                name: name,
                parent: parent,
                next: index &+ 1,
                ordinal: ordinal,
                from: from,
                to: from,
                // The end in UTF-8 until the tag is behind: its attributes are asked for first.
                inner: event.to,
                innerEnd: 0,
                firstAttribute: UInt32(clamping: attributes.count),
                attributeCount: 0
            )
        )
        open.append(index)
        isTagOpen = true
    }

    /// Whether the last start tag's end is still to be placed.
    private var isTagOpen = false

    private mutating func closeTag() {
        guard isTagOpen, let last = open.last, nodes.indices.contains(Int(last)) else { return }
        isTagOpen = false
        nodes[Int(last)].inner = place(nodes[Int(last)].inner)
    }

    private mutating func attribute(_ event: portal_xml_event) -> Bool {
        guard let last = open.last, nodes.indices.contains(Int(last)) else { return false }
        let isDecoded = event.value != UInt32.max
        nodes[Int(last)].attributeCount += 1
        attributes.append(
            XMLDocument.Attribute(
                name: event.name,
                from: place(event.from),
                to: place(event.to),
                value: isDecoded ? event.value : event.from,
                valueCount: isDecoded ? event.value_count : event.to &- event.from,
                isDecoded: isDecoded
            )
        )
        return Int(event.name) < names.count
    }

    private mutating func end(_ event: portal_xml_event) -> Bool {
        closeTag()
        guard let last = open.popLast(), nodes.indices.contains(Int(last)) else { return false }
        nodes[Int(last)].innerEnd = place(event.from)
        nodes[Int(last)].to = place(event.to)
        nodes[Int(last)].next = Int32(clamping: nodes.count)
        return true
    }

    private mutating func text(_ event: portal_xml_event) -> Bool {
        closeTag()
        guard let parent = open.last else { return false }
        let isDecoded = event.value != UInt32.max
        nodes.append(
            XMLDocument.Node(
                name: isDecoded ? XMLDocument.Node.decodedText : XMLDocument.Node.text,
                parent: parent,
                next: Int32(clamping: nodes.count) &+ 1,
                ordinal: 0,
                from: place(event.from),
                to: place(event.to),
                inner: isDecoded ? event.value : event.from,
                innerEnd: isDecoded ? event.value_count : event.to &- event.from,
                firstAttribute: 0,
                attributeCount: 0
            )
        )
        return true
    }

    private mutating func place(_ offset: UInt32) -> UInt32 {
        UInt32(clamping: offsets.original(Int(offset)))
    }

    // MARK: Failing

    private var path: String {
        "/"
            + open.map { index in
                guard nodes.indices.contains(Int(index)) else { return "" }
                let node = nodes[Int(index)]
                let name = names.indices.contains(Int(node.name)) ? names[Int(node.name)].local : ""
                return XMLDocument.step(name, Int(node.ordinal))
            }.joined(separator: "/")
    }

    private mutating func error(_ failure: portal_xml_failure) -> XMLSyntaxError {
        let offset = offsets.original(Int(clamping: failure.offset))
        return XMLSyntaxError(code(failure), path: path, offset: offset)
    }

    private func code(_ failure: portal_xml_failure) -> XMLSyntaxError.Code {
        switch Int(failure.reason) {
        case Int(portal_xml_doctype): .doctypeRefused
        case Int(portal_xml_entity): .entityRefused
        case Int(portal_xml_too_deep): .tooDeep
        case Int(portal_xml_too_many_nodes): .tooManyNodes
        case Int(portal_xml_too_many_attributes): .tooManyAttributes
        case Int(portal_xml_too_many_names): .tooManyNames
        case Int(portal_xml_text_too_large): .textTooLarge
        case Int(portal_xml_not_well_formed): wellFormedness(Int(failure.code), failure.offset)
        default: .readerFailed
        }
    }

    /// The reasons of libxml2 that a sender can do something about, by their numbers.
    ///
    /// - Rule: libxml2 `xmlParserErrors`; other numbers are `not-well-formed`.
    private func wellFormedness(_ code: Int, _ offset: UInt64) -> XMLSyntaxError.Code {
        switch code {
        case 110: .tooLongForReader
        case 3, 4, 5, 44, 45, 74, 77:
            offset >= UInt64(source.utf8.count) || code == 77 ? .endMissing : .notWellFormed
        case 8, 9: .controlCharacter
        case 26, 27, 28, 29, 30: .entityRefused
        case 42: .attributeRepeated
        case 76: .tagMismatch
        case 200...205: .namespaceUndeclared
        default: .notWellFormed
        }
    }
}
