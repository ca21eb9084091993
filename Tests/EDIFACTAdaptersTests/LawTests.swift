import PortalAdapterKit
import PortalIntake
import PortalTestKit
import Testing

@Suite("Laws over every message")
struct LawTests {
    @Test("P2: mapped + ignored + unmapped is the message", arguments: Fixture.all)
    func sums(_ fixture: FixtureFolder) throws {
        #expect(try fixture.adapter().accounts(for: try fixture.document()) ?? true)
    }

    @Test("changing a byte marked mapped changes an entry or is held", arguments: Fixture.all)
    func honest(_ fixture: FixtureFolder) throws {
        #expect(try fixture.adapter().dishonestOffsets(try fixture.document()) == [])
    }

    @Test("a success leaves nothing unmapped", arguments: Fixture.all.filter(\.isSuccess))
    func unmapped(_ fixture: FixtureFolder) throws {
        #expect(try fixture.adapter().unmapped(try fixture.document()) == [])
    }

    @Test("a cut gives a report or is held, and counts its bytes", arguments: Fixture.all)
    func cuts(_ fixture: FixtureFolder) throws {
        let document = try fixture.document()
        #expect(try fixture.adapter().unaccountedCuts(of: document, refusal: "not-edifact") == [])
    }

    @Test("random damage gives a report or is held, and counts its bytes")
    func damage() throws {
        let alphabet = "+:'?. \r\n0A-\u{0}é"
        #expect(try FixtureFolder.damaged(Fixture.all, alphabet: alphabet) == [])
    }

    @Test("a canary in every field is in no error or diagnostic", arguments: Fixture.all)
    func canaries(_ fixture: FixtureFolder) throws {
        let document = try fixture.document()
        let bytes = Array(document.bytes)
        let marks = Array("+:".utf8)
        // Behind the service string's own.
        let places = bytes.indices.filter { $0 >= 9 && marks.contains(bytes[$0]) }
        #expect(try fixture.adapter().tales(of: "Zebedee", in: document, behind: places) == [])
    }

    @Test("the kit finds no fault", arguments: Fixture.adapters.map { type(of: $0).name })
    func conformance(_ name: String) throws {
        let adapter = try #require(Fixture.adapters.first { type(of: $0).name == name })
        let samples = try Fixture.of(name).map { fixture in
            let document = try fixture.document()
            return AdapterSample(
                Array(document.bytes),
                name: fixture.description,
                dialect: document.dialect,
                isRefused: (try? adapter.adapt(document)) == nil
            )
        }
        var conformance = AdapterConformance(adapter)
        // There are many samples: fewer places in each.
        conformance.honestBytesMax = 60
        conformance.damagesMax = 80
        conformance.cutsMax = 100
        conformance.canariesMax = 10
        conformance.growthBytes = 64 << 10
        let faults = conformance.check(samples)
        #expect(faults.isEmpty, "\(faults.map(\.description).joined(separator: "\n"))")
    }
}
