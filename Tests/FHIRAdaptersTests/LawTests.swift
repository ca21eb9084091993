import PortalIntake
import PortalTestKit
import Testing

@Suite("Laws over every document")
struct LawTests {
    @Test("P2: mapped + ignored + unmapped is the document", arguments: Fixture.all)
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
        #expect(
            try fixture.adapter().unaccountedCuts(of: document, step: 3, refusal: "not-xml") == []
        )
    }

    @Test("random damage gives a report or is held, and counts its bytes")
    func damage() throws {
        let alphabet = "{}[]:,\"\\/<>&=0A.-\u{0}é"
        #expect(try FixtureFolder.damaged(Fixture.all, alphabet: alphabet) == [])
    }

    @Test("a canary in every field is in no error or diagnostic", arguments: Fixture.all)
    func canaries(_ fixture: FixtureFolder) throws {
        let document = try fixture.document()
        let bytes = Array(document.bytes)
        let opens = Array(":=[,".utf8)
        let places = bytes.indices.filter { place in
            bytes[place] == UInt8(ascii: "\"")
                && bytes[..<place].last { $0 != 0x20 }.map(opens.contains) ?? false
        }
        #expect(try fixture.adapter().tales(of: "Zebedee", in: document, behind: places) == [])
    }
}
