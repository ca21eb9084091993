internal import PortalBytes

/// Reads a JSON text once, from left to right, without recursion.
struct JSONScanner {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let depthMax: Int
    private var at = 0
    private var nodes: [JSONDocument.Node] = []
    /// The open arrays and objects, innermost last.
    private var open: [Int] = []

    init(_ bytes: UnsafeBufferPointer<UInt8>, depthMax: Int) {
        self.bytes = bytes
        self.depthMax = depthMax
        nodes.reserveCapacity(bytes.count / 12 + 4)
    }

    private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

    private mutating func skipSpace() {
        while at < bytes.count {
            switch bytes[at] {
            case 0x20, 0x0A, 0x0D, 0x09: at += 1
            default: return
            }
        }
    }

    mutating func scan() throws(JSONSyntaxError) -> [JSONDocument.Node] {
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
            throw JSONSyntaxError(.byteOrderMark, at: 0)
        }
        skipSpace()
        guard at < bytes.count else { throw JSONSyntaxError(.empty, at: at) }
        try value()
        while let container = open.last {
            try rest(of: container)
        }
        skipSpace()
        guard at == bytes.count else { throw JSONSyntaxError(.trailingBytes, at: at) }
        return nodes
    }

    /// Goes on inside the innermost container: its end, or its next member.
    private mutating func rest(of container: Int) throws(JSONSyntaxError) {
        skipSpace()
        let isObject = nodes[container].kind == .object
        let isFirst = nodes.count == container + 1
        guard let byte = next else { throw JSONSyntaxError(.endMissing, at: at) }
        if byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
            at += 1
            close(container)
            if isObject { try checkKeys(container) }
            return
        }
        if !isFirst {
            guard byte == UInt8(ascii: ",") else { throw JSONSyntaxError(.unexpectedByte, at: at) }
            at += 1
            skipSpace()
        }
        if isObject {
            guard next == UInt8(ascii: "\"") else {
                throw JSONSyntaxError(next == nil ? .endMissing : .unexpectedByte, at: at)
            }
            try string()
            skipSpace()
            guard next == UInt8(ascii: ":") else {
                throw JSONSyntaxError(next == nil ? .endMissing : .unexpectedByte, at: at)
            }
            at += 1
            skipSpace()
        }
        try value()
    }

    private mutating func close(_ container: Int) {
        nodes[container].end = UInt32(truncatingIfNeeded: at)
        nodes[container].next = UInt32(truncatingIfNeeded: nodes.count)
        open.removeLast()
    }

    private mutating func value() throws(JSONSyntaxError) {
        guard let byte = next else { throw JSONSyntaxError(.endMissing, at: at) }
        switch byte {
        case UInt8(ascii: "{"): try begin(.object)
        case UInt8(ascii: "["): try begin(.array)
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "t"): try word("true", .bool)
        case UInt8(ascii: "f"): try word("false", .bool)
        case UInt8(ascii: "n"): try word("null", .null)
        case UInt8(ascii: "-"), 0x30...0x39: try number()
        default: throw JSONSyntaxError(.unexpectedByte, at: at)
        }
    }

    private mutating func begin(_ kind: JSONDocument.Kind) throws(JSONSyntaxError) {
        guard open.count < depthMax else { throw JSONSyntaxError(.tooDeep, at: at) }
        open.append(nodes.count)
        append(kind, from: at)
        at += 1
    }

    private mutating func append(
        _ kind: JSONDocument.Kind,
        from start: Int,
        isEscaped: Bool = false
    ) {
        nodes.append(
            JSONDocument.Node(
                kind: kind,
                isEscaped: isEscaped,
                start: UInt32(truncatingIfNeeded: start),
                end: UInt32(truncatingIfNeeded: at),
                next: UInt32(truncatingIfNeeded: nodes.count + 1)
            )
        )
    }

    private mutating func word(
        _ word: StaticString,
        _ kind: JSONDocument.Kind
    ) throws(JSONSyntaxError) {
        let start = at
        for index in 0..<word.utf8CodeUnitCount {
            guard let byte = next else { throw JSONSyntaxError(.endMissing, at: at) }
            guard byte == word.utf8Start[index] else {
                throw JSONSyntaxError(.unexpectedByte, at: at)
            }
            at += 1
        }
        append(kind, from: start)
    }

    private mutating func digits() throws(JSONSyntaxError) {
        let start = at
        while let byte = next, byte >= 0x30, byte <= 0x39 { at += 1 }
        guard at > start else { throw JSONSyntaxError(.numberMalformed, at: at) }
    }

    private mutating func number() throws(JSONSyntaxError) {
        let start = at
        if next == UInt8(ascii: "-") { at += 1 }
        if next == 0x30 {
            at += 1
            if let byte = next, byte >= 0x30, byte <= 0x39 {
                throw JSONSyntaxError(.numberMalformed, at: at)
            }
        } else {
            try digits()
        }
        if next == UInt8(ascii: ".") {
            at += 1
            try digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            at += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { at += 1 }
            try digits()
        }
        append(.number, from: start)
    }

    // MARK: Strings

    private mutating func string() throws(JSONSyntaxError) {
        let start = at
        var isEscaped = false
        at += 1
        while true {
            guard at < bytes.count else { throw JSONSyntaxError(.endMissing, at: at) }
            let byte = bytes[at]
            if byte == UInt8(ascii: "\"") { break }
            if byte == UInt8(ascii: "\\") {
                isEscaped = true
                try escape()
            } else if byte < 0x20 {
                throw JSONSyntaxError(.controlCharacter, at: at)
            } else if byte < 0x80 {
                at += 1
            } else {
                try character()
            }
        }
        at += 1
        append(.string, from: start, isEscaped: isEscaped)
    }

    private mutating func escape() throws(JSONSyntaxError) {
        let start = at
        at += 1
        guard let byte = next else { throw JSONSyntaxError(.endMissing, at: at) }
        at += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return
        case UInt8(ascii: "u"):
            let unit = try hexadecimal()
            if (0xDC00...0xDFFF).contains(unit) {
                throw JSONSyntaxError(.surrogateAlone, at: start)
            }
            guard (0xD800...0xDBFF).contains(unit) else { return }
            guard next == UInt8(ascii: "\\") else {
                throw JSONSyntaxError(.surrogateAlone, at: start)
            }
            at += 1
            guard next == UInt8(ascii: "u") else {
                throw JSONSyntaxError(.surrogateAlone, at: start)
            }
            at += 1
            guard (0xDC00...0xDFFF).contains(try hexadecimal()) else {
                throw JSONSyntaxError(.surrogateAlone, at: start)
            }
        default: throw JSONSyntaxError(.escapeMalformed, at: start)
        }
    }

    private mutating func hexadecimal() throws(JSONSyntaxError) -> Int {
        var value = 0
        for _ in 0..<4 {
            guard let byte = next else { throw JSONSyntaxError(.endMissing, at: at) }
            guard let digit = JSONEscape.digit(byte) else {
                throw JSONSyntaxError(.escapeMalformed, at: at)
            }
            value = value * 16 + digit
            at += 1
        }
        return value
    }

    /// One character of two to four bytes: no overlong form, no surrogate, nothing beyond U+10FFFF.
    private mutating func character() throws(JSONSyntaxError) {
        let first = bytes[at]
        let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        guard first >= 0xC2, first <= 0xF4, at + length <= bytes.count else {
            throw JSONSyntaxError(.notUTF8, at: at)
        }
        let second = bytes[at + 1]
        let low: UInt8 = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80
        let high: UInt8 = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF
        guard second >= low, second <= high else { throw JSONSyntaxError(.notUTF8, at: at) }
        for index in (at + 2)..<max(at + length, at + 2) where bytes[index] & 0xC0 != 0x80 {
            throw JSONSyntaxError(.notUTF8, at: at)
        }
        at += length
    }

    // MARK: Keys

    /// No key twice, compared as text: an escape does not hide a repeat.
    private func checkKeys(_ container: Int) throws(JSONSyntaxError) {
        var index = container + 1
        let end = Int(nodes[container].next)
        var few: [Int] = []
        var many: Set<[UInt8]> = []
        while index < end {
            if few.count < 16, many.isEmpty {
                for other in few where key(other) == key(index) {
                    throw JSONSyntaxError(.keyRepeated, at: Int(nodes[index].start))
                }
                few.append(index)
            } else {
                if many.isEmpty { many = Set(few.map(key)) }
                guard many.insert(key(index)).inserted else {
                    throw JSONSyntaxError(.keyRepeated, at: Int(nodes[index].start))
                }
            }
            index = Int(nodes[index + 1].next)
        }
    }

    private func key(_ index: Int) -> [UInt8] {
        let node = nodes[index]
        let inside = bytes[(Int(node.start) + 1)..<(Int(node.end) - 1)]
        guard node.isEscaped else { return Array(inside) }
        return Array(JSONEscape.decode(Array(inside)[...]).utf8)
    }
}

/// What stands behind a backslash.
enum JSONEscape {
    static func digit(_ byte: UInt8) -> Int? {
        switch byte {
        case 0x30...0x39: Int(byte) - 0x30
        case 0x41...0x46: Int(byte) - 0x37
        case 0x61...0x66: Int(byte) - 0x57
        default: nil
        }
    }

    /// The text of a string that the scanner has found sound.
    static func decode(_ bytes: ArraySlice<UInt8>) -> String {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var at = bytes.startIndex
        func unit(_ from: Int) -> UInt32 {
            (from..<min(from + 4, bytes.endIndex)).reduce(0) {
                $0 * 16 + UInt32(digit(bytes[$1]) ?? 0)
            }
        }
        while at < bytes.endIndex {
            let byte = bytes[at]
            guard byte == UInt8(ascii: "\\"), at + 1 < bytes.endIndex else {
                out.append(byte)
                at += 1
                continue
            }
            let escaped = bytes[at + 1]
            at += 2
            switch escaped {
            case UInt8(ascii: "b"): out.append(0x08)
            case UInt8(ascii: "f"): out.append(0x0C)
            case UInt8(ascii: "n"): out.append(0x0A)
            case UInt8(ascii: "r"): out.append(0x0D)
            case UInt8(ascii: "t"): out.append(0x09)
            case UInt8(ascii: "u"):
                var value = unit(at)
                at += 4
                if (0xD800...0xDBFF).contains(value) {
                    value = 0x10000 + ((value - 0xD800) << 10) + (unit(at + 2) &- 0xDC00)
                    at += 6
                }
                let scalar = Unicode.Scalar(value) ?? "\u{FFFD}"
                out.append(contentsOf: String(scalar).utf8)
            default: out.append(escaped)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
