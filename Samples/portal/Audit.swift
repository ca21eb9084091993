import ArgumentParser
import ClinicalPortal
import Foundation
import PortalStoreSQLite

/// Verifies the audit, or says who looked.
struct Audit: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Verifies the audit, says who looked, reviews looks, exports and erases events.",
        subcommands: [
            Verify.self, WhoLooked.self, Review.self, Export.self, Erase.self, Key.self,
        ]
    )

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Recomputes the log and compares it with its checkpoints.",
            discussion: "A cut end is found only by the witness's checkpoints. Exit code 5: broken."
        )
        @OptionGroup var options: StoreOptions
        @Option(help: "The witness's checkpoints; else the store's own copy.") var witness: String?

        private struct Answer: Encodable {
            let intact: Bool
            let size: Int
            let witnessed: Int
            let findings: [String]
        }

        func run() throws {
            let now = try options.moment()
            let folder = try StoreFolder(options.store, at: now)
            let file = witness ?? folder.witnessFile
            let kept = FileManager.default.contents(atPath: file)
            let isKept = try folder.journal.checkpoints().isEmpty || kept?.isEmpty == false
            guard isKept, kept != nil || witness == nil else {
                // Without the witness's copy a cut end cannot be seen: that is no "intact".
                throw StoreError(
                    code: "witness-missing",
                    remedy: "name the witness's copy of the checkpoints with --witness"
                )
            }
            let text = kept ?? Data()
            let checkpoints = String(decoding: text, as: UTF8.self).split(separator: "\n")
                .compactMap { try? Checkpoint(text: String($0)) }
            let verifier = AuditVerifier(keys: [try folder.signer().verifier])
            let result = try verifier.verify(folder.journal, witness: checkpoints)
            let answer = Answer(
                intact: result.isIntact,
                size: result.size,
                witnessed: result.witnessedSize,
                findings: result.findings.map(\.description)
            )
            if options.json {
                Output.line(try CanonicalJSON.text(answer))
            } else {
                Output.line(
                    "\(result.isIntact ? "intact" : "BROKEN"): \(result.size) events, "
                        + "\(result.witnessedSize) under the witness's checkpoints"
                )
                for finding in result.findings { Output.line("  " + finding.description) }
            }
            if !result.isIntact { throw ExitCode(5) }
        }
    }

    struct WhoLooked: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "who-looked",
            abstract: "Says who looked at a patient's record, latest first."
        )
        @OptionGroup var options: StoreOptions
        @Option(help: "The patient.") var patient: String

        func run() throws {
            let events = try options.open { folder, person, now in
                try folder.portal.whoLooked(
                    at: try folder.find(
                        patient,
                        as: person,
                        Purpose.investigation.rawValue,
                        at: now
                    ),
                    as: person,
                    at: now
                )
            }
            Output.line(
                options.json ? try WhoLookedView.json(events) : WhoLookedView.text(events)
            )
        }
    }

    struct Review: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists looks that should be asked about, with the reasons.",
            discussion: """
                Own record, family, neighbours, colleagues, watched records, volume, no contact \
                near, long ago, two places at once, overrides without attendance, opted out. A \
                practice manager is shown looks at the practice's own patients alone.
                """
        )
        @OptionGroup var options: StoreOptions
        @Option(help: "Looks from this moment on.") var from: String?
        @Option(help: "Looks before this moment.") var to: String?

        func run() throws {
            let from = try from.map { try StoreOptions.moment($0, "--from") }
            let to = try to.map { try StoreOptions.moment($0, "--to") }
            let report = try options.open {
                try $0.portal.reviewAudit(from: from, to: to, as: $1, at: $2)
            }
            Output.line(
                options.json ? try AuditReviewView.json(report) : AuditReviewView.text(report)
            )
        }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes the events as FHIR AuditEvents, one line of JSON each."
        )
        @OptionGroup var options: StoreOptions

        func run() throws {
            let events = try options.open { try $0.portal.exportAudit(as: $1, at: $2) }
            for line in try AuditEventExport.lines(events) { Output.line(line) }
        }
    }

    struct Erase: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Erases what an event says; its leaf stays, and the log still verifies."
        )
        @OptionGroup var options: StoreOptions
        @Option(help: "The event's place in the log.") var leaf: Int
        @Option(help: "Why.") var reason: String

        func run() throws {
            try options.open {
                try $0.portal.eraseAudit(leaf: leaf, reason: reason, as: $1, at: $2)
            }
            Output.line(options.json ? try CanonicalJSON.text(["erased": leaf]) : "erased")
        }
    }

    struct Key: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints the log's name and public key, for whoever verifies it elsewhere."
        )
        @OptionGroup var options: StoreOptions

        func run() throws {
            let folder = try StoreFolder(options.store, at: try options.moment())
            let signer = try folder.signer()
            let key = signer.publicKey.map { byte in
                String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
            }.joined()
            Output.line(
                options.json
                    ? try CanonicalJSON.text(["key": key, "origin": signer.origin])
                    : signer.origin + " " + key
            )
        }
    }
}

/// Counts how the portal is used.
struct Usage: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Counts looks by week, role and site; overrides, nothing found, silos not current."
    )
    @OptionGroup var options: StoreOptions

    func run() throws {
        let weeks = try options.open { try $0.portal.usage(as: $1, at: $2) }
        Output.line(options.json ? try UsageView.json(weeks) : UsageView.text(weeks))
    }
}
