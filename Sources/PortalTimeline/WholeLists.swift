import PortalRecord

/// Which sendings of the lists that are always sent whole count.
///
/// A sending is a version of its list, dated by its own time: the rules of versions decide between
/// two of them, so that a draft displaces no final one, an old one that comes late revives nothing,
/// and of two that nothing orders both count.
///
/// - Rule: SAFETY S5, S7, S10, S20, and S9 by analogy: what a snapshot leaves out is said to be
///   left out, never silently carried or dropped.
struct WholeLists {
    private struct Name: Hashable {
        let source: String
        let list: String

        init?(_ entry: RecordEntry) {
            guard let list = entry.wholeList else { return nil }
            source = entry.source
            self.list = list.name
        }
    }

    /// What became of one list.
    private struct Outcome {
        /// Documents whose statements count; empty where the list was taken back.
        var counting: Set<ContentHash> = []
        var isTakenBack = false
        var isOptedOut = false
        /// Whether several sendings count that differ.
        var isDisputed = false
    }

    private let outcomes: [Name: Outcome]
    /// Sendings that were another person's: no version of them shows anything (SAFETY S10).
    private(set) var another: Set<ContentHash> = []

    init(_ ordered: [RecordEntry]) {
        var sendings: [Name: [ContentHash: [RecordEntry]]] = [:]
        for entry in ordered {
            guard let name = Name(entry) else { continue }
            sendings[name, default: [:]][entry.origin.document, default: []].append(entry)
        }
        var found: [Name: Outcome] = [:]
        for (name, sent) in sendings {
            let documents = sent.keys.sorted { $0.hex < $1.hex }
            let versions = documents.indices.map { index in
                Self.version(sent[documents[index]] ?? [], statement: index)
            }
            let resolution = UnitResolution(versions)
            let shown = resolution.shown.map(\.version)
            let contents = Set(shown.map(\.content))
            var outcome = Outcome()
            outcome.isTakenBack = resolution.shown.contains { !$0.showsValue }
            outcome.isDisputed = contents.count > 1
            for (document, version) in zip(documents, versions)
            where contents.contains(version.content) && !version.status.isRetraction {
                outcome.counting.insert(document)
            }
            // Of two that nothing orders the one that withholds decides (SAFETY S21).
            outcome.isOptedOut = shown.contains { version in
                sent[documents[version.statement]]?.contains { $0.wholeList?.isOptedOut == true }
                    ?? false
            }
            if resolution.hidesEarlierValues {
                another.formUnion(documents.filter { !outcome.counting.contains($0) })
            }
            found[name] = outcome
        }
        outcomes = found
    }

    private static func version(_ entries: [RecordEntry], statement: Int) -> UnitVersion {
        let first = entries.first
        // The time is part of it: a list that reads as one before the last is not that one.
        let said = entries.map { StatementOrder.version(of: $0) }.sorted()
        return UnitVersion(
            content: Array(said.joined(separator: ",").utf8),
            isEmpty: false,
            status: first?.wholeList?.status ?? .final,
            time: first?.statusTime?.span,
            sequence: first?.sequence,
            statement: statement
        )
    }

    /// Whether it came in a list whose sender says that the person has opted out.
    func isOptedOut(_ entry: RecordEntry) -> Bool {
        Name(entry).flatMap { outcomes[$0]?.isOptedOut } ?? false
    }

    /// The statements of one chain that are compared, and what must be said of the outcome.
    struct Standing {
        var indices: [Int]
        var markers: Set<Marker> = []
    }

    /// The statements that came in a sending that counts, or in no list at all.
    ///
    /// Where none did, those of the last sending that had one, said to be no longer listed.
    ///
    /// - Parameters:
    ///   - statements: Those of one chain, copies left out.
    ///   - all: All of them.
    /// - Returns: Which are compared, and the markers that all of them get.
    func standing(_ statements: [RecordEntry], among all: [RecordEntry]) -> Standing {
        let counting = statements.indices.filter { counts(statements[$0]) }
        if counting.isEmpty {
            let isTakenBack = statements.contains { statement in
                Name(statement).flatMap { outcomes[$0]?.isTakenBack } ?? false
            }
            return Standing(
                indices: last(statements),
                markers: isTakenBack ? [.withdrawn] : [.notListed]
            )
        }
        var standing = Standing(indices: counting)
        let documents = Set(all.map(\.origin.document))
        // Listed by one of two sendings that nothing orders.
        let isPartial = counting.contains { index in
            guard let name = Name(statements[index]), let outcome = outcomes[name],
                outcome.isDisputed
            else { return false }
            return !outcome.counting.isSubset(of: documents)
        }
        if isPartial { standing.markers.insert(.orderUnknown) }
        return standing
    }

    private func counts(_ entry: RecordEntry) -> Bool {
        guard let name = Name(entry) else { return true }
        return outcomes[name]?.counting.contains(entry.origin.document) ?? true
    }

    /// The statements of the last sending that had one, or of several that nothing orders.
    private func last(_ statements: [RecordEntry]) -> [Int] {
        let versions = statements.indices.map { index in
            UnitVersion(
                content: [],
                isEmpty: false,
                status: statements[index].wholeList?.status ?? .final,
                time: statements[index].statusTime?.span,
                sequence: statements[index].sequence,
                statement: index
            )
        }
        let found = VersionOrder(versions).unbeaten(versions.filter { !$0.status.isRetraction })
        return found.isEmpty ? Array(statements.indices) : found.map(\.statement)
    }

    /// One earlier version for all sendings of a list that say the same: a practice sends its list
    /// twice a day, and a hundred copies are one version (SAFETY S5).
    static func collapse(
        _ statements: [(RecordEntry, String)]
    ) -> [(RecordEntry, String)] {
        guard statements.count > 1 else { return statements }
        var position: [[UInt8]: Int] = [:]
        var kept: [(RecordEntry, String)] = []
        for statement in statements {
            guard statement.0.wholeList != nil,
                let content = try? CanonicalJSON.encode(statement.0.content)
            else {
                kept.append(statement)
                continue
            }
            let key = content + Array(statement.0.status.rawValue.utf8)
            guard let at = position[key] else {
                position[key] = kept.count
                kept.append(statement)
                continue
            }
            if isEarlier(statement, kept[at]) { kept[at] = statement }
        }
        return kept
    }

    private static func isEarlier(
        _ one: (RecordEntry, String),
        _ two: (RecordEntry, String)
    ) -> Bool {
        let left = one.0.statusTime?.span.start ?? .max
        let right = two.0.statusTime?.span.start ?? .max
        return left == right ? one.1 < two.1 : left < right
    }
}
