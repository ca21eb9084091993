internal import PortalBytes

/// Notes where every segment and every delimiter of a message stands.
///
/// The bytes are taken in blocks, each in two steps. The first writes every byte's offset behind
/// the marks found so far and counts up only where the byte is one: nothing branches on what a
/// byte is, which a processor would guess wrongly at every delimiter. The second looks at the
/// marks alone. Then they move to arrays that grow, so that memory follows the delimiters and not
/// the bytes.
struct HL7v2Scanner {
    let delimiters: HL7v2Delimiters
    let limits: Limits
    var segments: [HL7v2Message.Segment] = []
    /// Offsets of the field separators.
    var fieldMarks: [UInt32] = []
    /// Offsets of the separators within fields.
    var innerMarks: [UInt32] = []
    var findings: [HL7v2Finding] = []
    var hasHighBytes = false

    /// Where a segment starts, in bytes and in field separators.
    private struct Start {
        var byte = 0
        var field = 0
    }

    /// Room for the offsets of one block.
    ///
    /// INVARIANT: each buffer holds as many offsets as a block has bytes.
    private struct Block {
        let all: UnsafeMutableBufferPointer<UInt32>
        let fields: UnsafeMutableBufferPointer<UInt32>
        let inner: UnsafeMutableBufferPointer<UInt32>

        static let bytesMax = 4096

        /// The first of all the offsets.
        func found(_ count: Int) -> UnsafeBufferPointer<UInt32> {
            UnsafeBufferPointer(rebasing: all[..<count])
        }

        init(_ room: UnsafeMutableBufferPointer<UInt32>) {
            let size = room.count / 3
            all = .init(rebasing: room[..<size])
            fields = .init(rebasing: room[size..<(2 * size)])
            inner = .init(rebasing: room[(2 * size)..<(3 * size)])
        }
    }

    init(delimiters: HL7v2Delimiters, limits: Limits) {
        self.delimiters = delimiters
        self.limits = limits
    }

    /// One for each byte that divides or ends something, else zero.
    private var dividers: [UInt8] {
        var table = [UInt8](repeating: 0, count: 256)
        for byte in [delimiters.field, delimiters.component, 0x0D, 0x0A] { table[Int(byte)] = 1 }
        if let byte = delimiters.repetition { table[Int(byte)] = 1 }
        if let byte = delimiters.subcomponent { table[Int(byte)] = 1 }
        return table
    }

    /// Scans a message that starts with MSH and its field separator.
    mutating func scan(_ bytes: ArraySlice<UInt8>) throws(HL7v2SyntaxError) {
        let table = dividers
        segments.reserveCapacity(min(bytes.count / 90, 1000) + 4)
        let room = 3 * min(Block.bytesMax, bytes.count)
        let failure = bytes.withUnsafeBufferPointer { buffer in
            table.withUnsafeBufferPointer { dividers in
                withUnsafeTemporaryAllocation(of: UInt32.self, capacity: room) {
                    scan(buffer, dividers, Block($0))
                }
            }
        }
        if let failure { throw failure }
    }

    private mutating func scan(
        _ buffer: UnsafeBufferPointer<UInt8>,
        _ dividers: UnsafeBufferPointer<UInt8>,
        _ block: Block
    ) -> HL7v2SyntaxError? {
        var start = Start()
        fieldMarks.append(3)
        // MSH-2 declares the delimiters and is not divided by them.
        var index = 4
        while index < buffer.count, buffer[index] != delimiters.field,
            !Self.isLineEnd(buffer[index])
        {
            index += 1
        }
        var high = buffer[..<index].reduce(0, |)
        while index < buffer.count {
            let end = min(index + block.all.count, buffer.count)
            let found = Self.mark(index..<end, buffer, dividers, block.all, &high)
            index = end
            if let failure = sort(block.found(found), buffer, block, &start, &index) {
                return failure
            }
        }
        hasHighBytes = high >= 0x80
        guard start.byte < buffer.count else { return nil }
        let past = Start(byte: buffer.count, field: fieldMarks.count)
        return end(start, buffer.count, past, buffer)
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

    /// Sorts a block's marks into field separators, separators within fields, and segment ends.
    ///
    /// `index` is where the next block starts: moved on where line ends run past this one.
    private mutating func sort(
        _ marks: UnsafeBufferPointer<UInt32>,
        _ buffer: UnsafeBufferPointer<UInt8>,
        _ block: Block,
        _ start: inout Start,
        _ index: inout Int
    ) -> HL7v2SyntaxError? {
        let separator = delimiters.field
        let fieldsBefore = fieldMarks.count
        var fields = 0
        var inner = 0
        var resume = 0
        for place in 0..<marks.count {
            let mark = marks[place]
            let at = Int(mark)
            let byte = buffer[at]
            guard Self.isLineEnd(byte) else {
                let isField = byte == separator ? 1 : 0
                block.fields[fields] = mark
                fields &+= isField
                block.inner[inner] = mark
                inner &+= 1 &- isField
                continue
            }
            guard at >= resume else { continue }
            resume = at + 1
            while resume < buffer.count, Self.isLineEnd(buffer[resume]) { resume += 1 }
            if resume == buffer.count || startsSegment(buffer, resume) {
                let next = Start(byte: resume, field: fieldsBefore + fields)
                if let failure = end(start, at, next, buffer) { return failure }
                start = next
            } else {
                note("line-not-a-segment", segment: segments.count, offset: resume)
            }
        }
        index = max(index, resume)
        fieldMarks.append(contentsOf: block.fields[..<fields])
        innerMarks.append(contentsOf: block.inner[..<inner])
        guard fieldMarks.count + innerMarks.count <= limits.delimitersMax else {
            return HL7v2SyntaxError(.tooManyDelimiters, path: "MSH", offset: start.byte)
        }
        return nil
    }

    private static func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0D || byte == 0x0A }

    /// A segment name is a capital and two capitals or digits, then a field separator or the end.
    private func startsSegment(_ buffer: UnsafeBufferPointer<UInt8>, _ at: Int) -> Bool {
        guard at + 3 <= buffer.count, isCapital(buffer[at]), isNameByte(buffer[at + 1]),
            isNameByte(buffer[at + 2])
        else { return false }
        guard at + 3 < buffer.count else { return true }
        let next = buffer[at + 3]
        return next == delimiters.field || next == 0x0D || next == 0x0A
    }

    private func isCapital(_ byte: UInt8) -> Bool { byte >= 0x41 && byte <= 0x5A }

    private func isNameByte(_ byte: UInt8) -> Bool {
        isCapital(byte) || byte >= 0x30 && byte <= 0x39
    }

    private mutating func end(
        _ start: Start,
        _ end: Int,
        _ next: Start,
        _ buffer: UnsafeBufferPointer<UInt8>
    ) -> HL7v2SyntaxError? {
        guard segments.count < limits.segmentsMax else {
            return HL7v2SyntaxError(.tooManySegments, path: "MSH", offset: start.byte)
        }
        func byte(_ offset: Int) -> UInt8 {
            start.byte + offset < end ? buffer[start.byte + offset] : 0
        }
        segments.append(
            HL7v2Message.Segment(
                start: UInt32(truncatingIfNeeded: start.byte),
                end: UInt32(truncatingIfNeeded: end),
                next: UInt32(truncatingIfNeeded: next.byte),
                firstField: UInt32(truncatingIfNeeded: start.field),
                fieldsEnd: UInt32(truncatingIfNeeded: next.field),
                name: HL7v2SegmentName(byte(0), byte(1), byte(2))
            )
        )
        return nil
    }

    private mutating func note(_ code: String, segment: Int, offset: Int) {
        guard findings.count < limits.findingsMax else { return }
        findings.append(
            HL7v2Finding(code: code, path: "segment[\(segment + 1)]", offset: offset)
        )
    }
}
