import PortalTimeline

/// The rows of one look, fetched many at a time and each once.
final class RowReader {
    let record: ArrangedRecord
    private var known: [ObjectIdentifier: (current: [TimelineRow], earlier: [TimelineRow])] = [:]

    init(_ record: ArrangedRecord) { self.record = record }

    /// Fetches the rows of chains that will be asked for.
    func fetch(_ groups: some Sequence<EventGroups.Group>) throws {
        let chains = groups.flatMap { [$0.lead] + $0.copies }
            .filter { known[ObjectIdentifier($0)] == nil }
        guard !chains.isEmpty else { return }
        for (chain, rows) in zip(chains, try record.rows(of: chains)) {
            known[ObjectIdentifier(chain)] = rows
        }
    }

    func rows(
        _ chain: ArrangedChain
    ) throws -> (current: [TimelineRow], earlier: [TimelineRow]) {
        if let rows = known[ObjectIdentifier(chain)] { return rows }
        let rows = try record.rows(of: [chain])[0]
        known[ObjectIdentifier(chain)] = rows
        return rows
    }
}
