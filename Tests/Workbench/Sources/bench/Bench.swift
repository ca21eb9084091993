import ArgumentParser
import Foundation

/// Times the rows of ``Measurements`` on one input, interleaved, and prints their medians.
@main
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Times the readers on invented ORU^R01 messages, and opening a page of a record.",
        discussion: """
            Prints medians and ratios: bytes to tree and to entries beside a loop in C, and a page
            with its audit event beside a plain read and a plain durable commit of SQLite.
            """
    )

    @Option(help: "A file of HL7 v2 messages; without it one is invented.")
    var input: String?
    @Option(help: "Messages to invent.")
    var messages = 20_000
    @Option(help: "Seed of the invented messages.")
    var seed: UInt64 = 20_240_601
    @Option(help: "Rounds; every row runs once in each.")
    var rounds = 7
    @Option(help: "Only rows whose name contains this, or page; the C loop always runs.")
    var only: String?
    @Option(help: "A Python with the package hl7, for the row of python-hl7.")
    var python: String?
    @Option(help: "The folder of the peer scripts.")
    var peers = "peers"
    @Option(help: "A folder on a real disk; its bench-pages are made anew for the pages' stores.")
    var store = ".build-bench"
    @Flag(help: "Print JSON instead of a table.")
    var json = false

    func validate() throws {
        guard rounds >= 5 else { throw ValidationError("a median needs at least 5 rounds") }
        guard messages >= 1 else { throw ValidationError("there must be a message") }
    }

    func run() throws {
        let input = try load()
        var rows = Measurements.all(python: python, peers: peers)
        if let only {
            rows = rows.enumerated().filter { $0.offset == 0 || $0.element.name.contains(only) }
                .map(\.element)
        }
        var samples: [[Sample]] = rows.map { _ in [] }
        for _ in 0..<rounds {
            for index in rows.indices { samples[index].append(try rows[index].run(input)) }
        }
        let table = Table(
            rows: zip(rows, samples).map { Table.Row(name: $0.name, samples: $1) }
        )
        let pages = try pages()
        print(json ? try text(table, pages) : markdown(table, pages))
    }

    private func pages() throws -> PageTable? {
        if let only, !"page".contains(only) { return nil }
        let measurement = try PageMeasurement(folder: store + "/bench-pages")
        defer { measurement.close() }
        var warm = PageMeasurement.Turns()
        try measurement.round(&warm)
        var turns = PageMeasurement.Turns()
        // Twenty pages a round: p99 wants more of them than a median of the other rows.
        for _ in 0..<(rounds * 10) { try measurement.round(&turns) }
        return PageTable(turns: turns)
    }

    private func markdown(_ table: Table, _ pages: PageTable?) -> String {
        [table.markdown(), pages?.markdown()].compactMap { $0 }.joined(separator: "\n\n")
    }

    private func text(_ table: Table, _ pages: PageTable?) throws -> String {
        var members: [String: Any] = ["reading": table.json()]
        if let pages { members["page"] = pages.json() }
        let data = try JSONSerialization.data(
            withJSONObject: members,
            options: [.prettyPrinted, .sortedKeys]
        )
        return String(decoding: data, as: UTF8.self)
    }

    private func load() throws -> Input {
        if let input {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: input))
            return Input(bytes: Array(bytes), path: input)
        }
        var reports = InventedReports(seed: seed)
        let bytes = reports.bytes(messages: messages)
        let path = NSTemporaryDirectory() + "invented-\(seed)-\(messages).hl7"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return Input(bytes: bytes, path: path)
    }
}
