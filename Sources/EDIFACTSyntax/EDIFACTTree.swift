internal import PortalBytes

/// Segments, data elements and components of some bytes, by where they stand.
///
/// - Units: ranges are bytes from the start.
struct EDIFACTTree: Sendable {
    /// INVARIANT: segments tile the bytes from `prefix` on; a segment's marks stand inside it.
    struct Segment: Sendable {
        let start: UInt32
        let end: UInt32
        /// Past the terminator and what stands between it and the next segment.
        let next: UInt32
        /// Its first data element separator in ``EDIFACTTree/elementMarks``.
        let firstElement: UInt32
        let elementsEnd: UInt32
        let tag: EDIFACTTag
    }

    let bytes: ArraySlice<UInt8>
    let characters: EDIFACTServiceCharacters
    /// Bytes before the first segment: service string advice, byte order mark, blanks.
    let prefix: Int
    let segments: [Segment]
    let elementMarks: [UInt32]
    let componentMarks: [UInt32]
    let findings: [EDIFACTFinding]
    let hasHighBytes: Bool
    let isTerminated: Bool

    /// Reads bytes that may start with a service string advice.
    ///
    /// - Parameters:
    ///   - bytes: Segments one behind another.
    ///   - given: What divides them where there is no advice.
    ///   - limits: How much to take.
    /// - Throws: ``EDIFACTSyntaxError`` where the advice is none or a limit is passed.
    init(
        _ bytes: ArraySlice<UInt8>,
        _ given: EDIFACTServiceCharacters,
        _ limits: Limits
    ) throws(EDIFACTSyntaxError) {
        var at = EDIFACTTree.blanks(bytes, from: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0)
        var characters = given
        let rest = bytes.dropFirst(at)
        if rest.starts(with: [0x55, 0x4E, 0x41]) {
            characters = try EDIFACTServiceCharacters(advice: rest)
            at = EDIFACTTree.blanks(bytes, from: at + EDIFACTServiceCharacters.adviceByteCount)
        }
        var scanner = EDIFACTScanner(characters: characters, limits: limits)
        try scanner.scan(bytes, from: at)
        self.bytes = bytes
        self.characters = characters
        prefix = min(at, bytes.count)
        segments = scanner.segments
        elementMarks = scanner.elementMarks
        componentMarks = scanner.componentMarks
        findings = scanner.findings
        hasHighBytes = scanner.hasHighBytes
        isTerminated = scanner.isTerminated
    }

    private static func blanks(_ bytes: ArraySlice<UInt8>, from start: Int) -> Int {
        var at = start
        for byte in bytes.dropFirst(start) {
            guard EDIFACTLine.isBetween(byte, .standard), byte != 0x27 else { break }
            at += 1
        }
        return at
    }

    func range(_ segment: Int) -> Range<Int> {
        guard segments.indices.contains(segment) else { return 0..<0 }
        return Int(segments[segment].start)..<Int(segments[segment].end)
    }

    func terminator(_ segment: Int) -> Range<Int> {
        guard segments.indices.contains(segment) else { return 0..<0 }
        return Int(segments[segment].end)..<Int(segments[segment].next)
    }

    func elementCount(_ segment: Int) -> Int {
        guard segments.indices.contains(segment) else { return 0 }
        return Int(segments[segment].elementsEnd) - Int(segments[segment].firstElement)
    }

    func element(_ segment: Int, _ number: Int) -> Range<Int>? {
        guard number >= 1, number <= elementCount(segment) else { return nil }
        let entry = segments[segment]
        let mark = Int(entry.firstElement) + number - 1
        let start = Int(elementMarks[mark]) + 1
        let end =
            mark + 1 < Int(entry.elementsEnd) ? Int(elementMarks[mark + 1]) : Int(entry.end)
        return start..<end
    }

    func slice(_ range: Range<Int>) -> ArraySlice<UInt8> {
        let held = range.clamped(to: 0..<bytes.count)
        return bytes[(bytes.startIndex + held.lowerBound)..<(bytes.startIndex + held.upperBound)]
    }

    /// The n-th component of a range, from one; released separators are text.
    func component(_ range: Range<Int>, _ number: Int) -> Range<Int>? {
        guard number >= 1 else { return nil }
        var parts = EDIFACTParts(bytes, range, characters)
        for _ in 1..<number where parts.next() == nil { return nil }
        return parts.next()
    }

    /// The text of a range: release characters taken out, bytes read in a character set.
    func text(_ range: Range<Int>, _ encoding: TextEncoding) -> String {
        let slice = slice(range)
        guard let release = characters.release, slice.contains(release) else {
            return encoding.decode(slice)
        }
        var plain: [UInt8] = []
        plain.reserveCapacity(slice.count)
        var isReleased = false
        for byte in slice {
            if byte == release, !isReleased {
                isReleased = true
            } else {
                plain.append(byte)
                isReleased = false
            }
        }
        // At the very end it releases nothing, and stays.
        if isReleased { plain.append(release) }
        return encoding.decode(plain[...])
    }
}

/// The components of a data element, given one by one in their order.
///
/// - Shape: one, the element itself, where no separator divides it.
public struct EDIFACTParts {
    private let bytes: ArraySlice<UInt8>
    private let separator: UInt8
    private let release: UInt16
    private let end: Int
    /// Where the next component starts; nil behind the last.
    private var start: Int?

    init(
        _ bytes: ArraySlice<UInt8>,
        _ range: Range<Int>,
        _ characters: EDIFACTServiceCharacters
    ) {
        let range = range.clamped(to: 0..<bytes.count)
        self.bytes = bytes
        separator = characters.component
        release = characters.release.map { UInt16($0) } ?? .max
        start = range.lowerBound
        end = range.upperBound
    }

    /// The next component's bytes, from the start of the message; nil behind the last.
    public mutating func next() -> Range<Int>? {
        guard let start else { return nil }
        let base = bytes.startIndex
        var index = start
        while index < end {
            let byte = bytes[base + index]
            if UInt16(byte) == release {
                index += 2
            } else if byte == separator {
                self.start = index + 1
                return start..<index
            } else {
                index += 1
            }
        }
        self.start = nil
        return start..<end
    }
}
