public import PortalRecord

/// Gathers versions and resolves what is current: the river's fourth bend.
public enum RecordMerge {
    /// Merges everything that is filed under one person's source patients.
    ///
    /// - Parameters:
    ///   - entries: The entries, in any order, each document's once.
    ///   - others: Chains of other people under numbers that these entries use too (SAFETY S4).
    ///   - rules: The site's.
    /// - Returns: The record, versions resolved.
    public static func merge(
        _ entries: [RecordEntry],
        others: [KeyHolder] = [],
        rules: MergeRules = MergeRules()
    ) -> MergedRecord {
        let ordered = StatementOrder.sort(entries)
        let people = ordered.filter { $0.kind == .patient }
        var outcome = outcome(
            of: ordered,
            others: Dictionary(grouping: others, by: \.number),
            rules
        )
        outcome.chains.sort { left, right in
            let one = left.current.first?.position ?? left.earlier.first?.position
            let two = right.current.first?.position ?? right.earlier.first?.position
            guard let one, let two else { return one != nil }
            return one < two
        }
        return MergedRecord(
            banner: BannerMerge.merge(openly(people, ordered)),
            chains: outcome.chains,
            episodes: outcome.episodes.sorted(),
            cases: outcome.cases.sorted { $0.reviewCase.id < $1.reviewCase.id },
            recalls: outcome.recalls.sorted()
        )
    }

    /// Merges entries that no other entry of the record has anything to do with, or all of them.
    ///
    /// - Parameters:
    ///   - ordered: The entries, sorted as ``StatementOrder/sort(_:)`` does.
    ///   - holders: Other people's chains, by their numbers.
    ///   - rules: The site's.
    /// - Returns: The chains, and what follows from them.
    static func outcome(
        of ordered: [RecordEntry],
        others holders: [String: [KeyHolder]],
        _ rules: MergeRules
    ) -> ChainOutcome {
        let lists = WholeLists(ordered)
        var chains: [ChainKey: [RecordEntry]] = [:]
        for entry in ordered where entry.kind != .patient && !lists.isOptedOut(entry) {
            chains[entry.chain, default: []].append(entry)
        }
        let groups = DocumentMerge.groups(chains.filter { DocumentFacts.isDocument($0.key.kind) })
        let singles = chains.keys.filter { !DocumentFacts.isDocument($0.kind) }.sorted().map {
            [$0]
        }
        var another = lists.another
        var whole = ChainOutcome()
        // Letters first: what came with another person's is another person's too.
        for group in groups.sorted(by: { $0[0] < $1[0] }) + singles {
            let members = group.flatMap { chains[$0] ?? [] }
            var outcome: ChainOutcome
            switch group[0].kind {
            case .diagnosticReport: outcome = ReportMerge.merge(members)
            case .encounter: outcome = EncounterMerge.merge(members)
            case .appointment: outcome = AppointmentMerge.merge(members)
            case .clinicalDocument, .referral, .scannedDocument:
                outcome = DocumentMerge.merge(members)
                another.formUnion(outcome.another)
            case .allergyIntolerance, .condition, .relatedPerson, .medicationStatement, .flag,
                .carePlan, .procedure, .immunization, .serviceRequest, .familyMemberHistory,
                .careTeam:
                outcome = StatementMerge.merge(StatementMerge.without(another, members), lists)
            case .patient: continue
            }
            KeyReuse.mark(&outcome, members, holders, rules)
            whole.chains += outcome.chains
            whole.episodes += outcome.episodes
            whole.cases += outcome.cases
            whole.recalls += outcome.recalls
        }
        return whole
    }

    /// What one entry says by itself, whatever became of it since.
    package static func words(of entry: RecordEntry) -> [TimelineRow] {
        var alone = entry
        alone.status = .final
        return merge([alone]).chains.flatMap(\.current)
    }

    /// What unlabelled documents say of the person; all of them where none is.
    ///
    /// A sealed message must not show itself by the name or number that it alone states.
    private static func openly(
        _ people: [RecordEntry],
        _ entries: [RecordEntry]
    ) -> [RecordEntry] {
        let labelled = Set(entries.filter { !$0.labels.isEmpty }.map(\.origin.document))
        let open = people.filter { !labelled.contains($0.origin.document) }
        return open.isEmpty ? people : open
    }
}

/// What merging one chain gives.
///
/// A visit number used for two admissions gives two chains.
struct ChainOutcome {
    var chains: [MergedChain] = []
    var episodes: [CareEpisode] = []
    var cases: [OpenCase] = []
    var recalls: [RecallGround] = []
    /// Documents of which a letter is another person's.
    var another: Set<ContentHash> = []
}
