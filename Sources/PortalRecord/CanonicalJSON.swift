/// The one written form of the record: JSON with sorted keys and one spelling for each value.
///
/// Goldens, stored payloads, audit events and answers are written in it, so that equal values are
/// equal bytes. Keys are sorted by their UTF-8 bytes, nothing is indented, numbers are whole
/// (clinical numbers are text: DESIGN P9), and only `"`, `\` and control characters are escaped.
///
/// - Rule: House rule, DESIGN section 4 ("Canonical JSON is the one written form").
public enum CanonicalJSON {
    /// Writes a value.
    ///
    /// - Throws: `EncodingError.invalidValue` for a floating-point number, which has no one
    ///   spelling.
    public static func encode(_ value: some Encodable) throws -> [UInt8] {
        try CanonicalEncoder.bytes(of: value)
    }

    /// Writes a value as text.
    ///
    /// - Throws: As ``encode(_:)``.
    public static func text(_ value: some Encodable) throws -> String {
        String(decoding: try encode(value), as: UTF8.self)
    }

    /// Reads a value back from its canonical bytes.
    ///
    /// - Throws: ``CanonicalJSONError`` where the bytes are not JSON as written here, and
    ///   `DecodingError` where they are not the type asked for.
    public static func decode<Value: Decodable>(
        _ type: Value.Type = Value.self,
        from bytes: [UInt8]
    ) throws -> Value {
        try CanonicalDecoder.decode(type, from: try CanonicalReader.value(of: bytes))
    }
}

/// Why bytes could not be read as canonical JSON.
public struct CanonicalJSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where reading stopped, in bytes from the start.
    public let offset: Int

    /// Says where, and nothing of what stands there.
    public var description: String { "canonical JSON is broken at byte \(offset)" }
}

/// A JSON value, its keys in order.
package enum CanonicalValue: Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    case string(String)
    case array([CanonicalValue])
    /// INVARIANT: keys are unique; the writer sorts them.
    case object([(key: String, value: CanonicalValue)])

    package subscript(key: String) -> CanonicalValue? {
        guard case .object(let members) = self else { return nil }
        // By bytes: String equality would take é and e with an accent for one key (PITFALLS 0.5).
        for member in members where member.key.utf8.elementsEqual(key.utf8) {
            return member.value
        }
        return nil
    }
}

package enum CanonicalWriter {
    package static func bytes(of value: CanonicalValue) -> [UInt8] {
        var out: [UInt8] = []
        write(value, to: &out)
        return out
    }

    static func write(_ value: CanonicalValue, to out: inout [UInt8]) {
        switch value {
        case .null: out.append(contentsOf: "null".utf8)
        case .bool(let flag): out.append(contentsOf: (flag ? "true" : "false").utf8)
        case .integer(let number): write(number, to: &out)
        case .string(let text): write(text, to: &out)
        case .array(let elements):
            out.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                write(element, to: &out)
            }
            out.append(UInt8(ascii: "]"))
        case .object(let members):
            out.append(UInt8(ascii: "{"))
            let sorted = members.sorted { precedes($0.key, $1.key) }
            for (index, member) in sorted.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                write(member.key, to: &out)
                out.append(UInt8(ascii: ":"))
                write(member.value, to: &out)
            }
            out.append(UInt8(ascii: "}"))
        }
    }

    private static let digits = Array("0123456789abcdef".utf8)

    /// The order of keys: by their UTF-8 bytes.
    static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }

    static func write(_ number: Int, to out: inout [UInt8]) {
        guard (0..<10).contains(number) else {
            out.append(contentsOf: String(number).utf8)
            return
        }
        out.append(0x30 + UInt8(number))
    }

    static func write(_ text: String, to out: inout [UInt8]) {
        if writePlain(text, to: &out) { return }
        out.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                out.append(UInt8(ascii: "\\"))
                out.append(byte)
            case 0x0A: out.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "n")])
            case 0x0D: out.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "r")])
            case 0x09: out.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "t")])
            case 0..<0x20, 0x7F:
                out.append(contentsOf: "\\u00".utf8)
                out.append(digits[Int(byte >> 4)])
                out.append(digits[Int(byte & 15)])
            default: out.append(byte)
            }
        }
        out.append(UInt8(ascii: "\""))
    }
}

extension CanonicalWriter {
    /// Writes a text that needs no escape, which most are; false where it does.
    private static func writePlain(_ text: String, to out: inout [UInt8]) -> Bool {
        let isPlain = text.utf8.withContiguousStorageIfAvailable { bytes in
            for byte in bytes
            where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
                || byte == 0x7F
            {
                return false
            }
            out.append(UInt8(ascii: "\""))
            out.append(contentsOf: bytes)
            out.append(UInt8(ascii: "\""))
            return true
        }
        return isPlain ?? false
    }
}

/// Reads JSON text strictly: no duplicate keys, no fractions, at most 64 levels, nothing after.
package struct CanonicalReader {
    private let bytes: [UInt8]
    private var position = 0

    package static func value(of bytes: [UInt8]) throws(CanonicalJSONError) -> CanonicalValue {
        var reader = CanonicalReader(bytes: bytes)
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.position == bytes.count else { throw reader.broken }
        return value
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private var broken: CanonicalJSONError { CanonicalJSONError(offset: position) }
    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            position += 1
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws(CanonicalJSONError) -> CanonicalValue {
        guard depth < 64 else { throw broken }
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .integer(try integer())
        }
    }

    private mutating func word(
        _ word: String,
        _ value: CanonicalValue
    ) throws(CanonicalJSONError) -> CanonicalValue {
        for byte in word.utf8 {
            guard take(byte) else { throw broken }
        }
        return value
    }

    private mutating func integer() throws(CanonicalJSONError) -> Int {
        let start = position
        _ = take(UInt8(ascii: "-"))
        while let byte = next, byte >= 0x30, byte <= 0x39 { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        // One spelling for each number: no leading zero, no minus zero.
        guard let number = Int(text), String(number) == text else { throw broken }
        return number
    }

    private mutating func array(depth: Int) throws(CanonicalJSONError) -> CanonicalValue {
        position += 1
        var elements: [CanonicalValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            elements.append(try value(depth: depth + 1))
            skipSpace()
            if take(UInt8(ascii: "]")) { return .array(elements) }
            guard take(UInt8(ascii: ",")) else { throw broken }
        }
    }

    private mutating func object(depth: Int) throws(CanonicalJSONError) -> CanonicalValue {
        position += 1
        var members: [(key: String, value: CanonicalValue)] = []
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(members) }
        var seen: Set<[UInt8]> = []
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw broken }
            let key = try string()
            // Members come sorted, so a repeat can only follow its twin; others are looked up.
            let previous = members.last?.key
            if let previous, !previous.utf8.lexicographicallyPrecedes(key.utf8) {
                if seen.isEmpty { seen = Set(members.map { Array($0.key.utf8) }) }
            }
            if !seen.isEmpty {
                guard seen.insert(Array(key.utf8)).inserted else { throw broken }
            }
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw broken }
            members.append((key, try value(depth: depth + 1)))
            skipSpace()
            if take(UInt8(ascii: "}")) { return .object(members) }
            guard take(UInt8(ascii: ",")) else { throw broken }
        }
    }

    private mutating func string() throws(CanonicalJSONError) -> String {
        position += 1
        let start = position
        while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"),
            byte >= 0x20
        {
            position += 1
        }
        if take(UInt8(ascii: "\"")) {
            return try text(bytes[start..<position - 1])
        }
        var text = Array(bytes[start..<position])
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return try self.text(text[...])
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0..<0x20: throw broken
            default: text.append(byte)
            }
        }
        throw broken
    }

    /// Broken UTF-8 is refused: text that was mended would no longer be what was hashed.
    private func text(_ utf8: ArraySlice<UInt8>) throws(CanonicalJSONError) -> String {
        let isASCII = utf8.withUnsafeBufferPointer { buffer in buffer.allSatisfy { $0 < 0x80 } }
        if isASCII {
            // No validation is needed, and the generic one is slow.
            return String(unsafeUninitializedCapacity: utf8.count) { room in
                _ = room.initialize(from: utf8)
                return utf8.count
            }
        }
        guard let text = String(validating: utf8, as: UTF8.self) else { throw broken }
        return text
    }

    private mutating func escape(into text: inout [UInt8]) throws(CanonicalJSONError) {
        guard let byte = next else { throw broken }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            guard position + 4 <= bytes.count,
                let code = Hexadecimal.decode(Array(bytes[position..<position + 4])),
                code[0] == 0, code[1] < 0x80
            else { throw broken }
            position += 4
            text.append(code[1])
        default: throw broken
        }
    }
}
