import Foundation
import PortalIntake
import PortalRecord
import PortalTestKit
import Testing

@Suite("Each fixture comes to what its golden says")
struct GoldenTests {
    @Test("every adapter has fixtures of success and of failure")
    func fixturesArePresent() {
        for adapter in Fixture.adapters.map({ type(of: $0).name }) {
            let fixtures = Fixture.of(adapter)
            #expect(fixtures.count { $0.isSuccess } >= 7, "\(adapter)")
            #expect(fixtures.count { !$0.isSuccess } >= 8, "\(adapter)")
        }
    }

    @Test("entries, diagnostics, ledger and errors are as written down", arguments: Fixture.all)
    func golden(_ fixture: Fixture) throws {
        let adapter = try fixture.adapter()
        try fixture.documents().map { Outcome(adapter, $0) }.check(against: fixture.golden)
    }

    @Test("adapting twice gives the same", arguments: Fixture.all)
    func repeats(_ fixture: Fixture) throws {
        let adapter = try fixture.adapter()
        let first = try fixture.documents().map { Outcome(adapter, $0) }
        #expect(try fixture.documents().map { Outcome(adapter, $0) } == first)
    }

    @Test(
        "success has nothing worse than a note, and its adapter knows it by its bytes",
        arguments: Fixture.all.filter(\.isSuccess)
    )
    func success(_ fixture: Fixture) throws {
        let adapter = try fixture.adapter()
        for document in try fixture.documents() {
            let report = try adapter.adapt(document)
            #expect(report.diagnostics.allSatisfy { $0.severity == .note })
            #expect(!report.entries.isEmpty)
            let knowing = Fixture.adapters.filter { $0.recognises(document) }
            #expect(knowing.map { type(of: $0).name } == [type(of: adapter).name])
        }
    }

    @Test(
        "failure has something worse than a note, or is held",
        arguments: Fixture.all.filter { !$0.isSuccess }
    )
    func failure(_ fixture: Fixture) throws {
        let adapter = try fixture.adapter()
        let outcomes = try fixture.documents().map { Outcome(adapter, $0) }
        #expect(
            outcomes.contains { outcome in
                outcome.report?.diagnostics.contains { $0.severity > .note } ?? true
            }
        )
        for error in outcomes.compactMap(\.error) { #expect(error.outcome == .held) }
    }

    @Test("every origin is where its rows stand", arguments: Fixture.all)
    func origins(_ fixture: Fixture) throws {
        let adapter = try fixture.adapter()
        for document in try fixture.documents() {
            guard let report = try? adapter.adapt(document) else { continue }
            for entry in report.entries {
                let origin = entry.origin
                #expect(origin.document == document.hash)
                let end = origin.offset + origin.length
                #expect(origin.length > 0 && end <= document.bytes.count)
                let bytes = Array(document.bytes)
                // A member of a list is a value of its own inside its line.
                if origin.path != "/", type(of: adapter).format == "jsonl" {
                    let ends = [bytes[origin.offset], bytes[end - 1]]
                    #expect(ends == Array("{}".utf8) || ends == Array("\"\"".utf8))
                    continue
                }
                // Whole rows: a line end, or an end of the document, on either side.
                let before = origin.offset == 0 || [0x0A, 0x0D].contains(bytes[origin.offset - 1])
                #expect(before && (end == bytes.count || [0x0A, 0x0D].contains(bytes[end])))
            }
        }
    }
}
