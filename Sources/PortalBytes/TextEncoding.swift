/// A character set that a sender may use, and how its bytes become text.
///
/// Decoding never fails and never drops a byte: what is not valid in the set stands for the
/// character of the same number (PITFALLS 9, "nothing vanishes").
public enum TextEncoding: String, Hashable, Sendable, CaseIterable {
    /// US-ASCII; bytes from 128 on are read as Windows-1252.
    case ascii = "US-ASCII"
    /// UTF-8.
    case utf8 = "UTF-8"
    /// ISO 8859-1, Western European.
    case latin1 = "ISO-8859-1"
    /// ISO 8859-15: 8859-1 with the euro sign.
    case latin9 = "ISO-8859-15"
    /// Windows-1252.
    case windows1252 = "windows-1252"

    /// The text of some bytes.
    public func decode(_ bytes: ArraySlice<UInt8>) -> String {
        if bytes.allSatisfy({ $0 < 0x80 }) || self == .utf8 && TextEncoding.isValidUTF8(bytes) {
            return String(decoding: bytes, as: UTF8.self)
        }
        if self == .utf8 { return TextEncoding.decodeBrokenUTF8(bytes) }
        var scalars = String.UnicodeScalarView()
        for byte in bytes { scalars.append(scalar(of: byte)) }
        return String(scalars)
    }

    /// UTF-8 as far as it is valid; each byte that belongs to no character stands for the
    /// character of its number, so that what was cut or mixed in can still be told apart.
    private static func decodeBrokenUTF8(_ bytes: ArraySlice<UInt8>) -> String {
        var scalars = String.UnicodeScalarView()
        var rest = bytes
        while let first = rest.first {
            // A character is at most four bytes, and no prefix of one is a character.
            let length = (1...4).first { length in
                length <= rest.count && isValidUTF8(rest.prefix(length))
            }
            if let length {
                scalars.append(
                    contentsOf: String(decoding: rest.prefix(length), as: UTF8.self).unicodeScalars
                )
                rest = rest.dropFirst(length)
            } else {
                scalars.append(Unicode.Scalar(first))
                rest = rest.dropFirst()
            }
        }
        return String(scalars)
    }

    private func scalar(of byte: UInt8) -> Unicode.Scalar {
        switch self {
        case .utf8, .latin1: return Unicode.Scalar(byte)
        case .latin9: return TextEncoding.latin9Differences[byte] ?? Unicode.Scalar(byte)
        case .ascii, .windows1252:
            return TextEncoding.windows1252High[byte] ?? Unicode.Scalar(byte)
        }
    }

    /// Whether bytes are valid UTF-8, and whether they hold more than ASCII.
    public static func inspect(_ bytes: ArraySlice<UInt8>) -> (isUTF8: Bool, isASCII: Bool) {
        if bytes.allSatisfy({ $0 < 0x80 }) { return (true, true) }
        return (isValidUTF8(bytes), false)
    }

    private static func isValidUTF8(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.withUnsafeBufferPointer { buffer in
            // The validating initialiser allocates; the decoder walks and stops at the first error.
            var decoder = UTF8()
            var iterator = buffer.makeIterator()
            while true {
                switch decoder.decode(&iterator) {
                case .scalarValue: continue
                case .emptyInput: return true
                case .error: return false
                }
            }
        }
    }

    /// Where ISO 8859-15 differs from 8859-1.
    private static let latin9Differences: [UInt8: Unicode.Scalar] = [
        0xA4: "\u{20AC}", 0xA6: "\u{160}", 0xA8: "\u{161}", 0xB4: "\u{17D}", 0xB8: "\u{17E}",
        0xBC: "\u{152}", 0xBD: "\u{153}", 0xBE: "\u{178}",
    ]

    /// Windows-1252 from 0x80 to 0x9F; the five bytes it leaves undefined keep their number.
    private static let windows1252High: [UInt8: Unicode.Scalar] = [
        0x80: "\u{20AC}", 0x82: "\u{201A}", 0x83: "\u{192}", 0x84: "\u{201E}", 0x85: "\u{2026}",
        0x86: "\u{2020}", 0x87: "\u{2021}", 0x88: "\u{2C6}", 0x89: "\u{2030}", 0x8A: "\u{160}",
        0x8B: "\u{2039}", 0x8C: "\u{152}", 0x8E: "\u{17D}", 0x91: "\u{2018}", 0x92: "\u{2019}",
        0x93: "\u{201C}", 0x94: "\u{201D}", 0x95: "\u{2022}", 0x96: "\u{2013}", 0x97: "\u{2014}",
        0x98: "\u{2DC}", 0x99: "\u{2122}", 0x9A: "\u{161}", 0x9B: "\u{203A}", 0x9C: "\u{153}",
        0x9E: "\u{17E}", 0x9F: "\u{178}",
    ]
}
