/// Searches that look at eight bytes at a time: most bytes of a document are not what is looked for.
package enum ByteRuns {
    private static let low: UInt64 = 0x0101_0101_0101_0101
    private static let high: UInt64 = 0x8080_8080_8080_8080

    @inline(__always)
    private static func word(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> UInt64 {
        UInt64(
            littleEndian: UnsafeRawBufferPointer(bytes)
                .loadUnaligned(fromByteOffset: at, as: UInt64.self)
        )
    }

    /// Where a byte stands from an offset on; nil where it does not.
    package static func first(
        _ byte: UInt8,
        in bytes: UnsafeBufferPointer<UInt8>,
        from start: Int
    ) -> Int? {
        guard start >= 0 else { return nil }
        let pattern = UInt64(byte) &* low
        var at = start
        while at + 8 <= bytes.count {
            let others = word(bytes, at) ^ pattern
            // The lowest lane with its top bit set is one that became zero.
            let found = (others &- low) & ~others & high
            if found != 0 { return at + found.trailingZeroBitCount / 8 }
            at += 8
        }
        while at < bytes.count {
            if bytes[at] == byte { return at }
            at += 1
        }
        return nil
    }

    /// Where the first byte beyond ASCII stands from an offset on, or the end.
    package static func endOfASCII(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var at = max(start, 0)
        while at + 8 <= bytes.count {
            let found = word(bytes, at) & high
            if found != 0 { return at + found.trailingZeroBitCount / 8 }
            at += 8
        }
        while at < bytes.count, bytes[at] < 0x80 { at += 1 }
        return at
    }

    /// Where the first byte under a space stands from an offset on, or the end.
    package static func endOfNonControls(
        in bytes: UnsafeBufferPointer<UInt8>,
        from start: Int
    ) -> Int {
        var at = max(start, 0)
        while at + 8 <= bytes.count {
            let eight = word(bytes, at)
            let found = (eight &- 0x2020_2020_2020_2020) & ~eight & high
            if found != 0 { return at + found.trailingZeroBitCount / 8 }
            at += 8
        }
        while at < bytes.count, bytes[at] >= 0x20 { at += 1 }
        return at
    }
}
