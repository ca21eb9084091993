import PortalRecord
import XMLSyntax

/// The words of a resource's XHTML narrative.
///
/// - Rule: PITFALLS failures 17 and 18: text by an allow-list; what no reader would see goes.
enum FHIRNarrative {
    private static let dropped: Set<String> = [
        "script", "style", "head", "template", "noscript", "iframe", "object", "embed", "svg",
        "math", "img", "form", "input", "button", "select", "textarea",
    ]
    private static let lines: Set<String> = [
        "p", "div", "li", "tr", "br", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "dt",
        "dd", "caption", "hr", "blockquote", "pre",
    ]

    /// Plain text, a line for each paragraph, item and row, a tab between cells; markup that cannot
    /// be read stays as it is written.
    static func text(of markup: String) -> String {
        guard let document = try? XMLDocument.read(Array(entities(markup).utf8)[...]) else {
            return markup
        }
        var lines: [String] = [""]
        write(document.root, document, &lines, depth: 0)
        return lines.map { line in
            line.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
        }.filter { !$0.isEmpty && $0 != "\t" }.joined(separator: "\n")
    }

    private static func write(
        _ element: XMLElement,
        _ document: XMLDocument,
        _ lines: inout [String],
        depth: Int
    ) {
        guard depth < 128 else { return }
        for node in document.nodes(in: element) {
            switch node {
            case .text(let text):
                let words = document.string(of: text)
                let folded = words.unicodeScalars.map { scalar -> Character in
                    ["\n", "\r", "\t"].contains(scalar) ? " " : Character(scalar)
                }
                lines[lines.count - 1] += String(folded)
            case .element(let child):
                let name = document.name(of: child).local.lowercased()
                if dropped.contains(name) { continue }
                let isLine = Self.lines.contains(name)
                if isLine, lines.last?.isEmpty == false { lines.append("") }
                let isCell = name == "td" || name == "th"
                if isCell, lines.last?.isEmpty == false { lines[lines.count - 1] += "\t" }
                write(child, document, &lines, depth: depth + 1)
                if isLine, lines.last?.isEmpty == false { lines.append("") }
            }
        }
    }

    /// XHTML's own entities, which XML does not know, as the characters that they stand for.
    private static func entities(_ markup: String) -> String {
        guard markup.utf8.contains(UInt8(ascii: "&")) else { return markup }
        var text = markup
        for (name, character) in [
            ("&nbsp;", " "), ("&ndash;", "–"), ("&mdash;", "—"), ("&deg;", "°"), ("&micro;", "µ"),
            ("&pound;", "£"), ("&le;", "≤"), ("&ge;", "≥"), ("&plusmn;", "±"), ("&eacute;", "é"),
            ("&copy;", "©"), ("&reg;", "®"), ("&hellip;", "…"), ("&bull;", "•"), ("&middot;", "·"),
            ("&rsquo;", "’"), ("&lsquo;", "‘"), ("&rdquo;", "”"), ("&ldquo;", "“"),
        ] { text = text.replacing(name, with: character) }
        return text
    }
}
