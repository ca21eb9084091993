/// Where in a stored document a statement stands: every value answers "says who, where?".
public struct SourceReference: Hashable, Sendable, Codable {
    /// The document, by the SHA-256 of its bytes.
    public var document: ContentHash
    /// The place in the format's own words, one-based: `OBX[2]`.
    public var path: String
    /// Bytes from the start of the document.
    public var offset: Int
    /// How many bytes.
    public var length: Int

    /// Builds a reference.
    public init(document: ContentHash, path: String, offset: Int, length: Int) {
        self.document = document
        self.path = path
        self.offset = offset
        self.length = length
    }
}

/// A place inside the document that holds the statement.
public struct SourceRange: Hashable, Sendable, Codable {
    /// The place in the format's own words, one-based: `OBX[2]`.
    public var path: String
    /// Bytes from the start of the document.
    public var offset: Int
    /// How many bytes.
    public var length: Int

    /// Builds a range.
    public init(path: String, offset: Int, length: Int) {
        self.path = path
        self.offset = offset
        self.length = length
    }
}
