import ClinicalPortal
import Foundation
import PortalIdentity
import PortalRecord
import Testing

/// What keeps two people apart although a number, a third or a silo's event would join them.
@Suite("Vetoes of linking (SAFETY S1, S2)")
struct LinkVetoTests {
    private func result(_ number: String, _ pid: String) -> [UInt8] {
        Board.result(number, status: "F", at: "20261102", number: number, pid: pid)
    }

    /// A person with several identifiers of the PID.
    private func pid(
        _ identifiers: String,
        _ name: String,
        born: String = "19510303",
        sex: String = "F"
    ) -> String {
        "PID|1||\(identifiers)||\(name)||\(born)|\(sex)"
    }

    private let one = "9990000018^^^NHS^NH"
    private let two = "9990000026^^^NHS^NH"

    private func people(_ portal: Portal) throws -> [[SourcePatientID]] {
        try portal.patients(as: try portal.reader("all"), at: Board.now).value
            .map { $0.members.map(\.patient) }
    }

    /// A person keeps the first and the last apart.
    private func part(
        _ portal: Portal,
        _ sides: [SourcePatientID],
        undisclosed: Bool = false,
        at time: Instant = Board.now
    ) throws {
        _ = try portal.link(
            try #require(sides.first),
            try #require(sides.last),
            apart: true,
            undisclosed: undisclosed,
            reason: "two people",
            as: try portal.reader("all"),
            at: time
        )
    }

    @Test(
        "S1: a third that fits both does not join two whose forenames conflict, in any order",
        arguments: [["Ann", "A", "Alice"], ["Ann", "Ann Mary", "Mary"]]
    )
    func chained(_ names: [String]) throws {
        let sent = [
            result("1", pid("\(one)~7001^^^GRI^MR", "WEST^" + names[0])),
            result("2", pid("\(one)~\(two)~7002^^^GRI^MR", "WEST^" + names[1])),
            result("3", pid("\(two)~7003^^^GRI^MR", "WEST^" + names[2])),
        ]
        for order in PromiseTests.orders(3) {
            let portal = try Board.portal()
            for place in order { try portal.take("lab", sent[place]) }
            #expect(try people(portal).count == 2)
            #expect(try portal.caseKinds().contains("conflicting identity"))
        }
    }

    @Test(
        "S1: a national number alone links nothing, within one silo as between two",
        arguments: ["lab", "pas"]
    )
    func numberAlone(_ silo: String) throws {
        let portal = try Board.portal()
        try portal.take("lab", result("1", pid(one, "WEST^Ann")))
        try portal.take(silo, result("2", pid(one, "SMITH", born: "", sex: "M")))
        #expect(try people(portal).count == 2)
        #expect(try portal.caseKinds().count == 1)
        try portal.take(silo, result("3", pid(one, "WEST^Ann")))
        #expect(try people(portal).count == 2)
    }

    @Test("S1: other valid numbers of one register are a case; where little else is said, a veto")
    func otherNumbers() throws {
        for (name, born, people) in [("WEST^A", "19510303", 1), ("WEST", "", 2)] {
            let portal = try Board.portal()
            try portal.take("lab", result("1", pid("\(one)~7001^^^GRI^MR", "WEST^Ann")))
            try portal.take("lab", result("2", pid("\(two)~7001^^^GRI^MR", name, born: born)))
            #expect(try self.people(portal).count == people)
            #expect(try portal.caseKinds() == ["conflicting identity"])
        }
    }

    @Test("PITFALLS 39: of a merge that a person's decision does not let happen somebody is told")
    func mergeAgainstDecision() throws {
        let portal = try Board.portal()
        let (ann, eve) = (Board.pid(nhs: nil, local: "1"), Board.pid(nhs: nil, local: "9"))
        try portal.take("lab", result("1", ann), result("2", eve))
        let both = try people(portal).flatMap { $0 }
        #expect(both.count == 2)
        // Decided before the event happened: its news is not lost.
        try part(portal, both, at: Instant(milliseconds: 1_700_000_000_000))
        try portal.take("pas", Board.merge(prior: "9", into: ann))
        #expect(try people(portal).count == 2)
        #expect(try portal.caseKinds() == ["proposed merge"])
        try part(portal, both)
        #expect(try portal.caseKinds().isEmpty)
    }

    @Test("PITFALLS 39: a record that silos merge into both sides of a split is joined to neither")
    func mergedIntoBoth() throws {
        let portal = try Board.portal()
        let sides = ["1", "9"].map { Board.pid(nhs: nil, local: $0) }
        for (place, side) in sides.enumerated() { try portal.take("lab", result("\(place)", side)) }
        let both = try people(portal).flatMap { $0 }
        try part(portal, both)
        for side in sides { try portal.take("pas", Board.merge(prior: "5", into: side)) }
        try portal.take("lab", result("7", Board.pid(nhs: nil, local: "5")))
        #expect(try people(portal).count == 3)
        #expect(try portal.caseKinds() == ["possible link", "possible link"])
    }

    /// Sixty people under one national number, each sent under two local numbers, and their nodes.
    private func crowd(_ portal: Portal) throws -> [[SourcePatientID]] {
        for number in 0..<60 {
            let day = number % 28 + 1
            let born = "19\(60 + number / 28)01" + (day < 10 ? "0" : "") + String(day)
            for local in ["7\(number)", "8\(number)"] {
                let stated = pid("\(one)~\(local)^^^GRI^MR", "WEST^Ann", born: born)
                try portal.take("lab", result(local, stated))
            }
        }
        return try people(portal)
    }

    private func marked(_ portal: Portal) throws -> Int {
        try portal.patients(as: try portal.reader("all"), at: Board.now).value
            .filter { $0.markers.contains(.possibleOther) }.count
    }

    @Test("PITFALLS 38: a number of very many is one case, and every one of them is marked")
    func crowd() throws {
        let portal = try Board.portal()
        let people = try crowd(portal)
        #expect(people.count == 60)
        #expect(people.allSatisfy { $0.count == 2 })
        #expect(try portal.caseKinds() == ["conflicting identity"])
        #expect(try marked(portal) == 60)
    }

    @Test("one person's many spellings are no crowd: what says too little still joins them")
    func spellings() throws {
        let portal = try Board.portal()
        for number in 0..<40 {
            let name = "WEST" + (number == 0 ? "" : "-" + String(repeating: "B", count: number))
            let born = number.isMultiple(of: 4) ? "" : "19510303"
            let stated = pid("7001^^^GRI^MR", name + "^Ann", born: born)
            try portal.take("lab", result("\(number)", stated))
        }
        #expect(try people(portal).flatMap { $0 }.count >= 32)
        #expect(try people(portal).count == 1)
        #expect(try portal.caseKinds().isEmpty)
    }

    @Test(
        "S3: of two kept apart undisclosed neither is a case or marked, whatever numbers they share"
    )
    func undisclosed() throws {
        let portal = try Board.portal()
        // Two nodes of one person, and one of another under the same national number.
        for (number, local, name, born) in [
            ("1", "7001", "WEST^Ann", "19510303"), ("2", "7002", "WEST^Ann", "19510303"),
            ("3", "7003", "ROY^Eve", "19600101"),
        ] {
            let stated = pid("\(one)~\(local)^^^GRI^MR", name, born: born)
            try portal.take("lab", result(number, stated))
        }
        let before = try people(portal).sorted { $0.count > $1.count }
        #expect(before.map(\.count) == [2, 1])
        #expect(try marked(portal) == 2)
        try part(portal, before[0] + before[1], undisclosed: true)
        #expect(try people(portal).count == 2)
        #expect(try marked(portal) == 0)
        #expect(try portal.caseKinds().isEmpty)
    }

    @Test("S3: a crowd does not tell of two who are kept apart undisclosed")
    func undisclosedInCrowd() throws {
        let portal = try Board.portal()
        let before = try crowd(portal)
        for other in before.dropFirst() {
            try part(portal, before[0] + other, undisclosed: true)
        }
        #expect(try marked(portal) == 59)
        let first = try portal.patients(as: try portal.reader("all"), at: Board.now).value
            .first { $0.members.map(\.patient).contains(before[0][0]) }
        #expect(first?.markers.isEmpty == true)
    }

    @Test("as of a moment that is yet to come is as of now")
    func future() throws {
        let portal = try Board.portal()
        try portal.take("lab", result("1", Board.pid()))
        let all = try portal.reader("all")
        let patient = try people(portal)[0][0]
        let page = try portal.timeline(
            of: patient,
            as: all,
            asOf: Instant(milliseconds: 4_000_000_000_000),
            at: Board.now
        ).value
        #expect(page.asOf == Board.now)
    }

    @Test("SAFETY S2, PITFALLS 31, 36: what is missing never speaks for one person")
    func missing() throws {
        var stated = PatientStatement()
        stated.names = [HumanName(family: "LOW", given: "Sandy")]
        stated.birthDate = PartialDate("1951-03-03")
        let document = ContentHash(of: [1])
        let node = IdentityNode(
            SourcePatient(stated, silo: "lab", document: document),
            stated,
            silo: "lab"
        )
        for term in EvidenceProposals.evidence(node, node).terms where term.level == .missing {
            #expect(term.weight <= 0)
        }
        #expect(EvidenceProposals.evidence(node, node).terms.contains { $0.level == .missing })
    }

    @Test("a model whose shares are none is refused", arguments: ["1e308", "-1", "5"])
    func model(_ share: String) {
        let text = #"{"version":"x","fields":{"sex":{"exact":{"m":\#(share),"u":0.5}}}}"#
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(EvidenceModel.self, from: Data(text.utf8))
        }
    }

    @Test(
        "an attendance after the death is a case; one before it, or about the same day, is none",
        arguments: [("20260501", 1), ("20260102", 0), ("20251201", 0)]
    )
    func deceasedThenActive(_ day: String, cases: Int) throws {
        let portal = try Board.portal()
        let dead = Board.pid() + String(repeating: "|", count: 21) + "20260101|Y"
        try portal.take(
            "pas",
            Array(
                "MSH|^~\\&|PAS|GRI|||20260102||ADT^A31|A31|P|2.5.1\rEVN|A31|20260102\r\(dead)\r"
                    .utf8
            )
        )
        let admission = String(decoding: Board.movement("A01", at: day), as: UTF8.self)
        let admitted = Array(admission.replacing("|20261101", with: "|" + day).utf8)
        try portal.take("pas", admitted)
        #expect(try portal.caseKinds() == Array(repeating: "attended after death", count: cases))
    }

    @Test("PITFALLS 43: two under one number are listed both, and a person can part them")
    func parted() throws {
        let portal = try Board.portal()
        for (number, name) in [("1", "WEST^Ann"), ("2", "WEST^A")] {
            try portal.take("lab", result(number, pid("7001^^^GRI^MR", name)))
        }
        let members = try people(portal).flatMap { $0 }
        #expect(members.count == 2)
        try part(portal, members)
        #expect(try people(portal).map(\.count) == [1, 1])
    }
}
