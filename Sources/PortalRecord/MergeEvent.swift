/// A silo's word that two of its identifiers are one person (HL7 A40 and its kin).
public struct MergeEvent: Hashable, Sendable, Codable {
    /// The trigger event, such as `A40`.
    public var event: String
    /// The identifier that is given up.
    public var prior: Identifier
    /// The identifier that stays.
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
        prior: Identifier,
        surviving: Identifier,
        subject: SourcePatient,
        occurred: PartialDate?,
        origin: SourceReference
    ) {
        self.event = event
        self.prior = prior
        self.surviving = surviving
        self.subject = subject
        self.occurred = occurred
        self.origin = origin
    }
}
