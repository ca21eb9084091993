import Foundation
import PortalTestKit
import Testing

@Suite("Who may look into which room (DESIGN section 2)")
struct LayerTests {
    /// The rooms that each room may import.
    private static let rooms: [String: Set<String>] = [
        "PortalBytes": [],
        "PortalRecord": ["Crypto"],
        "HL7v2Syntax": ["PortalBytes"],
        "EDIFACTSyntax": ["PortalBytes"],
        "JSONSyntax": ["PortalBytes"],
        "DelimitedSyntax": ["PortalBytes"],
        "XMLSyntax": ["CLibXML2", "PortalBytes"],
        "PortalIntake": ["PortalBytes", "PortalRecord"],
        "PortalAdapterKit": ["PortalBytes", "PortalIntake", "PortalRecord"],
        "HL7v2Adapters": ["HL7v2Syntax", "PortalBytes", "PortalIntake", "PortalRecord"],
        "EDIFACTAdapters": ["EDIFACTSyntax", "PortalBytes", "PortalIntake", "PortalRecord"],
        "XMLAdapters": ["PortalBytes", "PortalIntake", "PortalRecord", "XMLSyntax"],
        "ExtractAdapters": [
            "DelimitedSyntax", "JSONSyntax", "PortalBytes", "PortalIntake", "PortalRecord",
        ],
        // FHIR has two forms, and one meaning.
        "FHIRAdapters": [
            "JSONSyntax", "PortalBytes", "PortalIntake", "PortalRecord", "XMLSyntax",
        ],
        // Weighted evidence reckons logarithms, on every core.
        "PortalIdentity": ["PortalRecord", "Dispatch", "Darwin", "Glibc", "Musl"],
        "PortalTimeline": ["PortalIdentity", "PortalRecord"],
        "PortalPolicy": ["PortalRecord"],
        // Millions of events are verified on every core.
        "PortalAudit": ["PortalRecord", "Crypto", "Dispatch", "Synchronization"],
        "PortalStore": [
            "PortalAudit", "PortalIdentity", "PortalPolicy", "PortalRecord", "PortalTimeline",
            "Synchronization",
        ],
        "PortalAccess": [
            "PortalAudit", "PortalIdentity", "PortalPolicy", "PortalRecord", "PortalStore",
            "PortalTimeline",
        ],
        // What is released of the audit and of decisions is shown too.
        "PortalViews": [
            "PortalAccess", "PortalAudit", "PortalPolicy", "PortalRecord", "PortalTimeline",
        ],
        "PortalStoreSQLite": [
            "PortalAudit", "PortalIdentity", "PortalPolicy", "PortalRecord", "PortalStore",
            "PortalTimeline", "GRDB", "GRDBSQLite", "Foundation", "Synchronization", "Darwin",
            "Glibc", "Musl",
        ],
        "ClinicalPortal": [
            "DelimitedSyntax", "EDIFACTAdapters", "EDIFACTSyntax", "ExtractAdapters",
            "FHIRAdapters", "HL7v2Adapters", "HL7v2Syntax", "JSONSyntax", "XMLAdapters",
            "XMLSyntax",
            "PortalAccess", "PortalAudit", "PortalBytes",
            "PortalIdentity", "PortalIntake", "PortalPolicy", "PortalRecord", "PortalStore",
            "PortalTimeline", "PortalViews", "Yams", "Darwin", "Glibc", "Musl",
        ],
    ]

    private func imports(_ file: URL) throws -> [String] {
        let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        return text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard let at = words.firstIndex(of: "import"), at + 1 < words.count,
                words[..<at].allSatisfy({
                    ["public", "package", "internal", "private", "fileprivate", "@_exported"]
                        .contains(String($0))
                })
            else { return nil }
            return String(words[at + 1])
        }
    }

    @Test("no room imports what its layer may not see")
    func layers() throws {
        for file in SourceTree.files(below: SourceTree.url("Sources"))
        where file.pathExtension == "swift" {
            let parts = file.path.split(separator: "/")
            let at = try #require(parts.lastIndex(of: "Sources"))
            let room = String(parts[at + 1])
            let allowed = try #require(Self.rooms[room], "a room that the table does not know")
            for name in try imports(file) {
                #expect(allowed.contains(name), "\(room)/\(file.lastPathComponent)")
            }
        }
    }

    @Test("no clock, no chance and no printing in the river's rooms")
    func purity() throws {
        let pure: Set<String> = [
            "PortalBytes", "PortalRecord", "HL7v2Syntax", "XMLSyntax", "JSONSyntax",
            "DelimitedSyntax", "PortalIntake", "HL7v2Adapters", "XMLAdapters", "ExtractAdapters",
            "FHIRAdapters",
            "PortalIdentity", "PortalTimeline", "PortalPolicy", "PortalAccess", "PortalViews",
        ]
        for file in SourceTree.files(below: SourceTree.url("Sources")) {
            guard pure.contains(where: { file.path.contains("/Sources/\($0)/") }) else { continue }
            let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
            // Clocks, chance and traps have no place here. Two are put together, so that whoever
            // searches the project for traps finds those that are used.
            let banned = [
                "Date()", "UUID()", "print(", "random(",
                "try" + "!", "fatal" + "Error(",
            ]
            for word in banned {
                let code = text.split(separator: "\n").filter { !$0.contains("///") }
                #expect(!code.contains { $0.contains(word) }, "\(file.lastPathComponent): \(word)")
            }
        }
    }

    @Test("every fixture folder says in NOTES.md what it shows")
    func notes() {
        let tests = SourceTree.files(below: SourceTree.url("Tests"))
        let folders = Set(
            tests.filter { $0.path.contains("/Fixtures/") && !$0.path.contains("/.build") }
                .map { $0.deletingLastPathComponent().path }
        )
        for folder in folders {
            #expect(FileManager.default.fileExists(atPath: folder + "/NOTES.md"), "\(folder)")
        }
    }

    @Test("at the top stand the rooms of the house and nothing that a run left there")
    func top() throws {
        let rooms: Set<String> = [
            "Package.swift", "Sources", "Tests", "Samples", "CONTRIBUTING.md", "README.md",
            "LICENSE", ".ci", ".gitignore", ".swift-format",
        ]
        // What .gitignore names, and what the tools keep for themselves.
        let kept = ["Package.resolved", "out", "__pycache__", ".git", ".swiftpm"]
        let found = try FileManager.default.contentsOfDirectory(atPath: SourceTree.url("").path)
        let others = found.filter { name in
            !rooms.contains(name) && !kept.contains(name) && !name.hasPrefix(".build")
                && !name.hasPrefix(".venv") && !name.hasSuffix(".xcodeproj")
        }
        #expect(others == [])
    }

    @Test("sizes, printed to look at")
    func sizes() throws {
        for file in SourceTree.files(below: SourceTree.url("Sources")) {
            let lines = try Data(contentsOf: file).split(separator: 0x0A).count
            if lines > 400 { print("worth a look: \(file.lastPathComponent), \(lines) lines") }
        }
    }
}
