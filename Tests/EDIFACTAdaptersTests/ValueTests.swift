import EDIFACTAdapters
import PortalIntake
import PortalRecord
import Testing

@Suite("Single values")
struct ValueTests {
    private func adapt(
        _ collected: String = "202611211015:203",
        _ result: String = "RSL+NV+1",
        zone: TimeZoneRule = .unknown,
        statuses: [String: ResultStatus] = [:],
        status: String = "FI"
    ) throws -> (IntakeReport, DiagnosticReport) {
        var dialect = Dialect()
        dialect.zone = zone
        dialect.statuses = statuses
        let segments = [
            "UNH+1+MEDRPT:0:1:RT:NHS003", "S02+02", "RFF+SRI:1", "STS++\(status)", "S07+07",
            "PNA+PAT+9990000018:OPI+++SU:LEE+FO:ANN", "DTM+329:19510303:102", "S16+16", "SEQ++1",
            "DTM+SCO:\(collected)", "INV+MQ+:::A", result, "UNT+13+1",
        ]
        let bytes = Array(segments.map { $0 + "'" }.joined().utf8)
        let report = try EDIFACTLabReportAdapter().adapt(
            SourceDocument(silo: "s", bytes: bytes[...], dialect: dialect)
        )
        for entry in report.entries {
            if case .diagnosticReport(let found) = entry.content { return (report, found) }
        }
        throw IntakeError(code: "report-missing", location: "test", remedy: "")
    }

    @Test(
        "a date is kept no further than stated, in the zone that is known (PITFALLS 13, 15, 17)",
        arguments: [
            ("2026:602", "2026"), ("202611:610", "2026-11"), ("20261121:102", "2026-11-21"),
            ("202611211015:203", "2026-11-21T10:15"), ("20261121101500:204", "2026-11-21T10:15:00"),
            ("202611211015GMT:303", "2026-11-21T10:15Z"),
            ("202607211015BST:303", "2026-07-21T10:15+01:00"),
        ]
    )
    func dates(written: String, expected: String) throws {
        let (report, found) = try adapt(written)
        #expect(found.collected?.description == expected)
        #expect(report.entries.last?.effective?.description == expected)
        #expect(report.diagnostics == [])
    }

    @Test(
        "a date that is none is a finding, kept as written, and never made up (PITFALLS 18, 19)",
        arguments: [
            "20260230:102", "261121:101", "2611211015:201", "01050101:102", "20261121:203",
            "202611211015EST:303", "today:102", "20261121:999", "20261121",
        ]
    )
    func noDates(written: String) throws {
        let (report, found) = try adapt(written)
        #expect(found.collected == nil && report.entries.last?.effective == nil)
        #expect(report.diagnostics.map(\.code) == ["date-unreadable"])
        #expect(found.specimens.first?.other["DTM+SCO"] == written)
    }

    @Test("the zone is the silo's, and unknown where nobody names one (DESIGN P9)")
    func zones() throws {
        let (_, named) = try adapt(zone: .named(.london))
        #expect(named.collected?.description == "2026-11-21T10:15[Europe/London]")
        let (_, unknown) = try adapt()
        #expect(unknown.collected?.zone == .unknown)
    }

    @Test(
        "comparators and digits are kept as sent (PITFALLS 22, 23, 24)",
        arguments: [
            ("RSL+NV+0", "0"), ("RSL+NV+19.00", "19.00"), ("RSL+NV+0.010:7", "<0.010"),
            ("RSL+NV+5:5", ">=5"), ("RSL+NV+1000:6", ">1000"), ("RSL+NV+7:8", "<=7"),
            ("RSL+NV+3.6+10.0", "3.6-10.0"), ("RSL+AV+< 5 cells", "< 5 cells"),
            ("RSL+NV+5:9", "5 (comparator code 9)"),
        ]
    )
    func numbers(segment: String, expected: String) throws {
        #expect(try adapt("2026:602", segment).1.observations.first?.values.first?.text == expected)
    }

    @Test("a site says what a status means here; unspecified is final nowhere else")
    func statuses() throws {
        let (plain, _) = try adapt(status: "UN")
        #expect(plain.entries.last?.status == .unverified)
        let (own, report) = try adapt(statuses: ["UN": .final], status: "UN")
        #expect(own.entries.last?.status == .final)
        #expect(report.observations.map(\.status) == [.final])
    }

    @Test("267 lines of one report are one observation (PITFALLS 30)")
    func lines() throws {
        let text = (1...267).map { "FTX+RIT+++Line \($0)" }.joined(separator: "'")
        let (_, report) = try adapt("2026:602", text)
        #expect(report.observations.count == 1)
        #expect(report.observations.first?.values.count == 267)
    }

    @Test("a NHS002 of another type is another message, and no adapter takes a stranger's")
    func variants() {
        let lab = EDIFACTLabReportAdapter()
        let radiology = EDIFACTRadiologyReportAdapter()
        for (type, isLab, isRadiology) in [
            ("MEDRPT:0:1:RT:NHS002", true, false), ("MEDRPT:0:1:RT:NHS003", true, false),
            ("MEDRPT:0:1:RT:NHS004", true, false), ("NHSRSR:D:1:NH:NHS002", false, true),
            ("MEDRPT:0:1:RT:NHS001", false, false), ("MEDRPT:D:93A:UN:R0130K", false, false),
            ("NHSACK:D:1:NH:NHS001", false, false), ("", false, false),
        ] {
            let bytes = Array("UNH+1+\(type)'BGM+LSR'UNT+3+1'".utf8)
            let document = SourceDocument(silo: "s", bytes: bytes[...])
            #expect(lab.recognises(document) == isLab, "\(type)")
            #expect(radiology.recognises(document) == isRadiology, "\(type)")
        }
    }
}
