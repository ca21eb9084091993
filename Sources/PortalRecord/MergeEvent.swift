/// A silo's word on two of its identifiers: they are one person (HL7 A40 and its kin), they are two
/// after all (A37), or what was filed under one of them is the other's (A43, A45).
public struct MergeEvent: Hashable, Sendable, Codable {
    /// What it says of the two.
    public enum Effect: String, Hashable, Sendable, Codable {
        /// They are one person.
        case merge
        /// They were linked, and are not any more.
        case unlink
        /// A visit, an account or a number went from the one to the other; they stay two.
        case move
    }

    /// What it says of the two.
    public var effect: Effect
    /// The trigger event, such as `A40`.
    public var event: String
    /// The identifier that is given up, parted from the other, or moved from.
    public var prior: Identifier
    /// The identifier that stays, or is moved to.
    public var surviving: Identifier
    /// The person as the message names them.
    public var subject: SourcePatient
    /// When it happened, as stated.
    public var occurred: PartialDate?
    /// Where the document says so.
    public var origin: SourceReference

    /// Builds a merge event.
    public init(
        event: String,
        effect: Effect = .merge,
        prior: Identifier,
        surviving: Identifier,
        subject: SourcePatient,
        occurred: PartialDate?,
        origin: SourceReference
    ) {
        self.event = event
        self.effect = effect
        self.prior = prior
        self.surviving = surviving
        self.subject = subject
        self.occurred = occurred
        self.origin = origin
    }

    /// Reads an event; one without an effect was written when all were merges.
    ///
    /// - Throws: `DecodingError` where a part is missing.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        event = try container.decode(String.self, forKey: .event)
        effect = try container.decodeIfPresent(Effect.self, forKey: .effect) ?? .merge
        prior = try container.decode(Identifier.self, forKey: .prior)
        surviving = try container.decode(Identifier.self, forKey: .surviving)
        subject = try container.decode(SourcePatient.self, forKey: .subject)
        occurred = try container.decodeIfPresent(PartialDate.self, forKey: .occurred)
        origin = try container.decode(SourceReference.self, forKey: .origin)
    }
}
