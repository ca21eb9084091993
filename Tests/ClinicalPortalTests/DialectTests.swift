import ClinicalPortal
import Testing

@Suite("What a site says of its silos, and no adapter knows (PITFALLS 31, 34; SAFETY S1, S2, S11)")
struct DialectTests {
    /// A portal whose laboratory has further members.
    private func portal(_ members: String) throws -> Portal {
        let lab = "lab: {label: Laboratory, zone: Europe/London, localAuthority: GRI"
        return Portal(
            profile: try SiteProfile(
                yaml: Board.profile.replacing(lab + "}", with: lab + ", " + members + "}")
            ),
            storage: .inMemory(),
            journal: MemoryAuditJournal()
        )
    }

    private func people(_ portal: Portal) throws -> Int {
        try portal.patients(as: try portal.reader("all"), at: Board.now).value.count
    }

    private func result(_ number: String, _ pid: String, value: String = "69") -> [UInt8] {
        Board.result(value, status: "F", at: "20260302140000", number: number, pid: pid)
    }

    // MARK: Unknown people

    @Test("names that a site writes for unknown people link nobody by name and birth date")
    func unknownNames() throws {
        for (members, count) in [("resends: false", 1), ("unknownPeople: [Alpha Tango]", 2)] {
            let portal = try portal(members)
            for local in ["8", "9"] {
                let pid = Board.pid(local: local, name: "Tango^Alpha", sex: "M")
                try portal.take("lab", result(local, pid))
            }
            #expect(try people(portal) == count)
        }
    }

    @Test("an unknown person who is named later under the same number is one person")
    func namedLater() throws {
        let portal = try portal("unknownPeople: [Alpha Male]")
        let unknown = "PID|1||9^^^GRI^MR||Male^Alpha|||M"
        try portal.take("lab", result("1", unknown), result("2", Board.pid(local: "9", sex: "M")))
        #expect(try people(portal) == 1)
    }

    @Test("nobody is filed under a number that stands for none")
    func unknownNumbers() throws {
        for (members, count) in [("resends: false", 1), ("unknownNumbers: [TEMP*]", 2)] {
            let portal = try portal(members)
            for (number, name) in [("1", "LEE^Ann"), ("2", "LEE")] {
                let pid = "PID|1||TEMP1^^^GRI^MR||\(name)"
                try portal.take("lab", result(number, pid))
            }
            #expect(try people(portal) == count)
        }
    }

    // MARK: Mother and baby

    @Test(
        "a child under its mother's number is a person of its own, and a finding",
        arguments: ["LEE^B/O Ann", "B/O LEE^Ann", "LEE^B.O. ANN", "LEE^^^^B/O"]
    )
    func newborn(_ name: String) throws {
        let mother = Board.pid()
        let child = "PID|1||9990000018^^^NHS^NH~1^^^GRI^MR||\(name)|||F"
        for isFirst in [true, false] {
            let portal = try portal("newborns: [B/O]")
            let messages = [result("1", mother), result("2", child, value: "150")]
            for message in isFirst ? messages.reversed() : messages {
                try portal.take("lab", message)
            }
            #expect(try people(portal) == 2)
            let shown = try portal.patients(as: try portal.reader("all"), at: Board.now).value
                .map { try portal.rows($0.patient.rawValue).flatMap(\.values).map(\.value) }
            #expect(Set(shown) == [["69"], ["150"]])
            #expect(try portal.caseKinds() == ["possible link"])
        }
        let portal = try portal("resends: false")
        try portal.take("lab", result("1", mother), result("2", child))
        #expect(try people(portal) == 1, "without the word the child is its mother")
    }

    @Test("twins under one mother's number are two, and her merge takes neither")
    func twins() throws {
        let portal = try portal("newborns: [B/O]")
        for (number, name) in ["B/O Boy", "B/O Girl"].enumerated() {
            // Without a birth date nothing else tells them from their mother.
            let child = "PID|1||1^^^GRI^MR||LEE^\(name)"
            try portal.take("lab", result("\(number)", child))
        }
        try portal.take("pas", Board.merge(prior: "1", into: Board.pid(local: "2")))
        try portal.take("lab", result("7", Board.pid()))
        #expect(try people(portal) == 3)
    }

    // MARK: Quality control

    @Test("samples of quality control are no patient's: rejected, kept, and counted")
    func qualityControl() throws {
        let sample = result("7", Board.pid(nhs: nil, local: "QC44", name: "LEVEL 1^QC"))
        for members in ["qualityControl: [\"QC *\"]", "qualityControl: [\"QC4*\"]"] {
            let portal = try portal(members)
            try portal.take("lab", sample, result("1", Board.pid()))
            #expect(try people(portal) == 1)
            let day = try portal.conservation().first { $0.silo == "lab" }
            #expect(day?.received == 2 && day?.filed == 1 && day?.rejected == 1)
        }
    }

    @Test(
        "the profile says which roles of specimens are controls'",
        arguments: [
            ("resends: false", "Q", 1), ("controlRoles: [Q]", "P", 1),
            ("controlRoles: [Q]", "Q", 0),
        ]
    )
    func controlRole(_ members: String, _ role: String, _ count: Int) throws {
        let portal = try portal(members)
        let specimen = "SPM|1|||SER|||||||\(role)\r"
        try portal.take("lab", result("1", Board.pid()) + Array(specimen.utf8))
        #expect(try people(portal) == count)
    }

    @Test("an order without a specimen beside a control's may be a patient's: held, not rejected")
    func controlBesideOrder() throws {
        let portal = try portal("controlRoles: [Q]")
        let second =
            "OBR|2||8^LAB|FBC^Full blood count^L\rOBX|1|NM|HB||150||||||F\rSPM|1|||SER|||||||Q\r"
        try portal.take("lab", result("1", Board.pid()) + Array(second.utf8))
        let day = try portal.conservation().first { $0.silo == "lab" }
        #expect(day?.held == 1 && day?.rejected == 0)
    }

    // MARK: Old reports under new numbers

    private let old = Board.result("69", status: "F", at: "20260302140000", number: "L26B1")

    private func anew(_ value: String) -> [UInt8] {
        Board.result(value, status: "C", at: "20260901", number: "N-26B1", control: "2")
    }

    @Test("a report under its new number is a version of the old one, in both orders")
    func renumbered() throws {
        for isFirst in [true, false] {
            let portal = try portal("renumbered: {\"N-\": L}")
            for message in isFirst ? [anew("71"), old] : [old, anew("71")] {
                try portal.take("lab", message)
            }
            let rows = try portal.rows()
            #expect(rows.flatMap(\.values).map(\.value) == ["71"])
            #expect(rows.count == 1 && rows.first?.markers == [.corrected])
        }
    }

    @Test("where the new number tells nothing, both stand and refer to each other")
    func resent() throws {
        for (members, count) in [("resends: true", 1), ("resends: false", 0)] {
            let portal = try portal(members)
            try portal.take("lab", old, anew("69"))
            let rows = try portal.rows()
            #expect(rows.count == 2)
            #expect(rows.allSatisfy { $0.possiblySame.count == count })
        }
    }

    // MARK: The profile

    @Test("a pattern that would fit everybody is refused with its line")
    func wideOpen() throws {
        for members in [
            "unknownPeople: [\"*\"]", "qualityControl: [\"\"]", "newborns: [\"-\"]",
            "unknownNumbers: [\"* TEMP\"]", "controlRoles: [\"\"]", "controlRoles: [Q, P]",
            "renumbered: {\"\": L}", "renumbered: {N: L, L: M}", "renumbered: {N: N}",
        ] {
            #expect(throws: ProfileError.self) { try portal(members) }
        }
    }
}
