import ArgumentParser
import ClinicalPortal
import Foundation

/// Checks, explains and compares a site's rules, without a store.
struct Rules: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Checks a profile's rules, explains a decision, shows what a change would do.",
        discussion: "Exit codes: 0 done; 2 the profile was refused, with its line.",
        subcommands: [Check.self, Explain.self, Diff.self]
    )

    static func profile(_ path: String) throws -> SiteProfile {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw StoreError(code: "file-missing", remedy: "name a profile that can be read")
        }
        return try SiteProfile(yaml: String(decoding: bytes, as: UTF8.self))
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Reads a profile: refuses what is wrong, asks about what is odd."
        )
        @Argument(help: "The profile.") var profile: String
        @Flag(help: "Answer in JSON.") var json = false

        private struct Answer: Encodable {
            let version: String
            let roles: [String]
            let overrides: [String]
            let questions: [String]
        }

        func run() throws {
            let profile = try Rules.profile(profile)
            let questions = RulesCheck.questions(of: profile)
            let roles = Set(profile.access.grants.map(\.role)).sorted()
            if json {
                Output.line(
                    try CanonicalJSON.text(
                        Answer(
                            version: profile.access.version,
                            roles: roles,
                            overrides: profile.access.overrides.map(\.type),
                            questions: questions
                        )
                    )
                )
                return
            }
            Output.line(
                "rules \(profile.access.version): \(roles.count) roles, "
                    + "\(profile.access.overrides.count) types of override, "
                    + "\(profile.access.teams.count) teams"
            )
            for question in questions { Output.line("? " + question) }
        }
    }

    struct Explain: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says what the rules decide of an invented entry, and why."
        )
        @Argument(help: "The profile.") var profile: String
        @Option(name: .customLong("for"), help: "A person of the profile.") var person: String
        @Option(help: "The kind of entry, such as diagnosticReport.") var kind: String
        @Option(help: "The silo that it came from.") var silo: String = ""
        @Option(help: "A label of it; may be repeated.") var label: [String] = []
        @Option(help: "A code of it; may be repeated.") var code: [String] = []
        @Option(help: "The element of the first screen that shows it.") var element: String?
        @Option(help: "know, read, open document, export, acknowledge, request, seal, link.")
        var operation: String = Operation.read.rawValue
        @Option(help: "Why.") var purpose: String = Purpose.directCare.rawValue
        @Option(help: "The patient's answer: given, refused, unable to answer.")
        var permission: String?
        @Option(help: "An override in force, by its type; may be repeated.")
        var override: [String] = []
        @Flag(help: "The patient is in the person's care.") var inCare = false
        @Flag(help: "The patient has died.") var deceased = false
        @Option(help: "The moment, for tests and demonstrations.") var now: String?
        @Flag(help: "Answer in JSON.") var json = false

        func run() throws {
            let profile = try Rules.profile(profile)
            guard let reader = profile.person(person) else {
                throw StoreError(code: "person-unknown", remedy: "name a person of the profile")
            }
            guard let kind = EntryKind(rawValue: kind) else {
                throw ValidationError(
                    "--kind is one of " + EntryKind.allCases.map(\.rawValue).joined(separator: ", ")
                )
            }
            guard let operation = Operation(rawValue: operation) else {
                throw ValidationError(
                    "--operation is one of "
                        + Operation.allCases.map(\.rawValue).joined(separator: ", ")
                )
            }
            let now = try now.map { try StoreOptions.moment($0, "--now") } ?? Clock.now()
            var situation = AccessSituation(
                principal: reader,
                purpose: Purpose(rawValue: purpose),
                moment: now,
                memberships: profile.memberships,
                mandates: profile.mandates
            )
            let hour = now.adding(seconds: 3600)
            let patient = SourcePatientID(rawValue: "p-invented")
            situation.members = [patient]
            if inCare {
                situation.relationships = [
                    Relationship(
                        holder: .person(reader.person),
                        basis: profile.access.relationships.first?.basis ?? .attendance,
                        from: nil,
                        to: nil
                    )
                ]
            }
            situation.life = PatientLife(isDeceased: deceased)
            situation.consents =
                try permission.map { text in
                    [
                        Consent(
                            id: "invented",
                            patients: [patient],
                            person: reader.person,
                            answer: try PermissionAnswer.read(text),
                            from: now,
                            expires: hour
                        )
                    ]
                } ?? []
            situation.overrides = override.map {
                EmergencyOverride(
                    token: "invented",
                    type: $0,
                    person: reader.person,
                    patients: [patient],
                    reason: "invented",
                    from: now,
                    expires: hour
                )
            }
            let decision = AccessPolicy(rules: profile.access, situation: situation).decide(
                operation,
                EntryFacts(
                    kind: kind,
                    silo: silo,
                    labels: label.map { SecurityLabel(rawValue: $0) },
                    codes: code,
                    element: element,
                    start: 0
                )
            )
            Output.line(json ? try DecisionView.json(decision) : DecisionView.text(decision))
        }
    }

    struct Diff: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows what a changed profile would reveal or withhold, before it is applied."
        )
        @Argument(help: "The profile as it is.") var old: String
        @Argument(help: "The profile as it would be.") var new: String
        @Option(help: "The moment, for tests and demonstrations.") var now: String?
        @Flag(help: "Answer in JSON.") var json = false

        private struct Answer: Encodable {
            let asked: Int
            let changes: [RulesDiff.Change]
        }

        func run() throws {
            let now = try now.map { try StoreOptions.moment($0, "--now") } ?? Clock.now()
            let diff = RulesDiff(
                from: try Rules.profile(old),
                to: try Rules.profile(new),
                at: now
            )
            if json {
                Output.line(
                    try CanonicalJSON.text(Answer(asked: diff.asked, changes: diff.changes))
                )
                return
            }
            Output.line(
                "\(diff.asked) questions asked of both, \(diff.changes.count) answers differ"
            )
            for effect in ["reveals", "withholds"] {
                let own = diff.changes.filter { $0.effect == effect }
                guard !own.isEmpty else { continue }
                Output.line(effect == "reveals" ? "WOULD REVEAL" : "WOULD WITHHOLD")
                for change in own { Output.line("  " + change.text) }
            }
        }
    }
}
