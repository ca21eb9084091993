import ArgumentParser
import ClinicalPortal
import Foundation

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
        Output.line(
            options.json
                ? try DecisionView.json(explanation.decision)
                : DecisionView.text(explanation.decision)
        )
        if !explanation.isFound { throw ExitCode(3) }
    }
}

/// Takes overrides, lists and reviews them.
struct Override: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Takes an override; lists those that wait for review; reviews one.",
        subcommands: [Take.self, Queue.self, Review.self],
        defaultSubcommand: Take.self
    )

    struct Take: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes an override: typed, reasoned, for one patient, ending by itself."
        )
        @OptionGroup var options: StoreOptions
        @Option(help: "The patient.") var patient: String
        @Option(help: "The override's type in the profile.") var type: String
        @Option(help: "Why, in your words.") var reason: String

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

    struct Queue: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists every override with what its review came to, the overdue first."
        )
        @OptionGroup var options: StoreOptions

        func run() throws {
            let queue = try options.open { try $0.portal.overrideQueue(as: $1, at: $2) }
            Output.line(
                options.json
                    ? try OverrideQueueView.json(queue) : OverrideQueueView.text(queue)
            )
        }
    }

    struct Review: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Records what the review of an override came to; the first stands."
        )
        @OptionGroup var options: StoreOptions
        @Option(help: "justified, not justified, or unclear: asked further.") var outcome: String
        @Option(help: "What was done.") var action: String
        @Argument(help: "The override's handle.") var token: String

        func run() throws {
            guard let outcome = OverrideOutcome(rawValue: outcome) else {
                throw ValidationError(
                    "--outcome is one of "
                        + OverrideOutcome.allCases.map(\.rawValue).joined(separator: ", ")
                )
            }
            try options.open {
                try $0.portal.reviewOverride(
                    token,
                    outcome: outcome,
                    action: action,
                    as: $1,
                    at: $2
                )
            }
            Output.line(
                options.json
                    ? try CanonicalJSON.text(["override": token, "outcome": outcome.rawValue])
                    : "reviewed: " + outcome.rawValue
            )
        }
    }
}

/// Records what the patient answered at the point of care.
struct Permission: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Records whether the patient lets you look: given, refused, unable to answer."
    )
    @OptionGroup var options: StoreOptions
    @Option(help: "The patient.") var patient: String
    @Option(help: "given, refused or unable to answer.") var answer: String
    @Option(help: "The visit it is asked in, by its number: the answer ends with it.")
    var encounter: String?

    private struct Answer: Encodable {
        let consent: String
        let answer: String
        let expires: Instant
    }

    func run() throws {
        let given = try PermissionAnswer.read(answer)
        let consent = try options.open { folder, person, now in
            try folder.portal.recordPermission(
                of: try folder.portal.find(patient),
                given,
                encounter: encounter,
                as: person,
                at: now
            )
        }
        Output.line(
            options.json
                ? try CanonicalJSON.text(
                    Answer(
                        consent: consent.id,
                        answer: consent.answer.rawValue,
                        expires: consent.expires
                    )
                )
                : "recorded: \(consent.answer.rawValue), until \(consent.expires)"
        )
    }
}

/// What a patient answered, as written on the command line.
enum PermissionAnswer {
    static func read(_ text: String) throws -> Consent.Answer {
        guard let answer = Consent.Answer(rawValue: text) else {
            throw ValidationError(
                "an answer is one of "
                    + Consent.Answer.allCases.map(\.rawValue).joined(separator: ", ")
            )
        }
        return answer
    }
}

/// Shows the emergency summary.
struct Summary: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Shows the emergency summary, with permission on record, given now, or overridden."
    )
    @OptionGroup var options: StoreOptions
    @Option(help: "The patient.") var patient: String
    @Option(help: "What the patient answers now: given, refused, unable to answer.")
    var permission: String?
    @Option(help: "The visit it is asked in, by its number.") var encounter: String?
    @Option(help: "Why.") var purpose: String = Purpose.directCare.rawValue
    @Option(help: "Write the summary as a static HTML page to this file.") var html: String?

    func run() throws {
        let answer = try permission.map { try PermissionAnswer.read($0) }
        let summary = try options.open { folder, person, now in
            try folder.portal.emergencySummary(
                of: try folder.find(patient, as: person, purpose, at: now),
                permission: answer,
                encounter: encounter,
                as: person,
                purpose: Purpose(rawValue: purpose),
                at: now
            )
        }
        if let html { try Output.file(EmergencySummaryView.html(summary), html) }
        if html == nil || options.json {
            Output.line(
                options.json
                    ? try EmergencySummaryView.json(summary) : EmergencySummaryView.text(summary)
            )
        }
    }
}

/// Records doubts about what sources say, or lists them.
struct Doubts: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doubt",
        abstract: "Records a doubt about an entry for whoever keeps it, or lists the doubts.",
        subcommands: [Report.self, List.self]
    )

    struct Report: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Records one.")
        @OptionGroup var options: StoreOptions
        @Option(help: "The patient.") var patient: String
        @Option(help: "The entry's handle.") var entry: String
        @Option(help: "What is in doubt.") var words: String

        func run() throws {
            let id = try options.open { folder, person, now in
                try folder.portal.reportDoubt(
                    about: EntryID(rawValue: entry),
                    of: try folder.portal.find(patient),
                    words,
                    as: person,
                    at: now
                )
            }
            Output.line(options.json ? try CanonicalJSON.text(["doubt": id]) : id)
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists them.")
        @OptionGroup var options: StoreOptions

        func run() throws {
            let list = try options.open { try $0.portal.doubts(as: $1, at: $2) }
            Output.line(options.json ? try DoubtListView.json(list) : DoubtListView.text(list))
        }
    }
}
