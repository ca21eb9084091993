import ClinicalPortal
import Foundation
import PortalStoreSQLite
import Synchronization
import Testing

/// Of a patient who has opted out of a silo, its hash and count are all that is kept.
@Suite("Opting out (SAFETY S20, DESIGN P1)")
struct OptOutTests {
    private static let silos = """
        silos:
          pas: {label: Attendances, zone: Europe/London, localAuthority: GRI, feeds: [encounter]}
          summary: {label: GP summary, adapter: top-elements, localAuthority: GRI, feeds: [flag]}
          copy: {label: Copy of the summary, adapter: top-elements, localAuthority: GRI, feeds: [flag]}
          lists: {label: Lists, adapter: appointment-list, zone: Europe/London, localAuthority: GRI, feeds: [appointment]}
          scans: {label: Scans, adapter: scanned-notes-manifest, localAuthority: GRI, feeds: [scannedDocument]}
          drop: {label: Letters, adapter: letter-drop, localAuthority: GRI, feeds: [clinicalDocument]}
        access:
          roles:
            all: {may: [know, read], needsRelationship: false, duties: [list, review, held, document, link, audit]}
        people:
          all: {roles: [all]}

        """

    private static let optOut = """
        restrictions:
          - {patient: "nhs-number|9990000085", kind: opted out, silos: [summary, lists, scans, drop]}
        """

    /// Both stores, each new.
    static let stores = ["memory", "SQLite"]

    private static func storage(_ kind: String, in folder: String) throws -> PortalStorage {
        kind == "memory" ? .inMemory() : try .sqlite(path: folder + "/record.sqlite")
    }

    private static func portal(
        _ storage: PortalStorage,
        isOptedOut: Bool = true
    ) throws -> Portal {
        let portal = Portal(
            profile: try SiteProfile(yaml: silos + (isOptedOut ? optOut : "")),
            storage: storage,
            journal: MemoryAuditJournal()
        )
        try portal.keepProfile(at: Board.now)
        return portal
    }

    private static func alert(
        _ number: String,
        _ text: String,
        nhs: String? = "9990000085",
        local: String? = "8"
    ) -> [UInt8] {
        var identifiers: [String] = []
        if let local { identifiers.append(#"{"system":"GRI","value":"\#(local)"}"#) }
        if let nhs { identifiers.append(#"{"system":"NHS","value":"\#(nhs)"}"#) }
        return Array(
            (#"{"type":"alert","id":"\#(number)","patient":{"identifiers":["#
                + identifiers.joined(separator: ",")
                + #"],"name":{"family":"REID","given":"Hamish"},"birthDate":"1944-02-12"},"#
                + #""updated":"2026-11-21T10:00:00Z","text":"\#(text)","category":"safety"}"#)
                .utf8
        ) + [0x0A]
    }

    private static let admission = Board.movement(
        "A01",
        at: "20261120090000",
        pid: Board.pid(
            nhs: "9990000085",
            local: "8",
            name: "REID^Hamish",
            born: "19440212",
            sex: "M"
        )
    )

    private func refusal(_ portal: Portal, _ bytes: [UInt8]) throws -> String {
        do {
            _ = try portal.document(
                ContentHash(of: bytes),
                as: try portal.reader("all"),
                at: Board.now
            )
            return "given"
        } catch let error as StoreError {
            return error.code
        }
    }

    /// Everything that lies in a folder: said briefly where a test fails.
    private struct Files: CustomTestStringConvertible {
        let bytes: Data

        init(in folder: String) throws {
            bytes = try FileManager.default.contentsOfDirectory(atPath: folder).reduce(
                into: Data()
            ) { all, name in
                all += FileManager.default.contents(atPath: folder + "/" + name) ?? Data()
            }
        }

        var testDescription: String { "\(bytes.count) bytes" }

        func hold(_ canary: String) -> Bool { bytes.range(of: Data(canary.utf8)) != nil }
    }

    @Test("Only hash and count are kept of what comes in", arguments: stores)
    func hashAndCount(_ store: String) throws {
        let folder = try Board.temporaryFolder()
        let portal = try Self.portal(try Self.storage(store, in: folder))
        let mine = Self.alert("F1", "CANARYONE")
        let other = Self.alert("F2", "Lives alone", nhs: "9990000018", local: "1")
        try portal.take("pas", Self.admission)
        try portal.receive(mine + other, silo: "summary", name: "two.jsonl", at: Board.now)
        try portal.receive(mine, silo: "summary", name: "REID-Hamish.jsonl", at: Board.now)
        let row = try #require(try portal.conservation().first { $0.silo == "summary" })
        let counts: [Int] = [row.received, row.filed, row.repeated, row.optedOut]
        #expect(counts == [3, 2, 1, 1])
        #expect(try refusal(portal, Array(mine.dropLast())) == "document-opted-out")
        #expect(try refusal(portal, Array(other.dropLast())) == "given")
        #expect(try portal.rows("urn:id:GRI|8").allSatisfy { $0.kind != .flag })
        #expect(try portal.rows("urn:id:GRI|1").contains { $0.kind == .flag })
        if store == "SQLite" {
            let files = try Files(in: folder)
            #expect(!files.hold("CANARYONE"))
            #expect(!files.hold("REID-Hamish.jsonl"))
            #expect(files.hold("two.jsonl"))
        }
    }

    @Test("Opting out later leaves what opting out at first would have left", arguments: stores)
    func later(_ store: String) throws {
        let messages = [
            ("summary", Self.alert("F1", "CANARYONE")), ("pas", Self.admission),
            ("summary", Self.alert("F2", "Lives alone", nhs: "9990000018", local: "1")),
            ("summary", Self.alert("F3", "CANARYTWO", nhs: "9990000085", local: nil)),
        ]
        let first = try Self.portal(.inMemory())
        for (silo, message) in messages { try first.take(silo, message) }
        let folder = try Board.temporaryFolder()
        let storage = try Self.storage(store, in: folder)
        let before = try Self.portal(storage, isOptedOut: false)
        for (silo, message) in messages { try before.take(silo, message) }
        #expect(try before.everything().contains("CANARYONE"))
        let after = try Self.portal(storage)
        #expect(try after.everything() == first.everything())
        #expect(try after.conservation() == first.conservation())
        #expect(try refusal(after, Array(messages[0].1.dropLast())) == "document-opted-out")
        let found = try after.searchText("CANARYONE", as: try after.reader("all"), at: Board.now)
        #expect(found.value.isEmpty)
        if store == "SQLite" {
            let files = try Files(in: folder)
            for canary in ["CANARYONE", "CANARYTWO", "canaryone"] {
                #expect(!files.hold(canary))
            }
        }
    }

    @Test("Every order leaves the same, also of a document with the local number alone")
    func orders() throws {
        let messages = [
            ("summary", Self.alert("F1", "One")),
            ("summary", Self.alert("F2", "Two", nhs: nil)), ("pas", Self.admission),
            ("summary", Self.alert("F3", "Three", nhs: "9990000018", local: "1")),
        ]
        var answers: Set<String> = []
        for order in PromiseTests.orders(messages.count) {
            for kind in Self.stores {
                let folder = try Board.temporaryFolder()
                let portal = try Self.portal(try Self.storage(kind, in: folder))
                for index in order { try portal.take(messages[index].0, messages[index].1) }
                let all = try portal.everything()
                #expect(!all.contains("\"Two\"") && !all.contains("\"One\""))
                answers.insert(all)
            }
        }
        #expect(answers.count == 1)
    }

    @Test(
        "Opting in again, what is sent anew is filed as if never left out",
        arguments: stores,
        ["sent anew", "as before"]
    )
    func again(_ store: String, _ name: String) throws {
        let storage = try Self.storage(store, in: try Board.temporaryFolder())
        let message = Self.alert("F1", "Key safe")
        try Self.portal(storage)
            .receive(message, silo: "summary", name: "as before", at: Board.now)
        let never = try Self.portal(.inMemory(), isOptedOut: false)
        try never.take("summary", message)
        let again = try Self.portal(storage, isOptedOut: false)
        #expect(try again.everything() != never.everything())
        try again.receive(message, silo: "summary", name: name, at: Board.now)
        #expect(try again.everything() == never.everything())
        #expect(try refusal(again, Array(message.dropLast())) == "given")
        #expect(try again.conservation().first?.optedOut == 0)
    }

    @Test("The same bytes from a silo that was not opted out of are kept", arguments: stores)
    func otherSilo(_ store: String) throws {
        let portal = try Self.portal(try Self.storage(store, in: try Board.temporaryFolder()))
        let message = Self.alert("F1", "Key safe")
        try portal.take("copy", message)
        try portal.take("summary", message)
        #expect(try refusal(portal, Array(message.dropLast())) == "given")
        #expect(
            try portal.rows("urn:id:GRI|8").map(\.kind).filter { $0 == EntryKind.flag }.count == 1
        )
    }

    @Test("What cannot be read and names the number as a patient's is not kept", arguments: stores)
    func unreadable(_ store: String) throws {
        let folder = try Board.temporaryFolder()
        let storage = try Self.storage(store, in: folder)
        let portal = try Self.portal(storage)
        let cut = Array(Self.alert("F1", "CANARYONE").dropLast(3))
        let local = Array(Self.alert("F2", "CANARYTWO", nhs: nil, local: "100085").dropLast(3))
        // A dose of 8 is nobody's number; another person's message stays whole.
        let other = Array(Self.alert("8", "8", nhs: "9990000018", local: "1").dropLast(3))
        for bytes in [cut, other, local] {
            try portal.receive(bytes, silo: "summary", name: "a.jsonl", at: Board.now)
        }
        #expect(try refusal(portal, cut) == "document-opted-out")
        #expect(try refusal(portal, other) == "given")
        #expect(try refusal(portal, local) == "given")
        let row = try #require(try portal.conservation().first { $0.silo == "summary" })
        let counts: [Int] = [row.received, row.held]
        #expect(counts == [3, 3])
        let waiting: Int = try portal.redrive(as: try portal.reader("all"), at: Board.now).waiting
        #expect(waiting == 3)
        // Opting out later leaves the same; opting in again and sending again brings it back.
        try Self.portal(storage, isOptedOut: false).receive(
            cut,
            silo: "summary",
            name: "b.jsonl",
            at: Board.now
        )
        #expect(try refusal(portal, cut) == "given")
        _ = try Self.portal(storage)
        #expect(try refusal(portal, cut) == "document-opted-out")
        if store == "SQLite" {
            #expect(!(try Files(in: folder).hold("CANARYONE")))
            #expect(try Files(in: folder).hold("CANARYTWO"))
        }
    }

    @Test("A held table keeps the lines of others, and loses its files", arguments: stores)
    func heldTable(_ store: String) throws {
        let folder = try Board.temporaryFolder()
        let portal = try Self.portal(try Self.storage(store, in: folder))
        let table = Array(
            """
            appointment,start,nhs_number
            A,2026-11-25,9990000085
            B,2026-11-26,9990000018
            C,"2026
            """.utf8
        )
        try portal.receive(table, silo: "lists", name: "clinic.csv", at: Board.now)
        let kept = try portal.document(
            ContentHash(of: table),
            as: try portal.reader("all"),
            at: Board.now
        )
        let text = String(decoding: kept.value, as: UTF8.self)
        #expect(text.contains("9990000018") && !text.contains("9990000085"))
        #expect(text.utf8.count == table.count)
    }

    @Test("A list keeps the others' rows; a manifest keeps the others' pages", arguments: stores)
    func partly(_ store: String) throws {
        let folder = try Board.temporaryFolder()
        let portal = try Self.portal(try Self.storage(store, in: folder))
        let list = Array(
            """
            appointment,start,place,hospital_number,nhs_number,surname,forename,birth_date
            A1,2026-11-22T10:00,CLINIC2,8,9990000085,"CANARYREID
            line",Hamish,1944-02-12
            A2,2026-11-22T10:20,CLINIC2,1,9990000018,LEE,Ann,1951-03-03

            """.utf8
        )
        try portal.take("lists", list)
        let back = try portal.document(
            ContentHash(of: list),
            as: try portal.reader("all"),
            at: Board.now
        ).value
        #expect(back.count == list.count)
        let lines = String(decoding: back, as: UTF8.self).split(separator: "\n")
        #expect(lines.first?.hasPrefix("appointment,") == true)
        #expect(lines.last == "A2,2026-11-22T10:20,CLINIC2,1,9990000018,LEE,Ann,1951-03-03")
        #expect(!String(decoding: back, as: UTF8.self).contains("CANARYREID"))
        #expect(try portal.rows("urn:id:GRI|1").count == 1)

        // His pages lie between hers, and one blank page is the same file for both.
        let manifest = """
            document,page,file,title,hospital_number,nhs_number,surname,forename,birth_date
            S1,1,a.png,x,8,9990000085,REID,Hamish,1944-02-12
            S2,1,b.png,y,1,9990000018,LEE,Ann,1951-03-03
            S1,2,c.png,CANARYREID,8,9990000085,REID,Hamish,1944-02-12
            S2,2,blank.png,y,1,9990000018,LEE,Ann,1951-03-03
            S1,3,blank.png,x,8,9990000085,REID,Hamish,1944-02-12
            TRAILER,2,5

            """
        let mark: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        let pages: [String: [UInt8]] = [
            "a.png": mark + Array("CANARYPAGE".utf8), "b.png": mark + [2], "c.png": mark + [3],
            "blank.png": mark,
        ]
        try portal.receive(
            [
                IncomingFile(name: "m.csv", bytes: Array(manifest.utf8)) { pages[$0] }
            ],
            silo: "scans",
            at: Board.now
        )
        #expect(try refusal(portal, pages["a.png"] ?? []) == "document-opted-out")
        #expect(try refusal(portal, pages["c.png"] ?? []) == "document-opted-out")
        #expect(try refusal(portal, pages["b.png"] ?? []) == "given")
        #expect(try refusal(portal, pages["blank.png"] ?? []) == "given")
        #expect(
            try portal.rows("urn:id:GRI|1").map(\.kind).filter { $0 == EntryKind.scannedDocument }
                .count == 1
        )
        if store == "SQLite" {
            let files = try Files(in: folder)
            #expect(!files.hold("CANARYREID"))
            #expect(!files.hold("CANARYPAGE"))
        }
    }

    @Test("Opting out later takes rows, pages, words and names out of the file as well")
    func partlyLater() throws {
        let folder = try Board.temporaryFolder()
        let storage = try Self.storage("SQLite", in: folder)
        let before = try Self.portal(storage, isOptedOut: false)
        let index = """
            letter,file,type,title,hospital_number,nhs_number,surname,forename,birth_date
            D1,d1.txt,CN,Clinic letter,8,9990000085,CANARYREID,Hamish,1944-02-12
            D2,d2.txt,CN,Clinic letter,1,9990000018,LEE,Ann,1951-03-03

            """
        let letters: [String: [UInt8]] = [
            "d1.txt": Array("Zanamivir CANARYWORD was given".utf8),
            "d2.txt": Array("Zanamivir was not given".utf8),
        ]
        try before.receive(
            [IncomingFile(name: "drop.csv", bytes: Array(index.utf8)) { letters[$0] }],
            silo: "drop",
            at: Board.now
        )
        let all = try before.reader("all")
        #expect(try before.searchText("zanamivir", as: all, at: Board.now).value.count == 2)
        // A page is read, so that something is cached.
        #expect(try before.rows("urn:id:GRI|8").count == 1)
        let after = try Self.portal(storage)
        #expect(try after.searchText("zanamivir", as: all, at: Board.now).value.count == 1)
        #expect(try after.find("urn:id:GRI|8") == nil)
        #expect(try refusal(after, letters["d1.txt"] ?? []) == "document-opted-out")
        #expect(try refusal(after, letters["d2.txt"] ?? []) == "given")
        let files = try Files(in: folder)
        for canary in ["CANARYREID", "CANARYWORD", "canaryword", "canaryreid", "9990000085|"] {
            #expect(!files.hold(canary), "\(canary)")
        }
    }

    @Test(
        "What states only a number that stood beside the opted-out one is withheld",
        arguments: stores
    )
    func besideOnly(_ store: String) throws {
        let both = Self.alert("F1", "One")
        let local = Self.alert("F2", "Two", nhs: nil)
        for messages in [[both, local], [local, both]] {
            let portal = try Self.portal(try Self.storage(store, in: try Board.temporaryFolder()))
            for message in messages { try portal.take("summary", message) }
            #expect(try portal.rows("urn:id:GRI|8").isEmpty)
        }
    }

    @Test("A number alone takes out nothing that is filed under another person's silo number")
    func numberAlone() throws {
        let portal = try Self.portal(.inMemory())
        // The attendance says by mistake that hospital number 5 is his.
        try portal.take(
            "pas",
            Board.movement(
                "A01",
                at: "20261120",
                pid: Board.pid(nhs: "9990000085", local: "5", name: "ROY^Bob", born: "19700101")
            )
        )
        let message = Self.alert("F1", "Allergic to latex", nhs: nil, local: "5")
        try portal.take("summary", message)
        // Withheld while the record says so, and kept.
        #expect(try refusal(portal, Array(message.dropLast())) == "given")
    }

    private final class Practice: QuerySource {
        let silo: String
        let asked = Mutex(0)

        init(_ silo: String) { self.silo = silo }

        func ask(_ question: SourceQuestion) async throws -> [[UInt8]] {
            asked.withLock { $0 += 1 }
            return [OptOutTests.alert("F1", "Key safe")]
        }
    }

    @Test("A silo that the patient has opted out of is not even asked")
    func notAsked() async throws {
        let portal = try Self.portal(.inMemory())
        try portal.take("pas", Self.admission)
        let practices = [Practice("summary"), Practice("copy")]
        let patient = try portal.find("urn:id:GRI|8")
        let all = try portal.reader("all")
        let outcomes = try await portal.ask(practices, about: patient, as: all, at: Board.now)
        #expect(outcomes.map(\.state) == [.optedOut, .answered])
        #expect(practices.map { $0.asked.withLock { $0 } } == [0, 1])
        let screen = try portal.topScreen(of: patient, as: all, asked: outcomes, at: Board.now)
        let states = screen.value.silos.filter { $0.silo == "summary" }.map(\.state)
        #expect(states == ["opted out"])
    }

    @Test("A profile says of which silos, and an opt-out is of whole silos")
    func profile() throws {
        for (restriction, word) in [
            (#"{patient: "nhs-number|9990000085", kind: opted out, silos: [sumary]}"#, "sumary"),
            (#"{patient: "nhs-number|9990000085", kind: opted out, kinds: [flag]}"#, "whole"),
            (
                #"{patient: "nhs-number|9990000085", kind: sealed and locked, team: nobody}"#,
                "nobody"
            ),
        ] {
            do {
                _ = try SiteProfile(yaml: Self.silos + "restrictions:\n  - " + restriction)
                Issue.record("taken: \(restriction)")
            } catch {
                #expect(error.description.contains(word), "\(error)")
            }
        }
    }
}
