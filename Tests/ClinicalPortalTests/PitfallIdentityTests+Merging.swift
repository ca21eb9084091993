import ClinicalPortal
import Foundation
import PortalRecord
import PortalStoreSQLite
import Testing

/// Merging, unlinking and taking out (PITFALLS 40 to 44).
extension PitfallIdentityTests {
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
