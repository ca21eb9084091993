import EDIFACTSyntax
import Testing

/// The laws that every input is held to.
enum Laws {
    /// Parts cover every byte once, in order, and each message part is lossless or refused.
    static func hold(forFile bytes: [UInt8], _ note: Comment? = nil) {
        let file = EDIFACTFile(bytes)
        var position = 0
        var isSound = true
        for part in file.parts {
            isSound = isSound && part.range.lowerBound == position && !part.range.isEmpty
            position = part.range.upperBound
            if case .message = part.kind {
                let header = file.envelope(of: part).flatMap { try? EDIFACTInterchangeHeader($0) }
                hold(forMessage: file.slice(part), in: header, note)
            }
        }
        if !isSound || position != bytes.count { Issue.record("parts do not tile: \(note ?? "")") }
        if file.render() != bytes { Issue.record("a file is not lossless: \(note ?? "")") }
        for finding in file.findings where !(0...bytes.count).contains(finding.offset) {
            Issue.record("a finding is outside: \(note ?? "")")
        }
    }

    /// Refused, or lossless; segments tile the message, and elements tile each segment.
    @discardableResult
    static func hold(
        forMessage bytes: ArraySlice<UInt8>,
        in header: EDIFACTInterchangeHeader? = nil,
        _ note: Comment? = nil
    ) -> Bool {
        guard let message = try? EDIFACTMessage.read(bytes, in: header) else { return false }
        if !message.render().elementsEqual(bytes) {
            Issue.record("a message is not lossless: \(note ?? "")")
        }
        var position = message.prefix.upperBound
        for segment in 0..<message.segmentCount {
            if message.range(segment).lowerBound != position
                || message.terminator(segment).lowerBound != message.range(segment).upperBound
                || !elementsTile(message, segment)
            {
                Issue.record("a segment or its elements do not tile: \(note ?? "")")
            }
            position = message.terminator(segment).upperBound
        }
        if position != bytes.count { Issue.record("segments stop early: \(note ?? "")") }
        for finding in message.findings where !(0...bytes.count).contains(finding.offset) {
            Issue.record("a finding is outside: \(note ?? "")")
        }
        return true
    }

    /// Tag, separator, element, separator, element … up to the end.
    private static func elementsTile(_ message: EDIFACTMessage, _ segment: Int) -> Bool {
        let range = message.range(segment)
        let count = message.elementCount(segment)
        guard message.element(segment, 0) == nil, message.element(segment, count + 1) == nil else {
            return false
        }
        guard count > 0 else { return true }
        var position: Int?
        for number in 1...count {
            guard let element = message.element(segment, number) else { return false }
            if let position, element.lowerBound != position + 1 { return false }
            let mark = message.slice(element.lowerBound - 1..<element.lowerBound).first
            guard mark == message.characters.element else { return false }
            position = element.upperBound
            guard componentsTile(message, element) else { return false }
        }
        return position == range.upperBound
    }

    private static func componentsTile(_ message: EDIFACTMessage, _ element: Range<Int>) -> Bool {
        var parts = message.components(element)
        var position = element.lowerBound - 1
        while let part = parts.next() {
            guard part.lowerBound == position + 1 else { return false }
            position = part.upperBound
        }
        return position == element.upperBound
    }
}

/// An interchange of one message: UNB, UNH, some segments, UNT and UNZ with right counts.
func interchange(
    _ segments: String...,
    level: String = "UNOC:3",
    end: String = "\r\n"
) -> [UInt8] {
    let message =
        ["UNH+1+MEDRPT:0:1:RT:NHS003"] + segments + ["UNT+\(segments.count + 2)+1"]
    let all = ["UNB+\(level)+LAB+PORTAL+261122:1001+4711"] + message + ["UNZ+1+4711"]
    return Array(all.map { $0 + "'" + end }.joined().utf8)
}
