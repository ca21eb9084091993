import Foundation
import PortalIntake
import PortalRecord
import PortalTestKit
import Testing
import XMLAdapters

@Suite("Laws over the fixtures of our XML shapes")
struct ShapeLawTests {
    @Test("each shape has fixtures that are read and that are refused")
    func fixturesArePresent() {
        for shape in ShapeFixture.shapes {
            let name = type(of: shape.adapter).name
            let own = ShapeFixture.all.filter { $0.description.hasPrefix(name + "/") }
            #expect(own.count { !$0.isRefused } >= 8, "\(name)")
            #expect(own.count(where: \.isRefused) >= 3, "\(name)")
        }
    }

    /// `UPDATE_GOLDENS=1` writes them anew, to be read before they are committed.
    @Test(
        "entries, diagnostics, ledger and errors are as written down",
        arguments: ShapeFixture.all
    )
    func golden(_ fixture: ShapeFixture) throws {
        let outcome = Outcome(fixture.adapter, try fixture.document())
        #expect((outcome.error != nil) == fixture.isRefused)
        #expect(outcome == Outcome(fixture.adapter, try fixture.document()))
        try outcome.check(against: fixture.golden)
    }

    @Test("one adapter knows each", arguments: ShapeFixture.read)
    func recognition(_ fixture: ShapeFixture) throws {
        let document = try fixture.document()
        let others: [any SourceAdapter] = [
            SCIGatewayReferralAdapter(), CDADocumentAdapter(), XDSMetadataAdapter(),
        ]
        let knowing = (ShapeFixture.shapes.map(\.adapter) + others)
            .filter { $0.recognises(document) }.map { type(of: $0).name }
        #expect(knowing == [type(of: fixture.adapter).name])
    }

    @Test("P2: mapped + ignored + unmapped is the document, and what is mapped is used")
    func ledger() throws {
        for fixture in ShapeFixture.read {
            let document = try fixture.document()
            #expect(fixture.adapter.accounts(for: document) == true, "\(fixture)")
            let ledger = try fixture.report().ledger
            let bytes = Array(document.bytes)
            let bare = SourceDocument(
                silo: "store",
                bytes: document.bytes,
                hash: ContentHash(of: []),
                dialect: document.dialect
            )
            let before = try fixture.adapter.adapt(bare).statements
            for offset in ledger.mappedOffsets {
                var changed = bytes
                changed[offset] = changed[offset] == 0x51 ? 0x37 : 0x51
                let other = SourceDocument(
                    silo: "store",
                    bytes: changed[...],
                    hash: ContentHash(of: []),
                    dialect: document.dialect
                )
                let isSame = (try? fixture.adapter.adapt(other))?.statements == before
                #expect(!isSame, "\(fixture): byte \(offset)")
            }
        }
    }

    @Test("only what the shape does not have, or could not be read, is unmapped")
    func unmapped() throws {
        for fixture in ShapeFixture.read {
            let left = try fixture.adapter.unmapped(try fixture.document())
            let isMeant = ["unknown", "-none", "missing", "repeated", "script", "unreadable"]
                .contains { fixture.description.contains($0) }
            #expect(left.isEmpty || isMeant, "\(fixture): \(left)")
            if fixture.description.contains("unknown-elements") { #expect(!left.isEmpty) }
        }
    }

    @Test("every origin is where its element stands", arguments: ShapeFixture.read)
    func origins(_ fixture: ShapeFixture) throws {
        let bytes = Array(try fixture.document().bytes)
        for entry in try fixture.report().entries {
            let range = entry.origin.offset..<(entry.origin.offset + entry.origin.length)
            let text = bytes[range].filter { $0 != 0 }
            let name = entry.origin.path.split(separator: "/").last?.prefix { $0 != "[" } ?? ""
            #expect(text.starts(with: Array("<\(name)".utf8)), "\(entry.origin.path)")
            #expect(text.last == UInt8(ascii: ">"))
        }
    }

    @Test("cuts and damage are held or counted, and no canary is repeated")
    func damage() throws {
        var random = SeededGenerator(seed: 23)
        for fixture in ShapeFixture.read {
            let document = try fixture.document()
            let cuts = fixture.adapter.unaccountedCuts(of: document, step: 11, refusal: "not-xml")
            #expect(cuts == [], "\(fixture)")
            let damaged = fixture.adapter.unaccountedDamages(
                of: document,
                alphabet: Array("<>&\"'/=a1é ".utf8),
                &random
            )
            #expect(damaged == [], "\(fixture)")
            let text = Array(document.bytes)
            let places = text.indices.filter { index in
                text[index] == UInt8(ascii: ">") && index + 1 < text.count
                    && text[index + 1] > 0x20 && text[index + 1] != UInt8(ascii: "<")
            }
            let tales = fixture.adapter.tales(of: "Zebedee", in: document, behind: places)
            #expect(tales == [], "\(fixture)")
        }
    }

    /// The fixtures that break the schema on purpose say so in their NOTES.
    @Test("the fixtures are valid by our schemas")
    func schema() throws {
        let fixtures = ShapeFixture.all.map { ($0.folder, $0.input, $0.schema) }
        #expect(try SchemaCheck.surprises(fixtures) == [])
    }
}
