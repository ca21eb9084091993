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
        let lists = WholeLists(ordered)
        var chains: [ChainKey: [RecordEntry]] = [:]
        var people: [RecordEntry] = []
        for entry in ordered {
            if entry.kind == .patient {
                people.append(entry)
            } else if !lists.isOptedOut(entry) {
                chains[entry.chain, default: []].append(entry)
            }
        }
        let holders = Dictionary(grouping: others, by: \.number)
        var record = MergedRecord(
            banner: BannerMerge.merge(openly(people, ordered)),
            chains: [],
            episodes: [],
            cases: [],
            recalls: []
        )
        let groups = DocumentMerge.groups(chains.filter { isDocument($0.key.kind) })
        let singles = chains.keys.filter { !isDocument($0.kind) }.map { [$0] }
        var another = lists.another
        // Letters first: what came with another person's is another person's too.
        for group in groups.sorted(by: { $0[0] < $1[0] }) + singles.sorted(by: { $0[0] < $1[0] }) {
            let key = group[0]
            let members = group.flatMap { chains[$0] ?? [] }
            var outcome: ChainOutcome
            switch key.kind {
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
            record.chains += outcome.chains
            record.episodes += outcome.episodes
            record.cases += outcome.cases
            record.recalls += outcome.recalls
        }
        record.chains.sort { left, right in
            let one = left.current.first?.position ?? left.earlier.first?.position
            let two = right.current.first?.position ?? right.earlier.first?.position
            guard let one, let two else { return one != nil }
            return one < two
        }
        record.cases.sort { $0.reviewCase.id < $1.reviewCase.id }
        return record
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

    private static func isDocument(_ kind: EntryKind) -> Bool {
        kind == .clinicalDocument || kind == .referral || kind == .scannedDocument
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

/// A fixed order of statements, and the handles of their versions.
enum StatementOrder {
    /// Sorts by what the statements say, never by when they came (DESIGN P3).
    static func sort(_ entries: [RecordEntry]) -> [RecordEntry] {
        entries.map { ($0, sortKey($0)) }
            .sorted { $0.1.utf8.lexicographicallyPrecedes($1.1.utf8) }
            .map(\.0)
    }

    private static func sortKey(_ entry: RecordEntry) -> String {
        entry.origin.document.hex + "/" + pad(entry.origin.offset) + "/" + entry.id.rawValue
    }

    private static func pad(_ number: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, 12 - text.utf8.count)) + text
    }

    /// A version's handle: `v-` and 16 digits of what it states, wherever it stands.
    ///
    /// A copy sent again in another message is the same version.
    static func version(of entry: RecordEntry) -> String {
        var bare = entry
        bare.findings = []
        let nowhere = SourceReference(
            document: ContentHash(of: EmptyCollection<UInt8>()),
            path: "",
            offset: 0,
            length: 0
        )
        bare.origin = nowhere
        if case .diagnosticReport(var report) = bare.content {
            for index in report.observations.indices {
                report.observations[index].origin = SourceRange(path: "", offset: 0, length: 0)
            }
            bare.content = .diagnosticReport(report)
        }
        // Which page files came with an index is of the delivery, not of the statement.
        if case .scannedDocument(let scanned) = bare.content {
            bare.content = .scannedDocument(scanned.withoutReceivedFiles)
        }
        let bytes = (try? CanonicalJSON.encode(bare)) ?? []
        return "v-" + String(ContentHash(of: bytes).hex.prefix(16))
    }

    /// The handle of a row that several versions make up together.
    static func version(ofSet versions: [String]) -> String {
        guard versions.count != 1 else { return versions[0] }
        return "v-" + ContentHash.handle(of: versions.sorted().joined(separator: ","))
    }
}
