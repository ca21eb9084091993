import ClinicalPortal
import Foundation
import PortalTestKit
import Testing

@Suite("Pitfalls of dates and times (PITFALLS C)")
struct PitfallDateTests {
    private static let collected = "20260302081500"

    /// The one result of a portal, its collection time written otherwise.
    private func row(
        _ collected: String,
        silo: String = "lab",
        store: PitfallStore = .memory
    ) throws -> TimelineRow {
        let portal = try store.portal()
        try portal.take(silo, Pitfall.report(["NM|HB^Haemoglobin^L||69"], collected: collected))
        let rows = try portal.rows()
        #expect(rows.count == 1)
        return try #require(rows.first)
    }

    // MARK: Zones

    @Test(
        "PITFALLS 13: a wall time has the zone of its silo, and none where nobody names one",
        arguments: PitfallStore.allCases
    )
    func zoneOfTheSilo(_ store: PitfallStore) throws {
        let portal = try store.portal()
        let result = Board.result("69", status: "F", at: "20260302140000")
        try portal.take("lab", result)
        try portal.take("other", result)
        let rows = try portal.rows()
        let when = Dictionary(uniqueKeysWithValues: rows.map { ($0.silo, $0.when) })
        #expect(when["lab"]??.description == "2026-03-02T08:15:00[Europe/London]")
        #expect(when["other"]??.description == "2026-03-02T08:15:00")
        #expect(when["lab"]??.clinical == "02-Mar-2026 08:15")
        #expect(when["other"]??.clinical == "02-Mar-2026 08:15 (zone not stated)")
    }

    @Test(
        "PITFALLS 14: the offset that was sent is the offset that is shown",
        arguments: ["+0100", "+0000", "-0530"],
        PitfallStore.allCases
    )
    func offset(_ offset: String, _ store: PitfallStore) throws {
        let own = offset.prefix(3) + ":" + offset.suffix(2)
        let shown = "2026-03-02T08:15:00" + (offset == "+0000" ? "Z" : own)
        let portal = try store.portal()
        try portal.take(
            "lab",
            Pitfall.report(["NM|HB^Haemoglobin^L||69"], collected: Self.collected + offset)
        )
        try portal.take(
            "fhir",
            Pitfall.bundle([
                Pitfall.observation(
                    #""effectiveDateTime":"2026-03-02T08:15:00\#(own)","valueInteger":4"#
                )
            ])
        )
        #expect(try portal.rows().map { $0.when?.words } == [shown, shown])
        #expect(try portal.pageText().components(separatedBy: "\"when\":\"\(shown)\"").count == 3)
    }

    @Test("PITFALLS 15: January is winter time and July summer time, whenever the page is printed")
    func offsetOfItsDay() throws {
        // Sent without offset at 09:00, and at 08:45 of universal time.
        func current(_ day: String) throws -> [String?] {
            let portal = try Board.portal()
            try portal.take(
                "lab",
                Board.result("69", status: "F", at: day + "090000"),
                Board.result("96", status: "F", at: day + "084500+0000")
            )
            return try portal.rows().flatMap(\.values).map(\.value)
        }
        #expect(try current("20260115") == ["69"])
        #expect(try current("20260715") == ["96"])
        let portal = try Board.portal()
        try portal.take("lab", Pitfall.report(["NM|K||4"], collected: "20260115081500"))
        let texts = try ["2026-01-20T10:00Z", "2026-07-20T10:00Z"].map { now in
            TimelineView.text(
                try portal.timeline(
                    of: try portal.find("urn:id:GRI|1"),
                    as: try portal.reader("all"),
                    at: try #require(Instant(now))
                )
            )
        }
        #expect(texts.allSatisfy { $0.contains("\n15-Jan-2026 08:15 · ") })
    }

    @Test("PITFALLS 15: in the repeated hour two wall times order nothing, and their offsets do")
    func repeatedHour() throws {
        func values(_ one: String, _ two: String) throws -> [String] {
            let portal = try Board.portal()
            try portal.take("lab", Board.result("69", status: "F", at: one))
            try portal.take("lab", Board.result("96", status: "F", at: two))
            return try portal.rows().flatMap(\.values).compactMap(\.value).sorted()
        }
        #expect(try values("20261025011000", "20261025015000") == ["69", "96"])
        #expect(try values("20261025011000+0100", "20261025015000+0100") == ["96"])
        #expect(try values("20261025015000+0100", "20261025011000+0000") == ["96"])
        #expect(try values("20261025031000", "20261025035000") == ["96"])
    }

    @Test(
        "PITFALLS 15: a repeated and a skipped hour stand as they were sent, and it is said",
        arguments: ["20261025013000", "20260329013000"]
    )
    func clockChange(_ written: String) throws {
        let when = try #require(try row(written).when)
        let day = written.hasPrefix("202610") ? "2026-10-25" : "2026-03-29"
        #expect(when.description == day + "T01:30:00[Europe/London]")
        #expect(when.clinical.hasSuffix("01:30 (clock change: summer or winter time)"))
    }

    @Test("PITFALLS 16: the program shows the same page in every zone of the machine")
    func machineZone() throws {
        let program = SourceTree.url(".build/debug/portal")
        guard FileManager.default.isExecutableFile(atPath: program.path) else {
            print("SKIPPED: the program is not in .build/debug; the machine's zone was not tried")
            return
        }
        let folder = try Board.temporaryFolder()
        func write(_ name: String, _ bytes: [UInt8]) throws {
            try Data(bytes).write(to: URL(fileURLWithPath: folder + "/" + name))
        }
        try write("profile.yaml", Array(Board.profile.utf8))
        // Half an hour into a day of summer, and half an hour before its end.
        for (name, time) in [("a", "20260710003000"), ("b", "20260710233000")] {
            try write(
                name + ".hl7",
                Pitfall.report(["NM|HB^Haemoglobin^L||69"], number: name, collected: time)
            )
        }
        func run(_ zone: String, _ words: [String]) throws -> String {
            let process = Process()
            process.executableURL = program
            process.arguments = words
            process.environment = ProcessInfo.processInfo.environment.merging(["TZ": zone]) { $1 }
            let pipe = Pipe()
            process.standardOutput = pipe
            try process.run()
            let output = pipe.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            return String(decoding: output, as: UTF8.self)
        }
        var pages: Set<String> = []
        for zone in ["UTC", "Europe/London", "Pacific/Auckland", "America/Los_Angeles"] {
            let store = folder + "/" + zone.replacing("/", with: "-")
            let files = ["a", "b"].map { "lab=" + folder + "/" + $0 + ".hl7" }
            _ = try run(
                zone,
                [
                    "import", "--store", store, "--profile", folder + "/profile.yaml",
                    "--received", "2026-11-22T10:00Z",
                ] + files
            )
            let asked = ["--store", store, "--as", "all", "--now", "2026-11-22T10:00Z"]
            let page = ["timeline", "--patient", "urn:id:GRI|1", "--since", "2026-07-10"]
            let lines = try run(zone, page + asked)
            #expect(lines.contains("\n10-Jul-2026 23:30 · "), "\(zone)")
            #expect(try run(zone, page + asked + ["--json"]).contains("2026-07-10T00:30:00"))
            pages.insert(lines)
        }
        #expect(pages.count == 1)
    }

    @Test("PITFALLS 16: no file of the library asks the machine for its zone or its day")
    func zoneIsNeverRead() throws {
        let words = [
            "TimeZone.", "Calendar.", "DateFormatter", "localtime", "mktime", "Date()", "tzset",
        ]
        let files = SourceTree.files(below: SourceTree.url("Sources"))
            .filter { $0.pathExtension == "swift" }
        #expect(files.count > 100)
        for file in files {
            let text = try String(contentsOf: file, encoding: .utf8)
            for word in words {
                #expect(!text.contains(word), "\(file.lastPathComponent): \(word)")
            }
        }
    }

    @Test("PITFALLS 16: the rows since a day are those that did not end before it, in its own zone")
    func since() throws {
        let portal = try Board.portal()
        // Two of the evening before, in summer and in winter, and what a day, month or year began.
        let dates = [
            "20260709233000", "20260710003000", "20260710", "202607", "2026", "20260709", "202606",
            "2025", "20260329", "202603",
        ]
        for (number, date) in dates.enumerated() {
            try portal.take(
                "lab",
                Pitfall.report(["NM|K||4"], number: "N\(number)", collected: date, at: "")
            )
        }
        func keys(_ day: String) throws -> Set<String> {
            var query = TimelineQuery()
            let start: PartialDate = try #require(PartialDate(day))
            query.since = start
            return Set(
                try portal.timeline(
                    of: try portal.find("urn:id:GRI|1"),
                    as: try portal.reader("all"),
                    query: query,
                    at: Board.now
                ).value.sections.flatMap(\.rows).compactMap(\.key)
            )
        }
        #expect(try keys("2026-07-10") == ["N1", "N2", "N3", "N4"])
        #expect(try keys("2026-07-09") == ["N0", "N1", "N2", "N3", "N4", "N5"])
        #expect(try keys("2026-08") == ["N4"])
        #expect(try keys("2026") == Set(keys("2025-12-31")).subtracting(["N7"]))
        // A day of 23 hours, and its month.
        #expect(try keys("2026-03-29").subtracting(keys("2026-03-30")) == ["N8"])
        #expect(try keys("2026-03-31").subtracting(keys("2026-04-01")) == ["N9"])
    }

    // MARK: What was stated

    @Test(
        "PITFALLS 17: a zero second is a second, and none is none",
        arguments: [
            ("202603020815", "2026-03-02T08:15"), ("20260302081500", "2026-03-02T08:15:00"),
            ("20260302081500.00", "2026-03-02T08:15:00.00"), ("2026030200", "2026-03-02T00"),
            ("20260302", "2026-03-02"), ("202603", "2026-03"), ("2026", "2026"),
        ],
        PitfallStore.allCases
    )
    func precision(_ dates: (sent: String, shown: String), _ store: PitfallStore) throws {
        let when = try #require(try row(dates.sent, store: store).when)
        #expect(when.in(.unknown).description == dates.shown)
    }

    @Test(
        "PITFALLS 18: an unknown date is no date: not today's, not the message's, not the file's",
        arguments: ["", "UNKNOWN", "00000000", "20261301", "20260230", "\"\""],
        PitfallStore.allCases
    )
    func neverInvented(_ written: String, _ store: PitfallStore) throws {
        let portal = try store.portal()
        try portal.take(
            "lab",
            Pitfall.report(["NM|HB^Haemoglobin^L||69"], collected: written, at: "")
        )
        try portal.take("fhir", Pitfall.bundle([Pitfall.condition("")]))
        let page = try portal.timeline(
            of: try portal.find("urn:id:GRI|1"),
            as: try portal.reader("all"),
            at: Board.now
        )
        #expect(page.value.sections.map(\.rows.count) == [0, 2, 0])
        let rows = try portal.rows()
        #expect(rows.allSatisfy { $0.when == nil && $0.clock == nil })
        let isNone = written.isEmpty || written == "\"\""
        let result = try #require(rows.first { $0.kind == .diagnosticReport })
        #expect(result.findings.map(\.code).contains("date-unreadable") != isNone)
        #expect(TimelineView.text(page).components(separatedBy: "\ndate not known · ").count == 3)
    }

    @Test("PITFALLS 18: an attendance without a date is not given its bundle's")
    func undatedAttendance() throws {
        for type in ["Encounter", "EpisodeOfCare"] {
            let portal = try PitfallStore.memory.portal()
            try portal.take(
                "fhir",
                Pitfall.bundle([
                    """
                    {"resourceType":"\(type)","id":"e","status":"finished","class":{"code":"AMB"},
                    "subject":{"reference":"Patient/p"},"patient":{"reference":"Patient/p"}}
                    """
                ])
            )
            let row = try #require(try portal.rows().first)
            #expect(row.when == nil && row.clock == nil)
        }
    }

    @Test(
        "PITFALLS 18: a birth date that is none is not made up, and nobody is given an age",
        arguments: ["", "19513303", "UNKNOWN"]
    )
    func birthDate(_ written: String) throws {
        let portal = try Board.portal()
        try portal.take(
            "lab",
            Board.result("69", status: "F", at: "20260302", pid: Board.pid(born: written))
        )
        let banner = try portal.timeline(
            of: try portal.find("urn:id:GRI|1"),
            as: try portal.reader("all"),
            at: Board.now
        ).value.banner
        #expect(banner.birthDate == nil && banner.age == nil)
    }

    @Test(
        "PITFALLS 19: the year 0105 is no date; twelve digits with an offset are one",
        arguments: [
            ("01050302", nil), ("30260302", nil), ("202603020815+0100", "2026-03-02T08:15+01:00"),
        ] as [(String, String?)]
    )
    func nonsense(_ written: String, _ shown: String?) throws {
        let portal = try Board.portal()
        try portal.take("lab", Pitfall.report(["NM|K||4"], collected: written, at: ""))
        let row = try #require(try portal.rows().first)
        #expect(row.when?.description == shown)
        #expect(row.findings.map(\.code).contains("date-unreadable") == (shown == nil))
    }

    @Test("PITFALLS 19: an end before its beginning stands as it was sent, and moves nothing")
    func reversed() throws {
        let portal = try PitfallStore.memory.portal()
        try portal.take(
            "fhir",
            Pitfall.bundle([
                Pitfall.condition(
                    #","onsetDateTime":"2000-05-01","abatementDateTime":"1900-01-01""#
                ),
                """
                {"resourceType":"Encounter","id":"e","status":"finished","class":{"code":"IMP"},
                "subject":{"reference":"Patient/p"},
                "period":{"start":"2000-05-01","end":"1900-01-01"}}
                """,
            ])
        )
        let rows = try portal.rows()
        #expect(rows.map { $0.when?.words } == ["2000-05-01", "2000-05-01"])
        let problem = try #require(rows.first { $0.kind == .condition })
        #expect(problem.headline == "Asthma (ended, ended 01-Jan-1900)")
    }

    @Test("PITFALLS 19: a birth date in the future stands as it was sent, and gives no age")
    func bornTomorrow() throws {
        let portal = try Board.portal()
        let pid = Board.pid(born: "20990101")
        try portal.take("lab", Board.result("69", status: "F", at: "20260302", pid: pid))
        let banner = try portal.timeline(
            of: try portal.find("urn:id:GRI|1"),
            as: try portal.reader("all"),
            at: Board.now
        ).value.banner
        #expect(banner.birthDate?.words == "2099-01-01" && banner.age == nil)
    }

    @Test(
        "PITFALLS 20: what has no date is pinned and counted, and never stands as the newest",
        arguments: PitfallStore.allCases
    )
    func undated(_ store: PitfallStore) throws {
        let portal = try store.portal()
        for (number, day) in ["", "20260301", "", "20260303"].enumerated() {
            try portal.take(
                "lab",
                Pitfall.report(
                    ["NM|HB^Haemoglobin^L||6\(number)"],
                    number: "N\(number)",
                    collected: day,
                    at: ""
                )
            )
        }
        let all = try portal.reader("all")
        let patient = try portal.find("urn:id:GRI|1")
        var query = TimelineQuery()
        query.since = PartialDate("2026-03-02")
        let page = try portal.timeline(of: patient, as: all, query: query, at: Board.now)
        #expect(page.value.sections.map(\.name) == [.comingUp, .dateNotKnown, .timeline])
        #expect(
            page.value.sections.map { $0.rows.map(\.key) } == [
                [], page.value.sections[1].rows.map(\.key), ["N3"],
            ]
        )
        #expect(Set(page.value.sections[1].rows.map(\.key)) == ["N0", "N2"])
        #expect(TimelineView.text(page).contains("\nDATE NOT KNOWN (2)\n"))
        let series = try portal.results(of: patient, as: all, at: Board.now).value.series
        #expect(series.flatMap(\.points).suffix(2).map(\.value) == ["61", "63"])
    }

    @Test(
        "PITFALLS 21: taken, released and received are three times, each in its place",
        arguments: PitfallStore.allCases
    )
    func clocks(_ store: PitfallStore) throws {
        let portal = try store.portal()
        let all = try portal.reader("all")
        func take(_ status: String, _ value: String, _ issued: String, _ received: String) throws {
            try portal.receive(
                Pitfall.report(
                    ["NM|HB^Haemoglobin^L||\(value)||||||\(status)"],
                    at: issued,
                    status: status
                ),
                silo: "lab",
                name: received,
                at: try #require(Instant(received))
            )
        }
        try take("F", "69", "20260302140000", "2026-03-05T10:00Z")
        try take("C", "96", "20260303140000", "2026-03-04T10:00Z")
        func shown(_ asOf: String) throws -> TimelineRow? {
            let moment: Instant = try #require(Instant(asOf))
            return try portal.timeline(
                of: try portal.find("urn:id:GRI|1"),
                as: all,
                asOf: moment,
                at: Board.now
            ).value.sections.flatMap(\.rows).first
        }
        // The specimen's time stands on the row, the release orders, the receipt says what was known.
        let row = try #require(try portal.rows().first)
        #expect(row.when?.words == "2026-03-02T08:15:00[Europe/London]")
        #expect(row.clock == "effective" && row.values.map(\.value) == ["96"])
        #expect(try shown("2026-03-04T11:00Z")?.values.map(\.value) == ["96"])
        #expect(try shown("2026-03-06T11:00Z")?.supersedes.count == 1)
        #expect(throws: AccessError.self) { try shown("2026-03-03T15:00Z") }
    }

    @Test("PITFALLS 21: a result without a collection time stands at its release, said to be so")
    func released() throws {
        let row = try row("")
        #expect(row.when?.words == "2026-03-02T14:00:00[Europe/London]" && row.clock == "issued")
    }

    @Test(
        "PITFALLS 21: a problem stands at its onset; the day it was recorded is said to be that",
        arguments: [
            (#","onsetDateTime":"2010","recordedDate":"2020-05-01""#, "2010", "effective"),
            (#","recordedDate":"2020-05-01""#, "2020-05-01", "recorded"),
            (#","onsetDateTime":"2010""#, "2010", "effective"),
        ]
    )
    func onset(_ dates: String, _ when: String, _ clock: String) throws {
        let portal = try PitfallStore.memory.portal()
        try portal.take("fhir", Pitfall.bundle([Pitfall.condition(dates)]))
        let row = try #require(try portal.rows().first)
        #expect(row.when?.words == when && row.clock == clock)
    }

    @Test("PITFALLS 21: in a CDA document, too, the onset is not the day of its author")
    func onsetInDocument() throws {
        func row(_ onset: String) throws -> TimelineRow? {
            let portal = try PitfallStore.memory.portal()
            let problem = """
                <observation classCode="OBS" moodCode="EVN"><code code="ASSERTION"/>\(onset)\
                <value xsi:type="CD" code="195967001" displayName="Asthma"/>\
                <author><time value="20200501"/></author></observation>
                """
            try portal.take("letters", Pitfall.cda("11450-4", "Asthma", problem))
            return try portal.rows(Pitfall.nhs).first { $0.kind == .condition }
        }
        let stated = try row("<effectiveTime><low value=\"2010\"/></effectiveTime>")
        #expect(stated?.when?.words == "2010" && stated?.clock == "effective")
        let unstated = try row("")
        #expect(unstated?.when?.words == "2020-05-01" && unstated?.clock == "recorded")
    }
}
