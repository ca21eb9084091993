import EDIFACTAdapters
import Foundation
import PortalAdapterKit
import PortalIntake
import PortalRecord
import PortalTestKit
import Testing

@Suite("Laws over every message")
struct LawTests {
    @Test("P2: mapped + ignored + unmapped is the message", arguments: Fixture.all)
    func sums(_ fixture: Fixture) throws {
        let document = try fixture.document()
        guard let ledger = try? fixture.adapter().adapt(document).ledger else { return }
        #expect(ledger.mapped + ledger.ignored + ledger.unmapped == document.bytes.count)
        #expect(ledger.mapped > 0)
    }

    @Test("changing a byte marked mapped changes an entry or is held", arguments: Fixture.all)
    func honest(_ fixture: Fixture) throws {
        #expect(try fixture.adapter().dishonestOffsets(try fixture.document()) == [])
    }

    @Test("a success leaves nothing unmapped", arguments: Fixture.all.filter(\.isSuccess))
    func unmapped(_ fixture: Fixture) throws {
        let document = try fixture.document()
        let bytes = Array(document.bytes)
        let left = try fixture.adapter().adapt(document).ledger.unmappedRanges.map {
            String(decoding: bytes[$0], as: UTF8.self)
        }
        #expect(left == [])
    }

    @Test("a cut at every byte gives a report or is held, and counts its bytes")
    func cuts() throws {
        for fixture in Fixture.all {
            let adapter = try fixture.adapter()
            let document = try fixture.document()
            let bytes = Array(document.bytes)
            for end in bytes.indices {
                let cut = document.with(Array(bytes[..<end]))
                _ = adapter.recognises(cut)
                do throws(IntakeError) {
                    let ledger = try adapter.adapt(cut).ledger
                    #expect(ledger.mapped + ledger.ignored + ledger.unmapped == end)
                } catch {
                    let isHeld = error.outcome == .held || error.code == "not-edifact"
                    #expect(isHeld, "\(fixture), cut at \(end): \(error.code)")
                }
            }
        }
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
