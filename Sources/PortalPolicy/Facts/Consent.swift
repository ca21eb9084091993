public import PortalRecord

/// What a patient answered when asked, at the point of care, whether someone may look.
///
/// - Rule: SAFETY S20, S24: what was opened through a contact is scoped to it and ends with it.
public struct Consent: Hashable, Sendable, Codable {
    /// What was answered.
    public enum Answer: String, Hashable, Sendable, Codable, CaseIterable {
        case given
        case refused
        /// The patient could not answer, and nobody could for them: an override is another matter.
        case unableToAnswer = "unable to answer"
    }

    /// Its opaque handle.
    public var id: String
    /// The source patients it is for.
    public var patients: [SourcePatientID]
    /// Who asked, and to whom alone it gives leave.
    public var person: String
    /// What was answered.
    public var answer: Answer
    /// The contact it was asked in, by the sender's number; nil where none was named.
    public var encounter: String?
    /// When it was asked.
    public var from: Instant
    /// When it ends, whatever becomes of the contact.
    public var expires: Instant

    /// Builds a consent.
    public init(
        id: String,
        patients: [SourcePatientID],
        person: String,
        answer: Answer,
        encounter: String? = nil,
        from: Instant,
        expires: Instant
    ) {
        self.id = id
        self.patients = patients
        self.person = person
        self.answer = answer
        self.encounter = encounter
        self.from = from
        self.expires = expires
    }

    /// Whether it is in force for a person and patient at a moment.
    public func holds(
        for person: String,
        _ members: [SourcePatientID],
        at moment: Instant
    ) -> Bool {
        person == self.person && moment >= from && moment < expires
            && !Set(members).isDisjoint(with: patients)
    }
}
