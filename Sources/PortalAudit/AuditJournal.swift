public import PortalRecord

/// Where audit events are written, first and durably, and read again.
///
/// A gate records an event and only then releases what the event says was shown. Recording makes a
/// *pending* event; sequencing gives pending events their leaves, in one order for every process
/// that shares the journal; a checkpoint signs the leaves so far.
///
/// Until its leaf is under a checkpoint kept elsewhere, an event is protected by the store alone:
/// who can write to the store can take a pending event, or leaves since the last checkpoint the
/// witness has, away without trace. Hence: at most a minute or 100 events between checkpoints.
///
/// - Rule: DESIGN P5 and section 7.
public protocol AuditJournal: Sendable {
    /// Writes an event down; when it returns, the event survives a loss of power.
    ///
    /// - Throws: ``AuditError`` or the store's own error, and then the event is not written: refuse
    ///   what it would have permitted (DESIGN P5, SAFETY S22).
    func record(_ event: AuditEvent) throws

    /// Gives every pending event its leaf, all in one transaction.
    ///
    /// - Returns: The size of the log.
    /// - Throws: The store's own error, and then no event has moved.
    @discardableResult
    func sequence() throws -> Int

    /// Sequences, reads the new leaves back, recomputes them, and signs the log's root.
    ///
    /// - Parameters:
    ///   - time: The moment of signing.
    ///   - signer: The log's key.
    /// - Returns: The checkpoint, already stored here; keep it in a second place too.
    /// - Throws: ``AuditError`` with `writtenOtherwise` where a leaf reads back other than it was
    ///   written, and `checkpointUnfit` where the last checkpoint does not fit; nothing is signed.
    func checkpoint(at time: Instant, signer: CheckpointSigner) throws -> Checkpoint

    /// How many leaves the log has.
    ///
    /// - Throws: The store's own error.
    func size() throws -> Int

    /// How many recorded events wait for their leaves.
    ///
    /// - Throws: The store's own error.
    func pendingCount() throws -> Int

    /// Events in the order of the log; pending ones are not among them (call ``sequence()`` first).
    ///
    /// - Parameters:
    ///   - index: The first leaf wanted.
    ///   - limit: At most so many.
    /// - Returns: The events at and after that leaf.
    /// - Throws: ``AuditError`` with `eventUnreadable` for a damaged event.
    func events(from index: Int, limit: Int) throws -> [SequencedEvent]

    /// Who looked: the events about any of these source patients, latest first.
    ///
    /// Pending ones are not among them: call ``sequence()`` first.
    ///
    /// - Parameters:
    ///   - members: Opaque handles of source patients.
    ///   - index: Only events before this leaf, to page on; nil begins with the latest.
    ///   - limit: At most so many.
    /// - Returns: Each event once, also where it concerns several of the members.
    /// - Throws: ``AuditError`` with `eventUnreadable` for a damaged event.
    func events(
        patientMembers members: [String],
        before index: Int?,
        limit: Int
    ) throws -> [SequencedEvent]

    /// Erases what an event says, for ever: its leaf stays, so that the tree still verifies.
    ///
    /// The erasure is itself an event, recorded first; its action is ``AuditAction/erased`` and its
    /// detail `leaf` the place. An erasure event is never erased.
    ///
    /// - Parameters:
    ///   - index: The event's leaf.
    ///   - event: Who erases it and why.
    /// - Throws: ``AuditError`` with `eventUnknown` where no event stands there, or an erasure.
    func erase(_ index: Int, recording event: AuditEvent) throws

    /// The log's rows as stored, for ``AuditVerifier`` and for proofs.
    ///
    /// - Parameters:
    ///   - index: The first leaf wanted.
    ///   - limit: At most so many.
    /// - Returns: The rows at and after that leaf, in order, damaged or not.
    /// - Throws: The store's own error.
    func leaves(from index: Int, limit: Int) throws -> [AuditLeaf]

    /// The checkpoints stored beside the log, oldest first, verified or not.
    ///
    /// - Throws: The store's own error.
    func checkpoints() throws -> [Checkpoint]
}

extension AuditJournal {
    /// The event of an erasure: what it says, and of which leaf.
    package func erasure(_ index: Int, _ event: AuditEvent) throws -> AuditEvent {
        // Before a checkpoint covers the leaf nothing but the event vouches for it.
        guard let found = try events(from: index, limit: 1).first, found.index == index,
            found.event.action != .erased, try checkpoints().contains(where: { $0.size > index })
        else { throw AuditError(.eventUnknown, number: index) }
        var event = event
        event.action = .erased
        event.detail["leaf"] = String(index)
        return event
    }

    /// Who looked, from the latest event on.
    ///
    /// - Parameters:
    ///   - members: Opaque handles of source patients.
    ///   - limit: At most so many.
    /// - Returns: The events about any of them, latest first.
    /// - Throws: As ``events(patientMembers:before:limit:)``.
    public func events(patientMembers members: [String], limit: Int) throws -> [SequencedEvent] {
        try events(patientMembers: members, before: nil, limit: limit)
    }
}
