public import PortalRecord

/// A silo that is asked when a record is opened, instead of sending on its own: a GP summary.
///
/// What it answers is filed like any document, so that every promise holds for it too. A source
/// that does not answer within the deadline never delays the rest, and is named in the view
/// (SAFETY S17: "asked and not answered within the deadline").
public protocol QuerySource: Sendable {
    /// The silo's name in the profile.
    var silo: String { get }

    /// Asks for what the silo holds of a person.
    ///
    /// - Parameter question: Who, and by when.
    /// - Returns: The documents, as the silo's adapter reads them; empty where it knows nobody.
    /// - Throws: Whatever goes wrong: the source then counts as failed.
    func ask(_ question: SourceQuestion) async throws -> [[UInt8]]
}

/// What a source is asked.
public struct SourceQuestion: Hashable, Sendable {
    /// The person's identifiers, each with its assigner.
    public let identifiers: [Identifier]
    /// The person who asks, as the source may have to audit it.
    public let person: String
    /// How long an answer is waited for.
    public let deadline: Duration

    /// Builds a question.
    public init(identifiers: [Identifier], person: String, deadline: Duration) {
        self.identifiers = identifiers
        self.person = person
        self.deadline = deadline
    }
}

/// What became of asking one source.
public struct SourceOutcome: Hashable, Sendable {
    /// How it ended.
    public enum State: String, Hashable, Sendable {
        /// It answered, with or without documents.
        case answered
        /// It knows nobody of these identifiers.
        case nothingFound = "nothing found"
        /// It could not be asked, or its answer could not be read.
        case failed
        /// It did not answer within the deadline.
        case late = "not answered within the deadline"
        /// It was not asked: the patient has opted out of it (SAFETY S20).
        case optedOut = "opted out"
    }

    /// The silo.
    public let silo: String
    /// How it ended.
    public let state: State
    /// Documents that it answered with.
    public let documents: Int

    /// Builds an outcome.
    public init(silo: String, state: State, documents: Int = 0) {
        self.silo = silo
        self.state = state
        self.documents = documents
    }
}
