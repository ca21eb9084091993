internal import PortalRecord

extension AuditEvent {
    /// The one sequence of bytes that stands for this event: what is hashed, stored and verified.
    ///
    /// Two events that differ in any byte of any text have different canonical bytes.
    ///
    /// - Throws: ``AuditError`` with `identifierUnfit` where the identifier is empty, or it or a
    ///   member holds a NUL, and `timeOutOfRange` outside the years 1970 to 9999, whose text form
    ///   would not be the event's own.
    public func canonicalBytes() throws -> [UInt8] {
        guard !id.isEmpty, !id.utf8.contains(0), !members.contains(where: { $0.utf8.contains(0) })
        else { throw AuditError(.identifierUnfit) }
        guard time.isAuditable else { throw AuditError(.timeOutOfRange) }
        return try CanonicalJSON.encode(self)
    }

    /// Reads an event from its canonical bytes, and only from those.
    ///
    /// - Returns: nil for any other bytes, also for another spelling of the same event.
    package static func read(canonicalBytes bytes: [UInt8]) -> AuditEvent? {
        guard let event = try? CanonicalJSON.decode(AuditEvent.self, from: bytes),
            let again = try? event.canonicalBytes(), again == bytes
        else { return nil }
        return event
    }
}

extension Instant {
    /// Whether the text form gives back the same moment.
    var isAuditable: Bool { (0...253_402_300_799_999).contains(milliseconds) }
}
