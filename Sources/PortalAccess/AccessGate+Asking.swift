import PortalAudit
import PortalIdentity
import PortalPolicy
package import PortalRecord
import PortalStore
import PortalTimeline

/// What other systems are asked about a patient.
package struct LiveQuestion: Sendable {
    /// The numbers to ask by.
    package var identifiers: [Identifier]
    /// Those of the silos that may be asked: whom a patient has opted out of is not even asked.
    package var silos: [String]
}

extension AccessGate {
    /// What other systems are asked about a patient, once the asking is on record: it tells them
    /// that somebody looks.
    package func question(
        about patient: SourcePatientID?,
        _ silos: [String],
        _ look: Look
    ) throws -> Released<LiveQuestion> {
        let (record, policy, _) = try open(patient, asOf: nil, .asked, look)
        guard mayKnowPatient(policy) else {
            try deny(look, .asked, record, .withheld)
            throw AccessError.notFound
        }
        var event = event(look, .asked, record, .permitted)
        event.screen = "asked live"
        let optedOut = policy.optedOut(of: silos)
        let asked = silos.filter { !optedOut.contains($0) }
        event.detail = ["silos": asked.joined(separator: ", ")]
        event.overrideToken = policy.overridesInForce.first
        return try release(
            LiveQuestion(
                identifiers: record.banner.identifiers.filter { $0.system != nil },
                silos: asked
            ),
            event
        )
    }
}
