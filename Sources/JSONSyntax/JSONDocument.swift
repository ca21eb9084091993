public import PortalBytes

/// A JSON text as a bounded, lossless tree: one flat list of values with their places.
///
/// - Shape: strict RFC 8259 in UTF-8: one value and nothing after it, no key twice in an object, no
///   control character in a string, no half surrogate. Numbers keep their digits as written, and
///   every value its bytes.
/// - Rule: DESIGN 10: Foundation's two readers disagree on duplicate keys, drop decimal digits and
///   give no positions; PITFALLS 0.4.
public struct JSONDocument: Sendable {
    /// What a value is.
    public enum Kind: UInt8, Sendable {
        /// `null`.
        case null
        /// `true` or `false`.
        case bool
        /// A number, its digits as written.
        case number
        /// A string.
        case string
        /// An array.
        case array
        /// An object.
        case object
    }

    /// One value, or one key of an object, in the order of the text.
    package struct Node {
        package var kind: Kind
        /// Whether a string holds an escape.
        package var isEscaped: Bool
        /// Where it starts and ends, in bytes.
        package var start: UInt32
        package var end: UInt32
        /// The node behind it and everything in it.
        package var next: UInt32
    }

    /// The text's bytes.
    public let bytes: ArraySlice<UInt8>
    package let nodes: [Node]

    init(bytes: ArraySlice<UInt8>, nodes: [Node]) {
        self.bytes = bytes
        self.nodes = nodes
    }

    /// Reads a text.
    ///
    /// - Parameters:
    ///   - bytes: The whole text.
    ///   - limits: How large it may be.
    ///   - depthMax: How many levels of arrays and objects it may have.
    /// - Returns: The tree.
    /// - Throws: ``JSONSyntaxError`` with the byte at which reading stopped.
    public static func read(
        _ bytes: ArraySlice<UInt8>,
        limits: Limits = .standard,
        depthMax: Int = 64
    ) throws(JSONSyntaxError) -> JSONDocument {
        try read(bytes, limits: limits, depthMax: depthMax, visit: nil)
    }

    /// Reads a text of which most stands in objects in arrays of its own object, as a bundle's does:
    /// each is handed on when it has been read, and left out of the tree.
    ///
    /// - Parameters:
    ///   - bytes: The whole text.
    ///   - limits: How large it may be.
    ///   - depthMax: How many levels of arrays and objects it may have.
    ///   - visit: Takes the nodes read so far, and which of them is the object; it and what it holds
    ///     are the last.
    /// - Returns: The tree, in which those objects are empty.
    /// - Throws: As ``read(_:limits:depthMax:)``: every byte is read as strictly.
    package static func hollow(
        _ bytes: ArraySlice<UInt8>,
        limits: Limits,
        depthMax: Int = 64,
        visit: (_ nodes: UnsafeBufferPointer<Node>, _ object: Int) -> Void
    ) throws(JSONSyntaxError) -> JSONDocument {
        let result = withoutActuallyEscaping(visit) { visit in
            Result { () throws(JSONSyntaxError) in
                try read(bytes, limits: limits, depthMax: depthMax, visit: visit)
            }
        }
        return try result.get()
    }

    private static func read(
        _ bytes: ArraySlice<UInt8>,
        limits: Limits,
        depthMax: Int,
        visit: JSONScanner.Visit?
    ) throws(JSONSyntaxError) -> JSONDocument {
        guard bytes.count <= min(limits.messageBytesMax, Int(UInt32.max) - 1) else {
            throw JSONSyntaxError(.documentTooLarge, at: limits.messageBytesMax)
        }
        let result = bytes.withUnsafeBufferPointer { buffer in
            var scanner = JSONScanner(buffer, depthMax: depthMax, visit: visit)
            return Result { () throws(JSONSyntaxError) in try scanner.scan() }
        }
        return JSONDocument(bytes: bytes, nodes: try result.get())
    }

    /// The value that the text is.
    public var root: JSONValue { JSONValue(document: self, index: 0) }

    /// The text of a string that was read, from what stands between its quotes.
    package static func text(of inside: ArraySlice<UInt8>) -> String { JSONEscape.decode(inside) }

    /// A string's text, or a number's or a word's as written.
    package func text(_ node: Node) -> String {
        let from = bytes.startIndex + Int(node.start)
        let to = bytes.startIndex + Int(node.end)
        guard node.kind == .string else { return String(decoding: bytes[from..<to], as: UTF8.self) }
        let inside = bytes[(from + 1)..<(to - 1)]
        return node.isEscaped
            ? JSONEscape.decode(inside) : String(decoding: inside, as: UTF8.self)
    }
}

/// One value of a document.
public struct JSONValue: Sendable {
    let document: JSONDocument
    let index: Int

    private var node: JSONDocument.Node { document.nodes[index] }

    /// What it is.
    public var kind: JSONDocument.Kind { node.kind }

    /// Where it stands, in bytes from the start of the text; a string's quotes included.
    public var range: Range<Int> { Int(node.start)..<Int(node.end) }

    /// A string's text, or nil.
    public var string: String? { kind == .string ? document.text(node) : nil }

    /// A number's digits as written, or nil.
    public var number: String? { kind == .number ? document.text(node) : nil }

    /// A flag, or nil.
    public var bool: Bool? { kind == .bool ? node.end - node.start == 4 : nil }

    /// An array's elements, in order; empty for anything else.
    public var elements: [JSONValue] {
        guard kind == .array else { return [] }
        var found: [JSONValue] = []
        var at = index + 1
        while at < Int(node.next) {
            found.append(JSONValue(document: document, index: at))
            at = Int(document.nodes[at].next)
        }
        return found
    }

    /// An object's members, in order; empty for anything else.
    public var members: [JSONMember] {
        guard kind == .object else { return [] }
        var found: [JSONMember] = []
        var at = index + 1
        while at < Int(node.next) {
            let key = document.nodes[at]
            let value = JSONValue(document: document, index: at + 1)
            found.append(
                JSONMember(
                    key: document.text(key),
                    keyRange: Int(key.start)..<Int(key.end),
                    value: value
                )
            )
            at = Int(document.nodes[at + 1].next)
        }
        return found
    }

    /// The member of a name; nil where there is none.
    public subscript(key: String) -> JSONValue? {
        members.first { $0.key.utf8.elementsEqual(key.utf8) }?.value
    }
}

/// One member of an object.
public struct JSONMember: Sendable {
    /// Its name.
    public let key: String
    /// Where the name stands, quotes included.
    public let keyRange: Range<Int>
    /// Its value.
    public let value: JSONValue
}
