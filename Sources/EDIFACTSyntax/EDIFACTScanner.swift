internal import PortalBytes

/// Notes where every segment and every delimiter of some bytes stands.
///
/// The bytes are taken in blocks, each in two steps, as the scanner of HL7 v2 does. The first
/// writes every byte's offset behind the marks found so far and counts up only where the byte is
/// one: nothing branches on what a byte is. The second looks at the marks alone, and knows which
/// of them are released and so are text.
struct EDIFACTScanner {
    let characters: EDIFACTServiceCharacters
    let limits: Limits
    var segments: [EDIFACTTree.Segment] = []
    /// Offsets of the data element separators.
    var elementMarks: [UInt32] = []
    /// Offsets of the component separators.
    var componentMarks: [UInt32] = []
    var findings: [EDIFACTFinding] = []
    var hasHighBytes = false
    /// Whether a terminator stands behind the last segment.
    var isTerminated = true

    /// Where a segment starts, in bytes and in marks.
    private struct Start {
        var byte: Int
        var element = 0
        var component = 0
    }

    /// What goes on from block to block.
    private struct State {
        var start: Start
        /// The byte that the release character before it makes text; -1 where there is none.
        var released = -1
        /// Bytes before it stand between two segments.
        var resume = 0
        /// The tag of the segment at hand.
        var tag = EDIFACTTag("???")
    }

    /// Room for the offsets of one block.
    ///
    /// INVARIANT: each buffer holds as many offsets as a block has bytes.
    private struct Block {
        let all: UnsafeMutableBufferPointer<UInt32>
        let elements: UnsafeMutableBufferPointer<UInt32>
        let components: UnsafeMutableBufferPointer<UInt32>

        static let bytesMax = 4096

        /// The first of all the offsets.
        func found(_ count: Int) -> UnsafeBufferPointer<UInt32> {
            UnsafeBufferPointer(rebasing: all[..<count])
        }

        init(_ room: UnsafeMutableBufferPointer<UInt32>) {
            let size = room.count / 3
            all = .init(rebasing: room[..<size])
            elements = .init(rebasing: room[size..<(2 * size)])
            components = .init(rebasing: room[(2 * size)..<(3 * size)])
        }
    }

    init(characters: EDIFACTServiceCharacters, limits: Limits) {
        self.characters = characters
        self.limits = limits
    }

    /// One for each byte that divides, ends or releases something, else zero.
    private var dividers: [UInt8] {
        var table = [UInt8](repeating: 0, count: 256)
        for byte in [characters.component, characters.element, characters.terminator] {
            table[Int(byte)] = 1
        }
        if let byte = characters.release { table[Int(byte)] = 1 }
        return table
    }

    /// Scans bytes from where the first segment starts.
    mutating func scan(_ bytes: ArraySlice<UInt8>, from start: Int) throws(EDIFACTSyntaxError) {
        guard start < bytes.count else { return }
        let table = dividers
        segments.reserveCapacity(min(bytes.count / 25, 1000) + 4)
        let room = 3 * min(Block.bytesMax, bytes.count)
        let failure = bytes.withUnsafeBufferPointer { buffer in
            table.withUnsafeBufferPointer { dividers in
                withUnsafeTemporaryAllocation(of: UInt32.self, capacity: room) {
                    scan(buffer, dividers, Block($0), from: start)
                }
            }
        }
        if let failure { throw failure }
    }

    private mutating func scan(
        _ buffer: UnsafeBufferPointer<UInt8>,
        _ dividers: UnsafeBufferPointer<UInt8>,
        _ block: Block,
        from start: Int
    ) -> EDIFACTSyntaxError? {
        var state = State(start: Start(byte: start))
        state.tag = EDIFACTLine.tag(buffer, start..<buffer.count)
        var high: UInt8 = 0
        var index = start
        while index < buffer.count {
            let end = min(index + block.all.count, buffer.count)
            let found = Self.mark(index..<end, buffer, dividers, block.all, &high)
            if let failure = sort(block.found(found), buffer, block, &state) { return failure }
            index = end
        }
        hasHighBytes = high >= 0x80
        if state.released == buffer.count { note("release-at-end", state.start.byte, buffer) }
        guard state.start.byte < buffer.count else { return nil }
        isTerminated = false
        let past = Start(
            byte: buffer.count,
            element: elementMarks.count,
            component: componentMarks.count
        )
        return end(state.start, buffer.count, past, state.tag)
    }

    /// Writes the offsets of a block's dividers, and returns how many there are.
    private static func mark(
        _ range: Range<Int>,
        _ buffer: UnsafeBufferPointer<UInt8>,
        _ dividers: UnsafeBufferPointer<UInt8>,
        _ marks: UnsafeMutableBufferPointer<UInt32>,
        _ high: inout UInt8
    ) -> Int {
        var count = 0
        var bits: UInt8 = 0
        for index in range {
            let byte = buffer[index]
            bits |= byte
            marks[count] = UInt32(truncatingIfNeeded: index)
            count &+= Int(dividers[Int(byte)])
        }
        high |= bits
        return count
    }

    /// Sorts a block's marks into separators of elements and components, and segment ends.
    private mutating func sort(
        _ marks: UnsafeBufferPointer<UInt32>,
        _ buffer: UnsafeBufferPointer<UInt8>,
        _ block: Block,
        _ state: inout State
    ) -> EDIFACTSyntaxError? {
        let element = characters.element
        let terminator = characters.terminator
        // Beyond every byte where no release character is used.
        let release = characters.release.map { UInt16($0) } ?? .max
        let elementsBefore = elementMarks.count
        let componentsBefore = componentMarks.count
        var elements = 0
        var components = 0
        let characters = characters
        var released = state.released
        var resume = state.resume
        var start = state.start
        var tag = state.tag
        defer {
            state.released = released
            state.resume = resume
            state.start = start
            state.tag = tag
        }
        for place in 0..<marks.count {
            let mark = marks[place]
            let at = Int(mark)
            guard at != released, at >= resume else { continue }
            let byte = buffer[at]
            if UInt16(byte) == release {
                released = at + 1
            } else if byte == terminator {
                var next = at + 1
                while next < buffer.count, EDIFACTLine.isBetween(buffer[next], characters) {
                    next += 1
                }
                guard
                    // The trailers have no text in which a terminator could stand.
                    next == buffer.count || tag == .unt || tag.isService
                        || EDIFACTLine.startsSegment(buffer, next, characters)
                else {
                    // A text with an apostrophe that its sender did not release stays one text.
                    note("terminator-not-released", start.byte, buffer)
                    // Those behind it, up to the same text, are no other case.
                    resume = next
                    continue
                }
                let following = Start(
                    byte: next,
                    element: elementsBefore + elements,
                    component: componentsBefore + components
                )
                if let failure = end(start, at, following, tag) { return failure }
                start = following
                resume = next
                tag = EDIFACTLine.tag(buffer, next..<buffer.count)
            } else {
                let isElement = byte == element ? 1 : 0
                block.elements[elements] = mark
                elements &+= isElement
                block.components[components] = mark
                components &+= 1 &- isElement
            }
        }
        elementMarks.append(contentsOf: block.elements[..<elements])
        componentMarks.append(contentsOf: block.components[..<components])
        guard elementMarks.count + componentMarks.count <= limits.delimitersMax else {
            return EDIFACTSyntaxError(.tooManyDelimiters, path: "UNH", offset: start.byte)
        }
        return nil
    }

    @inline(__always)
    private mutating func end(
        _ start: Start,
        _ end: Int,
        _ next: Start,
        _ tag: EDIFACTTag
    ) -> EDIFACTSyntaxError? {
        guard segments.count < limits.segmentsMax else {
            return EDIFACTSyntaxError(.tooManySegments, path: "UNH", offset: start.byte)
        }
        segments.append(
            EDIFACTTree.Segment(
                start: UInt32(truncatingIfNeeded: start.byte),
                end: UInt32(truncatingIfNeeded: end),
                next: UInt32(truncatingIfNeeded: next.byte),
                firstElement: UInt32(truncatingIfNeeded: start.element),
                elementsEnd: UInt32(truncatingIfNeeded: next.element),
                tag: tag
            )
        )
        return nil
    }

    private mutating func note(
        _ code: String,
        _ offset: Int,
        _ buffer: UnsafeBufferPointer<UInt8>
    ) {
        guard findings.count < limits.findingsMax else { return }
        let tag = EDIFACTLine.tag(buffer, offset..<buffer.count)
        findings.append(EDIFACTFinding(code: code, path: tag.description, offset: offset))
    }
}

/// What stands between segments, and what starts one.
enum EDIFACTLine {
    /// Line ends and blanks between a terminator and the next segment.
    @inline(__always)
    static func isBetween(_ byte: UInt8, _ characters: EDIFACTServiceCharacters) -> Bool {
        // The letter that a segment starts with, as a rule.
        if isCapital(byte) { return byte == characters.terminator }
        return byte == 0x0D || byte == 0x0A || byte == 0x20 || byte == 0x09 || byte == 0x1A
            || byte == characters.terminator
    }

    /// A tag is a capital and two capitals or digits, then a delimiter or the end.
    @inline(__always)
    static func startsSegment(
        _ buffer: UnsafeBufferPointer<UInt8>,
        _ at: Int,
        _ characters: EDIFACTServiceCharacters
    ) -> Bool {
        guard at + 3 <= buffer.count else { return false }
        guard isCapital(buffer[at]), isTagByte(buffer[at + 1]), isTagByte(buffer[at + 2]) else {
            return false
        }
        guard at + 3 < buffer.count else { return true }
        let next = buffer[at + 3]
        return next == characters.element || next == characters.component
            || next == characters.terminator
    }

    /// The tag of a segment; three question marks where it is cut or none.
    @inline(__always)
    static func tag(_ buffer: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> EDIFACTTag {
        let at = range.lowerBound
        guard at + 3 <= min(range.upperBound, buffer.count), isCapital(buffer[at]),
            isTagByte(buffer[at + 1]), isTagByte(buffer[at + 2])
        else { return EDIFACTTag(0x3F, 0x3F, 0x3F) }
        return EDIFACTTag(buffer[at], buffer[at + 1], buffer[at + 2])
    }

    static func isCapital(_ byte: UInt8) -> Bool { byte >= 0x41 && byte <= 0x5A }

    static func isTagByte(_ byte: UInt8) -> Bool {
        isCapital(byte) || byte >= 0x30 && byte <= 0x39
    }
}
