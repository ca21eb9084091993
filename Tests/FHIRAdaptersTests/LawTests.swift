import Foundation
import PortalIntake
import PortalRecord
import PortalTestKit
import Testing

@Suite("Laws over every document")
struct LawTests {
    @Test("P2: mapped + ignored + unmapped is the document", arguments: Fixture.all)
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

    @Test("a success leaves nothing unmapped")
    func unmapped() throws {
        for fixture in Fixture.all where fixture.isSuccess {
            let document = try fixture.document()
            let bytes = Array(document.bytes)
            let left = try fixture.adapter().adapt(document).ledger.unmappedRanges.map {
                String(decoding: bytes[$0], as: UTF8.self)
            }
            #expect(left == [], "\(fixture)")
        }
    }

    @Test("a cut at every third byte gives a report or is held, and counts its bytes")
    func cuts() throws {
        for fixture in Fixture.all {
            let adapter = try fixture.adapter()
            let document = try fixture.document()
            let bytes = Array(document.bytes)
            for end in stride(from: 0, to: bytes.count, by: 3) {
                let cut = document.with(Array(bytes[..<end]))
                _ = adapter.recognises(cut)
                do throws(IntakeError) {
                    let ledger = try adapter.adapt(cut).ledger
                    #expect(ledger.mapped + ledger.ignored + ledger.unmapped == end)
                } catch {
                    let isHeld = error.outcome == .held || error.code == "not-xml"
                    #expect(isHeld, "\(fixture), cut at \(end): \(error.code)")
                }
            }
        }
    }

    @Test("random damage gives a report or is held, and counts its bytes")
    func damage() throws {
        var random = SeededGenerator(seed: 25)
        let alphabet = Array("{}[]:,\"\\/<>&=0A.-\u{0}é".utf8)
        for fixture in Fixture.all {
            let adapter = try fixture.adapter()
            let document = try fixture.document()
            for _ in 0..<40 {
                var bytes = Array(document.bytes)
                for _ in 0..<random.number(1...4) where !bytes.isEmpty {
                    let at = random.number(0...(bytes.count - 1))
                    let byte = alphabet[random.number(0...(alphabet.count - 1))]
                    switch random.number(0...2) {
                    case 0: bytes.remove(at: at)
                    case 1: bytes.insert(byte, at: at)
                    default: bytes[at] = byte
                    }
                }
                let damaged = document.with(bytes)
                _ = adapter.recognises(damaged)
                guard let ledger = try? adapter.adapt(damaged).ledger else { continue }
                let sum = ledger.mapped + ledger.ignored + ledger.unmapped
                #expect(sum == bytes.count, "\(fixture), seed \(random.seed)")
            }
        }
    }

    // MARK: Privacy

    private static let canary = "Zebedee"

    /// Nothing of a message is in what is said of it.
    private func isSilent(_ adapter: any SourceAdapter, _ document: SourceDocument) throws {
        do throws(IntakeError) {
            let report = try adapter.adapt(document)
            for finding in report.diagnostics + report.entries.flatMap(\.findings) {
                #expect(!"\(finding)".contains(Self.canary), "\(finding.code)")
            }
            #expect(report.entries.allSatisfy { !$0.origin.path.contains(Self.canary) })
        } catch {
            #expect(!"\(error) \(String(reflecting: error))".contains(Self.canary), "\(error.code)")
        }
    }

    @Test("a canary in every field is in no error or diagnostic", arguments: Fixture.all)
    func canaries(_ fixture: Fixture) throws {
        let adapter = try fixture.adapter()
        let document = try fixture.document()
        let bytes = Array(document.bytes)
        let canary = Array(Self.canary.utf8)
        // In all values at once, then in each alone: the others keep their meaning.
        var all: [UInt8] = []
        let quote = UInt8(ascii: "\"")
        for (offset, byte) in bytes.enumerated() {
            all.append(byte)
            let before = bytes[..<offset].last { $0 != 0x20 }
            let opens = [UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: "["), 0x2C]
            guard byte == quote, let before, opens.contains(before) else { continue }
            all += canary
            let alone = bytes[...offset] + canary + bytes[(offset + 1)...]
            try isSilent(adapter, document.with(Array(alone)))
        }
        try isSilent(adapter, document.with(all))
    }
}
