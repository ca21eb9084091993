/// Something that a person has to decide.
///
/// A case is a function of the record: it opens where its grounds are, and closes when they are
/// gone. Its handle is the same wherever the same grounds are met.
public struct ReviewCase: Hashable, Sendable, Codable {
    /// What kind of decision.
    public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// Two source patients may be one person.
        case possibleLink = "possible link"
        /// One number, and people who are not the same.
        case conflictingIdentity = "conflicting identity"
        /// A merge event from a silo that does not speak for the identifier's assigner.
        case proposedMerge = "proposed merge"
        /// An unlink from a silo that does not speak for the identifier's assigner.
        case proposedUnlink = "proposed unlink"
        /// A silo moved a visit, an account or a number from one person to another.
        case movedRecord = "moved record"
        /// An attendance began after the person is said to have died.
        case attendedAfterDeath = "attended after death"
        /// One business key, two people (SAFETY S4).
        case reissuedKey = "reissued key"
        /// A result came back after it was withdrawn (S7).
        case revivedResult = "revived result"
        /// Two versions that nothing orders (S5).
        case orderUnknown = "order unknown"
        /// "Could not be obtained" beside a value (S8).
        case couldNotBeObtained = "could not be obtained"
    }

    /// One side of a case: a source patient or a version of an entry.
    public enum Side: Hashable, Sendable {
        /// A source patient: a silo and the identifier it files the person under.
        case patient(source: String, identifier: String, id: SourcePatientID)
        /// A version of an entry.
        case version(entry: EntryID, version: String)
    }

    /// What kind of decision.
    public var kind: Kind
    /// What stands against what, in a fixed order.
    public var between: [Side]
    /// Why, in words, without clinical values.
    public var why: [String]
    /// The documents that it rests on.
    public var documents: [ContentHash]

    /// Builds a case; its sides and documents are put in order.
    public init(kind: Kind, between: [Side], why: [String], documents: [ContentHash] = []) {
        self.kind = kind
        self.between = Array(Set(between)).sorted {
            $0.text.utf8.lexicographicallyPrecedes($1.text.utf8)
        }
        self.why = why
        self.documents = Array(Set(documents)).sorted()
    }

    /// Its opaque handle.
    public var id: String {
        let text = ([kind.rawValue] + between.map(\.text)).joined(separator: "\u{1F}")
        return "c-" + ContentHash.handle(of: text)
    }
}

extension ReviewCase.Side: Codable {
    private enum Key: String, CodingKey { case source, identifier, patient, entry, version }

    /// The side as one text, unambiguous.
    public var text: String {
        switch self {
        case .patient(let source, let identifier, let id):
            [source, identifier, id.rawValue].joined(separator: "\u{1F}")
        case .version(let entry, let version):
            [entry.rawValue, version].joined(separator: "\u{1F}")
        }
    }

    /// Reads either side.
    ///
    /// - Throws: `DecodingError` where a part is missing.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        if container.contains(.entry) {
            self = .version(
                entry: try container.decode(EntryID.self, forKey: .entry),
                version: try container.decode(String.self, forKey: .version)
            )
        } else {
            self = .patient(
                source: try container.decode(String.self, forKey: .source),
                identifier: try container.decode(String.self, forKey: .identifier),
                id: try container.decode(SourcePatientID.self, forKey: .patient)
            )
        }
    }

    /// Writes either side.
    ///
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        switch self {
        case .patient(let source, let identifier, let id):
            try container.encode(source, forKey: .source)
            try container.encode(identifier, forKey: .identifier)
            try container.encode(id, forKey: .patient)
        case .version(let entry, let version):
            try container.encode(entry, forKey: .entry)
            try container.encode(version, forKey: .version)
        }
    }
}
