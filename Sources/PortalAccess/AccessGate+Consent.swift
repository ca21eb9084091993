import PortalAudit
import PortalIdentity
package import PortalPolicy
package import PortalRecord
import PortalStore
import PortalTimeline

/// What the patient is asked at the point of care.
///
/// - Rule: SAFETY S20, S24.
extension AccessGate {
    /// Records an answer; only who may otherwise read something of the record may have asked.
    package func putConsent(
        of patient: SourcePatientID?,
        id: String,
        answer: Consent.Answer,
        encounter: String?,
        _ look: Look
    ) throws -> Consent {
        let found = try patient.flatMap {
            try store.record(of: $0, asOf: nil, rules: rules.record)
        }
        guard let record = found else {
            try deny(look, .permissionAsked, nil, .nothingFound)
            throw AccessError.notFound
        }
        let policy = try policy(record, look)
        guard look.purpose.asksPermission, mayKnow(record, policy) || mayAsk(policy) else {
            try deny(look, .permissionAsked, record, .withheld)
            throw AccessError.notFound
        }
        let consent = try consent(of: record, id: id, answer: answer, encounter: encounter, look)
        var event = event(look, .permissionAsked, record, .permitted)
        event.detail = ["answer": answer.rawValue, "consent": id]
        try self.record(event)
        try store.put(consent)
        return consent
    }

    /// An answer for this patient and person, which ends by itself.
    func consent(
        of record: ArrangedRecord,
        id: String,
        answer: Consent.Answer,
        encounter: String?,
        _ look: Look
    ) throws -> Consent {
        if let encounter {
            // A visit that may not be shown is none: its number must not be found by trying.
            let visible = try visible(record, under: policy(record, look))
            let isKnown = record.episodes.contains { episode in
                episode.key == encounter
                    && record.chains(of: episode).contains(where: visible.contains)
            }
            guard isKnown else {
                throw AccessError("encounter-unknown", "name a visit of this patient, or none")
            }
        }
        return Consent(
            id: id,
            patients: record.cluster.members,
            person: look.principal.person,
            answer: answer,
            encounter: encounter,
            from: look.now,
            expires: look.now.adding(seconds: rules.access.permission.minutes * 60)
        )
    }

    /// Whether permission is all that a person lacks to read of a silo that needs it.
    func mayAsk(_ policy: AccessPolicy) -> Bool {
        rules.access.permission.silos.contains { silo in
            EntryKind.allCases.contains {
                policy.lacksPermissionAlone(.know, EntryFacts(kind: $0, silo: silo))
            }
        }
    }
}
