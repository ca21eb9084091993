import ClinicalPortal
import PortalIntake
import PortalRecord
import PortalStore
import PortalStoreSQLite
import Testing

@Suite("EDIFACT interchanges in the record")
struct InterchangeTests {
    private static let patient = "https://fhir.nhs.uk/Id/nhs-number|9990000018"

    /// A report of some results under one number, as one message.
    private static func message(
        _ reference: String,
        at time: String = "202611210930",
        status: String = "FI",
        results: [(String, String)] = [("Sodium", "136"), ("Potassium", "4.30")]
    ) -> String {
        var segments = [
            "UNH+\(reference)+MEDRPT:0:1:RT:NHS003", "BGM+LSR", "S01+01", "NAD+SLA+++HAEMATOLOGY",
            "SPR+DPT", "S02+02", "GIS+N", "RFF+SRI:26H1", "STS++\(status)",
            "DTM+ISR:\(time):203", "S07+07", "PNA+PAT+9990000018:OPI+++SU:LEE+FO:ANN",
            "DTM+329:19510303:102", "PDI+2", "S16+16", "SEQ++1", "SPC+TSP+:::BLOOD",
            "DTM+SCO:202611210800:203",
        ]
        for (name, value) in results {
            segments += ["GIS+N", "INV+MQ+:::\(name)", "RSL+NV+\(value)+++:::mmol/L", "RFF+ASL:1"]
        }
        segments.append("UNT+\(segments.count + 1)+\(reference)")
        return segments.map { $0 + "'\r\n" }.joined()
    }

    private static func interchange(
        _ messages: [String],
        reference: String = "4711",
        at time: String = "261121:1000"
    ) -> [UInt8] {
        Array(
            ("UNA:+.? '\r\nUNB+UNOC:3+NORTHLAB+PORTAL+\(time)+\(reference)'\r\n"
                + messages.joined() + "UNZ+\(messages.count)+\(reference)'\r\n").utf8
        )
    }

    private func receive(_ portal: Portal, _ deliveries: [[UInt8]]) throws -> [Portal.Receipt] {
        try deliveries.enumerated().map { index, bytes in
            try portal.receive(bytes, silo: "lab", name: "\(index).edi", at: Board.now)
        }
    }

    @Test("each message is filed once, however often its interchange comes (PITFALLS A2)")
    func repeated() throws {
        let portal = try Board.portal()
        let bytes = Self.interchange([Self.message("1")])
        let receipts = try receive(portal, [bytes, bytes])
        #expect(receipts.map(\.filed) == [1, 0])
        #expect(receipts.map(\.repeated) == [0, 1])
        let rows = try portal.rows(Self.patient)
        #expect(rows.count == 1)
        #expect(rows.first?.values.map(\.value) == ["136", "4.30"])
    }

    @Test("made anew it says the same: one version, in any order (SAFETY S5, DESIGN P3)")
    func madeAnew() throws {
        let first = Self.interchange([Self.message("1")])
        let again = Self.interchange([Self.message("1")], reference: "4712", at: "261121:1100")
        for order in [[first, again], [again, first]] {
            let portal = try Board.portal()
            #expect(try receive(portal, order).map(\.filed) == [1, 1])
            let rows = try portal.rows(Self.patient)
            #expect(rows.count == 1 && rows.first?.supersedes == [])
            #expect(rows.first?.values.map(\.value) == ["136", "4.30"])
        }
    }

    @Test("a correction is current, and what it leaves out was not repeated (SAFETY S5, S9)")
    func corrected() throws {
        let first = Self.interchange([Self.message("1")])
        let correction = Self.interchange(
            [Self.message("1", at: "202611211130", status: "CO", results: [("Sodium", "139")])],
            reference: "4712",
            at: "261121:1200"
        )
        for order in [[first, correction], [correction, first]] {
            let portal = try Board.portal()
            _ = try receive(portal, order)
            let rows = try portal.rows(Self.patient)
            #expect(rows.count == 1)
            let values = try #require(rows.first?.values)
            #expect(values.first?.value == "139" && values.first?.markers == [.corrected])
            #expect(values.last?.markers == [.notRepeated])
        }
    }

    @Test(
        "a message that waited is driven again behind its interchange's header",
        arguments: ["memory", "SQLite"]
    )
    func drivenAgain(store: String) throws {
        let storage: PortalStorage =
            store == "memory"
            ? .inMemory() : try .sqlite(path: try Board.temporaryFolder() + "/record.sqlite")
        let profile = try SiteProfile(yaml: Board.profile)
        let before = Portal(
            profile: profile,
            storage: storage,
            journal: MemoryAuditJournal(),
            adapters: []
        )
        let other = Self.message("2", results: [("Iron", "9")])
        let bytes = Self.interchange([Self.message("1"), other])
        let receipt = try before.receive(bytes, silo: "lab", name: "a.edi", at: Board.now)
        #expect(receipt.held == 2)
        let now = Portal(profile: profile, storage: storage, journal: MemoryAuditJournal())
        let result = try now.redrive(as: try now.reader("all"), at: Board.now)
        let counts = [result.filed, result.waiting]
        #expect(counts == [2, 0])
        #expect(try now.rows(Self.patient).isEmpty == false)
        // The same as if it had been read when it came.
        let fresh = try Board.portal()
        _ = try receive(fresh, [bytes])
        #expect(try now.rows(Self.patient).map(\.values) == fresh.rows(Self.patient).map(\.values))
        // And every byte of the delivery is kept (DESIGN P1).
        #expect(try storage.base.document(ContentHash(of: bytes)) == bytes)
    }
}
