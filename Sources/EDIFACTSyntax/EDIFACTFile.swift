/// A run of bytes that holds EDIFACT interchanges: a file, a transmission.
///
/// - Shape: parts cover every byte once, in order. A message runs from UNH to the terminator of its
///   UNT, or to where it is cut; UNA, UNB and the other service segments are envelopes; line ends
///   between segments are framing; anything else is stray.
/// - Rule: ISO 9735, structure of an interchange.
public struct EDIFACTFile: Sendable {
    /// What a stretch of bytes is.
    public enum Kind: Hashable, Sendable {
        /// A message; `isWhole` is false where it has no UNT.
        case message(isWhole: Bool)
        /// A service string advice.
        case serviceString
        /// An interchange header, UNB.
        case header
        /// Another service segment: UNG, UNE, UNZ.
        case envelope(EDIFACTTag)
        /// Line ends, blanks, byte order mark.
        case framing
        /// Bytes that belong to nothing.
        case stray
    }

    /// One stretch of the bytes.
    public struct Part: Hashable, Sendable {
        /// What it is.
        public let kind: Kind
        /// Bytes from the start.
        public let range: Range<Int>
        /// Where the service string and the header of its interchange stand; nil without any.
        public let envelope: Range<Int>?
    }

    /// The bytes.
    public let bytes: [UInt8]
    /// The parts, in order.
    public let parts: [Part]
    /// Where trailers and headers of interchanges and groups do not fit what came, each at the
    /// message before: counts, references, a trailer that is missing.
    public let findings: [EDIFACTFinding]

    /// Finds the messages in some bytes.
    ///
    /// Never fails: what is no message is said to be stray.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var parts: [Part] = []
        var splitter = EDIFACTSplitter()
        var envelope = EDIFACTEnvelope()
        var at = 0
        bytes.withUnsafeBufferPointer { buffer in
            while let found = splitter.next(buffer, from: at, isLast: true) {
                let range = at..<(at + max(found.count, 1))
                envelope.pass(found.kind, range)
                let part = Part(kind: found.kind, range: range, envelope: envelope.range)
                at = range.upperBound
                if let last = parts.last, last.kind == part.kind, part.kind == .stray {
                    parts[parts.count - 1] = Part(
                        kind: part.kind,
                        range: last.range.lowerBound..<range.upperBound,
                        envelope: part.envelope
                    )
                } else {
                    parts.append(part)
                }
            }
        }
        self.parts = parts
        findings = EDIFACTInterchangeCheck.findings(bytes, parts)
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

    /// The service string and header of a part's interchange; nil without any.
    public func envelope(of part: Part) -> ArraySlice<UInt8>? { part.envelope.map { bytes[$0] } }

    /// Puts the parts together again: the bytes, unchanged.
    public func render() -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        for part in parts { out.append(contentsOf: bytes[part.range]) }
        return out
    }

    /// Whether bytes are EDIFACT: they start with UNA, UNB or UNH, blanks and a mark left out.
    public static func recognises(_ bytes: some Collection<UInt8>) -> Bool {
        isStart(Array(bytes.prefix(1024))[...], .standard)
    }

    static func isStart(
        _ bytes: ArraySlice<UInt8>,
        _ characters: EDIFACTServiceCharacters
    ) -> Bool {
        let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes
        let rest = body.drop { $0 == 0x0D || $0 == 0x0A || $0 == 0x20 || $0 == 0x09 }
        if rest.starts(with: [0x55, 0x4E, 0x41]) {
            return (try? EDIFACTServiceCharacters(advice: rest)) != nil
        }
        return rest.prefix(4).withUnsafeBufferPointer { start in
            guard start.count == 4, EDIFACTLine.startsSegment(start, 0, characters) else {
                return false
            }
            let tag = EDIFACTLine.tag(start, 0..<4)
            return tag == .unb || tag == .ung || tag == .unh
        }
    }
}

/// Which service string and header hold for the part that comes next.
struct EDIFACTEnvelope {
    private(set) var range: Range<Int>?
    /// Whether a service string stood last, blanks left out: it is for the header that follows.
    private var isAdvised = false

    mutating func pass(_ kind: EDIFACTFile.Kind, _ part: Range<Int>) {
        switch kind {
        case .serviceString:
            range = part
            isAdvised = true
        case .header:
            let start = isAdvised ? range?.lowerBound ?? part.lowerBound : part.lowerBound
            range = start..<part.upperBound
            isAdvised = false
        case .envelope(.unz):
            range = nil
            isAdvised = false
        case .message, .envelope, .stray: isAdvised = false
        case .framing: break
        }
    }
}
