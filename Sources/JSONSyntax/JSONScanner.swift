internal import PortalBytes

/// Reads a JSON text once, from left to right, without recursion.
///
/// Eight bytes at a time where most bytes are plain: the blanks of an indented text and the inside of
/// strings are what it mostly consists of.
struct JSONScanner {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let depthMax: Int
    private var at = 0
    private var nodes: [JSONDocument.Node] = []
    /// The open arrays and objects, innermost last.
    private var open: [Int] = []
    /// Whether the innermost of them is an object.
    private var isInObject = false
    /// Takes what each object holds that stands in an array of the text's own object; it is not kept.
    private let visit: Visit?

    typealias Visit = (_ nodes: UnsafeBufferPointer<JSONDocument.Node>, _ object: Int) -> Void

    init(_ bytes: UnsafeBufferPointer<UInt8>, depthMax: Int, visit: Visit? = nil) {
        self.bytes = bytes
        self.depthMax = depthMax
        self.visit = visit
        if visit == nil { nodes.reserveCapacity(bytes.count / 12 + 4) }
        open.reserveCapacity(min(depthMax, 64))
    }

    @inline(__always)
    private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

    /// The eight bytes from an offset on that has so many behind it, the first one lowest.
    @inline(__always)
    private func word(_ offset: Int) -> UInt64 {
        UInt64(
            littleEndian: UnsafeRawBufferPointer(bytes)
                .loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        )
    }

    @inline(__always)
    private mutating func skipSpace() {
        while at < bytes.count {
            switch bytes[at] {
            case 0x20:
                // An indented line starts with many.
                while at + 8 <= bytes.count {
                    let others = word(at) ^ 0x2020_2020_2020_2020
                    guard others == 0 else {
                        at += others.trailingZeroBitCount / 8
                        break
                    }
                    at += 8
                }
                while at < bytes.count, bytes[at] == 0x20 { at += 1 }
            case 0x0A, 0x0D, 0x09: at += 1
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

    /// Goes on inside the innermost container, up to its end or that of a container in it.
    private mutating func rest(of container: Int) throws(JSONSyntaxError) {
        let depth = open.count
        let end = isInObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
        var isFirst = nodes.count == container + 1
        repeat {
            skipSpace()
            guard let byte = next else { throw JSONSyntaxError(.endMissing, at: at) }
            if byte == end {
                at += 1
                try close(container)
                return
            }
            if !isFirst {
                guard byte == UInt8(ascii: ",") else {
                    throw JSONSyntaxError(.unexpectedByte, at: at)
                }
                at += 1
                skipSpace()
            }
            isFirst = false
            if isInObject { try key() }
            try value()
        } while open.count == depth
    }

    private mutating func key() throws(JSONSyntaxError) {
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

    private mutating func close(_ container: Int) throws(JSONSyntaxError) {
        nodes[container].end = UInt32(truncatingIfNeeded: at)
        nodes[container].next = UInt32(truncatingIfNeeded: nodes.count)
        open.removeLast()
        if isInObject { try checkKeys(container) }
        if let visit, isInObject, open.count == 2, nodes[open[0]].kind == .object,
            nodes[open[1]].kind == .array
        {
            nodes.withUnsafeBufferPointer { visit($0, container) }
            nodes.removeLast(nodes.count - container - 1)
            nodes[container].next = UInt32(truncatingIfNeeded: nodes.count)
        }
        isInObject = open.last.map { nodes[$0].kind == .object } ?? false
    }

    @inline(__always)
    private mutating func value() throws(JSONSyntaxError) {
        guard let byte = next else { throw JSONSyntaxError(.endMissing, at: at) }
        switch byte {
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "{"): try begin(.object)
        case UInt8(ascii: "["): try begin(.array)
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
        isInObject = kind == .object
        append(kind, from: at)
        at += 1
    }

    @inline(__always)
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

    @inline(__always)
    private mutating func string() throws(JSONSyntaxError) {
        let start = at
        var isEscaped = false
        at += 1
        while true {
            skipPlain()
            guard at < bytes.count else { throw JSONSyntaxError(.endMissing, at: at) }
            let byte = bytes[at]
            if byte == UInt8(ascii: "\"") { break }
            if byte == UInt8(ascii: "\\") {
                isEscaped = true
                try escape()
            } else if byte < 0x20 {
                throw JSONSyntaxError(.controlCharacter, at: at)
            } else {
                try character()
            }
        }
        at += 1
        append(.string, from: start, isEscaped: isEscaped)
    }

    /// Passes what may stand in a string as it is: ASCII but quotes, backslashes and controls.
    @inline(__always)
    private mutating func skipPlain() {
        let low: UInt64 = 0x0101_0101_0101_0101
        let high: UInt64 = 0x8080_8080_8080_8080
        while at + 8 <= bytes.count {
            let eight = word(at)
            let quotes = eight ^ 0x2222_2222_2222_2222
            let slashes = eight ^ 0x5C5C_5C5C_5C5C_5C5C
            // The top bit of a lane that is a quote, a backslash, under 0x20 or over 0x7F. A borrow
            // can mark a lane wrongly only behind one that is marked rightly.
            let ends =
                ((quotes &- low) & ~quotes | (slashes &- low) & ~slashes
                    | (eight &- 0x2020_2020_2020_2020) & ~eight | eight) & high
            guard ends == 0 else {
                at += ends.trailingZeroBitCount / 8
                return
            }
            at += 8
        }
        while at < bytes.count {
            let byte = bytes[at]
            guard byte >= 0x20, byte < 0x80, byte != 0x22, byte != 0x5C else { return }
            at += 1
        }
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
        let end = Int(nodes[container].next)
        var index = container + 1
        var count = 0
        var isEscaped = false
        while index < end {
            isEscaped = isEscaped || nodes[index].isEscaped
            count += 1
            index = Int(nodes[index + 1].next)
        }
        if count > 16 || isEscaped { return try checkManyKeys(container) }
        index = container + 1
        while index < end {
            var other = container + 1
            while other < index {
                guard !isSame(nodes[other], nodes[index]) else {
                    throw JSONSyntaxError(.keyRepeated, at: Int(nodes[index].start))
                }
                other = Int(nodes[other + 1].next)
            }
            index = Int(nodes[index + 1].next)
        }
    }

    /// Whether two keys without an escape are the same.
    @inline(__always)
    private func isSame(_ left: JSONDocument.Node, _ right: JSONDocument.Node) -> Bool {
        let count = left.end &- left.start
        guard count == right.end &- right.start else { return false }
        for place in 0..<Int(count)
        where bytes[Int(left.start) + place] != bytes[Int(right.start) + place] {
            return false
        }
        return true
    }

    private func checkManyKeys(_ container: Int) throws(JSONSyntaxError) {
        var index = container + 1
        let end = Int(nodes[container].next)
        var seen: Set<[UInt8]> = []
        while index < end {
            guard seen.insert(key(index)).inserted else {
                throw JSONSyntaxError(.keyRepeated, at: Int(nodes[index].start))
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
