import ClinicalPortal
import Synchronization

/// A journal that can be put out of order.
final class BrokenJournal: AuditJournal {
    let isBroken: Atomic<Bool>
    /// How many events it records before it fails; negative for all.
    let remaining = Atomic(-1)
    let kept = MemoryAuditJournal()

    init(isBroken: Bool = false) { self.isBroken = Atomic(isBroken) }

    private struct OutOfOrder: Error {}

    func record(_ event: AuditEvent) throws {
        if isBroken.load(ordering: .relaxed) { throw OutOfOrder() }
        let left = remaining.load(ordering: .relaxed)
        if left == 0 { throw OutOfOrder() }
        if left > 0 { remaining.store(left - 1, ordering: .relaxed) }
        try kept.record(event)
    }

    func sequence() throws -> Int { kept.sequence() }
    func checkpoint(at time: Instant, signer: CheckpointSigner) throws -> Checkpoint {
        try kept.checkpoint(at: time, signer: signer)
    }
    func size() throws -> Int { kept.size() }
    func pendingCount() throws -> Int { kept.pendingCount() }
    func events(from index: Int, limit: Int) throws -> [SequencedEvent] {
        try kept.events(from: index, limit: limit)
    }
    func events(
        patientMembers members: [String],
        before index: Int?,
        limit: Int
    ) throws -> [SequencedEvent] {
        try kept.events(patientMembers: members, before: index, limit: limit)
    }
    func erase(_ index: Int, recording event: AuditEvent) throws {
        try kept.erase(index, recording: event)
    }
    func leaves(from index: Int, limit: Int) throws -> [AuditLeaf] {
        kept.leaves(from: index, limit: limit)
    }
    func checkpoints() throws -> [Checkpoint] { kept.checkpoints() }
}
