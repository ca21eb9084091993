public import PortalRecord

/// One line of the append-only log of what people and silos say about who is who.
///
/// - Rule: DESIGN P4: links are undone by retracting the assertion: the record is then, to the
///   byte, as if it had never been made. `doNotLink` is another verb: it persists.
public struct LinkAssertion: Hashable, Sendable, Codable {
    /// What is asserted.
    public enum Verb: Hashable, Sendable {
        /// A person says that two source patients are one.
        case link(SourcePatientID, SourcePatientID)
        /// A person says that they are two. Undisclosed: nobody is told that it exists (S3).
        case doNotLink(SourcePatientID, SourcePatientID, isUndisclosed: Bool)
        /// A silo says that one identifier was merged into another.
        case mergeEvent(MergeEvent, silo: String)
        /// An earlier assertion is taken back.
        case retract(String)
    }

    /// Its opaque handle.
    public var id: String
    /// What is asserted.
    public var verb: Verb
    /// Who asserts it: a person, or a silo.
    public var author: String
    /// When.
    public var time: Instant
    /// Why, in the author's words.
    public var reason: String

    /// Builds an assertion.
    public init(id: String, verb: Verb, author: String, time: Instant, reason: String) {
        self.id = id
        self.verb = verb
        self.author = author
        self.time = time
        self.reason = reason
    }

    /// The handle of a merge event: the same wherever the same message is read.
    public static func id(of event: MergeEvent) -> String {
        let text = [
            event.origin.document.hex, event.origin.path, event.prior.token,
            event.surviving.token,
        ].joined(separator: "\u{1F}")
        return "m-" + ContentHash.handle(of: text)
    }

    /// Texts that tie it to nodes, as ``IdentityNode/candidateKeys``.
    public var candidateKeys: [String] {
        guard case .mergeEvent(let event, _) = verb else { return [] }
        return ["number " + event.prior.token, "number " + event.surviving.token]
    }

    /// The source patients that it names.
    public var patients: [SourcePatientID] {
        switch verb {
        case .link(let one, let two): [one, two]
        case .doNotLink(let one, let two, _): [one, two]
        case .mergeEvent(let event, _): [event.subject.id]
        case .retract: []
        }
    }

    /// The assertions in force: neither retracted, nor retractions.
    ///
    /// A retraction may be retracted in turn.
    public static func inForce(_ log: [LinkAssertion]) -> [LinkAssertion] {
        var retractions: [String: [String]] = [:]
        for assertion in log {
            if case .retract(let target) = assertion.verb {
                retractions[target, default: []].append(assertion.id)
            }
        }
        func isInForce(_ id: String, depth: Int) -> Bool {
            guard depth < 64, let against = retractions[id] else { return true }
            return !against.contains { isInForce($0, depth: depth + 1) }
        }
        return log.filter { assertion in
            if case .retract = assertion.verb { return false }
            return isInForce(assertion.id, depth: 0)
        }
    }
}

extension LinkAssertion.Verb: Codable {
    private enum Key: String, CodingKey {
        case verb, one, two, undisclosed, event, silo, target
    }

    /// Reads the verb and what it needs.
    ///
    /// - Throws: `DecodingError` for an unknown verb or a missing part.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        switch try container.decode(String.self, forKey: .verb) {
        case "link":
            self = .link(
                try container.decode(SourcePatientID.self, forKey: .one),
                try container.decode(SourcePatientID.self, forKey: .two)
            )
        case "do not link":
            self = .doNotLink(
                try container.decode(SourcePatientID.self, forKey: .one),
                try container.decode(SourcePatientID.self, forKey: .two),
                isUndisclosed: try container.decode(Bool.self, forKey: .undisclosed)
            )
        case "merge event":
            self = .mergeEvent(
                try container.decode(MergeEvent.self, forKey: .event),
                silo: try container.decode(String.self, forKey: .silo)
            )
        case "retract": self = .retract(try container.decode(String.self, forKey: .target))
        default:
            throw DecodingError.dataCorruptedError(
                forKey: .verb,
                in: container,
                debugDescription: "no known verb"
            )
        }
    }

    /// Writes the verb and what it needs.
    ///
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        switch self {
        case .link(let one, let two):
            try container.encode("link", forKey: .verb)
            try container.encode(one, forKey: .one)
            try container.encode(two, forKey: .two)
        case .doNotLink(let one, let two, let isUndisclosed):
            try container.encode("do not link", forKey: .verb)
            try container.encode(one, forKey: .one)
            try container.encode(two, forKey: .two)
            try container.encode(isUndisclosed, forKey: .undisclosed)
        case .mergeEvent(let event, let silo):
            try container.encode("merge event", forKey: .verb)
            try container.encode(event, forKey: .event)
            try container.encode(silo, forKey: .silo)
        case .retract(let target):
            try container.encode("retract", forKey: .verb)
            try container.encode(target, forKey: .target)
        }
    }
}
