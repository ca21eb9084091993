/// The stretch of time that a ``PartialDate`` may mean: a day is a day long, and a wall time in
/// the repeated hour of a clock change covers both readings.
///
/// - Units: milliseconds since 1970-01-01T00:00:00Z, `start` included, `end` not.
/// - Rule: SAFETY S5 ("Times are intervals").
public struct TimeSpan: Hashable, Sendable {
    /// The first millisecond it may mean.
    public let start: Int
    /// The millisecond after the last it may mean.
    public let end: Int
    /// True where no zone is known: the figures are those of the wall clock.
    public let isWallClock: Bool

    /// Builds a span; an end before the start is brought up to it.
    public init(start: Int, end: Int, isWallClock: Bool = false) {
        self.start = start
        self.end = max(start, end)
        self.isWallClock = isWallClock
    }

    /// Whether the whole of this span lies after the whole of the other.
    ///
    /// Two wall clocks of one source are compared as they stand. A wall clock against a known
    /// moment is widened to every zone on Earth (UTC−12 to UTC+14) first.
    public func isLater(than other: TimeSpan) -> Bool {
        if isWallClock == other.isWallClock { return follows(other) }
        return everywhere.follows(other.everywhere)
    }

    /// The second condition keeps an empty span from following itself.
    private func follows(_ other: TimeSpan) -> Bool {
        start >= other.end && start > other.start
    }

    /// Whether both spans are the same stretch of the same clock.
    public func isSame(as other: TimeSpan) -> Bool { self == other }

    private var everywhere: TimeSpan {
        guard isWallClock else { return self }
        let (earliest, below) = start.subtractingReportingOverflow(14 * 3_600_000)
        let (latest, above) = end.addingReportingOverflow(12 * 3_600_000)
        return TimeSpan(start: below ? .min : earliest, end: above ? .max : latest)
    }
}

extension PartialDate {
    /// The stretch of time that this value may mean.
    public var span: TimeSpan {
        let (start, end) = wallClock
        switch zone {
        case .unknown: return TimeSpan(start: start, end: end, isWallClock: true)
        case .offset(let minutes):
            return TimeSpan(start: start - minutes * 60_000, end: end - minutes * 60_000)
        case .named(let zone):
            // The last millisecond is turned, not the end, so that an hour that ends where the
            // clocks change does not swallow the change.
            let first = zone.moments(ofWall: start)
            let last = zone.moments(ofWall: end - 1)
            return TimeSpan(
                start: first.min() ?? start,
                end: (last.max() ?? end - 1) + 1
            )
        }
    }

    /// First and past-the-end millisecond on the sender's wall clock.
    private var wallClock: (start: Int, end: Int) {
        let firstDay = CivilDate(year: year, month: month ?? 1, day: day ?? 1)?.days ?? 0
        guard let hour else {
            let length: Int
            if day != nil {
                length = 1
            } else if let month {
                length = CivilDate.length(ofMonth: month, year: year)
            } else {
                length = CivilDate.length(ofMonth: 2, year: year) == 29 ? 366 : 365
            }
            return (firstDay * 86_400_000, (firstDay + length) * 86_400_000)
        }
        var start = firstDay * 86_400_000 + hour * 3_600_000
        guard let minute else { return (start, start + 3_600_000) }
        start += minute * 60_000
        guard let second else { return (start, start + 60_000) }
        start += min(second, 59) * 1000
        guard let fraction else { return (start, start + 1000) }
        let digits = Array(fraction.utf8.prefix(3)).map { Int($0) - 0x30 }
        let scale = [100, 10, 1]
        start += zip(digits, scale).reduce(0) { $0 + $1.0 * $1.1 }
        return (start, start + scale[digits.count - 1])
    }

    /// The same value that many calendar years later; 29 February becomes the 28th.
    public func adding(years: Int) -> PartialDate? {
        let (later, overflow) = year.addingReportingOverflow(years)
        guard !overflow else { return nil }
        var newDay = day
        if let month, let day, (1...9999).contains(later) {
            newDay = min(day, CivilDate.length(ofMonth: month, year: later))
        }
        return PartialDate(
            year: later,
            month: month,
            day: newDay,
            hour: hour,
            minute: minute,
            second: second,
            fraction: fraction,
            zone: zone
        )
    }
}
