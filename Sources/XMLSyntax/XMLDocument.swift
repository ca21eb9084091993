public import PortalBytes

/// One XML document as a flat tree: elements, attributes and text with the place of each in the
/// bytes as they were sent.
///
///     let document = try XMLDocument.read(bytes)
///     let patient = document.child("Patient", of: document.root)
///
/// - Shape: no document type, no entities but XML's own five, no external anything; nothing is
///   loaded, expanded or defaulted. Comments and instructions are kept as places only.
/// - Units: ranges are bytes from the start of the document as sent, whatever its character set.
/// - Rule: XML 1.0 (fifth edition), Namespaces in XML 1.0; PITFALLS 0.8, 0.11 and failure 17.
public struct XMLDocument: Sendable {
    /// The document's bytes, unchanged.
    public var bytes: ArraySlice<UInt8> { parts.bytes }
    /// The character set that it is read in.
    public var encoding: XMLEncoding { parts.encoding }
    /// What was noticed while reading.
    public var findings: [XMLFinding] { parts.findings }
    /// Comments and processing instructions, in order: they are no part of what it says.
    public var remarks: [Range<Int>] { parts.remarks }

    let parts: Parts
    var nodes: [Node] { parts.nodes }
    var names: [XMLName] { parts.names }
    var attributes: [Attribute] { parts.attributes }

    /// All that makes a document, behind one reference: it is handed around for every element.
    final class Parts: Sendable {
        let bytes: ArraySlice<UInt8>
        let encoding: XMLEncoding
        let findings: [XMLFinding]
        let remarks: [Range<Int>]
        /// The document as UTF-8.
        let utf8: ArraySlice<UInt8>
        /// Text and values that are not as written: references and line ends resolved.
        let decoded: [UInt8]
        let names: [XMLName]
        /// Elements and texts in the document's order; the root is the first.
        let nodes: [Node]
        let attributes: [Attribute]

        init(_ bytes: ArraySlice<UInt8>, _ source: XMLSource, _ builder: XMLTreeBuilder) {
            self.bytes = bytes
            encoding = source.encoding
            findings = source.findings
            utf8 = source.utf8
            remarks = builder.remarks
            decoded = builder.decoded
            names = builder.names
            nodes = builder.nodes
            attributes = builder.attributes
        }
    }

    /// INVARIANT: offsets fit 32 bits, because larger documents are refused.
    struct Node {
        /// The number of the element's name, or ``text`` or ``decodedText``.
        var name: Int32
        var parent: Int32
        /// The node behind this one and all that it holds.
        var next: Int32
        /// How many elements of its name its parent has up to it.
        var ordinal: UInt32
        var from: UInt32
        var to: UInt32
        /// Where an element's start tag ends, or where a text's value stands.
        var inner: UInt32
        /// Where an element's end tag starts, or how long a text's value is.
        var innerEnd: UInt32
        var firstAttribute: UInt32
        var attributeCount: UInt32

        static let text: Int32 = -1
        static let decodedText: Int32 = -2
    }

    struct Attribute {
        var name: UInt32
        var from: UInt32
        var to: UInt32
        var value: UInt32
        var valueCount: UInt32
        var isDecoded: Bool
    }

    /// Reads one document.
    ///
    /// - Parameters:
    ///   - bytes: The whole document, a byte order mark included or not.
    ///   - limits: How much to take.
    /// - Returns: The document's tree.
    /// - Throws: ``XMLSyntaxError`` where the document is refused.
    public static func read(
        _ bytes: ArraySlice<UInt8>,
        limits: Limits = .standard
    ) throws(XMLSyntaxError) -> XMLDocument {
        guard bytes.count <= limits.messageBytesMax, bytes.count < Int(Int32.max) / 4 else {
            throw XMLSyntaxError(.documentTooLarge, offset: 0)
        }
        let source = try XMLSource(bytes)
        if let (code, offset) = XMLScan.refusal(of: source.utf8) {
            var offsets = XMLOffsets(source)
            throw XMLSyntaxError(code, offset: offsets.original(offset))
        }
        var builder = XMLTreeBuilder(source, limits)
        try builder.build()
        return XMLDocument(parts: Parts(bytes, source, builder))
    }

    /// The name of a document's root, by the document's beginning alone.
    ///
    /// - Parameter bytes: The document; no more than its first 8 KiB are looked at.
    /// - Returns: Nil where no root starts there, or the document would be refused before it.
    public static func rootName(_ bytes: ArraySlice<UInt8>) -> XMLName? {
        // The cut may stand inside a character.
        for cut in 0..<4 {
            let head = bytes.count > 8192 ? bytes.prefix(8192 - cut) : bytes
            guard let source = try? XMLSource(head) else { continue }
            guard XMLScan.refusal(of: source.utf8) == nil else { return nil }
            var builder = XMLTreeBuilder(source, .standard)
            // The beginning is not the whole, so that its end is an error.
            try? builder.build()
            guard let root = builder.nodes.first else { return nil }
            return builder.names.indices.contains(Int(root.name))
                ? builder.names[Int(root.name)] : nil
        }
        return nil
    }
}

/// An element of an ``XMLDocument``, to be asked of that document alone.
public struct XMLElement: Hashable, Sendable {
    let index: Int
}

/// A stretch of text between two tags of an ``XMLDocument``, CDATA sections resolved.
public struct XMLText: Hashable, Sendable {
    let index: Int
    /// Where it stands in the document, the marks of CDATA sections included.
    public let range: Range<Int>
    /// Whether its value is what is written: no reference, no CDATA, no line end of two bytes.
    public let isAsWritten: Bool
}

/// What an element holds, in order.
public enum XMLNode: Hashable, Sendable {
    /// An element.
    case element(XMLElement)
    /// Text.
    case text(XMLText)
}

/// A name with the namespace that it belongs to.
public struct XMLName: Hashable, Sendable {
    /// The namespace's URI; nil for none.
    public let namespace: String?
    /// The name without a prefix.
    public let local: String

    /// Builds a name.
    public init(namespace: String?, local: String) {
        self.namespace = namespace
        self.local = local
    }
}

/// An attribute of an element.
public struct XMLAttribute: Hashable, Sendable {
    /// Its name; without a prefix it is in no namespace.
    public let name: XMLName
    /// Its value, references resolved.
    public let value: String
    /// Where the value stands, without its quotes.
    public let range: Range<Int>
}
