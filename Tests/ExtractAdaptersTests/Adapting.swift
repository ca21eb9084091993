import ExtractAdapters
import Foundation
import PortalBytes
import PortalIntake
import PortalRecord
import PortalTestKit

/// One folder of Fixtures: an adapter's documents, the files beside them, and what they come to.
struct Fixture: CustomStringConvertible, Sendable {
    let folder: URL
    let input: URL

    /// `letter-drop/success/draft`.
    var description: String { folder.pathComponents.suffix(3).joined(separator: "/") }
    /// Whether it is of the tree where all is well.
    var isSuccess: Bool { folder.deletingLastPathComponent().lastPathComponent == "success" }
    var golden: URL { folder.appendingPathComponent("expected.json") }

    static let adapters: [any SourceAdapter] = [
        ScannedNotesManifestAdapter(), AppointmentListAdapter(), LetterDropAdapter(),
        TopElementsAdapter(), GPEmergencySummaryAdapter(), PalliativeSummaryAdapter(),
        SocialCareAdapter(),
    ]

    static let all: [Fixture] =
        SourceTree.files(below: SourceTree.url("Tests/ExtractAdaptersTests/Fixtures"))
        .filter { $0.lastPathComponent.hasPrefix("input.") }
        .map { Fixture(folder: $0.deletingLastPathComponent(), input: $0) }

    /// Fixtures of JSON Lines.
    static let lines = all.filter { $0.input.pathExtension == "jsonl" }

    static func of(_ adapter: String) -> [Fixture] {
        all.filter { $0.description.hasPrefix(adapter + "/") }
    }

    static func named(_ name: String) throws -> Fixture {
        let found = all.first { $0.description == name }
        guard let found else { throw CocoaError(.fileNoSuchFile) }
        return found
    }

    func adapter() throws -> any SourceAdapter {
        let name = folder.pathComponents.dropLast(2).last
        guard let adapter = Self.adapters.first(where: { type(of: $0).name == name }) else {
            throw CocoaError(.fileNoSuchFile)
        }
        return adapter
    }

    func notes() throws -> String {
        try String(contentsOf: folder.appendingPathComponent("NOTES.md"), encoding: .utf8)
            .replacing("\n", with: " ")
    }

    /// Its documents: the lines of JSON Lines, else the file; with the files that came beside it.
    func documents() throws -> [SourceDocument] {
        let bytes = Array(try Data(contentsOf: input))
        let dialect = try Dialect.ofFixture(in: folder)
        var files: [String: CompanionFile] = [:]
        for url in SourceTree.files(below: folder) {
            let name = url.lastPathComponent
            let own = ["expected.json", "NOTES.md", "dialect.json", input.lastPathComponent]
            if own.contains(name) { continue }
            files[name] = CompanionFile(Array(try Data(contentsOf: url))[...])
        }
        let parts =
            input.pathExtension == "jsonl"
            ? bytes.split { $0 == 0x0A || $0 == 0x0D } : [bytes[...]]
        return parts.map { part in
            let silo = "extract"
            return SourceDocument(silo: silo, bytes: part, dialect: dialect, files: files)
        }
    }
}

/// A document of a few words.
func document(
    _ text: String,
    limits: Limits = .standard,
    files: [String: [UInt8]] = [:]
) -> SourceDocument {
    var dialect = Dialect()
    dialect.localAuthority = "GRI"
    return SourceDocument(
        silo: "extract",
        bytes: Array(text.utf8)[...],
        dialect: dialect,
        limits: limits,
        files: files.mapValues { CompanionFile($0[...]) }
    )
}
