import PortalRecord
import PortalStore
import PortalTimeline

/// Which rows of an element stand on the first screen.
///
/// The newest, but nothing that must not be hidden behind "and 3 more": the present stay and the
/// next booking before those far away, a positive allergy before "none known" (SAFETY S13), one
/// plan of each category, and every abnormal result of the last days ("the first screen": new
/// abnormal results need no search).
struct TopRows {
    var rows: [TimelineRow] = []
    /// How many of the element's rows are not shown.
    var more = 0
    /// Whether anything stands that was not taken back.
    var stand = false
    /// Whether all that stands says "none known".
    var standingAreNone = false

    /// How long an abnormal result counts as new.
    private static let newDays = 7
    /// Chains of bookings or statements that are looked at.
    private static let shortMax = 500
    /// Rows beyond the element's own number that abnormal results may take.
    private static let abnormalMax = 20

    init(
        _ kinds: Set<EntryKind>,
        _ leads: [ArrangedChain],
        rowsMax: Int,
        at moment: Instant,
        displayed: (ArrangedChain) throws -> [TimelineRow]
    ) rethrows {
        // Of what is booked, stated or planned there is little: all of it is looked at.
        let isShort = kinds.isDisjoint(with: [
            .diagnosticReport, .clinicalDocument, .scannedDocument,
        ])
        var shown = try leads.prefix(isShort ? Self.shortMax : rowsMax).map(displayed)
        if !isShort, kinds.contains(.diagnosticReport) {
            let since = moment.milliseconds - Self.newDays * 86_400_000
            let newer = leads.dropFirst(rowsMax).prefix {
                ($0.start ?? .min) >= since
            }
            let abnormal = try newer.map(displayed).filter { rows in
                rows.contains { row in row.values.contains { $0.abnormal != nil } }
            }
            shown += abnormal.prefix(Self.abnormalMax)
        }
        let all = shown.flatMap { $0 }
        stand = all.contains(where: \.stands)
        standingAreNone = all.allSatisfy { !$0.stands || $0.noneKnown != nil }
        if isShort {
            // A medicine or problem that its source ceased to list is on the timeline, and counted.
            if kinds.isSubset(of: [.medicationStatement, .condition]) {
                shown = shown.filter { rows in
                    !rows.allSatisfy { $0.markers.contains(.notListed) }
                }
            }
            shown = Self.ordered(shown, kinds, at: moment)
            shown = Array(shown.prefix(rowsMax))
        }
        rows = shown.flatMap { $0 }
        more = leads.count - shown.count
    }

    private static func ordered(
        _ groups: [[TimelineRow]],
        _ kinds: Set<EntryKind>,
        at moment: Instant
    ) -> [[TimelineRow]] {
        func rank(_ rows: [TimelineRow], _ seen: inout Set<String>) -> Int {
            guard let row = rows.first, rows.contains(where: \.stands) else { return 9 }
            if rows.allSatisfy({ $0.noneKnown != nil }) { return 5 }
            if kinds.contains(.carePlan) {
                // Ten goals must not push a resuscitation decision off the screen.
                guard row.isDecision else { return 2 }
                return seen.insert(row.what.lowercased()).inserted ? 0 : 1
            }
            guard !kinds.isDisjoint(with: [.encounter, .appointment]) else { return 0 }
            if row.status == "in progress" { return 0 }
            return isAhead(row, moment) ? 1 : 2
        }
        var seen: Set<String> = []
        let ranked = groups.map { (rank: rank($0, &seen), rows: $0) }
        return ranked.enumerated().sorted { one, two in
            let (left, right) = (one.element, two.element)
            if left.rank != right.rank { return left.rank < right.rank }
            if left.rank == 1, !kinds.isDisjoint(with: [.encounter, .appointment]) {
                // What comes next before what comes later.
                return one.offset > two.offset
            }
            return one.offset < two.offset
        }.map(\.element.rows)
    }

    private static func isAhead(_ row: TimelineRow, _ moment: Instant) -> Bool {
        row.when.map { $0.span.start > moment.milliseconds } ?? false
    }
}
