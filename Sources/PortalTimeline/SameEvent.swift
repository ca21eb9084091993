import PortalRecord

/// One event told by several silos.
///
/// It works on what may be shown and nothing else: a sealed copy hides itself, never the open copy
/// of the same result from another silo (SAFETY S14).
///
/// - Rule: SAFETY S11: grouped only on assigner + accession number + code + collection time;
///   anything less is "possibly the same" and stays separate with a cross-reference. S12: shown as
///   one only where every value is equal; the originating laboratory leads, and a preference
///   between silos never hides a correction or an abnormal flag.
enum SameEvent {
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

    /// A number for all that ``says(_:all:)`` compares; nil for a row without values.
    ///
    /// Where it is equal, each says all that the other does, and as much of it is a warning.
    static func said(_ row: TimelineRow) -> UInt64? {
        guard !row.values.isEmpty else { return nil }
        var parts = ["\(row.values.count)", "\(row.notes.count)"] + row.notes
        parts += row.markers.map(\.rawValue)
        for value in row.values {
            parts += [value.code, value.value.map { "=" + $0 } ?? "", value.unit ?? "\u{0}"]
            parts += [value.instance ?? "\u{0}", value.abnormal ?? "\u{0}"]
            parts += value.markers.map(\.rawValue)
        }
        // Each with its length: no part runs into the next.
        return Handle.number(ofText: parts.map { "\($0.utf8.count):" + $0 }.joined())
    }

    /// The originating laboratory first, then whoever says more that a reader must know.
    static func rank(_ chain: MergedChain, _ isOrigin: Bool) -> (Int, Int, String) {
        let said = chain.current.reduce(0) { sum, row in
            sum + row.markers.count
                + row.values.reduce(0) { $0 + $1.markers.count + ($1.abnormal == nil ? 0 : 1) }
        }
        return (isOrigin ? 0 : 1, -said, chain.source)
    }

    /// Whether a chain shows the same values as another, and everything that the other warns of.
    static func says(_ lead: MergedChain, all other: MergedChain) -> Bool {
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
