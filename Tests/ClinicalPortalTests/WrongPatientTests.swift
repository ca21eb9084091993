import ClinicalPortal
import PortalStoreSQLite
import Testing

@Suite("What is not this patient's, of every kind (SAFETY S4, S7, S8, S10)")
struct WrongPatientTests {
    private static let profile = """
        silos:
          letters: {label: Letters, zone: Europe/London, localAuthority: GRI, feeds: [clinicalDocument]}
          referrals: {label: Referrals, zone: Europe/London, localAuthority: GRI, feeds: [referral]}
          scans: {label: Scans, adapter: scanned-notes-manifest, localAuthority: GRI, feeds: [scannedDocument]}
          drop: {label: Drop, adapter: letter-drop, localAuthority: GRI, feeds: [clinicalDocument]}
          summary: {label: Summary, adapter: top-elements}
        access:
          roles:
            all: {may: [know, read, open document], needsRelationship: false, duties: [list, review, recall]}
        people:
          all: {roles: [all]}
        """

    private static let bob = Board.pid(
        nhs: "9990000026",
        local: "2",
        name: "LEE^Bob",
        born: "19620404",
        sex: "M"
    )

    private static func portal(_ storage: PortalStorage = .inMemory()) throws -> Portal {
        Portal(
            profile: try SiteProfile(yaml: profile),
            storage: storage,
            journal: MemoryAuditJournal()
        )
    }

    static func letter(
        _ event: String,
        _ number: String,
        _ observations: [String],
        at time: String,
        parent: String = "",
        state: String = "AU",
        availability: String = "",
        pid: String = Board.pid()
    ) -> [UInt8] {
        Array(
            ([
                "MSH|^~\\&|LETTERS|GRI|||20261121||MDM^\(event)|\(event)\(time)|P|2.5.1",
                "EVN|\(event)|\(time)", pid,
                "TXA|1|CN^Clinic letter|TX|\(time)|||\(time)|\(time)||||\(number)^GRI|\(parent)"
                    + "||||\(state)||\(availability)",
            ] + observations).joined(separator: "\r").utf8
        ) + [0x0D]
    }

    private static func text(
        _ words: String,
        _ status: String = "F",
        name: String = "Letter"
    )
        -> String
    { "OBX|1|TX|\(name.uppercased())^\(name)^L||\(words)||||||\(status)" }

    private func look(_ portal: Portal, at time: String) throws {
        _ = try portal.timeline(
            of: try portal.find("urn:id:GRI|1"),
            as: try portal.reader("all"),
            at: try #require(Instant(time))
        )
    }

    /// Files one message, lets someone look, files the other.
    private func told(
        _ silo: String,
        _ first: [UInt8],
        _ second: [UInt8],
        _ storage: PortalStorage = .inMemory()
    ) throws -> (rows: [TimelineRow], recalls: [RecallTask], portal: Portal) {
        let portal = try Self.portal(storage)
        let files: [String: [UInt8]] = [
            "a.png": Array("secret page".utf8), "secret.txt": Array("secret".utf8),
        ]
        func take(_ message: [UInt8], at time: String) throws {
            try portal.receive(
                [IncomingFile(name: time, bytes: message) { files[$0] }],
                silo: silo,
                at: try #require(Instant(time))
            )
        }
        try take(first, at: "2026-11-20T10:00Z")
        try look(portal, at: "2026-11-20T11:00Z")
        try take(second, at: "2026-11-20T12:00Z")
        let recalls = try portal.recalls(as: try portal.reader("all"), at: Board.now).value
        return (try portal.rows(versions: true), recalls, portal)
    }

    private static let summary: [(type: String, words: String)] = [
        ("allergy", #""substance":"Secretin","reactions":["rash"]"#),
        ("problem", #""problem":{"text":"Secret asthma"}"#),
        ("medicine", #""medicine":"Secretol","dose":"50 mg""#),
        ("procedure", #""procedure":"Secret graft","site":"left","note":"Secret note""#),
        ("alert", #""text":"Secret alert","detail":"Secret detail","contact":"Secret ward""#),
        (
            "plan",
            #""category":"resuscitation","title":"Secret plan","sections":[{"text":"Secret"}]"#
        ),
        ("contact", #""name":{"family":"Secret","given":"Jo"},"phones":["Secret 1"]"#),
    ]

    private func element(
        _ type: String,
        _ words: String,
        _ status: String,
        at time: String
    )
        -> [UInt8]
    {
        Array(
            (#"{"type":"\#(type)","id":"7","updated":"\#(time)","status":"\#(status)","#
                + #""patient":{"identifiers":[{"system":"GRI","value":"1"},{"system":"NHS","#
                + #""value":"9990000018"}],"name":{"family":"LEE","given":"Ann"},"#
                + #""birthDate":"1951-03-03","gender":"F"},"# + words + "}\n").utf8
        )
    }

    @Test("S10: an element of the first screen", arguments: summary.indices)
    func element(_ index: Int) throws {
        let (type, words) = Self.summary[index]
        let (rows, recalls, portal) = try told(
            "summary",
            element(type, words, "active", at: "2026-11-01"),
            element(type, words, "wrong patient", at: "2026-11-02")
        )
        #expect(rows.count == 2, "\(type)")
        #expect(rows.allSatisfy { $0.markers == [.wrongPatient] }, "\(type)")
        #expect(rows.first?.headline == "withdrawn: not this patient's")
        #expect(!(try portal.everything()).contains("Secret"), "\(type)")
        #expect(recalls.map(\.marker) == [.wrongPatient] && recalls.first?.person == "all")
        // The past reads so too (S10 before S18).
        var query = TimelineQuery()
        query.includesVersions = true
        let past = try portal.timeline(
            of: try portal.find("urn:id:GRI|1"),
            as: try portal.reader("all"),
            query: query,
            asOf: Instant("2026-11-20T11:30Z"),
            at: Board.now
        ).value.sections.flatMap(\.rows)
        #expect(past.count == 1 && !"\(past)".contains("Secret"))
    }

    @Test("S7: a withdrawn element keeps no notes; who read it is told")
    func withdrawnElement() throws {
        let (type, words) = Self.summary[4]
        let (rows, recalls, _) = try told(
            "summary",
            element(type, words, "active", at: "2026-11-01"),
            element(type, words, "withdrawn", at: "2026-11-02")
        )
        let row = try #require(rows.first { $0.isCurrent })
        #expect(row.headline == "withdrawn" && row.notes.isEmpty)
        #expect(rows.contains { !$0.isCurrent && $0.headline.contains("Secret alert") })
        #expect(recalls.map(\.marker) == [.withdrawn])
    }
}
