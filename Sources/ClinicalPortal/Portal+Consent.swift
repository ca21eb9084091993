public import PortalAccess
public import PortalPolicy
public import PortalRecord
import PortalStore

/// The patient's permission at the point of care, the emergency summary that it opens, and the
/// overrides that stand in for it, with their review.
extension Portal {
    /// Records what the patient answered when asked whether this person may look.
    ///
    /// - Parameters:
    ///   - patient: Any handle of the patient.
    ///   - answer: What was answered.
    ///   - encounter: The visit it was asked in, by the sender's number: the answer ends with it.
    ///   - reader: Who asked, and to whom alone it gives leave.
    ///   - purpose: Why.
    ///   - now: The moment of asking.
    /// - Returns: The answer, with the moment at which it ends.
    /// - Throws: ``AccessError`` `not-found` where there is nobody, or nobody whom the reader may
    ///   ask; `encounter-unknown`.
    public func recordPermission(
        of patient: SourcePatientID?,
        _ answer: Consent.Answer,
        encounter: String? = nil,
        as reader: Principal,
        purpose: Purpose = .directCare,
        at now: Instant
    ) throws -> Consent {
        try gate.putConsent(
            of: patient,
            id: "c-" + Portal.freshHandle(),
            answer: answer,
            encounter: encounter,
            look(reader, purpose, now)
        )
    }

    /// The emergency summary: opened by permission that is on record, by an answer given now, or
    /// by an override in force.
    ///
    /// While the audit cannot be written it is, alone of all there is to read, still shown, and
    /// recorded in the second journal (SAFETY S22).
    ///
    /// - Throws: ``AccessError`` `not-found`, `permission-needed`, `encounter-unknown`,
    ///   `audit-unavailable`.
    public func emergencySummary(
        of patient: SourcePatientID?,
        permission answer: Consent.Answer? = nil,
        encounter: String? = nil,
        as reader: Principal,
        purpose: Purpose = .directCare,
        at now: Instant
    ) throws -> Released<EmergencySummary> {
        try gate.summary(
            of: patient,
            leave: answer.map {
                .answered($0, encounter: encounter, id: "c-" + Portal.freshHandle())
            } ?? .recorded,
            look(reader, purpose, now)
        )
    }

    /// Every override with what its review came to: the overdue first.
    ///
    /// - Throws: ``AccessError`` `not-permitted` without the duty `override review`.
    public func overrideQueue(
        as reader: Principal,
        at now: Instant
    ) throws -> Released<[QueuedOverride]> {
        try gate.overrideQueue(look(reader, .investigation, now))
    }

    /// Records what the review of an override came to; the first review stands.
    ///
    /// - Throws: ``AccessError`` `not-permitted` without the duty, and of one's own; `not-found`;
    ///   `reviewed-already`; ``StoreError`` `reason-missing`.
    public func reviewOverride(
        _ token: String,
        outcome: OverrideOutcome,
        action: String,
        as reader: Principal,
        at now: Instant
    ) throws {
        guard !action.isEmpty else {
            throw StoreError(code: "reason-missing", remedy: "say what was done")
        }
        try gate.reviewOverride(
            token,
            outcome: outcome.rawValue,
            action: action,
            look(reader, .investigation, now)
        )
    }

    /// Records a doubt about a statement, for whoever keeps it: the practice, the laboratory.
    ///
    /// - Returns: The doubt's handle.
    /// - Throws: ``AccessError`` `not-found` where the reader may not see the entry.
    public func reportDoubt(
        about entry: EntryID,
        of patient: SourcePatientID?,
        _ words: String,
        as reader: Principal,
        purpose: Purpose = .directCare,
        at now: Instant
    ) throws -> String {
        guard !words.isEmpty else {
            throw StoreError(code: "reason-missing", remedy: "say what is in doubt")
        }
        let id = "d-" + Portal.freshHandle()
        try gate.reportDoubt(about: entry, of: patient, words, id: id, look(reader, purpose, now))
        return id
    }

    /// The doubts that readers have recorded, the oldest first.
    ///
    /// - Throws: ``AccessError`` `not-permitted` without the duty `review`.
    public func doubts(as reader: Principal, at now: Instant) throws -> Released<[ReportedDoubt]> {
        try gate.doubts(look(reader, .administration, now))
    }
}

/// What the review of an override came to.
public enum OverrideOutcome: String, Sendable, CaseIterable {
    case justified
    case notJustified = "not justified"
    case unclear = "unclear: asked further"
}
