/// Texts of one document that come again and again, each made once: systems, units, names of codes.
///
/// A cache of a fixed size, where a newcomer takes the place of what was there. One reader uses it.
package final class TextCache {
    // INVARIANT: `size` texts, and every place is taken modulo that.
    private let texts: UnsafeMutablePointer<String>
    private static let size = 1024

    package init() {
        texts = .allocate(capacity: Self.size)
        texts.initialize(repeating: "", count: Self.size)
    }

    deinit {
        texts.deinitialize(count: Self.size)
        texts.deallocate()
    }

    /// Bytes of UTF-8 as text.
    package func text(_ bytes: ArraySlice<UInt8>) -> String {
        // Up to fifteen bytes need no memory; long ones do not repeat.
        guard bytes.count > 15, bytes.count <= 96 else {
            return String(decoding: bytes, as: UTF8.self)
        }
        return bytes.withUnsafeBufferPointer { bytes in
            var hash = UInt64(bytes.count)
            // Three words tell most texts apart, and cost the same however long one is.
            let raw = UnsafeRawBufferPointer(bytes)
            for offset in [0, bytes.count / 2 - 4, bytes.count - 8] {
                let word = raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                hash = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
                hash ^= hash >> 29
            }
            let place = Int(truncatingIfNeeded: hash >> 40) % Self.size
            if Self.isSame(texts[place], bytes) { return texts[place] }
            let text = String(decoding: bytes, as: UTF8.self)
            texts[place] = text
            return text
        }
    }

    private static func isSame(_ text: String, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard text.utf8.count == bytes.count else { return false }
        return text.utf8.withContiguousStorageIfAvailable { text in
            for place in bytes.indices where text[place] != bytes[place] { return false }
            return true
        } ?? false
    }
}
