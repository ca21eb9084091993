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

/// Says why an entry is shown or withheld.
struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Says why a reader is shown an entry or not.",
        discussion: """
            To a reader who may not know of the entry the answer equals "not found"; the whole
            explanation is for those with the duty "explain", who name the reader with --for.
            """
    )

    @OptionGroup var options: StoreOptions

    @Option(help: "The patient.")
    var patient: String

    @Option(help: "The entry's handle.")
    var entry: String

    @Option(name: .customLong("for"), help: "The reader to explain for.")
    var reader: String?

    @Option(help: "Why.")
    var purpose: String = Purpose.directCare.rawValue

    private struct Answer: Encodable {
        let found: Bool
        let verdict: String?
        let because: [String]
        let failed: [String]
        let smallestChange: String?
    }

    func run() throws {
        let explanation = try options.open { folder, person, now in
            try folder.portal.explain(
                EntryID(rawValue: entry),
                of: try folder.find(patient, as: person, purpose, at: now),
                for: try reader.map { try folder.person($0) },
                as: person,
                purpose: Purpose(rawValue: purpose),
                at: now
            )
        }.value
        if options.json {
            Output.line(
                try CanonicalJSON.text(
                    Answer(
                        found: explanation.isFound,
                        verdict: explanation.decision?.verdict.rawValue,
                        because: explanation.decision?.because ?? [],
                        failed: explanation.decision?.failed ?? [],
                        smallestChange: explanation.decision?.smallestChange
                    )
                )
            )
        } else if let decision = explanation.decision {
            Output.line(
                decision.verdict.rawValue + ", because: " + decision.because.joined(separator: ", ")
            )
            for rule in decision.failed { Output.line("failed: " + rule) }
            Output.line("smallest change: " + decision.smallestChange)
        } else {
            Output.line("not found")
        }
        if !explanation.isFound { throw ExitCode(3) }
    }
}

/// Takes an emergency override.
struct Override: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Takes an override: typed, reasoned, for one patient, ending by itself."
    )

    @OptionGroup var options: StoreOptions

    @Option(help: "The patient.")
    var patient: String

    @Option(help: "The override's type in the profile.")
    var type: String

    @Option(help: "Why, in your words.")
    var reason: String

    private struct Answer: Encodable {
        let token: String
        let type: String
        let expires: Instant
    }

    func run() throws {
        let why = reason.trimmingCharacters(in: .whitespacesAndNewlines)
        let token = try options.open { folder, person, now in
            try folder.portal.override(
                try folder.portal.find(patient),
                type: type,
                reason: why,
                as: person,
                at: now
            )
        }
        let answer = Answer(token: token.token, type: token.type, expires: token.expires)
        Output.line(
            options.json
                ? try CanonicalJSON.text(answer)
                : "override \(token.type) until \(token.expires): the privacy officer is told"
        )
    }
}
