import ArgumentParser
import ClinicalPortal
import Foundation
import PortalStoreSQLite

/// Lists everyone.
struct Patients: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Lists the people of the index.")
    @OptionGroup var options: StoreOptions

    func run() throws {
        let list = try options.open { try $0.portal.patients(as: $1, at: $2) }
        Output.line(options.json ? try PatientListView.json(list) : PatientListView.text(list))
    }
}

/// Lists what waits for a decision.
struct Review: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists what waits for a person's decision.",
        discussion: """
            With --case it shows both sides of one case between two source patients, and the \
            evidence for their being one person's, term by term.
            """
    )
    @OptionGroup var options: StoreOptions
    @Option(name: .customLong("case"), help: "One case of the list, by its handle.")
    var one: String?
    @Option(help: "A file for the evidence as a picture.")
    var svg: String?

    func validate() throws {
        guard svg == nil || one != nil else {
            throw ValidationError("--svg draws one case: name it with --case")
        }
    }

    func run() throws {
        if let one {
            let pair = try options.open { try $0.portal.evidence(for: one, as: $1, at: $2) }
            if let svg { try Output.file(ReviewedPairView.svg(pair), svg) }
            let text = ReviewedPairView.text(pair)
            Output.line(options.json ? try ReviewedPairView.json(pair) : text)
            return
        }
        let list = try options.open { try $0.portal.reviews(as: $1, at: $2) }
        Output.line(options.json ? try ReviewListView.json(list) : ReviewListView.text(list))
    }
}

/// Says that two source patients are one person.
struct Link: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Says that two source patients are one person."
    )
    @OptionGroup var options: StoreOptions
    @Option(help: "Why.") var reason: String
    @Argument(help: "One source patient: a handle or system|value.") var one: String
    @Argument(help: "The other.") var two: String

    func run() throws {
        try assert(options, one, two, apart: false, undisclosed: false, reason: reason)
    }
}

/// Keeps two source patients apart.
struct DoNotLink: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "do-not-link",
        abstract: "Keeps two source patients apart, now and later."
    )
    @OptionGroup var options: StoreOptions
    @Option(help: "Why.") var reason: String
    @Flag(help: "Nobody is told that the decision exists (protected identities).")
    var undisclosed = false
    @Argument(help: "One source patient: a member's handle from `portal patients --json`.")
    var one: String
    @Argument(help: "The other.") var two: String

    func run() throws {
        try assert(options, one, two, apart: true, undisclosed: undisclosed, reason: reason)
    }
}

private func assert(
    _ options: StoreOptions,
    _ one: String,
    _ two: String,
    apart: Bool,
    undisclosed: Bool,
    reason: String
) throws {
    let id = try options.open { folder, person, now in
        guard let first = try folder.portal.find(one), let second = try folder.portal.find(two)
        else { throw StoreError(code: "patient-unknown", remedy: "list them with portal patients") }
        return try folder.portal.link(
            first,
            second,
            apart: apart,
            undisclosed: undisclosed,
            reason: reason,
            as: person,
            at: now
        )
    }
    Output.line(options.json ? try CanonicalJSON.text(["assertion": id]) : id)
}

/// Takes a link back.
struct Retract: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Takes an assertion back: the record is as if it had never been made."
    )
    @OptionGroup var options: StoreOptions
    @Option(help: "Why.") var reason: String
    @Argument(help: "The handle that link or do-not-link printed.") var assertion: String

    func run() throws {
        let id = try options.open {
            try $0.portal.retract(assertion, reason: reason, as: $1, at: $2)
        }
        Output.line(options.json ? try CanonicalJSON.text(["assertion": id]) : id)
    }
}

/// Shows the held messages, or drives them again.
struct Held: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows the messages that were held or rejected, or drives them again.",
        subcommands: [Show.self, Redrive.self],
        defaultSubcommand: Show.self
    )

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows them.")
        @OptionGroup var options: StoreOptions

        func run() throws {
            let list = try options.open { try $0.portal.held(as: $1, at: $2) }
            Output.line(options.json ? try HeldListView.json(list) : HeldListView.text(list))
        }
    }

    struct Redrive: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Reads them again; those that can be read now are filed."
        )
        @OptionGroup var options: StoreOptions

        func run() throws {
            let count = try options.open { try $0.portal.redrive(as: $1, at: $2) }
            Output.line(
                options.json
                    ? try CanonicalJSON.text(["filed": count.filed, "waiting": count.waiting])
                    : "\(count.filed) filed, \(count.waiting) still wait"
            )
        }
    }
}

/// Gives a document's raw bytes back.
struct Document: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes the raw bytes of a document or a delivery to standard output."
    )
    @OptionGroup var options: StoreOptions
    @Argument(help: "SHA-256, 64 hexadecimal digits.") var hash: String

    func run() throws {
        guard let wanted = ContentHash(hex: hash) else {
            throw ValidationError("a document is named by 64 hexadecimal digits")
        }
        let bytes = try options.open { try $0.portal.document(wanted, as: $1, at: $2) }
        FileHandle.standardOutput.write(Data(bytes.value))
    }
}
