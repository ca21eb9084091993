public import PortalAccess
public import PortalAudit
import PortalRecord

/// How the portal is used, as machines and managers read it.
public enum UsageView {
    /// The weeks as canonical JSON.
    ///
    /// - Throws: `EncodingError`, which no count of ours gives.
    public static func json(_ weeks: Released<[AuditUsage.Week]>) throws -> String {
        try CanonicalJSON.text(weeks.value.map(Line.init))
    }

    /// The weeks as text: a line and a bar for each.
    public static func text(_ weeks: Released<[AuditUsage.Week]>) -> String {
        let most = max(1, weeks.value.map(\.looks).max() ?? 1)
        var lines: [String] = []
        for week in weeks.value {
            let bar = String(repeating: "█", count: 40 * week.looks / most)
            let growth = week.growthPercent.map { " (\($0 < 0 ? "" : "+")\($0) %)" } ?? ""
            lines.append("week of \(week.monday.clinical): \(week.looks) looks\(growth) \(bar)")
            lines.append(
                "  \(week.readers) readers, \(week.refused) refused, \(week.nothingFound) found "
                    + "nothing, \(week.overrides) overrides, \(week.withStaleSilo) with a silo not "
                    + "current" + (week.medianWait.map { ", median wait \($0) ms" } ?? "")
            )
            lines.append("  by role: " + counts(week.byRole))
            lines.append("  by site: " + counts(week.bySite))
            if !week.staleSilos.isEmpty {
                lines.append("  not current: " + counts(week.staleSilos))
            }
        }
        return lines.isEmpty ? "Nobody has used the portal yet." : lines.asLines()
    }

    private static func counts(_ counts: [String: Int]) -> String {
        counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { $0.key + " \($0.value)" }.joined(separator: ", ")
    }

    private struct Line: Encodable {
        let week: Instant
        let looks: Int
        let growthPercent: Int?
        let readers: Int
        let refused: Int
        let nothingFound: Int
        let overrides: Int
        let withStaleSilo: Int
        let medianWaitMilliseconds: Int?
        let byRole: [String: Int]
        let bySite: [String: Int]
        let staleSilos: [String: Int]

        init(_ week: AuditUsage.Week) {
            self.week = week.monday
            looks = week.looks
            growthPercent = week.growthPercent
            readers = week.readers
            refused = week.refused
            nothingFound = week.nothingFound
            overrides = week.overrides
            withStaleSilo = week.withStaleSilo
            medianWaitMilliseconds = week.medianWait
            byRole = week.byRole
            bySite = week.bySite
            staleSilos = week.staleSilos
        }
    }
}
