internal import PortalBytes

/// One pass over a message's bytes that notes where every segment and every delimiter stands.
struct HL7v2Scanner {
    let delimiters: HL7v2Delimiters
    let limits: Limits
    var segments: [HL7v2Message.Segment] = []
    var marks: [UInt32] = []
    var fieldMarks: [UInt32] = []
    var findings: [HL7v2Finding] = []
    var hasHighBytes = false

    /// What a byte is to the scanner.
    private enum Class {
        static let content: UInt8 = 0
        static let field: UInt8 = 1
        static let other: UInt8 = 2
        static let lineEnd: UInt8 = 3
    }

    init(delimiters: HL7v2Delimiters, limits: Limits) {
        self.delimiters = delimiters
        self.limits = limits
    }

    private var classes: [UInt8] {
        var table = [UInt8](repeating: Class.content, count: 256)
        for other in [delimiters.component, delimiters.repetition, delimiters.subcomponent] {
            if let other { table[Int(other)] = Class.other }
        }
        table[Int(delimiters.field)] = Class.field
        table[0x0D] = Class.lineEnd
        table[0x0A] = Class.lineEnd
        return table
    }

    mutating func scan(_ bytes: ArraySlice<UInt8>) throws(HL7v2SyntaxError) {
        let table = classes
        marks.reserveCapacity(bytes.count / 5 + 16)
        fieldMarks.reserveCapacity(bytes.count / 8 + 16)
        segments.reserveCapacity(bytes.count / 90 + 4)
        let failure = bytes.withUnsafeBufferPointer { buffer in
            table.withUnsafeBufferPointer { classes in scan(buffer, classes) }
        }
        if let failure { throw failure }
    }

    private mutating func scan(
        _ buffer: UnsafeBufferPointer<UInt8>,
        _ classes: UnsafeBufferPointer<UInt8>
    ) -> HL7v2SyntaxError? {
        let count = buffer.count
        var index = 0
        var start = 0
        var firstField = 0
        var high: UInt8 = 0
        // MSH-2 declares the delimiters and is not divided by them.
        var quietUntil = 4
        while quietUntil < count, classes[Int(buffer[quietUntil])] != Class.field,
            classes[Int(buffer[quietUntil])] != Class.lineEnd
        {
            quietUntil += 1
        }
        while index < count {
            let byte = buffer[index]
            let kind = classes[Int(byte)]
            high |= byte
            if kind == Class.content {
                index += 1
                continue
            }
            if kind != Class.lineEnd {
                if kind == Class.field {
                    fieldMarks.append(UInt32(truncatingIfNeeded: marks.count))
                    marks.append(UInt32(truncatingIfNeeded: index))
                } else if index >= quietUntil {
                    marks.append(UInt32(truncatingIfNeeded: index))
                }
                index += 1
                continue
            }
            var after = index
            while after < count, classes[Int(buffer[after])] == Class.lineEnd { after += 1 }
            if after == count || startsSegment(buffer, after) {
                if let failure = end(start, index, after, firstField, buffer) { return failure }
                start = after
                firstField = fieldMarks.count
            } else {
                note("line-not-a-segment", segment: segments.count, offset: after)
            }
            index = after
        }
        if start < count, let failure = end(start, count, count, firstField, buffer) {
            return failure
        }
        hasHighBytes = high >= 0x80
        return nil
    }

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
        _ start: Int,
        _ end: Int,
        _ next: Int,
        _ firstField: Int,
        _ buffer: UnsafeBufferPointer<UInt8>
    ) -> HL7v2SyntaxError? {
        guard segments.count < limits.segmentsMax else {
            return HL7v2SyntaxError(.tooManySegments, path: "MSH", offset: start)
        }
        guard marks.count <= limits.delimitersMax else {
            return HL7v2SyntaxError(.tooManyDelimiters, path: "MSH", offset: start)
        }
        func byte(_ offset: Int) -> UInt8 { start + offset < end ? buffer[start + offset] : 0 }
        segments.append(
            HL7v2Message.Segment(
                start: UInt32(truncatingIfNeeded: start),
                end: UInt32(truncatingIfNeeded: end),
                next: UInt32(truncatingIfNeeded: next),
                firstField: UInt32(truncatingIfNeeded: firstField),
                fieldsEnd: UInt32(truncatingIfNeeded: fieldMarks.count),
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
