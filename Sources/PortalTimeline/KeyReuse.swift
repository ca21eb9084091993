import PortalRecord

/// Marks results and documents whose number names another person as well.
///
/// - Rule: SAFETY S4.
enum KeyReuse {
    /// Marks a chain's rows, given the holders of its numbers outside the cluster.
    static func mark(
        _ outcome: inout ChainOutcome,
        _ entries: [RecordEntry],
        _ holders: [String: [KeyHolder]],
        _ rules: MergeRules
    ) {
        guard !holders.isEmpty else { return }
        // A letter's chain may hold several numbers: its replacements', its addenda's.
        let own = Dictionary(grouping: entries, by: \.chain.numberText)
        for number in own.keys.sorted() {
            guard let others = holders[number], let entries = own[number] else { continue }
            mark(&outcome, entries, others, rules)
        }
    }

    private static func mark(
        _ outcome: inout ChainOutcome,
        _ entries: [RecordEntry],
        _ others: [KeyHolder],
        _ rules: MergeRules
    ) {
        let own = entries.compactMap { KeyHolder($0) }
        guard !own.isEmpty, !others.isEmpty, !own.contains(where: \.hasWrongPatient) else {
            return
        }
        var markers: Set<Marker> = []
        for (_, holders) in Dictionary(grouping: others, by: \.patient) {
            guard !holders.contains(where: \.hasWrongPatient) else { continue }
            markers.formUnion(compare(span(own), span(holders), rules))
        }
        guard !markers.isEmpty else { return }
        // Of several rows the number's own; what it was replaced by or added to where it has none.
        let rows = outcome.chains.flatMap(\.current)
        let named = Set(rows.map(\.entry)).intersection(entries.map(\.id))
        func isMeant(_ row: TimelineRow) -> Bool { named.isEmpty || named.contains(row.entry) }
        for index in outcome.chains.indices {
            for row in outcome.chains[index].current.indices
            where isMeant(outcome.chains[index].current[row]) {
                let all = markers.union(outcome.chains[index].current[row].markers)
                outcome.chains[index].current[row].markers = all.sorted()
            }
        }
        let sides = rows.filter(isMeant).map {
            ReviewCase.Side.version(entry: $0.entry, version: $0.version)
        }
        outcome.cases.append(
            OpenCase(
                reviewCase: ReviewCase(
                    kind: .reissuedKey,
                    between: sides,
                    why: ["one number of one source names two people"],
                    documents: entries.map(\.origin.document)
                ),
                group: ContentHash.handle(of: own[0].number)
            )
        )
    }

    /// From the first to the last status time, or nil where none is stated.
    private static func span(_ holders: [KeyHolder]) -> TimeSpan? {
        let spans = holders.flatMap(\.times).map(\.span)
        guard let start = spans.map(\.start).min(), let end = spans.map(\.end).max() else {
            return nil
        }
        return TimeSpan(start: start, end: end, isWallClock: spans.allSatisfy(\.isWallClock))
    }

    private static func compare(
        _ own: TimeSpan?,
        _ other: TimeSpan?,
        _ rules: MergeRules
    ) -> Set<Marker> {
        guard let own, let other else { return [.provisional] }
        if other.isLater(than: own) {
            return isWithin(own, other, rules) ? [.reissuedForAnother] : []
        }
        if own.isLater(than: other) {
            return isWithin(other, own, rules) ? [.provisional] : []
        }
        return [.provisional]
    }

    /// Whether the later begins no more than the window after the earlier ends, the last moment
    /// included.
    private static func isWithin(
        _ earlier: TimeSpan,
        _ later: TimeSpan,
        _ rules: MergeRules
    ) -> Bool {
        let last = earlier.end - 1
        let (days, rest) = CivilDate.divide(last, by: 86_400_000)
        let day = CivilDate(days: days)
        let year = day.year + rules.reuseWindowYears
        guard (1...9999).contains(year) else { return true }
        let length = CivilDate.length(ofMonth: day.month, year: year)
        guard let bound = CivilDate(year: year, month: day.month, day: min(day.day, length))
        else { return true }
        return later.start <= bound.days * 86_400_000 + rest
    }
}
