internal import PortalBytes

/// A character set that a document may be written in.
public enum XMLEncoding: String, Hashable, Sendable, CaseIterable {
    /// UTF-8.
    case utf8 = "UTF-8"
    /// UTF-16, the low byte first.
    case utf16LittleEndian = "UTF-16LE"
    /// UTF-16, the high byte first.
    case utf16BigEndian = "UTF-16BE"
    /// ISO 8859-1, Western European.
    case latin1 = "ISO-8859-1"
    /// ISO 8859-15: 8859-1 with the euro sign.
    case latin9 = "ISO-8859-15"
    /// Windows-1252.
    case windows1252 = "windows-1252"
    /// US-ASCII.
    case ascii = "US-ASCII"

    /// Bytes for each unit.
    var unit: Int { self == .utf16LittleEndian || self == .utf16BigEndian ? 2 : 1 }

    /// The set by a declared name, `UTF-16` in the byte order given; nil for one not read here.
    init?(named name: String, wide: XMLEncoding) {
        switch name.uppercased() {
        case "UTF-8", "UTF8": self = .utf8
        case "UTF-16", "UTF16", "ISO-10646-UCS-2", "UCS-2", "UNICODE": self = wide
        case "UTF-16LE": self = .utf16LittleEndian
        case "UTF-16BE": self = .utf16BigEndian
        case "ISO-8859-1", "ISO8859-1", "ISO_8859-1", "LATIN1", "LATIN-1": self = .latin1
        case "ISO-8859-15", "ISO8859-15", "ISO_8859-15", "LATIN9", "LATIN-9": self = .latin9
        case "WINDOWS-1252", "CP1252", "CP-1252": self = .windows1252
        case "US-ASCII", "ASCII": self = .ascii
        default: return nil
        }
    }
}

/// A document's bytes as UTF-8, with the way back to where each of them stood.
///
/// libxml2 is given UTF-8 and nothing else: it counts bytes rightly only there, and a declaration
/// that lies cannot turn it to another set (PITFALLS 0.11).
struct XMLSource {
    /// What libxml2 reads: no byte order mark.
    let utf8: ArraySlice<UInt8>
    let encoding: XMLEncoding
    /// Bytes of the byte order mark.
    let markCount: Int
    var findings: [XMLFinding] = []

    /// Finds out the character set and turns the document to UTF-8.
    init(_ bytes: ArraySlice<UInt8>) throws(XMLSyntaxError) {
        let start = XMLSource.start(bytes)
        let body = bytes.dropFirst(start.markCount)
        markCount = start.markCount
        guard start.isKnown else { throw XMLSyntaxError(.charsetUnsupported, offset: 0) }
        if start.wide {
            encoding = start.encoding
            utf8 = try XMLSource.utf8(ofUTF16: body, start.encoding, from: markCount)[...]
            if let declared = XMLDeclaration(utf8)?.encoding {
                guard XMLEncoding(named: declared, wide: encoding) == encoding else {
                    throw XMLSyntaxError(.charsetConflict, offset: markCount)
                }
            }
            return
        }
        let declared = XMLDeclaration(body)?.encoding
        var stated = XMLEncoding.utf8
        if let declared {
            guard let known = XMLEncoding(named: declared, wide: .utf16LittleEndian) else {
                throw XMLSyntaxError(.charsetUnsupported, offset: markCount)
            }
            // What can be read at all one byte at a time is not UTF-16; a mark says UTF-8.
            guard known.unit == 1, markCount == 0 || known == .utf8 else {
                throw XMLSyntaxError(.charsetConflict, offset: markCount)
            }
            stated = known
        }
        let firstBad = XMLSource.firstInvalid(body)
        let isASCII =
            firstBad == nil
            && body.withUnsafeBufferPointer { ByteRuns.endOfASCII(in: $0, from: 0) == $0.count }
        switch stated {
        case .utf8, .utf16LittleEndian, .utf16BigEndian:
            if let firstBad {
                throw XMLSyntaxError(.charsetInvalid, offset: firstBad - bytes.startIndex)
            }
            encoding = .utf8
            utf8 = body
        case .ascii:
            if !isASCII, let at = body.firstIndex(where: { $0 >= 0x80 }) {
                throw XMLSyntaxError(.charsetInvalid, offset: at - bytes.startIndex)
            }
            encoding = .ascii
            utf8 = body
        case .latin1, .latin9, .windows1252:
            if firstBad == nil {
                // Text of a one-byte set is almost never valid UTF-8 by chance.
                encoding = isASCII ? stated : .utf8
                utf8 = body
                if !isASCII { note("charset-mismatch") }
            } else if stated == .latin1, body.contains(where: { $0 >= 0x80 && $0 < 0xA0 }) {
                // Where 8859-1 has control characters, everybody means Windows' quotes and dashes.
                encoding = .windows1252
                utf8 = XMLSource.utf8(of: body, .windows1252)[...]
                note("charset-mismatch")
            } else {
                encoding = stated
                utf8 = XMLSource.utf8(of: body, stated)[...]
            }
        }
    }

    private mutating func note(_ code: String) {
        findings.append(XMLFinding(code: code, path: "/", offset: markCount))
    }

    /// Whether a character of UTF-8 takes as many bytes as it took in the document.
    var isAsSent: Bool { encoding == .utf8 || encoding == .ascii }

    private struct Start {
        var encoding = XMLEncoding.utf8
        var markCount = 0
        var wide = false
        var isKnown = true
    }

    /// - Rule: XML 1.0 appendix F.
    private static func start(_ bytes: ArraySlice<UInt8>) -> Start {
        let head = Array(bytes.prefix(4))
        func begins(_ mark: [UInt8]) -> Bool { head.starts(with: mark) }
        let wide: [[UInt8]] = [
            [0, 0, 0xFE, 0xFF], [0xFF, 0xFE, 0, 0], [0, 0, 0, 0x3C], [0x3C, 0, 0, 0],
        ]
        if wide.contains(where: begins) || begins([0x4C, 0x6F, 0xA7, 0x94]) {
            return Start(isKnown: false)
        }
        if begins([0xEF, 0xBB, 0xBF]) { return Start(markCount: 3) }
        if begins([0xFE, 0xFF]) {
            return Start(encoding: .utf16BigEndian, markCount: 2, wide: true)
        }
        if begins([0xFF, 0xFE]) {
            return Start(encoding: .utf16LittleEndian, markCount: 2, wide: true)
        }
        if begins([0, 0x3C]) { return Start(encoding: .utf16BigEndian, wide: true) }
        if begins([0x3C, 0]) { return Start(encoding: .utf16LittleEndian, wide: true) }
        return Start()
    }

    // MARK: Turning to UTF-8

    private static func utf8(of bytes: ArraySlice<UInt8>, _ set: XMLEncoding) -> [UInt8] {
        let decoder: TextEncoding =
            set == .latin9 ? .latin9 : set == .latin1 ? .latin1 : .windows1252
        // A character of a one-byte set takes three bytes at most.
        let table = (0...255).map { number in
            let utf8 = Array(decoder.decode([UInt8(number)]).utf8)
            return (count: utf8.count, bytes: utf8 + [0, 0])
        }
        let second = table.map { $0.bytes[1] }
        let third = table.map { $0.count > 2 ? $0.bytes[2] : 0 }
        let first = table.map { $0.bytes[0] }
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count + bytes.reduce(0) { $1 < 0x80 ? $0 : $0 + 2 })
        for byte in bytes {
            text.append(first[Int(byte)])
            guard byte >= 0x80 else { continue }
            text.append(second[Int(byte)])
            if third[Int(byte)] != 0 { text.append(third[Int(byte)]) }
        }
        return text
    }

    private static func utf8(
        ofUTF16 bytes: ArraySlice<UInt8>,
        _ order: XMLEncoding,
        from first: Int
    ) throws(XMLSyntaxError) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count / 2 + bytes.count / 8)
        let high = order == .utf16BigEndian ? 0 : 1
        let base = bytes.startIndex
        func unit(_ offset: Int) -> UInt32? {
            guard offset + 1 < bytes.count else { return nil }
            return UInt32(bytes[base + offset + high]) << 8
                | UInt32(bytes[base + offset + 1 - high])
        }
        var offset = 0
        while let one = unit(offset) {
            var code = one
            let at = offset
            offset += 2
            if one >= 0xD800, one < 0xE000 {
                guard one < 0xDC00, let two = unit(offset), two >= 0xDC00, two < 0xE000 else {
                    throw XMLSyntaxError(.charsetInvalid, offset: first + at)
                }
                offset += 2
                code = 0x10000 + ((one - 0xD800) << 10 | (two - 0xDC00))
            }
            append(code, to: &text)
        }
        guard offset == bytes.count else {
            throw XMLSyntaxError(.charsetInvalid, offset: first + offset)
        }
        return text
    }

    private static func append(_ code: UInt32, to text: inout [UInt8]) {
        func tail(_ shift: UInt32) -> UInt8 {
            UInt8(truncatingIfNeeded: code >> shift) & 0x3F | 0x80
        }
        switch code {
        case 0..<0x80: text.append(UInt8(truncatingIfNeeded: code))
        case 0x80..<0x800:
            text.append(UInt8(truncatingIfNeeded: code >> 6) | 0xC0)
            text.append(tail(0))
        case 0x800..<0x10000:
            text.append(UInt8(truncatingIfNeeded: code >> 12) | 0xE0)
            text.append(tail(6))
            text.append(tail(0))
        default:
            text.append(UInt8(truncatingIfNeeded: code >> 18) | 0xF0)
            text.append(tail(12))
            text.append(tail(6))
            text.append(tail(0))
        }
    }

    /// Where bytes stop being UTF-8; nil where they are.
    ///
    /// - Rule: Unicode 15 table 3-7.
    static func firstInvalid(_ bytes: ArraySlice<UInt8>) -> Int? {
        let count = bytes.count
        let offset: Int? = bytes.withUnsafeBufferPointer { buffer -> Int? in
            func isTail(_ at: Int, _ low: UInt8 = 0x80, _ high: UInt8 = 0xBF) -> Bool {
                at < count && buffer[at] >= low && buffer[at] <= high
            }
            var at = 0
            while at < count {
                let byte = buffer[at]
                if byte < 0x80 {
                    at = ByteRuns.endOfASCII(in: buffer, from: at)
                    continue
                }
                let length: Int
                switch byte {
                case 0xC2...0xDF: length = isTail(at + 1) ? 2 : 0
                case 0xE0: length = isTail(at + 1, 0xA0) && isTail(at + 2) ? 3 : 0
                case 0xED: length = isTail(at + 1, 0x80, 0x9F) && isTail(at + 2) ? 3 : 0
                case 0xE1...0xEF: length = isTail(at + 1) && isTail(at + 2) ? 3 : 0
                case 0xF0:
                    length = isTail(at + 1, 0x90) && isTail(at + 2) && isTail(at + 3) ? 4 : 0
                case 0xF1...0xF3:
                    length = isTail(at + 1) && isTail(at + 2) && isTail(at + 3) ? 4 : 0
                case 0xF4:
                    length = isTail(at + 1, 0x80, 0x8F) && isTail(at + 2) && isTail(at + 3) ? 4 : 0
                default: length = 0
                }
                guard length > 0 else { return at }
                at += length
            }
            return nil
        }
        return offset.map { bytes.startIndex + $0 }
    }
}

/// Finds where bytes of the UTF-8 stood in the document.
///
/// It walks from the place it was asked for last, so that questions in order cost one walk.
struct XMLOffsets {
    private let utf8: ArraySlice<UInt8>
    private let isAsSent: Bool
    private let unit: Int
    private let first: Int
    private var at = 0
    private var original: Int

    init(_ source: XMLSource) {
        utf8 = source.utf8
        isAsSent = source.isAsSent || source.utf8.isEmpty
        unit = source.encoding.unit
        first = source.markCount
        original = source.markCount
    }

    /// The offset in the document of an offset in the UTF-8.
    mutating func original(_ offset: Int) -> Int {
        let offset = min(max(0, offset), utf8.count)
        if isAsSent { return first + offset }
        if offset < at {
            at = 0
            original = first
        }
        let base = utf8.startIndex
        while at < offset {
            let byte = utf8[base + at]
            // A character counts where it starts: one unit, or two for the four bytes of UTF-8.
            if byte & 0xC0 != 0x80 { original += byte >= 0xF0 ? 2 * unit : unit }
            at += 1
        }
        // Inside a character: the next one's place, which no caller asks for.
        return original
    }
}

/// What stands between `<?xml` and `?>`.
struct XMLDeclaration {
    /// The declared character set.
    let encoding: String?

    /// Reads the declaration; nil where there is none.
    init?(_ bytes: ArraySlice<UInt8>) {
        let head = Array(bytes.prefix(512))
        guard head.starts(with: "<?xml".utf8), head.count > 5, XMLScan.isSpace(head[5]) else {
            return nil
        }
        var at = 5
        var found: String?
        func skipSpace() { while at < head.count, XMLScan.isSpace(head[at]) { at += 1 } }
        while true {
            skipSpace()
            let start = at
            while at < head.count, head[at] >= 0x61, head[at] <= 0x7A { at += 1 }
            let name = head[start..<at]
            skipSpace()
            guard at < head.count, !name.isEmpty, head[at] == 0x3D else { break }
            at += 1
            skipSpace()
            guard at < head.count, head[at] == 0x22 || head[at] == 0x27 else { break }
            let quote = head[at]
            let from = at + 1
            guard let end = head[from...].firstIndex(of: quote) else { break }
            if name.elementsEqual("encoding".utf8), found == nil {
                found = String(decoding: head[from..<end], as: UTF8.self)
            }
            at = end + 1
        }
        encoding = found
    }
}
