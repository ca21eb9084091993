import ArgumentParser
import ClinicalPortal
import Foundation
import GRDB
import PortalStoreSQLite

/// Times decisions, reviews a million looks, verifies millions of events, and measures refusals.
@main
struct Access: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Access and audit: a decision, a review, a verification, a refusal.",
        subcommands: [Decisions.self, Review.self, Verify.self, Refusals.self]
    )
}

struct Failure: Error, CustomStringConvertible {
    let description: String
}

func progress(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

func seconds(_ body: () throws -> Void) rethrows -> Double {
    let took = try ContinuousClock().measure(body).components
    return Double(took.seconds) + Double(took.attoseconds) / 1e18
}

func fixed(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }

/// A decision for each of very many entries, none like another.
struct Decisions: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "What a decision costs an entry.")
    @Option(help: "Entries of the record.") var entries = 10_000
    @Option(help: "How often.") var rounds = 21

    func run() throws {
        let profile = try SiteProfile(
            yaml: """
                silos: {lab: {}, gp: {}, letters: {}}
                access:
                  teams: {ward: {places: [W]}}
                  labels: {psychiatry: {as: sensitive}}
                  permission: {silos: [gp]}
                  blocked: [{reason: by law, codes: [A, B, C]}]
                  overrides: {emergency: {minutes: 60, opens: [relationship, sensitive, permission]}}
                  roles:
                    doctor: {may: [know, read, open document], labels: [sensitive], override: true}
                    clerk: {may: [know], needsRelationship: false}
                people: {reader: {roles: [doctor, clerk], memberships: [{team: ward}]}}
                restrictions:
                  - {patient: "nhs-number|9990000018", kind: sealed, codes: [HIV, HCV]}
                """
        )
        guard let reader = profile.person("reader") else { throw Failure(description: "no reader") }
        let now = Instant(milliseconds: 1_795_000_000_000)
        let patient = SourcePatientID(rawValue: "p-1")
        var situation = AccessSituation(
            principal: reader,
            purpose: .directCare,
            moment: now,
            memberships: profile.memberships,
            relationships: [
                Relationship(holder: .team("ward"), basis: .attendance, from: nil, to: nil)
            ],
            restrictions: profile.restrictions.map(\.restriction),
            members: [patient]
        )
        situation.consents = []
        let policy = AccessPolicy(rules: profile.access, situation: situation)
        let kinds = EntryKind.allCases
        let facts = (0..<entries).map { number in
            EntryFacts(
                kind: kinds[number % kinds.count],
                silo: ["lab", "gp", "letters"][number % 3],
                labels: number % 11 == 0 ? [SecurityLabel(rawValue: "psychiatry")] : [],
                codes: ["\(number % 997)", "\(number % 91)"],
                key: "K\(number)"
            )
        }
        var times: [Double] = []
        var shown = 0
        for _ in 0..<rounds {
            shown = 0
            times.append(
                seconds {
                    for entry in facts
                    where policy.permits(.know, on: entry) && policy.permits(.read, on: entry) {
                        shown += 1
                    }
                }
            )
        }
        let median = times.sorted()[rounds / 2]
        print(
            "| \(entries) entries, no two alike, \(shown) shown | "
                + "\(fixed(median / Double(entries) * 1e9, 0)) ns an entry, to know and to read |"
        )
    }
}
