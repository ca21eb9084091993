/// An audit event at its place in the log.
public struct SequencedEvent: Hashable, Sendable {
    /// The place in the log, counted from zero.
    public let index: Int
    /// The event.
    public let event: AuditEvent

    /// Puts an event at its place.
    public init(index: Int, event: AuditEvent) {
        self.index = index
        self.event = event
    }

    /// Reads a stored leaf's event.
    ///
    /// - Throws: ``AuditError`` with `eventUnreadable` where its bytes are no event: a list of who
    ///   looked must not come out shorter for a damaged row.
    package init(index: Int, canonicalBytes: [UInt8]) throws(AuditError) {
        guard let event = AuditEvent.read(canonicalBytes: canonicalBytes) else {
            throw AuditError(.eventUnreadable, number: index)
        }
        self.init(index: index, event: event)
    }
}
