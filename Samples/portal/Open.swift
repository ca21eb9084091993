import ArgumentParser
import ClinicalPortal
import Foundation

/// Opens a file of a row.
struct Open: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes a file of a row to standard output: a letter's PDF, a scanned page.",
        discussion: """
            The timeline lists a row's files with their numbers. The content is what the sender put
            there: with --json its media type by its own bytes is told instead.
            """
    )

    @OptionGroup var options: StoreOptions

    @Option(help: "The patient: a handle, system|value, or a number.")
    var patient: String

    @Option(help: "The row's entry.")
    var entry: String

    @Option(name: .customLong("row-version"), help: "The row's version, where two are current.")
    var version: String?

    @Option(help: "The file's number in the row.")
    var file: Int = 1

    @Option(help: "Why.")
    var purpose: String = Purpose.directCare.rawValue

    @Option(help: "Write the content to this file.")
    var out: String?

    func run() throws {
        let opened = try options.open { folder, person, now in
            try folder.portal.open(
                file: file,
                of: EntryID(rawValue: entry),
                version: version,
                of: try folder.find(patient, as: person, purpose, at: now),
                as: person,
                purpose: Purpose(rawValue: purpose),
                at: now
            )
        }
        if let out { try Output.file(opened.value.bytes, out) }
        if options.json {
            Output.line(try FileView.json(opened))
        } else if out == nil {
            FileHandle.standardOutput.write(Data(opened.value.bytes))
        }
    }
}
