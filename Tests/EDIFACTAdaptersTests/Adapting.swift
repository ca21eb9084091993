import EDIFACTAdapters
import Foundation
import PortalIntake
import PortalRecord
import PortalTestKit

/// One folder of Fixtures: an interchange of one message, and what it comes to.
struct Fixture: CustomStringConvertible, Sendable {
    let folder: URL

    /// `edifact-lab-report/success/corrected`.
    var description: String { folder.pathComponents.suffix(3).joined(separator: "/") }
    /// Whether it is of the tree where all is well.
    var isSuccess: Bool { folder.deletingLastPathComponent().lastPathComponent == "success" }
    var input: URL { folder.appendingPathComponent("input.edi") }
    var golden: URL { folder.appendingPathComponent("expected.json") }

    static let adapters: [any SourceAdapter] = [
        EDIFACTLabReportAdapter(), EDIFACTRadiologyReportAdapter(),
    ]

    static let all: [Fixture] =
        SourceTree.files(below: SourceTree.url("Tests/EDIFACTAdaptersTests/Fixtures"))
        .filter { $0.lastPathComponent == "input.edi" }
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
            silo: "laboratory",
            bytes: Array(try Data(contentsOf: input))[...],
            dialect: try .ofFixture(in: folder)
        )
    }
}
