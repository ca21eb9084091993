public import Foundation
import PortalBytes
public import PortalIntake
public import PortalRecord

/// What a golden holds of one document: its report, or why it is held.
public struct Outcome: Codable, Hashable, Sendable {
    /// The report.
    public var report: Golden?
    /// Who are one person, where it says so.
    public var merges: [MergeEvent]?
    /// Why it is held.
    public var error: Refusal?

    /// What an error says.
    public struct Refusal: Codable, Hashable, Sendable {
        /// Its code.
        public var code: String
        /// Where.
        public var location: String
        /// Bytes from the start.
        public var offset: Int?
        /// Held or rejected.
        public var outcome: IntakeError.Outcome
        /// What to do.
        public var remedy: String
    }

    /// Adapts a document.
    public init(_ adapter: any SourceAdapter, _ document: SourceDocument) {
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

extension SourceDocument {
    /// The same document with other bytes, and with the same hash: what differs then differs for
    /// what the bytes say.
    public func with(_ bytes: [UInt8]) -> SourceDocument {
        SourceDocument(
            silo: silo,
            bytes: bytes[...],
            hash: hash,
            dialect: dialect,
            limits: limits,
            files: files
        )
    }
}

extension IntakeReport {
    /// What a document says: the entries without findings, and who are one person.
    public var said: Said { Said(entries: statements, merges: mergeEvents) }

    /// What a document says.
    public struct Said: Hashable, Sendable {
        /// The entries without findings.
        public var entries: [RecordEntry]
        /// Who are one person.
        public var merges: [MergeEvent]
    }
}

extension SourceAdapter {
    /// The mapped bytes of a document that may be changed without a change of what it says.
    ///
    /// There are none where the ledger is honest (DESIGN P2); a changed document may be held.
    public func dishonestOffsets(_ document: SourceDocument) -> [Int] {
        guard let report = try? adapt(document) else { return [] }
        let before = report.said
        let bytes = Array(document.bytes)
        return report.ledger.mappedOffsets.filter { offset in
            [UInt8(ascii: "Q"), UInt8(ascii: "7")].contains { other in
                guard bytes[offset] != other else { return false }
                var changed = bytes
                changed[offset] = other
                return (try? adapt(document.with(changed)))?.said == before
            }
        }
    }
}

extension Dialect {
    /// The dialect of the fixtures, and what `dialect.json` in a fixture's folder says otherwise.
    ///
    /// - Throws: Where that file cannot be read.
    public static func ofFixture(in folder: URL) throws -> Dialect {
        struct Own: Decodable {
            var columns: [String: String]?
            var charset: String?
            var list: String?
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
        let data = try Data(contentsOf: url)
        let own = try JSONDecoder().decode(Own.self, from: data)
        dialect.columns = own.columns ?? [:]
        dialect.list = own.list
        dialect.statuses = own.statuses ?? [:]
        dialect.defaultAuthority = own.defaultAuthority
        if let charset = own.charset.flatMap(TextEncoding.init) { dialect.charset = charset }
        if let labels = own.labels { dialect.labels = labels.mapValues(SecurityLabel.init) }
        if let completeness = own.completeness { dialect.completeness = completeness }
        if String(decoding: data, as: UTF8.self).contains("\"localAuthority\": null") {
            dialect.localAuthority = nil
        }
        return dialect
    }
}
