import ClinicalPortal
import Foundation
import PortalRecord
import PortalStoreSQLite
import Testing

@Suite("Pitfalls of identity and ids (PITFALLS E)")
struct PitfallIdentityTests {
    private static let ann = (name: "LEE^Ann", born: "19510303", sex: "F")
    private static let bob = (name: "ROY^Bob", born: "19700101", sex: "M")

    private func pid(
        _ identifiers: String,
        _ person: (name: String, born: String, sex: String) = ann,
        more: String = ""
    ) -> String {
        "PID|1||\(identifiers)||\(person.name)||\(person.born)|\(person.sex)\(more)"
    }

    private func result(_ value: String, _ pid: String, at time: String = "20260302") -> [UInt8] {
        Pitfall.report(["NM|HB^Haemoglobin^L||\(value)"], number: "N" + value, at: time, pid: pid)
    }

    /// What each person of a portal is shown, in order.
    private func records(_ portal: Portal) throws -> [[String]] {
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

    /// The old record's result, the new one's, and merges of local numbers.
    private func merged(
        _ merges: [(prior: String, into: String)],
        _ order: [Int],
        _ store: PitfallStore = .memory
    ) throws -> Portal {
        let portal = try store.portal()
        var documents: [(String, [UInt8])] = [
            ("lab", result("1", Board.pid(nhs: nil, local: "1"))),
            ("lab", result("2", Board.pid(nhs: nil, local: "2"))),
        ]
        for (prior, into) in merges {
            documents.append(
                ("pas", Board.merge(prior: prior, into: Board.pid(nhs: nil, local: into)))
            )
        }
        for place in order { try portal.take(documents[place].0, documents[place].1) }
        return portal
    }

    @Test(
        "PITFALLS 40: A40 in either direction, in a circle, repeated, or before its records",
        arguments: [
            [("2", "1")], [("1", "2")], [("2", "1"), ("1", "2")], [("2", "1"), ("2", "1")],
        ],
        PitfallStore.allCases
    )
    func directions(
        _ merges: [(prior: String, into: String)],
        _ store: PitfallStore
    ) throws {
        var answers: Set<String> = []
        for order in PromiseTests.orders(merges.count + 2) {
            let portal = try merged(merges, order, store)
            #expect(try records(portal) == [["1", "2"]])
            #expect(try portal.find("urn:id:GRI|1") == portal.find("urn:id:GRI|2"))
            #expect(try portal.caseKinds().isEmpty)
            answers.insert(try portal.everything())
        }
        #expect(answers.count == 1)
    }

    @Test("PITFALLS 40: a record merged into itself is one record, and stays found")
    func intoItself() throws {
        let portal = try merged([("1", "1")], [0, 1, 2])
        #expect(try records(portal) == [["1"], ["2"]])
        #expect(try portal.caseKinds().isEmpty)
    }

    /// A document of local number 9 that states something of a kind.
    private func statement(_ kind: EntryKind) -> (silo: String, bytes: [UInt8])? {
        let about = #""subject":{"reference":"Patient/p"}"#
        let of = #""patient":{"reference":"Patient/p"}"#
        let text = #""code":{"text":"X"}"#
        func fhir(_ resource: String) -> (String, [UInt8]) {
            let person = Pitfall.patient.replacing(#""value":"1""#, with: #""value":"9""#)
            return (
                "fhir", Pitfall.bundle(["{\"resourceType\":" + resource + "}"], patient: person)
            )
        }
        switch kind {
        case .patient: return nil
        case .encounter:
            let pid = Board.pid(nhs: nil, local: "9")
            return ("pas", Board.movement("A01", at: "20261101080000", pid: pid))
        case .diagnosticReport:
            return ("lab", result("1", Board.pid(nhs: nil, local: "9")))
        case .allergyIntolerance: return fhir(#""AllergyIntolerance","id":"k",\#(of),\#(text)"#)
        case .condition: return fhir(#""Condition","id":"k",\#(about),\#(text)"#)
        case .relatedPerson:
            return fhir(#""RelatedPerson","id":"k",\#(of),"name":[{"family":"ROY"}]"#)
        case .appointment:
            return fhir(
                #""Appointment","id":"k","status":"booked","start":"2026-12-01T09:00:00Z","#
                    + #""participant":[{"actor":{"reference":"Patient/p"},"status":"accepted"}]"#
            )
        case .clinicalDocument:
            let pid = Board.pid(nhs: nil, local: "9")
            return ("letters", Pitfall.letter("Seen in clinic", pid: pid))
        case .referral:
            return (
                "referrals",
                Array(
                    [
                        "MSH|^~\\&|SYS|GRI|||20260401||REF^I12|1|P|2.5.1",
                        "RF1|P|R|MED^Medical|AM|O|R-1^PRACTICE|20260301||20260301|Chest pain",
                        Board.pid(nhs: nil, local: "9"),
                    ].joined(separator: "\r").utf8
                )
            )
        case .scannedDocument:
            return (
                "scans",
                Array(
                    ("document,page,file,title,hospital_number,surname,forename,birth_date\n"
                        + "S1,1,a.tif,Old notes,9,LEE,Ann,1951-03-03\nTRAILER,1,1\n").utf8
                )
            )
        case .medicationStatement:
            return fhir(
                #""MedicationStatement","id":"k","status":"active",\#(about),"#
                    + #""medicationCodeableConcept":{"text":"X"}"#
            )
        case .flag: return fhir(#""Flag","id":"k","status":"active",\#(about),\#(text)"#)
        case .carePlan:
            return fhir(
                #""CarePlan","id":"k","status":"active","intent":"plan","title":"X",\#(about)"#
            )
        case .procedure:
            return fhir(#""Procedure","id":"k","status":"completed",\#(about),\#(text)"#)
        case .immunization:
            return fhir(
                #""Immunization","id":"k","status":"completed",\#(of),"vaccineCode":{"text":"X"}"#
            )
        case .serviceRequest:
            return fhir(
                #""ServiceRequest","id":"k","status":"active","intent":"order",\#(about),\#(text)"#
            )
        case .familyMemberHistory:
            return fhir(
                #""FamilyMemberHistory","id":"k","status":"completed",\#(of),"#
                    + #""relationship":{"text":"Father"},"condition":[{"code":{"text":"X"}}]"#
            )
        case .careTeam:
            return fhir(#""CareTeam","id":"k","status":"active","name":"Team",\#(about)"#)
        }
    }

    @Test(
        "PITFALLS 41: a merge takes every kind of entry along, and its undoing every one back",
        arguments: PitfallStore.allCases
    )
    func everyKind(_ store: PitfallStore) throws {
        let portal = try store.portal()
        let all = try portal.reader("all")
        let kinds = Set(EntryKind.allCases).subtracting([.patient])
        let survivor = Board.pid(nhs: nil, local: "1", name: "GRANT^Ann")
        try portal.take(
            "pas",
            Board.movement("A04", at: "20261101070000", visit: "V0", pid: survivor)
        )
        for kind in EntryKind.allCases {
            guard let document = statement(kind) else { continue }
            try portal.take(document.silo, document.bytes)
        }
        #expect(Set(try portal.rows("urn:id:GRI|9").map(\.kind)) == kinds)
        #expect(try portal.rows().map(\.kind) == [.encounter])
        let before = try portal.everything()
        let id = try portal.link(
            try #require(try portal.find("urn:id:GRI|1")),
            try #require(try portal.find("urn:id:GRI|9")),
            reason: "one person",
            as: all,
            at: Board.now
        )
        #expect(Set(try portal.rows().map(\.kind)) == kinds)
        #expect(try portal.rows().count == kinds.count + 1)
        _ = try portal.retract(id, reason: "two people", as: all, at: Board.now)
        #expect(try portal.everything() == before)
        try portal.take("pas", Board.merge(prior: "9", into: survivor))
        #expect(Set(try portal.rows().map(\.kind)) == kinds)
    }

    @Test(
        "PITFALLS 42: a merge told twice is one, and the alerts of the old record are the new one's",
        arguments: PitfallStore.allCases
    )
    func mergedTwice(_ store: PitfallStore) throws {
        let portal = try store.portal()
        let alert = try #require(statement(.flag))
        try portal.take(alert.silo, alert.bytes)
        try portal.take("lab", result("1", Board.pid(local: "1")))
        let merge = Board.merge(prior: "9", into: Board.pid(local: "1"))
        try portal.take("pas", merge)
        let once = try portal.everything()
        try portal.take("pas", Pitfall.changed(merge, "|M1|", "|M2|"))
        let rows = try portal.rows()
        #expect(Set(rows.map(\.kind)) == [.diagnosticReport, .flag] && rows.count == 2)
        #expect(try portal.peopleCount() == 1)
        #expect(try portal.caseKinds().isEmpty)
        #expect(try portal.everything() == once)
        let alerts = try portal.topScreen(
            of: try portal.find("urn:id:GRI|1"),
            as: try portal.reader("all"),
            at: Board.now
        ).value.elements.first { $0.name == "alerts" }
        #expect(alerts?.rows.map(\.headline) == ["X"])
    }

    @Test("PITFALLS 42: a merge of two who conflict holds, and both know that a person must look")
    func mergedConflict() throws {
        let portal = try Board.portal()
        try portal.take(
            "lab",
            result("1", pid("1^^^GRI^MR")),
            result("2", pid("9^^^GRI^MR", Self.bob))
        )
        try portal.take("pas", Board.merge(prior: "9", into: pid("1^^^GRI^MR")))
        #expect(try records(portal) == [["1", "2"]])
        #expect(try portal.caseKinds() == ["conflicting identity"])
    }

    @Test("PITFALLS 42: what is contained, or referred to by an extension, keeps its meaning")
    func contained() throws {
        let portal = try PitfallStore.memory.portal()
        try portal.take(
            "fhir",
            Pitfall.bundle([
                """
                {"resourceType":"DiagnosticReport","id":"r","status":"final","code":{"text":"U&E"},
                "contained":[{"resourceType":"Observation","id":"o","status":"final",
                "code":{"text":"Potassium"},"valueQuantity":{"value":4.10}}],
                "subject":{"reference":"Patient/p"},"result":[{"reference":"#o"}]}
                """,
                // Another resource's contained one of the same id is another.
                """
                {"resourceType":"DiagnosticReport","id":"s","status":"final","code":{"text":"FBC"},
                "contained":[{"resourceType":"Observation","id":"o","status":"final",
                "code":{"text":"Haemoglobin"},"valueQuantity":{"value":69}}],
                "subject":{"reference":"Patient/p"},"result":[{"reference":"#o"}]}
                """,
            ])
        )
        let told = try portal.rows().map { $0.what + ": " + $0.headline }.sorted()
        #expect(told == ["FBC: Haemoglobin 69", "U&E: Potassium 4.10"])
    }

    @Test(
        "PITFALLS 43: unlinked after new data of both came, it is as if it had never been linked",
        arguments: PitfallStore.allCases
    )
    func unlinkedLater(_ store: PitfallStore) throws {
        let linked = try store.portal()
        let never = try store.portal()
        let bob = pid("2^^^GRI^MR", Self.bob)
        let later: [(String, [UInt8])] = [
            ("lab", result("3", Board.pid())), ("lab", result("4", bob)),
            ("pas", Board.movement("A01", at: "20261101080000", pid: bob)),
            ("letters", Pitfall.letter("Seen", pid: Board.pid())),
            ("lab", Pitfall.changed(result("1", Board.pid()), "||1\r", "||7||||||C\r")),
        ]
        for portal in [linked, never] {
            try portal.take("lab", result("1", Board.pid()), result("2", bob))
        }
        let all = try linked.reader("all")
        let id = try linked.link(
            try #require(try linked.find("urn:id:GRI|1")),
            try #require(try linked.find("urn:id:GRI|2")),
            reason: "one person",
            as: all,
            at: Board.now
        )
        for portal in [linked, never] {
            for (silo, bytes) in later { try portal.take(silo, bytes) }
        }
        #expect(try linked.everything() != never.everything())
        _ = try linked.retract(id, reason: "two people", as: all, at: Board.now)
        #expect(try linked.everything() == never.everything())
        #expect(try linked.conservation() == never.conservation())
    }

    @Test(
        "PITFALLS 44: what is withdrawn by opting out is gone under every number it came by",
        arguments: PitfallStore.allCases
    )
    func optedOut(_ store: PitfallStore) throws {
        let folder = try Board.temporaryFolder()
        let storage: PortalStorage =
            store == .memory ? .inMemory() : try .sqlite(path: folder + "/record.sqlite")
        func portal(_ profile: String) throws -> Portal {
            let portal = Portal(
                profile: try SiteProfile(yaml: profile),
                storage: storage,
                journal: MemoryAuditJournal()
            )
            try portal.keepProfile(at: Board.now)
            return portal
        }
        let before = try portal(Pitfall.profile)
        let numbers = ["9990000018^^^NHS^NH~1^^^GRI^MR", "1^^^GRI^MR", "9990000018^^^NHS^NH"]
        for (place, number) in numbers.enumerated() {
            try before.take(
                "letters",
                Pitfall.letter("CANARY\(place) asked about work", id: "L\(place)", pid: pid(number))
            )
        }
        try before.take(
            "letters",
            Pitfall.letter("CANARY3 of Bob", id: "L3", pid: pid("2^^^GRI^MR", Self.bob))
        )
        try before.take("lab", result("69", Board.pid()))
        #expect(try before.rows().filter { $0.kind == .clinicalDocument }.count == 3)
        let after = try portal(
            Pitfall.profile + """

                restrictions:
                  - {patient: "nhs-number|9990000018", kind: opted out, silos: [letters]}
                """
        )
        #expect(try after.rows().map(\.kind) == [.diagnosticReport])
        let all = try after.reader("all")
        let found =
            try after.searchText("canary0", as: all, at: Board.now).value
            + after.searchText("canary1", as: all, at: Board.now).value
            + after.searchText("canary2", as: all, at: Board.now).value
        #expect(found.isEmpty)
        #expect(try after.searchText("canary3", as: all, at: Board.now).value.count == 1)
        guard store == .file else { return }
        let bytes = try FileManager.default.contentsOfDirectory(atPath: folder).reduce(into: Data())
        {
            $0 += FileManager.default.contents(atPath: folder + "/" + $1) ?? Data()
        }
        // What states the local number alone is linked at most: no reader sees it, and it stays.
        for place in [0, 2] {
            let isThere = bytes.range(of: Data("CANARY\(place)".utf8)) != nil
            #expect(!isThere, "letter \(place)")
        }
        let others = bytes.range(of: Data("CANARY3".utf8)) != nil
        #expect(others)
    }
}
