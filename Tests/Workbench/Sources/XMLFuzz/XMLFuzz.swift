// The libFuzzer target of the XML syntax and of its C; the script `fuzz` compiles both.
//
// Oracle: a document is refused at a byte of it with a path, or its tags, texts and remarks lie side
// by side from the root's first byte to its last, attributes inside their tags, and what is said to
// be as written is; the root's name is known from the beginning alone.

import PortalBytes
import XMLSyntax

/// Entry point that libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let bytes = input(start, count) else { return 0 }
    check(bytes)
    // The same bytes inside an element, in two character sets.
    let latin = "<?xml version='1.0' encoding='ISO-8859-1'?>"
    let declaration = bytes.count % 2 == 0 ? "" : latin
    check(Array((declaration + "<a xmlns='u' xmlns:p='v'>").utf8) + bytes + Array("</a>".utf8))
    return 0
}

private func check(_ bytes: [UInt8]) {
    // A slice that does not start at zero: places are the document's own.
    let slice = ([0x20] + bytes).dropFirst()
    let limits = Limits(nodesMax: 2000, attributesMax: 2000)
    let name = XMLDocument.rootName(slice)
    let document: XMLDocument
    do throws(XMLSyntaxError) {
        document = try XMLDocument.read(slice, limits: limits)
    } catch {
        demand(error.offset >= 0 && error.offset <= bytes.count, "a refusal at no byte")
        // By bytes: a name may begin with a mark that joins the slash before it to one character.
        demand(error.path.utf8.first == UInt8(ascii: "/"), "a refusal without a path")
        return
    }
    demand(name == document.name(of: document.root), "the root is named otherwise")
    demand(Array(document.bytes) == bytes, "the bytes were changed")
    cover(document, bytes)
}

private func cover(_ document: XMLDocument, _ bytes: [UInt8]) {
    var parts: [Range<Int>] = []
    var queue = [document.root]
    while let element = queue.popLast() {
        let tag = document.startTag(of: element)
        parts += [tag, document.endTag(of: element)]
        for text in document.texts(of: element) {
            parts.append(text.range)
            checkText(document, text, bytes)
        }
        for child in document.children(of: element) {
            demand(document.parent(of: child) == element, "a child of another")
            queue.append(child)
        }
        for attribute in document.attributes(of: element) {
            demand(
                attribute.range.lowerBound > tag.lowerBound
                    && attribute.range.upperBound < tag.upperBound,
                "an attribute outside its tag"
            )
        }
        demand(
            document.path(of: element).utf8.first == UInt8(ascii: "/"),
            "an element without a path"
        )
    }
    let whole = document.range(of: document.root)
    demand(whole.lowerBound >= 0 && whole.upperBound <= bytes.count, "a root outside its document")
    for remark in document.remarks {
        demand(remark.lowerBound >= 0 && remark.upperBound <= bytes.count, "a remark outside")
        if remark.lowerBound >= whole.lowerBound, remark.upperBound <= whole.upperBound {
            parts.append(remark)
        }
    }
    var position = whole.lowerBound
    for part in parts.filter({ !$0.isEmpty }).sorted(by: { $0.lowerBound < $1.lowerBound }) {
        demand(part.lowerBound == position, "parts do not tile")
        position = part.upperBound
    }
    demand(position == whole.upperBound, "parts do not cover the root")
}

private func checkText(_ document: XMLDocument, _ text: XMLText, _ bytes: [UInt8]) {
    demand(text.range.lowerBound >= 0 && text.range.upperBound <= bytes.count, "a text outside")
    let value = document.utf8(of: text)
    demand(document.string(of: text).utf8.elementsEqual(value), "a text is no UTF-8")
    if document.encoding == .utf8, text.isAsWritten {
        demand(bytes[text.range] == value, "a text is not as written")
    }
}
