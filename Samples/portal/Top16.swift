import ArgumentParser
import ClinicalPortal
import Foundation

/// Shows the first screen.
struct Top16: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top16",
        abstract: "Shows the first screen: who the person is, and the sixteen elements."
    )

    @OptionGroup var options: StoreOptions

    @Option(help: "The patient: a handle, system|value, or a number.")
    var patient: String

    @Option(help: "Why: direct care, administration, investigation, recall, patient request.")
    var purpose: String = Purpose.directCare.rawValue

    @Option(name: .customLong("as-of"), help: "The record as it was known at a moment.")
    var asOf: String?

    @Option(help: "Write the screen as a static HTML page to this file.")
    var html: String?

    func run() throws {
        let moment = try asOf.map { try StoreOptions.moment($0, "--as-of") }
        let screen = try options.open { folder, person, now in
            try folder.portal.topScreen(
                of: try folder.portal.find(patient),
                as: person,
                purpose: Purpose(rawValue: purpose),
                asOf: moment,
                at: now
            )
        }
        if let html { try Output.file(TopScreenView.html(screen), html) }
        if html == nil || options.json {
            Output.line(options.json ? try TopScreenView.json(screen) : TopScreenView.text(screen))
        }
    }
}
