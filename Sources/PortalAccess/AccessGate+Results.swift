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
        let opened = try open(patient, asOf: nil, .readTimeline, look)
        let (record, policy, _) = opened
        let visible = try mayBeKnown(opened, .readTimeline, look)
        var results = CumulativeResults(
            patient: handle(record, visible),
            banner: banner(record, visible, look.now),
            asOf: look.now
        )
        var shown: [String] = []
        let groups = grouped(record, visible, kinds: [.diagnosticReport])
        let isNamed = record.columns.map { columns, _ in
            let named = Set(columns.codes + columns.types)
            return (panel.map(named.contains) ?? true)
                && (codes.isEmpty || !named.isDisjoint(with: codes))
        }
        let asked = try visible.chains.filter { $0.kind == .diagnosticReport && isNamed[$0.column] }
            .compactMap { try groups.group($0) }
        let reader = RowReader(record)
        try reader.fetch(asked)
        for group in asked {
            for row in try displayed(group, reader, TimelineQuery()) {
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
        event.withheldCount = visible.withheldCount
        event.recordRevision = record.revision
        event.overrideToken = policy.overridesInForce.first
        return try release(results, event)
    }
}
