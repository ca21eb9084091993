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
///   decoded; groups that hold no text of the document (fonts, colours, styles, pictures,
///   objects) are left out. Groups may stand 256 deep.
/// - Rule: Rich Text Format Specification 1.9.1.
enum RichText {
    static func text(_ bytes: ArraySlice<UInt8>) -> String {
        var reader = Reader(bytes: Array(bytes))
        return reader.read()
    }

    private struct Reader {
        let bytes: [UInt8]
        var at = 0
        var out = ""
        /// Whether each open group is left out.
        var hidden: [Bool] = [false]
        /// Bytes to leave out behind a `\u`.
        var skip = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        mutating func read() -> String {
            while at < bytes.count {
                let byte = bytes[at]
                switch byte {
                case UInt8(ascii: "{"):
                    at += 1
                    if hidden.count < 256 { hidden.append(hidden.last ?? false) }
                case UInt8(ascii: "}"):
                    at += 1
                    if hidden.count > 1 { hidden.removeLast() }
                case UInt8(ascii: "\\"): control()
                case 0x0A, 0x0D: at += 1
                default:
                    put(TextEncoding.windows1252.decode([byte]))
                    at += 1
                }
            }
            return out
        }

        mutating func put(_ text: String) {
            if skip > 0 {
                skip -= 1
            } else if hidden.last != true {
                out += text
            }
        }

        mutating func control() {
            at += 1
            guard at < bytes.count else { return }
            let first = bytes[at]
            guard isLetter(first) else {
                at += 1
                switch first {
                case UInt8(ascii: "'"):
                    let code = bytes[min(at, bytes.count)..<min(at + 2, bytes.count)]
                    at = min(at + 2, bytes.count)
                    if let value = UInt8(String(decoding: code, as: UTF8.self), radix: 16) {
                        put(TextEncoding.windows1252.decode([value]))
                    }
                case UInt8(ascii: "~"): put(" ")
                case UInt8(ascii: "*"): hide()
                case UInt8(ascii: "\\"), UInt8(ascii: "{"), UInt8(ascii: "}"):
                    put(String(Unicode.Scalar(first)))
                default: break
                }
                return
            }
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

        mutating func apply(_ word: String, _ number: Int?) {
            switch word {
            case "par", "line", "sect", "page", "row": put("\n")
            case "tab", "cell": put("\t")
            case "emdash": put("—")
            case "endash": put("–")
            case "bullet": put("•")
            case "lquote", "rquote": put("’")
            case "ldblquote", "rdblquote": put("\"")
            case "u":
                guard let number else { return }
                let value = number < 0 ? number + 65_536 : number
                if let scalar = UInt32(exactly: value).flatMap(Unicode.Scalar.init) {
                    put(String(scalar))
                }
                skip = 1
            case "fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "header", "footer",
                "themedata", "datastore":
                hide()
            case "bin":
                at = min(bytes.count, at + max(0, min(number ?? 0, bytes.count)))
            default: break
            }
        }

        mutating func hide() {
            if !hidden.isEmpty { hidden[hidden.count - 1] = true }
        }

        func isLetter(_ byte: UInt8) -> Bool {
            byte >= 0x61 && byte <= 0x7A || byte >= 0x41 && byte <= 0x5A
        }
    }
}
