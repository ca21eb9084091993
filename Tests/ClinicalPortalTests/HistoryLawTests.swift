import ClinicalPortal
import Foundation
import PortalIdentity
import PortalRecord
import PortalStore
import PortalStoreSQLite
import PortalTestKit
import PortalTimeline
import Testing

/// How many histories are tried: a few on every run, as many as the environment says on demand.
private enum Trial {
    static func number(_ name: String, _ usual: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? usual
    }

    /// Histories of which all orders are tried (`LAW_HISTORIES`), and their length at most
    /// (`LAW_LENGTH`).
    static let histories = number("LAW_HISTORIES", 30)
    static let length = number("LAW_LENGTH", 5)
    /// Longer histories in one random order each (`LAW_LONG`), and on the stores (`LAW_STORES`).
    static let long = number("LAW_LONG", 40)
    static let stores = number("LAW_STORES", 4)
    static let seed = UInt64(number("LAW_SEED", 1))
}

/// A history's entries, document by document, as filing digests them.
private struct Filed {
    let cluster: PatientCluster
    let entries: [RecordEntry]
    /// The digests of each document.
    let documents: [[StatementDigest]]

    init(_ history: InventedHistory) throws {
        let storage = PortalStorage.inMemory()
        let portal = Portal(
            profile: try SiteProfile(yaml: InventedHistory.profile),
            storage: storage,
            journal: MemoryAuditJournal()
        )
        for (silo, bytes) in history.documents { try portal.take(silo, bytes) }
        var entries: [RecordEntry] = []
        var documents: [[StatementDigest]] = []
        for (_, bytes) in history.documents {
            var digests: [StatementDigest] = []
            for var entry in try storage.base.entries(statedIn: ContentHash(of: bytes)) {
                let digest = StatementDigest(
                    entry,
                    written: try CanonicalJSON.encode(entry),
                    seq: entries.count
                )
                entry.known = digest.known
                entries.append(entry)
                digests.append(digest)
            }
            documents.append(digests)
        }
        self.entries = entries
        self.documents = documents
        // Everyone together: what is one person's is decided elsewhere.
        let people = Set(entries.map(\.subject.id)).sorted()
        cluster = try #require(PatientCluster(members: people, possibleOthers: []))
    }

    func record(_ digests: [StatementDigest]) throws -> ArrangedRecord {
        let entries = entries
        return try ArrangedRecord(cluster, digests, others: [], rules: MergeRules()) { statements in
            statements.map { entries[$0] }
        }
    }

    func record(of documents: [Int]) throws -> ArrangedRecord {
        try record(documents.flatMap { self.documents[$0] })
    }
}

/// All that a record says without its rows, which are a function of it.
private struct Outline: Equatable {
    struct Chain: Equatable {
        let columns: ChainColumns
        let key: String?
        let position: TimelinePosition
        let entries: [UInt64]
        let last: UInt64
        let names: [UInt64]
        let statements: [Int]
        let ordinal: Int
    }

    let chains: [Chain]
    let episodes: [CareEpisode]
    let banner: PatientBanner
    let columns: [ChainColumns: Int]
    let shared: Set<UInt64>
    let revision: String

    init(_ record: ArrangedRecord) {
        chains = record.chains.map { chain in
            Chain(
                columns: chain.columns,
                key: chain.key,
                position: chain.position,
                entries: chain.entries,
                last: chain.last,
                names: [chain.names.event].compactMap { $0 } + chain.names.likes,
                statements: chain.statements,
                ordinal: chain.ordinal
            )
        }
        episodes = record.episodes
        banner = record.banner
        columns = Dictionary(
            uniqueKeysWithValues: record.columns.filter { $0.count > 0 }
                .map { ($0.columns, $0.count) }
        )
        shared = Set(chains.flatMap(\.names).filter(record.isShared))
        revision = record.revision
    }
}

/// Everything that a record can be asked, as bytes.
private func whole(_ record: ArrangedRecord) throws -> String {
    let (cases, recalls) = try record.consequences()
    return try record.chains.map { try CanonicalJSON.text(try record.merged($0)) }
        .joined(separator: "\n") + CanonicalJSON.text(record.banner)
        + CanonicalJSON.text(record.episodes) + CanonicalJSON.text(cases)
        + CanonicalJSON.text(recalls) + record.revision
}

@Suite("The laws of order and of links, on invented histories (P3, P4; PITFALLS 43)")
struct HistoryLawTests {
    @Test("P3: in all orders what is added document by document is what is built from scratch")
    func allOrders() throws {
        var orders = 0
        for number in 0..<UInt64(Trial.histories) {
            let seed = Trial.seed &* 1_000_003 &+ number
            let length = 2 + Int(number) % (Trial.length - 1)
            let filed = try Filed(InventedHistory(seed: seed, count: length))
            var scratch: [Set<Int>: Outline] = [:]
            func walk(_ record: ArrangedRecord, _ taken: [Int]) throws {
                let set = Set(taken)
                // The other way round as well, so that no order is built from.
                let expected =
                    try scratch[set] ?? Outline(try filed.record(of: set.sorted().reversed()))
                scratch[set] = expected
                guard Outline(record) == expected else {
                    Issue.record("seed \(seed), order \(taken)")
                    return
                }
                if set.count == length {
                    orders += 1
                    if orders % 40 == 1 {
                        let other = try filed.record(of: set.sorted())
                        #expect(try whole(record) == whole(other), "seed \(seed), order \(taken)")
                    }
                }
                for next in 0..<length where !set.contains(next) {
                    var longer = record
                    try longer.insert(filed.documents[next])
                    try walk(longer, taken + [next])
                }
            }
            try walk(try filed.record([]), [])
        }
        #expect(orders > Trial.histories)
        print("orders tried: \(orders) of \(Trial.histories) histories")
    }

    @Test("P3: longer histories, sent again and in any order, are what is built from scratch")
    func longerHistories() throws {
        for number in 0..<UInt64(Trial.long) {
            let seed = Trial.seed &* 7_000_003 &+ number
            var random = SeededGenerator(seed: seed)
            let filed = try Filed(InventedHistory(seed: seed, count: random.number(8...40)))
            let order = filed.documents.indices.shuffled(using: &random)
            let first = random.number(0...order.count)
            var record = try filed.record(of: Array(order[..<first]))
            for next in order[first...] { try record.insert(filed.documents[next]) }
            let scratch = try filed.record(of: Array(filed.documents.indices))
            guard Outline(record) == Outline(scratch) else {
                Issue.record("seed \(seed)")
                continue
            }
            #expect(try whole(record) == whole(scratch), "seed \(seed)")
        }
    }

    @Test("what is merged parcel by parcel is what is merged all at once")
    func parcels() throws {
        for number in 0..<UInt64(Trial.long) {
            let seed = Trial.seed &* 9_000_011 &+ number
            let filed = try Filed(InventedHistory(seed: seed, count: 12))
            let record = try filed.record(of: Array(filed.documents.indices))
            let merged = RecordMerge.merge(filed.entries.shuffled())
            let shown = merged.chains.filter { !$0.current.isEmpty }
            let arranged = try record.chains.map { try record.merged($0) }
            let one = try CanonicalJSON.text(shown.sorted { $0.entries[0] < $1.entries[0] })
            let two = try CanonicalJSON.text(arranged.sorted { $0.entries[0] < $1.entries[0] })
            #expect(one == two, "seed \(seed)")
            for statement in filed.entries.indices {
                // What is kept of a plain row is the row.
                var bytes: [UInt8]?
                let written = try CanonicalJSON.encode(filed.entries[statement])
                _ = StatementDigest(
                    filed.entries[statement],
                    written: written,
                    seq: statement,
                    row: &bytes
                )
                guard let bytes else { continue }
                let alone = RecordMerge.merge([filed.entries[statement]]).chains.flatMap(\.current)
                #expect([RowBytes.row(bytes)] == alone.map { $0 }, "seed \(seed)")
                #expect(RowBytes.row(Array(bytes.dropLast())) == nil, "seed \(seed)")
            }
            for (chain, merged) in zip(record.chains, arranged) {
                #expect(chain.position == merged.current.first?.position, "seed \(seed)")
                #expect(chain.columns == ChainColumns(merged), "seed \(seed)")
                let event = merged.eventKey.map { Handle.number(ofText: $0) }
                #expect(chain.names.event == event, "seed \(seed)")
            }
            #expect(record.banner == merged.banner, "seed \(seed)")
            #expect(record.episodes == merged.episodes, "seed \(seed)")
            let (cases, recalls) = try record.consequences()
            #expect(cases == merged.cases && recalls == merged.recalls, "seed \(seed)")
        }
    }

    // MARK: On the stores

    private func portal(_ storage: PortalStorage) throws -> Portal {
        Portal(
            profile: try SiteProfile(yaml: InventedHistory.profile),
            storage: storage,
            journal: MemoryAuditJournal()
        )
    }

    /// Where two texts begin to differ; nil where they are the same.
    private func difference(_ one: String, _ two: String) -> String? {
        guard one != two else { return nil }
        let same = zip(one.utf8, two.utf8).prefix { $0 == $1 }.count
        func rest(_ text: String) -> String {
            String(
                decoding: Array(text.utf8.dropFirst(max(0, same - 300)).prefix(500)),
                as: UTF8.self
            )
        }
        return rest(one) + "\n--- and not ---\n" + rest(two)
    }

    /// Reads every record, so that whatever is kept of it is there to be brought up to date.
    private func warm(_ portal: Portal) throws { _ = try portal.everything() }

    @Test("P3, P4: SQLite, brought up to date and linked and unlinked, equals memory built at once")
    func stores() throws {
        for number in 0..<UInt64(Trial.stores) {
            let seed = Trial.seed &* 5_000_011 &+ number
            var random = SeededGenerator(seed: seed)
            let history = InventedHistory(seed: seed, count: random.number(6...16))
            let folder = try Board.temporaryFolder()
            let sqlite = try portal(.sqlite(path: folder + "/record.sqlite"))
            var links: [String] = []
            let all = try sqlite.reader("all")
            for (silo, bytes) in history.documents.shuffled(using: &random) {
                try sqlite.take(silo, bytes)
                if random.number(0...2) == 0 { try warm(sqlite) }
                let people = try sqlite.patients(as: all, at: Board.now).value.map(\.patient)
                if people.count > 1, random.number(0...1) == 0 {
                    let two = people.shuffled(using: &random)
                    let link = try? sqlite.link(
                        two[0],
                        two[1],
                        reason: "a try",
                        as: all,
                        at: Board.now
                    )
                    links += [link].compactMap { $0 }
                }
                if random.number(0...2) == 0, let link = links.popLast() {
                    _ = try sqlite.retract(link, reason: "two people", as: all, at: Board.now)
                }
            }
            for link in links {
                _ = try sqlite.retract(link, reason: "two people", as: all, at: Board.now)
            }
            let memory = try portal(.inMemory())
            for (silo, bytes) in history.documents { try memory.take(silo, bytes) }
            let differs = difference(try sqlite.everything(), try memory.everything())
            #expect(differs == nil, "seed \(seed): \(differs ?? "")")
            let again = try portal(.sqlite(path: folder + "/record.sqlite"))
            #expect(try again.everything() == memory.everything(), "seed \(seed)")
            #expect(try again.caseKinds() == memory.caseKinds(), "seed \(seed)")
        }
    }

    @Test(
        "S18: as it was known at a moment it is what a portal shows that received no more by then"
    )
    func asOf() throws {
        var compared = 0
        for number in 0..<UInt64(Trial.stores) {
            let seed = Trial.seed &* 11_000_027 &+ number
            var random = SeededGenerator(seed: seed)
            let history = InventedHistory(seed: seed, count: random.number(6...16))
            let whole = try portal(
                .sqlite(path: try Board.temporaryFolder() + "/record.sqlite")
            )
            let cut = random.number(1...history.documents.count)
            let part = try portal(.inMemory())
            func moment(_ place: Int) -> Instant {
                Instant(milliseconds: Board.now.milliseconds - 3_600_000 * (100 - place))
            }
            for (place, (silo, bytes)) in history.documents.enumerated() {
                let received = moment(place)
                for portal in place < cut ? [whole, part] : [whole] {
                    try portal.receive(bytes, silo: silo, name: "\(place)", at: received)
                }
            }
            var query = TimelineQuery()
            query.includesVersions = true
            query.limit = 1000
            let all = try part.reader("all")
            for person in try part.patients(as: all, at: Board.now).value.map(\.patient) {
                let then = try whole.timeline(
                    of: person,
                    as: try whole.reader("all"),
                    query: query,
                    asOf: moment(cut - 1),
                    at: Board.now
                ).value.sections.flatMap(\.rows)
                let known = try part.timeline(
                    of: person,
                    as: all,
                    query: query,
                    at: moment(cut - 1)
                ).value.sections.flatMap(\.rows)
                // What was found since to be another's is not shown of the past either (S10).
                let others = Set(
                    then.filter { row in
                        row.markers.contains(.wrongPatient)
                            || row.values.contains { $0.markers.contains(.wrongPatient) }
                    }.map(\.entry)
                )
                compared += known.count
                let differs = difference(
                    try CanonicalJSON.text(then.filter { !others.contains($0.entry) }),
                    try CanonicalJSON.text(known.filter { !others.contains($0.entry) })
                )
                #expect(differs == nil, "seed \(seed), \(cut) documents: \(differs ?? "")")
            }
        }
        #expect(compared > Trial.stores)
    }

    @Test("P4: a record read before a link and after it knows what the other was filed meanwhile")
    func readBeforeAndAfter() throws {
        let sqlite = try portal(.sqlite(path: try Board.temporaryFolder() + "/record.sqlite"))
        let memory = try portal(.inMemory())
        let bob = Board.pid(nhs: "9990000034", local: "9", name: "KHAN^Ali", born: "19620202")
        let first = [
            ("lab", Board.result("69", status: "F", at: "20261101080000")),
            ("pas", Board.movement("A01", at: "20261101080000", visit: "V9", pid: bob)),
        ]
        // The same laboratory number is given to someone else (SAFETY S4).
        let reused = Board.result("120", status: "F", at: "20261102080000", pid: bob)
        for portal in [sqlite, memory] {
            for (silo, bytes) in first { try portal.take(silo, bytes) }
        }
        try warm(sqlite)
        let all = try sqlite.reader("all")
        let people = try sqlite.patients(as: all, at: Board.now).value.map(\.patient)
        try #require(people.count == 2)
        let link = try sqlite.link(
            people[0],
            people[1],
            reason: "one person",
            as: all,
            at: Board.now
        )
        for portal in [sqlite, memory] { try portal.take("lab", reused) }
        _ = try sqlite.retract(link, reason: "two people", as: all, at: Board.now)
        #expect(difference(try sqlite.everything(), try memory.everything()) == nil)
    }

    @Test("a large report is shown from its entry as a small one from the row that is kept of it")
    func largeReport() throws {
        let folder = try Board.temporaryFolder()
        let sqlite = try portal(.sqlite(path: folder + "/record.sqlite"))
        let memory = try portal(.inMemory())
        let long = String(repeating: "Seen. ", count: 60_000)
        for portal in [sqlite, memory] {
            try portal.take("lab", Board.result("69", status: "F", at: "20261101080000"))
            let large = Board.result(
                long,
                status: "F",
                at: "20261101080000",
                number: "26B9",
                control: "2"
            )
            try portal.take("lab", large)
        }
        let again = try portal(.sqlite(path: folder + "/record.sqlite"))
        #expect(difference(try again.everything(), try memory.everything()) == nil)
        let shown = try again.rows().flatMap(\.values).compactMap(\.value)
        #expect(shown.sorted { $0.utf8.count < $1.utf8.count } == ["69", long])
    }

    @Test("P4: a link retracted after 100 further documents was never made (PITFALLS 43)")
    func retractedLater() throws {
        let folder = try Board.temporaryFolder()
        let linked = try portal(.sqlite(path: folder + "/linked.sqlite"))
        let never = try portal(.sqlite(path: folder + "/never.sqlite"))
        let history = InventedHistory(seed: Trial.seed &+ 77, count: 112)
        let all = try linked.reader("all")
        // Whatever chance invents, there are two people.
        for portal in [linked, never] {
            try portal.take(
                "pas",
                Board.movement(
                    "A01",
                    at: "20261101080000",
                    visit: "V9",
                    pid: Board.pid(
                        nhs: "9990000034",
                        local: "9",
                        name: "KHAN^Ali",
                        born: "19620202"
                    )
                )
            )
        }
        for (silo, bytes) in history.documents.prefix(12) {
            try linked.take(silo, bytes)
            try never.take(silo, bytes)
        }
        let people = try linked.patients(as: all, at: Board.now).value.map(\.patient)
        try #require(people.count > 1)
        let link = try linked.link(
            people[0],
            people[1],
            reason: "one person",
            as: all,
            at: Board.now
        )
        try warm(linked)
        #expect(try linked.everything() != never.everything())
        for (silo, bytes) in history.documents.dropFirst(12) {
            try linked.take(silo, bytes)
            try never.take(silo, bytes)
        }
        try warm(linked)
        _ = try linked.retract(link, reason: "two people", as: all, at: Board.now)
        #expect(difference(try linked.everything(), try never.everything()) == nil)
    }
}
