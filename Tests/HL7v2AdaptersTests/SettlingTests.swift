import HL7v2Adapters
import PortalIntake
import PortalRecord
import Testing

@Suite("What the dialect says of a whole document (SAFETY S1)")
struct SettlingTests {
    @Test("a child under its mother's number is marked, once, on the person")
    func newborn() throws {
        let segments = [
            "MSH|^~\\&|LIMS|LAB|||20261122||ORU^R01|1|P|2.5.1",
            "PID|1||1^^^GRI^MR||LEE^B/O Ann||20260301|F", "OBR|1||7^LAB|FBC",
            "OBX|1|NM|HB||150||||||F",
        ]
        var dialect = Dialect()
        dialect.standIns.newborns = [try #require(NamePattern("B/O"))]
        let bytes = Array(segments.joined(separator: "\r").utf8)
        let document = SourceDocument(silo: "lab", bytes: bytes[...], dialect: dialect)
        var report = try HL7v2LabReportAdapter().adapt(document)
        try report.settle(by: dialect)
        let marked = report.entries.filter { entry in
            entry.findings.contains { $0.code == "newborn-under-mothers-number" }
        }
        #expect(marked.map(\.kind) == [.patient])
        #expect(report.diagnostics.map(\.code) == ["newborn-under-mothers-number"])
    }
}
