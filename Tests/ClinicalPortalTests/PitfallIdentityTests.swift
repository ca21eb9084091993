import ClinicalPortal
import Foundation
import PortalRecord
import PortalStoreSQLite
import Testing

@Suite("Pitfalls of identity and ids (PITFALLS E)")
struct PitfallIdentityTests {
    static let ann = (name: "LEE^Ann", born: "19510303", sex: "F")
    static let bob = (name: "ROY^Bob", born: "19700101", sex: "M")

    func pid(
        _ identifiers: String,
        _ person: (name: String, born: String, sex: String) = ann,
        more: String = ""
    ) -> String {
        "PID|1||\(identifiers)||\(person.name)||\(person.born)|\(person.sex)\(more)"
    }

    func result(_ value: String, _ pid: String, at time: String = "20260302") -> [UInt8] {
        Pitfall.report(["NM|HB^Haemoglobin^L||\(value)"], number: "N" + value, at: time, pid: pid)
    }

    /// What each person of a portal is shown, in order.
    func records(_ portal: Portal) throws -> [[String]] {
        try portal.patients(as: try portal.reader("all"), at: Board.now).value.map { person in
            try portal.rows(person.patient.rawValue).flatMap(\.values).compactMap(\.value).sorted()
        }.sorted { $0.lexicographicallyPrecedes($1) }
    }

    // MARK: Numbers

    @Test(
        "PITFALLS 31: a blank or placeholder number matches no other",
        arguments: [
            "^^^GRI^MR", " ^^^GRI^MR", "0^^^GRI^MR", "0000000000^^^GRI^MR", "UNKNOWN^^^GRI^MR",
            "n/a^^^GRI^MR", "99999999^^^GRI^MR", "\"\"^^^GRI^MR", "", "0000000000^^^NHS^NH",
            "9999999999^^^NHS^NH",
        ],
        PitfallStore.allCases
    )
    func blanks(_ number: String, _ store: PitfallStore) throws {
        let portal = try store.portal()
        try portal.take(
            "lab",
            result("1", pid(number)),
            result("2", pid(number)),
            result("3", pid(number, Self.bob))
        )
        #expect(try records(portal) == [["1"], ["2"], ["3"]])
        #expect(try portal.caseKinds().isEmpty)
    }

    @Test(
        "PITFALLS 32: one number of two sites names two people, and alone it names neither",
        arguments: [ann, bob],
        PitfallStore.allCases
    )
    func twoSites(
        _ other: (name: String, born: String, sex: String),
        _ store: PitfallStore
    ) throws {
        let portal = try store.portal()
        try portal.take("lab", result("1", pid("7^^^GRI^MR")))
        try portal.take("lab", result("2", pid("7^^^WGH^MR", other)))
        #expect(try records(portal) == [["1"], ["2"]])
        #expect(try portal.rows("urn:id:WGH|7").flatMap(\.values).map(\.value) == ["2"])
        #expect(try portal.find("7") == nil)
        let all = try portal.reader("all")
        #expect(throws: StoreError.self) { try portal.find("7", as: all, at: Board.now) }
    }

    // MARK: Handles made of content

    @Test(
        "PITFALLS 33: what is said of two people in the same words is two statements",
        arguments: PitfallStore.allCases
    )
    func sameWords(_ store: PitfallStore) throws {
        let portal = try store.portal()
        for local in ["1", "2"] {
            let person = local == "1" ? Self.ann : Self.bob
            try portal.take(
                "lab",
                Pitfall.report(
                    ["NM|HB^Haemoglobin^L||69"],
                    number: "",
                    pid: pid("\(local)^^^GRI^MR", person)
                )
            )
        }
        let one = try #require(try portal.rows("urn:id:GRI|1").first)
        let two = try #require(try portal.rows("urn:id:GRI|2").first)
        #expect(one.values == two.values)
        #expect(one.entry != two.entry && one.version != two.version)
    }

    @Test("PITFALLS 33: another value and another date are another version, and another statement")
    func otherWords() throws {
        let portal = try Board.portal()
        let sent = [
            result("69", Board.pid()), Pitfall.changed(result("69", Board.pid()), "||69", "||96"),
            Pitfall.changed(result("69", Board.pid()), "N69", "N70"),
            Pitfall.changed(
                Pitfall.changed(result("69", Board.pid()), "N69", "N71"),
                "20260302081500",
                "20260303081500"
            ),
        ]
        for message in sent { try portal.take("lab", message) }
        let rows = try portal.rows()
        #expect(Set(rows.map(\.entry)).count == 3 && rows.count == 3)
        #expect(rows.flatMap(\.values).count == 4)
        #expect(Set(rows.map(\.version)).count == 3)
    }

    @Test(
        "PITFALLS 33: one FHIR id on two servers, or of two types, names no one thing",
        arguments: PitfallStore.allCases
    )
    func fhirIDs(_ store: PitfallStore) throws {
        let portal = try store.portal()
        try portal.take(
            "fhir",
            Pitfall.bundle([
                Pitfall.condition("", id: "1"),
                Pitfall.observation(#""valueInteger":4"#, id: "1"),
                """
                {"resourceType":"AllergyIntolerance","id":"1","patient":{"reference":"Patient/p"},
                "code":{"text":"Egg"}}
                """,
            ])
        )
        try portal.take("server", Pitfall.bundle([Pitfall.condition("", id: "1", name: "Gout")]))
        let rows = try portal.rows()
        #expect(Set(rows.map(\.entry)).count == 4)
        #expect(
            Set(rows.map(\.headline)) == ["Asthma", "Gout", "Egg", "Potassium 4"]
        )
        #expect(rows.allSatisfy { $0.supersedes.isEmpty && $0.markers.isEmpty })
    }

    // MARK: Who is who

    @Test(
        "PITFALLS 34: two valid numbers and everything else equal are two people",
        arguments: PitfallStore.allCases
    )
    func twoNumbers(_ store: PitfallStore) throws {
        let portal = try store.portal()
        try portal.take("lab", result("1", Board.pid(nhs: "9990000018", local: "1")))
        try portal.take("lab", result("2", Board.pid(nhs: "9990000026", local: "2")))
        #expect(try records(portal) == [["1"], ["2"]])
        #expect(try portal.caseKinds().isEmpty)
    }

    @Test("PITFALLS 34: twins share surname, birth date, address and a mistyped number: two people")
    func twins() throws {
        let portal = try Board.portal()
        for (value, name) in [("1", "LEE^Ann"), ("2", "LEE^Amy")] {
            let person = (name: name, born: "20200101", sex: "F")
            try portal.take(
                "lab",
                result(
                    value,
                    pid("9990000018^^^NHS^NH~\(value)^^^GRI^MR", person, more: "|||1 High St")
                )
            )
        }
        #expect(try records(portal) == [["1"], ["2"]])
        #expect(try portal.caseKinds() == ["conflicting identity"])
    }

    @Test("PITFALLS 34: who has been given another number is found by both, under one local number")
    func superseded() throws {
        let portal = try Board.portal()
        try portal.take("lab", result("1", Board.pid(nhs: "9990000018", local: "1")))
        try portal.take("lab", result("2", Board.pid(nhs: "9990000026", local: "1")))
        try portal.take("lab", result("3", Board.pid(nhs: "9990000018", local: "3")))
        #expect(try records(portal) == [["1", "2", "3"]])
        #expect(try portal.find("9990000018") == portal.find("9990000026"))
    }

    @Test("PITFALLS 34: a number whose check digit fails is kept and shown, and links nothing")
    func invalid() throws {
        let portal = try Board.portal()
        for local in ["1", "2"] {
            try portal.take("lab", result(local, Board.pid(nhs: "9990000019", local: local)))
        }
        #expect(try records(portal) == [["1"], ["2"]])
        let people = try portal.patients(as: try portal.reader("all"), at: Board.now).value
        for person in people {
            #expect(person.banner.identifiers.contains { $0.value == "9990000019" })
            #expect(person.banner.identifiers.allSatisfy { $0.nationalNumber == nil })
        }
    }

    @Test(
        "PITFALLS 35: hyphenated and two-part surnames orphan no result",
        arguments: PitfallStore.allCases
    )
    func doubleSurnames(_ store: PitfallStore) throws {
        let portal = try store.portal()
        let names = ["LEE-SMITH", "LEE SMITH", "Lee - Smith", "LEESMITH", "SMITH", "LEE"]
        for (number, name) in names.enumerated() {
            let person = (name: name + "^Ann", born: "19510303", sex: "F")
            try portal.take(
                "lab",
                result("\(number)", pid("9990000018^^^NHS^NH~\(number + 1)^^^GRI^MR", person))
            )
        }
        #expect(try records(portal) == [["0", "1", "2", "3", "4", "5"]])
        let all = try portal.reader("all")
        for words in ["lee", "smith", "LEE-SMITH ann", "leesmith"] {
            #expect(try portal.search(words, as: all, at: Board.now).value.count == 1)
        }
    }

    @Test(
        "PITFALLS 36: address and telephone are no evidence, and no name agrees with a missing one",
        arguments: PitfallStore.allCases
    )
    func contacts(_ store: PitfallStore) throws {
        let contact = "|||1 High St^^Ayr^^KA1 1AA||01632960001|01632960002"
        let portal = try store.portal()
        try portal.take("lab", result("1", pid("1^^^GRI^MR", more: contact)))
        try portal.take("lab", result("2", pid("2^^^GRI^MR", more: contact)))
        try portal.take("lab", result("3", pid("", more: contact)))
        #expect(try records(portal) == [["1"], ["2"], ["3"]])
        #expect(try portal.caseKinds().isEmpty)
        let unnamed = try store.portal()
        for (local, name) in [("1", "LEE^Ann"), ("2", "^"), ("3", "LEE^")] {
            let person = (name: name, born: "19510303", sex: "F")
            try unnamed.take(
                "lab",
                result(local, pid("9990000018^^^NHS^NH~\(local)^^^GRI^MR", person, more: contact))
            )
        }
        #expect(try records(unnamed) == [["1"], ["2"], ["3"]])
        #expect(Set(try unnamed.caseKinds()) == ["possible link"])
    }

    @Test(
        "PITFALLS 37: who is near to two that conflict joins them in no order, and no third person"
    )
    func chain() throws {
        // "A" is near to Ann and to Amy, who are two people.
        let names = ["LEE^Ann", "LEE^A", "LEE^Amy"]
        let messages = names.enumerated().map { number, name in
            result(
                "\(number + 1)",
                Board.pid(local: "\(number + 1)", name: name)
            )
        }
        let other = result("9", pid("9^^^GRI^MR", Self.bob))
        var answers: Set<[[String]]> = []
        var pages: Set<String> = []
        for order in PromiseTests.orders(3) {
            let portal = try Board.portal()
            try portal.take("lab", other)
            pages.insert(try portal.pageText("urn:id:GRI|9"))
            for place in order { try portal.take("lab", messages[place]) }
            pages.insert(try portal.pageText("urn:id:GRI|9"))
            let records = try records(portal)
            #expect(!records.contains { $0.contains("1") && $0.contains("3") })
            #expect(records.count == 3 && records.contains(["9"]))
            #expect(try portal.caseKinds() == ["conflicting identity"])
            answers.insert(records)
        }
        #expect(answers.count == 1)
        // Silos are heard of; nothing else of an unrelated page is touched.
        #expect(pages.count == 1)
    }

    @Test(
        "PITFALLS 38: of many people without a number none is compared with another",
        arguments: PitfallStore.allCases
    )
    func noNumbers(_ store: PitfallStore) throws {
        let portal = try store.portal()
        let messages = (0..<120).map { result("\($0)", pid("", ("", "", ""))) }
        try portal.receive(Array(messages.joined()), silo: "lab", name: "all", at: Board.now)
        #expect(try portal.peopleCount() == 120)
        #expect(try portal.caseKinds().isEmpty)
        let all = try portal.reader("all")
        for nothing in ["", "  ", ",", "-"] {
            #expect(try portal.search(nothing, as: all, at: Board.now).value.isEmpty)
            #expect(try portal.searchText(nothing, as: all, at: Board.now).value.isEmpty)
        }
    }

    // MARK: Links and what takes them back

    @Test(
        "PITFALLS 39: a new record that fits both sides of a person's split joins neither before it is asked",
        arguments: PitfallStore.allCases
    )
    func manualSplit(_ store: PitfallStore) throws {
        var answers: Set<[[String]]> = []
        for isLate in [true, false] {
            let portal = try store.portal()
            let all = try portal.reader("all")
            let third = result("3", Board.pid(local: "3"))
            if !isLate { try portal.take("lab", third) }
            try portal.take("lab", result("1", Board.pid(local: "1")))
            try portal.take("lab", result("2", Board.pid(local: "2")))
            let members = try portal.patients(as: all, at: Board.now).value.flatMap(\.members)
            func member(_ number: String) throws -> SourcePatientID {
                try #require(members.first { $0.identifier == "urn:id:GRI|" + number }).patient
            }
            let id = try portal.link(
                try member("1"),
                try member("2"),
                apart: true,
                reason: "two people",
                as: all,
                at: Board.now
            )
            if isLate { try portal.take("lab", third) }
            let found = try records(portal)
            #expect(found == [["1"], ["2"], ["3"]])
            #expect(try portal.caseKinds() == ["possible link", "possible link"])
            answers.insert(found)
            _ = try portal.retract(id, reason: "one after all", as: all, at: Board.now)
            #expect(try records(portal) == [["1", "2", "3"]])
        }
        #expect(answers.count == 1)
    }
}
