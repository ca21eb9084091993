package import PortalIdentity
package import PortalRecord
package import PortalTimeline

/// Puts records together from what is filed: the one place where identity and merge meet, shared
/// by every store.
package enum RecordAssembly {
    /// The source patients that entries speak of.
    package static func nodes(_ entries: some Sequence<RecordEntry>) -> [IdentityNode] {
        var nodes: [SourcePatientID: IdentityNode] = [:]
        for entry in entries {
            guard case .patient(let statement) = entry.content else { continue }
            let node = IdentityNode(entry.subject, statement, silo: entry.source)
            nodes[entry.subject.id, default: node].add(node)
        }
        return nodes.values.sorted { $0.patient.id < $1.patient.id }
    }

    /// The stays and bookings that entries tell of: an index of what lists ask for.
    package static func episodes(_ entries: [RecordEntry]) -> [CareEpisode] {
        RecordMerge.merge(entries.filter { $0.kind == .encounter || $0.kind == .appointment })
            .episodes
    }

    /// Gathers cases: those of one group are one, and each opens when its last ground arrived.
    package static func list(
        identity: [ReviewCase],
        records: [OpenCase],
        receivedPatients: [SourcePatientID: Instant],
        receivedDocuments: [ContentHash: Instant]
    ) -> [ListedCase] {
        var grouped: [String: ReviewCase] = [:]
        var cases = identity
        for open in records {
            guard let group = open.group else {
                cases.append(open.reviewCase)
                continue
            }
            let known = grouped[group]
            grouped[group] = ReviewCase(
                kind: open.reviewCase.kind,
                between: (known?.between ?? []) + open.reviewCase.between,
                why: known?.why ?? open.reviewCase.why,
                documents: (known?.documents ?? []) + open.reviewCase.documents
            )
        }
        cases += grouped.values
        return cases.map { reviewCase in
            var times = reviewCase.documents.compactMap { receivedDocuments[$0] }
            for case .patient(_, _, let id) in reviewCase.between {
                if let time = receivedPatients[id] { times.append(time) }
            }
            return ListedCase(
                reviewCase: reviewCase,
                opened: times.max() ?? Instant(milliseconds: 0)
            )
        }.sorted { ($0.opened, $0.reviewCase.id) < ($1.opened, $1.reviewCase.id) }
    }
}
