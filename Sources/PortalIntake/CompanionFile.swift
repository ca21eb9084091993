public import PortalRecord

/// A file that came beside a document: a page of an index, a letter of a drop.
public struct CompanionFile: Hashable, Sendable {
    /// Its bytes.
    public let bytes: ArraySlice<UInt8>
    /// SHA-256 of the bytes.
    public let hash: ContentHash
    /// What it is by its bytes; nil where they say nothing that is known.
    public let mediaType: String?

    /// Takes a file's bytes.
    public init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        hash = ContentHash(of: bytes)
        mediaType = FileType.recognise(bytes)
    }
}
