public import Foundation
public import PortalIntake

/// One folder of a test's Fixtures: a document, and what it comes to.
///
/// - Shape: `Fixtures/ADAPTER/success|failure/NAME` with `input.*`, `expected.json` and NOTES.
public struct FixtureFolder: CustomStringConvertible, Sendable {
    /// The folder.
    public let folder: URL
    /// The document.
    public let input: URL
    private let silo: String
    private let adapters: [any SourceAdapter]

    /// `hl7v2-document/success/cancelled`.
    public var description: String { folder.pathComponents.suffix(3).joined(separator: "/") }
    /// Whether it is of the tree where all is well.
    public var isSuccess: Bool { folder.deletingLastPathComponent().lastPathComponent == "success" }
    /// What it comes to.
    public var golden: URL { folder.appendingPathComponent("expected.json") }

    /// The fixtures of a test target.
    public static func all(
        of target: String,
        from silo: String,
        for adapters: [any SourceAdapter]
    ) -> [FixtureFolder] {
        SourceTree.files(below: SourceTree.url("Tests/\(target)/Fixtures"))
            .filter { $0.deletingPathExtension().lastPathComponent == "input" }
            .map {
                FixtureFolder(
                    folder: $0.deletingLastPathComponent(),
                    input: $0,
                    silo: silo,
                    adapters: adapters
                )
            }
    }

    /// The adapter that the folder is of.
    ///
    /// - Throws: Where there is none of its name.
    public func adapter() throws -> any SourceAdapter {
        let name = folder.pathComponents.dropLast(2).last
        guard let adapter = adapters.first(where: { type(of: $0).name == name }) else {
            throw CocoaError(.fileNoSuchFile)
        }
        return adapter
    }

    /// The fixtures whose damaged copies are not counted to the last byte.
    ///
    /// - Parameters:
    ///   - fixtures: The documents.
    ///   - alphabet: The bytes that are put in: those that mean something in the format.
    ///   - seed: Where chance starts; the same seed damages alike.
    /// - Returns: Each with the rounds in which bytes were not counted.
    /// - Throws: Where a fixture cannot be read.
    public static func damaged(
        _ fixtures: [FixtureFolder],
        alphabet: String,
        seed: UInt64 = 25
    ) throws -> [String] {
        var random = SeededGenerator(seed: seed)
        return try fixtures.compactMap { fixture in
            let rounds = try fixture.adapter().unaccountedDamages(
                of: try fixture.document(),
                alphabet: Array(alphabet.utf8),
                &random
            )
            return rounds.isEmpty ? nil : "\(fixture), rounds \(rounds)"
        }
    }

    /// The document, in the dialect of the fixtures.
    ///
    /// - Throws: Where it cannot be read.
    public func document() throws -> SourceDocument {
        SourceDocument(
            silo: silo,
            bytes: Array(try Data(contentsOf: input))[...],
            dialect: try .ofFixture(in: folder)
        )
    }
}
