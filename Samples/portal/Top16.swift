import ArgumentParser
import ClinicalPortal
import Foundation

/// Shows the first screen.
struct Top16: AsyncParsableCommand {
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

    @Option(help: "Ask a silo live first: SILO=URL on this machine; may be repeated.")
    var ask: [String] = []

    @Option(help: "Seconds that a silo asked live is waited for.")
    var deadline: Double = 4

    @Option(help: "Write the screen as a static HTML page to this file.")
    var html: String?

    func run() async throws {
        let moment = try asOf.map { try StoreOptions.moment($0, "--as-of") }
        let sources = try ask.map { text in
            guard let source = HTTPSource(text) else {
                throw ValidationError("--ask is SILO=URL, with a URL on this machine")
            }
            return source
        }
        guard deadline >= 0.001, deadline <= 300 else {
            throw ValidationError("--deadline is a number of seconds from 0.001 to 300")
        }
        let wait = Duration.milliseconds(Int(deadline * 1000))
        let screen = try await options.open { folder, person, now in
            let silos = Set(folder.portal.profile.silos.map(\.name))
            guard sources.allSatisfy({ silos.contains($0.silo) }) else {
                throw StoreError(code: "silo-unknown", remedy: "--ask names a silo of the profile")
            }
            let found = try folder.find(patient, as: person, purpose, at: now)
            let outcomes =
                sources.isEmpty
                ? []
                : try await folder.portal.ask(
                    sources,
                    about: found,
                    as: person,
                    purpose: Purpose(rawValue: purpose),
                    deadline: wait,
                    at: now
                )
            return try folder.portal.topScreen(
                of: found,
                as: person,
                purpose: Purpose(rawValue: purpose),
                asOf: moment,
                asked: outcomes,
                at: now
            )
        }
        if let html { try Output.file(TopScreenView.html(screen), html) }
        if html == nil || options.json {
            Output.line(options.json ? try TopScreenView.json(screen) : TopScreenView.text(screen))
        }
    }
}
