public import Foundation
public import PortalIntake
public import PortalRecord
import Testing

/// What a golden holds of a report.
public struct Golden: Codable, Hashable, Sendable {
    /// The entries.
    public var entries: [RecordEntry]
    /// What was noticed.
    public var diagnostics: [Diagnostic]
    /// The message's number, time and sender.
    public var messageID: String?
    /// When the message was made.
    public var messageTime: PartialDate?
    /// Who sent it.
    public var sender: String?
    /// How many bytes came to what.
    public var ledger: [String: Int]

    /// Takes what a golden holds of a report.
    public init(_ report: IntakeReport) {
        entries = report.entries
        diagnostics = report.diagnostics
        messageID = report.messageID
        messageTime = report.messageTime
        sender = report.sender
        ledger = ["mapped": report.ledger.mapped, "unmapped": report.ledger.unmapped]
        for (rule, count) in report.ledger.ignoredByRule { ledger[rule.words] = count }
    }
}

extension Encodable where Self: Decodable & Equatable {
    /// Compares canonical JSON with a golden file; `UPDATE_GOLDENS=1` writes it anew, to be read
    /// before it is committed.
    ///
    /// - Throws: Where the file cannot be read.
    public func check(against file: URL) throws {
        let text = try CanonicalJSON.text(self) + "\n"
        if ProcessInfo.processInfo.environment["UPDATE_GOLDENS"] == "1" {
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        let written = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        #expect(written == text)
        // Read back through the public way, so that no golden rots.
        let read = try CanonicalJSON.decode(Self.self, from: Array(text.dropLast().utf8))
        #expect(read == self)
    }
}

extension IntakeReport {
    /// What a document says, the findings left out: these say where, and may differ for no reason
    /// of the record's.
    public var statements: [RecordEntry] {
        entries.map { entry in
            var bare = entry
            bare.findings = []
            return bare
        }
    }
}
