package import PortalRecord

/// The numbers behind the opaque handles of entries and versions.
///
/// Numbers are compared and kept where a record has very many handles; their order is that of the
/// handles.
///
/// - Shape: A handle is a letter, `-` and 16 hexadecimal digits.
package enum Handle {
    package static func entry(_ number: UInt64) -> EntryID { EntryID(rawValue: "e-" + hex(number)) }

    package static func version(_ number: UInt64) -> String { "v-" + hex(number) }

    /// The number in a handle.
    ///
    /// Every handle of the library's has one; of any other text it is of its hash.
    package static func number(_ handle: String) -> UInt64 {
        let digits = handle.utf8.dropFirst(2)
        if digits.count == 16, let number = UInt64(digits) { return number }
        return number(ofText: handle)
    }

    /// A number that stands for a text.
    package static func number(ofText text: String) -> UInt64 { number(ofBytes: Array(text.utf8)) }

    package static func number(ofBytes bytes: [UInt8]) -> UInt64 { number(ContentHash(of: bytes)) }

    package static func number(_ hash: ContentHash) -> UInt64 {
        hash.bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func hex(_ number: UInt64) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: 16 - text.utf8.count) + text
    }
}

extension UInt64 {
    /// Reads lower-case hexadecimal digits.
    fileprivate init?(_ digits: Substring.UTF8View) {
        self = 0
        for digit in digits {
            switch digit {
            case 0x30...0x39: self = self << 4 | UInt64(digit - 0x30)
            case 0x61...0x66: self = self << 4 | UInt64(digit - 0x61 + 10)
            default: return nil
            }
        }
    }
}
