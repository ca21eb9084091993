public import PortalRecord
internal import Synchronization

/// The reference journal: everything an ``AuditJournal`` promises but surviving the process.
///
/// For tests and demonstrations; nothing in it is durable.
public final class MemoryAuditJournal: AuditJournal {
    private struct State {
        var pending: [(id: String, event: [UInt8])] = []
        var ids: Set<[UInt8]> = []
        var leaves: [AuditLeaf] = []
        var places: [[UInt8]: [Int]] = [:]
        var checkpoints: [StoredCheckpoint] = []

        mutating func sequence() {
            for (id, event) in pending {
                let leaf = AuditLeaf.make(index: leaves.count, id: id, event: event)
                for member in leaf.members {
                    places[Array(member.utf8), default: []].append(leaf.index)
                }
                leaves.append(leaf)
            }
            pending = []
        }
    }

    private let state = Mutex(State())

    /// An empty journal.
    public init() {}

    /// Keeps an event until the process ends.
    ///
    /// - Throws: ``AuditError`` for an unfit or repeated identifier or an unfit time.
    public func record(_ event: AuditEvent) throws {
        let bytes = try event.canonicalBytes()
        try state.withLock { state throws(AuditError) in
            guard state.ids.insert(Array(event.id.utf8)).inserted else {
                throw AuditError(.identifierRepeated)
            }
            state.pending.append((event.id, bytes))
        }
    }

    /// Gives every pending event its leaf.
    @discardableResult
    public func sequence() -> Int {
        state.withLock { state in
            state.sequence()
            return state.leaves.count
        }
    }

    /// Sequences, recomputes the new leaves, and signs the log's root.
    ///
    /// - Throws: ``AuditError`` for a time that cannot be written.
    public func checkpoint(at time: Instant, signer: CheckpointSigner) throws -> Checkpoint {
        try state.withLock { state in
            state.sequence()
            var builder = try CheckpointBuilder(after: state.checkpoints.last, signer: signer)
            for leaf in state.leaves.dropFirst(builder.frontier.size) { try builder.take(leaf) }
            let stored = try builder.finish(at: time, logSize: state.leaves.count)
            state.checkpoints.append(stored)
            return stored.checkpoint
        }
    }

    /// How many leaves the log has.
    public func size() -> Int { state.withLock { $0.leaves.count } }

    /// How many recorded events wait for their leaves.
    public func pendingCount() -> Int { state.withLock { $0.pending.count } }

    /// Events in the order of the log.
    ///
    /// - Throws: Nothing in practice: what was recorded can be read.
    public func events(from index: Int, limit: Int) throws -> [SequencedEvent] {
        let found = state.withLock { state in
            state.leaves.dropFirst(max(0, index)).lazy.filter { !$0.isErased }
                .prefix(max(0, limit)).map { $0 }
        }
        return try found.map {
            try SequencedEvent(index: $0.index, canonicalBytes: $0.event)
        }
    }

    /// Who looked: the events about any of these source patients, latest first.
    ///
    /// - Throws: Nothing in practice: what was recorded can be read.
    public func events(
        patientMembers members: [String],
        before index: Int?,
        limit: Int
    ) throws -> [SequencedEvent] {
        let found = state.withLock { state -> [AuditLeaf] in
            var places: Set<Int> = []
            for member in members { places.formUnion(state.places[Array(member.utf8)] ?? []) }
            let earlier = places.filter { $0 < index ?? .max }.sorted(by: >)
            return earlier.prefix(max(0, limit)).map { state.leaves[$0] }
        }
        return try found.map { try SequencedEvent(index: $0.index, canonicalBytes: $0.event) }
    }

    /// Erases what an event says; its leaf stays.
    ///
    /// - Throws: ``AuditError`` with `eventUnknown`, and as ``record(_:)``.
    public func erase(_ index: Int, recording event: AuditEvent) throws {
        try record(try erasure(index, event))
        state.withLock { state in
            state.sequence()
            for member in state.leaves[index].members {
                state.places[Array(member.utf8)]?.removeAll { $0 == index }
            }
            state.leaves[index].id = AuditLeaf.erasedID(index)
            state.leaves[index].members = []
            state.leaves[index].event = []
        }
    }

    /// The log's rows.
    public func leaves(from index: Int, limit: Int) -> [AuditLeaf] {
        state.withLock { Array($0.leaves.dropFirst(max(0, index)).prefix(max(0, limit))) }
    }

    /// The checkpoints made here, oldest first.
    public func checkpoints() -> [Checkpoint] {
        state.withLock { $0.checkpoints.map(\.checkpoint) }
    }
}
