public import PortalRecord
public import XMLSyntax

/// Text with mark-up as a letter holds it: as plain text, and as XHTML that is safe to show.
///
/// - Shape: an allow-list decides, never a list of what is bad (PITFALLS failures 17 and 18). Its
///   elements are kept without attributes, `colspan` and `rowspan` of digits alone excepted. Other
///   elements go and their text stays; what is no text to a reader (scripts, styles, embedded
///   things) goes as a whole. Whatever goes is a finding.
/// - Rule: `<`, `&`, `µ` and `≤` survive both forms (PITFALLS failure 3).
public struct XMLNarrative: Hashable, Sendable {
    /// The text alone: a line for each paragraph, item and row, a tab between cells, `^` before
    /// what is raised.
    public let text: String
    /// The text with the mark-up of the allow-list.
    public let xhtml: String
    /// What was left out, and where it stands.
    public let findings: [Diagnostic]
    /// Where the text stands that was kept.
    let kept: [XMLText]
    /// The elements of the allow-list, and those whose text alone was kept.
    let read: [XMLElement]
    /// The `colspan` and `rowspan` that were kept, and attributes known to be layout.
    let spans: [Range<Int>]

    /// Reads what an element holds; the element itself is not part of it.
    ///
    /// - Parameters:
    ///   - element: The element that holds the narrative.
    ///   - document: Its document.
    ///   - findingsMax: How many findings to keep.
    public init(_ element: XMLElement, in document: XMLDocument, findingsMax: Int = 200) {
        self.init(element, in: document, findingsMax: findingsMax, layout: [])
    }

    /// Reads what an element holds, where some attributes are known to be layout: they go as
    /// ever, and are no finding.
    init(
        _ element: XMLElement,
        in document: XMLDocument,
        findingsMax: Int,
        layout: Set<String>
    ) {
        var writer = NarrativeWriter(document, findingsMax: findingsMax, layout: layout)
        writer.write(element)
        text = writer.plainText
        xhtml = writer.xhtml
        findings = writer.findings
        kept = writer.kept
        read = writer.read
        spans = writer.spans
    }
}

/// Which elements are kept, which give their text only, and which go as a whole.
enum NarrativeTable {
    /// Kept, by the name that they are written under: those of XHTML and of CDA's narrative.
    static let kept: [String: String] = [
        "p": "p", "br": "br", "ul": "ul", "ol": "ol", "li": "li", "table": "table",
        "thead": "thead", "tbody": "tbody", "tr": "tr", "td": "td", "th": "th", "b": "b", "i": "i",
        "em": "em", "strong": "strong", "sub": "sub", "sup": "sup", "caption": "caption",
        "paragraph": "p", "list": "ul", "item": "li",
    ]
    /// Not kept, their text is: containers that mean nothing by themselves.
    static let containers: Set<String> = [
        "div", "span", "text", "content", "section", "tfoot", "colgroup", "col", "footnote",
        "footnoteRef", "linkHtml", "h1", "h2", "h3", "h4", "h5", "h6", "html", "body",
    ]
    /// Not kept with all that they hold: no reader would see it as text.
    static let dropped: Set<String> = [
        "script", "style", "head", "template", "noscript", "iframe", "frame", "frameset", "object",
        "embed", "applet", "svg", "math", "img", "image", "picture", "video", "audio", "canvas",
        "form", "input", "button", "select", "textarea", "link", "meta", "base",
        "renderMultiMedia", "observationMedia",
    ]
    /// Those that begin a line of their own.
    static let lines: Set<String> = [
        "p", "ul", "ol", "li", "table", "thead", "tbody", "tr", "caption", "div", "h1", "h2", "h3",
        "h4", "h5", "h6", "section", "tfoot",
    ]
}

/// Writes a narrative in both forms, walking its elements once.
private struct NarrativeWriter {
    let document: XMLDocument
    let findingsMax: Int
    let layout: Set<String>
    private var marked: [UInt8] = []
    private var plain: [UInt8] = []
    private(set) var findings: [Diagnostic] = []
    private(set) var kept: [XMLText] = []
    private(set) var read: [XMLElement] = []
    private(set) var spans: [Range<Int>] = []
    /// Whether white space was met that no word has followed yet.
    private var isSpaceDue = false
    /// Whether a space would stand at the start of a line or cell.
    private var isAtStart = true
    private var isLineEmpty = true
    /// Cells of the row so far, and how many cells hold what is being written.
    private var cellCount = 0
    private var cellDepth = 0

    init(_ document: XMLDocument, findingsMax: Int, layout: Set<String>) {
        self.document = document
        self.findingsMax = findingsMax
        self.layout = layout
    }

    var plainText: String { String(decoding: XMLReading.trim(plain[...]), as: UTF8.self) }

    var xhtml: String { String(decoding: marked, as: UTF8.self) }

    mutating func write(_ element: XMLElement) {
        if document.children(of: element).isEmpty {
            // No mark-up: the lines are the sender's.
            for text in document.texts(of: element) {
                kept.append(text)
                let value = document.utf8(of: text)
                plain += value
                escape(value)
            }
        } else {
            content(of: element)
        }
    }

    /// INVARIANT: no deeper than the document, whose depth has a limit.
    private mutating func content(of element: XMLElement) {
        for node in document.nodes(in: element) {
            switch node {
            case .text(let text):
                kept.append(text)
                words(document.utf8(of: text))
            case .element(let child): self.element(child)
            }
        }
    }

    private mutating func element(_ element: XMLElement) {
        let name = document.name(of: element).local
        if NarrativeTable.dropped.contains(name)
            || NarrativeTable.dropped.contains(name.lowercased())
        {
            note("narrative-element-removed", element)
            return
        }
        read.append(element)
        let tag = written(name, element)
        let isLine = NarrativeTable.lines.contains(tag ?? name)
        if tag == nil, !NarrativeTable.containers.contains(name) {
            note("narrative-element-unwrapped", element, severity: .note)
        }
        if tag == "br" {
            marked += "<br/>".utf8
            newLine()
            attributes(of: element, keeping: false)
            return
        }
        if isLine { newLine() }
        let isCell = tag == "td" || tag == "th"
        if tag == "tr" { row() }
        // A note at the foot is no part of the word that it stands behind.
        if name == "footnote" { isSpaceDue = true }
        if isCell { cell() }
        if let tag {
            if isSpaceDue, !isLine { space() }
            marked += "<".utf8
            marked += tag.utf8
            attributes(of: element, keeping: isCell)
            marked += ">".utf8
        } else {
            attributes(of: element, keeping: false)
        }
        // 10⁹ without its raised figure would read as 109.
        if tag == "sup" { plain += "^".utf8 }
        // What its author struck out must not read as if it stood.
        let isStruck = isStruck(element, name)
        if isStruck { words(Array("[deleted: ".utf8)[...]) }
        cellDepth += isCell ? 1 : 0
        content(of: element)
        if isStruck { words(Array("]".utf8)[...]) }
        cellDepth -= isCell ? 1 : 0
        if let tag {
            marked += "</".utf8
            marked += tag.utf8
            marked += ">".utf8
        }
        if name == "footnote" { isSpaceDue = true }
        if isLine { newLine() }
    }

    /// The name that an element is written under; nil where only its text is.
    private func written(_ name: String, _ element: XMLElement) -> String? {
        guard name == "list" else { return NarrativeTable.kept[name] }
        return document.attribute("listType", of: element)?.value == "ordered" ? "ol" : "ul"
    }

    /// - Rule: CDA R2 section 4.3.5.8, `revised` of `content`; XHTML `del`.
    private func isStruck(_ element: XMLElement, _ name: String) -> Bool {
        name == "del" || document.attribute("revised", of: element)?.value == "delete"
    }

    private mutating func attributes(of element: XMLElement, keeping: Bool) {
        for attribute in document.attributes(of: element) {
            let name = attribute.name.local
            if name == "revised", attribute.value == "delete" {
                spans.append(attribute.range)
                continue
            }
            let isSpan = attribute.name.namespace == nil && (name == "colspan" || name == "rowspan")
            let digits = attribute.value.utf8
            if keeping, isSpan, (1...3).contains(digits.count),
                digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 })
            {
                marked += (" " + name + "=\"" + attribute.value + "\"").utf8
                spans.append(attribute.range)
            } else if attribute.name.namespace == nil, layout.contains(name) {
                spans.append(attribute.range)
            } else {
                note(
                    "narrative-attribute-removed",
                    element,
                    severity: .note,
                    attribute: attribute
                )
            }
        }
    }

    // MARK: Words and lines

    private mutating func words(_ text: ArraySlice<UInt8>) {
        var start = text.startIndex
        for at in text.indices {
            switch text[at] {
            case 0x20, 0x0A, 0x0D, 0x09:
                append(text[start..<at])
                start = at + 1
                isSpaceDue = true
            default: break
            }
        }
        append(text[start...])
    }

    private mutating func append(_ word: ArraySlice<UInt8>) {
        guard !word.isEmpty else { return }
        if isSpaceDue { space() }
        plain += word
        escape(word)
        isAtStart = false
        isLineEmpty = false
    }

    private mutating func space() {
        isSpaceDue = false
        guard !isAtStart else { return }
        plain.append(0x20)
        marked.append(0x20)
    }

    /// A row stays one line, whatever its cells hold.
    private mutating func newLine() {
        guard cellDepth == 0 else {
            isSpaceDue = true
            return
        }
        isSpaceDue = false
        guard !isLineEmpty else { return }
        plain.append(0x0A)
        isAtStart = true
        isLineEmpty = true
    }

    /// A row of a table inside a cell begins a line too: its first cell would read as one word with
    /// the last cell of the row before.
    private mutating func row() {
        cellCount = 0
        guard cellDepth > 0, !isLineEmpty else { return }
        isSpaceDue = false
        plain.append(0x0A)
        isAtStart = true
        isLineEmpty = true
    }

    /// A tab between the cells of a row, empty ones too, so that columns stay columns.
    private mutating func cell() {
        isSpaceDue = false
        isAtStart = true
        if cellCount > 0 {
            plain.append(0x09)
            isLineEmpty = false
        }
        cellCount += 1
    }

    private mutating func escape(_ text: ArraySlice<UInt8>) {
        for byte in text {
            switch byte {
            case UInt8(ascii: "<"): marked += "&lt;".utf8
            case UInt8(ascii: ">"): marked += "&gt;".utf8
            case UInt8(ascii: "&"): marked += "&amp;".utf8
            case UInt8(ascii: "\""): marked += "&quot;".utf8
            case UInt8(ascii: "'"): marked += "&#39;".utf8
            default: marked.append(byte)
            }
        }
    }

    private mutating func note(
        _ code: String,
        _ element: XMLElement,
        severity: Diagnostic.Severity = .warning,
        attribute: XMLAttribute? = nil
    ) {
        guard findings.count < findingsMax else { return }
        findings.append(
            Diagnostic(
                code: code,
                location: document.path(of: element),
                severity: severity,
                offset: (attribute?.range ?? document.range(of: element)).lowerBound
            )
        )
    }
}
