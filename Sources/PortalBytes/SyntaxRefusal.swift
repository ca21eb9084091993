/// What every syntax says of a document that it refuses, in words that intake passes on as they are.
package protocol SyntaxRefusal: Error {
    /// What is wrong, such as `too-deep`.
    var what: String { get }
    /// The place in the format's own words, or by its byte or row.
    var place: String { get }
    /// What to do about it.
    var remedy: String { get }
    /// Bytes from the start of the document.
    var offset: Int { get }
    /// Whether it is no document of the format at all.
    var isOfAnotherFormat: Bool { get }
}
