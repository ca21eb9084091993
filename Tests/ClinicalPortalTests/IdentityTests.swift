import ClinicalPortal
import Testing

@Suite("Who is who (SAFETY S1, S2, S4)")
struct IdentityTests {
    /// Two records under one national number and two hospital numbers.
    private func pair(
        _ one: (name: String, born: String, sex: String),
        _ two: (name: String, born: String, sex: String),
        numbers: (String?, String?) = ("9990000018", "9990000018")
    ) throws -> (people: Int, cases: [String], marked: Int) {
        let portal = try Board.portal()
        let sides = [(one, numbers.0, "1"), (two, numbers.1, "2")]
        for (side, nhs, local) in sides {
            let pid = Board.pid(
                nhs: nhs,
                local: local,
                name: side.name,
                born: side.born,
                sex: side.sex
            )
            try portal.take(
                "lab",
                Board.result("7", status: "F", at: "20260302", number: local, pid: pid)
            )
        }
        let people = try portal.patients(as: try portal.reader("all"), at: Board.now).value
        let marked = people.filter { $0.markers == [.possibleOther] }.count
        return (people.count, try portal.caseKinds(), marked)
    }

    private static let ann = (name: "LEE^Ann", born: "19510303", sex: "F")

    @Test(
        "S1: number, birth date and near names link",
        arguments: [
            "LEE^Ann", "lee^ANN", "LÉE^Ann", "LEE-SMITH^Ann", "LEE^A", "LEE^Annie", "ANN^Lee",
            "LEE^Ann-Marie",
        ]
    )
    func near(_ name: String) throws {
        let found = try pair(Self.ann, (name, "19510303", "F"))
        #expect(found.people == 1 && found.cases.isEmpty && found.marked == 0)
    }

    @Test("S1: one edit is near in names of five letters or more, and in no shorter ones")
    func oneEdit() throws {
        let long = try pair(("FRASER^Robert", "19510303", "M"), ("FRASRE^Robert", "19510303", "M"))
        #expect(long.people == 1)
        let forename = try pair(("LEE^Anna", "19510303", "F"), ("LEE^Asna", "19510303", "F"))
        #expect(forename.people == 2 && forename.cases == ["conflicting identity"])
    }

    @Test("S1: another surname links where sex does not conflict: a married name")
    func married() throws {
        #expect(try pair(Self.ann, ("GRANT^Ann", "19510303", "F")).people == 1)
        let other = try pair(Self.ann, ("GRANT^Ann", "19510303", "M"))
        #expect(other.people == 2 && other.cases == ["conflicting identity"])
    }

    @Test("S1: the twin pattern is always for review, and both records say so")
    func twins() throws {
        let found = try pair(Self.ann, ("LEE^Eve", "19510303", "F"))
        #expect(found.people == 2 && found.cases == ["conflicting identity"] && found.marked == 2)
    }

    @Test(
        "S1: birth dates have no near level",
        arguments: [
            ("19511203", "19510312", "possible link"), ("19510303", "1951", "possible link"),
            ("19510303", "", "possible link"), ("19510303", "19510304", "conflicting identity"),
        ]
    )
    func birthDates(_ one: String, _ two: String, _ kind: String) throws {
        let found = try pair(("LEE^Ann", one, "F"), ("LEE^Ann", two, "F"))
        #expect(found.people == 2 && found.cases == [kind] && found.marked == 2)
    }

    @Test(
        "S1: no number, a wrong check digit or a placeholder links nothing (PITFALLS 31)",
        arguments: [
            (nil, nil), ("9990000019", "9990000019"), ("0000000000", "0000000000"),
            ("9990000018", "9990000026"),
        ] as [(String?, String?)]
    )
    func noNumber(_ numbers: (String?, String?)) throws {
        #expect(try pair(Self.ann, Self.ann, numbers: numbers).people == 2)
    }

    @Test(
        "S1: an identifier without its assigner is kept and shown, and links nothing",
        arguments: ["9990000018", "9990000018^^^^NH"]
    )
    func unassigned(_ number: String) throws {
        let portal = try Board.portal()
        for local in ["1", "2"] {
            let pid = "PID|1||\(number)~\(local)^^^GRI^MR||LEE^Ann||19510303|F"
            try portal.take(
                "lab",
                Board.result("7", status: "F", at: "2026", number: local, pid: pid)
            )
        }
        let people = try portal.patients(as: try portal.reader("all"), at: Board.now).value
        #expect(people.count == 2)
        #expect(
            people.allSatisfy { $0.banner.identifiers.contains { $0.value == "9990000018" } }
        )
    }

    @Test("S1: one assigner and number from two silos is one source patient, unless they conflict")
    func sameNumber() throws {
        let portal = try Board.portal()
        let pid = Board.pid(nhs: nil)
        try portal.take("pas", Board.movement("A01", at: "20261101", pid: pid))
        try portal.take("lab", Board.result("7", status: "F", at: "20261102", pid: pid))
        #expect(try portal.rows().count == 2)
        let all = try portal.reader("all")
        #expect(try portal.patients(as: all, at: Board.now).value.first?.members.count == 1)
        let other = Board.pid(nhs: nil, name: "LEE^Eve")
        try portal.take(
            "lab",
            Board.result("8", status: "F", at: "20261102", number: "9", pid: other)
        )
        #expect(try portal.patients(as: all, at: Board.now).value.count == 2)
        #expect(try portal.caseKinds() == ["conflicting identity"])
    }

    @Test("S2: A40 of the assigner's own silo links, also before its records; another's proposes")
    func mergeEvent() throws {
        let old = Board.pid(nhs: nil, local: "9")
        for isSpeaker in [true, false] {
            let portal = try Board.portal()
            try portal.take(isSpeaker ? "pas" : "lab", Board.merge(prior: "9", into: Board.pid()))
            try portal.take("lab", Board.result("7", status: "F", at: "20261102", pid: old))
            let people = try portal.patients(as: try portal.reader("all"), at: Board.now).value
            #expect(people.count == (isSpeaker ? 1 : 2))
            #expect(try portal.caseKinds() == (isSpeaker ? [] : ["proposed merge"]))
        }
    }

    @Test("S2: a merge event holds despite conflict, which raises a case; a person's word is above")
    func ranks() throws {
        let portal = try Board.portal()
        let all = try portal.reader("all")
        try portal.take("pas", Board.merge(prior: "9", into: Board.pid()))
        let other = Board.pid(nhs: nil, local: "9", name: "ROY^Bob", born: "19700101", sex: "M")
        try portal.take("lab", Board.result("7", status: "F", at: "20261102", pid: other))
        #expect(try portal.patients(as: all, at: Board.now).value.count == 1)
        #expect(try portal.caseKinds() == ["conflicting identity"])
        let members = try #require(
            try portal.patients(as: all, at: Board.now).value.first?.members.map(\.patient)
        )
        _ = try portal.link(
            members[0],
            members[1],
            apart: true,
            reason: "two people",
            as: all,
            at: Board.now
        )
        #expect(try portal.patients(as: all, at: Board.now).value.count == 2)
    }

    @Test("S4: a correction under the same person's second number still corrects")
    func secondNumber() throws {
        let portal = try Board.portal()
        try portal.take(
            "lab",
            Board.result("69", status: "F", at: "20260302140000"),
            Board.result("96", status: "C", at: "20260302150000", pid: Board.pid(local: "2"))
        )
        let rows = try portal.rows()
        #expect(rows.count == 1)
        #expect(rows.first?.values.map(\.value) == ["96"])
    }

    @Test("S4: a visit number used again on another day is another visit, and no case")
    func visitNumber() throws {
        let portal = try Board.portal()
        let other = Board.pid(nhs: "9990000026", local: "2", name: "ROY^Bob", born: "19700101")
        func admission(_ day: String, _ pid: String) -> [UInt8] {
            Array(
                [
                    "MSH|^~\\&|PAS|GRI|||20261122||ADT^A01|\(day)|P|2.5.1", "EVN|A01|\(day)", pid,
                    "PV1|1|I|WARD7||||||||||||||||V1^^^GRI^VN",
                ].joined(separator: "\r").utf8
            )
        }
        try portal.take("pas", admission("20260101", Board.pid()), admission("20260601", other))
        try portal.take("pas", admission("20260901", Board.pid()))
        #expect(try portal.rows().count == 2)
        #expect(try portal.caseKinds().isEmpty)
    }

    // MARK: Unlink and move

    /// A24 or A37 of numbers 1 and 9, which without it are one person by the national number.
    private func pairing(_ event: String, at time: String, silo: String = "PAS") -> [UInt8] {
        Array(
            [
                "MSH|^~\\&|\(silo)|GRI|||20261122||ADT^\(event)|\(event)\(time)|P|2.5.1",
                "EVN|\(event)|\(time)", Board.pid(local: "1"), "PV1|1|N",
                Board.pid(local: "9"), "PV1|1|N",
            ].joined(separator: "\r").utf8
        )
    }

    @Test(
        "S2: A37 undoes A24 in any order, and the rules do not join the two again",
        arguments: [
            (["A24 20261001"], 1, [String]()),
            (["A37 20261002"], 2, ["possible link"]),
            (["A24 20261001", "A37 20261002"], 2, ["possible link"]),
            (["A24 20261002", "A37 20261002"], 2, ["possible link"]),
            (["A24 20261001", "A37 20261002", "A24 20261003"], 1, []),
            (["A37 20261001", "A24 20261002", "A37 20261003"], 2, ["possible link"]),
        ]
    )
    func unlinked(_ events: [String], people: Int, cases: [String]) throws {
        for order in PromiseTests.orders(events.count).map({ $0.map { events[$0] } }) {
            let portal = try Board.portal()
            for event in order {
                let words = event.split(separator: " ").map(String.init)
                try portal.take("pas", pairing(words[0], at: words[1]))
            }
            let all = try portal.reader("all")
            #expect(try portal.patients(as: all, at: Board.now).value.count == people)
            #expect(try portal.caseKinds() == cases)
        }
    }

    @Test("S2: what was unlinked stays apart, whichever side has more", arguments: ["1", "9"])
    func unlinkedFromMany(_ local: String) throws {
        let portal = try Board.portal()
        for (number, name) in ["LEE^Anne", "LEE^A"].enumerated() {
            let pid = Board.pid(local: local, name: name)
            try portal.take(
                "lab",
                Board.result("7", status: "F", at: "2026", number: "\(number)", pid: pid)
            )
        }
        try portal.take("pas", pairing("A37", at: "20261002"))
        #expect(
            try portal.patients(as: try portal.reader("all"), at: Board.now).value.count == 2
        )
    }

    @Test("S2: what was unlinked and is joined by another number all the same is a case")
    func unlinkedAndJoined() throws {
        let portal = try Board.portal()
        try portal.take("pas", pairing("A37", at: "20261102"))
        for prior in ["1", "9"] {
            try portal.take("pas", Board.merge(prior: prior, into: Board.pid(local: "3")))
        }
        #expect(
            try portal.patients(as: try portal.reader("all"), at: Board.now).value.count == 1
        )
        #expect(try portal.caseKinds() == ["proposed unlink"])
    }

    @Test("S2: a person's link holds against A37; one from another silo is a proposal")
    func unlinkRanks() throws {
        let portal = try Board.portal()
        let all = try portal.reader("all")
        try portal.take("pas", pairing("A37", at: "20261002"))
        let members = try portal.patients(as: all, at: Board.now).value
            .flatMap { $0.members.map(\.patient) }
        try #require(members.count == 2)
        _ = try portal.link(members[0], members[1], reason: "one person", as: all, at: Board.now)
        #expect(try portal.patients(as: all, at: Board.now).value.count == 1)

        let other = try Board.portal()
        try other.take("pas", pairing("A24", at: "20261001"))
        try other.take("lab", pairing("A37", at: "20261002", silo: "LAB"))
        #expect(
            try other.patients(as: try other.reader("all"), at: Board.now).value.count == 1
        )
        #expect(try other.caseKinds() == ["proposed unlink"])
    }

    @Test(
        "a visit or number moved to another person is a case, and joins nobody",
        arguments: ["A43", "A45"]
    )
    func moved(_ event: String) throws {
        let portal = try Board.portal()
        let other = Board.pid(nhs: "9990000026", local: "9", name: "ROY^Bob", born: "19700101")
        try portal.take("lab", Board.result("7", status: "F", at: "20261102", pid: other))
        let message = [
            "MSH|^~\\&|PAS|GRI|||20261122||ADT^\(event)|M7|P|2.5.1", "EVN|\(event)|20261103",
            Board.pid(), "MRG|9^^^GRI^MR||||V9^^^GRI^VN", "PV1|1|I|WARD7",
        ].joined(separator: "\r")
        try portal.take("pas", Array(message.utf8))
        #expect(
            try portal.patients(as: try portal.reader("all"), at: Board.now).value.count == 2
        )
        #expect(try portal.caseKinds() == ["moved record"])
    }
}
