public import PortalAccess
public import PortalAudit
public import PortalPolicy
public import PortalRecord
import PortalStore

/// Reading the audit, and what is done with it.
extension Portal {
    /// Who looked at a patient's record, latest first: asked by a privacy officer, by a practice
    /// manager of the practice's own patients, or by the patient.
    ///
    /// - Throws: ``AccessError``.
    public func whoLooked(
        at patient: SourcePatientID?,
        as reader: Principal,
        at now: Instant
    ) throws -> Released<[SequencedEvent]> {
        try gate.whoLooked(at: patient, look(reader, .investigation, now))
    }

    /// Looks that should be asked about, by the site's review rules (DOMAIN 7, R1–R11).
    ///
    /// - Parameters:
    ///   - from: The first moment; nil from the beginning.
    ///   - to: The moment before which; nil to the end.
    ///   - reader: A privacy officer, or a practice manager, who sees their own patients' alone.
    ///   - now: The moment of asking.
    /// - Returns: The cases, the most points first, and how many looks were reviewed.
    /// - Throws: ``AccessError`` `not-permitted`.
    public func reviewAudit(
        from: Instant? = nil,
        to: Instant? = nil,
        as reader: Principal,
        at now: Instant
    ) throws -> Released<AuditReviewReport> {
        try gate.reviewAudit(from: from, to: to, look(reader, .investigation, now))
    }

    /// How the portal is used, by week: what shows whether it helps.
    ///
    /// - Throws: ``AccessError`` `not-permitted` without the duty `usage`.
    public func usage(as reader: Principal, at now: Instant) throws -> Released<[AuditUsage.Week]> {
        try gate.usage(look(reader, .administration, now))
    }

    /// Every event, for a privacy officer who gives them to another system.
    ///
    /// - Throws: ``AccessError`` `not-permitted` without the duty `audit`.
    public func exportAudit(
        as reader: Principal,
        at now: Instant
    ) throws -> Released<[SequencedEvent]> {
        try gate.exportAudit(look(reader, .investigation, now))
    }

    /// Erases what an event of the audit says: its leaf stays, and the log still verifies.
    ///
    /// - Throws: ``AccessError`` `not-permitted` without the duty `erase`, `event-unknown`;
    ///   ``StoreError`` `reason-missing`.
    public func eraseAudit(
        leaf: Int,
        reason: String,
        as reader: Principal,
        at now: Instant
    ) throws {
        guard !reason.isEmpty else {
            throw StoreError(code: "reason-missing", remedy: "say why")
        }
        try gate.eraseAudit(leaf, reason: reason, look(reader, .investigation, now))
    }
}
