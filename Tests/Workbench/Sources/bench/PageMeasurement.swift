import CBaseline
import ClinicalPortal
import Foundation
import PortalStoreSQLite

/// Opens pages of 200-entry records in a real store, beside the two things it cannot do without: a
/// plain read of 200 rows and a plain durable commit, each from plain SQLite in C.
///
/// The three take turns, page by page. Every page goes the whole way: rules, access, the audit
/// event on disk, release.
struct PageMeasurement {
    static let patients = 20
    static let messages = 40
    /// One statement of the patient and four reports.
    static let entriesOfMessage = 5
    static var rows: Int { messages * entriesOfMessage }

    /// Seconds of each turn.
    struct Turns {
        var page: [Double] = []
        var read: [Double] = []
        var commit: [Double] = []
        /// Rows of the pages together: the same for every patient, or the run is void.
        var shown = 0
        var payload: UInt64 = 0
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private static let now = Instant(milliseconds: 1_772_500_000_000)
    /// As large as the audit event of a page of fifty rows.
    private static let look = [UInt8](repeating: 0x61, count: 2600)
    private static let profile = """
        silos:
          laboratory: {label: Laboratory results, zone: Europe/London}
        access:
          roles:
            duty-doctor: {may: [know, read], needsRelationship: false}
        people:
          dr.lee: {roles: [duty-doctor]}
        """

    private let portal: Portal
    private let reader: Principal
    private let handles: [SourcePatientID]
    private let plain: OpaquePointer

    /// Makes the two stores in a folder, which is emptied first.
    init(folder: String) throws {
        try? FileManager.default.removeItem(atPath: folder)
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true
        )
        let profile = try SiteProfile(yaml: Self.profile)
        guard let reader = profile.person("dr.lee") else {
            throw Failure(description: "the profile has no reader")
        }
        self.reader = reader
        portal = Portal(
            profile: profile,
            storage: try .sqlite(path: folder + "/record.sqlite"),
            journal: try SQLiteAuditJournal(path: folder + "/audit.sqlite")
        )
        handles = try Self.fill(portal)
        guard
            let plain = baseline_sqlite_open(
                folder + "/plain.sqlite",
                CInt(Self.patients),
                CInt(Self.rows)
            )
        else { throw Failure(description: "plain SQLite could not be opened") }
        self.plain = plain
    }

    private static func fill(_ portal: Portal) throws -> [SourcePatientID] {
        var handles: [SourcePatientID] = []
        for patient in 0..<patients {
            let number = String(1_000_000 + patient)
            let files = (0..<messages).map { message in
                IncomingFile(
                    name: "\(patient)-\(message).hl7",
                    bytes: Self.message(message, number)
                )
            }
            let receipt = try portal.receive(files, silo: "laboratory", at: now)
            guard receipt.filed == messages, let handle = try portal.find("urn:id:GRI|" + number)
            else { throw Failure(description: "the invented record was not filed") }
            handles.append(handle)
        }
        return handles
    }

    /// Four reports of five results on a day of its own.
    private static func message(_ index: Int, _ number: String) -> [UInt8] {
        let day = "2025" + String(101 + (index / 28) * 100 + index % 28).leftPadded(to: 4)
        var text =
            "MSH|^~\\&|LIMS|LAB|PORTAL|AGG|\(day)1200||ORU^R01|\(number)-\(index)|P|2.5.1\r"
            + "PID|1||\(number)^^^GRI^MR||INVENTED^Ann^^^MS||19510303|F\r"
        for report in 0..<4 {
            text +=
                "OBR|\(report + 1)||\(number)\(index)\(report)^LAB|P\(report)^Panel \(report)^L"
                + "|||\(day)0900|||||||\(day)0930||C1^LEE^Ann||||||\(day)1130||HM|F\r"
            for result in 0..<5 {
                text +=
                    "OBX|\(result + 1)|NM|T\(result)^Test number \(result)^L||\(60 + index).\(result)"
                    + "|g/L|50-90|N|||F|||\(day)0900\r"
            }
        }
        return Array(text.utf8)
    }

    /// One turn for every patient.
    func round(_ turns: inout Turns) throws {
        for (index, handle) in handles.enumerated() {
            let clock = ContinuousClock()
            let start = clock.now
            let page = try portal.timeline(of: handle, as: reader, at: Self.now)
            let opened = clock.now
            let rows = baseline_sqlite_read(plain, CInt(index), &turns.payload)
            let read = clock.now
            let isDurable = baseline_sqlite_commit(plain, Self.look, CInt(Self.look.count))
            let committed = clock.now
            guard rows == Self.rows, isDurable == 1 else {
                throw Failure(description: "plain SQLite did not do its part")
            }
            turns.shown += page.value.sections.reduce(0) { $0 + $1.rows.count }
            turns.page.append(Self.seconds(opened - start))
            turns.read.append(Self.seconds(read - opened))
            turns.commit.append(Self.seconds(committed - read))
        }
    }

    private static func seconds(_ duration: Duration) -> Double {
        let parts = duration.components
        return Double(parts.seconds) + Double(parts.attoseconds) / 1e18
    }

    func close() { baseline_sqlite_close(plain) }
}

/// What the turns came to.
struct PageTable {
    let turns: PageMeasurement.Turns

    static func percentile(_ seconds: [Double], _ share: Double) -> Double {
        guard !seconds.isEmpty else { return 0 }
        let sorted = seconds.sorted()
        return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
    }

    private var rows: [(name: String, seconds: [Double])] {
        [
            ("page of a 200-entry record, audited", turns.page),
            ("(a) plain read of 200 rows, C", turns.read),
            ("(b) plain durable commit of one row, C", turns.commit),
        ]
    }

    /// The page's median beside the sum of the two plain medians.
    var ratio: Double {
        let sum = Self.percentile(turns.read, 0.5) + Self.percentile(turns.commit, 0.5)
        return sum > 0 ? Self.percentile(turns.page, 0.5) / sum : 0
    }

    func markdown() -> String {
        var lines = [
            "| page by page, interleaved, \(turns.page.count) turns | p50 ms | p99 ms |",
            "|---|---|---|",
        ]
        for row in rows {
            let middle = String(format: "%.3f", Self.percentile(row.seconds, 0.5) * 1000)
            let tail = String(format: "%.3f", Self.percentile(row.seconds, 0.99) * 1000)
            lines.append("| \(row.name) | \(middle) | \(tail) |")
        }
        lines.append("")
        lines.append(
            String(format: "Page p50 ÷ (a + b) p50: %.2f", ratio)
                + " (\(turns.shown / max(turns.page.count, 1)) rows a page)."
        )
        return lines.joined(separator: "\n")
    }

    func json() -> [String: Any] {
        var members: [String: Any] = ["ratio": ratio, "turns": turns.page.count]
        for (key, seconds) in [
            ("page", turns.page), ("plainRead", turns.read), ("plainCommit", turns.commit),
        ] {
            members[key] = [
                "p50Seconds": Self.percentile(seconds, 0.5),
                "p99Seconds": Self.percentile(seconds, 0.99),
            ]
        }
        return members
    }
}

extension String {
    fileprivate func leftPadded(to width: Int) -> String {
        String(repeating: "0", count: max(0, width - utf8.count)) + self
    }
}
