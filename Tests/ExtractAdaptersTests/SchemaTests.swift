import Foundation
import PortalIntake
import PortalRecord
import PortalTestKit
import Testing

@Suite("The published schemas of JSON Lines")
struct SchemaTests {
    /// Says of each line of each file whether it is valid: `file<TAB>true false …`.
    private static let program = """
        import json, sys
        import jsonschema
        schema = json.load(open(sys.argv[1], encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        validator = jsonschema.Draft202012Validator(schema)
        def is_valid(line):
            try:
                return validator.is_valid(json.loads(line.decode("utf-8")))
            except ValueError:
                return False
        for name in sys.argv[2:]:
            lines = [l for l in open(name, "rb").read().splitlines() if l.strip()]
            print(name + "\\t" + " ".join(str(is_valid(l)).lower() for l in lines))
        """

    private func python(_ arguments: [String]) throws -> (status: Int32, text: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c"] + arguments
        let out = Pipe()
        process.standardOutput = out
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: out.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }

    /// A failure that the schema cannot see says so in its NOTES: "The schema takes it".
    @Test(
        "every success is valid by it, and no failure of shape is",
        arguments: Fixture.adapters.map { type(of: $0) }.filter { $0.format == "jsonl" }
            .map { $0.name }
    )
    func schema(_ adapter: String) throws {
        guard try python(["import jsonschema"]).status == 0 else {
            print(
                "SKIPPED: the Python package jsonschema was not found (Debian: python3-jsonschema);"
                    + " no fixture was held against \(adapter).schema.json"
            )
            return
        }
        let fixtures = Fixture.of(adapter)
        let schema = SourceTree.url("Sources/ExtractAdapters/\(adapter).schema.json").path
        let said = try python([Self.program, schema] + fixtures.map(\.input.path))
        #expect(said.status == 0)
        let lines = said.text.split(separator: "\n")
        try #require(lines.count == fixtures.count)
        for (fixture, line) in zip(fixtures, lines) {
            let verdicts = line.split(separator: "\t").last?.split(separator: " ") ?? []
            let isMeantToPass = try fixture.isSuccess || fixture.notes().contains("schema takes it")
            #expect(!verdicts.isEmpty)
            // Of a failure's lines some may be well.
            let isRight =
                isMeantToPass
                ? verdicts.allSatisfy { $0 == "true" } : verdicts.contains { $0 == "false" }
            #expect(isRight, "\(fixture): \(verdicts)")
        }
    }

    /// The names of every member of a schema.
    private func members(_ schema: Any) -> Set<String> {
        var names: Set<String> = []
        if let object = schema as? [String: Any] {
            for (key, value) in object {
                if key == "properties", let properties = value as? [String: Any] {
                    names.formUnion(properties.keys)
                }
                names.formUnion(members(value))
            }
        }
        for value in schema as? [Any] ?? [] { names.formUnion(members(value)) }
        return names
    }

    @Test("every member that the schema names is in the article, and the article's examples hold")
    func article() throws {
        let article = String(
            decoding: try SourceTree.bytes(
                "Sources/ExtractAdapters/ExtractAdapters.docc/Extracts.md"
            ),
            as: UTF8.self
        )
        let schema = try SourceTree.bytes("Sources/ExtractAdapters/top-elements.schema.json")
        let names = members(try JSONSerialization.jsonObject(with: Data(schema)))
        #expect(names.count > 40)
        // What a person, a name and a concept consist of the schema alone says.
        let parts: Set<String> = [
            "value", "family", "given", "prefix", "birthDate", "gender", "deceased", "practice",
        ]
        for name in names.subtracting(parts) {
            let isThere = article.contains("`\(name)`")
            #expect(isThere, "\(name)")
        }
        // Each example is a table or a line that its adapter reads without a complaint.
        var examples = 0
        for block in article.split(separator: "\n\n") where block.hasPrefix("    ") {
            let lines = block.split(separator: "\n").map { $0.drop { $0 == " " } }
            let isJSON = lines.first?.hasPrefix("{") == true
            for text in isJSON ? lines.map(String.init) : [lines.joined(separator: "\n") + "\n"] {
                let input = document(text)
                let adapter = try #require(Fixture.adapters.first { $0.recognises(input) })
                let report = try adapter.adapt(input)
                let files = ["page-missing", "letter-missing"]
                let worse = report.diagnostics.filter {
                    $0.severity > .note && !files.contains($0.code)
                }
                #expect(worse.isEmpty && report.ledger.unmapped == 0, "\(worse)")
                examples += 1
            }
        }
        #expect(examples >= 4)
    }

    @Test("every member of a whole list is in its article, and the article's examples hold")
    func wholeLists() throws {
        let article = String(
            decoding: try SourceTree.bytes(
                "Sources/ExtractAdapters/ExtractAdapters.docc/WholeLists.md"
            ),
            as: UTF8.self
        )
        for name in Fixture.adapters.map({ type(of: $0).name }) {
            let path = "Sources/ExtractAdapters/\(name).schema.json"
            guard article.contains("`\(path)`"), let bytes = try? SourceTree.bytes(path),
                let schema = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any],
                let members = schema["properties"] as? [String: Any]
            else { continue }
            for member in members.keys {
                let isThere = article.contains("`\(member)`")
                #expect(isThere, "\(name): \(member)")
            }
        }
        let examples = article.split(separator: "\n\n").filter { $0.hasPrefix("    {") }
        #expect(examples.count >= 1)
        for line in examples.flatMap({ $0.split(separator: "\n") }) {
            let input = document(String(line.drop { $0 == " " }))
            let adapter = try #require(Fixture.adapters.first { $0.recognises(input) })
            let report = try adapter.adapt(input)
            #expect(report.diagnostics.allSatisfy { $0.severity == .note }, "\(report.diagnostics)")
            #expect(report.ledger.unmapped == 0)
        }
    }
}
