import PortalRecord
import Testing

/// SAFETY S5: times are intervals, and later means the whole interval is later.
@Suite("Time spans")
struct TimeSpanTests {
    /// All small spans, empty ones too, on both clocks; an hour is the unit.
    static let small: [TimeSpan] = (0...5).flatMap { start in
        (start...5).flatMap { end in
            [false, true].map { isWallClock in
                TimeSpan(
                    start: start * 7 * 3_600_000,
                    end: end * 7 * 3_600_000,
                    isWallClock: isWallClock
                )
            }
        }
    }

    @Test("nothing is later than itself")
    func irreflexive() { for span in Self.small { #expect(!span.isLater(than: span)) } }

    @Test("of two spans at most one is later")
    func asymmetric() {
        for one in Self.small {
            for two in Self.small where one.isLater(than: two) && two.isLater(than: one) {
                Issue.record("\(one) and \(two)")
            }
        }
    }

    @Test("later than what is later is later: no cycles, on one clock or on both")
    func transitive() {
        for one in Self.small {
            for two in Self.small where one.isLater(than: two) {
                for three in Self.small where two.isLater(than: three) {
                    if !one.isLater(than: three) { Issue.record("\(one), \(two), \(three)") }
                }
            }
        }
    }

    @Test("spans that touch at their ends are ordered, spans that share a moment are not")
    func ends() throws {
        let first = try #require(PartialDate("2026-01-10Z")).span
        let second = try #require(PartialDate("2026-01-11Z")).span
        let noon = try #require(PartialDate("2026-01-10T12:00Z")).span
        #expect(second.isLater(than: first))
        #expect(!first.isLater(than: second))
        #expect(!noon.isLater(than: first) && !first.isLater(than: noon))
        #expect(second.isLater(than: noon))
    }

    @Test("a wall clock against a known moment may stand anywhere on Earth")
    func wallClock() throws {
        let wall = try #require(PartialDate("2026-01-10T12:00")).span
        let same = try #require(PartialDate("2026-01-10T12:00Z")).span
        let dayLater = try #require(PartialDate("2026-01-11T12:00Z")).span
        #expect(!wall.isLater(than: same) && !same.isLater(than: wall))
        #expect(dayLater.isLater(than: wall))
        #expect(!wall.isSame(as: same))
    }

    @Test("spans at the ends of what an integer holds do not trap")
    func extremes() {
        let spans = [true, false].flatMap { isWallClock in
            [(Int.min, Int.min), (Int.min, Int.max), (Int.max, Int.max), (Int.max, Int.min)].map {
                TimeSpan(start: $0.0, end: $0.1, isWallClock: isWallClock)
            }
        }
        for one in spans { for two in spans { _ = one.isLater(than: two) } }
        #expect(TimeSpan(start: 5, end: 3).end == 5)
    }

    @Test("a year, a month, a day and a second are as long as they are")
    func lengths() throws {
        let hour = 3_600_000
        for (text, length) in [
            ("2023Z", 365 * 24 * hour), ("2024Z", 366 * 24 * hour), ("2024-02Z", 29 * 24 * hour),
            ("2026-01-10Z", 24 * hour), ("2026-01-10T10Z", hour), ("2026-01-10T10:04Z", 60_000),
            ("2026-01-10T10:04:05Z", 1000), ("2026-01-10T10:04:05.2Z", 100),
            ("2026-01-10T10:04:05.25Z", 10), ("2026-01-10T10:04:05.250999Z", 1),
        ] {
            let span = try #require(PartialDate(text)).span
            #expect(span.end - span.start == length, "\(text)")
        }
    }
}
