// Stands in for the module Crypto where the adapters are fuzzed: no adapter depends on which
// digest a document has, and the real one is not compiled file by file.

/// Thirty-two bytes that depend on what was fed in; no SHA-256.
public struct SHA256 {
    private var state: [UInt64] = [1, 2, 3, 4]

    /// Starts with nothing fed in.
    public init() {}

    /// Feeds bytes in.
    public mutating func update(bufferPointer bytes: UnsafeRawBufferPointer) {
        for byte in bytes { mix(byte) }
    }

    /// Feeds bytes in.
    public mutating func update(data bytes: some Sequence<UInt8>) {
        for byte in bytes { mix(byte) }
    }

    private mutating func mix(_ byte: UInt8) {
        for index in state.indices {
            state[index] = (state[index] ^ UInt64(byte)) &* (0x100_0000_01B3 &+ UInt64(2 * index))
        }
    }

    /// The thirty-two bytes.
    public func finalize() -> [UInt8] {
        state.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
    }
}
