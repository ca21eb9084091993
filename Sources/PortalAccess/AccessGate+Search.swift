import PortalAudit
import PortalIdentity
import PortalPolicy
package import PortalRecord
package import PortalStore
import PortalTimeline

/// Finding people, and words in letters and titles.
///
/// What is found, counted and quoted is what may be shown: a search never tells of what is hidden
/// (DESIGN P6; PITFALLS 67).
extension AccessGate {
    package func people(_ query: PersonQuery, _ look: Look) throws -> Released<[FoundPerson]> {
        var found: [SourcePatientID: FoundPerson] = [:]
        for patient in try store.patients(matching: query) {
            guard let record = try store.record(of: patient, asOf: nil, rules: rules.record),
                found[record.cluster.handle] == nil
            else { continue }
            let policy = try policy(record, look)
            guard mayKnow(record, policy) else { continue }
            found[record.cluster.handle] = FoundPerson(
                patient: handle(record, self.visible(record, under: policy)),
                banner: record.banner
            )
        }
        let shown = found.values.sorted { $0.patient < $1.patient }
        var event = event(look, .search, nil, .permitted)
        event.screen = "search for people"
        event.shownCount = shown.count
        event.members = shown.map(\.patient.rawValue)
        return try release(shown, event)
    }

    package func text(
        _ words: [String],
        of patient: SourcePatientID?,
        _ look: Look
    ) throws -> Released<[FoundText]> {
        let only = try patient.map { handle in
            try store.record(of: handle, asOf: nil, rules: rules.record)?.cluster.handle ?? handle
        }
        var candidates: [SourcePatientID: Set<EntryID>] = [:]
        for (patient, entry) in try store.entries(withWords: words) {
            candidates[patient, default: []].insert(entry)
        }
        var shown: [FoundText] = []
        var seen: Set<SourcePatientID> = []
        var members: Set<String> = []
        for patient in candidates.keys.sorted() {
            guard let record = try store.record(of: patient, asOf: nil, rules: rules.record),
                only == nil || record.cluster.handle == only,
                seen.insert(record.cluster.handle).inserted
            else { continue }
            let wanted = record.cluster.members.reduce(into: Set<EntryID>()) {
                $0.formUnion(candidates[$1] ?? [])
            }
            let policy = try policy(record, look)
            let visible = self.visible(record, under: policy)
            let hits = visible.chains.filter { chain in wanted.contains(where: chain.holds) }
            let person = banner(record, visible, look.now)
            for chain in hits {
                shown += try found(
                    try RowReader(record).rows(chain).current,
                    words,
                    handle(record, visible),
                    person
                )
            }
            if !hits.isEmpty { members.formUnion(record.cluster.members.map(\.rawValue)) }
        }
        shown.sort {
            ($0.patient, $0.row.position) < ($1.patient, $1.row.position)
        }
        var event = event(look, .search, nil, .permitted)
        event.screen = "search in documents"
        event.shownCount = shown.count
        event.members = members.sorted()
        event.entries = shown.map { $0.row.entry.rawValue + "/" + $0.row.version }
        return try release(shown, event)
    }

    /// Rows of a chain that are current and hold the words: an earlier version, or one that was
    /// taken back, is not found.
    private func found(
        _ rows: [TimelineRow],
        _ words: [String],
        _ patient: SourcePatientID,
        _ person: PersonBanner
    ) throws -> [FoundText] {
        rows.compactMap { row in
            let text = ([row.what, row.headline] + row.notes).joined(separator: " ")
            guard SearchWords.matches(words, text) else { return nil }
            return FoundText(
                patient: patient,
                banner: person,
                row: row,
                siloLabel: rules.silos.first { $0.name == row.silo }?.label ?? row.silo,
                snippet: SearchWords.snippet(words, row.notes.joined(separator: " "))
            )
        }
    }
}
