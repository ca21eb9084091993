import EDIFACTAdapters
import Foundation
import PortalIntake
import PortalRecord
import PortalTestKit
import Testing

@Suite("Each message comes to what its golden says")
struct GoldenTests {
    @Test("every adapter has fixtures of success and of failure")
    func fixturesArePresent() {
        for adapter in Fixture.adapters.map({ type(of: $0).name }) {
            let fixtures = Fixture.of(adapter)
            #expect(fixtures.count { $0.isSuccess } >= 5, "\(adapter)")
            #expect(fixtures.count { !$0.isSuccess } >= 3, "\(adapter)")
        }
    }

    @Test("entries, diagnostics, ledger and errors are as written down", arguments: Fixture.all)
    func golden(_ fixture: FixtureFolder) throws {
        let adapter = try fixture.adapter()
        try Outcome(adapter, try fixture.document()).check(against: fixture.golden)
    }

    @Test("adapting twice gives the same", arguments: Fixture.all)
    func repeats(_ fixture: FixtureFolder) throws {
        let adapter = try fixture.adapter()
        let first = Outcome(adapter, try fixture.document())
        #expect(Outcome(adapter, try fixture.document()) == first)
    }

    @Test(
        "success has nothing worse than a note, and its adapter alone knows it by its bytes",
        arguments: Fixture.all.filter(\.isSuccess)
    )
    func success(_ fixture: FixtureFolder) throws {
        let adapter = try fixture.adapter()
        let document = try fixture.document()
        let report = try adapter.adapt(document)
        #expect(report.diagnostics.filter { $0.severity != .note } == [])
        #expect(!report.entries.isEmpty)
        let knowing = Fixture.adapters.filter { $0.recognises(document) }
        #expect(knowing.map { type(of: $0).name } == [type(of: adapter).name])
    }

    @Test(
        "failure has something worse than a note, or is held",
        arguments: Fixture.all.filter { !$0.isSuccess }
    )
    func failure(_ fixture: FixtureFolder) throws {
        let outcome = Outcome(try fixture.adapter(), try fixture.document())
        #expect(outcome.report?.diagnostics.contains { $0.severity > .note } ?? true)
        if let error = outcome.error { #expect(error.outcome == .held) }
    }

    @Test("every origin is where its segment stands, from its tag to its terminator")
    func origins() throws {
        for fixture in Fixture.all {
            let document = try fixture.document()
            guard let report = try? fixture.adapter().adapt(document) else { continue }
            let bytes = Array(document.bytes)
            for entry in report.entries {
                let origin = entry.origin
                #expect(origin.document == document.hash)
                #expect(bytes[origin.offset + origin.length] == UInt8(ascii: "'"), "\(fixture)")
                let place = try #require(origin.path.split(separator: "/").last)
                let tag = Array(place.utf8.prefix(3))
                #expect(bytes[origin.offset...].starts(with: tag), "\(fixture)")
            }
        }
    }

    @Test("the people are of the test range")
    func invented() throws {
        for fixture in Fixture.all {
            let text = String(decoding: try fixture.document().bytes, as: UTF8.self)
            for match in text.matches(of: /[0-9]{10}(?=:OPI)/) {
                #expect(match.output.hasPrefix("999000"), "\(fixture)")
            }
            for match in text.matches(of: /0[0-9]{4} [0-9]{6}/) {
                #expect(match.output.hasPrefix("01632 960"), "\(fixture)")
            }
        }
    }
}
