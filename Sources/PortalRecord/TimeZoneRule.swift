/// How a sender's wall clock stands to the world's, as far as anyone has said.
public enum TimeZoneRule: Hashable, Sendable {
    /// The value carried its own offset from UTC.
    ///
    /// - Units: minutes east of Greenwich.
    case offset(minutes: Int)
    /// The site profile names the zone of this silo; the value itself carried none.
    case named(NamedZone)
    /// Nobody said. The value stays a wall time (DESIGN P9).
    case unknown
}

/// A zone that the profile may name.
///
/// The rules are in the library, not in the operating system's tables: a container without tzdata
/// must not change what a reader sees (PITFALLS 74).
public enum NamedZone: String, Hashable, Sendable, CaseIterable, Codable {
    /// Greenwich Mean Time and British Summer Time.
    ///
    /// - Rule: since 1981 summer time starts on the last Sunday of March at 01:00 UTC. It ended on
    ///   the Sunday on or after 23 October until 1989 and 22 October until 1995, and ends on the last
    ///   one of October since 1996, at 01:00 UTC (The Summer Time Orders; Directive 2000/84/EC).
    ///   Earlier rules are not held: a wall time before 1981 may be either reading.
    case london = "Europe/London"
    /// Universal time all year.
    case utc = "UTC"

    /// Minutes east of Greenwich at a moment.
    func offset(atUTCMilliseconds moment: Int) -> Int {
        guard self == .london else { return 0 }
        let year = CivilDate(days: CivilDate.divide(moment, by: 86_400_000).quotient).year
        guard year >= 1981, let change = NamedZone.britishSummerTime(year) else { return 0 }
        return moment >= change.start && moment < change.end ? 60 : 0
    }

    /// The moments at which a wall time may have stood on the clock: one, two in a repeated hour,
    /// and the two readings of a skipped one.
    func moments(ofWall wall: Int) -> [Int] {
        guard self == .london else { return [wall] }
        let winter = wall
        let summer = wall - 3_600_000
        if CivilDate(days: CivilDate.divide(wall, by: 86_400_000).quotient).year < 1981 {
            return [summer, winter]
        }
        let isWinter = offset(atUTCMilliseconds: winter) == 0
        let isSummer = offset(atUTCMilliseconds: summer) == 60
        switch (isSummer, isWinter) {
        case (true, false): return [summer]
        case (false, true): return [winter]
        default: return [summer, winter]
        }
    }

    private static func britishSummerTime(_ year: Int) -> (start: Int, end: Int)? {
        guard let march = CivilDate(year: year, month: 3, day: 31),
            let october = CivilDate(year: year, month: 10, day: 31)
        else { return nil }
        let start = march.days - (march.weekday + 1) % 7
        var end = october.days - (october.weekday + 1) % 7
        if year <= 1995 {
            if let first = CivilDate(year: year, month: 10, day: year < 1990 ? 23 : 22) {
                end = first.days + (6 - first.weekday)
            }
        }
        return (start * 86_400_000 + 3_600_000, end * 86_400_000 + 3_600_000)
    }
}
