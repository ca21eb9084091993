import HL7v2Syntax
import Testing

/// The laws that every input is held to.
enum Laws {
    /// Parts cover every byte once, in order, and each message part is lossless or refused.
    static func hold(forFile bytes: [UInt8], _ note: Comment? = nil) {
        let file = HL7v2File(bytes)
        var position = 0
        var isSound = true
        for part in file.parts {
            isSound = isSound && part.range.lowerBound == position && !part.range.isEmpty
            position = part.range.upperBound
            if case .message = part.kind { hold(forMessage: file.slice(part), note) }
        }
        if !isSound || position != bytes.count { Issue.record("parts do not tile: \(note ?? "")") }
        if file.render() != bytes { Issue.record("a file is not lossless: \(note ?? "")") }
    }

    /// Refused, or lossless; segments tile the message, and fields tile each segment.
    @discardableResult
    static func hold(forMessage bytes: ArraySlice<UInt8>, _ note: Comment? = nil) -> Bool {
        guard let message = try? HL7v2Message.read(bytes) else { return false }
        if !message.render().elementsEqual(bytes) {
            Issue.record("a message is not lossless: \(note ?? "")")
        }
        var position = 0
        for segment in 0..<message.segmentCount {
            if message.range(segment).lowerBound != position
                || message.terminator(segment).lowerBound != message.range(segment).upperBound
                || !fieldsTile(message, segment)
            {
                Issue.record("a segment or its fields do not tile: \(note ?? "")")
            }
            position = message.terminator(segment).upperBound
        }
        if position != bytes.count { Issue.record("segments stop early: \(note ?? "")") }
        return true
    }

    /// Name, separator, field, separator, field … up to the end; no separator within a field.
    private static func fieldsTile(_ message: HL7v2Message, _ segment: Int) -> Bool {
        let range = message.range(segment)
        let separator = message.delimiters.field
        let count = message.fieldCount(segment)
        guard message.field(segment, 0) == nil, message.field(segment, count + 1) == nil else {
            return false
        }
        guard count > 0 else { return !message.slice(range).contains(separator) }
        let isHeader = [.msh, HL7v2SegmentName("FHS"), HL7v2SegmentName("BHS")]
            .contains(message.name(segment))
        var position = range.lowerBound
        for number in 1...count {
            guard let field = message.field(segment, number) else { return false }
            if isHeader && number == 1 {
                guard message.slice(field).elementsEqual([separator]) else { return false }
                position = field.lowerBound
                continue
            }
            if number > 1, field.lowerBound != position + 1 { return false }
            guard message.slice(field.lowerBound - 1..<field.lowerBound).first == separator,
                !message.slice(field).contains(separator)
            else { return false }
            position = field.upperBound
        }
        return position == range.upperBound
    }
}

/// A message of the standard delimiters: MSH and then some lines.
func message(_ lines: String..., charset: String = "UNICODE UTF-8", end: String = "\r") -> [UInt8] {
    let header =
        "MSH|^~\\&|LAB|NORTH|PORTAL|AGG|20260110083000||ORU^R01|M1|P|2.5.1|||AL|NE|GBR|" + charset
    return Array(([header] + lines).map { $0 + end }.joined().utf8)
}
