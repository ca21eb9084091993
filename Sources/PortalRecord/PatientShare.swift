/// What of a document is one source patient's, where it speaks of several people or has files
/// beside it: what goes when that person's part has to go (SAFETY S20).
public struct PatientShare: Hashable, Sendable, Codable {
    /// Whose.
    public var subject: SourcePatientID
    /// Where the document speaks of them, in bytes from its start.
    public var ranges: [Range<Int>]
    /// Their files beside it.
    public var files: [ContentHash]

    /// Builds a share.
    public init(subject: SourcePatientID, ranges: [Range<Int>] = [], files: [ContentHash] = []) {
        self.subject = subject
        self.ranges = ranges
        self.files = files
    }
}
