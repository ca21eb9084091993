internal import PortalBytes

/// A file of messages that comes in chunks, given in slices of whole messages.
///
///     var slices = HL7v2Slices()
///     while let chunk = read() {
///         slices.feed(chunk)
///         while let slice = slices.next() { … HL7v2File(slice.bytes) … }
///     }
///     slices.finish()
///     while let slice = slices.next() { … }
///
/// - Shape: the parts of the slices' ``HL7v2File``, one behind another, are those of all the bytes,
///   wherever the chunks are cut; framing at a cut is two parts instead of one.
/// - Units: it holds about ``sliceBytes`` and the longest message, never the whole file.
public struct HL7v2Slices: Sendable {
    /// Some whole messages, with what stands between them.
    public struct Slice: Hashable, Sendable {
        /// Bytes from the start of the file.
        public let offset: Int
        /// The bytes.
        public let bytes: [UInt8]
    }

    /// How many bytes a slice has at least, the last one excepted.
    public static let sliceBytes = 512 << 10

    private var buffer: [UInt8] = []
    /// Bytes of the file before the buffer.
    private var gone = 0
    /// Up to where no message starts behind the first bytes of a slice.
    private var searched = HL7v2Slices.sliceBytes
    private var isFinished = false

    /// Starts a file.
    public init() {}

    /// Takes the next chunk.
    public mutating func feed(_ chunk: [UInt8]) { buffer += chunk }

    /// Says that nothing follows.
    public mutating func finish() { isFinished = true }

    /// The next slice that is whole; nil until more is fed.
    public mutating func next() -> Slice? {
        if let cut = cut() { return give(cut) }
        return isFinished && !buffer.isEmpty ? give(buffer.count) : nil
    }

    private mutating func give(_ count: Int) -> Slice {
        let rest = Array(buffer[count...])
        buffer.removeLast(rest.count)
        let slice = Slice(offset: gone, bytes: buffer)
        buffer = rest
        gone += count
        searched = Self.sliceBytes
        return slice
    }

    /// The first place behind a slice's least size where a message starts on a line of its own.
    private mutating func cut() -> Int? {
        let found = buffer.withUnsafeBufferPointer { bytes -> Int? in
            var at = max(searched, 1)
            // A header needs a byte behind its name; the last may still be fed.
            while let mark = ByteRuns.first(UInt8(ascii: "M"), in: bytes, from: at) {
                guard mark + 4 <= bytes.count else { break }
                let before = bytes[mark - 1]
                if before == 0x0D || before == 0x0A || before == 0x0B,
                    HL7v2Splitter.header(bytes, mark) == .msh
                {
                    // The start of an MLLP block belongs to its message.
                    return before == 0x0B ? mark - 1 : mark
                }
                at = mark + 1
            }
            return nil
        }
        if found == nil { searched = max(searched, buffer.count - 4) }
        return found.flatMap { $0 > 0 ? $0 : nil }
    }
}
