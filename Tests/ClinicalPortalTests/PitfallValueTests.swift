import ClinicalPortal
import PortalTestKit
import Testing

@Suite("Pitfalls of values (PITFALLS D)")
struct PitfallValueTests {
    private func values(
        _ observations: [String],
        store: PitfallStore = .memory
    ) throws -> [RowValue] {
        let portal = try store.portal()
        try portal.take("lab", Pitfall.report(observations))
        let rows = try portal.rows()
        #expect(rows.count == 1)
        return rows.flatMap(\.values)
    }

    private func fhir(_ resources: String...) throws -> [TimelineRow] {
        let portal = try PitfallStore.memory.portal()
        try portal.take("fhir", Pitfall.bundle(resources))
        return try portal.rows()
    }

    // MARK: Numbers

    @Test(
        "PITFALLS 22: 19, 19.0 and 19.00 are three values, and stay what they were",
        arguments: PitfallStore.allCases
    )
    func digits(_ store: PitfallStore) throws {
        let written = ["19", "19.0", "19.00", "0.10", "1.20e3"]
        let sent = written.prefix(4).enumerated().map { "NM|T\($0)^Test \($0)^L||\($1)" }
        let portal = try store.portal()
        try portal.take("lab", Pitfall.report(Array(sent)))
        try portal.take(
            "fhir",
            Pitfall.bundle(
                written.enumerated().map { index, number in
                    Pitfall.observation(#""valueQuantity":{"value":\#(number)}"#, id: "o\(index)")
                }
            )
        )
        let rows = try portal.rows()
        #expect(
            rows.first { $0.silo == "lab" }?.values.map(\.value) == Array(written.prefix(4))
        )
        let practice = rows.filter { $0.silo == "fhir" }.flatMap(\.values)
        #expect(Set(practice.compactMap(\.value)) == Set(written))
        #expect(Set(practice.compactMap { $0.quantity?.number }) == Set(written))
        let results = try portal.results(
            of: try portal.find("urn:id:GRI|1"),
            as: try portal.reader("all"),
            at: Board.now
        )
        let json = try CumulativeView.json(results)
        for number in written { #expect(json.contains("\"value\":\"\(number)\"")) }
        // Two spellings of one number are two contents, so neither hides the other.
        let two = try store.portal()
        for number in ["19", "19.00"] {
            try two.take("lab", Board.result(number, status: "F", at: "20260302140000"))
        }
        #expect(Set(try two.rows().flatMap(\.values).map(\.value)) == ["19", "19.00"])
    }

    @Test(
        "PITFALLS 23: nought and no are values",
        arguments: [
            (#""valueQuantity":{"value":0}"#, "0"), (#""valueInteger":0"#, "0"),
            (#""valueBoolean":false"#, "no"), (#""valueString":"0""#, "0"),
            (#""valueQuantity":{"value":0.0}"#, "0.0"),
        ]
    )
    func nought(_ member: String, _ shown: String) throws {
        let row = try #require(try fhir(Pitfall.observation(member)).first)
        #expect(row.values.map(\.value) == [shown])
        #expect(row.headline == "Potassium " + shown)
    }

    @Test("PITFALLS 23: a nought corrects, and is corrected, as any other number")
    func noughtOfLaboratory() throws {
        #expect(
            try values(["NM|WCC^White cells^L||0", "NM|HB^Haemoglobin^L||0.0"]).map(\.value) == [
                "0", "0.0",
            ]
        )
        let portal = try Board.portal()
        try portal.take(
            "lab",
            Board.result("69", status: "F", at: "20260302140000"),
            Board.result("0", status: "C", at: "20260302150000")
        )
        let value = try #require(try portal.rows().first?.values.first)
        #expect(value.value == "0" && value.markers == [.corrected])
    }

    @Test(
        "PITFALLS 24: comparators, ranges and ratios stand in value, series and headline",
        arguments: [
            ("NM|", "<0.01", "<0.01", "<"), ("NM|", ">=90", ">=90", ">="),
            ("SN|", ">^100", ">100", ">"), ("SN|", "^1^:^128", "1:128", nil),
            ("SN|", "^1^-^3", "1-3", nil), ("SN|", "<=^1^+", "<=1+", "<="),
            ("ST|", "> 90", "> 90", nil),
        ] as [(String, String, String, String?)]
    )
    func comparators(_ type: String, _ sent: String, _ shown: String, _ sign: String?) throws {
        let portal = try Board.portal()
        try portal.take("lab", Pitfall.report([type + "GFR^eGFR^L||" + sent + "|mL/min"]))
        let row = try #require(try portal.rows().first)
        #expect(row.values.map(\.value) == [shown])
        #expect(row.values.first?.quantity?.comparator == sign)
        #expect(row.headline == "eGFR " + shown + " mL/min")
        let results = try portal.results(
            of: try portal.find("urn:id:GRI|1"),
            as: try portal.reader("all"),
            at: Board.now
        )
        #expect(results.value.series.flatMap(\.points).map(\.value) == [shown])
        #expect(CumulativeView.text(results).contains(" · " + shown + " mL/min · "))
    }

    @Test(
        "PITFALLS 24: FHIR's comparator, range and ratio keep every part",
        arguments: [
            (#""valueQuantity":{"value":0.01,"comparator":"<","unit":"ng/L"}"#, "<0.01"),
            (#""valueRange":{"low":{"value":1},"high":{"value":3.0}}"#, "1-3.0"),
            (#""valueRatio":{"numerator":{"value":1},"denominator":{"value":128}}"#, "1:128"),
            (
                #""valueRatio":{"numerator":{"value":1,"comparator":">"},"denominator":{"value":8}}"#,
                ">1:8"
            ),
        ]
    )
    func fhirComparators(_ member: String, _ shown: String) throws {
        #expect(try fhir(Pitfall.observation(member)).flatMap(\.values).map(\.value) == [shown])
    }

    @Test("PITFALLS 24: an abnormal flag of the sign's own form is said in words")
    func flags() throws {
        let shown = try values([
            "NM|A^A^L||<0.01|g/L|1-2|<|||F", "NM|B^B^L||9000|g/L|1-2|>|||F",
            "NM|C^C^L||9|g/L|1-2|HH^Very high^HL70078|||F",
        ])
        #expect(
            shown.map(\.abnormal) == [
                "below the measurable range", "above the measurable range", "very high",
            ]
        )
    }

    // MARK: Text, ranges, units

    @Test("PITFALLS 25: a result that stands in the notes alone is shown")
    func notesAlone() throws {
        let portal = try Board.portal()
        let message = Pitfall.text(Pitfall.report(["ST|CULT^Culture^L||||||||F"]))
        try portal.take("lab", Array((message + "NTE|1||No growth after 5 days\r").utf8))
        let row = try #require(try portal.rows().first)
        #expect(row.values.flatMap(\.notes) == ["No growth after 5 days"])
        #expect(try portal.pageText().contains("No growth after 5 days"))
        let practice = try fhir(
            Pitfall.observation(#""note":[{"text":"Haemolysed: not measured"}]"#)
        )
        #expect(practice.flatMap(\.values).flatMap(\.notes) == ["Haemolysed: not measured"])
        let report = try fhir(
            """
            {"resourceType":"DiagnosticReport","id":"r","status":"final","code":{"text":"Biopsy"},
            "subject":{"reference":"Patient/p"},"conclusion":"No evidence of malignancy"}
            """
        )
        #expect(report.flatMap(\.notes) == ["No evidence of malignancy"])
    }

    @Test("PITFALLS 25: a reference range stays beside its value, and of several none is lost")
    func ranges() throws {
        #expect(
            try values(["NM|K^Potassium^L||4.1|mmol/L|3.5-5.3||||F"]).map(\.range) == ["3.5-5.3"]
        )
        let several = try fhir(
            Pitfall.observation(
                """
                "valueQuantity":{"value":9},"referenceRange":[
                {"low":{"value":1},"high":{"value":2.0},"type":{"text":"follicular"}},
                {"high":{"value":30}},{"text":"see table"}]
                """
            )
        ).flatMap(\.values)
        #expect(several.map(\.range) == ["follicular: 1–2.0; <=30; see table"])
    }

    @Test("PITFALLS 25: several ranges of one test in EDIFACT, each with what it is for")
    func edifactRanges() throws {
        let portal = try Board.portal()
        try portal.take(
            "lab",
            try SourceTree.bytes(
                "Tests/EDIFACTAdaptersTests/Fixtures/edifact-lab-report/success/"
                    + "comparators-ranges-and-digits/input.edi"
            )
        )
        let ranges = try portal.patients(as: try portal.reader("all"), at: Board.now).value
            .flatMap { try portal.rows($0.patient.rawValue) }.flatMap(\.values)
            .compactMap(\.range)
        #expect(
            ranges == [
                "to 0.040", "10-200 (Male, Age 20 to 60); 15-150 ng/mL (Female); from 5",
            ]
        )
    }

    @Test(
        "PITFALLS 26: results in two units are two series, and no line joins them",
        arguments: PitfallStore.allCases
    )
    func units(_ store: PitfallStore) throws {
        let portal = try store.portal()
        for (number, unit) in ["g/L", "g/dL", "g/L", ""].enumerated() {
            try portal.take(
                "lab",
                Pitfall.report(
                    ["NM|HB^Haemoglobin^L||\(number + 10)|\(unit)"],
                    number: "N\(number)",
                    collected: "2026030\(number + 1)0815"
                )
            )
        }
        let series = try portal.results(
            of: try portal.find("urn:id:GRI|1"),
            codes: ["HB"],
            as: try portal.reader("all"),
            at: Board.now
        ).value.series
        #expect(series.map(\.key.unit) == [nil, "g/L", "g/dL"])
        #expect(series.map { $0.points.map(\.value) } == [["13"], ["10", "12"], ["11"]])
    }

    // MARK: Shapes

    @Test("PITFALLS 27: a blood pressure of components alone is shown once, both numbers with it")
    func components() throws {
        func part(_ name: String, _ value: Int) -> String {
            """
            {"code":{"text":"\(name)"},"valueQuantity":{"value":\(value),"unit":"mmHg"}}
            """
        }
        let pressure =
            #""component":["# + part("Systolic", 120) + "," + part("Diastolic", 80) + "]"
        let rows = try fhir(Pitfall.observation(pressure, name: "Blood pressure"))
        #expect(rows.count == 1)
        #expect(
            rows.flatMap(\.values).map(\.text) == [
                "Systolic (Blood pressure)", "Diastolic (Blood pressure)",
            ]
        )
        #expect(rows.flatMap(\.values).map(\.value) == ["120", "80"])
        // Named by a report, it stands in the report and nowhere else.
        let report = """
            {"resourceType":"DiagnosticReport","id":"r","status":"final","code":{"text":"Vitals"},
            "subject":{"reference":"Patient/p"},"result":[{"reference":"Observation/o"}]}
            """
        let told = try fhir(Pitfall.observation(pressure, name: "Blood pressure"), report)
        #expect(told.map(\.what) == ["Vitals"])
        #expect(told.flatMap(\.values).map(\.value) == ["120", "80"])
    }

    @Test("PITFALLS 28: 'no data available' is no allergy, and 'no known allergies' is said")
    func noData() throws {
        let empty = try PitfallStore.memory.portal()
        try empty.take("letters", Pitfall.cda("48765-2", "No data available"))
        let rows = try empty.rows(Pitfall.nhs)
        #expect(rows.map(\.kind) == [.clinicalDocument])
        #expect(rows.flatMap(\.notes).joined(separator: " ").contains("No data available"))
        let known = try fhir(
            """
            {"resourceType":"AllergyIntolerance","id":"a","patient":{"reference":"Patient/p"},
            "code":{"coding":[{"system":"http://snomed.info/sct","code":"716186003"}]}}
            """
        )
        #expect(known.map(\.noneKnown) == ["No known allergies"])
        let absent = try PitfallStore.memory.portal()
        try absent.take("fhir", Pitfall.bundle([Pitfall.condition("")]))
        let allergies = try absent.topScreen(
            of: try absent.find("urn:id:GRI|1"),
            as: try absent.reader("all"),
            at: Board.now
        ).value.elements.first { $0.name == "allergies" }
        #expect(allergies?.rows.isEmpty == true && allergies?.state == "none recorded")
        #expect(allergies?.lines.joined().contains("No known allergies") == false)
    }

    @Test("PITFALLS 29: a null flavour is no value, and the reason is kept")
    func nullFlavour() throws {
        let portal = try PitfallStore.memory.portal()
        let observation = """
            <observation classCode="OBS" moodCode="EVN"><code code="718-7" displayName="Haemoglobin"/>\
            <statusCode code="completed"/><value xsi:type="PQ" nullFlavor="NASK"/></observation>
            """
        try portal.take(
            "letters",
            Pitfall.cda(
                "30954-2",
                "Haemoglobin",
                "<organizer classCode=\"BATTERY\" moodCode=\"EVN\"><code code=\"58410-2\"/>"
                    + "<component>\(observation)</component></organizer>"
            )
        )
        let rows = try portal.rows(Pitfall.nhs)
        let values = rows.filter { $0.kind == .diagnosticReport }.flatMap(\.values)
        #expect(values.allSatisfy { $0.value == nil && $0.quantity == nil })
        let absent = try fhir(
            Pitfall.observation(#""dataAbsentReason":{"text":"Not asked"}"#)
        ).flatMap(\.values)
        #expect(absent.map(\.value) == [nil])
        #expect(absent.map(\.markers) == [[.couldNotBeObtained]])
    }

    @Test("PITFALLS 29: a section of narrative alone is shown, and found by its words")
    func narrative() throws {
        let portal = try PitfallStore.memory.portal()
        try portal.take(
            "letters",
            Pitfall.cda("8648-8", "<paragraph>Walks with a frame since March</paragraph>")
        )
        let row = try #require(try portal.rows(Pitfall.nhs).first)
        #expect(row.notes.joined().contains("Walks with a frame since March"))
        let all = try portal.reader("all")
        #expect(try portal.searchText("frame", as: all, at: Board.now).value.count == 1)
    }

    @Test(
        "PITFALLS 30: 267 lines of one pathology report are one result, line by line",
        arguments: PitfallStore.allCases
    )
    func pathology(_ store: PitfallStore) throws {
        let lines = (1...267).map { "Line \($0) of the description" }
        let shown = try values(
            lines.map { "TX|HIST^Histology^L||\($0)||||||F" },
            store: store
        )
        #expect(shown.count == 1)
        #expect(shown.first?.value == lines.joined(separator: "\n"))
    }
}
