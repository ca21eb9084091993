import Foundation
import PortalIntake
import PortalRecord
import PortalTestKit
import Testing
import XMLAdapters

@Suite("Each CDA fixture comes to what its golden says")
struct CDAGoldenTests {
    @Test("there are fixtures")
    func fixturesArePresent() {
        #expect(CDAFixture.read.count >= 20)
        #expect(CDAFixture.all.count(where: \.isRefused) >= 5)
    }

    /// `UPDATE_GOLDENS=1` writes them anew, to be read before they are committed.
    @Test("entries, diagnostics and ledger are as written down", arguments: CDAFixture.all)
    func golden(_ fixture: CDAFixture) throws {
        let outcome = Outcome(CDADocumentAdapter(), cda(try fixture.bytes()))
        #expect((outcome.error != nil) == fixture.isRefused)
        try outcome.check(against: fixture.golden)
    }

    @Test("adapting twice gives the same, and the adapter knows its own", arguments: CDAFixture.all)
    func repeats(_ fixture: CDAFixture) throws {
        let bytes = try fixture.bytes()
        let adapter = CDADocumentAdapter()
        #expect(Outcome(adapter, cda(bytes)) == Outcome(adapter, cda(bytes)))
        if !fixture.isRefused { #expect(adapter.recognises(cda(bytes))) }
        #expect(!SCIGatewayReferralAdapter().recognises(cda(bytes)))
    }

    @Test("every origin is where its element stands", arguments: CDAFixture.read)
    func origins(_ fixture: CDAFixture) throws {
        let bytes = try fixture.bytes()
        for entry in try CDASample.report(bytes).entries {
            let range = entry.origin.offset..<(entry.origin.offset + entry.origin.length)
            let text = bytes[range].filter { $0 != 0 }
            let name = entry.origin.path.split(separator: "/").last?.prefix { $0 != "[" } ?? ""
            #expect(text.starts(with: Array("<\(name)".utf8)), "\(entry.origin.path)")
            #expect(text.last == UInt8(ascii: ">"))
        }
    }

    @Test("the text of each fixture holds no mark-up that a page would run")
    func plainText() throws {
        for fixture in CDAFixture.read {
            let text = try CDASample.report(try fixture.bytes()).letter?.text ?? ""
            for mark in ["<script>steal", "onload", "onmouseover", "javascript:", "data:text"] {
                #expect(!text.contains(mark), "\(fixture)")
            }
        }
    }

    @Test("PITFALLS failure 3: < & µ ≤ survive, in UTF-16 too")
    func symbols() throws {
        let letter = try CDASample.report(try CDAFixture.named("letter-of-narrative-alone")).letter
        #expect(letter?.text.contains("CRP < 5 mg/L") == true)
        #expect(letter?.text.contains("swimmer") == true)
        let wide = try CDASample.report(try CDAFixture.named("utf-16")).letter
        #expect(wide?.text == "Histoire\nTempérature 38 °C, ≤ 5 µg")
    }
}
