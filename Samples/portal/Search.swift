import ArgumentParser
import ClinicalPortal

/// Finds people, or words in letters and titles.
struct Search: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Finds people by number, name or birth date; with --text, words in documents."
    )

    @OptionGroup var options: StoreOptions

    @Flag(help: "Search the text of letters and the titles of scanned paper.")
    var text = false

    @Option(help: "With --text: only in this patient's record.")
    var patient: String?

    @Option(help: "Why.")
    var purpose: String = Purpose.directCare.rawValue

    @Argument(help: "What to look for.")
    var words: [String]

    func run() throws {
        let asked = words.joined(separator: " ")
        if text {
            let found = try options.open { folder, person, now in
                let one = try patient.map {
                    try folder.find($0, as: person, purpose, at: now)
                }
                if let one, one == nil {
                    throw StoreError(code: "patient-unknown", remedy: "check the number")
                }
                return try folder.portal.searchText(
                    asked,
                    of: one ?? nil,
                    as: person,
                    purpose: Purpose(rawValue: purpose),
                    at: now
                )
            }
            Output.line(options.json ? try SearchView.json(found) : SearchView.text(found))
            return
        }
        let found = try options.open { folder, person, now in
            try folder.portal.search(
                asked,
                as: person,
                purpose: Purpose(rawValue: purpose),
                at: now
            )
        }
        Output.line(options.json ? try SearchView.json(found) : SearchView.text(found))
    }
}
