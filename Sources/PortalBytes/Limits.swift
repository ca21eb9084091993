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

    /// Builds limits; the defaults take a 128 MiB message.
    public init(
        messageBytesMax: Int = 128 << 20,
        segmentsMax: Int = 250_000,
        fieldsMax: Int = 10_000,
        delimitersMax: Int = 8_000_000,
        findingsMax: Int = 200
    ) {
        self.messageBytesMax = messageBytesMax
        self.segmentsMax = segmentsMax
        self.fieldsMax = fieldsMax
        self.delimitersMax = delimitersMax
        self.findingsMax = findingsMax
    }

    /// The defaults.
    public static let standard = Limits()
}
