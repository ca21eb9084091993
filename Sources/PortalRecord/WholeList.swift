/// The list that a statement came in, where its sender always sends the list whole.
///
/// What the next sending leaves out stands no longer: a practice's summary names no medicine that
/// was stopped, it only ceases to name it. Each entry of a sending carries it, the person's too, so
/// that a sending that names nothing is one as well.
public struct WholeList: Hashable, Sendable, Codable {
    /// Whose list of what, the same for all its sendings: `gp-emergency-summary P55555`.
    public var name: String
    /// The sender's number for this sending.
    public var sending: String?
    /// The sending's own status: a list may be a draft, or be taken back as a whole.
    public var status: ResultStatus
    /// Whether the sender says that the person has opted out: then nothing that it ever listed is
    /// shown or counted (SAFETY S20).
    public var isOptedOut: Bool

    /// Builds a list.
    public init(
        name: String,
        sending: String?,
        status: ResultStatus = .final,
        isOptedOut: Bool = false
    ) {
        self.name = name
        self.sending = sending
        self.status = status
        self.isOptedOut = isOptedOut
    }
}
