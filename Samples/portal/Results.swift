import ArgumentParser
import ClinicalPortal

/// Shows results over time.
struct Results: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows the results of an analyte or a panel over time, as a table or a picture."
    )

    @OptionGroup var options: StoreOptions

    @Option(help: "The patient: a handle, system|value, or a number.")
    var patient: String

    @Option(help: "An analyte's code or name; may be repeated; all without one.")
    var code: [String] = []

    @Option(help: "Only results of this panel, by code or name.")
    var panel: String?

    @Option(help: "Why.")
    var purpose: String = Purpose.directCare.rawValue

    @Option(help: "Write the picture (SVG) to this file.")
    var svg: String?

    func run() throws {
        let results = try options.open { folder, person, now in
            try folder.portal.results(
                of: try folder.find(patient, as: person, purpose, at: now),
                codes: code,
                panel: panel,
                as: person,
                purpose: Purpose(rawValue: purpose),
                at: now
            )
        }
        if let svg { try Output.file(CumulativeView.svg(results), svg) }
        if svg == nil || options.json {
            Output.line(
                options.json ? try CumulativeView.json(results) : CumulativeView.text(results)
            )
        }
    }
}
