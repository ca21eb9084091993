import ClinicalPortal
import Testing

/// What an attack on the rules found once, each in the smallest history that shows it.
@Suite("What was wrong once")
struct AttackTests {
    /// A report of several analytes.
    private func report(
        _ results: [(code: String, value: String, status: String)],
        at time: String,
        report: String,
        control: String = "1"
    ) -> [UInt8] {
        let obx = results.enumerated().map { index, one in
            "OBX|\(index + 1)|NM|\(one.code)^\(one.code)^L||\(one.value)|g/L|||||\(one.status)"
        }
        let segments = [
            "MSH|^~\\&|LIMS|LAB|||20261122||ORU^R01|\(control)\(time)|P|2.5.1", Board.pid(),
            "OBR|1||26B1^LAB|FBC^Full blood count^L|||20260301|||||||||||||||\(time)|||\(report)",
        ]
        return Array((segments + obx).joined(separator: "\r").utf8) + [0x0D]
    }

    private func values(_ messages: [UInt8]...) throws -> [String: [RowValue]] {
        let portal = try Board.portal()
        for message in messages { try portal.take("lab", message) }
        let row = try #require(try portal.rows().first)
        return Dictionary(grouping: row.values, by: \.code)
    }

    @Test("S8: what takes back one analyte leaves the rest, where OBR-25 says nothing")
    func oneOfTwo() throws {
        for time in ["20260311", "20260309"] {
            let found = try values(
                report([("HB", "5", "F"), ("PLT", "200", "F")], at: "20260310", report: "F"),
                report([("HB", "", "D")], at: time, report: "")
            )
            #expect(found["PLT"]?.map(\.value) == ["200"])
            #expect(found["PLT"]?.first?.markers == [])
        }
    }

    @Test("S10: one request told in two pieces is one order group; W takes back both pieces")
    func pieces() throws {
        let both = [("HB", "5"), ("PLT", "200")]
        func message(_ status: String, _ time: String) -> [UInt8] {
            let groups = both.flatMap { code, value in
                [
                    "OBR|1||26B1^LAB|FBC^Full blood count^L|||20260301|||||||||||||||\(time)|||\(status)",
                    "OBX|1|NM|\(code)^\(code)^L||\(value)|g/L|||||\(status)",
                ]
            }
            return Array(
                (["MSH|^~\\&|LIMS|LAB|||20261122||ORU^R01|\(time)|P|2.5.1", Board.pid()] + groups)
                    .joined(separator: "\r").utf8
            )
        }
        let found = try values(message("F", "20260310"), message("W", "20260311"))
        #expect(found.values.joined().allSatisfy { $0.value == nil })
        #expect(
            try values(message("F", "20260310")).values.joined().map(\.value).sorted {
                $0 ?? "" < $1 ?? ""
            } == ["200", "5"]
        )
    }

    @Test("S10: a repeat without a sub-id is taken back with its like")
    func repeats() throws {
        let found = try values(
            report([("HB", "5", "F"), ("HB", "6", "F")], at: "20260310", report: "F"),
            report([("HB", "", "W")], at: "20260311", report: "F")
        )
        #expect(found["HB"]?.allSatisfy { $0.value == nil } == true)
    }

    @Test("S10: a look into the past shows nothing of what is known to be another person's")
    func past() throws {
        let portal = try Board.portal()
        let early = try #require(Instant("2026-03-10T12:00Z"))
        let first = Board.result("69", status: "F", at: "20260310")
        try portal.receive(first, silo: "lab", name: "1", at: early)
        try portal.take("lab", Board.result("", status: "W", at: "20260311"))
        func page(_ purpose: Purpose) throws -> [RowValue] {
            try portal.timeline(
                of: try portal.find("urn:id:GRI|1"),
                as: try portal.reader("all"),
                purpose: purpose,
                asOf: early,
                at: Board.now
            ).value.sections.flatMap(\.rows).flatMap(\.values)
        }
        #expect(try page(.directCare).map(\.value) == [nil])
        #expect(try page(.directCare).map(\.markers) == [[.wrongPatient]])
    }

    @Test("S7: earlier values stay reachable after a withdrawal")
    func reachable() throws {
        let portal = try Board.portal()
        try portal.take(
            "lab",
            Board.result("69", status: "F", at: "20260310"),
            Board.result("", status: "D", at: "20260311")
        )
        let rows = try portal.rows(versions: true)
        #expect(rows.first?.values.first?.value == nil)
        #expect(rows.dropFirst().flatMap(\.values).compactMap(\.value) == ["69"])
    }

    @Test("S7: the laboratory's last word after a reissue is never unseen")
    func lastWord() throws {
        let portal = try Board.portal()
        try portal.take(
            "lab",
            Board.result("5", status: "F", at: "20260310"),
            Board.result("", status: "D", at: "20260311"),
            Board.result("6", status: "F", at: "20260312")
        )
        try portal.take("lab", Board.result("5", status: "C", at: "20260313"))
        #expect(try portal.caseKinds() == ["revived result"])
        let row = try #require(try portal.rows().first)
        #expect(row.values.map(\.value) == ["6"] && row.status == "final")
    }

    @Test("S9: a correction without a result says that nothing was repeated")
    func bareCorrection() throws {
        let found = try values(
            report([("HB", "5", "F")], at: "20260310", report: "F"),
            report([], at: "20260311", report: "C")
        )
        #expect(found["HB"]?.first?.markers == [.notRepeated])
    }

    @Test("the banner's ward is that of the last movement, cancelled transfers included")
    func wardNow() throws {
        let portal = try Board.portal()
        func ward() throws -> String? {
            try portal.topScreen(
                of: try portal.find("urn:id:GRI|1"),
                as: try portal.reader("all"),
                at: Board.now
            ).value.banner.location
        }
        try portal.take("pas", Board.movement("A01", at: "20261101080000", ward: "WARD9"))
        try portal.take("pas", Board.movement("A02", at: "20261102080000", ward: "WARD7"))
        #expect(try ward() == "WARD7")
        try portal.take("pas", Board.movement("A12", at: "20261102090000", ward: "WARD9"))
        #expect(try ward() == "WARD9")
    }

    @Test(
        "S2: names that name nobody link nobody",
        arguments: [
            ("Twin 1", "Twin 2"), ("Baby", "Baby"), ("Baby Boy 1", "Baby Boy 2"),
            ("Unknown Male", "Unknown Male"), ("Not Given", "Not Given"), ("XXX", "XXX"),
            ("Twin 1 Anna", "Twin 2 Anna"),
        ]
    )
    func placeholders(_ one: String, _ two: String) throws {
        let portal = try Board.portal()
        for (local, given) in [("1", one), ("2", two)] {
            let pid = Board.pid(local: local, name: "LEE^" + given)
            try portal.take(
                "lab",
                Board.result("7", status: "F", at: "2026", number: local, pid: pid)
            )
        }
        #expect(try portal.patients(as: try portal.reader("all"), at: Board.now).value.count == 2)
        #expect(try !portal.caseKinds().isEmpty)
    }

    @Test("S3: an undisclosed decision is ended by its retraction, and by no link")
    func undisclosed() throws {
        let portal = try Board.portal()
        let all = try portal.reader("all")
        try portal.take("lab", Board.result("7", status: "F", at: "2026", number: "1"))
        try portal.take(
            "lab",
            Board.result("7", status: "F", at: "2026", number: "2", pid: Board.pid(local: "2"))
        )
        let members = try #require(
            try portal.patients(as: all, at: Board.now).value.first?.members.map(\.patient)
        )
        let id = try portal.link(
            members[0],
            members[1],
            apart: true,
            undisclosed: true,
            reason: "protected",
            as: all,
            at: Board.now
        )
        let later = Board.now.adding(seconds: 60)
        _ = try portal.link(members[0], members[1], reason: "same", as: all, at: later)
        #expect(try portal.patients(as: all, at: later).value.count == 2)
        #expect(try portal.caseKinds().isEmpty)
        _ = try portal.retract(id, reason: "lifted", as: all, at: later)
        #expect(try portal.patients(as: all, at: later).value.count == 1)
    }

    @Test("P6: a sealed message under another number changes neither handle nor banner")
    func hiddenNumber() throws {
        func answer(_ isSealed: Bool) throws -> String {
            let portal = try Board.portal()
            try portal.take("pas", Board.movement("A01", at: "20261101080000"))
            try portal.take("lab", Board.result("69", status: "F", at: "20260302"))
            if isSealed {
                for local in ["0", "2", "3", "4", "5"] {
                    try portal.take(
                        "lab",
                        Board.result(
                            "1",
                            status: "F",
                            at: "20260304",
                            number: "26B9" + local,
                            pid: Board.pid(local: local, name: "LEE-SMITH^Ann"),
                            orc: "ORC|RE||26B9^LAB" + String(repeating: "|", count: 25) + "V"
                        )
                    )
                }
            }
            let patient = try portal.find("urn:id:GRI|1")
            let reader = try portal.reader("doctor")
            return try TimelineView.json(portal.timeline(of: patient, as: reader, at: Board.now))
                + TopScreenView.json(portal.topScreen(of: patient, as: reader, at: Board.now))
        }
        #expect(try answer(true) == answer(false))
    }

    @Test("a number wrong in another record hides nobody, and opens nobody's own record")
    func strayNumber() throws {
        let profile =
            Board.profile + """

                  ann: {roles: [patient], identifiers: ["nhs-number|9990000018"]}
                """
        let text = profile.replacing(
            "    desk: {may",
            with:
                "    patient: {may: [know, read], purposes: [patient request], patient: true}\n    desk: {may"
        )
        let portal = Portal(
            profile: try SiteProfile(yaml: text),
            storage: .inMemory(),
            journal: MemoryAuditJournal()
        )
        try portal.take("pas", Board.movement("A01", at: "20261101080000"))
        let stray = Board.pid(local: "9", name: "DOUGLAS^Peter", born: "19930817", sex: "M")
        try portal.take("lab", Board.result("7", status: "F", at: "2026", pid: stray))
        let doctor = try portal.reader("doctor")
        #expect(
            try portal.find("9990000018", as: doctor, at: Board.now) == portal.find("urn:id:GRI|1")
        )
        #expect(throws: StoreError.self) {
            try portal.find("9990000018", as: try portal.reader("all"), at: Board.now)
        }
        #expect(throws: AccessError.self) {
            try portal.timeline(
                of: try portal.find("urn:id:GRI|9"),
                as: try portal.reader("ann"),
                purpose: .patientRequest,
                at: Board.now
            )
        }
    }

    @Test(
        "a profile's mistakes are refused with their line",
        arguments: [
            ("may: [know, read], override: true", "may: [know, read], kinds: [encounter]", 14),
            ("duties: [list,", "duties: [explane,", 12),
            (
                "emergency: {minutes: 60, opens: [relationship]}",
                "emergency: {minutes: 60, opens: [refused]}", 9
            ),
            ("desk: {may: [know, read]", "desk: {may: [read]", 15),
            ("{team: ward-7}", "{team: ward-7, as: student, sponsor: nobody}", 18),
            ("{team: ward-7}", "{team: ward-7, from: 2026-02-01, to: 2026-01-01}", 18),
        ]
    )
    func profileMistakes(_ sound: String, _ wrong: String, _ line: Int) throws {
        #expect(Board.profile.contains(sound))
        do throws(ProfileError) {
            _ = try SiteProfile(yaml: Board.profile.replacing(sound, with: wrong))
            Issue.record("accepted: \(wrong)")
        } catch {
            #expect(abs(error.line - line) <= 1, "\(error)")
        }
    }
}
