import Foundation
import PortalRecord
import Testing

/// The hours when the clocks change (PITFALLS 15, 16, 74; Failures 4; SAFETY S5).
@Suite("Europe/London", .serialized)
struct LondonTests {
    private func span(_ text: String) throws -> TimeSpan {
        try #require(PartialDate(text + "[Europe/London]")).span
    }

    private func moment(_ text: String) throws -> Int {
        try #require(Instant(text)).milliseconds
    }

    @Test("a wall time in the repeated hour covers both readings")
    func repeatedHour() throws {
        let span = try span("2026-10-25T01:30")
        #expect(span.start == (try moment("2026-10-25T00:30Z")))
        #expect(span.end == (try moment("2026-10-25T01:31Z")))
        let whole = try self.span("2026-10-25T01")
        #expect(whole.start == (try moment("2026-10-25T00:00Z")))
        #expect(whole.end == (try moment("2026-10-25T02:00Z")))
    }

    @Test("both 01:30s survive and stay ordered where they say their offset (Failures 4)")
    func bothStatedReadings() throws {
        let summer = try #require(PartialDate("2026-10-25T01:30+01:00")).span
        let winter = try #require(PartialDate("2026-10-25T01:30Z")).span
        #expect(winter.isLater(than: summer))
        #expect(!winter.isLater(than: try span("2026-10-25T01:30")))
    }

    @Test("a wall time in the skipped hour covers both readings too")
    func skippedHour() throws {
        let span = try span("2026-03-29T01:30")
        #expect(span.start == (try moment("2026-03-29T00:30Z")))
        #expect(span.end == (try moment("2026-03-29T01:31Z")))
    }

    @Test("the minutes on either side of a change have one reading")
    func edges() throws {
        for (wall, utc) in [
            ("2026-03-29T00:59", "2026-03-29T00:59Z"), ("2026-03-29T02:00", "2026-03-29T01:00Z"),
            ("2026-10-25T00:59", "2026-10-24T23:59Z"), ("2026-10-25T02:00", "2026-10-25T02:00Z"),
            ("2026-01-10T12:00", "2026-01-10T12:00Z"), ("2026-07-10T12:00", "2026-07-10T11:00Z"),
        ] {
            let span = try span(wall)
            #expect(span.start == (try moment(utc)), "\(wall)")
            #expect(span.end - span.start == 60_000, "\(wall)")
        }
    }

    @Test("the days of a change are 23 and 25 hours long")
    func dayLengths() throws {
        for (day, hours) in [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24)] {
            let span = try span(day)
            #expect(span.end - span.start == hours * 3_600_000, "\(day)")
        }
    }

    @Test(
        "summer time ended on the day that the orders say",
        arguments: [
            "1981-10-25", "1982-10-24", "1983-10-23", "1984-10-28", "1985-10-27", "1986-10-26",
            "1987-10-25", "1988-10-23", "1989-10-29", "1990-10-28", "1991-10-27", "1992-10-25",
            "1993-10-24", "1994-10-23", "1995-10-22", "1996-10-27", "2000-10-29", "2025-10-26",
        ]
    )
    func lastDays(day: String) throws {
        let span = try span(day)
        #expect(span.end - span.start == 25 * 3_600_000)
    }

    @Test("before 1981, whose rules are not held, a wall time may be either reading")
    func before1981() throws {
        let span = try span("1975-06-01T12:00")
        #expect(span.start == (try moment("1975-06-01T11:00Z")))
        #expect(span.end == (try moment("1975-06-01T12:01Z")))
    }

    @Test("the machine's own zone has no effect", arguments: ["UTC", "Pacific/Auckland", "XYZ+5"])
    func machineZone(name: String) throws {
        let before = getenv("TZ").map { String(cString: $0) }
        defer {
            if let before { setenv("TZ", before, 1) } else { unsetenv("TZ") }
            tzset()
        }
        setenv("TZ", name, 1)
        tzset()
        #expect(try span("2026-07-10T12:00").start == 1_783_681_200_000)
        #expect(try moment("2026-07-10T11:00Z") == 1_783_681_200_000)
        #expect(Instant(milliseconds: 1_783_681_200_000).description == "2026-07-10T11:00:00Z")
        let bare = try #require(PartialDate("2026-07-10T12:00"))
        #expect(bare.span.start == 1_783_684_800_000 && bare.span.isWallClock)
    }
}
