import ArgumentParser
import ClinicalPortal
import Foundation
import PortalStoreSQLite

/// Imports an invented board, and times the screens that a ward opens most.
@main
struct Board: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "board",
        abstract: "Times import, first screen, timeline page and ward list on an invented board.",
        discussion: """
            The board is one that `portal synthesise` made. Every screen is opened with its durable \
            audit record, of patients in an order drawn by a seed, on real SQLite files.
            """
    )

    @Option(help: "The board's folder.")
    var board: String
    @Option(help: "A folder for the store, on a real disk; it is emptied first.")
    var store: String
    @Option(help: "How many times each screen is opened.")
    var turns = 400
    @Option(help: "The seed of the order.")
    var seed: UInt64 = 7
    @ArgumentParser.Flag(help: "Print JSON instead of a table.")
    var json = false

    private struct Row {
        let name: String
        let p50: Double
        let p99: Double
        let slowest: Double
    }

    func run() throws {
        let manager = FileManager.default
        try? manager.removeItem(atPath: store)
        try manager.createDirectory(atPath: store, withIntermediateDirectories: true)
        let text = try String(contentsOfFile: board + "/profile.yaml", encoding: .utf8)
        let profile = try SiteProfile(yaml: text)
        let portal = Portal(
            profile: profile,
            storage: try .sqlite(path: store + "/record.sqlite"),
            journal: try SQLiteAuditJournal(path: store + "/audit.sqlite")
        )
        guard let reader = profile.person("dr.night"), let keeper = profile.person("operator"),
            let now = Instant("2026-11-30T03:00Z")
        else { throw ValidationError("not a board of portal synthesise") }
        let started = ContinuousClock.now
        let (messages, bytes) = try load(portal, at: now)
        let seconds = started.duration(to: .now).seconds
        let people = try portal.patients(as: keeper, at: now).value.map(\.patient)
        var chance = Chance(state: seed)
        var asked: [SourcePatientID] = []
        for _ in 0..<turns { asked.append(people[Int(chance.next() % UInt64(people.count))]) }
        // Opened once before, as a record is: the first opening arranges it.
        var rows = [
            try time("first opening of a record") { index in
                _ = try portal.topScreen(of: asked[index], as: reader, at: now)
            },
            try time("first screen, audited") { index in
                _ = try portal.topScreen(of: asked[index], as: reader, at: now)
            },
            try time("timeline page of 50, audited") { index in
                _ = try portal.timeline(of: asked[index], as: reader, at: now)
            },
        ]
        let wards = (1...40).map { "WARD\($0)" }
        for ward in wards {
            _ = try portal.list(ward, as: reader, at: now)
        }
        rows.append(
            try time("list of a ward, audited") { index in
                _ = try portal.list(wards[index % wards.count], as: reader, at: now)
            }
        )
        var grouping = try Grouping(board: board)
        for patient in people { try grouping.read(portal, patient, reader, now) }
        rows.append(try rebuilding(portal, asked, keeper, reader, now))
        let size =
            (try manager.attributesOfItem(atPath: store + "/record.sqlite")[.size] as? Int) ?? 0
        let facts: [(String, Int)] = [
            ("people", people.count), ("messages", messages), ("bytes received", bytes),
            ("messages/s", Int(Double(messages) / seconds)), ("store bytes", size),
            ("events told twice", grouping.expected), ("shown as one", grouping.right),
            ("shown as one wrongly", grouping.wrong),
        ]
        print(json ? try jsonText(facts, rows) : markdown(facts, rows))
        if !json {
            print("")
            print(
                String(
                    format: "The same event through two silos: precision %.4f, recall %.4f.",
                    grouping.precision,
                    grouping.recall
                )
            )
        }
    }

    /// Links two people, reads them as one, retracts the link, and times the next opening.
    private func rebuilding(
        _ portal: Portal,
        _ people: [SourcePatientID],
        _ keeper: Principal,
        _ reader: Principal,
        _ now: Instant
    ) throws -> Row {
        var samples: [Double] = []
        for index in stride(from: 0, to: min(people.count - 1, 100), by: 2)
        where people[index] != people[index + 1] {
            let link = try portal.link(
                people[index],
                people[index + 1],
                reason: "a trial",
                as: keeper,
                at: now
            )
            _ = try portal.timeline(of: people[index], as: reader, at: now)
            _ = try portal.retract(link, reason: "two people", as: keeper, at: now)
            let start = ContinuousClock.now
            _ = try portal.timeline(of: people[index], as: reader, at: now)
            samples.append(start.duration(to: .now).seconds * 1000)
        }
        return row("opening after a link was retracted", samples)
    }

    private func load(_ portal: Portal, at now: Instant) throws -> (Int, Int) {
        var messages = 0
        var bytes = 0
        for silo in portal.profile.silos {
            guard let folder = silo.path.map({ board + "/" + $0 }) else { continue }
            for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
                guard let data = FileManager.default.contents(atPath: folder + "/" + name) else {
                    continue
                }
                let receipt = try portal.receive(
                    Array(data),
                    silo: silo.name,
                    name: name,
                    at: now
                )
                messages += receipt.received
                bytes += data.count
            }
        }
        return (messages, bytes)
    }

    private func time(_ name: String, _ body: (Int) throws -> Void) throws -> Row {
        var samples: [Double] = []
        for index in 0..<turns {
            let start = ContinuousClock.now
            try body(index)
            samples.append(start.duration(to: .now).seconds * 1000)
        }
        return row(name, samples)
    }

    private func row(_ name: String, _ all: [Double]) -> Row {
        let samples = all.sorted()
        func share(_ part: Double) -> Double {
            guard !samples.isEmpty else { return 0 }
            return samples[min(samples.count - 1, Int(Double(samples.count) * part))]
        }
        return Row(name: name, p50: share(0.5), p99: share(0.99), slowest: samples.last ?? 0)
    }

    private func markdown(_ facts: [(String, Int)], _ rows: [Row]) -> String {
        let head = facts.map { "\($0.1) \($0.0)" }.joined(separator: ", ")
        let table = rows.map { row in
            String(
                format: "| %@ | %.2f | %.2f | %.2f |",
                row.name as NSString,
                row.p50,
                row.p99,
                row.slowest
            )
        }
        return
            ([head, "", "| opened | p50 ms | p99 ms | slowest ms |", "|---|---|---|---|"] + table)
            .joined(separator: "\n")
    }

    private func jsonText(_ facts: [(String, Int)], _ rows: [Row]) throws -> String {
        var members: [String: Any] = [:]
        for (name, value) in facts { members[name] = value }
        members["opened"] = rows.map {
            ["name": $0.name, "p50ms": $0.p50, "p99ms": $0.p99, "slowestms": $0.slowest]
                as [String: Any]
        }
        let data = try JSONSerialization.data(withJSONObject: members, options: [.sortedKeys])
        return String(decoding: data, as: UTF8.self)
    }
}

extension Duration {
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}

extension Portal {
    /// The inpatients of a ward.
    func list(
        _ ward: String,
        as reader: Principal,
        at now: Instant
    ) throws -> Released<[ListedStay]> {
        try list(PatientListQuery(.inpatients, places: [ward]), as: reader, at: now)
    }
}

/// Numbers that a seed repeats: SplitMix64.
struct Chance {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
