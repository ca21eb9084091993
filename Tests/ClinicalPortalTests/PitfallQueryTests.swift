import ClinicalPortal
import Testing

@Suite("Pitfalls of queries and views (PITFALLS H)")
struct PitfallQueryTests {
    /// Results, one message each, as one file.
    private func results(
        _ numbers: Range<Int>,
        collected: (Int) -> String = { _ in "20260302081500" }
    ) -> [UInt8] {
        numbers.flatMap { number in
            Pitfall.report(
                ["NM|HB^Haemoglobin^L||\(number)"],
                number: "N\(number)",
                collected: collected(number),
                at: "",
                control: "\(number)"
            )
        }
    }

    private func names(_ numbers: Range<Int>) -> [String] { numbers.map { "N\($0)" }.sorted() }

    // MARK: Paging

    @Test(
        "PITFALLS 62: rows of one moment are paged without repeating or skipping one",
        arguments: PitfallStore.allCases
    )
    func ties(_ store: PitfallStore) throws {
        let portal = try store.portal()
        // Of one second, of one day, without a date, and still to come.
        let dates = ["20260302081500", "20260302", "", "20261224090000"]
        let file = results(0..<44) { dates[$0 % 4] }
        try portal.receive(file, silo: "lab", name: "all", at: Board.now)
        let whole = try portal.rows().map(\.entry)
        #expect(whole.count == 44 && Set(whole).count == 44)
        for limit in [1, 3, 7, 43, 44, 45] {
            let pages = try portal.paged(limit)
            #expect(pages.flatMap { $0 }.map(\.entry) == whole, "\(limit) rows a page")
            #expect(pages.allSatisfy { $0.count <= limit })
            #expect(pages.count == (44 + limit - 1) / limit)
        }
    }

    @Test(
        "PITFALLS 62: what comes in between two pages moves nothing on the next",
        arguments: PitfallStore.allCases
    )
    func between(_ store: PitfallStore) throws {
        let portal = try store.portal()
        try portal.receive(results(0..<9), silo: "lab", name: "all", at: Board.now)
        let all = try portal.reader("all")
        let patient = try portal.find("urn:id:GRI|1")
        let whole = try portal.rows().map(\.key)
        var query = TimelineQuery()
        query.limit = 4
        let first = try portal.timeline(of: patient, as: all, query: query, at: Board.now).value
        try portal.receive(
            results(100..<103) { _ in "20261101081500" },
            silo: "lab",
            name: "later",
            at: Board.now
        )
        query.cursor = first.next
        query.limit = 50
        let rest = try portal.timeline(of: patient, as: all, query: query, at: Board.now).value
        let shown = (first.sections + rest.sections).flatMap(\.rows).map(\.key)
        #expect(shown == whole)
    }

    @Test(
        "PITFALLS 63: a page that is cut says so, and 1,200 rows are 1,200",
        arguments: PitfallStore.allCases
    )
    func caps(_ store: PitfallStore) throws {
        let portal = try store.portal()
        let file = results(0..<1200) { "20\(10 + $0 % 12)0302081500" }
        try portal.receive(file, silo: "lab", name: "all", at: Board.now)
        let all = try portal.reader("all")
        let patient = try portal.find("urn:id:GRI|1")
        let page = try portal.timeline(of: patient, as: all, at: Board.now)
        #expect(page.value.sections.flatMap(\.rows).count == 50)
        let next = try #require(page.value.next)
        #expect(try TimelineView.json(page).contains("\"next\":\"" + next.text + "\""))
        #expect(TimelineView.text(page).contains("\nMore: --cursor " + next.text))
        let pages = try portal.paged(500)
        #expect(pages.map(\.count) == [500, 500, 200])
        #expect(pages.flatMap { $0 }.compactMap(\.key).sorted() == names(0..<1200))
        let points = try portal.results(of: patient, as: all, at: Board.now).value.series
        #expect(points.flatMap(\.points).count == 1200)
        let blood = try portal.topScreen(of: patient, as: all, at: Board.now).value.elements
            .first { !$0.rows.isEmpty }
        let element = try #require(blood)
        #expect(element.rows.count + element.more + element.older == 1200)
    }

    @Test("PITFALLS 63: a bundle of 1,500 resources and a list of 120 people lose none")
    func large() throws {
        let portal = try PitfallStore.memory.portal()
        try portal.take(
            "fhir",
            Pitfall.bundle(
                (0..<1500).map { Pitfall.observation(#""valueInteger":\#($0)"#, id: "o\($0)") }
            )
        )
        let pages = try portal.paged(1000)
        #expect(Set(pages.flatMap { $0 }.flatMap(\.values).compactMap(\.value)).count == 1500)
        let people = try Board.portal()
        let file = (0..<120).flatMap { number in
            Board.movement(
                "A01",
                at: "20261120080000",
                visit: "V\(number)",
                pid: "PID|1||\(number + 1)^^^GRI^MR||LEE^Ann\(number)||19510303|F"
            )
        }
        try people.receive(Array(file), silo: "pas", name: "all", at: Board.now)
        let all = try people.reader("all")
        #expect(try people.peopleCount() == 120)
        #expect(try people.search("lee", as: all, at: Board.now).value.count == 120)
        let ward = PatientListQuery(.inpatients, places: ["WARD7"])
        #expect(try people.list(ward, as: all, at: Board.now).value.count == 120)
    }

    // MARK: Views

    @Test(
        "PITFALLS 64: first screen, timeline and results over time say the same of a result",
        arguments: PitfallStore.allCases
    )
    func agreement(_ store: PitfallStore) throws {
        let portal = try store.portal()
        try portal.take(
            "lab",
            Pitfall.report([
                "NM|HB^Haemoglobin^L||69|g/L|115-160|L|||F",
                "NM|WCC^White cells^L||7.5|10*9/L||||||F",
            ]),
            Board.result("96", status: "C", at: "20260303", number: "26B2")
        )
        let all = try portal.reader("all")
        let patient = try portal.find("urn:id:GRI|1")
        let rows = try portal.rows()
        #expect(rows.count == 2)
        let screen = try portal.topScreen(of: patient, as: all, at: Board.now).value
        #expect(screen.elements.flatMap(\.rows).filter { $0.kind == .diagnosticReport } == rows)
        let points = try portal.results(of: patient, as: all, at: Board.now).value.series
            .flatMap(\.points)
        for row in rows {
            let own = points.filter { $0.entry == row.entry }
            #expect(own.count == row.values.count)
            for value in row.values {
                #expect(
                    own.contains {
                        $0.value == value.value && $0.abnormal == value.abnormal
                            && $0.status == value.status && $0.markers == value.markers
                            && $0.range == value.range && $0.version == row.version
                    }
                )
            }
        }
        #expect(rows.map(\.headline).contains("Haemoglobin 69 g/L low"))
    }

    @Test("PITFALLS 64: coded results, times and files stand in every view, and no chart breaks")
    func coded() throws {
        let portal = try Board.portal()
        try portal.take(
            "lab",
            Pitfall.report([
                "CE|ORG^Organism^L||112283007^Escherichia coli^SCT||||||F",
                "CWE|GRP^Blood group^L||^A Rh positive||||||F", "TS|T^Taken at^L||20260302||||||F",
                "ED|PDF^File^L||GRI^application^pdf^Base64^QUJD||||||F",
                "NM|HB^Haemoglobin^L||69|g/L",
            ])
        )
        let all = try portal.reader("all")
        let patient = try portal.find("urn:id:GRI|1")
        let results = try portal.results(of: patient, as: all, at: Board.now)
        let page = try portal.timeline(of: patient, as: all, at: Board.now)
        let texts = [
            CumulativeView.text(results), try CumulativeView.json(results),
            try TimelineView.json(page),
        ]
        for words in ["Escherichia coli", "A Rh positive", "20260302", "69"] {
            for text in texts { #expect(text.contains(words), "\(words)") }
        }
        #expect(
            CumulativeView.svg(results).hasSuffix("</svg>\n")
                || CumulativeView.svg(results).hasSuffix("</svg>")
        )
    }

    @Test(
        "PITFALLS 64: a date or number that cannot be read hides nothing beside it",
        arguments: ["TS|T^Taken at^L||31/02/2026", "NM|N^Number^L||7,5", "TS|T^Taken at^L||soon"]
    )
    func unreadable(_ observation: String) throws {
        let portal = try Board.portal()
        let message = Pitfall.report([observation, "NM|HB^Haemoglobin^L||69|g/L"])
        try portal.take("lab", message + Array("NTE|1||Telephoned 31/02/26 at 25:61\r".utf8))
        let row = try #require(try portal.rows().first)
        let sent = observation.split(separator: "|").last.map(String.init)
        #expect(row.values.map(\.value) == [sent, "69"])
        #expect(row.values.last?.notes == ["Telephoned 31/02/26 at 25:61"])
        #expect(
            row.findings.map(\.code).contains {
                $0 == "date-unreadable" || $0 == "number-unreadable"
            }
        )
    }

    // MARK: Many

    @Test(
        "PITFALLS 65: 5,000 entries of one person are paged whole, newest first",
        arguments: PitfallStore.allCases
    )
    func many(_ store: PitfallStore) throws {
        let portal = try store.portal()
        func collected(_ number: Int) -> String {
            let day = String(number % 28 + 1)
            let month = String(number / 28 % 12 + 1)
            return "20\(10 + number / 336 % 15)" + (month.count < 2 ? "0" : "") + month
                + (day.count < 2 ? "0" : "") + day
        }
        try portal.receive(
            results(0..<5000, collected: collected),
            silo: "lab",
            name: "all",
            at: Board.now
        )
        let pages = try portal.paged(500)
        #expect(pages.map(\.count) == Array(repeating: 500, count: 10))
        let rows = pages.flatMap { $0 }
        #expect(rows.compactMap(\.key).sorted() == names(0..<5000))
        let days = rows.compactMap { $0.when?.span.start }
        #expect(days.count == 5000 && zip(days, days.dropFirst()).allSatisfy { $0 >= $1 })
    }

    @Test(
        "PITFALLS 65: a number that sixty people carry joins nobody, and each is found",
        arguments: PitfallStore.allCases
    )
    func sharedNumber(_ store: PitfallStore) throws {
        let portal = try store.portal()
        let file = (0..<60).flatMap { number in
            Pitfall.report(
                ["NM|HB^Haemoglobin^L||\(number)"],
                number: "N\(number)",
                pid: "PID|1||TEMP^^^GRI^MR||ROY^Kim||19\(10 + number)0315|F",
                control: "\(number)"
            )
        }
        try portal.receive(Array(file), silo: "lab", name: "all", at: Board.now)
        #expect(try portal.peopleCount() == 60)
        let all = try portal.reader("all")
        #expect(try portal.search("TEMP", as: all, at: Board.now).value.isEmpty)
        #expect(try portal.search("1931-03-15", as: all, at: Board.now).value.count == 1)
    }

    // MARK: Nothing done is no success

    @Test(
        "PITFALLS 66: what was not filed is never counted as filed",
        arguments: PitfallStore.allCases
    )
    func receipts(_ store: PitfallStore) throws {
        let portal = try store.portal()
        func receipt(_ bytes: [UInt8], _ name: String) throws -> [Int] {
            let sum = try portal.receive(bytes, silo: "lab", name: name, at: Board.now)
            return [sum.received, sum.filed, sum.repeated, sum.held, sum.rejected]
        }
        let good = Board.result("69", status: "F", at: "20260302")
        #expect(try receipt([], "empty") == [1, 0, 0, 0, 1])
        #expect(try receipt(Array("nothing".utf8), "junk") == [1, 0, 0, 0, 1])
        #expect(
            try receipt(Array("MSH|^~\\&|A|B|||2026||ORU^R01|1|P|2.5.1\r".utf8), "cut") == [
                1, 0, 0, 1, 0,
            ]
        )
        #expect(try receipt(good, "good") == [1, 1, 0, 0, 0])
        #expect(try receipt(good, "again") == [1, 0, 1, 0, 0])
        #expect(throws: StoreError.self) {
            try portal.receive(good, silo: "nowhere", name: "x", at: Board.now)
        }
        #expect(try portal.conservation().map(\.filed) == [1])
        let again = try portal.redrive(as: try portal.reader("all"), at: Board.now)
        #expect(again.filed == 0 && again.waiting == 3)
    }

    @Test("PITFALLS 66: an act on what is not there is refused, and changes nothing")
    func acts() throws {
        let portal = try Board.portal()
        try portal.take("lab", Board.result("69", status: "F", at: "20260302"))
        let all = try portal.reader("all")
        let doctor = try portal.reader("doctor")
        let patient = try #require(try portal.find("urn:id:GRI|1"))
        let nobody = SourcePatientID(rawValue: "p-0000000000000000")
        let before = try portal.everything()
        func refusal(_ act: () throws -> Void) -> String {
            do {
                try act()
                return "done"
            } catch let error as StoreError {
                return error.code
            } catch let error as AccessError {
                return error.code
            } catch {
                return "other"
            }
        }
        let at = Board.now
        #expect(
            refusal { _ = try portal.retract("l-0", reason: "r", as: all, at: at) }
                == "assertion-unknown"
        )
        #expect(
            refusal { _ = try portal.link(patient, nobody, reason: "r", as: all, at: at) }
                == "patient-unknown"
        )
        #expect(
            refusal { _ = try portal.link(patient, patient, reason: "r", as: all, at: at) }
                == "patient-unknown"
        )
        #expect(
            refusal { try portal.closeRecall("r-0", action: "told", as: all, at: at) } != "done"
        )
        #expect(
            refusal { try portal.closeRecall("r-0", action: "", as: all, at: at) }
                == "reason-missing"
        )
        #expect(
            refusal {
                _ = try portal.override(patient, type: "emergency", reason: "", as: doctor, at: at)
            } == "reason-missing"
        )
        #expect(
            refusal {
                _ = try portal.override(nobody, type: "emergency", reason: "r", as: doctor, at: at)
            } == "not-found"
        )
        #expect(
            refusal {
                _ = try portal.override(patient, type: "none", reason: "r", as: doctor, at: at)
            } == "override-type-unknown"
        )
        #expect(try portal.everything() == before)
    }
}
