import ClinicalPortal
import Foundation
import Testing

@Suite("Pitfalls of copies, corrections and versions (PITFALLS F)")
struct PitfallVersionTests {
    // MARK: Corrections

    @Test(
        "PITFALLS 45: early, final, corrected and taken back lead to one answer in all 24 orders",
        arguments: ["X", "D", "W"],
        PitfallStore.allCases
    )
    func allOrders(_ last: String, _ store: PitfallStore) throws {
        let history = [
            Board.result("60", status: "P", at: "20260302130000"),
            Board.result("69", status: "F", at: "20260302140000"),
            Board.result("96", status: "C", at: "20260302150000"),
            Board.result("", status: last, at: "20260302160000"),
        ]
        var answers: Set<String> = []
        for order in PromiseTests.orders(4) {
            let portal = try store.portal()
            for place in order { try portal.take("lab", history[place]) }
            let rows = try portal.rows()
            #expect(rows.count == 1)
            let value = try #require(rows.first?.values.first)
            switch last {
            case "X":
                #expect(value.value == "96" && value.markers == [.corrected])
                #expect(try portal.caseKinds() == ["could not be obtained"])
            case "D": #expect(value.value == nil && value.markers == [.withdrawn])
            default:
                #expect(value.value == nil && value.markers == [.wrongPatient])
                let all = try portal.rows(versions: true)
                #expect(all.flatMap(\.values).allSatisfy { $0.value == nil })
            }
            answers.insert(try portal.everything())
        }
        #expect(answers.count == 1)
    }

    /// A resource as it was first sent, and as it was taken back.
    private static let retractions: [(String, String)] = [
        (
            Pitfall.condition(""),
            Pitfall.condition(#","verificationStatus":{"coding":[{"code":"entered-in-error"}]}"#)
        ),
        (
            allergy("confirmed"), allergy("entered-in-error")
        ),
        (
            Pitfall.observation(#""valueInteger":4"#),
            Pitfall.observation(#""valueInteger":4"#, status: "entered-in-error")
        ),
        (stated("Procedure", "completed"), stated("Procedure", "entered-in-error")),
        (stated("Flag", "active"), stated("Flag", "entered-in-error")),
        (stated("CareTeam", "active"), stated("CareTeam", "entered-in-error")),
        (stated("ServiceRequest", "active"), stated("ServiceRequest", "entered-in-error")),
        (
            stated("MedicationStatement", "active"),
            stated("MedicationStatement", "entered-in-error")
        ),
        (stated("Immunization", "completed"), stated("Immunization", "entered-in-error")),
        (stated("CarePlan", "active"), stated("CarePlan", "entered-in-error")),
        (stated("DocumentReference", "current"), stated("DocumentReference", "entered-in-error")),
    ]

    private static func allergy(_ status: String) -> String {
        """
        {"resourceType":"AllergyIntolerance","id":"a","code":{"text":"Asthma"},
        "verificationStatus":{"coding":[{"code":"\(status)"}]},"patient":{"reference":"Patient/p"}}
        """
    }

    private static func stated(_ type: String, _ status: String) -> String {
        """
        {"resourceType":"\(type)","id":"k","status":"\(status)","intent":"order",
        "code":{"text":"Asthma"},"name":"Asthma","title":"Asthma","description":"Asthma",
        "medicationCodeableConcept":{"text":"Asthma"},"vaccineCode":{"text":"Asthma"},
        "subject":{"reference":"Patient/p"},"patient":{"reference":"Patient/p"}}
        """
    }

    @Test(
        "PITFALLS 45: what was entered in error is shown as that, and its words nowhere",
        arguments: retractions
    )
    func enteredInError(_ said: String, _ takenBack: String) throws {
        for order in [[said, takenBack], [takenBack, said]] {
            let portal = try PitfallStore.memory.portal()
            try portal.take("fhir", Pitfall.bundle([said]))
            let first = try portal.rows()
            #expect(first.count == 1)
            #expect(first.first.map { $0.headline.isEmpty } == false)
            let both = try PitfallStore.memory.portal()
            for (day, resource) in order.enumerated() {
                try both.take(
                    "fhir",
                    Pitfall.bundle([resource], at: "2026-11-0\(day + 1)T10:00:00Z")
                )
            }
            let rows = try both.rows()
            #expect(rows.count == 1)
            let row = try #require(rows.first)
            #expect(row.markers == [.withdrawn])
            #expect(!row.headline.contains("Asthma") && row.notes.isEmpty)
            #expect(row.values.allSatisfy { $0.value == nil })
            let screen = try both.topScreen(
                of: try both.find("urn:id:GRI|1"),
                as: try both.reader("all"),
                at: Board.now
            ).value
            #expect(screen.elements.flatMap(\.rows).allSatisfy { !$0.headline.contains("Asthma") })
        }
    }

    @Test(
        "PITFALLS 46: a correction of a correction stands for both before it, and each is reached",
        arguments: PitfallStore.allCases
    )
    func chain(_ store: PitfallStore) throws {
        let history = [
            Board.result("69", status: "F", at: "20260302140000"),
            Board.result("96", status: "C", at: "20260302150000"),
            Board.result("79", status: "C", at: "20260302160000"),
        ]
        for order in PromiseTests.orders(3) {
            let portal = try store.portal()
            for place in order { try portal.take("lab", history[place]) }
            let current = try #require(try portal.rows().first)
            #expect(current.values.map(\.value) == ["79"])
            let earlier = try portal.rows(versions: true).filter { !$0.isCurrent }
            #expect(Set(current.supersedes) == Set(earlier.map(\.version)))
            #expect(Set(earlier.flatMap(\.values).compactMap(\.value)) == ["69", "96"])
        }
    }

    @Test(
        "PITFALLS 46: OBX-11 and OBR-25 are two tables: one letter means two things",
        arguments: [
            ("A", "", "partial"), ("F", "A", "corrected"), ("I", "", "registered"),
            ("X", "F", "final"), ("F", "P", "preliminary"), ("C", "", "corrected"),
            ("S", "", "registered"), ("F", "S", "partial"), ("F", "R", "preliminary"),
        ]
    )
    func tables(_ report: String, _ observation: String, _ words: String) throws {
        let portal = try Board.portal()
        try portal.take(
            "lab",
            Pitfall.report(["NM|HB^Haemoglobin^L||69||||||\(observation)"], status: report)
        )
        #expect(try portal.rows().flatMap(\.values).map(\.status) == [words])
    }

    @Test(
        "PITFALLS 47: after copies are put together every reference leads somewhere",
        arguments: PitfallStore.allCases
    )
    func references(_ store: PitfallStore) throws {
        let portal = try store.portal(
            Pitfall.profile.replacing(
                "lab: {label: Laboratory, zone: Europe/London, localAuthority: GRI}",
                with:
                    "lab: {label: Laboratory, zone: Europe/London, localAuthority: GRI, speaksFor: [LAB]}"
            )
        )
        let report = Board.result("69", status: "F", at: "20260302140000")
        try portal.take("lab", report)
        try portal.take("lab", Pitfall.changed(report, "R01|1|", "R01|2|"))
        try portal.take("fhir", report)
        try portal.take("lab", Board.result("96", status: "C", at: "20260302150000"))
        try portal.take(
            "server",
            Board.result("69", status: "F", at: "20260302140000", number: "X9")
        )
        let bundle = [
            Pitfall.observation(#""valueInteger":4"#),
            """
            {"resourceType":"DiagnosticReport","id":"r","status":"final","code":{"text":"U&E"},
            "subject":{"reference":"Patient/p"},"result":[{"reference":"Observation/o"}]}
            """,
        ]
        for day in ["01", "02"] {
            try portal.take("fhir", Pitfall.bundle(bundle, at: "2026-11-\(day)T10:00:00Z"))
        }
        let rows = try portal.rows(versions: true)
        let versions = Set(rows.map(\.version))
        let entries = Set(rows.map(\.entry))
        #expect(rows.contains { !$0.supersedes.isEmpty })
        #expect(rows.contains { !$0.possiblySame.isEmpty })
        let all = try portal.reader("all")
        for row in rows {
            #expect(row.supersedes.allSatisfy(versions.contains))
            #expect(row.possiblySame.allSatisfy(entries.contains))
            for document in [row.document] + row.alsoFrom.map(\.document) {
                #expect(try !portal.document(document, as: all, at: Board.now).value.isEmpty)
            }
        }
        let practice = rows.filter { $0.what == "U&E" }
        #expect(practice.flatMap(\.values).map(\.value) == ["4"])
        // And the person is still there.
        let banner = try portal.timeline(
            of: try portal.find("urn:id:GRI|1"),
            as: all,
            at: Board.now
        )
        .value.banner
        #expect(banner.name?.banner == "LEE, Ann" && banner.number == "9990000018")
    }

    // MARK: One event, and two

    @Test(
        "PITFALLS 48: a stay whose staff changed is one stay",
        arguments: PitfallStore.allCases
    )
    func staff(_ store: PitfallStore) throws {
        let portal = try store.portal()
        func movement(_ event: String, _ time: String, _ doctors: String) -> [UInt8] {
            Pitfall.changed(
                Board.movement(event, at: time),
                "GRI||||||||||||||||V1",
                "GRI||||\(doctors)||||||||||||V1"
            )
        }
        try portal.take("pas", movement("A01", "20261101080000", "C1^Reid"))
        try portal.take("pas", movement("A08", "20261102080000", "C2^Shaw~C3^Bell"))
        let rows = try portal.rows()
        #expect(rows.map(\.kind) == [.encounter])
        #expect(rows.first?.who.joined().contains("Shaw") == true)
        func encounter(_ doctors: [String]) -> String {
            let people = doctors.map { #"{"individual":{"display":"\#($0)"}}"# }
            return """
                {"resourceType":"Encounter","id":"e","status":"finished","class":{"code":"AMB"},
                "subject":{"reference":"Patient/p"},"period":{"start":"2026-11-01"},
                "participant":[\(people.joined(separator: ","))]}
                """
        }
        let server = try store.portal()
        for (day, doctors) in [["Reid"], ["Shaw", "Bell"]].enumerated() {
            try server.take(
                "fhir",
                Pitfall.bundle([encounter(doctors)], at: "2026-11-0\(day + 2)T10:00:00Z")
            )
        }
        #expect(try server.rows().map(\.kind) == [.encounter])
    }

    @Test(
        "PITFALLS 49: what has no date is the twin of nothing that has one",
        arguments: PitfallStore.allCases
    )
    func dateless(_ store: PitfallStore) throws {
        let portal = try store.portal()
        for (place, collected) in ["20260302081500", "", "20260304081500"].enumerated() {
            try portal.take(
                place == 1 ? "other" : "lab",
                Pitfall.report(
                    ["NM|HB^Haemoglobin^L||69"],
                    number: "N\(place)",
                    collected: collected
                )
            )
        }
        let rows = try portal.rows()
        #expect(rows.count == 3)
        #expect(rows.allSatisfy { $0.alsoFrom.isEmpty && $0.possiblySame.isEmpty })
    }

    @Test("PITFALLS 49: equal results of one day are as many as were measured")
    func repeats() throws {
        let portal = try Board.portal()
        for (number, hour) in ["08", "08", "12"].enumerated() {
            try portal.take(
                "lab",
                Pitfall.report(
                    ["NM|GLU^Glucose^L||5.4", "NM|GLU^Glucose^L||5.4"],
                    number: "N\(number)",
                    collected: "20260302\(hour)1500"
                )
            )
        }
        let rows = try portal.rows()
        #expect(
            rows.map { $0.values.map(\.value) } == [
                ["5.4", "5.4"], ["5.4", "5.4"], ["5.4", "5.4"],
            ]
        )
        let points = try portal.results(
            of: try portal.find("urn:id:GRI|1"),
            as: try portal.reader("all"),
            at: Board.now
        ).value.series.flatMap(\.points)
        #expect(points.count == 6)
    }

    @Test("PITFALLS 50: a problem sent twice, once cut short, loses no word of the whole one")
    func cutShort() throws {
        let whole = "Chronic obstructive pulmonary disease with acute exacerbation"
        let short = "Chronic obstructive pulmonary dis..."
        let portal = try PitfallStore.memory.portal()
        try portal.take(
            "fhir",
            Pitfall.bundle([
                Pitfall.condition("", id: "1", name: short),
                Pitfall.condition("", id: "2", name: whole),
            ])
        )
        #expect(Set(try portal.rows().map(\.headline)) == [short, whole])
        // Under one number and without a time, neither is thrown away for the other.
        let one = try PitfallStore.memory.portal()
        for (day, name) in [short, whole].enumerated() {
            try one.take(
                "fhir",
                Pitfall.bundle(
                    [Pitfall.condition("", id: "1", name: name)],
                    at: "2026-11-0\(day + 1)T10:00:00Z"
                )
            )
        }
        #expect(Set(try one.rows().map(\.headline)) == [short, whole])
        #expect(try one.rows().allSatisfy { $0.markers == [.orderUnknown] })
    }

    @Test(
        "PITFALLS 51: a report is a copy where all its results are equal, not where one is",
        arguments: PitfallStore.allCases
    )
    func wholeSet(_ store: PitfallStore) throws {
        let profile = Pitfall.profile.replacing(
            "lab: {label: Laboratory, zone: Europe/London, localAuthority: GRI}",
            with:
                "lab: {label: Laboratory, zone: Europe/London, localAuthority: GRI, speaksFor: [LAB]}"
        )
        let haemoglobin = "NM|HB^Haemoglobin^L||69"
        let cells = "NM|WCC^White cells^L||7.5"
        func rows(_ copy: [String]) throws -> [TimelineRow] {
            let portal = try store.portal(profile)
            try portal.take("lab", Pitfall.report([haemoglobin, cells]))
            try portal.take("fhir", Pitfall.report(copy))
            return try portal.rows()
        }
        #expect(try rows([haemoglobin, cells]).map { $0.alsoFrom.map(\.silo) } == [["fhir"]])
        for other in [[haemoglobin], [haemoglobin, "NM|WCC^White cells^L||7.6"], [cells], []] {
            let rows = try rows(other)
            #expect(rows.count == 2)
            #expect(rows.allSatisfy { $0.alsoFrom.isEmpty && $0.possiblySame.count == 1 })
        }
    }

    // MARK: Again

    private static let documents: [(silo: String, bytes: [UInt8])] = [
        ("lab", Board.result("69", status: "F", at: "20260302140000")),
        ("pas", Board.movement("A01", at: "20261101080000")),
        ("letters", Pitfall.letter("Seen in clinic")),
        (
            "fhir",
            Pitfall.bundle([
                Pitfall.condition(""), Pitfall.observation(#""valueInteger":4"#),
                allergy("confirmed"), stated("MedicationStatement", "active"),
            ])
        ),
        ("letters", Pitfall.cda("8648-8", "Walks with a frame")),
    ]

    @Test(
        "PITFALLS 52: imported again, under another name or anew, everything has the same handles",
        arguments: PitfallStore.allCases
    )
    func importedAgain(_ store: PitfallStore) throws {
        let portal = try store.portal()
        for (silo, bytes) in Self.documents { try portal.take(silo, bytes) }
        let once = try portal.everything()
        for (silo, bytes) in Self.documents {
            let receipt = try portal.receive(bytes, silo: silo, name: "again", at: Board.now)
            #expect(receipt.filed == 0 && receipt.repeated == 1)
        }
        #expect(try portal.everything() == once)
        let anew = try store.portal()
        for (silo, bytes) in Self.documents.reversed() { try anew.take(silo, bytes) }
        #expect(try anew.everything() == once)
    }

    @Test(
        "PITFALLS 52: the same said in a new message is no new version",
        arguments: PitfallStore.allCases
    )
    func sentAnew(_ store: PitfallStore) throws {
        let portal = try store.portal()
        let changes = [
            ("R01|1|", "R01|88|"), ("|A0120261101080000|", "|99|"),
            ("|L120261001|", "|98|"), ("2026-11-02T10:00:00Z", "2026-11-09T10:00:00Z"),
        ]
        for (silo, bytes) in Self.documents { try portal.take(silo, bytes) }
        let once = try portal.rows(versions: true)
        for ((silo, bytes), (old, new)) in zip(Self.documents, changes) {
            let other = Pitfall.changed(bytes, old, new)
            #expect(other != bytes)
            let receipt = try portal.receive(other, silo: silo, name: new, at: Board.now)
            #expect(receipt.filed == 1)
        }
        let twice = try portal.rows(versions: true)
        #expect(twice.map(\.version) == once.map(\.version))
        #expect(twice.allSatisfy { $0.supersedes.isEmpty && $0.markers.isEmpty })
    }

    @Test(
        "PITFALLS 53: the words of a letter that was replaced find it no more",
        arguments: PitfallStore.allCases
    )
    func ghosts(_ store: PitfallStore) throws {
        let first = Pitfall.letter("Metformin was stopped")
        let second = Pitfall.letter("Gliclazide was stopped", event: "T08", at: "20261002")
        for order in [[first, second], [second, first]] {
            let portal = try store.portal()
            for letter in order { try portal.take("letters", letter) }
            let all = try portal.reader("all")
            #expect(try portal.searchText("metformin", as: all, at: Board.now).value.isEmpty)
            let found = try portal.searchText("gliclazide", as: all, at: Board.now).value
            #expect(found.count == 1)
            #expect(found.first?.snippet.contains("Gliclazide") == true)
        }
    }

    @Test(
        "PITFALLS 53: who has left, or never came, is on no list of the ward",
        arguments: ["A03", "A11"],
        PitfallStore.allCases
    )
    func lists(_ event: String, _ store: PitfallStore) throws {
        let portal = try store.portal()
        let all = try portal.reader("all")
        func ward() throws -> Int {
            let query = PatientListQuery(.inpatients, places: ["WARD7"])
            return try portal.list(query, as: all, at: Board.now).value.count
        }
        try portal.take("pas", Board.movement("A01", at: "20261120080000"))
        #expect(try ward() == 1)
        try portal.take("pas", Board.movement(event, at: "20261121080000"))
        #expect(try ward() == 0)
        // The admission told again, and late, brings nobody back.
        try portal.take(
            "pas",
            Pitfall.changed(
                Board.movement("A01", at: "20261120080000"),
                "|A0120261120080000|",
                "|77|"
            )
        )
        #expect(try ward() == 0)
    }

    @Test(
        "PITFALLS 53: taken in by many hands at once, the record is what it is taken in by one",
        arguments: PitfallStore.allCases
    )
    func concurrent(_ store: PitfallStore) async throws {
        var documents = Self.documents
        for number in 0..<12 {
            documents.append(
                (
                    "lab",
                    Board.result(
                        "\(60 + number)",
                        status: number.isMultiple(of: 3) ? "C" : "F",
                        at: "2026030214\(10 + number)00",
                        number: "26B\(number % 4)",
                        control: "\(number)"
                    )
                )
            )
        }
        let one = try store.portal()
        for (silo, bytes) in documents { try one.take(silo, bytes) }
        let many = try store.portal()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (silo, bytes) in documents.reversed() {
                group.addTask { try many.take(silo, bytes) }
            }
            try await group.waitForAll()
        }
        #expect(try many.everything() == one.everything())
        #expect(try many.conservation() == one.conservation())
    }

    @Test(
        "PITFALLS 54: one number for two panels, or two stages, overwrites neither",
        arguments: PitfallStore.allCases
    )
    func oneNumber(_ store: PitfallStore) throws {
        let portal = try store.portal()
        try portal.take(
            "lab",
            Pitfall.report(["ST|T^T stage^L||cT2"], panel: "CTNM^Clinical stage^L"),
            Pitfall.report(["ST|T^T stage^L||pT3"], panel: "PTNM^Pathological stage^L")
        )
        #expect(
            Set(try portal.rows().map { $0.what + " " + $0.headline })
                == ["Clinical stage T stage cT2", "Pathological stage T stage pT3"]
        )
        let stages = try store.portal()
        try stages.take(
            "lab",
            Pitfall.report(["ST|T^T stage^L|c|cT2", "ST|T^T stage^L|p|pT3"])
        )
        let values = try stages.rows().flatMap(\.values)
        #expect(values.map(\.value) == ["cT2", "pT3"] && values.map(\.instance) == ["c", "p"])
    }
}
