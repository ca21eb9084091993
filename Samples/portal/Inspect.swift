import ArgumentParser
import ClinicalPortal
import Foundation

/// Reads and adapts files; stores nothing.
struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Reads and adapts files and stores nothing.",
        discussion: "With --json one line a file. Exit code 0 also for files that are held."
    )

    @Option(name: .customLong("as"), help: "The adapter to read with; else the bytes decide.")
    var adapter: String?

    @Flag(help: "One line of JSON a file.")
    var json = false

    @Flag(help: "Print the entries as canonical JSON, one a line.")
    var entries = false

    @Argument(help: "The files.")
    var files: [String]

    func validate() throws {
        if let adapter, !Inspection.adapterNames.contains(adapter) {
            throw ValidationError(
                "--as is one of " + Inspection.adapterNames.joined(separator: ", ")
            )
        }
    }

    func run() throws {
        var failed = false
        for file in files {
            guard let content = FileBytes.read(file) else {
                Output.note("portal: \(file): cannot be read")
                failed = true
                continue
            }
            let inspection = Inspection(
                content,
                adapter: adapter,
                companion: Companions.beside(file)
            )
            if entries {
                for entry in inspection.entries { Output.line(try CanonicalJSON.text(entry)) }
            } else if json {
                Output.line(try CanonicalJSON.text(Line(file, inspection)))
            } else {
                Output.line(text(file, inspection))
            }
        }
        if failed { throw ExitCode(1) }
    }

    private func text(_ file: String, _ inspection: Inspection) -> String {
        var lines = [
            "\(file): \(inspection.outcome.rawValue), \(inspection.format), "
                + "\(inspection.entries.count) entries, \(inspection.bytes) bytes: "
                + "\(inspection.mapped) mapped, \(inspection.ignored) ignored, "
                + "\(inspection.unmapped) unmapped"
        ]
        lines += inspection.findings.map {
            "  \($0.severity.rawValue) \($0.code) at \($0.location)"
        }
        return lines.joined(separator: "\n")
    }

    private struct Line: Encodable {
        struct Messages: Encodable {
            let adapted: Int
            let held: Int
            let rejected: Int
        }

        struct Finding: Encodable {
            let code: String
            let location: String
            let severity: Diagnostic.Severity
        }

        let file: String
        let format: String
        let adapter: String?
        let outcome: Inspection.Outcome
        let messages: Messages
        let entries: Int
        let bytes: Int
        let mapped: Int
        let ignored: Int
        let unmapped: Int
        let findings: [Finding]

        enum CodingKeys: String, CodingKey {
            case file, format, adapter, outcome, messages, entries, bytes, mapped, ignored
            case unmapped, findings
        }

        init(_ file: String, _ inspection: Inspection) {
            self.file = file
            format = inspection.format
            adapter =
                inspection.adapters.isEmpty ? nil : inspection.adapters.joined(separator: ", ")
            outcome = inspection.outcome
            messages = Messages(
                adapted: inspection.counts[.adapted] ?? 0,
                held: inspection.counts[.held] ?? 0,
                rejected: inspection.counts[.rejected] ?? 0
            )
            entries = inspection.entries.count
            bytes = inspection.bytes
            mapped = inspection.mapped
            ignored = inspection.ignored
            unmapped = inspection.unmapped
            findings = inspection.findings.map {
                Finding(code: $0.code, location: $0.location, severity: $0.severity)
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(file, forKey: .file)
            try container.encode(format, forKey: .format)
            try container.encode(adapter, forKey: .adapter)
            try container.encode(outcome, forKey: .outcome)
            try container.encode(messages, forKey: .messages)
            try container.encode(entries, forKey: .entries)
            try container.encode(bytes, forKey: .bytes)
            try container.encode(mapped, forKey: .mapped)
            try container.encode(ignored, forKey: .ignored)
            try container.encode(unmapped, forKey: .unmapped)
            try container.encode(findings, forKey: .findings)
        }
    }
}
