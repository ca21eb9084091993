/// The canonical JSON of an entry without where it stands and what was noticed while reading it:
/// what a version's handle is computed from.
enum StatementBytes {
    private static let origin = Array("\"origin\":{".utf8)
    private static let findings = Array("\"findings\":[".utf8)

    /// Leaves out every `origin` that is an object, and the entry's own `findings`.
    ///
    /// - Parameter json: Canonical JSON: no spaces, sorted keys.
    /// - Returns: Bytes that are the same for the same statement, and no JSON any more.
    static func withoutPlace(_ json: [UInt8]) -> [UInt8] {
        var kept: [UInt8] = []
        kept.reserveCapacity(json.count)
        json.withUnsafeBufferPointer { bytes in
            var position = 0
            var depth = 0
            while position < bytes.count {
                let byte = bytes[position]
                switch byte {
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
                case UInt8(ascii: "\""):
                    if starts(bytes, position, origin) {
                        position = end(bytes, of: position + origin.count - 1)
                        continue
                    }
                    if depth == 1, starts(bytes, position, findings) {
                        position = end(bytes, of: position + findings.count - 1)
                        continue
                    }
                    let after = endOfText(bytes, position)
                    kept.append(contentsOf: bytes[position..<after])
                    position = after
                    continue
                default: break
                }
                kept.append(byte)
                position += 1
            }
        }
        return kept
    }

    private static func starts(
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ position: Int,
        _ word: [UInt8]
    ) -> Bool {
        guard bytes.count - position >= word.count, bytes[position + 1] == word[1] else {
            return false
        }
        for index in word.indices where bytes[position + index] != word[index] { return false }
        return true
    }

    /// Behind the text that begins at a quote.
    private static func endOfText(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
        var position = start + 1
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "\\") {
                position += 2
            } else if bytes[position] == UInt8(ascii: "\"") {
                return position + 1
            } else {
                position += 1
            }
        }
        return bytes.count
    }

    /// Behind the object or array that begins at a bracket.
    private static func end(_ bytes: UnsafeBufferPointer<UInt8>, of start: Int) -> Int {
        var position = start
        var depth = 0
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position = endOfText(bytes, position)
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 { return position + 1 }
            default: break
            }
            position += 1
        }
        return bytes.count
    }
}
