import ClinicalPortal
import PortalStoreSQLite
import Testing

@Suite("The promises over the whole river")
struct PromiseTests {
    /// Corrected, retracted, merged and twinned: five documents of two people.
    private static let history: [(String, [UInt8])] = [
        ("lab", Board.result("69", status: "F", at: "20260302140000")),
        ("lab", Board.result("96", status: "C", at: "20260302150000", control: "2")),
        ("pas", Board.merge(prior: "9", into: Board.pid())),
        ("pas", Board.movement("A01", at: "20261101080000", pid: Board.pid(nhs: nil, local: "9"))),
        (
            "lab",
            Board.result(
                "5",
                status: "F",
                at: "20260302140000",
                pid: Board.pid(local: "3", name: "LEE^Amy")
            )
        ),
    ]

    static func orders(_ count: Int) -> [[Int]] {
        guard count > 0 else { return [[]] }
        return orders(count - 1).flatMap { order in
            (0...order.count).map { place in
                var longer = order
                longer.insert(count - 1, at: place)
                return longer
            }
        }
    }

    /// A result taken back and reissued, one that could not be obtained, an undated correction.
    private static let withdrawals: [(String, [UInt8])] = [
        ("lab", Board.result("69", status: "F", at: "20260302140000")),
        ("lab", Board.result("", status: "D", at: "20260302150000", control: "2")),
        ("lab", Board.result("71", status: "F", at: "20260302160000", control: "3")),
        ("lab", Board.result("", status: "X", at: "20260302163000", control: "4")),
        ("lab", Board.result("72", status: "C", at: "", control: "5")),
    ]

    /// A number used again, a wrong patient, an admission cancelled, and a merge that is chained.
    private static let people: [(String, [UInt8])] = [
        ("lab", Board.result("69", status: "F", at: "20260302140000")),
        (
            "lab",
            Board.result(
                "5",
                status: "F",
                at: "20260402140000",
                pid: Board.pid(nhs: "9990000026", local: "2", name: "ROY^Bob", born: "19700101")
            )
        ),
        ("lab", Board.result("", status: "W", at: "20260302150000", control: "2")),
        ("pas", Board.movement("A11", at: "20261101090000")),
        ("pas", Board.merge(prior: "2", into: Board.pid(nhs: nil, local: "8", name: "ROY^Bob"))),
    ]

    @Test(
        "P3: all 120 orders of five documents give the same bytes, with repeats too",
        arguments: [history, withdrawals, people]
    )
    func orderDoesNotMatter(_ history: [(String, [UInt8])]) throws {
        var answers: Set<String> = []
        for order in Self.orders(history.count) {
            let portal = try Board.portal()
            for index in order { try portal.take(history[index].0, history[index].1) }
            try portal.take(history[order[0]].0, history[order[0]].1)
            answers.insert(try portal.everything())
        }
        #expect(answers.count == 1)
    }

    @Test("P3: SQLite equals the store in memory", arguments: [history, withdrawals, people])
    func storesAgree(_ history: [(String, [UInt8])]) throws {
        let memory = try Board.portal()
        let folder = try Board.temporaryFolder()
        let sqlite = try Board.portal(.sqlite(path: folder + "/record.sqlite"))
        for (silo, message) in history.reversed() {
            try memory.take(silo, message)
            try sqlite.take(silo, message)
            #expect(try memory.everything() == sqlite.everything())
        }
        #expect(try memory.conservation() == sqlite.conservation())
    }

    @Test("P4: a link that is retracted was never made, also with new data in between")
    func retracted() throws {
        let folder = try Board.temporaryFolder()
        let linked = try Board.portal(.sqlite(path: folder + "/linked.sqlite"))
        let never = try Board.portal(.sqlite(path: folder + "/never.sqlite"))
        for portal in [linked, never] {
            for (silo, message) in Self.history.prefix(4) { try portal.take(silo, message) }
            try portal.take(
                "lab",
                Board.result(
                    "7",
                    status: "F",
                    at: "20260303",
                    number: "26B7",
                    pid: Board.pid(nhs: "9990000034", local: "4", name: "ROY^Bob", born: "19700101")
                )
            )
        }
        let one = try #require(try linked.find("urn:id:GRI|1"))
        let two = try #require(try linked.find("urn:id:GRI|4"))
        let all = try linked.reader("all")
        let id = try linked.link(one, two, reason: "same person", as: all, at: Board.now)
        #expect(try linked.find("urn:id:GRI|1") == linked.find("urn:id:GRI|4"))
        #expect(try linked.everything() != never.everything())
        for portal in [linked, never] { try portal.take("lab", Self.history[4].1) }
        _ = try linked.retract(id, reason: "two people", as: all, at: Board.now)
        #expect(try linked.everything() == never.everything())
    }

    @Test("P1: received = filed + repeated + held + rejected, and the bytes come back by hash")
    func nothingIsLost() throws {
        let folder = try Board.temporaryFolder()
        let portal = try Board.portal(.sqlite(path: folder + "/record.sqlite"))
        let good = Board.result("69", status: "F", at: "20260302")
        let cut = Array("MSH|^~\\&|LIMS|LAB|||20261122||ORU^R01|9|P|2.5.1\rOBX|1|NM|HB||1\r".utf8)
        let files: [[UInt8]] = [good, good, cut, [0x00, 0xFF], []]
        for (number, file) in files.enumerated() {
            try portal.receive(file, silo: "lab", name: "\(number)", at: Board.now)
        }
        let row = try #require(try portal.conservation().first)
        #expect(
            [row.received, row.filed, row.repeated, row.held, row.rejected] == [5, 1, 1, 1, 2]
        )
        let all = try portal.reader("all")
        for file in files {
            let back = try portal.document(ContentHash(of: file), as: all, at: Board.now).value
            #expect(back == file)
        }
    }

    @Test("P5: no read without an audit record; if the audit fails, the read fails")
    func auditFirst() throws {
        struct Full: Error {}
        let journal = MemoryAuditJournal()
        let portal = try Board.portal(journal: journal)
        try portal.take("lab", Board.result("69", status: "F", at: "20260302"))
        _ = try portal.rows()
        #expect(journal.pendingCount() == 1)
        let broken = BrokenJournal(isBroken: true)
        let refusing = try Board.portal(journal: broken)
        try refusing.take("lab", Board.result("69", status: "F", at: "20260302"))
        #expect(throws: AccessError.self) { _ = try refusing.rows() }
    }

    @Test("P6: worlds that differ only in what is hidden give byte-equal answers")
    func hiddenChangesNothing() throws {
        func answer(_ value: String?) throws -> String {
            let portal = try Board.portal()
            try portal.take("pas", Board.movement("A01", at: "20261101080000"))
            try portal.take("lab", Board.result("69", status: "F", at: "20260302"))
            if let value {
                try portal.take(
                    "lab",
                    Board.result(
                        value,
                        status: "F",
                        at: "20260304",
                        number: "26B9",
                        control: "9",
                        orc: "ORC|RE||26B9^LAB" + String(repeating: "|", count: 25) + "V"
                    )
                )
            }
            return try TimelineView.json(
                try portal.timeline(
                    of: try portal.find("urn:id:GRI|1"),
                    as: try portal.reader("doctor"),
                    at: Board.now
                )
            )
        }
        let without = try answer(nil)
        #expect(try answer("1") == without)
        #expect(try answer("2") == without)
    }

    @Test("P7: to one who may not know of an entry, the explanation equals not found")
    func explanation() throws {
        let portal = try Board.portal()
        try portal.take("lab", Board.result("69", status: "F", at: "20260302"))
        let patient = try portal.find("urn:id:GRI|1")
        let entry = try #require(try portal.rows().first).entry
        func explain(_ entry: EntryID, _ person: String) throws -> Explanation {
            try portal.explain(
                entry,
                of: patient,
                for: try portal.reader("stranger"),
                as: try portal.reader(person),
                at: Board.now
            ).value
        }
        let hidden = try explain(entry, "stranger")
        #expect(try hidden == explain(EntryID(rawValue: "e-nothing"), "stranger"))
        let whole = try #require(try explain(entry, "all").decision)
        #expect(whole.verdict == .withhold)
        #expect(whole.smallestChange == ["a relationship with the patient"])
    }

    @Test("P8: a silo that was never connected is named")
    func absence() throws {
        let portal = try Board.portal()
        try portal.take("lab", Board.result("69", status: "F", at: "20260302"))
        let page = try portal.timeline(
            of: try portal.find("urn:id:GRI|1"),
            as: try portal.reader("all"),
            at: Board.now
        ).value
        #expect(page.silos.map(\.state) == ["never connected", "current", "never connected"])
        #expect(page.standingLine == "Some items may be withheld by rule.")
    }

    @Test("P9: < and µ and a bare year survive", arguments: ["<0.01", "19.00", "1 µg & more"])
    func nothingInvented(_ text: String) throws {
        let portal = try Board.portal()
        let sent = text.replacing("&", with: "\\T\\")
        try portal.take(
            "lab",
            Board.result(sent, status: "F", at: "2026", pid: Board.pid(born: "1948"))
        )
        #expect(try portal.rows().first?.values.first?.value == text)
    }

    @Test("P10: after a yes the document is in the file, exactly once")
    func durable() throws {
        let folder = try Board.temporaryFolder()
        let path = folder + "/record.sqlite"
        let message = Board.result("69", status: "F", at: "20260302")
        for _ in 1...3 {
            let portal = try Board.portal(.sqlite(path: path))
            try portal.receive(message, silo: "lab", name: "one", at: Board.now)
        }
        let portal = try Board.portal(.sqlite(path: path))
        #expect(try portal.rows().count == 1)
        #expect(try portal.conservation().map(\.received) == [1])
    }
}
