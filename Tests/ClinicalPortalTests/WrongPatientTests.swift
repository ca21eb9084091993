import ClinicalPortal
import PortalStoreSQLite
import Testing

@Suite("What is not this patient's, of every kind (SAFETY S4, S7, S8, S10)")
struct WrongPatientTests {
    private static let profile = """
        silos:
          letters: {label: Letters, zone: Europe/London, localAuthority: GRI, feeds: [clinicalDocument]}
          referrals: {label: Referrals, zone: Europe/London, localAuthority: GRI, feeds: [referral]}
          scans: {label: Scans, adapter: scanned-notes-manifest, localAuthority: GRI, feeds: [scannedDocument]}
          drop: {label: Drop, adapter: letter-drop, localAuthority: GRI, feeds: [clinicalDocument]}
          summary: {label: Summary, adapter: top-elements}
        access:
          roles:
            all: {may: [know, read, open document], needsRelationship: false, duties: [list, review, recall]}
        people:
          all: {roles: [all]}
        """

    private static let bob = Board.pid(
        nhs: "9990000026",
        local: "2",
        name: "LEE^Bob",
        born: "19620404",
        sex: "M"
    )

    private static func portal(_ storage: PortalStorage = .inMemory()) throws -> Portal {
        Portal(
            profile: try SiteProfile(yaml: profile),
            storage: storage,
            journal: MemoryAuditJournal()
        )
    }

    static func letter(
        _ event: String,
        _ number: String,
        _ observations: [String],
        at time: String,
        parent: String = "",
        state: String = "AU",
        availability: String = "",
        pid: String = Board.pid()
    ) -> [UInt8] {
        Array(
            ([
                "MSH|^~\\&|LETTERS|GRI|||20261121||MDM^\(event)|\(event)\(time)|P|2.5.1",
                "EVN|\(event)|\(time)", pid,
                "TXA|1|CN^Clinic letter|TX|\(time)|||\(time)|\(time)||||\(number)^GRI|\(parent)"
                    + "||||\(state)||\(availability)",
            ] + observations).joined(separator: "\r").utf8
        ) + [0x0D]
    }

    private static func text(
        _ words: String,
        _ status: String = "F",
        name: String = "Letter"
    )
        -> String
    { "OBX|1|TX|\(name.uppercased())^\(name)^L||\(words)||||||\(status)" }

    private func look(_ portal: Portal, at time: String) throws {
        _ = try portal.timeline(
            of: try portal.find("urn:id:GRI|1"),
            as: try portal.reader("all"),
            at: try #require(Instant(time))
        )
    }

    /// Files one message, lets someone look, files the other.
    private func told(
        _ silo: String,
        _ first: [UInt8],
        _ second: [UInt8],
        _ storage: PortalStorage = .inMemory()
    ) throws -> (rows: [TimelineRow], recalls: [RecallTask], portal: Portal) {
        let portal = try Self.portal(storage)
        let files: [String: [UInt8]] = [
            "a.png": Array("secret page".utf8), "secret.txt": Array("secret".utf8),
        ]
        func take(_ message: [UInt8], at time: String) throws {
            try portal.receive(
                [IncomingFile(name: time, bytes: message) { files[$0] }],
                silo: silo,
                at: try #require(Instant(time))
            )
        }
        try take(first, at: "2026-11-20T10:00Z")
        try look(portal, at: "2026-11-20T11:00Z")
        try take(second, at: "2026-11-20T12:00Z")
        let recalls = try portal.recalls(as: try portal.reader("all"), at: Board.now).value
        return (try portal.rows(versions: true), recalls, portal)
    }

    private static let summary: [(type: String, words: String)] = [
        ("allergy", #""substance":"Secretin","reactions":["rash"]"#),
        ("problem", #""problem":{"text":"Secret asthma"}"#),
        ("medicine", #""medicine":"Secretol","dose":"50 mg""#),
        ("procedure", #""procedure":"Secret graft","site":"left","note":"Secret note""#),
        ("alert", #""text":"Secret alert","detail":"Secret detail","contact":"Secret ward""#),
        (
            "plan",
            #""category":"resuscitation","title":"Secret plan","sections":[{"text":"Secret"}]"#
        ),
        ("contact", #""name":{"family":"Secret","given":"Jo"},"phones":["Secret 1"]"#),
    ]

    private func element(
        _ type: String,
        _ words: String,
        _ status: String,
        at time: String
    )
        -> [UInt8]
    {
        Array(
            (#"{"type":"\#(type)","id":"7","updated":"\#(time)","status":"\#(status)","#
                + #""patient":{"identifiers":[{"system":"GRI","value":"1"},{"system":"NHS","#
                + #""value":"9990000018"}],"name":{"family":"LEE","given":"Ann"},"#
                + #""birthDate":"1951-03-03","gender":"F"},"# + words + "}\n").utf8
        )
    }

    @Test("S10: an element of the first screen", arguments: summary.indices)
    func element(_ index: Int) throws {
        let (type, words) = Self.summary[index]
        let (rows, recalls, portal) = try told(
            "summary",
            element(type, words, "active", at: "2026-11-01"),
            element(type, words, "wrong patient", at: "2026-11-02")
        )
        #expect(rows.count == 2, "\(type)")
        #expect(rows.allSatisfy { $0.markers == [.wrongPatient] }, "\(type)")
        #expect(rows.first?.headline == "withdrawn: not this patient's")
        #expect(!(try portal.everything()).contains("Secret"), "\(type)")
        #expect(recalls.map(\.marker) == [.wrongPatient] && recalls.first?.person == "all")
        // The past reads so too (S10 before S18).
        var query = TimelineQuery()
        query.includesVersions = true
        let past = try portal.timeline(
            of: try portal.find("urn:id:GRI|1"),
            as: try portal.reader("all"),
            query: query,
            asOf: Instant("2026-11-20T11:30Z"),
            at: Board.now
        ).value.sections.flatMap(\.rows)
        #expect(past.count == 1 && !"\(past)".contains("Secret"))
    }

    @Test("S7: a withdrawn element keeps no notes; who read it is told")
    func withdrawnElement() throws {
        let (type, words) = Self.summary[4]
        let (rows, recalls, _) = try told(
            "summary",
            element(type, words, "active", at: "2026-11-01"),
            element(type, words, "withdrawn", at: "2026-11-02")
        )
        let row = try #require(rows.first { $0.isCurrent })
        #expect(row.headline == "withdrawn" && row.notes.isEmpty)
        #expect(rows.contains { !$0.isCurrent && $0.headline.contains("Secret alert") })
        #expect(recalls.map(\.marker) == [.withdrawn])
    }

    @Test("S10: a letter, scanned paper, a letter of a drop")
    func documents() throws {
        let person = "version,hospital_number,surname,birth_date\n"
        func drop(_ end: String) -> [UInt8] {
            Array(("letter,file,type,status," + person + "D1,secret.txt,CN," + end).utf8)
        }
        func scan(_ end: String) -> [UInt8] {
            let pages = "document,page,file,title,status," + person
            return Array((pages + "S1,1,a.png,Secret," + end + "TRAILER,1,1\n").utf8)
        }
        let before = ",1,1,LEE,1951-03-03\n"
        let after = "wrong patient,2,1,LEE,1951-03-03\n"
        for (silo, first, second) in [
            (
                "letters", Self.letter("T02", "L1", [Self.text("Secret")], at: "20261001"),
                Self.letter("T02", "L1", [Self.text("Secret", "W")], at: "20261002")
            ),
            ("drop", drop(before), drop(after)),
            ("scans", scan(before), scan(after)),
        ] {
            let (rows, recalls, _) = try told(silo, first, second)
            #expect(rows.count == 2 && rows.filter(\.isCurrent).count == 1, "\(silo)")
            #expect(rows.allSatisfy { $0.markers == [.wrongPatient] }, "\(silo)")
            #expect(rows.allSatisfy { $0.status == "withdrawn" }, "\(silo)")
            #expect(rows.allSatisfy { $0.files.isEmpty && $0.notes.isEmpty }, "\(silo)")
            #expect(!"\(rows)".lowercased().contains("secret"), "\(silo)")
            #expect(recalls.map(\.marker) == [.wrongPatient], "\(silo)")
        }
    }

    @Test("S7: a letter sent anew after it was wrong shows its own words alone")
    func revived() throws {
        let portal = try Self.portal()
        try portal.take(
            "letters",
            Self.letter("T02", "L1", [Self.text("Secret")], at: "20261001"),
            Self.letter("T06", "A0", [Self.text("Secret")], at: "20261001", parent: "L1"),
            Self.letter("T02", "L1", [Self.text("Secret", "W")], at: "20261002"),
            Self.letter("T02", "L1", [Self.text("Hers")], at: "20261003")
        )
        let rows = try portal.rows(versions: true)
        #expect(rows.first { $0.isCurrent }?.headline == "Hers")
        #expect(rows.first { $0.isCurrent }?.markers == [.reissued])
        #expect(!"\(rows)".contains("Secret"))
    }

    @Test("S10: what a wrong letter replaced; what replaced it before it was known")
    func replaced() throws {
        let first = Self.letter("T02", "L1", [Self.text("Secret")], at: "20261001")
        func second(_ words: String, at time: String) -> [UInt8] {
            Self.letter("T10", "L2", [Self.text(words)], at: time, parent: "L1")
        }
        func wrong(_ number: String) -> [UInt8] {
            Self.letter("T02", number, [Self.text("Secret", "W")], at: "20261003")
        }
        for messages in [
            [first, second("Secret", at: "20261002"), wrong("L2")],
            [first, second("Secret", at: "20261002"), wrong("L1")],
        ] {
            let portal = try Self.portal()
            for message in messages { try portal.take("letters", message) }
            #expect(!"\(try portal.rows(versions: true))".contains("Secret"))
        }
        let portal = try Self.portal()
        try portal.take("letters", first, wrong("L1"), second("Hers", at: "20261004"))
        let rows = try portal.rows(versions: true)
        #expect(rows.first { $0.isCurrent }?.headline == "Hers")
        #expect(!"\(rows)".contains("Secret"))
    }

    @Test("S4: a letter's number that names another person is marked and goes to review")
    func reissued() throws {
        for storage in [
            PortalStorage.inMemory(),
            try .sqlite(path: try Board.temporaryFolder() + "/record.sqlite"),
        ] {
            let portal = try Self.portal(storage)
            try portal.take(
                "letters",
                Self.letter("T02", "L1", [Self.text("One")], at: "20261001"),
                Self.letter("T08", "L1", [Self.text("Two")], at: "20261002", pid: Self.bob),
                Self.letter("T02", "L9", [Self.text("Other")], at: "20261001")
            )
            let own = try portal.rows()
            #expect(own.first { $0.key == "L1" }?.markers == [.reissuedForAnother])
            #expect(own.first { $0.key == "L9" }?.markers == [])
            let other = try #require(try portal.rows("urn:id:GRI|2").first)
            #expect(other.markers == [.corrected, .provisional])
            #expect(try portal.caseKinds() == ["reissued key"])
        }
    }

    @Test("S4: a number said to be wrong for one of them is no case")
    func movedOver() throws {
        let portal = try Self.portal()
        try portal.take(
            "letters",
            Self.letter("T02", "L1", [Self.text("One")], at: "20261001"),
            Self.letter("T02", "L1", [Self.text("One", "W")], at: "20261002"),
            Self.letter("T02", "L1", [Self.text("One")], at: "20261002", pid: Self.bob)
        )
        #expect(try portal.rows("urn:id:GRI|2").first?.markers == [])
        #expect(try portal.caseKinds().isEmpty)
    }

    // MARK: Parts

    private func referral(
        _ event: String,
        at time: String,
        _ words: String,
        _ status: String
    )
        -> [UInt8]
    {
        Array(
            [
                "MSH|^~\\&|GP|PRACTICE|||20261121||REF^\(event)|\(event)\(time)|P|2.5.1",
                "RF1|A|S^Stat|MED^Medical|||R1^PRACTICE|20260301||\(time)|Chest pain",
                Board.pid(), "OBR|1|||LETTER^Letter", Self.text(words, status),
            ].joined(separator: "\r").utf8
        ) + [0x0D]
    }

    @Test("S10: a referral of which a part is another person's shows nothing of any version")
    func wrongReferral() throws {
        let (rows, recalls, _) = try told(
            "referrals",
            referral("I12", at: "20261001", "Secret", "F"),
            referral("I13", at: "20261002", "Secret", "W")
        )
        #expect(rows.count == 2 && rows.allSatisfy { $0.markers == [.wrongPatient] })
        #expect(!"\(rows)".contains("Secret") && !"\(rows)".contains("Chest pain"))
        #expect(recalls.map(\.marker) == [.wrongPatient])
    }

    @Test("S10: what a referral stated beside its letter goes with it, unless it is said elsewhere")
    func besideWrongReferral() throws {
        func sent(_ number: String, _ status: String, at time: String, _ more: String) -> [UInt8] {
            Array(
                String(decoding: referral("I12", at: time, "Secret", status), as: UTF8.self)
                    .replacing("R1^", with: number + "^").utf8
            ) + Array(more.utf8)
        }
        let stated = "AL1|1|DA|P^Penicillin^L\rDG1|1||X^Secret asthma^L\rPR1|1||Y^Secret graft^L\r"
        let first = sent("R1", "F", at: "20261001", stated)
        let (rows, recalls, portal) = try told(
            "referrals",
            first,
            sent("R1", "W", at: "20261002", "")
        )
        #expect(rows.count == 5 && rows.allSatisfy { $0.markers == [.wrongPatient] })
        #expect(!"\(rows)".contains("Secret") && !"\(rows)".contains("Penicillin"))
        #expect(recalls.count == 4)
        // What it said is read through the recall, and nowhere else.
        let words = try recalls.flatMap { task in
            try portal.recalledValues(task.id, as: try portal.reader("all"), at: Board.now)
                .value.map(\.value)
        }
        for word in ["Penicillin", "Secret asthma", "Secret graft", "Chest pain"] {
            #expect(words.contains { $0.contains(word) }, "\(word)")
        }
        // Another referral states the allergy too: it stands, in every order.
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            let messages = [
                first, sent("R1", "W", at: "20261002", ""),
                sent("R2", "F", at: "20260901", "AL1|1|DA|P^Penicillin^L\r"),
            ]
            let both = try Self.portal()
            for place in order { try both.take("referrals", messages[place]) }
            let standing = try both.rows().filter { $0.markers.isEmpty }
            #expect(
                standing.map(\.kind).sorted { $0.rawValue < $1.rawValue } == [
                    .allergyIntolerance, .referral,
                ]
            )
        }
    }

    @Test("HL7 table 0273: what its sender calls obsolete or not for care says so")
    func availability() throws {
        for (code, marker) in [("OB", Marker.obsolete), ("UN", .notForCare)] {
            let (rows, _, _) = try told(
                "letters",
                Self.letter("T02", "L1", [Self.text("Words")], at: "20261001"),
                Self.letter("T03", "L1", [], at: "20261002", availability: code)
            )
            let row = try #require(rows.first { $0.isCurrent })
            #expect(row.markers == [marker] && row.headline == "Words")
            let (again, _, _) = try told(
                "letters",
                Self.letter("T02", "L1", [Self.text("Words")], at: "20261001", availability: code),
                Self.letter("T03", "L1", [], at: "20261002", availability: "AV")
            )
            #expect(again.first { $0.isCurrent }?.markers == [])
        }
    }

    @Test("S9, S25: a letter whose text its sender clears says so", arguments: ["T02", "T08"])
    func cleared(_ event: String) throws {
        for emptied in [Self.text("\"\"", "C"), Self.text("", "C")] {
            let (rows, recalls, _) = try told(
                "letters",
                Self.letter("T02", "L1", [Self.text("Old words")], at: "20261001"),
                Self.letter(event, "L1", [emptied], at: "20261002")
            )
            let row = try #require(rows.first { $0.isCurrent })
            #expect(row.headline == "Text removed by the sender's correction")
            #expect(row.markers == [.corrected] && !"\(row)".contains("Old words"))
            #expect(rows.contains { !$0.isCurrent && $0.headline == "Old words" })
            #expect(recalls.map(\.marker) == [.corrected])
        }
    }

    @Test("S8: of a letter one part withdrawn leaves the others; all of them withdraw it")
    func partWithdrawn() throws {
        func letter(_ first: String, _ second: String, at time: String) -> [UInt8] {
            Self.letter(
                "T08",
                "L1",
                [
                    Self.text("Stands", first, name: "Plan"),
                    Self.text("Gone", second, name: "Dose"),
                ],
                at: time
            )
        }
        let before = letter("F", "F", at: "20261001")
        let part = try told("letters", before, letter("F", "D", at: "20261002"))
        let row = try #require(part.rows.first { $0.isCurrent })
        #expect(row.notes == ["Plan\nStands\n\nDose\nWithdrawn by the sender"])
        #expect(row.status == "corrected" && !"\(row)".contains("Gone"))
        let whole = try told("letters", before, letter("D", "D", at: "20261002"))
        #expect(whole.rows.first { $0.isCurrent }?.markers == [.withdrawn])
        #expect(whole.rows.first { $0.isCurrent }?.notes == [])
        let wrong = try told("letters", before, letter("F", "W", at: "20261002"))
        #expect(wrong.rows.allSatisfy { $0.markers == [.wrongPatient] && $0.notes.isEmpty })
    }

    @Test("S8: a part of a referral that is withdrawn, its file too, leaves the referral")
    func partOfReferral() throws {
        let (rows, _, _) = try told(
            "referrals",
            referral("I12", at: "20261001", "Gone", "F"),
            referral("I13", at: "20261002", "Gone", "D")
        )
        let row = try #require(rows.first { $0.isCurrent })
        #expect(row.notes == ["Letter\nWithdrawn by the sender"])
        #expect(row.headline.contains("Chest pain"))
        let file = "OBX|1|ED|PDF^File^L||GRI^application^pdf^Base64^JVBERi0=||||||D"
        let letters = try told(
            "letters",
            Self.letter("T02", "L1", [Self.text("Stands")], at: "20261001"),
            Self.letter("T08", "L1", [Self.text("Stands"), file], at: "20261002")
        )
        let letter = try #require(letters.rows.first { $0.isCurrent })
        #expect(letter.files.isEmpty && letter.notes.first?.contains("Stands") == true)
    }

    @Test("S8: an edit without content does not read as an empty letter")
    func editWithoutContent() throws {
        let (rows, _, _) = try told(
            "letters",
            Self.letter("T02", "L1", [Self.text("Old words")], at: "20261001"),
            Self.letter("T07", "L1", [], at: "20261002")
        )
        let row = try #require(rows.first { $0.isCurrent })
        #expect(row.markers == [.corrected, .valueNotReceived])
        #expect(row.headline == "corrected; value not received")
    }

    @Test("A referral says that it is one, and how soon in its sender's words")
    func urgency() throws {
        for (code, words) in [
            ("S", "STAT"), ("A", "ASAP"), ("R", "routine"), ("R^Routine", "routine"),
            ("S^Same day", "Same day"), ("A^ASAP", "ASAP"),
            ("USC^Suspected cancer", "Suspected cancer"),
        ] {
            let sent = String(decoding: referral("I12", at: "20261001", "a", "F"), as: UTF8.self)
            let portal = try Self.portal()
            try portal.take("referrals", Array(sent.replacing("S^Stat", with: code).utf8))
            let row = try #require(try portal.rows().first)
            #expect(row.what == "Referral: Medical" && row.headline == words + ": Chest pain")
        }
        let named = String(decoding: referral("I12", at: "20261001", "a", "F"), as: UTF8.self)
            .replacing("MED^Medical", with: "MED^Medical referral")
        let portal = try Self.portal()
        try portal.take("referrals", Array(named.utf8))
        #expect(try portal.rows().first?.what == "Medical referral")
    }

    // MARK: Addenda

    private func addendum(
        _ event: String,
        _ words: String?,
        _ status: String = "F",
        at time: String,
        state: String = "AU",
        availability: String = ""
    ) -> [UInt8] {
        Self.letter(
            event,
            "A1",
            words.map { [Self.text($0, status)] } ?? [],
            at: time,
            parent: event == "T06" ? "L1" : "",
            state: state,
            availability: availability
        )
    }

    /// The current rows and all rows of a letter and what is sent of its addendum, in both orders.
    private func under(_ messages: [UInt8]...) throws -> (row: TimelineRow, all: [TimelineRow]) {
        let letter = Self.letter("T02", "L1", [Self.text("Letter words")], at: "20261001")
        let portal = try Self.portal()
        for message in [letter] + messages { try portal.take("letters", message) }
        let back = try Self.portal()
        for message in messages.reversed() + [letter] { try back.take("letters", message) }
        let rows = try portal.rows()
        #expect(rows == (try back.rows()) && rows.count == 1)
        return (try #require(rows.first), try portal.rows(versions: true))
    }

    @Test("S7, S8: a cancelled or withdrawn addendum is not shown under its letter")
    func cancelledAddendum() throws {
        let sent = addendum("T06", "Dose 50 mg", at: "20261002")
        for taken in [
            addendum("T11", nil, at: "20261003"),
            addendum("T02", nil, at: "20261003", availability: "CA"),
            addendum("T08", "Dose 50 mg", "D", at: "20261003"),
        ] {
            let (row, all) = try under(sent, taken)
            #expect(row.notes.count == 2 && row.notes[0].contains("Letter words"))
            #expect(row.notes.last?.hasSuffix("\nwithdrawn") == true)
            #expect(!"\(row)".contains("50 mg"))
            // What was said is reachable as a version.
            #expect(all.contains { !$0.isCurrent && "\($0)".contains("50 mg") })
        }
    }

    @Test("S10: a wrong-patient addendum shows no words anywhere; the letter stands")
    func wrongAddendum() throws {
        let (row, all) = try under(
            addendum("T06", "Secret", at: "20261002"),
            addendum("T06", "Secret", "W", at: "20261003")
        )
        #expect(row.notes.first?.contains("Letter words") == true && row.markers.isEmpty)
        #expect(row.notes.last?.hasSuffix("\nwithdrawn: not this patient's") == true)
        #expect(!"\(all)".contains("Secret"))
    }

    @Test("S10: who was shown a letter with another person's addendum is told; the past hides it")
    func recalledAddendum() throws {
        let portal = try Self.portal()
        func take(_ message: [UInt8], at time: String) throws {
            let moment = try #require(Instant(time))
            try portal.receive(message, silo: "letters", name: time, at: moment)
        }
        let letter = Self.letter("T02", "L1", [Self.text("Letter words")], at: "20261001")
        try take(letter, at: "2026-11-20T09:00Z")
        try take(addendum("T06", "Secret", at: "20261002"), at: "2026-11-20T10:00Z")
        try look(portal, at: "2026-11-20T11:00Z")
        try take(addendum("T06", "", "W", at: "20261003"), at: "2026-11-20T12:00Z")
        let all = try portal.reader("all")
        let tasks = try portal.recalls(as: all, at: Board.now).value
        #expect(tasks.map(\.marker) == [.wrongPatient])
        let past = try portal.timeline(
            of: try portal.find("urn:id:GRI|1"),
            as: all,
            asOf: Instant("2026-11-20T11:30Z"),
            at: Board.now
        ).value.sections.flatMap(\.rows)
        #expect(!"\(past)".contains("Secret"))
    }

    @Test("S5: of an addendum too the final is shown, not the preliminary beside it")
    func addendumVersions() throws {
        let draft = addendum("T06", "Dose 50 mg", at: "20261002", state: "DI")
        let (alone, _) = try under(draft)
        #expect(alone.notes.last == "Addendum 02-Oct-2026 (preliminary)\nLetter\nDose 50 mg")
        let (row, all) = try under(draft, addendum("T06", "Dose 5 mg", at: "20261003"))
        #expect(row.notes.count == 2 && row.notes.last?.contains("Dose 5 mg") == true)
        let before = try #require(all.first { !$0.isCurrent })
        #expect(before.notes.last?.contains("50 mg") == true)
        #expect(before.what == "Addendum: Clinic letter")
    }

    @Test("S8: an edit of an addendum is the addendum's, with or without the letter's number")
    func editedAddendum() throws {
        let (row, _) = try under(
            addendum("T06", "Dose 50 mg", at: "20261002"),
            addendum("T08", "Dose 5 mg", at: "20261003")
        )
        #expect(row.key == "L1" && row.notes.count == 2)
        #expect(row.notes.last?.hasSuffix("(corrected)\nLetter\nDose 5 mg") == true)
    }

    @Test("Two addenda under their letter's own number stay two")
    func addendaWithoutNumber() throws {
        func own(_ words: String, at time: String) -> [UInt8] {
            Self.letter("T06", "L1", [Self.text(words)], at: time, parent: "L1")
        }
        let (row, _) = try under(own("Second", at: "20261003"), own("First", at: "20261002"))
        let words = ["Letter words", "First", "Second"]
        #expect(row.notes.count == 3 && zip(row.notes, words).allSatisfy { $0.contains($1) })
    }
}
