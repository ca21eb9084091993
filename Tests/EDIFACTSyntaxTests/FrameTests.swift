import EDIFACTSyntax
import PortalBytes
import Testing

@Suite("Interchanges, their headers and their counts")
struct FrameTests {
    private func codes(_ text: String) throws -> [String] {
        try EDIFACTMessage.read(Array(text.utf8)[...]).findings.map(\.code)
    }

    private func refusal(_ text: String, limits: Limits = .standard) -> String? {
        do throws(EDIFACTSyntaxError) {
            _ = try EDIFACTMessage.read(Array(text.utf8)[...], limits: limits)
            return nil
        } catch {
            return "\(error.code) at \(error.path)"
        }
    }

    @Test("UNT counts the segments and repeats the reference; what differs is a finding (S25)")
    func trailer() throws {
        #expect(try codes("UNH+1+M'BGM+LSR'UNT+3+1'") == [])
        #expect(try codes("UNH+1+M'BGM+LSR'UNT+4+1'") == ["segment-count-differs"])
        #expect(try codes("UNH+1+M'UNT+2+2'") == ["message-reference-differs"])
        let both = ["segment-count-differs", "message-reference-differs"]
        #expect(try codes("UNH+1+M'UNT'") == both)
        #expect(try codes("UNH+1+M'BGM+LSR'") == ["message-trailer-missing"])
        #expect(try codes("UNH+1+M'UNT+2+1") == ["last-segment-unterminated"])
    }

    @Test("a message cut within a segment is refused, with its place")
    func cut() {
        #expect(refusal("UNH+1+M'S02+02'RFF+A'RFF+B") == "segment-unterminated at S02/RFF[2]")
        #expect(refusal("UNH+1+M") == "segment-unterminated at UNH[1]")
        #expect(refusal("UNB+UNOC:3'UNZ+0+1'") == "message-header-missing at UNH")
        #expect(refusal("UNH+1+M'UNT+2+1'UNH+2+M'UNT+2+2'") == "several-messages at UNH[2]")
        #expect(refusal("") == "not-edifact at UNH")
        #expect(refusal("MSH|^~\\&|") == "not-edifact at UNH")
        #expect(refusal("UNA:+.") == "not-edifact at UNH")
        #expect(refusal("UNA::.? 'UNH+1'") == "not-edifact at UNH")
    }

    @Test("limits are kept")
    func limits() {
        let text = "UNH+1+M'BGM+LSR'UNT+3+1'"
        #expect(refusal(text, limits: Limits(messageBytesMax: 5)) == "message-too-large at UNH")
        #expect(refusal(text, limits: Limits(segmentsMax: 2)) == "too-many-segments at UNH")
        #expect(refusal(text, limits: Limits(delimitersMax: 2)) == "too-many-delimiters at UNH")
        #expect(refusal(text, limits: Limits(segmentsMax: 3, delimitersMax: 5)) == nil)
    }

    @Test("UNB's parts are the header's")
    func header() throws {
        let text = "UNA:+.? '\nUNB+UNOC:3+5001:14+5002:80+261122:0815+47?+11+PW+MEDRPT+A+1+AG+1'"
        let header = try EDIFACTInterchangeHeader(Array(text.utf8)[...])
        #expect(header.syntaxLevel == "UNOC" && header.syntaxVersion == "3")
        #expect(header.sender == "5001" && header.senderQualifier == "14")
        #expect(header.recipient == "5002" && header.recipientQualifier == "80")
        #expect(header.date == "261122" && header.time == "0815")
        #expect(header.controlReference == "47+11")
        #expect(header.applicationReference == "MEDRPT")
        #expect(header.asksForAcknowledgement && header.isTest && header.isPresent)
        #expect(try EDIFACTInterchangeHeader([][...]) == EDIFACTInterchangeHeader())
    }

    @Test("each message of a file is behind its own interchange's characters and header")
    func envelopes() throws {
        let text =
            "UNA#|.! ~UNB|UNOC#3|A|B|261122#0815|1~\nUNH|1|M~UNT|2|1~UNH|2|M~UNT|2|2~UNZ|2|1~\n"
            + "UNB+UNOB:3+C+D+261122:0816+2'UNH+1+N'UNT+2+1'UNZ+1+2'\nUNH+9+O'UNT+2+9'"
        let file = EDIFACTFile(Array(text.utf8))
        #expect(file.messageCount == 4)
        #expect(file.findings == [])
        let messages = try file.parts.compactMap { part -> EDIFACTMessage? in
            guard case .message = part.kind else { return nil }
            let header = try file.envelope(of: part).map { try EDIFACTInterchangeHeader($0) }
            return try EDIFACTMessage.read(file.slice(part), in: header)
        }
        #expect(messages.map(\.type.type) == ["M", "M", "N", "O"])
        #expect(messages.map(\.interchange.sender) == ["A", "A", "C", ""])
        #expect(messages.map(\.reference) == ["1", "2", "1", "9"])
        #expect(messages.flatMap(\.findings) == [])
    }

    @Test("one bad message does not stop the rest, and the trailer's count tells (PITFALLS A5)")
    func cutInside() {
        let text =
            "UNB+UNOC:3+A+B+261122:0815+1'UNH+1+M'BGM+LSR'UNH+2+M'UNT+2+2'UNZ+3+9'UNB+UNOC:3+A'"
        let file = EDIFACTFile(Array(text.utf8))
        let kinds = file.parts.map(\.kind)
        #expect(
            kinds == [
                .header, .message(isWhole: false), .message(isWhole: true), .envelope(.unz),
                .header,
            ]
        )
        #expect(
            file.findings.map(\.code) == [
                "interchange-count-differs", "interchange-reference-differs",
                "interchange-trailer-missing",
            ]
        )
    }

    @Test("groups are counted, and an interchange of groups counts those")
    func groups() {
        let text =
            "UNB+UNOC:3+A+B+261122:0815+1'UNG+M+A+B+261122:0815+7'UNH+1+M'UNT+2+1'UNE+1+7'"
            + "UNG+M+A+B+261122:0815+8'UNH+1+M'UNT+2+1'UNE+2+9'UNZ+2+1'"
        let file = EDIFACTFile(Array(text.utf8))
        #expect(file.findings.map(\.code) == ["group-count-differs", "group-reference-differs"])
    }

    @Test("line ends, blanks, a byte order mark and doubled terminators are nothing (PITFALLS A3)")
    func blanks() throws {
        let text = "\u{FEFF}\r\nUNH+1+M'\r\n\r\n BGM+LSR''\n\tUNT+3+1'\u{1A}\n"
        let bytes = Array(text.utf8)
        let tree = try EDIFACTMessage.read(bytes[...])
        #expect(tree.findings == [])
        #expect(tree.segmentCount == 3)
        #expect(EDIFACTFile(bytes).messageCount == 1)
        #expect(EDIFACTFile.recognises(bytes))
    }

    @Test("what is EDIFACT is known by its first bytes")
    func recognition() {
        for text in ["UNA:+.? 'UNB", "UNB+UNOC:3", "\r\nUNH+1+", "UNG+M"] {
            #expect(EDIFACTFile.recognises(Array(text.utf8)), "\(text)")
        }
        for text in ["", "UN", "UNABLE to read", "UNHAPPY+", "MSH|", "<a/>", "UNT+1", "{}"] {
            #expect(!EDIFACTFile.recognises(Array(text.utf8)), "\(text)")
        }
    }

    @Test("a stream refuses a message without end once it is larger than the limits")
    func endless() throws {
        var stream = EDIFACTStream(limits: Limits(messageBytesMax: 1000))
        stream.feed(Array("UNH+1+M'".utf8)[...])
        #expect(try stream.next() == nil)
        stream.feed([UInt8](repeating: 0x41, count: 2000)[...])
        #expect(throws: EDIFACTSyntaxError.self) { _ = try stream.next() }
    }
}
