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
    /// Whether every byte is ASCII.
    let isASCII: Bool

    @usableFromInline
    struct Segment: Sendable {
        @usableFromInline let start: UInt32
        @usableFromInline let end: UInt32
        /// Past the terminator.
        @usableFromInline let next: UInt32
        /// Its first field separator in ``HL7v2Message/fieldMarks``.
        @usableFromInline let firstField: UInt32
        @usableFromInline let fieldsEnd: UInt32
        @usableFromInline let name: HL7v2SegmentName

        init(
            start: UInt32,
            end: UInt32,
            next: UInt32,
            firstField: UInt32,
            fieldsEnd: UInt32,
            name: HL7v2SegmentName
        ) {
            self.start = start
            self.end = end
            self.next = next
            self.firstField = firstField
            self.fieldsEnd = fieldsEnd
            self.name = name
        }
    }

    // What adapters ask for at every field is inlinable: a call across modules costs more than the
    // answer.
    @usableFromInline let segments: [Segment]
    /// Where every field separator stands, in order.
    @usableFromInline package let fieldMarks: [UInt32]
    /// Where every component, repetition and subcomponent separator stands, in order.
    package let innerMarks: [UInt32]

    /// Reads one message.
    ///
    /// - Parameters:
    ///   - bytes: From `MSH` to the end of the last segment, its terminator included or not.
    ///   - limits: How much to take.
    ///   - undeclared: The character set where MSH-18 declares none and the bytes are not UTF-8.
    /// - Returns: The message's tree.
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
        fieldMarks = scanner.fieldMarks
        innerMarks = scanner.innerMarks
        var found = scanner.findings
        if HL7v2Delimiters.doublesEscape(Array(bytes.dropFirst(4).prefix(5))) {
            found.append(HL7v2Finding(code: "escape-doubled", path: "MSH-2", offset: 6))
        }
        isASCII = !scanner.hasHighBytes
        if isASCII {
            encoding = .utf8
        } else {
            let declared = HL7v2Message.declaredCharset(bytes, delimiters, scanner)
            let choice = HL7v2Charset.choose(declared, for: bytes, undeclared: undeclared)
            encoding = choice.encoding
            if let code = choice.finding {
                found.append(HL7v2Finding(code: code, path: "MSH-18", offset: 0))
            }
        }
        findings = found
    }

    /// MSH-18's first repetition that says anything; it stands behind the 17th separator, MSH-1
    /// being the first.
    private static func declaredCharset(
        _ bytes: ArraySlice<UInt8>,
        _ delimiters: HL7v2Delimiters,
        _ scanner: HL7v2Scanner
    ) -> String {
        guard let header = scanner.segments.first, header.fieldsEnd >= 17 else { return "" }
        let start = Int(scanner.fieldMarks[16]) + 1
        let end = header.fieldsEnd > 17 ? Int(scanner.fieldMarks[17]) : Int(header.end)
        let base = bytes.startIndex
        let field = bytes[(base + start)..<(base + end)].drop {
            $0 == 0x20 || $0 == delimiters.repetition
        }
        let name = field.prefix { $0 != delimiters.repetition }
        let padding = name.reversed().prefix { $0 == 0x20 }.count
        return String(decoding: name.dropLast(padding), as: UTF8.self)
    }
}

extension HL7v2Message {
    /// How many segments.
    @inlinable
    public var segmentCount: Int { segments.count }

    /// A segment's name.
    @inlinable
    public func name(_ segment: Int) -> HL7v2SegmentName { segments[segment].name }

    /// A segment's bytes, without its terminator.
    @inlinable
    public func range(_ segment: Int) -> Range<Int> {
        Int(segments[segment].start)..<Int(segments[segment].end)
    }

    /// The bytes that end a segment; empty where the message just stops.
    @inlinable
    public func terminator(_ segment: Int) -> Range<Int> {
        Int(segments[segment].end)..<Int(segments[segment].next)
    }

    /// How many fields a segment has, counted as the standard counts.
    @inlinable
    public func fieldCount(_ segment: Int) -> Int {
        let entry = segments[segment]
        let count = Int(entry.fieldsEnd - entry.firstField)
        // The separator behind a header's name is its first field.
        return entry.name.isHeader && count > 0 ? count + 1 : count
    }

    /// The bytes of a field, or nil where the segment ends before it.
    ///
    /// - Parameters:
    ///   - segment: Which segment, from zero.
    ///   - field: Which field, from one; MSH-1 is the separator itself.
    /// - Returns: The bytes between its separators, from the start of the message.
    @inlinable
    public func field(_ segment: Int, _ field: Int) -> Range<Int>? {
        let entry = segments[segment]
        guard field >= 1, field <= fieldCount(segment) else { return nil }
        let first = Int(entry.firstField)
        var index = field - 1
        if entry.name.isHeader {
            if field == 1 {
                let separator = Int(fieldMarks[first])
                return separator..<separator + 1
            }
            index -= 1
        }
        let next = first + index + 1
        let start = Int(fieldMarks[first + index]) + 1
        let end = next < Int(entry.fieldsEnd) ? Int(fieldMarks[next]) : Int(entry.end)
        return start..<end
    }

    /// The bytes of a range; what lies beyond the message's bytes is left out.
    @inlinable
    public func slice(_ range: Range<Int>) -> ArraySlice<UInt8> {
        let held = range.clamped(to: 0..<bytes.count)
        return bytes[(bytes.startIndex + held.lowerBound)..<(bytes.startIndex + held.upperBound)]
    }

    /// The parts of a range between a delimiter; one part, the range itself, where it is absent.
    public func split(_ range: Range<Int>, by delimiter: UInt8?) -> [Range<Int>] {
        guard let delimiter else { return [range] }
        var parts: [Range<Int>] = []
        var start = range.lowerBound
        bytes.withUnsafeBufferPointer { buffer in
            for index in range.clamped(to: buffer.indices) where buffer[index] == delimiter {
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
            for index in range.clamped(to: buffer.indices) where buffer[index] == delimiter {
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
    @inlinable
    public func isNull(_ range: Range<Int>) -> Bool {
        guard range.count == 2 else { return false }
        let slice = slice(range)
        return slice.count == 2 && slice.first == 0x22 && slice.last == 0x22
    }

    /// The text of a range: escapes resolved, bytes read in the message's character set.
    public func text(_ range: Range<Int>) -> String {
        // Almost every value is ASCII without an escape, whose text is its bytes.
        let plain = bytes.withUnsafeBufferPointer { buffer -> String? in
            let part = UnsafeBufferPointer(rebasing: buffer[range.clamped(to: buffer.indices)])
            guard isPlain(part) else { return nil }
            return String(decoding: part, as: UTF8.self)
        }
        if let plain { return plain }
        let slice = slice(range)
        guard let escape = delimiters.escape, slice.contains(escape) else {
            return encoding.decode(slice)
        }
        return HL7v2Escapes.resolve(slice, delimiters: delimiters, encoding: encoding)
    }

    private func isPlain(_ part: UnsafeBufferPointer<UInt8>) -> Bool {
        // A byte beyond ASCII is never plain, so it may stand for an escape that is not declared.
        let escape = delimiters.escape ?? 0xFF
        var odd: UInt8 = 0
        for byte in part { odd |= byte & 0x80 | (byte == escape ? 1 : 0) }
        return odd == 0
    }

    /// Calls back with the place of every delimiter, in order.
    public func forEachDelimiter(_ body: (Int) -> Void) {
        var inner = 0
        for field in fieldMarks {
            while inner < innerMarks.count, innerMarks[inner] < field {
                body(Int(innerMarks[inner]))
                inner += 1
            }
            body(Int(field))
        }
        for mark in innerMarks[inner...] { body(Int(mark)) }
    }

    /// Puts the tree together again, part by part: the message's bytes, unchanged.
    public func render() -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var fields = fieldMarks[...]
        var inner = innerMarks[...]
        for entry in segments {
            var position = Int(entry.start)
            while let mark = HL7v2Message.popFirst(&fields, &inner, before: entry.end) {
                out.append(contentsOf: slice(position..<mark))
                out.append(bytes[bytes.startIndex + mark])
                position = mark + 1
            }
            out.append(contentsOf: slice(position..<Int(entry.next)))
        }
        return out
    }

    private static func popFirst(
        _ fields: inout ArraySlice<UInt32>,
        _ inner: inout ArraySlice<UInt32>,
        before end: UInt32
    ) -> Int? {
        let field = fields.first ?? .max
        let other = inner.first ?? .max
        guard min(field, other) < end else { return nil }
        return (field < other ? fields.popFirst() : inner.popFirst()).map(Int.init)
    }
}

/// A segment's three-letter name.
public struct HL7v2SegmentName: Hashable, Sendable, CustomStringConvertible {
    @usableFromInline let packed: UInt32

    @inlinable
    init(_ first: UInt8, _ second: UInt8, _ third: UInt8) {
        packed = UInt32(first) << 16 | UInt32(second) << 8 | UInt32(third)
    }

    /// Takes a name of three ASCII characters.
    @inlinable
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
        String(decoding: [letters.0, letters.1, letters.2], as: UTF8.self)
    }

    /// The name's bytes.
    @inlinable package var letters: (UInt8, UInt8, UInt8) {
        (UInt8(packed >> 16 & 255), UInt8(packed >> 8 & 255), UInt8(packed & 255))
    }

    /// The message header.
    @inlinable public static var msh: HL7v2SegmentName { HL7v2SegmentName("MSH") }

    /// Whether the segment declares delimiters: its first field is the separator itself.
    @inlinable var isHeader: Bool {
        // "MSH", "FHS" and "BHS".
        packed == 0x4D_5348 || packed == 0x46_4853 || packed == 0x42_4853
    }
}
