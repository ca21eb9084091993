import ArgumentParser
import ClinicalPortal

/// Shows a list of patients.
struct Lists: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows a list of patients: a ward, a clinic, a theatre, my patients."
    )

    @OptionGroup var options: StoreOptions

    @Option(help: "inpatients, emergency, clinic, day case, theatre, recent or mine.")
    var list: String = "mine"

    @Option(help: "Only this ward, clinic or theatre; may be repeated.")
    var place: [String] = []

    @Option(help: "The first day: 2026-11-22; today without it.")
    var from: String?

    @Option(help: "The last day; a week ahead without it.")
    var to: String?

    @Option(help: "Why: direct care or administration.")
    var purpose: String = Purpose.directCare.rawValue

    func run() throws {
        guard let name = PatientListQuery.Name(rawValue: list) else {
            throw ValidationError(
                "--list is one of "
                    + PatientListQuery.Name.allCases.map(\.rawValue).joined(separator: ", ")
            )
        }
        let query = PatientListQuery(
            name,
            places: place,
            from: try from.map { try Lists.day($0, "--from") },
            to: try to.map { try Lists.day($0, "--to") }
        )
        let found = try options.open { folder, person, now in
            try folder.portal.list(
                query,
                as: person,
                purpose: Purpose(rawValue: purpose),
                at: now
            )
        }
        Output.line(options.json ? try StayListView.json(found) : StayListView.text(found))
    }

    static func day(_ text: String, _ option: String) throws -> PartialDate {
        guard let date = PartialDate(text) else {
            throw ValidationError("\(option) is a date such as 2026-01-31")
        }
        return date
    }
}
