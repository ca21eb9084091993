import PortalBytes
import Testing
import XMLSyntax

/// Bombs are read or refused, in time and memory that follow the input (TESTING (a) 5).
@Suite("Limits", .timeLimit(.minutes(20)))
struct LimitTests {
    private func bytes(_ head: String, _ unit: String, _ count: Int, _ tail: String) -> [UInt8] {
        var bytes = Array(head.utf8)
        let unit = Array(unit.utf8)
        bytes.reserveCapacity(bytes.count + unit.count * count + tail.utf8.count)
        for _ in 0..<count { bytes += unit }
        return bytes + Array(tail.utf8)
    }

    @Test("depth: 64 levels and no more, a million no more either, and never beyond 256")
    func depth() {
        func nested(_ levels: Int) -> [UInt8] {
            bytes("", "<a>", levels, "") + bytes("", "</a>", levels, "")
        }
        #expect(outcome(nested(64)) == "read")
        let path = String(repeating: "/a", count: 64)
        #expect(outcome(nested(65)) == "too-deep \(path) 192")
        #expect(outcome(bytes("", "<a>", 1_000_000, "")) == "too-deep \(path) 192")
        #expect(outcome(nested(256), Limits(depthMax: 256)) == "read")
        #expect(outcome(nested(257), Limits(depthMax: 1_000_000)).hasPrefix("too-deep"))
        #expect(outcome(nested(2), Limits(depthMax: 1)) == "too-deep /a 3")
    }

    @Test("100 MB of text is refused where the limit is passed, and read where it is raised")
    func text() throws {
        let large = bytes("<a>", "x", 100_000_000, "</a>")
        #expect(outcome(large).hasPrefix("text-too-large /a"))
        let smaller = large[..<20_000_000] + Array("</a>".utf8)
        let raised = Limits(textBytesMax: 19_999_997)
        let document = try XMLDocument.read(smaller, limits: raised)
        #expect(document.texts(of: document.root).map(\.range) == [3..<20_000_000])
        #expect(outcome(Array(smaller), Limits(textBytesMax: 19_999_996)).hasPrefix("text-too"))
        #expect(outcome(large, Limits(messageBytesMax: 1 << 20)) == "document-too-large / 0")
        let references = bytes("<a>", "&#120;", 2_000_000, "</a>")
        #expect(outcome(references) == "read")
        #expect(outcome(references, Limits(textBytesMax: 1000)).hasPrefix("text-too-large /a"))
    }

    @Test("a file of 50 MB in base64, with line ends of two bytes, is read")
    func attachment() {
        let line = String(repeating: "QUJD", count: 19) + "\r\n"
        #expect(outcome(bytes("<a>", line, 880_000, "</a>")) == "read")
    }

    @Test("elements, texts and comments are counted together")
    func nodes() {
        #expect(outcome(bytes("<a>", "<b/>", 499_999, "</a>")) == "read")
        let more = bytes("<a>", "<b/>", 500_000, "</a>")
        #expect(outcome(more) == "too-many-nodes /a 1999999")
    }

    @Test("attributes: 512 on one element, and not a million")
    func attributes() {
        func tag(_ count: Int) -> [UInt8] {
            Array("<a".utf8) + (0..<count).flatMap { Array(" a\($0)=''".utf8) } + Array("/>".utf8)
        }
        #expect(outcome(tag(512)) == "read")
        #expect(outcome(tag(513)) == "too-many-attributes / 0")
        #expect(outcome(tag(1_000_000)) == "too-many-attributes / 0")
        // Not well formed, so that libxml2 stops where the count does.
        #expect(outcome(bytes("<a", " a=b", 1_000_000, "/>")).hasPrefix("not-well-formed"))
        let many = bytes("<a>", "<b c='' d=''/>", 300_000, "</a>")
        #expect(outcome(many) == "read")
        #expect(outcome(many, Limits(attributesMax: 3)) == "too-many-attributes /a 17")
        // Quotes in text are none of a tag's.
        #expect(outcome(bytes("<a>", "\"'", 10_000, "</a>")) == "read")
    }

    @Test("namespaces in force at once, and different names, have an end")
    func names() {
        let declared = (0..<300).map { " xmlns:p\($0)='u\($0)'" }.joined()
        #expect(outcome("<a\(declared)/>") == "too-many-attributes / 0")
        let others = (0..<66_000).map { "<n\($0)/>" }.joined()
        #expect(outcome("<a>\(others)</a>").hasPrefix("too-many-names /a"))
    }

    @Test("one tag, name, value or comment of many megabytes is refused or read, in linear time")
    func longMarks() {
        let long = String(repeating: "x", count: 12_000_000)
        #expect(outcome("<a b='\(long)'/>").hasPrefix("too-long-for-reader"))
        #expect(outcome("<\(long)/>").hasPrefix("too-long-for-reader"))
        #expect(outcome("<a><!--\(long)--></a>").hasPrefix("too-long-for-reader"))
        #expect(outcome("<a><![CDATA[\(long)]]></a>").hasPrefix("too-long-for-reader"))
        #expect(outcome("<a><![CDATA[\(long)").hasPrefix("too-long-for-reader"))
        #expect(outcome("<a><!--\(long)") != "read")
        #expect(outcome("<a b='\(long)") != "read")
        let shorter = long.prefix(8_000_000)
        #expect(outcome("<a><!--\(shorter)--><![CDATA[\(shorter)]]></a>") == "read")
    }
}
