import Foundation
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

    /// What a success leaves unmapped on purpose: its NOTES say why.
    private static let left = [
        "hl7v2-document/success/segment-of-the-sender": ["1", "Room 4"]
    ]

    @Test("a success leaves nothing unmapped but what its notes say")
    func unmapped() throws {
        for fixture in Fixture.all where fixture.isSuccess {
            let document = try fixture.document()
            let bytes = Array(document.bytes)
            let left = try fixture.adapter().adapt(document).ledger.unmappedRanges.map {
                String(decoding: bytes[$0], as: UTF8.self)
            }
            #expect(left == Self.left[fixture.description, default: []], "\(fixture)")
        }
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
                    let isHeld = error.outcome == .held || error.code == "not-hl7v2"
                    #expect(isHeld, "\(fixture), cut at \(end): \(error.code)")
                }
            }
        }
    }

    @Test("random damage gives a report or is held, and counts its bytes")
    func damage() throws {
        var random = SeededGenerator(seed: 25)
        let alphabet = Array("|^~\\&\"\r\n0A.<-\u{0}é".utf8)
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
        let marks = Array("|^~&\r".utf8)
        // In all fields behind the delimiters' own at once, then in each alone: the others keep
        // their meaning, and provoke what follows from it.
        var all: [UInt8] = Array(bytes.prefix(9))
        for (offset, byte) in bytes.enumerated() where offset >= 9 {
            all.append(byte)
            guard marks.contains(byte) else { continue }
            all += canary
            let alone = bytes[...offset] + canary + bytes[(offset + 1)...]
            try isSilent(adapter, document.with(Array(alone)))
        }
        try isSilent(adapter, document.with(all))
    }
}
