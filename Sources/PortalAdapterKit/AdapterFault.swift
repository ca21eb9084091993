/// One promise that an adapter broke.
///
/// It says where, and nothing that stands in the sample.
public struct AdapterFault: Hashable, Sendable, CustomStringConvertible {
    /// The promise.
    public let check: AdapterCheck
    /// What is wrong, such as `ledger-dishonest`.
    public let code: String
    /// The sample's name; empty where the adapter itself is meant.
    public let sample: String
    /// Bytes from the start of the sample, where one place is meant.
    public let offset: Int?
    /// What was seen, and what is asked for.
    public let words: String

    /// Code, sample, place and words.
    public var description: String {
        let place = offset.map { ", byte \($0)" } ?? ""
        return "\(code) in \(sample.isEmpty ? "the adapter" : sample)\(place): \(words)"
    }
}

/// The promises of an adapter that the kit examines.
public enum AdapterCheck: String, Hashable, Sendable, CaseIterable {
    /// Name and format are words of small letters, digits and hyphens; reports carry the name.
    case naming
    /// It recognises its samples, whenever and wherever it is asked, and nothing else.
    case recognition
    /// It names the files that its samples come with.
    case companions
    /// Every byte is accounted for: mapped + ignored + unmapped is the document (DESIGN P2).
    case ledger
    /// A byte marked mapped gave an entry something: changing it changes an entry (DESIGN P2).
    case honesty
    /// The same document gives the same report, whatever was read before it (DESIGN P3).
    case repetition
    /// A document inside a larger buffer gives what it gives alone: nothing beyond it is read, and
    /// every offset counts from its own start.
    ///
    /// This is all that an adapter has to do with chunks: the intake cuts what arrives into whole
    /// documents, and an adapter never sees a part of one.
    case slicing
    /// Every entry says where in which document it stands.
    case origins
    /// Of a document that speaks of several people or has files beside it, what is whose: a person
    /// who opts out takes their own part along, and nobody else's (SAFETY S20).
    case shares
    /// Codes are words, findings are counted, and a status time far beyond the message's own counts
    /// as missing (SAFETY S6).
    case statements
    /// What is more than the limits allow is held; nothing is left out silently.
    case limits
    /// Reading time grows as the document does.
    case time
    /// Nothing that stands in a document is in an error, a diagnostic or a path.
    case privacy
    /// What is cut, flipped or torn gives a sound report or an `IntakeError`.
    ///
    /// A trap ends the whole test run, as it would the portal: see
    /// ``AdapterConformance/willRead``.
    case damage
}
