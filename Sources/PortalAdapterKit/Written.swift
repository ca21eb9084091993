import PortalIntake
import PortalRecord

/// What a reading came to, written down so that two can be compared byte by byte.
struct Written: Equatable {
    /// Entries and merge events, their findings left out.
    var statements: [UInt8] = []
    /// The findings of entries and report.
    var findings: [UInt8] = []
    /// Number, time and sender of the message, and the adapter.
    var header: [String?] = []
    /// Which bytes were mapped, ignored and left.
    var mapped: [Int] = []
    var ignored: [IgnoreRule: Int] = [:]
    var unmapped: [Range<Int>] = []
    /// The error, where it was one.
    var error: [String] = []

    /// Writes a whole outcome.
    init(_ outcome: Examination.Outcome) {
        switch outcome {
        case .success(let report):
            statements = Written.statements(report)
            findings =
                Written.bytes(report.diagnostics) + Written.bytes(report.entries.map(\.findings))
            header = [
                report.adapter, report.messageID, report.messageTime?.description, report.sender,
            ]
            mapped = report.ledger.mappedOffsets
            ignored = report.ledger.ignoredByRule
            unmapped = report.ledger.unmappedRanges
        case .failure(let error):
            self.error = [
                error.code, error.location, error.remedy, error.outcome.rawValue,
                error.offset.map { String($0) } ?? "",
            ]
        }
    }

    /// What a report states, the findings left out.
    static func statements(_ report: IntakeReport) -> [UInt8] {
        var bare = report.entries
        for index in bare.indices { bare[index].findings = [] }
        return bytes(bare) + bytes(report.mergeEvents)
    }

    private static func bytes(_ value: some Encodable) -> [UInt8] {
        // An entry holds no number but whole ones: it can always be written.
        (try? CanonicalJSON.encode(value)) ?? []
    }

    /// What differs first between two, in words.
    func difference(from other: Written) -> String? {
        if error != other.error { return "the error, or whether it is one" }
        if statements != other.statements { return "the entries" }
        if findings != other.findings { return "the diagnostics" }
        if header != other.header { return "the message's number, time or sender" }
        if mapped != other.mapped || ignored != other.ignored || unmapped != other.unmapped {
            return "the ledger"
        }
        return nil
    }
}
