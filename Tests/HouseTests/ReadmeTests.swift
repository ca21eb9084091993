import Foundation
import PortalTestKit
import Testing

@Suite("The README keeps its word")
struct ReadmeTests {
    private func text(_ path: String) throws -> String {
        String(decoding: try SourceTree.bytes(path), as: UTF8.self)
    }

    @Test("its example runs and shows the result")
    func runs() throws {
        var shown = ""
        try readmeExample { shown += $0 }
        #expect(shown.contains("Haemoglobin 69 g/L"))
    }

    @Test("its example is the one that runs")
    func isTheSame() throws {
        let readme = try text("README.md")
        let source = try text("Tests/HouseTests/ReadmeExample.swift")
        let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
        let begin = try #require(lines.firstIndex { $0.contains("// README begins") })
        let end = try #require(lines.firstIndex { $0.contains("// README ends") })
        let example = lines[(begin + 1)..<end].map { $0.dropFirst(4) }.joined(separator: "\n")
        #expect(readme.contains("import ClinicalPortal\n\n" + example + "\n"))
        #expect(lines[(begin + 1)..<end].count <= 28)
    }

    @Test("it names exactly the two commands, and they are there to run")
    func commands() throws {
        let commands = try text("README.md").split(separator: "\n")
            .filter { $0.hasPrefix("    ./") }
            .compactMap { $0.split(separator: " ").first }
        #expect(commands == ["./Samples/run", "./Tests/run"])
    }

    @Test("the article on the site profile names every member that the loader takes")
    func profile() throws {
        let loader = try SourceTree.files(below: SourceTree.url("Sources/ClinicalPortal"))
            .filter { $0.lastPathComponent.contains("Load") }
            .map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }.joined()
        let article = try text("Sources/ClinicalPortal/ClinicalPortal.docc/TheSiteProfile.md")
        var members: Set<Substring> = []
        for part in loader.split(separator: ".members([").dropFirst() {
            let list = part.prefix { $0 != "]" }
            members.formUnion(list.split(separator: "\"").filter { $0.first?.isLetter ?? false })
        }
        #expect(members.count > 70)
        for member in members.sorted() {
            #expect(article.contains("`\(member)`"), "\(member)")
        }
    }
}
