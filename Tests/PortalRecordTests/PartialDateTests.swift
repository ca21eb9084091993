import PortalRecord
import PortalTestKit
import Testing

/// Dates as far as their sender stated them (DESIGN P9; PITFALLS 13, 14, 17, 18, 19).
@Suite("Partial dates")
struct PartialDateTests {
    static let zones: [TimeZoneRule] =
        [.unknown, .named(.london), .named(.utc)]
        + [0, 60, -60, 330, -570, 840, -720, 900, -900, 1, -1].map { .offset(minutes: $0) }

    /// One date of each precision.
    private func sample(_ precision: PartialDate.Precision, _ zone: TimeZoneRule) -> PartialDate? {
        PartialDate(
            year: 1987,
            month: precision >= .month ? 5 : nil,
            day: precision >= .day ? 3 : nil,
            hour: precision >= .hour ? 0 : nil,
            minute: precision >= .minute ? 0 : nil,
            second: precision >= .second ? 0 : nil,
            fraction: precision >= .fraction ? "500" : nil,
            zone: zone
        )
    }

    @Test(
        "the text form of every precision reads back in every zone",
        arguments: PartialDate.Precision.allCases
    )
    func roundTrip(precision: PartialDate.Precision) throws {
        for zone in Self.zones {
            let date = try #require(sample(precision, zone))
            #expect(date.precision == precision)
            #expect(PartialDate(date.description) == date, "\(date)")
            let bytes = try CanonicalJSON.encode(date)
            #expect(try CanonicalJSON.decode(PartialDate.self, from: bytes) == date)
        }
    }

    @Test("random dates read back as they were written", arguments: 1...4)
    func randomRoundTrip(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let depth = random.number(0...6)
            let date = try #require(
                PartialDate(
                    year: random.number(1...9999),
                    month: depth > 0 ? random.number(1...12) : nil,
                    day: depth > 1 ? random.number(1...28) : nil,
                    hour: depth > 2 ? random.number(0...23) : nil,
                    minute: depth > 3 ? random.number(0...59) : nil,
                    second: depth > 4 ? random.number(0...60) : nil,
                    fraction: depth > 5 ? String(random.number(0...99_999)) : nil,
                    zone: Self.zones.randomElement(using: &random) ?? .unknown
                )
            )
            #expect(PartialDate(date.description) == date, "seed \(seed): \(date)")
            let span = date.span
            #expect(span.start < span.end, "seed \(seed): \(date)")
            #expect(!span.isLater(than: span), "seed \(seed): \(date)")
        }
    }

    @Test("a zero second is stated, and trailing zeros of a fraction are kept (PITFALLS 17)")
    func zeros() throws {
        let second = try #require(PartialDate("2026-01-10T10:04:00"))
        #expect(second.precision == .second)
        #expect(second != PartialDate("2026-01-10T10:04"))
        #expect(PartialDate("2026-01-10T10:04:05.5") != PartialDate("2026-01-10T10:04:05.500"))
    }

    @Test(
        "a fraction keeps every digit as written, up to eighteen (PITFALLS 17)",
        arguments: [
            "0", "000", "05", "50", "999999999", "000000000000000001", "999999999999999999",
        ]
    )
    func fractions(digits: String) throws {
        let date = try #require(PartialDate("2026-01-10T10:04:05." + digits + "-03:30"))
        #expect(date.fraction == digits)
        #expect(date.description == "2026-01-10T10:04:05." + digits + "-03:30")
        #expect(PartialDate("2026-01-10T10:04:05." + digits + "0000000000000000000") == nil)
    }

    @Test("a date is small and holds nothing that is counted when it is copied")
    func size() {
        #expect(MemoryLayout<PartialDate?>.size <= 24)
        #expect(_isPOD(PartialDate.self))
    }

    @Test(
        "impossible dates are refused, not mended (PITFALLS 18, 19)",
        arguments: [
            "", "0000", "87", "1987-13", "1987-00", "1987-02-29", "1900-02-29", "2026-04-31",
            "2026-01-00", "2026-01-32", "2026-01-10T24", "2026-01-10T10:60", "2026-01-10T10:04:61",
            "2026-01-10T10:04:05.", "2026-01-10T10:04.5", "2026-01-10T", "2026-01-10 10:04",
            "2026-01-10T10:04+25:00", "2026-01-10T10:04+01:60", "2026-01-10T10:04+0100",
            "2026-01-10T10:04Zx", "2026-01-10[Mars/Base]", "2026-01-10[]", "2026-01-10[",
            "2026-01-10]", "20260110", "2026-1-1", "-001", "2026-01-10T10:04 Z", "٢٠٢٦",
        ]
    )
    func impossible(text: String) { #expect(PartialDate(text) == nil) }

    @Test("a finer part never stands without the coarser one, nor a part out of range")
    func parts() {
        #expect(PartialDate(year: 2026, day: 1) == nil)
        #expect(PartialDate(year: 2026, month: 1, hour: 1) == nil)
        #expect(PartialDate(year: 2026, month: 1, day: 1, hour: 1, second: 1) == nil)
        #expect(PartialDate(year: 2026, month: 1, day: 1, hour: 1, fraction: "5") == nil)
        #expect(PartialDate(year: 0) == nil)
        #expect(PartialDate(year: 10_000) == nil)
        #expect(PartialDate(year: 2026, zone: .offset(minutes: 901)) == nil)
        #expect(PartialDate(year: .max) == nil)
        #expect(PartialDate(year: 2024, month: 2, day: 29) != nil)
        #expect(PartialDate(year: 2000, month: 2, day: 29) != nil)
        #expect(PartialDate("2016-12-31T23:59:60Z") != nil)
    }

    @Test("the profile's zone is taken only where the value has none (PITFALLS 13, 14)")
    func assuming() throws {
        let bare = try #require(PartialDate("2026-07-10T10:04"))
        let own = try #require(PartialDate("2026-07-10T10:04+02:00"))
        #expect(bare.assuming(.named(.london)).description == "2026-07-10T10:04[Europe/London]")
        #expect(own.assuming(.named(.london)) == own)
        #expect(bare.span.isWallClock)
        #expect(!bare.assuming(.named(.london)).span.isWallClock)
    }

    @Test("years are added by the calendar")
    func addingYears() throws {
        let leap = try #require(PartialDate("2024-02-29"))
        #expect(leap.adding(years: 1)?.description == "2025-02-28")
        #expect(leap.adding(years: 4)?.description == "2028-02-29")
        #expect(leap.adding(years: 9000) == nil)
        #expect(leap.adding(years: .max) == nil)
        #expect(leap.adding(years: .min) == nil)
        #expect(PartialDate("1987")?.adding(years: -1)?.description == "1986")
    }
}
