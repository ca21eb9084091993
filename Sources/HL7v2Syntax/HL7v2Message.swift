public import PortalBytes

/// One HL7 v2 message as a lossless tree: every delimiter's place is known, every byte is kept.
///
/// - Shape: segments in order; fields counted from one as the standard counts (MSH-1 is the field
///   separator itself); repetitions, components and subcomponents divide a field's range.
/// - Units: ranges are bytes from the start of the message.
/// - Rule: HL7 v2.5.1 ch. 2. A segment ends at CR; LF and CR LF are taken as well. A line that
///   starts with no segment name belongs to the segment before it, so that a text broken by its
///   sender is not cut (PITFALLS A3, A6).
public struct HL7v2Message: Sendable {
    /// The message's bytes, unchanged.
    public let bytes: ArraySlice<UInt8>
    /// Its own delimiters.
    public let delimiters: HL7v2Delimiters
    /// The character set it is read in: as MSH-18 declares unless the bytes say otherwise.
    public let encoding: TextEncoding
    /// What was noticed while reading.
    public let findings: [HL7v2Finding]
    /// Whether any byte is beyond ASCII.
    let isASCII: Bool

    struct Segment {
        var start: UInt32
        var end: UInt32
        /// Past the terminator.
        var next: UInt32
        /// Its first field separator in ``HL7v2Message/fieldMarks``.
        var firstField: UInt32
        var fieldsEnd: UInt32
        var name: HL7v2SegmentName
    }

    let segments: [Segment]
    /// Every field, component, repetition and subcomponent separator, in order.
    let marks: [UInt32]
    /// Which of ``marks`` are field separators.
    let fieldMarks: [UInt32]

    /// Reads one message.
    ///
    /// - Parameters:
    ///   - bytes: From `MSH` to the end of the last segment, its terminator included or not.
    ///   - limits: How much to take.
    ///   - undeclared: The character set where MSH-18 declares none and the bytes are not UTF-8.
    /// - Throws: ``HL7v2SyntaxError`` where the frame is broken or a limit is passed.
    public static func read(
        _ bytes: ArraySlice<UInt8>,
        limits: Limits = .standard,
        undeclared: TextEncoding = .windows1252
    ) throws(HL7v2SyntaxError) -> HL7v2Message {
        guard bytes.count <= limits.messageBytesMax, bytes.count < Int(UInt32.max) else {
            throw HL7v2SyntaxError(.messageTooLarge, path: "MSH", offset: 0)
        }
        guard bytes.starts(with: [0x4D, 0x53, 0x48]) else {
            throw HL7v2SyntaxError(.notHL7v2, path: "MSH", offset: 0)
        }
        let delimiters = try HL7v2Delimiters(header: bytes.prefix(16))
        var scanner = HL7v2Scanner(delimiters: delimiters, limits: limits)
        try scanner.scan(bytes)
        return HL7v2Message(bytes, delimiters, scanner, undeclared, limits)
    }

    private init(
        _ bytes: ArraySlice<UInt8>,
        _ delimiters: HL7v2Delimiters,
        _ scanner: HL7v2Scanner,
        _ undeclared: TextEncoding,
        _ limits: Limits
    ) {
        self.bytes = bytes
        self.delimiters = delimiters
        segments = scanner.segments
        marks = scanner.marks
        fieldMarks = scanner.fieldMarks
        var found = scanner.findings
        isASCII = !scanner.hasHighBytes
        if isASCII {
            encoding = .utf8
        } else {
            let declared = HL7v2Message.declaredCharset(bytes, scanner)
            let choice = HL7v2Charset.choose(declared, for: bytes, undeclared: undeclared)
            encoding = choice.encoding
            if let code = choice.finding {
                found.append(HL7v2Finding(code: code, path: "MSH-18", offset: 0))
            }
        }
        findings = found
    }

    private static func declaredCharset(
        _ bytes: ArraySlice<UInt8>,
        _ scanner: HL7v2Scanner
    ) -> String {
        guard let header = scanner.segments.first else { return "" }
        let first = Int(header.firstField)
        let count = Int(header.fieldsEnd) - first
        // MSH-18 stands behind the 17th separator, MSH-1 being the first.
        guard count >= 17 else { return "" }
        let start = Int(scanner.marks[Int(scanner.fieldMarks[first + 16])]) + 1
        let end =
            count > 17
            ? Int(scanner.marks[Int(scanner.fieldMarks[first + 17])]) : Int(header.end)
        guard start <= end else { return "" }
        let base = bytes.startIndex
        return String(decoding: bytes[(base + start)..<(base + end)], as: UTF8.self)
    }
}

extension HL7v2Message {
    /// How many segments.
    public var segmentCount: Int { segments.count }

    /// A segment's name.
    public func name(_ segment: Int) -> HL7v2SegmentName { segments[segment].name }

    /// A segment's bytes, without its terminator.
    public func range(_ segment: Int) -> Range<Int> {
        Int(segments[segment].start)..<Int(segments[segment].end)
    }

    /// The bytes that end a segment; empty where the message just stops.
    public func terminator(_ segment: Int) -> Range<Int> {
        Int(segments[segment].end)..<Int(segments[segment].next)
    }

    /// How many fields a segment has, counted as the standard counts.
    public func fieldCount(_ segment: Int) -> Int {
        let count = Int(segments[segment].fieldsEnd - segments[segment].firstField)
        return segments[segment].name == .msh ? count + 1 : count
    }

    /// The bytes of a field, or nil where the segment ends before it.
    ///
    /// - Parameters:
    ///   - segment: Which segment, from zero.
    ///   - field: Which field, from one; MSH-1 is the separator itself.
    public func field(_ segment: Int, _ field: Int) -> Range<Int>? {
        let entry = segments[segment]
        var index = field
        if entry.name == .msh || entry.name.isBatchHeader {
            if field == 1 { return 3..<4 }
            index -= 1
        }
        let first = Int(entry.firstField)
        let count = Int(entry.fieldsEnd) - first
        guard index >= 1, index <= count else { return nil }
        let start = Int(marks[Int(fieldMarks[first + index - 1])]) + 1
        let end =
            index < count ? Int(marks[Int(fieldMarks[first + index])]) : Int(entry.end)
        return start..<end
    }

    /// The bytes of a range.
    public func slice(_ range: Range<Int>) -> ArraySlice<UInt8> {
        bytes[(bytes.startIndex + range.lowerBound)..<(bytes.startIndex + range.upperBound)]
    }

    /// The parts of a range between a delimiter; one part, the range itself, where it is absent.
    public func split(_ range: Range<Int>, by delimiter: UInt8?) -> [Range<Int>] {
        guard let delimiter else { return [range] }
        var parts: [Range<Int>] = []
        var start = range.lowerBound
        bytes.withUnsafeBufferPointer { buffer in
            for index in range where buffer[index] == delimiter {
                parts.append(start..<index)
                start = index + 1
            }
        }
        parts.append(start..<range.upperBound)
        return parts
    }

    /// The n-th part of a range, from one, or nil where there are fewer.
    public func part(_ range: Range<Int>, _ number: Int, by delimiter: UInt8?) -> Range<Int>? {
        guard let delimiter else { return number == 1 ? range : nil }
        return bytes.withUnsafeBufferPointer { buffer -> Range<Int>? in
            var start = range.lowerBound
            var count = 1
            for index in range where buffer[index] == delimiter {
                if count == number { return start..<index }
                count += 1
                start = index + 1
            }
            return count == number ? start..<range.upperBound : nil
        }
    }

    /// A component of a range, from one.
    public func component(_ range: Range<Int>, _ number: Int) -> Range<Int>? {
        part(range, number, by: delimiters.component)
    }

    /// Whether a range is HL7's `""`, which clears what was said before.
    public func isNull(_ range: Range<Int>) -> Bool {
        range.count == 2 && slice(range).elementsEqual([0x22, 0x22])
    }

    /// The text of a range: escapes resolved, bytes read in the message's character set.
    public func text(_ range: Range<Int>) -> String {
        let slice = slice(range)
        guard let escape = delimiters.escape, slice.contains(escape) else {
            return encoding.decode(slice)
        }
        return HL7v2Escapes.resolve(slice, delimiters: delimiters, encoding: encoding)
    }

    /// Calls back with the place of every delimiter, in order.
    public func forEachDelimiter(_ body: (Int) -> Void) {
        for mark in marks { body(Int(mark)) }
    }

    /// Puts the tree together again, part by part: the message's bytes, unchanged.
    public func render() -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var mark = 0
        for entry in segments {
            var position = Int(entry.start)
            while mark < marks.count, marks[mark] < entry.end {
                let at = Int(marks[mark])
                out.append(contentsOf: slice(position..<at))
                out.append(bytes[bytes.startIndex + at])
                position = at + 1
                mark += 1
            }
            out.append(contentsOf: slice(position..<Int(entry.next)))
        }
        return out
    }
}

/// A segment's three-letter name.
public struct HL7v2SegmentName: Hashable, Sendable, CustomStringConvertible {
    let packed: UInt32

    init(_ first: UInt8, _ second: UInt8, _ third: UInt8) {
        packed = UInt32(first) << 16 | UInt32(second) << 8 | UInt32(third)
    }

    /// Takes a name of three ASCII characters.
    public init(_ name: StaticString) {
        let start = name.utf8Start
        self.init(
            name.utf8CodeUnitCount > 0 ? start[0] : 0,
            name.utf8CodeUnitCount > 1 ? start[1] : 0,
            name.utf8CodeUnitCount > 2 ? start[2] : 0
        )
    }

    /// The name as text.
    public var description: String {
        String(
            decoding: [UInt8(packed >> 16 & 255), UInt8(packed >> 8 & 255), UInt8(packed & 255)],
            as: UTF8.self
        )
    }

    /// The message header.
    public static let msh = HL7v2SegmentName("MSH")

    var isBatchHeader: Bool {
        self == HL7v2SegmentName("FHS") || self == HL7v2SegmentName("BHS")
    }
}
