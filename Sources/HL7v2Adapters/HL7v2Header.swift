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
        let line = bytes.prefix(4096)
        let header = line[..<(line.firstIndex { $0 == 0x0D || $0 == 0x0A } ?? line.endIndex)]
        if let plain = HL7v2Header.plain(header) {
            self = plain
            return
        }
        guard let message = try? HL7v2Message.read(header) else { return nil }
        guard let range = message.field(0, 9) else { return nil }
        func part(_ number: Int) -> String {
            guard let part = message.component(range, number) else { return "" }
            return message.text(part).filter { $0 != " " }.uppercased()
        }
        type = part(1)
        event = part(2)
    }

    private init(type: String, event: String) {
        self.type = type
        self.event = event
    }

    /// MSH-9 of a sound header whose two codes are capitals and digits, as almost every one is.
    ///
    /// Every adapter is asked about every message: it is answered without making a tree.
    private static func plain(_ header: ArraySlice<UInt8>) -> HL7v2Header? {
        guard header.starts(with: [0x4D, 0x53, 0x48]),
            let delimiters = try? HL7v2Delimiters(header: header.prefix(16))
        else { return nil }
        return header.withUnsafeBufferPointer { plain($0, delimiters) }
    }

    private static func plain(
        _ header: UnsafeBufferPointer<UInt8>,
        _ delimiters: HL7v2Delimiters
    ) -> HL7v2Header? {
        var fields = HL7v2Parts(header, 0..<header.count, by: delimiters.field)
        // The header's name and MSH-2 to MSH-8 stand before: MSH-1 is the separator itself.
        fields.skip(8)
        guard let field = fields.next() else { return nil }
        var parts = HL7v2Parts(header, field, by: delimiters.component)
        func code() -> String? {
            guard let part = parts.next() else { return "" }
            let code = header[part]
            // No delimiter is a letter or a digit; anything else is for the tree to read.
            let isPlain = code.allSatisfy {
                (0x41...0x5A).contains($0) || (0x30...0x39).contains($0)
            }
            return isPlain ? String(decoding: code, as: UTF8.self) : nil
        }
        guard let type = code(), let event = code() else { return nil }
        return HL7v2Header(type: type, event: event)
    }
}

extension HL7v2Reading {
    /// The sending facility, the message's number and time; the rest of MSH is routing.
    func header() -> (messageID: String?, time: PartialDate?, facility: String?, sender: String?) {
        let facility = first(0, 4).flatMap { component($0, 1) }
        let application = message.field(0, 3).map { message.text($0) } ?? ""
        let sender = application + "|" + (message.field(0, 4).map { message.text($0) } ?? "")
        let time = first(0, 7).flatMap { range in
            var parts = components(range)
            return self.time(parts.next() ?? range)
        }
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
