import Foundation
import PortalIntake
import PortalRecord
import PortalTestKit
import Testing
import XMLAdapters

@Suite("Each fixture comes to what its golden says")
struct GoldenTests {
    @Test("there are fixtures")
    func fixturesArePresent() { #expect(Fixture.all.count >= 10) }

    /// `UPDATE_GOLDENS=1` writes them anew, to be read before they are committed.
    @Test("entries, diagnostics and ledger are as written down", arguments: Fixture.all)
    func golden(_ fixture: Fixture) throws {
        try Golden(try adapt(try fixture.bytes())).check(against: fixture.golden)
    }

    @Test("adapting twice gives the same, and the adapter knows its own", arguments: Fixture.all)
    func repeats(_ fixture: Fixture) throws {
        let bytes = try fixture.bytes()
        #expect(Golden(try adapt(bytes)) == Golden(try adapt(bytes)))
        #expect(SCIGatewayReferralAdapter().recognises(document(bytes)))
    }

    @Test("every origin is where its element stands", arguments: Fixture.all)
    func origins(_ fixture: Fixture) throws {
        let bytes = try fixture.bytes()
        for entry in try adapt(bytes).entries {
            let range = entry.origin.offset..<(entry.origin.offset + entry.origin.length)
            let text = bytes[range].filter { $0 != 0 }
            let name = entry.origin.path.split(separator: "/").last?.prefix { $0 != "[" } ?? ""
            #expect(text.starts(with: Array("<\(name)".utf8)), "\(entry.origin.path)")
            #expect(text.last == UInt8(ascii: ">"))
        }
    }

    /// The fixtures that break the schema on purpose say so in their NOTES.
    @Test("the fixtures are valid by our schema")
    func schema() throws {
        let fixtures = Fixture.all.map { ($0.folder, $0.input, "SCIGatewayReferral.xsd") }
        #expect(try SchemaCheck.surprises(fixtures) == [])
    }
}
