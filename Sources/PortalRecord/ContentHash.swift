internal import Crypto

/// The SHA-256 of some bytes: the name under which a raw document is kept and found again.
///
/// - Shape: 32 bytes; written as 64 lower-case hexadecimal digits.
/// - Rule: FIPS 180-4; DESIGN P1 ("raw bytes are kept, by SHA-256").
public struct ContentHash: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The 32 bytes of the digest.
    public let bytes: [UInt8]

    /// Hashes a document's bytes.
    public init(of content: some Sequence<UInt8>) {
        var hasher = SHA256()
        if content.withContiguousStorageIfAvailable({ hasher.update(bufferPointer: .init($0)) })
            == nil
        {
            hasher.update(data: Array(content))
        }
        bytes = hasher.finalize().withUnsafeBytes { Array($0) }
    }

    /// Reads 64 hexadecimal digits of either case; anything else gives nil.
    public init?(hex: String) {
        let digits = Array(hex.utf8)
        guard digits.count == 64, let bytes = Hexadecimal.decode(digits) else { return nil }
        self.bytes = bytes
    }

    /// Takes 32 bytes of a digest as they are; any other count gives nil.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// The digest as 64 lower-case hexadecimal digits.
    public var hex: String { Hexadecimal.encode(bytes) }

    /// The digest as 64 lower-case hexadecimal digits.
    public var description: String { hex }

    /// Orders digests byte by byte.
    public static func < (left: ContentHash, right: ContentHash) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }

    /// The first hexadecimal digits of the digest of a text, for opaque handles.
    ///
    /// - Parameters:
    ///   - text: What the handle stands for; hashed as UTF-8.
    ///   - digits: How many digits, one to 64.
    /// - Returns: That many lower-case hexadecimal digits.
    public static func handle(of text: String, digits: Int = 16) -> String {
        let hash = ContentHash(of: text.utf8)
        // Only as many bytes as have digits asked for, the last of which may be half a byte.
        return String(Hexadecimal.encode(hash.bytes.prefix((digits + 1) / 2)).prefix(digits))
    }
}

extension ContentHash: Codable {
    /// Reads the 64 digits.
    ///
    /// - Throws: `DecodingError.dataCorrupted` where the text is no SHA-256.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let hash = ContentHash(hex: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no SHA-256")
        }
        self = hash
    }

    /// Writes the 64 digits.
    ///
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(hex)
    }
}

/// Hexadecimal digits and the bytes they stand for.
package enum Hexadecimal {
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(2 * bytes.underestimatedCount)
        for byte in bytes {
            text.append(digit(byte >> 4))
            text.append(digit(byte & 15))
        }
        return String(decoding: text, as: UTF8.self)
    }

    package static func decode(_ text: [UInt8]) -> [UInt8]? {
        guard text.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2)
        var index = 0
        while index < text.count {
            guard let high = value(text[index]), let low = value(text[index + 1]) else {
                return nil
            }
            bytes.append(high << 4 | low)
            index += 2
        }
        return bytes
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x41...0x46: digit - 0x41 + 10
        case 0x61...0x66: digit - 0x61 + 10
        default: nil
        }
    }
}
