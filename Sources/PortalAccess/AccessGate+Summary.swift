import PortalAudit
import PortalIdentity
package import PortalPolicy
package import PortalRecord
import PortalStore
import PortalTimeline

/// The emergency summary: few facts, opened with the patient's permission or an override.
///
/// - Rule: SAFETY S13, S19, S20, S22; DOMAIN "Emergency Care Summary": demographics, allergies,
///   repeat medicines of twelve months, acute ones of thirty days, the palliative set.
extension AccessGate {
    /// What opens a summary.
    package enum SummaryLeave: Sendable {
        /// What is on record: an answer or an override that is in force.
        case recorded
        /// What the patient answers now.
        case answered(Consent.Answer, encounter: String?, id: String)
    }

    package func summary(
        of patient: SourcePatientID?,
        leave: SummaryLeave,
        _ look: Look
    ) throws -> Released<EmergencySummary> {
        let found = try patient.flatMap {
            try store.record(of: $0, asOf: nil, rules: rules.record)
        }
        guard let record = found else {
            try recordSummary(event(look, .readSummary, nil, .nothingFound))
            throw AccessError.notFound
        }
        let before = try self.policy(record, look)
        guard mayKnow(record, before) || mayKnowPatient(before) || mayAsk(before) else {
            try recordSummary(event(look, .readSummary, record, .withheld))
            throw AccessError.notFound
        }
        var answer: Consent?
        if case .answered(let given, let encounter, let id) = leave {
            answer = try consent(of: record, id: id, answer: given, encounter: encounter, look)
        }
        let policy = try self.policy(record, look, further: answer)
        let opened = (record: record, policy: policy, present: record)
        let visible = visible(record, under: policy)
        // Permission is asked of whatever the summary shows, wherever it comes from.
        let needed = EntryFacts(kind: .allergyIntolerance, silo: "")
        guard policy.isPermissionThere(for: needed) || policy.isOwnDoor else {
            var event = event(look, .readSummary, record, .withheld)
            if let answer { event.detail = Self.detail(answer) }
            try recordSummary(event)
            if let answer { try? store.put(answer) }
            throw AccessError(
                "permission-needed",
                "ask the patient and record the answer; where they cannot answer take an override"
            )
        }
        var question = ScreenQuestion(elements: EmergencySummary.elements)
        question.isSummary = true
        let screen = try self.screen(question, opened, visible, look)
        var event = screenEvent(
            screen,
            opened,
            visible,
            .readSummary,
            "emergency summary",
            look
        )
        if let answer { event.detail = Self.detail(answer) }
        let isSecond = try recordSummary(event)
        // The answer is in the audit whatever becomes of the store.
        if let answer { try? store.put(answer) }
        let opening = policy.isPermissionGiven ? "the patient's permission" : "an override"
        return Released(
            EmergencySummary(screen: screen, openedBy: opening, isAuditDegraded: isSecond),
            auditEvent: event.id
        )
    }

    private static func detail(_ consent: Consent) -> [String: String] {
        ["answer": consent.answer.rawValue, "consent": consent.id]
    }

    /// Records a look at a summary: in the second journal where the first cannot be written.
    ///
    /// - Returns: Whether it is in the second.
    /// - Throws: ``AccessError`` `audit-unavailable` where neither can be written.
    /// - Rule: SAFETY S22.
    @discardableResult
    private func recordSummary(_ event: AuditEvent) throws -> Bool {
        do {
            try record(event)
            return false
        } catch {
            guard let second else { throw error }
            do { try second.record(event) } catch {
                throw AccessError(
                    "audit-unavailable",
                    "nothing is shown until the audit can be written"
                )
            }
            return true
        }
    }
}
