/// Something that may be shown: it was decided on, and the audit record is written.
///
/// Nothing outside this module can make one: its initialiser is internal, there is no public
/// `map`, and it is not `Codable`. A view that asks for a `Released` value cannot be built from
/// anything else.
///
/// - Rule: DESIGN P5 and section 2.
public struct Released<Value: Sendable>: Sendable {
    /// What may be shown.
    public let value: Value
    /// The audit event that records the look.
    public let auditEvent: String

    init(_ value: Value, auditEvent: String) {
        self.value = value
        self.auditEvent = auditEvent
    }
}
