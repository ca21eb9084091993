import PortalRecord
import PortalTestKit
import Testing

@Suite("Instants")
struct InstantTests {
    @Test("a moment reads back from its text, to the millisecond", arguments: 1...4)
    func roundTrip(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let moment = Instant(
                milliseconds: random.number(-62_135_596_800_000...253_402_300_799_999)
            )
            #expect(Instant(moment.description) == moment, "seed \(seed): \(moment)")
            let bytes = try CanonicalJSON.encode(moment)
            #expect(try CanonicalJSON.decode(Instant.self, from: bytes) == moment)
        }
    }

    @Test("known moments have their known texts")
    func known() {
        #expect(Instant(milliseconds: 0).description == "1970-01-01T00:00:00Z")
        #expect(Instant(milliseconds: -1).description == "1969-12-31T23:59:59.999Z")
        #expect(Instant("2026-11-22T10:04:05.250+01:00")?.milliseconds == 1_795_338_245_250)
        #expect(Instant("2026-11-22") == Instant("2026-11-22T00:00:00Z"))
        #expect(Instant("2026-11-22T10:04") == Instant("2026-11-22T10:04Z"))
    }

    @Test("less than a day, a named zone and nonsense are no moments")
    func refused() {
        for text in ["2026", "2026-11", "", "now", "2026-10-25T01:30[Europe/London]"] {
            #expect(Instant(text) == nil, "\(text)")
        }
    }

    @Test("what lies beyond the calendar is held at its ends, and sums do not trap")
    func extremes() {
        #expect(Instant(milliseconds: .max).description == "9999-12-31T23:59:59.999Z")
        #expect(Instant(milliseconds: .min).description == "0001-01-01T00:00:00Z")
        #expect(Instant(milliseconds: 0).adding(seconds: .max).milliseconds == .max)
        #expect(Instant(milliseconds: 0).adding(seconds: .min).milliseconds == .min)
        #expect(Instant(milliseconds: .max).adding(seconds: 1).milliseconds == .max)
        #expect(Instant(milliseconds: .min).adding(seconds: -1).milliseconds == .min)
        #expect(Instant(milliseconds: 5).adding(seconds: 2).milliseconds == 2005)
    }

    @Test("every day from 1600 to 2400 turns into its number and back")
    func calendar() throws {
        let first = try #require(CivilDate(year: 1600, month: 1, day: 1)).days
        let last = try #require(CivilDate(year: 2400, month: 12, day: 31)).days
        var previous = CivilDate(days: first - 1)
        var sound = true
        for number in first...last {
            let day = CivilDate(days: number)
            sound =
                sound && day.days == number && day.weekday == (previous.weekday + 1) % 7
                && day.text > previous.text
            previous = day
        }
        #expect(sound)
        #expect(CivilDate(year: 2026, month: 11, day: 22)?.weekday == 6)
    }
}
