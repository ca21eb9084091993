import Foundation
import HL7v2Adapters
import PortalIntake
import PortalRecord
import PortalTestKit

/// One folder of Fixtures: a message, and what it comes to.
struct Fixture: CustomStringConvertible, Sendable {
    let folder: URL

    /// `hl7v2-document/success/cancelled`.
    var description: String { folder.pathComponents.suffix(3).joined(separator: "/") }
    /// Whether it is of the tree where all is well.
    var isSuccess: Bool { folder.deletingLastPathComponent().lastPathComponent == "success" }
    var input: URL { folder.appendingPathComponent("input.hl7") }
    var golden: URL { folder.appendingPathComponent("expected.json") }

    static let adapters: [any SourceAdapter] = [
        HL7v2AttendanceAdapter(), HL7v2LabReportAdapter(), HL7v2DocumentAdapter(),
        HL7v2ReferralAdapter(), HL7v2ScheduleAdapter(),
    ]

    static let all: [Fixture] =
        SourceTree.files(below: SourceTree.url("Tests/HL7v2AdaptersTests/Fixtures"))
        .filter { $0.lastPathComponent == "input.hl7" }
        .map { Fixture(folder: $0.deletingLastPathComponent()) }

    static func of(_ adapter: String) -> [Fixture] {
        all.filter { $0.description.hasPrefix(adapter + "/") }
    }

    func adapter() throws -> any SourceAdapter {
        let name = folder.pathComponents.dropLast(2).last
        guard let adapter = Self.adapters.first(where: { type(of: $0).name == name }) else {
            throw CocoaError(.fileNoSuchFile)
        }
        return adapter
    }

    func document() throws -> SourceDocument {
        SourceDocument(
            silo: "hospital",
            bytes: Array(try Data(contentsOf: input))[...],
            dialect: try dialect()
        )
    }

    /// The dialect of the fixtures, and what `dialect.json` says otherwise.
    private func dialect() throws -> Dialect {
        struct Own: Decodable {
            var labels: [String: String]?
            var statuses: [String: ResultStatus]?
            var completeness: DiagnosticReport.Completeness?
            var defaultAuthority: String?
        }
        var dialect = Dialect()
        dialect.zone = .named(.london)
        dialect.localAuthority = "GRI"
        let url = folder.appendingPathComponent("dialect.json")
        guard FileManager.default.fileExists(atPath: url.path) else { return dialect }
        let own = try JSONDecoder().decode(Own.self, from: try Data(contentsOf: url))
        dialect.statuses = own.statuses ?? [:]
        dialect.defaultAuthority = own.defaultAuthority
        if let labels = own.labels { dialect.labels = labels.mapValues(SecurityLabel.init) }
        if let completeness = own.completeness { dialect.completeness = completeness }
        return dialect
    }
}

extension SourceDocument {
    /// The same document with other bytes, and with the same hash: what differs then differs for
    /// what the bytes say.
    func with(_ bytes: [UInt8]) -> SourceDocument {
        SourceDocument(
            silo: silo,
            bytes: bytes[...],
            hash: hash,
            dialect: dialect,
            limits: limits
        )
    }
}

extension IntakeReport {
    /// What the message says: the entries without findings, and who are one person.
    var said: Said { Said(entries: statements, merges: mergeEvents) }

    struct Said: Hashable {
        var entries: [RecordEntry]
        var merges: [MergeEvent]
    }
}

/// What a golden holds of a message: its report, or why it is held.
struct Outcome: Codable, Hashable {
    var report: Golden?
    /// Who are one person, where it says so.
    var merges: [MergeEvent]?
    var error: Refusal?

    struct Refusal: Codable, Hashable {
        var code: String
        var location: String
        var offset: Int?
        var outcome: IntakeError.Outcome
        var remedy: String
    }

    init(_ adapter: any SourceAdapter, _ document: SourceDocument) {
        do throws(IntakeError) {
            let read = try adapter.adapt(document)
            report = Golden(read)
            merges = read.mergeEvents.isEmpty ? nil : read.mergeEvents
        } catch {
            self.error = Refusal(
                code: error.code,
                location: error.location,
                offset: error.offset,
                outcome: error.outcome,
                remedy: error.remedy
            )
        }
    }
}
