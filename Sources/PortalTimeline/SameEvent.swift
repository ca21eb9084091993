package import PortalRecord

/// One event told by several silos.
///
/// It works on what may be shown and nothing else: a sealed copy hides itself, never the open copy
/// of the same result from another silo (SAFETY S14).
///
/// - Rule: SAFETY S11: grouped only on assigner + accession number + code + collection time;
///   anything less is "possibly the same" and stays separate with a cross-reference. S12: shown as
///   one only where every value is equal; the originating laboratory leads, and a preference
///   between silos never hides a correction or an abnormal flag.
package enum SameEvent {
    /// The whole name of the event that a report tells of; nil where a part is missing.
    static func key(_ report: DiagnosticReport) -> String? {
        guard let number = report.fillerNumber, let assigner = number.system,
            let code = code(report), let time = time(report)
        else { return nil }
        return [assigner, number.value, code, time].joined(separator: "\u{1F}")
    }

    /// Parts of the name: what is alike in one of them may be the same event.
    static func likeKeys(_ report: DiagnosticReport) -> [String] {
        guard let code = code(report) else { return [] }
        var keys: [String] = []
        if let number = report.fillerNumber {
            keys.append("number" + "\u{1F}" + number.value + "\u{1F}" + code)
        }
        if let time = time(report) { keys.append("time" + "\u{1F}" + code + "\u{1F}" + time) }
        return keys
    }

    private static func code(_ report: DiagnosticReport) -> String? {
        guard let coding = report.code.codings.first, let code = coding.code else { return nil }
        return (coding.system ?? "") + "|" + code
    }

    /// The collection time, where it is stated to the minute at least: of one day's specimens
    /// many are taken.
    private static func time(_ report: DiagnosticReport) -> String? {
        guard let collected = report.collected, collected.minute != nil else { return nil }
        let span = collected.span
        return [span.start, span.end].map(String.init).joined(separator: "/")
            + (span.isWallClock ? "/wall" : "")
    }

    /// A chain on its way to the page, with what other silos say of the same event.
    package struct Group<Chain> {
        /// The chain that is shown.
        package let lead: Chain
        /// The others, equal in every value.
        package var copies: [MergedChain] = []
        /// Entries of other rows that may be the same event.
        package var possiblySame: [EntryID] = []
    }

    /// What grouping must know of a chain without decoding it.
    package struct Columns {
        package let source: String
        package let eventKey: String?
        package let likeKeys: [String]
        package let entry: EntryID?

        package init(source: String, eventKey: String?, likeKeys: [String], entry: EntryID?) {
            self.source = source
            self.eventKey = eventKey
            self.likeKeys = likeKeys
            self.entry = entry
        }
    }

    /// Groups the chains that may be shown.
    ///
    /// - Parameters:
    ///   - chains: They, in any order.
    ///   - columns: What names each.
    ///   - decode: The whole chain; asked only of those that share a name with another silo's.
    ///   - isOrigin: Whether a silo speaks for an assigner: the originating laboratory.
    ///   - resends: Whether a silo sends old reports again under new numbers: then two of its own may
    ///     be the same event.
    /// - Returns: What is shown, in the order given.
    /// - Throws: What `decode` throws.
    package static func group<Chain>(
        _ chains: [Chain],
        columns: (Chain) -> Columns,
        decode: (Chain) throws -> MergedChain,
        isOrigin: (_ silo: String, _ assigner: String) -> Bool,
        resends: (_ silo: String) -> Bool = { _ in false }
    ) rethrows -> [Group<Chain>] {
        let all = chains.map(columns)
        var copies: [Int: [MergedChain]] = [:]
        var leadOf: [Int: Int] = [:]
        for (key, members) in indices(all, { $0.eventKey.map { [$0] } ?? [] }) {
            let assigner = String(key.prefix { $0 != "\u{1F}" })
            var told = try members.map { (index: $0, chain: try decode(chains[$0])) }
            told.sort { left, right in
                rank(left.chain, isOrigin(left.chain.source, assigner))
                    < rank(right.chain, isOrigin(right.chain.source, assigner))
            }
            var leads: [(index: Int, chain: MergedChain)] = []
            for one in told {
                let lead = leads.first {
                    $0.chain.source != one.chain.source && says($0.chain, all: one.chain)
                }
                guard let lead else {
                    leads.append(one)
                    continue
                }
                copies[lead.index, default: []].append(one.chain)
                leadOf[one.index] = lead.index
            }
        }
        var like: [Int: Set<EntryID>] = [:]
        for (_, members) in indices(all, { $0.likeKeys }, within: resends) {
            for one in members where leadOf[one] == nil {
                for other in members
                where leadOf[other] == nil && one != other
                    && (all[one].source != all[other].source || resends(all[one].source))
                {
                    if let entry = all[other].entry { like[one, default: []].insert(entry) }
                }
            }
        }
        return chains.indices.filter { leadOf[$0] == nil }.map { index in
            Group(
                lead: chains[index],
                copies: copies[index] ?? [],
                possiblySame: (like[index] ?? []).sorted()
            )
        }
    }

    /// Keys that chains of at least two silos share, or several of one silo, with those chains.
    private static func indices(
        _ all: [Columns],
        _ keys: (Columns) -> [String],
        within isEnough: (_ silo: String) -> Bool = { _ in false }
    ) -> [(key: String, members: [Int])] {
        var found: [String: [Int]] = [:]
        for (index, columns) in all.enumerated() {
            for key in keys(columns) { found[key, default: []].append(index) }
        }
        return found.filter { _, members in
            guard let first = members.first, members.count > 1 else { return false }
            return isEnough(all[first].source)
                || members.contains { all[$0].source != all[first].source }
        }
        .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        .map { (key: $0.key, members: $0.value) }
    }

    /// The originating laboratory first, then whoever says more that a reader must know.
    private static func rank(_ chain: MergedChain, _ isOrigin: Bool) -> (Int, Int, String) {
        let said = chain.current.reduce(0) { sum, row in
            sum + row.markers.count
                + row.values.reduce(0) { $0 + $1.markers.count + ($1.abnormal == nil ? 0 : 1) }
        }
        return (isOrigin ? 0 : 1, -said, chain.source)
    }

    /// Whether a chain shows the same values as another, and everything that the other warns of.
    private static func says(_ lead: MergedChain, all other: MergedChain) -> Bool {
        guard lead.current.count == 1, other.current.count == 1,
            let own = lead.current.first, let row = other.current.first,
            own.values.count == row.values.count, !own.values.isEmpty,
            Set(own.markers).isSuperset(of: row.markers), own.notes == row.notes
        else { return false }
        return zip(own.values, row.values).allSatisfy { mine, theirs in
            mine.code == theirs.code && mine.value == theirs.value && mine.unit == theirs.unit
                && mine.instance == theirs.instance
                && Set(mine.markers).isSuperset(of: theirs.markers)
                && (theirs.abnormal == nil || theirs.abnormal == mine.abnormal)
        }
    }
}
