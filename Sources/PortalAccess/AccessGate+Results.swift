import PortalAudit
import PortalIdentity
import PortalPolicy
package import PortalRecord
import PortalStore
import PortalTimeline

/// Results of one analyte, or of a panel, over time.
extension AccessGate {
    package func results(
        of patient: SourcePatientID?,
        codes: [String],
        panel: String?,
        _ look: Look
    ) throws -> Released<CumulativeResults> {
        let (record, policy) = try open(patient, asOf: nil, .readTimeline, look)
        let visible = visible(record, policy, kinds: [.diagnosticReport])
        guard !visible.isEmpty || mayKnowPatient(policy) else {
            try deny(look, .readTimeline, record, .withheld)
            throw AccessError.notFound
        }
        let stays = self.visible(record, policy, kinds: [.encounter])
        var results = CumulativeResults(
            patient: handle(record, policy),
            banner: banner(record, policy, stays, look.now),
            asOf: look.now
        )
        var shown: [String] = []
        for group in try grouped(visible) {
            let named = Set(group.lead.codes + group.lead.types)
            guard panel.map(named.contains) ?? true,
                codes.isEmpty || !named.isDisjoint(with: codes)
            else { continue }
            for row in try displayed(group, TimelineQuery()) {
                for value in row.values
                where codes.isEmpty || codes.contains(value.code) || codes.contains(value.text) {
                    results.add(value, of: row)
                    shown.append(row.entry.rawValue + "/" + row.version)
                }
            }
        }
        results.sort()
        var event = event(look, .readTimeline, record, .permitted)
        event.screen = "cumulative results"
        event.elements = codes + [panel].compactMap { $0 }
        event.entries = Array(Set(shown)).sorted()
        event.shownCount = event.entries.count
        event.withheldCount = record.chains.count - visible.count
        event.recordRevision = record.revision
        event.overrideToken = policy.overridesInForce.first
        return try release(results, event)
    }
}
