public import PortalRecord

/// Why readers of an earlier state must be told: a result was corrected or taken back.
///
/// - Rule: SAFETY S10; DESIGN 7 "Recall".
public struct RecallGround: Hashable, Sendable, Codable, Comparable {
    /// The statement's handles.
    public var entries: [EntryID]
    /// What became of it: corrected, withdrawn, or withdrawn as not this patient's.
    public var marker: Marker
    /// What is current of it: `entry/version` as the audit names what was shown.
    public var current: [String]
    /// What it was, such as "Troponin".
    public var what: String
    /// The documents that corrected it or took it back: who looked before they came was shown the
    /// earlier state.
    public var documents: [ContentHash]

    /// The ground that the sendings of one report give; nil where nothing was taken back.
    init?(_ entries: [RecordEntry], what: String, current: [TimelineRow]) {
        var found: [Marker: Set<ContentHash>] = [:]
        for entry in entries {
            var statuses = [entry.status]
            if case .diagnosticReport(let report) = entry.content {
                statuses += report.observations.map(\.status)
            }
            for status in statuses {
                guard let marker = RecallGround.marker(status) else { continue }
                found[marker, default: []].insert(entry.origin.document)
            }
        }
        // The gravest leads; the documents are those that say it.
        let order: [Marker] = [.wrongPatient, .withdrawn, .corrected]
        guard let marker = order.first(where: { found[$0] != nil }) else { return nil }
        self.entries = Array(Set(entries.map(\.id))).sorted()
        self.marker = marker
        self.what = what
        self.current = current.map { $0.entry.rawValue + "/" + $0.version }
        documents = (found[marker] ?? []).sorted()
    }

    /// Orders grounds by their statements' handles: an order, and nothing more.
    public static func < (left: RecallGround, right: RecallGround) -> Bool {
        left.entries.lexicographicallyPrecedes(right.entries)
    }

    private static func marker(_ status: ResultStatus) -> Marker? {
        switch status {
        case .wrongPatient: .wrongPatient
        case .withdrawn, .enteredInError: .withdrawn
        case .corrected, .amended: .corrected
        default: nil
        }
    }
}
