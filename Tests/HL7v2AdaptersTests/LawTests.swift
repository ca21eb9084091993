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

    /// What a success leaves unmapped on purpose: its NOTES say why.
    private static let left = [
        "hl7v2-document/success/segment-of-the-sender": ["1", "Room 4"]
    ]

    @Test(
        "a success leaves nothing unmapped but what its notes say",
        arguments: Fixture.all.filter(\.isSuccess)
    )
    func unmapped(_ fixture: FixtureFolder) throws {
        let left = try fixture.adapter().unmapped(try fixture.document())
        #expect(left == Self.left[fixture.description, default: []])
    }

    @Test("a cut gives a report or is held, and counts its bytes", arguments: Fixture.all)
    func cuts(_ fixture: FixtureFolder) throws {
        let document = try fixture.document()
        #expect(try fixture.adapter().unaccountedCuts(of: document, refusal: "not-hl7v2") == [])
    }

    @Test("random damage gives a report or is held, and counts its bytes")
    func damage() throws {
        let alphabet = "|^~\\&\"\r\n0A.<-\u{0}é"
        #expect(try FixtureFolder.damaged(Fixture.all, alphabet: alphabet) == [])
    }

    @Test("a canary in every field is in no error or diagnostic", arguments: Fixture.all)
    func canaries(_ fixture: FixtureFolder) throws {
        let document = try fixture.document()
        let bytes = Array(document.bytes)
        let marks = Array("|^~&\r".utf8)
        // Behind the delimiters' own: the others keep their meaning, and provoke what follows.
        let places = bytes.indices.filter { $0 >= 9 && marks.contains(bytes[$0]) }
        #expect(try fixture.adapter().tales(of: "Zebedee", in: document, behind: places) == [])
    }
}
