import ArgumentParser
import ClinicalPortal
import Foundation
import PortalStoreSQLite

/// Whether how long a refusal takes tells a patient who may not be known from nobody.
struct Refusals: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Welch's t between refusals of somebody and of nobody, interleaved."
    )
    @Option(help: "Refusals of each.") var samples = 3000
    @Option(help: "The site's refusal time, in milliseconds; 0 does not wait.") var quantum = 10

    func run() throws {
        let profile = """
            silos: {lab: {localAuthority: GRI}}
            access: {roles: {doctor: {may: [know, read]}}}
            people: {stranger: {roles: [doctor]}}
            """
        // The store in memory puts a record together anew at each look: sites have SQLite.
        let folder = NSTemporaryDirectory() + "refusals-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true
        )
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let portal = Portal(
            profile: try SiteProfile(yaml: profile),
            storage: try .sqlite(path: folder + "/record.sqlite"),
            journal: MemoryAuditJournal(),
            refusalTime: .milliseconds(quantum)
        )
        let now = Instant(milliseconds: 1_795_000_000_000)
        for number in 0..<200 {
            let message = [
                "MSH|^~\\&|L|L|||20261122||ORU^R01|\(number)|P|2.5.1",
                "PID|1||1^^^GRI^MR||LEE^Ann||19510303|F",
                "OBR|1||B\(number)^L|FBC^Full blood count^L|||20260302||||||||||||||||20260302|||F",
                "OBX|1|NM|HB^Hb^L||\(number)|g/L|||||F",
            ].joined(separator: "\r")
            _ = try portal.receive(Array(message.utf8), silo: "lab", name: "\(number)", at: now)
        }
        guard let reader = portal.profile.person("stranger"),
            let somebody = try portal.find("urn:id:GRI|1")
        else { throw Failure(description: "no such patient") }
        let nobody = SourcePatientID(rawValue: "p-0000000000000000")
        var times: [[Double]] = [[], []]
        for number in 0..<2 * samples + 200 {
            let side = number % 2
            let took = seconds {
                _ = try? portal.timeline(of: side == 0 ? somebody : nobody, as: reader, at: now)
            }
            // The first few are warming up.
            if number >= 200 { times[side].append(took) }
        }
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
        func variance(_ values: [Double]) -> Double {
            let middle = mean(values)
            return values.map { ($0 - middle) * ($0 - middle) }.reduce(0, +)
                / Double(values.count - 1)
        }
        let spread = (variance(times[0]) / Double(samples) + variance(times[1]) / Double(samples))
            .squareRoot()
        let t = (mean(times[0]) - mean(times[1])) / spread
        print(
            "| \(samples) refusals of somebody and of nobody, refusal time \(quantum) ms | means "
                + "\(fixed(mean(times[0]) * 1e6, 1)) and \(fixed(mean(times[1]) * 1e6, 1)) µs, "
                + "Welch's t \(fixed(t, 2)) |"
        )
    }
}
