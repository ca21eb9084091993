import PortalBytes
import Testing
import XMLSyntax

@Suite("The tree and its places")
struct TreeTests {
    static let sample = """
        <?xml version="1.0" encoding="UTF-8"?>
        <!-- one -->
        <letter xmlns="urn:a" xmlns:b="urn:b" id="7" b:kind='x &lt; "y"'>
          <line>CRP &lt;0.01 &#xB5;g ≤ 5 &amp; rising</line>
          <line/>
          <b:line flag="">plain<![CDATA[ <raw> & ]]>tail</b:line><?note me?>
          <line><line>inner</line></line>
        </letter>
        <!-- behind -->

        """

    @Test("names, namespaces, values and one-based paths")
    func names() throws {
        let document = try XMLDocument.read(Array(Self.sample.utf8)[...])
        let root = document.root
        #expect(document.name(of: root) == XMLName(namespace: "urn:a", local: "letter"))
        #expect(document.attribute("id", of: root)?.value == "7")
        let kind = try #require(document.attribute("kind", of: root, namespace: "urn:b"))
        #expect(kind.value == #"x < "y""#)
        #expect(document.attribute("kind", of: root) == nil)
        let lines = document.children("line", of: root)
        #expect(lines.count == 3)
        #expect(document.string(of: lines[0]) == "CRP <0.01 µg ≤ 5 & rising")
        #expect(document.path(of: lines[2]) == "/letter/line[3]")
        let inner = try #require(document.child("line", of: lines[2]))
        #expect(document.path(of: inner) == "/letter/line[3]/line")
        #expect(document.parent(of: inner) == lines[2])
        let other = try #require(document.child("line", of: root, namespace: "urn:b"))
        #expect(document.string(of: other) == "plain <raw> & tail")
        #expect(document.path(of: other) == "/letter/line")
        #expect(document.attribute("flag", of: other)?.value == "")
        #expect(document.remarks.count == 3)
        Laws.cover(document, nil)
    }

    @Test("each place is where the bytes are, in every character set")
    func places() throws {
        let plain = TreeTests.sample.replacing("encoding=\"UTF-8\"", with: "")
        let latin = plain.replacing("?>\n<!-- one", with: " encoding='ISO-8859-1'?>\n<!-- one")
            .replacing("≤", with: "±")
        for (name, bytes) in [
            ("utf8", Array(plain.utf8)),
            ("utf8 with mark", [0xEF, 0xBB, 0xBF] + Array(plain.utf8)),
            ("utf16le", utf16(plain, bigEndian: false, mark: true)),
            ("utf16be", utf16(plain, bigEndian: true, mark: true)),
            ("utf16le bare", utf16(plain, bigEndian: false, mark: false)),
            ("utf16be bare", utf16(plain, bigEndian: true, mark: false)),
            ("latin1", latin.unicodeScalars.map { UInt8($0.value) }),
        ] {
            let document = try XMLDocument.read(bytes[...])
            Laws.cover(document, Comment(rawValue: name))
            let unit = document.bytesOfASCII
            let line = try #require(document.child("line", of: document.root))
            let tag = document.startTag(of: line)
            #expect(tag.count == 6 * unit, "\(name)")
            let text = try #require(document.texts(of: line).first)
            #expect(!text.isAsWritten)
            // "CRP &lt;0.01 &#xB5;g ≤ 5 &amp; rising" in the units of the set.
            let characters = document.encoding == .utf8 ? 39 : 37
            #expect(text.range.count == characters * unit, "\(name)")
            #expect(document.endTag(of: line).lowerBound == text.range.upperBound, "\(name)")
            let id = try #require(document.attribute("id", of: document.root))
            #expect(id.range.count == unit, "\(name)")
            #expect(bytes[id.range].contains(UInt8(ascii: "7")), "\(name)")
        }
    }

    @Test("places behind characters of three and four bytes")
    func longCharacters() throws {
        let text = "<a><b>\u{1F489}€</b><c d=\"\u{1F489}\">x</c></a>"
        for bytes in [
            Array(text.utf8), utf16(text, bigEndian: true, mark: false),
            utf16(text, bigEndian: false, mark: true),
        ] {
            let document = try XMLDocument.read(bytes[...])
            Laws.cover(document, nil)
            let last = try #require(document.child("c", of: document.root))
            let place = try #require(document.texts(of: last).first)
            #expect(bytes[place.range].contains(UInt8(ascii: "x")))
            #expect(place.range.count == document.bytesOfASCII)
            #expect(document.attribute("d", of: last)?.value == "\u{1F489}")
        }
    }

    @Test("line ends become one, and text without references is not copied")
    func lineEnds() throws {
        let document = try XMLDocument.read(Array("<a>1\r\n2\r3\n4</a>".utf8)[...])
        #expect(document.string(of: document.root) == "1\n2\n3\n4")
        let plain = try XMLDocument.read(Array("<a>1\n2</a>".utf8)[...])
        #expect(plain.texts(of: plain.root).first?.isAsWritten == true)
    }

    @Test("CDATA sections of every shape are one text with what is around them")
    func sections() throws {
        for (source, value) in [
            ("<![CDATA[]]>", ""), ("a<![CDATA[]]>", "a"), ("<![CDATA[]]>b", "b"),
            ("<![CDATA[<![CDATA[]]>", "<![CDATA["), ("<![CDATA[a]]><![CDATA[b]]>", "ab"),
            ("a<![CDATA[<b>]]>c<![CDATA[]] >]]>", "a<b>c]] >"), ("<![CDATA[]]]]>", "]]"),
        ] {
            let document = try XMLDocument.read(Array("<a>\(source)<b/></a>".utf8)[...])
            #expect(document.string(of: document.root) == value, "\(source)")
            Laws.cover(document, Comment(rawValue: source))
        }
    }

    @Test("a text over the pieces' borders stays whole, whatever stands at the border")
    func pieces() throws {
        let piece = 256 << 10
        for ending in ["é", "\u{1F489}", "\r\n", "&lt;", "\r", "]]&gt;", "<!-- x -->"] {
            for shift in 0..<8 {
                let padding = String(repeating: "x", count: piece - shift)
                let source = "<a>" + padding + ending + "y</a>"
                let document = try XMLDocument.read(Array(source.utf8)[...])
                let read = document.string(of: document.root)
                let wanted = ["\r\n": "\n", "\r": "\n", "&lt;": "<", "]]&gt;": "]]>"][ending]
                let end = (ending.hasPrefix("<!") ? "" : wanted ?? ending) + "y"
                #expect(read.utf8.count == padding.utf8.count + end.utf8.count)
                #expect(read.hasSuffix(end), "\(ending.unicodeScalars.map(\.value)), \(shift)")
                Laws.cover(document, nil)
            }
        }
    }

    @Test("siblings are counted by name and parent, over many parents")
    func ordinals() throws {
        let text = "<a><b><c/><b/><c/></b><c/><b><c/></b><b/></a>"
        let document = try XMLDocument.read(Array(text.utf8)[...])
        var paths: [String] = []
        var queue = [document.root]
        while let element = queue.popLast() {
            paths.append(document.path(of: element))
            queue += document.children(of: element).reversed()
        }
        #expect(
            paths == [
                "/a", "/a/b", "/a/b/c", "/a/b/b", "/a/b/c[2]", "/a/c", "/a/b[2]", "/a/b[2]/c",
                "/a/b[3]",
            ]
        )
    }

    /// libxml2 hands on `&` in attributes as `&#38;`.
    @Test(
        "attribute values: references resolved once, white space made spaces",
        arguments: [
            ("&amp;", "&"), ("&#38;", "&"), ("&#x26;", "&"), ("&amp;#38;", "&#38;"),
            ("&amp;amp;lt;", "&amp;lt;"), ("a &amp; b &lt; c", "a & b < c"), ("&#38;#38;", "&#38;"),
            ("&quot;&apos;&gt;", "\"'>"), ("a\tb\nc\r\nd", "a b c d"), ("&#10;&#9;", "\n\t"),
            ("&#128137;µ≤", "\u{1F489}µ≤"), ("", ""), (" x ", " x "),
        ]
    )
    func attributeValues(_ written: String, _ value: String) throws {
        for quote in ["'", "\""] {
            let text = "<a b=\(quote)\(written)\(quote) c=''>\(written)</a>"
            let document = try XMLDocument.read(Array(text.utf8)[...])
            let attribute = try #require(document.attribute("b", of: document.root))
            #expect(attribute.value == value)
            #expect(attribute.range == 6..<(6 + written.utf8.count))
        }
    }

    @Test("an element of another document is answered, not trapped on")
    func strangers() throws {
        let large = try XMLDocument.read(Array(Self.sample.utf8)[...])
        let small = try XMLDocument.read(Array("<a>x</a>".utf8)[...])
        for element in large.children(of: large.root) {
            _ = small.path(of: element)
            _ = small.string(of: element)
            #expect(small.attributes(of: element).isEmpty)
            for text in large.texts(of: element) { _ = small.string(of: text) }
        }
    }

    @Test("many threads read at once")
    func threads() async {
        await withTaskGroup(of: String.self) { group in
            for number in 0..<32 {
                group.addTask {
                    let text = "<a>" + String(repeating: "<b c='\(number)'>&amp;</b>", count: 500)
                    return outcome(Array((text + "</a>").utf8))
                }
            }
            for await result in group { #expect(result == "read") }
        }
    }
}
