/// Base64 as RFC 4648 section 4 has it.
package enum Base64 {
    /// The bytes that a text stands for, white space left out; nil where it is none, or is empty.
    package static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        var group: UInt32 = 0
        var count = 0
        var padding = 0
        for byte in text {
            guard let value = value(byte) else {
                switch byte {
                case 0x20, 0x0A, 0x0D, 0x09: continue
                case 0x3D:
                    padding += 1
                    guard padding <= 2, count + padding <= 4, count >= 2 else { return nil }
                    continue
                default: return nil
                }
            }
            guard padding == 0 else { return nil }
            group = group << 6 | UInt32(value)
            count += 1
            guard count == 4 else { continue }
            bytes += [
                UInt8(truncatingIfNeeded: group >> 16), UInt8(truncatingIfNeeded: group >> 8),
                UInt8(truncatingIfNeeded: group),
            ]
            group = 0
            count = 0
        }
        switch (count, padding) {
        case (0, 0): break
        case (2, 2): bytes.append(UInt8(truncatingIfNeeded: group >> 4))
        case (3, 1):
            bytes += [
                UInt8(truncatingIfNeeded: group >> 10), UInt8(truncatingIfNeeded: group >> 2),
            ]
        default: return nil
        }
        return bytes.isEmpty ? nil : bytes
    }

    private static func value(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x41...0x5A: byte - 0x41
        case 0x61...0x7A: byte - 0x61 + 26
        case 0x30...0x39: byte - 0x30 + 52
        case 0x2B: 62
        case 0x2F: 63
        default: nil
        }
    }
}
