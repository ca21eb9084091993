/// The members of a text's outermost object, without what stands in them: enough to tell what a text
/// is, and quick on one of many megabytes.
///
/// It checks nothing else: whoever takes the text reads it whole.
package enum JSONOutline {
    /// Goes through the members in order.
    ///
    /// - Parameters:
    ///   - bytes: The text.
    ///   - visit: Told each member's name, and its text where it is a string; false ends it.
    package static func visit(
        _ bytes: ArraySlice<UInt8>,
        _ visit: (_ name: String, _ string: String?) -> Bool
    ) {
        bytes.withUnsafeBufferPointer { buffer in
            var cursor = Cursor(bytes: buffer)
            guard cursor.pass(UInt8(ascii: "{")) else { return }
            while let name = cursor.string() {
                guard cursor.pass(UInt8(ascii: ":")) else { return }
                let string = cursor.string()
                guard visit(name, string) else { return }
                if string == nil { cursor.skipValue() }
                guard cursor.pass(UInt8(ascii: ",")) else { return }
            }
        }
    }

    private struct Cursor {
        let bytes: UnsafeBufferPointer<UInt8>
        var at = 0

        private mutating func skipSpace() {
            while at < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[at]) { at += 1 }
        }

        mutating func pass(_ byte: UInt8) -> Bool {
            skipSpace()
            guard at < bytes.count, bytes[at] == byte else { return false }
            at += 1
            return true
        }

        /// The string that starts here; nil where none does.
        mutating func string() -> String? {
            skipSpace()
            guard let quoted = skipString() else { return nil }
            let inside = bytes[(quoted.lowerBound + 1)..<(quoted.upperBound - 1)]
            guard inside.contains(UInt8(ascii: "\\")) else {
                return String(decoding: inside, as: UTF8.self)
            }
            // An escape may be broken: the strict reader knows.
            let read = try? JSONDocument.read(Array(bytes[quoted])[...])
            return read?.root.string ?? String(decoding: inside, as: UTF8.self)
        }

        /// Where a string stands, its quotes included.
        private mutating func skipString() -> Range<Int>? {
            guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { return nil }
            let start = at
            var end = start + 1
            while end < bytes.count, bytes[end] != UInt8(ascii: "\"") {
                end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
            }
            guard end < bytes.count else { return nil }
            at = end + 1
            return start..<at
        }

        /// Passes an array, an object, a number or a word.
        mutating func skipValue() {
            var depth = 0
            while at < bytes.count {
                switch bytes[at] {
                case UInt8(ascii: "\""):
                    guard skipString() != nil else {
                        at = bytes.count
                        return
                    }
                    continue
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    if depth == 0 { return }
                    depth -= 1
                case UInt8(ascii: ",") where depth == 0: return
                default: break
                }
                at += 1
            }
        }
    }
}
