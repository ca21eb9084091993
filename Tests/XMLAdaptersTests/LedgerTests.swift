import Foundation
import PortalIntake
import PortalRecord
import PortalTestKit
import Testing
import XMLAdapters

@Suite("P2: every byte of a referral is accounted for")
struct LedgerTests {
    private func statements(_ bytes: [UInt8]) -> [RecordEntry]? {
        // The same hash for every variant: it would differ by itself.
        let source = document(bytes, hash: ContentHash(of: []))
        return (try? SCIGatewayReferralAdapter().adapt(source))?.statements
    }

    @Test("mapped + ignored + unmapped is the document", arguments: Fixture.all)
    func sums(_ fixture: Fixture) throws {
        let bytes = try fixture.bytes()
        let ledger = try adapt(bytes).ledger
        #expect(ledger.mapped + ledger.ignored + ledger.unmapped == bytes.count)
        #expect(ledger.mapped > 0)
    }

    @Test("changing a byte marked mapped changes an entry or is refused", arguments: Fixture.all)
    func honest(_ fixture: Fixture) throws {
        let bytes = try fixture.bytes()
        let before = try #require(statements(bytes))
        for offset in try adapt(bytes).ledger.mappedOffsets {
            var changed = bytes
            changed[offset] = changed[offset] == 0x51 ? 0x37 : 0x51
            let isSame = statements(changed) == before
            #expect(!isSame, "byte \(offset)")
        }
    }

    @Test("only what the shape does not have, or could not be read, is unmapped")
    func unmapped() throws {
        for fixture in Fixture.all {
            let bytes = try fixture.bytes()
            let report = try adapt(bytes)
            let left = report.ledger.unmappedRanges.map {
                String(decoding: bytes[$0], as: UTF8.self)
            }
            switch fixture.description {
            case "unknown-elements":
                #expect(left.count == 4, "\(left)")
                #expect(left.first?.hasPrefix("<EthnicGroup>") == true)
                #expect(left.contains("en"))
                #expect(left.last?.hasSuffix("</x:Triage>") == true)
                #expect(report.ledger.ignoredByRule[.remark] == 23)
            case "script-in-narrative":
                #expect(left.contains { $0.hasPrefix("<script>") })
                #expect(left.contains("steal()"))
                #expect(left.contains { $0.contains("javascript:") })
            case "dates-and-versions-that-are-none":
                #expect(left == ["2026-03-02 09:15", "2026-13-01", "tomorrow"])
            default: #expect(left.isEmpty, "\(fixture): \(left)")
            }
        }
    }

    @Test("no finding of any fixture says what stands in it, and nothing traps when it is cut")
    func cuts() throws {
        for fixture in Fixture.all {
            let bytes = try fixture.bytes()
            for end in stride(from: 0, to: bytes.count - 3, by: 7) {
                do {
                    _ = try adapt(Array(bytes[..<end]))
                    Issue.record("half a document was read")
                } catch let error as IntakeError {
                    #expect(!error.description.contains("LEE"))
                }
            }
        }
    }

    @Test("canaries in every text and attribute are in no error, diagnostic or path")
    func canaries() throws {
        let canary = "Zebedee"
        for fixture in Fixture.all where !["utf-16", "latin-1"].contains(fixture.description) {
            let text = String(decoding: try fixture.bytes(), as: UTF8.self)
            let marked = text.replacing(/>([^<>\s][^<>]*)</) { ">\(canary)\($0.output.1)<" }
            let report = try adapt(Array(marked.utf8))
            let findings = try CanonicalJSON.text(report.diagnostics)
            #expect(!findings.contains(canary), "\(fixture)")
            #expect(report.entries.allSatisfy { !$0.origin.path.contains(canary) })
            let broken = marked.replacing("</Referral>", with: "</Other>")
            #expect(throws: IntakeError.self) { try adapt(Array(broken.utf8)) }
            do { _ = try adapt(Array(broken.utf8)) } catch {
                #expect(!"\(error)".contains(canary))
            }
        }
    }
}
