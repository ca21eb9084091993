import HL7v2Syntax
import PortalIntake
import PortalRecord

/// What a message's header says it is, read without reading the message.
public struct HL7v2Header: Hashable, Sendable {
    /// The message type, such as `ORU` (MSH-9.1).
    public let type: String
    /// The trigger event, such as `R01` (MSH-9.2); empty where none is stated.
    public let event: String

    /// Reads MSH-9 of a message; nil where its header cannot be read.
    public init?(_ bytes: ArraySlice<UInt8>) {
        let header = bytes.prefix(4096).prefix { $0 != 0x0D && $0 != 0x0A }
        guard let message = try? HL7v2Message.read(header) else { return nil }
        guard let range = message.field(0, 9) else { return nil }
        func part(_ number: Int) -> String {
            guard let part = message.component(range, number) else { return "" }
            return message.text(part).filter { $0 != " " }.uppercased()
        }
        type = part(1)
        event = part(2)
    }
}

extension HL7v2Reading {
    /// The sending facility, the message's number and time; the rest of MSH is routing.
    func header() -> (messageID: String?, time: PartialDate?, facility: String?, sender: String?) {
        let facility = first(0, 4).flatMap { component($0, 1) }
        let sender = [message.field(0, 3), message.field(0, 4)]
            .map { $0.map { message.text($0) } ?? "" }
            .joined(separator: "|")
        let time = first(0, 7).flatMap {
            HL7v2Timestamp.read(message.slice(message.component($0, 1) ?? $0))
        }?.assuming(document.dialect.zone)
        if let processing = peek(0, 11), processing != "P" {
            note("not-a-production-message", 0, 11, severity: .note)
        }
        let messageID = peek(0, 10)
        if messageID == nil { note("control-id-missing", 0, 10) }
        let count = message.fieldCount(0)
        for number in 1...max(count, 2) { ignore(0, number, by: .routing) }
        return (messageID, time, facility, sender)
    }

    /// A status time later than its message by more than the tolerance counts as missing.
    ///
    /// - Rule: SAFETY S6: measured against the message's own time, never against our clock.
    func believable(
        _ time: PartialDate?,
        messageTime: PartialDate?,
        _ segment: Int,
        _ field: Int
    ) -> PartialDate? {
        guard let time, !document.dialect.isBelievable(time, messageTime: messageTime) else {
            return time
        }
        note("status-time-in-future", segment, field)
        return nil
    }
}
