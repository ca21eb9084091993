import Foundation
import PortalIntake
import PortalRecord
import PortalTestKit
import XMLAdapters

/// One folder of Fixtures/cda-document: a document, and what it comes to.
struct CDAFixture: CustomStringConvertible, Sendable {
    let folder: URL
    var description: String { folder.lastPathComponent }
    var golden: URL { folder.appendingPathComponent("expected.json") }
    var isRefused: Bool { folder.path.contains("/failure/") }

    func bytes() throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appendingPathComponent("input.xml")))
    }

    static let all: [CDAFixture] =
        SourceTree.files(
            below: SourceTree.url("Tests/XMLAdaptersTests/Fixtures/cda-document")
        )
        .filter { $0.lastPathComponent == "input.xml" }
        .map { CDAFixture(folder: $0.deletingLastPathComponent()) }

    static let read: [CDAFixture] = all.filter { !$0.isRefused }

    static func named(_ name: String) throws -> [UInt8] {
        guard let fixture = all.first(where: { $0.description == name }) else {
            throw IntakeError(code: "fixture-missing", location: name, remedy: "write it")
        }
        return try fixture.bytes()
    }
}

/// A document of a silo that sends letters.
func cda(_ bytes: [UInt8], dialect: Dialect = Dialect()) -> SourceDocument {
    SourceDocument(silo: "letters", bytes: bytes[...], dialect: dialect)
}

/// A smallest document, with what a test puts into it.
enum CDASample {
    static func document(
        header: String = "",
        body: String,
        patient: String = CDASample.patient
    ) -> [UInt8] {
        Array(
            """
            <ClinicalDocument xmlns="urn:hl7-org:v3" \
            xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:sdtc="urn:hl7-org:sdtc">\
            <id root="1.2.3" extension="D1"/><code code="34133-9"/><effectiveTime value="20260302"/>\
            \(header)\(patient)<component>\(body)</component></ClinicalDocument>
            """.utf8
        )
    }

    static let patient = """
        <recordTarget><patientRole><id root="2.16.840.1.113883.2.1.4.1" extension="9990000018"/>\
        <patient><name><given>Ann</given><family>LEE</family></name><birthTime value="19510303"/>\
        </patient></patientRole></recordTarget>
        """

    static func section(
        _ code: String,
        text: String? = "See entries",
        _ entries: String...
    )
        -> String
    {
        let words = text.map { "<text>\($0)</text>" } ?? ""
        return "<structuredBody><component><section><code code=\"\(code)\"/>\(words)"
            + entries.map { "<entry>\($0)</entry>" }.joined()
            + "</section></component></structuredBody>"
    }

    static func report(_ bytes: [UInt8], dialect: Dialect = Dialect()) throws -> IntakeReport {
        try CDADocumentAdapter().adapt(cda(bytes, dialect: dialect))
    }
}

extension IntakeReport {
    var letter: ClinicalDocument? {
        for entry in entries {
            if case .clinicalDocument(let letter) = entry.content { return letter }
        }
        return nil
    }

    var letterEntry: RecordEntry? { entries.first { $0.kind == .clinicalDocument } }

    var patient: PatientStatement? {
        for entry in entries { if case .patient(let patient) = entry.content { return patient } }
        return nil
    }

    var allergies: [AllergyIntolerance] {
        entries.compactMap {
            if case .allergyIntolerance(let allergy) = $0.content { allergy } else { nil }
        }
    }

    var conditions: [Condition] {
        entries.compactMap { if case .condition(let one) = $0.content { one } else { nil } }
    }

    var medicines: [MedicationStatement] {
        entries.compactMap {
            if case .medicationStatement(let one) = $0.content { one } else { nil }
        }
    }

    var observations: [Observation] {
        entries.flatMap { entry -> [Observation] in
            if case .diagnosticReport(let report) = entry.content {
                report.observations
            } else {
                []
            }
        }
    }
}
