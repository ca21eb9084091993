import Foundation
import PortalIntake
import PortalRecord
import PortalTestKit
import XMLAdapters

/// One folder of the fixtures of the shapes that are ours beside the referral.
struct ShapeFixture: CustomStringConvertible, Sendable {
    /// Each adapter with its schema.
    static let shapes: [(adapter: any SourceAdapter, schema: String)] = [
        (GPEmergencySummaryXMLAdapter(), "GPEmergencySummary.xsd"),
        (SCIStoreResultAdapter(), "SCIStoreResult.xsd"),
        (SCIStoreDocumentAdapter(), "SCIStoreDocument.xsd"),
    ]

    let folder: URL
    let adapter: any SourceAdapter
    let schema: String
    var description: String { folder.pathComponents.suffix(3).joined(separator: "/") }
    var input: URL { folder.appendingPathComponent("input.xml") }
    var golden: URL { folder.appendingPathComponent("expected.json") }
    var isRefused: Bool { folder.path.contains("/failure/") }

    func document() throws -> SourceDocument {
        var dialect = Dialect()
        dialect.localAuthority = "GRI"
        return SourceDocument(
            silo: "store",
            bytes: Array(try Data(contentsOf: input))[...],
            dialect: dialect
        )
    }

    func report() throws -> IntakeReport { try adapter.adapt(try document()) }

    static let all: [ShapeFixture] = shapes.flatMap { shape in
        let name = type(of: shape.adapter).name
        return SourceTree.files(
            below: SourceTree.url("Tests/XMLAdaptersTests/Fixtures/\(name)")
        )
        .filter { $0.lastPathComponent == "input.xml" }
        .map {
            ShapeFixture(
                folder: $0.deletingLastPathComponent(),
                adapter: shape.adapter,
                schema: shape.schema
            )
        }
    }

    static let read = all.filter { !$0.isRefused }

    static func named(_ name: String) throws -> ShapeFixture {
        guard let found = all.first(where: { $0.description == name }) else {
            throw IntakeError(code: "fixture-missing", location: name, remedy: "write it")
        }
        return found
    }
}
