import Foundation
import PortalBytes
import PortalIntake
import PortalRecord
import PortalTestKit
import Testing
import XMLAdapters
import XMLSyntax

@Suite("P2: every byte of a CDA document is accounted for")
struct CDALedgerTests {
    @Test("mapped + ignored + unmapped is the document", arguments: CDAFixture.read)
    func sums(_ fixture: CDAFixture) throws {
        let bytes = try fixture.bytes()
        let ledger = try CDASample.report(bytes).ledger
        #expect(ledger.mapped + ledger.ignored + ledger.unmapped == bytes.count)
        #expect(ledger.mapped > 0)
    }

    @Test(
        "changing a byte marked mapped changes an entry or is refused",
        arguments: CDAFixture.read
    )
    func honest(_ fixture: CDAFixture) throws {
        let bytes = try fixture.bytes()
        let document = SourceDocument(silo: "s", bytes: bytes[...], hash: ContentHash(of: []))
        let report = try CDADocumentAdapter().adapt(document)
        let before = report.statements
        let offsets = report.ledger.mappedOffsets
        // The large ones are sampled; the seed is the step.
        for offset in stride(from: 0, to: offsets.count, by: max(1, offsets.count / 1200))
            .map({ offsets[$0] })
        {
            var changed = bytes
            changed[offset] = changed[offset] == 0x51 ? 0x37 : 0x51
            let after = try? CDADocumentAdapter().adapt(document.with(changed)).statements
            let isSame = after == before
            #expect(!isSame, "byte \(offset)")
        }
    }

    @Test("only what would run in a page is unmapped")
    func unmapped() throws {
        for fixture in CDAFixture.read {
            let bytes = try fixture.bytes()
            let left = try CDASample.report(bytes).ledger.unmappedRanges
                .map { String(decoding: bytes[$0], as: UTF8.self) }
            if fixture.description == "narrative-that-attacks" {
                #expect(left.contains("steal()"))
                #expect(left.contains { $0.contains("javascript:") })
            } else {
                #expect(left.isEmpty, "\(fixture): \(left)")
            }
        }
    }

    @Test("SAFETY S25: nothing traps where a document is cut, and half of one is never read")
    func cuts() throws {
        for fixture in CDAFixture.read where fixture.description != "utf-16" {
            let bytes = try fixture.bytes()
            for end in stride(from: 0, to: bytes.count - 3, by: max(7, bytes.count / 300)) {
                do {
                    _ = try CDASample.report(Array(bytes[..<end]))
                    Issue.record("half a document was read")
                } catch let error as IntakeError {
                    #expect(!error.description.contains("LEE"))
                }
            }
        }
    }

    @Test("no damage traps, whatever bytes it leaves; the ledger stays exact")
    func damage() throws {
        for (index, fixture) in CDAFixture.all.enumerated() {
            let bytes = try fixture.bytes()
            var random = SeededGenerator(seed: UInt64(index) + 7)
            for _ in 0..<60 {
                var broken = bytes
                for _ in 0..<3 {
                    let at = Int.random(in: broken.indices, using: &random)
                    switch Int.random(in: 0..<3, using: &random) {
                    case 0: broken[at] = UInt8.random(in: 0...255, using: &random)
                    case 1:
                        let end = min(broken.count - 1, at + 40)
                        broken.removeSubrange(at..<end)
                    default: broken.insert(contentsOf: broken[at...].prefix(30), at: at)
                    }
                }
                if let report = try? CDASample.report(broken) {
                    let ledger = report.ledger
                    #expect(ledger.mapped + ledger.ignored + ledger.unmapped == broken.count)
                }
            }
        }
    }

    @Test("canaries in every text and attribute are in no error, diagnostic or path")
    func canaries() throws {
        let canary = "Zebedee"
        for fixture in CDAFixture.all where fixture.description != "utf-16" {
            let text = String(decoding: try fixture.bytes(), as: UTF8.self)
            let marked = text.replacing(/>([^<>\s][^<>]*)</) { ">\(canary)\($0.output.1)<" }
                .replacing(/extension="/) { _ in "extension=\"\(canary)" }
                .replacing(/displayName="/) { _ in "displayName=\"\(canary)" }
            for bytes in [marked, marked.replacing("</ClinicalDocument>", with: "</Other>")] {
                do {
                    let report = try CDASample.report(Array(bytes.utf8))
                    #expect(!(try CanonicalJSON.text(report.diagnostics)).contains(canary))
                    #expect(report.entries.allSatisfy { !$0.origin.path.contains(canary) })
                } catch { #expect(!"\(error)".contains(canary), "\(fixture)") }
            }
        }
    }

    @Test("findings are bounded, and fields beyond the room for them are a finding")
    func bounds() throws {
        let scripts = String(repeating: "<script>x</script>", count: 3000)
        let body = CDASample.section("1", text: scripts)
        let report = try CDASample.report(CDASample.document(body: body))
        #expect(report.diagnostics.count <= Limits.standard.findingsMax)
        let many = String(repeating: "<a b=\"c\"/>", count: 450_000)
        let wide = try CDASample.report(
            CDASample.document(header: many, body: CDASample.section("1"))
        )
        #expect(wide.diagnostics.contains { $0.code == "fields-too-many" })
        #expect((wide.letter?.other.count ?? 0) < 450_000)
    }

    @Test("eight times the sections take about eight times as long")
    func growth() throws {
        func seconds(_ count: Int) throws -> Double {
            let row = "<tr><td ID=\"a\">1</td><td>2</td></tr>"
            let entry = """
                <entry><observation><id root="1.2" extension="7"/><code code="1"/>\
                <text><reference value="#a"/></text><value xsi:type="PQ" value="1"/></observation>\
                </entry>
                """
            let section =
                "<component><section><code code=\"30954-2\"/><text><table>\(row)</table></text>"
                + entry + "</section></component>"
            let bytes = CDASample.document(
                body: "<structuredBody>" + String(repeating: section, count: count)
                    + "</structuredBody>"
            )
            return try ContinuousClock().measure { _ = try CDASample.report(bytes) } / .seconds(1)
        }
        let few = try seconds(200)
        let many = try seconds(1600)
        #expect(many < max(1, 32 * few))
    }
}
