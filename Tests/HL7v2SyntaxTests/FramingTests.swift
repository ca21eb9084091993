import HL7v2Syntax
import Testing

/// Segment ends, block characters and batches (PITFALLS 3, 5, 6; "Failures" 20).
@Suite("Framing")
struct FramingTests {
    private func names(_ bytes: [UInt8]) throws -> [String] {
        let tree = try HL7v2Message.read(bytes[...])
        return (0..<tree.segmentCount).map { tree.name($0).description }
    }

    private func messages(_ bytes: [UInt8]) -> [HL7v2File.Part] {
        HL7v2File(bytes).parts.filter { part in
            if case .message = part.kind { return true }
            return false
        }
    }

    @Test("CR, LF, CR LF and mixes of them end segments (PITFALLS 6)")
    func lineEnds() throws {
        for end in ["\r", "\n", "\r\n", "\n\r", "\r\r\n", "\n\n\n"] {
            let bytes = message("PID|1", "OBX|1", end: end)
            #expect(try names(bytes) == ["MSH", "PID", "OBX"])
            let tree = try HL7v2Message.read(bytes[...])
            #expect(tree.terminator(1).count == end.utf8.count)
            #expect(tree.text(try #require(tree.field(2, 1))) == "1")
        }
        let mixed = Array("MSH|^~\\&|A\rPID|1\nPV1|1\r\nOBX|1\n\rNTE|1".utf8)
        #expect(try names(mixed) == ["MSH", "PID", "PV1", "OBX", "NTE"])
    }

    @Test("blank lines inside a message end no message (PITFALLS 3)")
    func blankLines() throws {
        let bytes = Array("MSH|^~\\&|A\r\r\rPID|1\r\n\r\nOBX|1\r\r".utf8)
        #expect(try names(bytes) == ["MSH", "PID", "OBX"])
        #expect(HL7v2File(bytes).messageCount == 1)
    }

    @Test("a text broken by a line end stays in its segment, with a finding (PITFALLS 3)")
    func brokenText() throws {
        for end in ["\r", "\n", "\r\n", "\r\n\r\n"] {
            let text = "first" + end + "second line, no segment" + end + "third"
            let bytes = message("OBX|1|TX|N||\(text)||||||F", "OBX|2")
            #expect(try names(bytes) == ["MSH", "OBX", "OBX"])
            let tree = try HL7v2Message.read(bytes[...])
            #expect(tree.text(try #require(tree.field(1, 5))) == text)
            #expect(tree.text(try #require(tree.field(1, 11))) == "F")
            #expect(tree.findings.map(\.code) == ["line-not-a-segment", "line-not-a-segment"])
            #expect(messages(bytes).count == 1)
        }
    }

    @Test("a form feed, a stray 1C or 0B within a text is text (PITFALLS 3, Failures 20)")
    func controlsInText() throws {
        for control in ["\u{0C}", "\u{1C}", "\u{0B}", "\u{1A}", "\u{0}"] {
            let bytes = message("OBX|1|TX|N||a\(control)b||||||F")
            let parts = messages(bytes)
            #expect(parts.count == 1)
            let tree = try HL7v2Message.read(bytes[...])
            #expect(tree.text(try #require(tree.field(1, 5))) == "a\(control)b")
            let framed = [0x0B] + bytes + [0x1C, 0x0D]
            #expect(
                messages(framed).map(\.kind) == [.message(isEnded: true, isFramed: .whole)]
            )
        }
    }

    @Test("doubled 0B, stray 0C and a byte order mark are framing (PITFALLS 3)")
    func strayFraming() {
        let one = message("PID|1")
        let runs: [[UInt8]] = [
            [0x0B, 0x0B], [0x0C], [0x0D, 0x0A, 0x0B], [0xEF, 0xBB, 0xBF], [0xEF, 0xBB, 0xBF, 0x0B],
            [0x20, 0x09],
        ]
        for run in runs {
            let file = HL7v2File(run + one + [0x1C, 0x1C, 0x0D])
            #expect(file.messageCount == 1)
            #expect(!file.parts.contains { $0.kind == .stray })
        }
    }

    @Test("a block without its 1C is whole as a message, and says that its end is missing")
    func missingEnd() {
        let one = message("PID|1")
        let kinds = messages([0x0B] + one + [0x0B] + one + [0x1C, 0x0D]).map(\.kind)
        #expect(
            kinds == [
                .message(isEnded: true, isFramed: .endMissing),
                .message(isEnded: true, isFramed: .whole),
            ]
        )
        let cut = messages([0x0B] + one.dropLast()).map(\.kind)
        #expect(cut == [.message(isEnded: false, isFramed: .endMissing)])
    }

    @Test("a block feeds several messages, and messages need no frame at all")
    func severalMessages() {
        let one = message("PID|1")
        #expect(HL7v2File(one + one + one).messageCount == 3)
        #expect(HL7v2File([0x0B] + one + [0x1C, 0x0D, 0x0B] + one + [0x1C]).messageCount == 2)
        #expect(messages(one).map(\.kind) == [.message(isEnded: true, isFramed: .none)])
    }

    @Test("batch envelopes stand apart from their messages (PITFALLS 5)")
    func batch() {
        let one = message("PID|1")
        let lines = { (text: String) in Array((text + "\r").utf8) }
        let bytes =
            lines("FHS|^~\\&|A") + lines("BHS|^~\\&|A") + one + one + lines("BTS|2")
            + lines("FTS|1")
        let envelopes = HL7v2File(bytes).parts.compactMap { part -> String? in
            if case .envelope(let name) = part.kind { return name.description }
            return nil
        }
        #expect(envelopes == ["FHS", "BHS", "BTS", "FTS"])
        #expect(messages(bytes).count == 2)
        for part in messages(bytes) { #expect(part.range.count == one.count - 1) }
    }

    @Test("one bad message does not hide the next (PITFALLS 5)")
    func badMessage() {
        let bytes = Array("MSH|^^^^|broken\rPID|1\r".utf8) + message("PID|2")
        #expect(messages(bytes).count == 2)
    }

    @Test("a word that starts with MSH starts no message")
    func mshInText() {
        let bytes = message("OBX|1|TX|N||see\rMSHTA unit\rMSH report||||||F")
        #expect(messages(bytes).count == 1)
    }

    @Test("what is no HL7 v2 is stray, not dropped, and not recognised")
    func stray() {
        let bytes = Array("{\"resourceType\":\"Bundle\"}".utf8)
        #expect(HL7v2File(bytes).parts.map(\.kind) == [.stray])
        #expect(!HL7v2File.recognises(bytes))
        #expect(HL7v2File.recognises([0x0B] + message()))
        #expect(HL7v2File([]).parts.isEmpty)
    }
}
