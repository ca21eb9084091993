internal import Dispatch
internal import Synchronization

/// Recomputes a log from its events' bytes and compares it with everything that vouches for it.
///
/// What it can show, and by what:
///
/// - an event, a leaf hash, a column or a place that was changed, moved, removed, repeated or put
///   in, where the leaves were not made anew: by the leaves alone, at the very leaf;
/// - leaves made anew after such a change: by a signed checkpoint, to the leaves since the last
///   checkpoint that agrees;
/// - a tail that was cut, a rollback to an older copy, or a log rewritten and signed again by who
///   holds the key: **only by checkpoints kept outside** (`witness`), as far back as the last of
///   them. Without these the log that is left verifies as intact. Events after the last outside
///   checkpoint, and events still pending, can be taken away unseen.
///
/// - Rule: DESIGN section 7; PITFALLS 72.
public struct AuditVerifier: Sendable {
    private let keys: [CheckpointVerifier]

    /// Takes the public keys that sign for this log, the present one and any before it.
    public init(keys: [CheckpointVerifier]) { self.keys = keys }

    /// Verifies rows in memory.
    ///
    /// - Parameters:
    ///   - leaves: The rows in the order of the log.
    ///   - pendingCount: How many events wait for their leaves.
    ///   - checkpoints: The checkpoints from the log's own store.
    ///   - witness: The checkpoints from outside.
    /// - Returns: The findings, each with its place.
    public func verify(
        leaves: [AuditLeaf],
        pendingCount: Int = 0,
        checkpoints: [Checkpoint],
        witness: [Checkpoint] = []
    ) -> AuditVerification {
        var pass = VerificationPass(keys: keys, checkpoints: checkpoints, witness: witness)
        for leaf in leaves { pass.take(leaf) }
        return pass.finish(pendingCount: pendingCount)
    }

    /// Verifies a journal, reading it in pages; the log may grow meanwhile.
    ///
    /// - Parameters:
    ///   - journal: The log; it is only read.
    ///   - witness: The checkpoints from outside.
    /// - Returns: The findings, each with its place.
    /// - Throws: The store's own error, for a file too damaged to be read: no less an alarm.
    public func verify(
        _ journal: any AuditJournal,
        witness: [Checkpoint] = []
    ) throws -> AuditVerification {
        // Checkpoints first: one signed while the leaves are read may be over leaves read too soon.
        var pass = VerificationPass(
            keys: keys,
            checkpoints: try journal.checkpoints(),
            witness: witness
        )
        let pending = try journal.pendingCount()
        // From below zero, where no honest row is: what was put there is a finding too.
        var next = Int.min
        while true {
            let page = try journal.leaves(from: next, limit: 4000)
            for (leaf, examined) in zip(page, Self.examine(page)) { pass.take(leaf, examined) }
            guard let last = page.last, last.index < .max else {
                return pass.finish(pendingCount: pending)
            }
            next = last.index + 1
        }
    }

    /// Examines a page's leaves on every core: of millions of events this is what takes the time.
    private static func examine(_ page: [AuditLeaf]) -> [VerificationPass.Examination] {
        let size = 250
        let parts = (page.count + size - 1) / size
        guard parts > 1 else { return page.map { VerificationPass.Examination($0) } }
        let examined = Mutex<[Int: [VerificationPass.Examination]]>([:])
        DispatchQueue.concurrentPerform(iterations: parts) { part in
            let own = page[part * size..<min(page.count, (part + 1) * size)]
                .map { VerificationPass.Examination($0) }
            examined.withLock { $0[part] = own }
        }
        return examined.withLock { found in (0..<parts).flatMap { found[$0] ?? [] } }
    }
}
