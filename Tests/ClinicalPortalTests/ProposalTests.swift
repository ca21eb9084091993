import ClinicalPortal
import PortalStoreSQLite
import Testing

/// People who share no number: what weighted evidence proposes, and what it does not.
@Suite("Weighted evidence proposes, a person decides (SAFETY S2, S3)")
struct ProposalTests {
    private static let profile = Board.profile + "\nlinking: {proposeFromPercent: 95}\n"

    private func portal(
        _ storage: PortalStorage = .inMemory(),
        profile: String = ProposalTests.profile
    ) throws -> Portal {
        Portal(
            profile: try SiteProfile(yaml: profile),
            storage: storage,
            journal: MemoryAuditJournal()
        )
    }

    private func person(
        _ local: String,
        _ name: String,
        born: String = "19510303",
        nhs: String? = nil,
        postcode: String = "G1 1AA"
    ) -> [UInt8] {
        let pid = Board.pid(nhs: nhs, local: local, name: name, born: born)
        return Board.movement(
            "A08",
            at: "20261101080000",
            visit: "V" + local,
            pid: pid + "|||1 Test Road^^Glasgow^^" + postcode
        )
    }

    private func cases(_ portal: Portal) throws -> [ReviewCase] {
        try portal.reviews(as: try portal.reader("all"), at: Board.now).value.map(\.reviewCase)
    }

    @Test("two records of one person without a number in common are proposed, term by term")
    func proposed() throws {
        let portal = try portal()
        try portal.take("pas", person("1", "LEE^Ann"))
        try portal.take("pas", person("2", "LEE^Anne"))
        let found = try #require(try cases(portal).first)
        #expect(found.kind == .possibleLink && found.between.count == 2)
        #expect(found.why.contains { $0.hasPrefix("surname: exact") })
        #expect(found.why.contains { $0.hasPrefix("birth date: exact") })
        #expect(found.why.last?.hasSuffix("likely one person") == true)
        // Of the record itself it says nothing.
        #expect(!found.why.joined().contains("LEE") && !found.why.joined().contains("1951"))
        let pair = try portal.evidence(
            for: found.id,
            as: try portal.reader("all"),
            at: Board.now
        )
        #expect(pair.value.sides.map(\.name).sorted() == ["Ann LEE", "Anne LEE"])
        #expect(pair.value.percent >= 95)
        #expect(ReviewedPairView.text(pair).contains("born 03-Mar-1951"))
        #expect(
            ReviewedPairView.svg(pair).contains("<svg")
                && !ReviewedPairView.svg(pair).contains("LEE")
        )
        #expect(try ReviewedPairView.json(pair).contains("\"centibits\""))
        // Nothing was linked by it.
        #expect(try portal.find("urn:id:GRI|1") != portal.find("urn:id:GRI|2"))
    }

    @Test(
        "vetoes: twins, father and son, valid numbers that differ, no name, a placeholder's date",
        arguments: [
            ("LEE^Eve", "19510303", nil, nil), ("LEE^Ann", "19790508", nil, nil),
            ("LEE^Ann", "19510303", "9990000018", "9990000026"), ("", "19510303", nil, nil),
            ("LEE^Ann", "19000101", nil, nil),
        ] as [(String, String, String?, String?)]
    )
    func vetoed(_ name: String, _ born: String, _ first: String?, _ second: String?) throws {
        let portal = try portal()
        try portal.take("pas", person("1", "LEE^Ann", nhs: first))
        try portal.take("pas", person("2", name, born: born, nhs: second))
        #expect(try cases(portal).isEmpty)
    }

    @Test("what a person has decided is not proposed again, told or untold", arguments: [0, 1, 2])
    func decided(_ way: Int) throws {
        let portal = try portal()
        try portal.take("pas", person("1", "LEE^Ann"), person("2", "LEE^Ann"))
        #expect(try cases(portal).count == 1)
        let one = try #require(try portal.find("urn:id:GRI|1"))
        let two = try #require(try portal.find("urn:id:GRI|2"))
        let all = try portal.reader("all")
        if way == 0 {
            _ = try portal.link(one, two, reason: "one person", as: all, at: Board.now)
        } else {
            _ = try portal.link(
                one,
                two,
                apart: true,
                undisclosed: way == 2,
                reason: "two people",
                as: all,
                at: Board.now
            )
        }
        #expect(try cases(portal).isEmpty)
        try portal.take("pas", person("3", "SMITH^Zoe", born: "19800101"))
        #expect(try cases(portal).isEmpty)
    }

    @Test("a site that does not ask for proposals gets none")
    func off() throws {
        let portal = try portal(profile: Board.profile)
        try portal.take("pas", person("1", "LEE^Ann"), person("2", "LEE^Ann"))
        #expect(try cases(portal).isEmpty)
        #expect(throws: ProfileError.self) {
            try SiteProfile(yaml: "linking: {proposeFromPercent: 20}")
        }
        #expect(throws: ProfileError.self) { try SiteProfile(yaml: "linking: {auto: true}") }
    }

    @Test("strangers and the order of arrival change nothing of a proposal, in either store")
    func strangers() throws {
        let folder = try Board.temporaryFolder()
        let few = try portal()
        let many = try portal(.sqlite(path: folder + "/record.sqlite"))
        try few.take("pas", person("1", "LEE^Ann"), person("2", "LEE^Ann"))
        let names = ["ROY^Bob", "SMITH^Zoe", "KHAN^Ali", "MURRAY^Isla", "LEE^Tom"]
        for number in 0..<30 {
            let born = "19\(30 + number)0\(1 + number % 9)1\(number % 9)"
            try many.take("pas", person("1\(number)0", names[number % 5], born: born))
            if number == 9 { try many.take("pas", person("2", "LEE^Ann")) }
        }
        try many.take("pas", person("1", "LEE^Ann"))
        let found = try cases(many).filter { $0.id == (try cases(few).first?.id) }
        #expect(try found == cases(few) && found.count == 1)
    }

    @Test("PITFALLS 39: a record that matches both sides of a manual split goes to review")
    func bothSides() throws {
        func filed(_ order: [Int], split: Bool) throws -> (cases: Int, people: Set<String>) {
            let portal = try portal(profile: Board.profile)
            let messages = [
                Board.movement("A08", at: "20261101080000", pid: Board.pid(local: "1")),
                Board.movement(
                    "A08",
                    at: "20261101080000",
                    visit: "V2",
                    pid: Board.pid(local: "2")
                ),
                Board.movement(
                    "A08",
                    at: "20261101080000",
                    visit: "V3",
                    pid: Board.pid(local: "3")
                ),
            ]
            let all = try portal.reader("all")
            try portal.take("pas", messages[order[0]], messages[order[1]])
            try portal.take("pas", messages[order[2]])
            func member(_ number: String) throws -> SourcePatientID {
                let members = try portal.patients(as: all, at: Board.now).value.flatMap(\.members)
                return try #require(members.first { $0.identifier.hasSuffix("|" + number) }).patient
            }
            if split {
                _ = try portal.link(
                    try member("1"),
                    try member("2"),
                    apart: true,
                    reason: "two people",
                    as: all,
                    at: Board.now
                )
            }
            let handles = try ["1", "2", "3"].compactMap {
                try portal.find("urn:id:GRI|" + $0)?.rawValue
            }
            return (try cases(portal).filter { $0.kind == .possibleLink }.count, Set(handles))
        }
        #expect(try filed([0, 1, 2], split: false).people.count == 1)
        for order in PromiseTests.orders(3) {
            let (cases, people) = try filed(order, split: true)
            #expect(people.count == 3)
            #expect(cases == 2)
        }
    }
}
