import ArgumentParser
import ClinicalPortal
import Foundation
import PortalStoreSQLite
@_spi(Workbench) import PortalTimeline

/// Puts one person's record in order, adds to it and turns its pages, at three lengths.
@main
struct Record: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Times a record of very many entries: from scratch, one more, any page."
    )

    @Option(help: "Entries of the record, one after another.")
    var entries: [Int] = [1000, 10_000, 131_000]

    @Option(help: "A folder for stores, emptied first; without it only memory is timed.")
    var store: String?

    @Option(help: "How often each thing is timed.")
    var rounds = 7

    private static let now = Instant(milliseconds: 1_795_000_000_000)

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    func run() throws {
        let most = entries.max() ?? 0
        let life = InventedLife(messages: most + rounds)
        try time(memory: life, most)
        guard let store else { return }
        print("")
        print(
            "| entries in SQLite | first opening, ms | one more message filed, ms | and read, ms "
                + "| page of 50, audited, p50 ms | p99 ms | first screen p50 ms |"
        )
        print("|---|---|---|---|---|---|---|")
        for count in entries { try time(store: store, life, count) }
    }

    private func time(memory life: InventedLife, _ most: Int) throws {
        progress("inventing and digesting \(most + rounds) entries")
        let stated = try life.entries(withPerson: false)
        guard let trial = try ArrangementTrial(stated), trial.count >= most + rounds else {
            throw Failure(description: "the life is too short")
        }
        print("| entries | from scratch, entries/s | one more, µs | page of 50 p50 ms | p99 ms |")
        print("|---|---|---|---|---|")
        for count in entries {
            progress("arranging \(count)")
            let (none, some) = (trial.prefix(0), trial.prefix(count))
            var record = try some.arranged()
            var times: [Double] = []
            for _ in 0..<rounds {
                // Letting the one before go is no part of it.
                record = try none.arranged()
                times.append(try seconds { record = try some.arranged() })
            }
            let scratch = quantile(times, 0.5)
            let added = try median { round in
                try trial.add(count + round, to: &record)
            }
            let pages = try pages(of: record)
            print(
                "| \(count) | \(Int(Double(count) / scratch)) | \(fixed(added * 1e6, 1)) "
                    + "| \(fixed(quantile(pages, 0.5) * 1e3, 2)) | \(fixed(quantile(pages, 0.99) * 1e3, 2)) |"
            )
        }
    }

    // MARK: In memory

    /// Pages by the cursors of all of them, each timed when it is turned for the first time.
    private func pages(of record: ArrangementTrial.Record) throws -> [Double] {
        var query = TimelineQuery()
        var times: [Double] = []
        var shown = 0
        var stride = 0
        repeat {
            var page: (rows: [TimelineRow], chains: Int, next: TimelineCursor?) = ([], 0, nil)
            if stride % Swift.max(1, record.chainCount / 50 / 400) == 0 {
                times.append(try seconds { page = try record.page(query, now: Self.now) })
            } else {
                page = try record.page(query, now: Self.now)
            }
            stride += 1
            shown += page.chains
            query.cursor = page.next
        } while query.cursor != nil
        guard shown == record.chainCount else {
            throw Failure(description: "\(shown) of \(record.chainCount) chains were shown")
        }
        return times
    }

    // MARK: In a store

    private static let profile = """
        silos:
          lab: {label: Laboratory, zone: Europe/London, localAuthority: GRI, speaksFor: [LAB]}
          gp: {label: GP results, zone: Europe/London, localAuthority: GRI}
          pas: {label: Attendances, zone: Europe/London, localAuthority: GRI}
          letters: {label: Letters, zone: Europe/London, localAuthority: GRI}
        access:
          roles:
            duty-doctor: {may: [know, read], needsRelationship: false}
        people:
          dr.lee: {roles: [duty-doctor]}
        """

    private func time(store folder: String, _ life: InventedLife, _ count: Int) throws {
        let place = folder + "/\(count)"
        try? FileManager.default.removeItem(atPath: place)
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: place) }
        func open() throws -> Portal {
            Portal(
                profile: try SiteProfile(yaml: Self.profile),
                storage: try .sqlite(path: place + "/record.sqlite"),
                journal: try SQLiteAuditJournal(path: place + "/audit.sqlite")
            )
        }
        var portal = try open()
        progress("filing \(count) messages")
        var start = 0
        while start < count {
            let end = Swift.min(start + 500, count)
            for silo in ["lab", "gp", "pas", "letters"] {
                let files = (start..<end).filter { life.messages[$0].silo == silo }.map {
                    IncomingFile(name: "\($0)", bytes: life.messages[$0].bytes)
                }
                if !files.isEmpty { try portal.receive(files, silo: silo, at: Self.now) }
            }
            start = end
        }
        portal = try open()
        guard let reader = portal.profile.person("dr.lee"),
            let patient = try portal.find("urn:id:GRI|1")
        else { throw Failure(description: "nobody there") }
        func page(_ query: TimelineQuery) throws -> TimelinePage {
            try portal.timeline(of: patient, as: reader, query: query, at: Self.now).value
        }
        progress("reading")
        portal = try open()
        let opening = try seconds { _ = try page(TimelineQuery()) }
        var filed: [Double] = []
        var read: [Double] = []
        for round in 0..<rounds {
            let message = life.messages[count + round]
            filed.append(
                try seconds {
                    try portal.receive(
                        message.bytes,
                        silo: message.silo,
                        name: "more \(round)",
                        at: Self.now
                    )
                }
            )
            read.append(try seconds { _ = try page(TimelineQuery()) })
        }
        var query = TimelineQuery()
        var times: [Double] = []
        // From wherever a cursor says: at most 400 pages, spread over the record.
        var turned = 0
        let stride = Swift.max(1, count / 50 / 400)
        repeat {
            query.limit = 50
            var next: TimelineCursor?
            times.append(try seconds { next = try page(query).next })
            query.cursor = next
            turned += 1
            if stride > 1, query.cursor != nil {
                query.limit = 50 * (stride - 1)
                query.cursor = try page(query).next
            }
        } while query.cursor != nil
        let screens = try (0..<rounds).map { _ in
            try seconds { _ = try portal.topScreen(of: patient, as: reader, at: Self.now) }
        }
        let cells = [
            opening, quantile(filed, 0.5), quantile(read, 0.5), quantile(times, 0.5),
            quantile(times, 0.99), quantile(screens, 0.5),
        ].map { fixed($0 * 1e3, 2) }
        print("| \(count) | " + cells.joined(separator: " | ") + " |")
    }

    // MARK: Timing

    private func seconds(_ body: () throws -> Void) rethrows -> Double {
        let start = ContinuousClock.now
        try body()
        let parts = start.duration(to: .now).components
        return Double(parts.seconds) + Double(parts.attoseconds) / 1e18
    }

    private func median(_ body: (Int) throws -> Void) rethrows -> Double {
        quantile(try (0..<rounds).map { round in try seconds { try body(round) } }, 0.5)
    }

    private func quantile(_ values: [Double], _ part: Double) -> Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return 0 }
        return sorted[Swift.min(sorted.count - 1, Int(Double(sorted.count) * part))]
    }

    private func fixed(_ value: Double, _ digits: Int) -> String {
        String(format: "%.\(digits)f", value)
    }

    private func progress(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}
