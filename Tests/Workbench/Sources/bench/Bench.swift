import ArgumentParser
import Foundation

/// Times the rows of ``Contests``, interleaved, and prints their medians beside their yardsticks.
@main
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Times the readers of every format, and opening a page of a record.",
        discussion: """
            Prints medians and ratios: bytes to tree and to entries beside the limit in C and the
            peers, and a page with its audit event beside a plain read and a plain durable commit
            of SQLite.
            """
    )

    @Option(help: "A folder with oru.hl7, bundle.json and ccda.xml; without it they are invented.")
    var inputs: String?
    @Option(help: "HL7 v2 messages to invent; the other inputs grow with them.")
    var messages = 20_000
    @Option(help: "Seed of the invented messages.")
    var seed: UInt64 = 20_240_601
    @Option(help: "Rounds; every row runs once in each.")
    var rounds = 7
    @Option(help: "Only tables or rows whose name contains this, with their yardsticks, or page.")
    var only: String?
    @Option(help: "A Python with hl7, orjson and lxml, for the rows of the peers.")
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
        let inputs = Inputs(folder: inputs, seed: seed, messages: messages)
        let tables = try Contests(inputs: inputs, python: python, script: peers + "/peer.py")
            .run(only: only, rounds: rounds)
        let pages = try pages()
        print(json ? try text(tables, pages) : markdown(tables, pages))
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

    private func markdown(_ tables: [Table], _ pages: PageTable?) -> String {
        (tables.map { $0.markdown() } + [pages?.markdown()].compactMap { $0 })
            .joined(separator: "\n\n")
    }

    private func text(_ tables: [Table], _ pages: PageTable?) throws -> String {
        var members: [String: Any] = ["reading": tables.map { $0.json() }]
        if let pages { members["page"] = pages.json() }
        let data = try JSONSerialization.data(
            withJSONObject: members,
            options: [.prettyPrinted, .sortedKeys]
        )
        return String(decoding: data, as: UTF8.self)
    }
}
