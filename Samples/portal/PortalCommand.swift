import ArgumentParser
import ClinicalPortal
import Foundation

/// The command line's flag; the record's `Flag` is an alert.
typealias Flag = ArgumentParser.Flag

/// The program `portal`.
@main
struct PortalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "portal",
        abstract: "Reads what clinical systems send, and shows one record to those who may see it.",
        discussion: """
            Exit codes: 0 done; 1 the store or a file could not be used; 2 the profile was refused;
            3 not found, or not permitted; 4 the audit could not be written; 5 the audit does not
            verify; 64 the command line was not understood.
            """,
        subcommands: [
            Inspect.self, Import.self, Timeline.self, Top16.self, Lists.self, Results.self,
            Open.self, Search.self, Patients.self, Review.self,
            Explain.self,
            Override.self, Permission.self, Summary.self, Doubts.self, Link.self, DoNotLink.self,
            Retract.self, Held.self, Document.self,
            Recall.self, Audit.self, Usage.self, Rules.self, Synthesise.self, Identity.self,
        ]
    )

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asking = command as? any AsyncParsableCommand {
                try await asking.run()
            } else {
                try command.run()
            }
        } catch let code as ExitCode {
            Foundation.exit(code.rawValue)
        } catch let error as ProfileError {
            fail(error.description, 2)
        } catch let error as AccessError {
            fail(error.description, error.code == "audit-unavailable" ? 4 : 3)
        } catch let error as StoreError {
            fail(error.description, notFound.contains(error.code) ? 3 : 1)
        } catch let error as AuditError {
            fail("the audit cannot be read: \(error): compare it with the witness's copy", 5)
        } catch {
            if exitCode(for: error) == .validationFailure || exitCode(for: error) == .success {
                exit(withError: error)
            }
            fail("the store or a file could not be used: \(type(of: error))", 1)
        }
    }

    /// What a command was asked for is not there, or not to be told apart.
    private static let notFound: Set<String> = [
        "check-digit-wrong", "person-unknown", "patient-unknown", "patient-ambiguous",
        "override-type-unknown", "silo-unknown", "document-opted-out", "assertion-unknown",
    ]

    static func fail(_ message: String, _ code: Int32) -> Never {
        FileHandle.standardError.write(Data(("portal: " + message + "\n").utf8))
        Foundation.exit(code)
    }
}

/// Options of every command that opens a store.
struct StoreOptions: ParsableArguments {
    @Option(help: "The store's folder.")
    var store: String

    @Option(name: .customLong("as"), help: "Who asks: a person of the profile.")
    var user: String = "operator"

    @Option(help: "The moment of asking, for tests and demonstrations: 2026-11-22T10:04Z.")
    var now: String?

    @Flag(help: "Answer in JSON.")
    var json = false

    /// The moment of asking.
    func moment() throws -> Instant {
        try now.map { try StoreOptions.moment($0, "--now") } ?? Clock.now()
    }

    /// A moment that an option states.
    static func moment(_ text: String, _ option: String) throws -> Instant {
        guard let instant = Instant(text) else {
            throw ValidationError("\(option) is a moment such as 2026-11-22T10:04Z")
        }
        return instant
    }
}

/// The machine's clock, read at the edge and handed inwards as a value.
enum Clock {
    static func now() -> Instant {
        Instant(milliseconds: Int(Date().timeIntervalSince1970 * 1000))
    }
}

enum Output {
    static func line(_ text: String) {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }

    /// Writes a page or picture; says where, so that it can be opened.
    static func file(_ text: String, _ path: String) throws { try file(Array(text.utf8), path) }

    static func file(_ bytes: [UInt8], _ path: String) throws {
        guard FileManager.default.createFile(atPath: path, contents: Data(bytes)) else {
            throw StoreError(
                code: "file-not-written",
                remedy: "name a file in a folder that exists"
            )
        }
        note("written: " + path)
    }

    static func note(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}
