import FHIRAdapters
import PortalIntake
import PortalRecord
import PortalTestKit
import Testing

@Suite("Concepts that are made once")
struct SharedConceptTests {
    @Test("two thousand codes of one length stay two thousand, and each byte of them is mapped")
    func codes() throws {
        let count = 2000
        let observations = (0..<count).map { number in
            // Each twice, so that the second is met again.
            let code = String(number / 2 + 10_000)
            return """
                {"resource": {"resourceType": "Observation", "id": "o\(number)", "status": "final",
                 "subject": {"reference": "Patient/p"}, "valueString": "\(code)",
                 "code": {"coding": [{"system": "http://loinc.org", "code": "\(code)"}], "text": "T\(code)"}}}
                """
        }
        let bytes = Array(
            """
            {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": {"resourceType": "Patient",
             "id": "p", "identifier": [{"system": "https://north.example/mrn", "value": "M-1"}],
             "name": [{"family": "Invented"}]}}, \(observations.joined(separator: ",\n"))]}
            """.utf8
        )
        let report = try FHIRBundleAdapter().adapt(
            SourceDocument(silo: "fhir", bytes: bytes[...])
        )
        var seen = 0
        for entry in report.entries {
            guard case .diagnosticReport(let stated) = entry.content,
                let observation = stated.observations.first, let value = observation.values.first
            else { continue }
            #expect(observation.code.firstCode == value.text)
            #expect(observation.code.text == "T" + value.text)
            seen += 1
        }
        #expect(seen == count)
        #expect(report.ledger.unmapped == 0)
    }
}
