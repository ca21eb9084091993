internal import PortalBytes

/// Escape sequences and what they stand for.
///
/// - Rule: HL7 v2.5.1 ch. 2 s. 2.7. What is no escape sequence of the standard is kept as written,
///   a lone escape character included: guessing would lose text (PITFALLS 11).
enum HL7v2Escapes {
    static func resolve(
        _ bytes: ArraySlice<UInt8>,
        delimiters: HL7v2Delimiters,
        encoding: TextEncoding
    ) -> String {
        guard let escape = delimiters.escape else { return encoding.decode(bytes) }
        var text = ""
        var rest = bytes
        while let open = rest.firstIndex(of: escape) {
            text += encoding.decode(rest[rest.startIndex..<open])
            let body = rest[(open + 1)...]
            if let close = body.firstIndex(of: escape),
                let meaning = meaning(of: body[..<close], delimiters, encoding)
            {
                text += meaning
                rest = rest[(close + 1)...]
            } else {
                text += encoding.decode(rest[open...open])
                rest = body
            }
        }
        return text + encoding.decode(rest)
    }

    private static func meaning(
        of body: ArraySlice<UInt8>,
        _ delimiters: HL7v2Delimiters,
        _ encoding: TextEncoding
    ) -> String? {
        guard let first = body.first, body.count <= 128 else { return nil }
        if body.count == 1 { return single(first, delimiters, encoding) }
        switch first {
        case 0x58, 0x78: return hexadecimal(body.dropFirst(), encoding)
        case 0x2E: return formatting(body.dropFirst())
        default: return nil
        }
    }

    private static func single(
        _ letter: UInt8,
        _ delimiters: HL7v2Delimiters,
        _ encoding: TextEncoding
    ) -> String? {
        let byte: UInt8?
        switch letter {
        case 0x46: byte = delimiters.field
        case 0x53: byte = delimiters.component
        case 0x54: byte = delimiters.subcomponent
        case 0x52: byte = delimiters.repetition
        case 0x45: byte = delimiters.escape
        case 0x50: byte = 0x23
        // Highlighting on and off: it changes how a text looks, not what it says.
        case 0x48, 0x4E: return ""
        default: return nil
        }
        return byte.map { encoding.decode([$0]) }
    }

    /// `\X0D0A\`: bytes of the message's set, or UTF-16 where a leading 00 says so (PITFALLS 11).
    private static func hexadecimal(
        _ digits: ArraySlice<UInt8>,
        _ encoding: TextEncoding
    ) -> String? {
        guard !digits.isEmpty, digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        var high: UInt8?
        for digit in digits {
            guard let value = value(digit) else { return nil }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        if bytes.count.isMultiple(of: 2), bytes.first == 0 {
            let units = stride(from: 0, to: bytes.count, by: 2).map {
                UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1])
            }
            // Half a surrogate pair is no text: the escape then stays as written.
            return String(validating: units, as: UTF16.self)
        }
        return encoding.decode(bytes[...])
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x41...0x46: digit - 0x41 + 10
        case 0x61...0x66: digit - 0x61 + 10
        default: nil
        }
    }

    /// Formatted text commands, such as `.br`, `.sp2` and `.in+4`.
    private static func formatting(_ command: ArraySlice<UInt8>) -> String? {
        let name = String(decoding: command.prefix(2), as: UTF8.self)
        let number = String(decoding: command.dropFirst(2), as: UTF8.self)
        let count = Int(number.first == "+" ? String(number.dropFirst()) : number)
        guard number.isEmpty || count != nil else { return nil }
        switch name {
        case "br", "ce": return "\n"
        case "sp": return String(repeating: "\n", count: min(max(count ?? 1, 1), 50))
        case "sk": return String(repeating: " ", count: min(max(count ?? 1, 1), 200))
        case "fi", "nf", "in", "ti": return ""
        default: return nil
        }
    }
}
