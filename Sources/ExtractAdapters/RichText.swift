import PortalBytes

/// Text of a file that is text.
enum PlainText {
    static func decode(_ bytes: ArraySlice<UInt8>, undeclared: TextEncoding) -> String {
        let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes
        let encoding: TextEncoding = TextEncoding.inspect(body).isUTF8 ? .utf8 : undeclared
        return encoding.decode(body).replacing("\r\n", with: "\n").replacing("\r", with: "\n")
    }
}

/// The plain text of a rich text file: what a reader and a search need of it, no more.
///
/// - Shape: control words are dropped, paragraph and line breaks and tabs kept, `\'xx` and `\uN`
///   decoded; groups that hold no text of the document (fonts, colours, styles, headers, pictures,
///   objects) and text that is marked as deleted are left out. Raised text stands behind `^`:
///   10⁹ is no 109.
/// - Rule: Rich Text Format Specification 1.9.1.
enum RichText {
    /// The text, and whether its character set was known wherever it went beyond ASCII.
    static func read(_ bytes: ArraySlice<UInt8>) -> (text: String, isCharsetKnown: Bool) {
        var reader = RichTextReader(bytes: Array(bytes))
        return reader.read()
    }

    /// Destinations whose groups hold no text of the document.
    static let destinations: Set<String> = [
        "fonttbl", "colortbl", "stylesheet", "filetbl", "listtable", "listoverridetable", "revtbl",
        "rsidtbl", "xmlnstbl", "info", "userprops", "docvar", "generator", "template",
        "themedata", "colorschememapping", "latentstyles", "datastore", "datafield", "pict",
        "object", "nonshppict", "shprslt", "fldinst", "bkmkstart", "bkmkend", "xe", "tc", "tcn",
        "header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf",
        "ftnsep", "ftnsepc", "ftncn", "aftnsep", "aftnsepc", "aftncn", "nonesttables",
    ]

    /// Control words that stand for a character.
    static let characters: [String: String] = [
        "emdash": "—", "endash": "–", "bullet": "•", "lquote": "‘", "rquote": "’",
        "ldblquote": "“", "rdblquote": "”", "emspace": " ", "enspace": " ", "qmspace": " ",
    ]

    /// Control words that end a line or a cell.
    static let breaks: [String: String] = [
        "par": "\n", "line": "\n", "sect": "\n", "page": "\n", "column": "\n", "row": "\n",
        "nestrow": "\n", "tab": "\t", "cell": "\t", "nestcell": "\t",
    ]
}

/// Walks a rich text file once, from left to right.
private struct RichTextReader {
    /// Whether a group's text is shown.
    enum Hiding { case shown, left, shape }

    /// Whether raised text has begun, and its sign stands.
    enum Raised { case no, begun, signed }

    struct Group {
        var hiding = Hiding.shown
        var isDeleted = false
        var raised = Raised.no
        /// Characters that stand behind a `\u` for readers that cannot show it.
        var fallback = 1
    }

    let bytes: [UInt8]
    var at = 0
    var out = ""
    var group = Group()
    /// The groups around the one at work, 256 at most; deeper ones share its state.
    var outer: [Group] = []
    var deeper = 0
    /// Characters still to leave out behind a `\u`.
    var skip = 0
    /// The first half of a character that is written in two.
    var half: UInt32?
    var isWestern = true
    var isCharsetKnown = true

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func read() -> (text: String, isCharsetKnown: Bool) {
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "{"): begin()
            case UInt8(ascii: "}"): end()
            case UInt8(ascii: "\\"): control()
            case 0x0A, 0x0D: at += 1
            default: plain()
            }
        }
        write("")
        return (out, isCharsetKnown)
    }

    private mutating func begin() {
        at += 1
        skip = 0
        if outer.count < 256 { outer.append(group) } else { deeper += 1 }
    }

    private mutating func end() {
        at += 1
        skip = 0
        if deeper > 0 {
            deeper -= 1
        } else if let around = outer.popLast() {
            let isSigned = group.raised == .signed && around.raised == .begun
            group = around
            if isSigned { group.raised = .signed }
        }
    }

    /// A stretch of bytes that are text.
    private mutating func plain() {
        var end = at
        while end < bytes.count, !isSyntax(bytes[end]) { end += 1 }
        let from = min(end, at + skip)
        skip -= from - at
        decode(bytes[from..<end])
        at = end
    }

    private func isSyntax(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "\\")
            || byte == 0x0A || byte == 0x0D
    }

    private mutating func decode(_ text: ArraySlice<UInt8>) {
        guard isShown, !text.isEmpty else { return }
        if !isWestern, !text.allSatisfy({ $0 < 0x80 }) { isCharsetKnown = false }
        write(TextEncoding.windows1252.decode(text))
    }

    private var isShown: Bool { group.hiding == .shown && !group.isDeleted }

    /// Adds text; half a character before it stands as one that is unknown.
    private mutating func write(_ text: String) {
        if half != nil {
            half = nil
            write("\u{FFFD}")
        }
        guard isShown, !text.isEmpty else { return }
        if group.raised == .begun {
            out += "^"
            group.raised = .signed
        }
        out += text
    }

    /// One character, unless it stands behind a `\u` for readers that cannot show that.
    private mutating func put(_ text: String) {
        if skip > 0 { skip -= 1 } else { write(text) }
    }

    private mutating func control() {
        at += 1
        guard at < bytes.count else { return }
        guard isLetter(bytes[at]) else { return symbol() }
        let start = at
        while at < bytes.count, isLetter(bytes[at]), at - start < 64 { at += 1 }
        let word = String(decoding: bytes[start..<at], as: UTF8.self)
        let numberStart = at
        if at < bytes.count, bytes[at] == UInt8(ascii: "-") { at += 1 }
        while at < bytes.count, bytes[at] >= 0x30, bytes[at] <= 0x39, at - numberStart < 10 {
            at += 1
        }
        let number = Int(String(decoding: bytes[numberStart..<at], as: UTF8.self))
        if at < bytes.count, bytes[at] == 0x20 { at += 1 }
        apply(word, number)
    }

    private mutating func symbol() {
        let symbol = bytes[at]
        at += 1
        switch symbol {
        case UInt8(ascii: "'"):
            guard let code = HexadecimalByte(bytes, at) else { return }
            at += 2
            if skip > 0 { skip -= 1 } else { decode([code.byte]) }
        case UInt8(ascii: "~"): put(" ")
        case UInt8(ascii: "_"): put("-")
        case UInt8(ascii: "*"): hide(.left)
        case UInt8(ascii: "\\"), UInt8(ascii: "{"), UInt8(ascii: "}"):
            put(String(Unicode.Scalar(symbol)))
        case 0x0A, 0x0D: write("\n")
        case 0x09: write("\t")
        default: break
        }
    }

    private mutating func apply(_ word: String, _ number: Int?) {
        if let character = RichText.characters[word] { return put(character) }
        if let end = RichText.breaks[word] {
            skip = 0
            return write(end)
        }
        if RichText.destinations.contains(word) { return hide(.left) }
        switch word {
        case "u": unicode(number)
        case "uc": group.fallback = max(0, min(number ?? 1, 255))
        case "bin": at += max(0, min(number ?? 0, bytes.count - at))
        case "ansicpg": isWestern = [0, 1252, 20127, 28591].contains(number ?? 0)
        case "mac", "pc", "pca": isWestern = false
        case "super":
            group.raised = number == 0 ? .no : group.raised == .signed ? .signed : .begun
        case "nosupersub", "sub": group.raised = .no
        case "deleted": group.isDeleted = number != 0
        case "plain":
            group.raised = .no
            group.isDeleted = false
        // The words of a text box stand in a group that old readers pass over.
        case "shpinst" where outer.last?.hiding == .shown: hide(.shape)
        case "shptxt" where group.hiding == .shape: group.hiding = .shown
        default: break
        }
    }

    private mutating func unicode(_ number: Int?) {
        guard let number else { return }
        skip = 0
        let value = UInt32(exactly: number < 0 ? number + 65_536 : number) ?? 0xFFFD
        if let first = half, (0xDC00...0xDFFF).contains(value) {
            half = nil
            let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (value - 0xDC00))
            write(scalar.map(String.init) ?? "\u{FFFD}")
        } else if (0xD800...0xDBFF).contains(value) {
            write("")
            half = value
        } else {
            write(Unicode.Scalar(value).map(String.init) ?? "\u{FFFD}")
        }
        skip = group.fallback
    }

    private mutating func hide(_ how: Hiding) {
        group.hiding = how
    }

    private func isLetter(_ byte: UInt8) -> Bool {
        byte >= 0x61 && byte <= 0x7A || byte >= 0x41 && byte <= 0x5A
    }
}

/// A byte in two hexadecimal digits.
private struct HexadecimalByte {
    let byte: UInt8

    init?(_ bytes: [UInt8], _ at: Int) {
        guard at + 2 <= bytes.count, let high = Self.digit(bytes[at]),
            let low = Self.digit(bytes[at + 1])
        else { return nil }
        byte = high << 4 | low
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
