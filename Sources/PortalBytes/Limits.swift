/// How much of anything a reader takes before it refuses: no loop over input is unbounded.
public struct Limits: Hashable, Sendable {
    /// Bytes in one message or document.
    public var messageBytesMax: Int
    /// Segments in one message.
    public var segmentsMax: Int
    /// Fields in one segment; the standard's longest has fewer than a hundred.
    public var fieldsMax: Int
    /// Delimiters in one message, which bounds fields, repeats and components together.
    public var delimitersMax: Int
    /// Findings kept for one message; the rest are counted.
    public var findingsMax: Int
    /// Levels of elements in one XML document; more than 256 counts as 256.
    public var depthMax: Int
    /// Elements, texts and comments in one XML document.
    public var nodesMax: Int
    /// Attributes in one XML document.
    public var attributesMax: Int
    /// Bytes of text and attribute values in one XML document, as UTF-8.
    public var textBytesMax: Int
    /// Rows in one table, its header not counted: more than any spreadsheet of 65,536 has.
    public var rowsMax: Int

    /// Builds limits; the defaults take a 128 MiB message.
    ///
    /// An XML document may hold 80 MiB of text: a file of 60 MB in base64.
    public init(
        messageBytesMax: Int = 128 << 20,
        segmentsMax: Int = 250_000,
        fieldsMax: Int = 10_000,
        delimitersMax: Int = 8_000_000,
        findingsMax: Int = 200,
        depthMax: Int = 64,
        nodesMax: Int = 500_000,
        attributesMax: Int = 1_000_000,
        textBytesMax: Int = 80 << 20,
        rowsMax: Int = 100_000
    ) {
        self.messageBytesMax = messageBytesMax
        self.segmentsMax = segmentsMax
        self.fieldsMax = fieldsMax
        self.delimitersMax = delimitersMax
        self.findingsMax = findingsMax
        self.depthMax = depthMax
        self.nodesMax = nodesMax
        self.attributesMax = attributesMax
        self.textBytesMax = textBytesMax
        self.rowsMax = rowsMax
    }

    /// The defaults.
    public static let standard = Limits()
}
