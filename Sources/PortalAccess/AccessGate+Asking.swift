import PortalAudit
import PortalIdentity
import PortalPolicy
package import PortalRecord
import PortalStore
import PortalTimeline

extension AccessGate {
    /// The identifiers by which other systems are asked about a patient, once the asking is on
    /// record: it tells them that somebody looks.
    package func question(
        about patient: SourcePatientID?,
        _ silos: [String],
        _ look: Look
    ) throws -> Released<[Identifier]> {
        let (record, policy) = try open(patient, asOf: nil, .asked, look)
        guard mayKnowPatient(policy) else {
            try deny(look, .asked, record, .withheld)
            throw AccessError.notFound
        }
        var event = event(look, .asked, record, .permitted)
        event.screen = "asked live"
        event.detail = ["silos": silos.joined(separator: ", ")]
        event.overrideToken = policy.overridesInForce.first
        return try release(record.banner.identifiers.filter { $0.system != nil }, event)
    }
}
