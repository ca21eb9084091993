public import PortalRecord

/// How a portal is used, counted from its audit: what shows whether it helps.
///
/// Use cannot be measured backwards, so events carry what is counted here from the first day.
///
/// - Rule: DESIGN 7; Glasgow's own account counts accesses by week, users and response time.
public struct AuditUsage: Sendable {
    /// One week, from its Monday.
    public struct Week: Sendable, Hashable {
        /// The Monday, in UTC.
        public var monday: Instant
        /// Looks that were permitted.
        public var looks = 0
        /// Readers, each once.
        public var readers = 0
        /// Looks that were refused.
        public var refused = 0
        /// Looks that found nothing.
        public var nothingFound = 0
        /// Overrides taken.
        public var overrides = 0
        /// Looks during which a silo was not current.
        public var withStaleSilo = 0
        /// The median of how long readers waited, in milliseconds; nil where nobody measured.
        public var medianWait: Int?
        /// Looks by role.
        public var byRole: [String: Int] = [:]
        /// Looks by site: the reader's organisation.
        public var bySite: [String: Int] = [:]
        /// How often each silo was not current.
        public var staleSilos: [String: Int] = [:]
        /// Looks as a share of the week before, in percent; nil in the first week.
        public var growthPercent: Int?
    }

    private var weeks: [Int: (week: Week, readers: Set<String>, waits: [Int])] = [:]

    /// Counts nothing yet.
    public init() {}

    /// Counts an event.
    public mutating func take(_ event: AuditEvent) {
        let week = 7 * 86_400_000
        // 1970-01-05 was a Monday.
        let offset = 4 * 86_400_000
        let number = (event.time.milliseconds - offset) / week
        let monday = Instant(milliseconds: number * week + offset)
        var (counts, readers, waits) = weeks[number] ?? (Week(monday: monday), [], [])
        defer { weeks[number] = (counts, readers, waits) }
        if event.action == .overrideStarted, event.outcome == .permitted { counts.overrides += 1 }
        let looks: Set<AuditAction> = [
            .readTimeline, .openDocument, .search, .export, .readSummary, .listPatients,
        ]
        guard looks.contains(event.action) else { return }
        switch event.outcome {
        case .withheld: counts.refused += 1
        case .nothingFound: counts.nothingFound += 1
        default:
            counts.looks += 1
            // A search or list that shows nothing found nothing.
            if event.shownCount == 0 { counts.nothingFound += 1 }
            readers.insert(event.principal.person)
            for role in event.principal.roles { counts.byRole[role, default: 0] += 1 }
            counts.bySite[event.principal.organisation ?? "not stated", default: 0] += 1
            if !event.staleSilos.isEmpty { counts.withStaleSilo += 1 }
            for silo in event.staleSilos { counts.staleSilos[silo, default: 0] += 1 }
            if let wait = event.latencyMilliseconds { waits.append(wait) }
        }
    }

    /// The weeks, the oldest first.
    public func finish() -> [Week] {
        var found: [Week] = []
        for (_, entry) in weeks.sorted(by: { $0.key < $1.key }) {
            var week = entry.week
            week.readers = entry.readers.count
            week.medianWait =
                entry.waits.isEmpty ? nil : entry.waits.sorted()[entry.waits.count / 2]
            if let before = found.last, before.looks > 0 {
                week.growthPercent = 100 * (week.looks - before.looks) / before.looks
            }
            found.append(week)
        }
        return found
    }
}
