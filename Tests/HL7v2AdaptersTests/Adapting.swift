import Foundation
import HL7v2Adapters
import PortalIntake
import PortalRecord
import PortalTestKit

/// One folder of Fixtures: a message, and what it comes to.
struct Fixture: CustomStringConvertible, Sendable {
    let folder: URL

    /// `hl7v2-document/success/cancelled`.
    var description: String { folder.pathComponents.suffix(3).joined(separator: "/") }
    /// Whether it is of the tree where all is well.
    var isSuccess: Bool { folder.deletingLastPathComponent().lastPathComponent == "success" }
    var input: URL { folder.appendingPathComponent("input.hl7") }
    var golden: URL { folder.appendingPathComponent("expected.json") }

    static let adapters: [any SourceAdapter] = [
        HL7v2AttendanceAdapter(), HL7v2LabReportAdapter(), HL7v2DocumentAdapter(),
        HL7v2ReferralAdapter(), HL7v2ScheduleAdapter(), HL7v2OrderAdapter(),
        HL7v2VaccinationAdapter(),
    ]

    static let all: [Fixture] =
        SourceTree.files(below: SourceTree.url("Tests/HL7v2AdaptersTests/Fixtures"))
        .filter { $0.lastPathComponent == "input.hl7" }
        .map { Fixture(folder: $0.deletingLastPathComponent()) }

    static func of(_ adapter: String) -> [Fixture] {
        all.filter { $0.description.hasPrefix(adapter + "/") }
    }

    func adapter() throws -> any SourceAdapter {
        let name = folder.pathComponents.dropLast(2).last
        guard let adapter = Self.adapters.first(where: { type(of: $0).name == name }) else {
            throw CocoaError(.fileNoSuchFile)
        }
        return adapter
    }

    func document() throws -> SourceDocument {
        SourceDocument(
            silo: "hospital",
            bytes: Array(try Data(contentsOf: input))[...],
            dialect: try .ofFixture(in: folder)
        )
    }
}
