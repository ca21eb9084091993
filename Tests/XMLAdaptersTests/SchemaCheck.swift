import Foundation
import PortalTestKit

/// Whether documents keep to a schema of ours, by `xmllint`.
enum SchemaCheck {
    /// The fixtures of which xmllint says otherwise than their NOTES: what breaks the schema on purpose
    /// says so there.
    ///
    /// - Parameter fixtures: Each document's folder, the document, and its schema's name.
    /// - Returns: The folders that differ; nothing, and a loud word, where there is no xmllint.
    /// - Throws: Where a fixture has no NOTES, or xmllint cannot be started.
    static func surprises(
        _ fixtures: [(folder: URL, input: URL, schema: String)]
    ) throws -> [String] {
        let tool = ["/usr/bin/xmllint", "/usr/local/bin/xmllint", "/opt/homebrew/bin/xmllint"]
            .first { FileManager.default.isExecutableFile(atPath: $0) }
        guard let tool else {
            print("SKIPPED: xmllint not found (Debian: libxml2-utils); no schema was checked")
            return []
        }
        return try fixtures.filter { fixture in
            let process = Process()
            process.executableURL = URL(fileURLWithPath: tool)
            process.arguments = [
                "--nonet", "--noout", "--schema",
                SourceTree.url("Sources/XMLAdapters/\(fixture.schema)").path, fixture.input.path,
            ]
            process.standardError = Pipe()
            try process.run()
            process.waitUntilExit()
            let notes = try String(
                contentsOf: fixture.folder.appendingPathComponent("NOTES.md"),
                encoding: .utf8
            )
            let isMeantToBreak = notes.replacing("\n", with: " ").lowercased()
                .contains("not valid by the schema on purpose")
            return (process.terminationStatus == 0) == isMeantToBreak
        }.map(\.folder.path)
    }
}
