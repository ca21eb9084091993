/// A run of bytes that holds HL7 v2 messages: a file, a batch, a captured MLLP stream.
///
/// - Shape: parts cover every byte once, in order. A message runs from `MSH` to the end of its last
///   segment; the line ends behind it, MLLP's block characters, a byte order mark and blank lines
///   are framing; FHS, BHS, BTS and FTS segments are envelopes; anything else is stray.
/// - Rule: HL7 v2.5.1 ch. 2 s. 2.10.3 (batches); HL7 "MLLP, Release 1" (block characters).
public struct HL7v2File: Sendable {
    /// One stretch of the bytes.
    public struct Part: Hashable, Sendable {
        /// What the stretch is.
        public enum Kind: Hashable, Sendable {
            /// A message; `isEnded` is false where nothing ends its last segment, and `isFramed`
            /// says whether MLLP's block characters stand around it.
            case message(isEnded: Bool, isFramed: MLLPFrame)
            /// A batch envelope segment.
            case envelope(HL7v2SegmentName)
            /// Line ends, block characters, byte order mark.
            case framing
            /// Bytes that belong to nothing.
            case stray
        }

        /// What the stretch is.
        public let kind: Kind
        /// Bytes from the start.
        public let range: Range<Int>
    }

    /// How a message is framed by MLLP's block characters.
    public enum MLLPFrame: Hashable, Sendable {
        /// No block characters.
        case none
        /// Start and end.
        case whole
        /// A start without its end: the message may be cut.
        case endMissing
    }

    /// The bytes.
    public let bytes: [UInt8]
    /// The parts, in order.
    public let parts: [Part]

    /// Finds the messages in some bytes.
    ///
    /// Never fails: what is no message is said to be stray.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var splitter = HL7v2Splitter()
        bytes.withUnsafeBufferPointer { splitter.split($0) }
        parts = splitter.parts
    }

    /// How many messages there are.
    public var messageCount: Int {
        parts.reduce(0) { count, part in
            if case .message = part.kind { return count + 1 }
            return count
        }
    }

    /// The bytes of a part.
    public func slice(_ part: Part) -> ArraySlice<UInt8> { bytes[part.range] }

    /// Puts the parts together again: the bytes, unchanged.
    public func render() -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        for part in parts { out.append(contentsOf: bytes[part.range]) }
        return out
    }

    /// Whether bytes look like HL7 v2: a header segment within the first kilobyte.
    public static func recognises(_ bytes: some Collection<UInt8>) -> Bool {
        let start = Array(bytes.prefix(1024))
        return start.withUnsafeBufferPointer { buffer in
            buffer.indices.contains { index in
                (index == 0 || !HL7v2Splitter.isNameByte(buffer[index - 1]))
                    && HL7v2Splitter.header(buffer, index) != nil
            }
        }
    }
}

struct HL7v2Splitter {
    var parts: [HL7v2File.Part] = []
    private var openBlock = false

    private static let envelopes: [HL7v2SegmentName] = [
        HL7v2SegmentName("FHS"), HL7v2SegmentName("BHS"), HL7v2SegmentName("BTS"),
        HL7v2SegmentName("FTS"),
    ]

    static func isNameByte(_ byte: UInt8) -> Bool {
        byte >= 0x41 && byte <= 0x5A || byte >= 0x61 && byte <= 0x7A
            || byte >= 0x30 && byte <= 0x39
    }

    /// The header or envelope segment that starts at a place: a name and then no letter or digit.
    static func header(_ buffer: UnsafeBufferPointer<UInt8>, _ at: Int) -> HL7v2SegmentName? {
        guard at + 3 <= buffer.count else { return nil }
        let name = HL7v2SegmentName(buffer[at], buffer[at + 1], buffer[at + 2])
        guard name == .msh || envelopes.contains(name) else { return nil }
        guard at + 3 < buffer.count else { return name }
        let next = buffer[at + 3]
        return isNameByte(next) || next == 0x20 ? nil : name
    }

    private static func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0D || byte == 0x0A }

    mutating func split(_ buffer: UnsafeBufferPointer<UInt8>) {
        var at = 0
        if buffer.starts(with: [0xEF, 0xBB, 0xBF]) {
            add(.framing, 0..<3)
            at = 3
        }
        while at < buffer.count {
            let start = at
            let byte = buffer[at]
            if Self.isLineEnd(byte) || byte == 0x0B || byte == 0x1C || byte == 0x20
                || byte == 0x09 || byte == 0x0C || byte == 0x1A
            {
                if byte == 0x0B { openBlock = true }
                if byte == 0x1C { openBlock = false }
                at += 1
                add(.framing, start..<at)
            } else if let name = Self.header(buffer, at) {
                at = end(buffer, from: at, isMessage: name == .msh)
                name == .msh ? addMessage(start..<at, buffer) : add(.envelope(name), start..<at)
            } else {
                while at < buffer.count, !Self.isLineEnd(buffer[at]), buffer[at] != 0x0B,
                    !Self.endsBlock(buffer, at)
                {
                    at += 1
                }
                if at == start { at += 1 }
                add(.stray, start..<at)
            }
        }
    }

    /// Where a message or an envelope segment ends: before the line ends behind it.
    private func end(
        _ buffer: UnsafeBufferPointer<UInt8>,
        from start: Int,
        isMessage: Bool
    ) -> Int {
        var at = start + 3
        var contentEnd = at
        while at < buffer.count {
            let byte = buffer[at]
            if byte > 0x1C {
                at = Self.endOfText(buffer, from: at)
                contentEnd = at
                continue
            }
            if byte == 0x1C, Self.endsBlock(buffer, at) { break }
            if byte == 0x0B, at + 1 < buffer.count, Self.header(buffer, at + 1) != nil { break }
            if Self.isLineEnd(byte) {
                if !isMessage { break }
                var next = at
                while next < buffer.count, Self.isLineEnd(buffer[next]) { next += 1 }
                if next == buffer.count || Self.header(buffer, next) != nil { break }
                at = next
                continue
            }
            at += 1
            contentEnd = at
        }
        return contentEnd
    }

    /// The first byte from a place on that may end a segment or a block, or the end of the bytes.
    private static func endOfText(_ buffer: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var at = start
        let bytes = UnsafeRawBufferPointer(buffer)
        while at + 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            // A byte below 1D borrows from its own top bit; one with that bit set is no such byte.
            guard (word &- 0x1D1D_1D1D_1D1D_1D1D) & ~word & 0x8080_8080_8080_8080 == 0 else {
                break
            }
            at += 8
        }
        while at < buffer.count, buffer[at] > 0x1C { at += 1 }
        return at
    }

    /// Whether a 1C ends a block: before a line end, another block or the end of the bytes.
    ///
    /// Inside a text it is text (PITFALLS "0x1C in payload").
    private static func endsBlock(_ buffer: UnsafeBufferPointer<UInt8>, _ at: Int) -> Bool {
        guard buffer[at] == 0x1C else { return false }
        guard at + 1 < buffer.count else { return true }
        return isLineEnd(buffer[at + 1]) || buffer[at + 1] == 0x0B
    }

    private mutating func addMessage(
        _ range: Range<Int>,
        _ buffer: UnsafeBufferPointer<UInt8>
    ) {
        var after = range.upperBound
        while after < buffer.count, Self.isLineEnd(buffer[after]) { after += 1 }
        let isEnded = after > range.upperBound
        let endsBlock = after < buffer.count && buffer[after] == 0x1C
        let frame: HL7v2File.MLLPFrame =
            openBlock ? (endsBlock ? .whole : .endMissing) : .none
        openBlock = false
        add(.message(isEnded: isEnded, isFramed: frame), range)
    }

    private mutating func add(_ kind: HL7v2File.Part.Kind, _ range: Range<Int>) {
        if let last = parts.last, last.kind == kind, kind == .framing || kind == .stray,
            last.range.upperBound == range.lowerBound
        {
            parts[parts.count - 1] = .init(
                kind: kind,
                range: last.range.lowerBound..<range.upperBound
            )
        } else {
            parts.append(.init(kind: kind, range: range))
        }
    }
}
