import ArgumentParser
import ClinicalPortal
import Foundation

/// Shows a page of a patient's timeline.
struct Timeline: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows a page of a patient's timeline, as far as the reader may see it."
    )

    @OptionGroup var options: StoreOptions

    @Option(help: "The patient: a handle, system|value, or a national number.")
    var patient: String

    @Option(help: "Why: direct care, administration, investigation, recall, patient request.")
    var purpose: String = Purpose.directCare.rawValue

    @Option(help: "Only entries of this kind; may be repeated.")
    var kind: [String] = []

    @Option(help: "Nothing before this day: 2026-01-31.")
    var since: String?

    @Option(help: "At most so many rows.")
    var limit: Int = 50

    @Option(help: "Where the page before ended.")
    var cursor: String?

    @Option(name: .customLong("as-of"), help: "The record as it was known at a moment.")
    var asOf: String?

    @Flag(help: "Earlier versions too.")
    var versions = false

    @Option(help: "Write the page as static HTML to this file.")
    var html: String?

    func run() throws {
        guard limit >= 1 else { throw ValidationError("--limit is at least 1") }
        var query = TimelineQuery()
        query.limit = limit
        query.includesVersions = versions
        for name in kind {
            guard let kind = EntryKind(rawValue: name) else {
                throw ValidationError(
                    "--kind is one of " + EntryKind.allCases.map(\.rawValue).joined(separator: ", ")
                )
            }
            query.kinds.append(kind)
        }
        if let since {
            guard let date = PartialDate(since) else {
                throw ValidationError("--since is a date such as 2026-01-31")
            }
            query.since = date
        }
        if let cursor {
            guard let place = TimelineCursor(cursor) else {
                throw ValidationError("--cursor is what the page before printed")
            }
            query.cursor = place
        }
        let moment = try asOf.map { try StoreOptions.moment($0, "--as-of") }
        let page = try options.open { folder, person, now in
            try folder.portal.timeline(
                of: try folder.find(patient, as: person, purpose, at: now),
                as: person,
                purpose: Purpose(rawValue: purpose),
                query: query,
                asOf: moment,
                at: now
            )
        }
        if let html { try Output.file(TimelineView.html(page), html) }
        if html == nil || options.json {
            Output.line(options.json ? try TimelineView.json(page) : TimelineView.text(page))
        }
    }
}
