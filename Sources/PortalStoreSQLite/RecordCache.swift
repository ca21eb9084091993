import PortalIdentity
import PortalRecord
import PortalTimeline
import Synchronization

/// Records that were arranged lately, by the handles of their people.
///
/// Each is kept with what the store held of it then: what was added since is inserted, and where it
/// is no longer what it was and something added, it is arranged anew.
final class RecordCache: Sendable {
    /// How a person's record stood when it was arranged.
    struct State: Equatable {
        var cluster: PatientCluster
        /// How often the records of its members ceased to be what they were and something added.
        var shapes: [Int]
        var rules: MergeRules
    }

    private struct Kept {
        var state: State
        var record: ArrangedRecord
        var used: Int
    }

    private struct Records {
        var kept: [SourcePatientID: Kept] = [:]
        var statements = 0
        var clock = 0
    }

    /// Entries that all records in memory may have together: some 300 bytes for each.
    private static let statementsMax = 400_000
    private static let recordsMax = 4096

    private let records = Mutex(Records())

    /// The greatest of the store's numbers in a record that is kept as it stands; nil where it is
    /// not.
    func last(_ state: State) -> Int? {
        records.withLock { records in
            guard let kept = records.kept[state.cluster.handle], kept.state == state else {
                return nil
            }
            return kept.record.last
        }
    }

    /// The record as it stands, with what was added since, unless somebody else has inserted it.
    ///
    /// In its place, so that a long record is not copied for one more entry.
    ///
    /// - Throws: What the record's loader throws; it is then kept no more.
    func insert(_ digests: [StatementDigest], _ state: State) throws -> ArrangedRecord? {
        try records.withLock { records in
            guard var kept = records.kept.removeValue(forKey: state.cluster.handle) else {
                return nil
            }
            records.statements -= kept.record.statementCount
            guard kept.state == state else { return nil }
            let last = kept.record.last
            let more = digests.filter { $0.seq > last }
            if !more.isEmpty { try kept.record.insert(more) }
            records.clock += 1
            kept.used = records.clock
            records.statements += kept.record.statementCount
            records.kept[state.cluster.handle] = kept
            return kept.record
        }
    }

    /// Keeps a record as it was arranged; those not used for longest go where there is no room.
    func keep(_ record: ArrangedRecord, _ state: State) {
        records.withLock { records in
            records.clock += 1
            if let old = records.kept.removeValue(forKey: state.cluster.handle) {
                records.statements -= old.record.statementCount
            }
            records.kept[state.cluster.handle] = Kept(
                state: state,
                record: record,
                used: records.clock
            )
            records.statements += record.statementCount
            guard records.statements > Self.statementsMax || records.kept.count > Self.recordsMax
            else { return }
            // Those not used for longest go, a quarter at a time, and never the one just read.
            for (handle, kept) in records.kept.sorted(by: { $0.value.used < $1.value.used })
                .prefix(max(1, records.kept.count / 4)) where handle != state.cluster.handle
            {
                records.statements -= kept.record.statementCount
                records.kept[handle] = nil
            }
        }
    }

    /// Forgets all.
    func forget() { records.withLock { $0 = Records() } }
}
