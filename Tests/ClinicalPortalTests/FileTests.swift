import ClinicalPortal
import Foundation
import PortalStoreSQLite
import PortalTestKit
import Testing

/// Seeing that a letter exists and opening it are two permissions (DESIGN 6).
@Suite("Opening the files of a row")
struct FileTests {
    private static let profile = """
        silos:
          letters: {label: Letters, zone: Europe/London, localAuthority: GRI, labels: {V: sealed}, feeds: [clinicalDocument]}
          lab: {label: Laboratory, zone: Europe/London, localAuthority: GRI, feeds: [diagnosticReport]}
          referrals: {label: Referrals, localAuthority: GRI, feeds: [referral]}
          scans: {label: Scans, adapter: scanned-notes-manifest, localAuthority: GRI, feeds: [scannedDocument]}
          drop: {label: Drop, adapter: letter-drop, localAuthority: GRI, feeds: [clinicalDocument]}
        access:
          roles:
            all: {may: [know, read, open document], needsRelationship: false, duties: [list, document]}
            reader: {may: [know, read], needsRelationship: false}
            nobody: {may: []}
        people:
          all: {roles: [all]}
          reader: {roles: [reader]}
          nobody: {roles: [nobody]}
        """

    private static func portal(
        _ storage: PortalStorage = .inMemory(),
        journal: any AuditJournal = MemoryAuditJournal()
    ) throws -> Portal {
        Portal(profile: try SiteProfile(yaml: profile), storage: storage, journal: journal)
    }

    private static let pdf = Array("%PDF-1.4\n% Dear Dr \u{00E9}\n".utf8)

    private static func letter(_ observations: [String], label: String = "") -> [UInt8] {
        Array(
            ([
                "MSH|^~\\&|LETTERS|GRI|||20261121||MDM^T02|1|P|2.5.1", "EVN|T02|20261120",
                Board.pid(),
                "TXA|1|CN^Clinic letter|TX|20261001||20261001||||||L1^GRI|||||AU|\(label)",
            ] + observations).joined(separator: "\r").utf8
        ) + [0x0D]
    }

    private static func file(_ content: String, type: String = "application^pdf") -> String {
        "OBX|1|ED|PDF^File^L||GRI^\(type)^Base64^\(content)||||||F"
    }

    private func open(
        _ portal: Portal,
        file: Int = 1,
        as person: String = "all",
        row: Int = 0
    ) throws -> OpenedFile {
        let rows = try portal.rows("urn:id:GRI|1")
        return try portal.open(
            file: file,
            of: try #require(rows.indices.contains(row) ? rows[row].entry : nil),
            of: try portal.find("urn:id:GRI|1"),
            as: try portal.reader(person),
            at: Board.now
        ).value
    }

    private func refusal(_ run: () throws -> OpenedFile) throws -> String {
        do {
            _ = try run()
            return "opened"
        } catch let error as AccessError {
            return error.code
        }
    }

    @Test("A PDF in a letter, in one piece and in chunks, comes out as it went in")
    func embedded() throws {
        let base64 = Data(Self.pdf).base64EncodedString()
        let half = base64.index(base64.startIndex, offsetBy: 9)
        for content in [
            [Self.file(base64)],
            [
                Self.file(String(base64[..<half])),
                Self.file(String(base64[half...])).replacing("OBX|1", with: "OBX|2"),
            ],
        ] {
            let portal = try Self.portal()
            try portal.take("letters", Self.letter(content))
            let row = try #require(try portal.rows("urn:id:GRI|1").first)
            #expect(row.files.map(\.state) == [.here])
            let opened = try open(portal)
            #expect(opened.bytes == Self.pdf)
            #expect(opened.mediaType == "application/pdf")
        }
    }

    @Test("A file of megabytes comes out of a file store as it went in, sent once and again")
    func large() throws {
        let folder = try Board.temporaryFolder()
        let store = try PortalStorage.sqlite(path: folder + "/record.sqlite")
        var content = Self.pdf
        for number in 0..<300_000 { content += Array("%\(number)\n".utf8) }
        let message = Self.letter([Self.file(Data(content).base64EncodedString())])
        #expect(message.count > 2_000_000)
        let portal = try Self.portal(store)
        for _ in 0..<2 { try portal.take("letters", message) }
        #expect(try portal.rows("urn:id:GRI|1").count == 1)
        #expect(try open(portal).bytes == content)
    }

    @Test("What it is, is told by its bytes: a page that calls itself a picture is none")
    func mediaType() throws {
        let portal = try Self.portal()
        let page = Data("<script>alert(1)</script>".utf8).base64EncodedString()
        try portal.take("letters", Self.letter([Self.file(page, type: "image^png")]))
        let opened = try open(portal)
        #expect(opened.statedMediaType == "image/png")
        #expect(opened.mediaType == "text/plain")
    }

    @Test("A picture in a result, one in a referral in UTF-16, a letter of a drop, a scanned page")
    func elsewhere() throws {
        let portal = try Self.portal()
        let base64 = Data(Self.pdf).base64EncodedString()
        try portal.take(
            "lab",
            Array(
                [
                    "MSH|^~\\&|LIMS|LAB|||20261122||ORU^R01|1|P|2.5.1", Board.pid(),
                    "OBR|1||26B1^LAB|HIST^Histology^L|||20260302|||||||||||||||20260303|||F",
                    "OBX|1|ED|PIC^Picture^L||GRI^application^pdf^Base64^\(base64)||||||F",
                ].joined(separator: "\r").utf8
            ) + [0x0D]
        )
        #expect(try open(portal).bytes == Self.pdf)

        let fixture = try SourceTree.bytes(
            "Tests/XMLAdaptersTests/Fixtures/urgent-cancer-referral-with-attachments/input.xml"
        )
        let text = String(decoding: fixture, as: UTF8.self)
            .replacing("encoding=\"UTF-8\"", with: "encoding=\"UTF-16\"")
        var wide: [UInt8] = [0xFE, 0xFF]
        for unit in text.utf16 { wide += [UInt8(unit >> 8), UInt8(unit & 255)] }
        let other = try Self.portal()
        try other.receive(wide, silo: "referrals", name: "r.xml", at: Board.now)
        let listed = try other.patients(as: try other.reader("all"), at: Board.now).value
        let patient = try #require(listed.first?.patient)
        let page = try other.timeline(of: patient, as: try other.reader("all"), at: Board.now)
        let row = try #require(
            page.value.sections.flatMap(\.rows).first { $0.kind == EntryKind.referral }
        )
        #expect(row.files.first?.state == .here && row.files.first?.name != nil)
        let opened = try other.open(
            file: 1,
            of: row.entry,
            of: patient,
            as: try other.reader("all"),
            at: Board.now
        )
        #expect(!opened.value.bytes.isEmpty)
    }

    @Test("Pages: the indexed one opens, a missing and a wrong one do not")
    func pages() throws {
        let portal = try Self.portal()
        let mark: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        let pages = ["a.png": mark + [1], "b.png": mark + [2]]
        let manifest = """
            document,page,file,sha256,hospital_number,nhs_number,surname,forename,birth_date
            S1,1,a.png,\(ContentHash(of: pages["a.png"] ?? []).hex),1,9990000018,LEE,Ann,1951-03-03
            S1,2,b.png,\(ContentHash(of: []).hex),1,9990000018,LEE,Ann,1951-03-03
            S1,3,c.png,,1,9990000018,LEE,Ann,1951-03-03
            TRAILER,1,3

            """
        try portal.receive(
            [IncomingFile(name: "m.csv", bytes: Array(manifest.utf8)) { pages[$0] }],
            silo: "scans",
            at: Board.now
        )
        let row = try #require(try portal.rows("urn:id:GRI|1").first)
        #expect(row.files.map(\.state) == [.here, .differs, .elsewhere])
        #expect(try open(portal).bytes == pages["a.png"])
        #expect(try open(portal).mediaType == "image/png")
        #expect(try refusal { try open(portal, file: 2) } == "file-differs")
        #expect(try refusal { try open(portal, file: 3) } == "file-missing")
        for number in [0, 4, -1, Int.max, Int.min] {
            #expect(try refusal { try open(portal, file: number) } == "file-unknown")
        }
    }

    @Test("A letter of a drop opens; one that is not the letter of its index does not")
    func drop() throws {
        let portal = try Self.portal()
        let index = """
            letter,file,sha256,type,date,hospital_number,nhs_number,surname,forename,birth_date
            D1,d1.txt,,CN,2026-09-02,1,9990000018,LEE,Ann,1951-03-03
            D2,d2.txt,\(ContentHash(of: [1]).hex),CN,2026-09-01,1,9990000018,LEE,Ann,1951-03-03

            """
        try portal.receive(
            [IncomingFile(name: "i.csv", bytes: Array(index.utf8)) { Array($0.utf8) }],
            silo: "drop",
            at: Board.now
        )
        #expect(try open(portal, row: 0).bytes == Array("d1.txt".utf8))
        #expect(try open(portal, row: 0).name == "d1.txt")
        #expect(try refusal { try open(portal, row: 1) } == "file-missing")
    }

    @Test(
        "An index that names the hash of another person's file, or of a sealed letter, gets neither"
    )
    func othersFiles() throws {
        let portal = try Self.portal()
        let sealed = Self.letter([Self.file("JVBERi0=")], label: "V")
        try portal.take("letters", sealed)
        let theirs = Array("Another person's letter".utf8)
        for (number, hash) in [ContentHash(of: theirs), ContentHash(of: sealed)].enumerated() {
            let index = """
                letter,file,sha256,hospital_number,nhs_number,surname,forename,birth_date
                D1\(number),mine.txt,\(hash.hex),1,9990000018,LEE,Ann,1951-03-03
                D2\(number),theirs.txt,,2,9990000026,ROY,Bob,1970-01-01

                """
            let file = IncomingFile(name: "\(number)", bytes: Array(index.utf8)) { name in
                name == "mine.txt" ? Array("Mine".utf8) : theirs
            }
            try portal.receive([file], silo: "drop", at: Board.now)
        }
        let rows = try portal.rows("urn:id:GRI|1")
        #expect(rows.count == 2)
        for row in rows.indices {
            #expect(rows[row].files.map(\.state) == [.elsewhere])
            #expect(try refusal { try open(portal, row: row) } == "file-missing")
        }
    }

    @Test("A pointer, broken Base64, a withdrawn letter: each with its reason")
    func refused() throws {
        let pointer = try Self.portal()
        try pointer.take(
            "letters",
            Self.letter(["OBX|1|RP|PDF^File^L||//archive/1^GRI^application^pdf||||||F"])
        )
        #expect(try pointer.rows("urn:id:GRI|1").first?.files.map(\.state) == [.elsewhere])
        #expect(try refusal { try open(pointer) } == "file-missing")
        let broken = try Self.portal()
        try broken.take("letters", Self.letter([Self.file("JVBER*")]))
        #expect(try refusal { try open(broken) } == "file-undecodable")
        let withdrawn = try Self.portal()
        try withdrawn.take("letters", Self.letter([Self.file("JVBERi0=")]))
        let cancel = String(decoding: Self.letter([]), as: UTF8.self)
            .replacing("T02", with: "T11").replacing("20261001", with: "20261002")
        try withdrawn.take("letters", Array(cancel.utf8))
        #expect(try withdrawn.rows("urn:id:GRI|1").map(\.markers) == [[.withdrawn]])
        #expect(try refusal { try open(withdrawn) } == "file-unknown")
    }

    @Test("Opening is a permission of its own, and what may not be seen is not found (P6)")
    func permission() throws {
        let portal = try Self.portal()
        try portal.take("letters", Self.letter([Self.file("JVBERi0=")]))
        #expect(try refusal { try open(portal, as: "reader") } == "not-permitted")
        #expect(try refusal { try open(portal, as: "nobody") } == "not-found")
        let plain = try Self.portal()
        try plain.take("letters", Self.letter([Self.file("JVBERi0=")]))
        let entry = try #require(try plain.rows("urn:id:GRI|1").first?.entry)
        let sealed = try Self.portal()
        try sealed.take("letters", Self.letter([Self.file("JVBERi0=")], label: "V"))
        #expect(try sealed.rows("urn:id:GRI|1").isEmpty)
        func answer(_ portal: Portal, _ entry: EntryID) throws -> String {
            do {
                _ = try portal.open(
                    file: 1,
                    of: entry,
                    of: try portal.find("urn:id:GRI|1"),
                    as: try portal.reader("all"),
                    at: Board.now
                )
                return "opened"
            } catch let error as AccessError {
                return error.description
            }
        }
        #expect(try answer(plain, entry) == "opened")
        let hidden = try answer(sealed, entry)
        let none = try answer(sealed, EntryID(rawValue: "e-0000000000000000"))
        #expect(hidden == none)
    }

    private func events(_ journal: MemoryAuditJournal) throws -> [AuditEvent] {
        _ = journal.sequence()
        return try journal.events(from: 0, limit: 1000).map(\.event)
    }

    @Test("P5: nothing is opened where the look cannot be recorded, and each is recorded")
    func audit() throws {
        let journal = MemoryAuditJournal()
        let portal = try Self.portal(journal: journal)
        try portal.take("letters", Self.letter([Self.file("JVBERi0=")]))
        let entry = try #require(try portal.rows("urn:id:GRI|1").first?.entry)
        _ = try open(portal)
        let event = try #require(try events(journal).last)
        #expect(event.action == .openDocument && event.outcome == .permitted)
        #expect(event.entries.first?.hasPrefix(entry.rawValue) == true)
        #expect(event.detail == ["file": "1"])
        #expect(try refusal { try open(portal, as: "reader") } == "not-permitted")
        #expect(try events(journal).last?.outcome == .withheld)
    }

    @Test(
        "S10: the raw message of a letter that was another person's is read for a recall alone",
        arguments: ["memory", "SQLite"]
    )
    func takenBackMessage(_ store: String) throws {
        let folder = try Board.temporaryFolder()
        let portal = try Self.portal(
            store == "memory" ? .inMemory() : .sqlite(path: folder + "/record.sqlite")
        )
        let letter = Self.letter(["OBX|1|TX|A^Letter^L||Not hers||||||F"])
        let wrong = String(decoding: letter, as: UTF8.self)
            .replacing("||||||F", with: "||||||W").replacing("20261001", with: "20261002")
        try portal.take("letters", letter)
        let all = try portal.reader("all")
        #expect(
            try portal.document(ContentHash(of: letter), as: all, at: Board.now).value == letter
        )
        try portal.take("letters", Array(wrong.utf8))
        // The file as it came, and the message in it.
        for bytes in [letter, Array(letter.dropLast())] {
            do {
                _ = try portal.document(ContentHash(of: bytes), as: all, at: Board.now)
                Issue.record("the message of another person's letter was given")
            } catch let error as AccessError {
                #expect(["not-permitted", "not-found"].contains(error.code))
            }
        }
    }
}
