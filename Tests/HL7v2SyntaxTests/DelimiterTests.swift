import HL7v2Syntax
import PortalTestKit
import Testing

/// TESTING (a) 3: delimiters as a message declares them, whatever they are.
@Suite("Delimiters")
struct DelimiterTests {
    @Test("all 256 values in each place of MSH-1 and MSH-2 are read or refused", arguments: 3...8)
    func everyValue(place: Int) {
        var refused = 0
        for value in UInt8.min...UInt8.max {
            var bytes = message("PID|1||T1^^^N&2.999&ISO^MR~T2||TEST\\T\\ER^ANN")
            bytes[place] = value
            if !Laws.hold(forMessage: bytes[...], "value \(value)") { refused += 1 }
            Laws.hold(forFile: bytes, "value \(value)")
        }
        // Letters, digits, space, line ends, frames: none divides anything.
        #expect(place > 7 || refused >= 62)
    }

    @Test("letters, digits, spaces and framing bytes are refused as delimiters")
    func unusable() {
        for byte in Array("aZ09 \t\u{0B}\u{0C}\u{1C}\u{0}\u{7F}".utf8) {
            var bytes = message()
            bytes[5] = byte
            #expect(throws: HL7v2SyntaxError.self, "byte \(byte)") {
                try HL7v2Message.read(bytes[...])
            }
        }
    }

    @Test("a refusal says where and what to do, and nothing of what the message holds")
    func refusalsHoldNoText() throws {
        let bytes = Array("MSH|CANARY|".utf8)
        let error = #expect(throws: HL7v2SyntaxError.self) { try HL7v2Message.read(bytes[...]) }
        let text = try #require(error).description
        #expect(text.contains("delimiter-unusable at MSH-2, byte 4"))
        #expect(!text.contains("CANARY") && !text.contains("C^"))
    }

    @Test("a delimiter declared twice is refused")
    func repeated() {
        for header in ["MSH|^^\\&|", "MSH|^~\\~|", "MSH|^~&&|"] {
            #expect(throws: HL7v2SyntaxError.self) {
                try HL7v2Message.read(Array(header.utf8)[...])
            }
        }
    }

    @Test("a header that ends before its delimiters is refused")
    func tooShort() {
        for header in ["", "M", "MS", "MSH", "MSH|", "MSH||", "MSH|\r"] {
            #expect(throws: HL7v2SyntaxError.self) {
                try HL7v2Message.read(Array(header.utf8)[...])
            }
        }
    }

    @Test("MSH-2 may be short: what it does not declare divides nothing")
    func shortMSH2() throws {
        let tree = try HL7v2Message.read(Array("MSH|^|A~B&C\\F\\\rPID|x~y^z\r".utf8)[...])
        #expect(tree.delimiters.repetition == nil)
        #expect(tree.delimiters.escape == nil)
        let field = try #require(tree.field(1, 1))
        #expect(tree.split(field, by: tree.delimiters.repetition) == [field])
        #expect(tree.text(try #require(tree.field(0, 3))) == "A~B&C\\F\\")
    }

    @Test("a combining mark behind a delimiter hides nothing (PITFALLS 0.3)")
    func combiningMarks() throws {
        for mark in ["\u{301}", "\u{FE0F}", "\u{200D}"] {
            let bytes = message("PID|1|\(mark)a^\(mark)b|\(mark)\r\(mark)OBX|\(mark)1")
            let tree = try HL7v2Message.read(bytes[...])
            let field = try #require(tree.field(1, 2))
            #expect(Array(tree.slice(field)) == Array("\(mark)a^\(mark)b".utf8))
            #expect(tree.split(field, by: tree.delimiters.component).count == 2)
            #expect(tree.fieldCount(1) == 4)
        }
    }

    @Test("a second header further down has its own separator as its first field")
    func secondHeader() throws {
        let bytes = message("MSH|^~\\&|OTHER", "BHS|^~\\&|B", "MSH")
        let tree = try HL7v2Message.read(bytes[...])
        for segment in 1...2 {
            let separator = try #require(tree.field(segment, 1))
            #expect(separator.lowerBound == tree.range(segment).lowerBound + 3)
            #expect(tree.text(separator) == "|")
            #expect(tree.fieldCount(segment) == 3)
        }
        #expect(tree.text(try #require(tree.field(1, 3))) == "OTHER")
        #expect(tree.fieldCount(3) == 0)
        #expect(tree.field(3, 1) == nil)
    }
}
