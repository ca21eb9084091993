import FHIRAdapters
import Foundation
import PortalIntake
import PortalRecord
import PortalTestKit
import Testing

/// A large bundle is read page by page: what comes of it must be the same, whatever its size.
@Suite("A bundle read page by page")
struct PagingTests {
    private static let whole = FHIRBundleAdapter(pagedFrom: .max)
    private static let paged = FHIRBundleAdapter(pagedFrom: 0)

    private static func outcome(
        _ adapter: FHIRBundleAdapter,
        _ document: SourceDocument
    ) -> Result<IntakeReport, IntakeError> {
        Result { () throws(IntakeError) in try adapter.adapt(document) }
    }

    /// The parts of what a document comes to that differ.
    private static func differences(_ bytes: [UInt8]) -> [String] {
        let document = SourceDocument(silo: "fhir", bytes: bytes[...])
        switch (outcome(whole, document), outcome(paged, document)) {
        case (.failure(let one), .failure(let other)):
            return one.code == other.code && one.location == other.location
                && one.offset == other.offset ? [] : ["\(one.code) or \(other.code)"]
        case (.success(let one), .success(let other)):
            var found: [String] = []
            if one.entries != other.entries { found.append("entries") }
            if one.mergeEvents != other.mergeEvents { found.append("merge events") }
            if one.diagnostics != other.diagnostics { found.append("findings") }
            if one.messageID != other.messageID || one.messageTime != other.messageTime
                || one.sender != other.sender
            {
                found.append("message")
            }
            if one.ledger.mappedOffsets != other.ledger.mappedOffsets
                || one.ledger.unmappedRanges != other.ledger.unmappedRanges
                || one.ledger.ignoredByRule != other.ledger.ignoredByRule
            {
                found.append("ledger")
            }
            return found
        default: return ["outcome"]
        }
    }

    @Test("fixtures come to the same", arguments: Fixture.all)
    func fixtures(_ fixture: FixtureFolder) throws {
        #expect(try Self.differences(Array(fixture.document().bytes)) == [])
    }

    @Test("damaged fixtures come to the same, or are refused at the same byte")
    func damage() throws {
        var random = SeededGenerator(seed: 44)
        let signs = Array("{}[]:,\"\\0A. \u{0}".utf8)
        for fixture in Fixture.all {
            let bytes = Array(try fixture.document().bytes)
            guard bytes.first == UInt8(ascii: "{") else { continue }
            for _ in 0..<20 {
                var damaged = bytes
                damaged[random.number(0...(bytes.count - 1))] =
                    signs[random.number(0...(signs.count - 1))]
                #expect(Self.differences(damaged) == [], "\(fixture)")
            }
        }
    }

    @Test("public files come to the same")
    func corpus() throws {
        for file in PublicCorpus.files("fhir-r4") {
            let bytes = Array(try Data(contentsOf: file))
            #expect(Self.differences(bytes) == [], "\(file.lastPathComponent)")
        }
    }

    @Test("references lead across more pages than are kept")
    func references() throws {
        var entries: [String] = []
        let count = 300
        for person in 0..<count {
            entries.append(
                """
                {"fullUrl": "urn:uuid:p\(person)", "resource": {"resourceType": "Patient", "id": "p\(person)",
                 "identifier": [{"system": "https://north.example/mrn", "value": "M-\(person)"}],
                 "name": [{"family": "Invented", "given": ["Ann\(person)"]}]}}
                """
            )
        }
        for place in 0..<count {
            // The last stated is of the first person, its result of a page far away.
            let person = count - 1 - place
            let subject = "\"subject\": {\"reference\": \"urn:uuid:p\(person)\"}"
            entries.append(
                """
                {"fullUrl": "urn:uuid:o\(person)", "resource": {"resourceType": "Observation", "id": "o\(person)",
                 "status": "final", \(subject), "code": {"text": "Sodium"}, "valueString": "v\(person)"}}
                """
            )
            entries.insert(
                """
                {"resource": {"resourceType": "DiagnosticReport", "id": "r\(person)", "status": "final", \(subject),
                 "code": {"text": "Urea and electrolytes"}, "result": [{"reference": "Observation/o\(person)"}]}}
                """,
                at: place
            )
        }
        let bytes = Array(
            #"{"resourceType": "Bundle", "type": "collection", "entry": [\#(entries.joined(separator: ",\n"))]}"#
                .utf8
        )
        #expect(Self.differences(bytes) == [])
        let report = try Self.paged.adapt(SourceDocument(silo: "fhir", bytes: bytes[...]))
        var told: Set<String> = []
        for entry in report.entries {
            guard case .diagnosticReport(let result) = entry.content else { continue }
            let value = try #require(result.observations.first?.values.first?.text)
            #expect(entry.subject.value == "M-" + value.dropFirst())
            told.insert(value)
        }
        #expect(told.count == count)
    }
}
