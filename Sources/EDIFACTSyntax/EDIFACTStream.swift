public import PortalBytes

/// Interchanges that come in chunks: each message is given as soon as it is whole.
///
///     var stream = EDIFACTStream()
///     for chunk in chunks {
///         stream.feed(chunk)
///         while let part = try stream.next() { … }
///     }
///     stream.finish()
///     while let part = try stream.next() { … }
///
/// - Shape: the same parts as ``EDIFACTFile`` of all the bytes, wherever the chunks are cut.
/// - Units: it holds the part at hand and the last chunk, never the whole file.
public struct EDIFACTStream: Sendable {
    /// One part, with its own bytes.
    public struct Part: Hashable, Sendable {
        /// What it is.
        public let kind: EDIFACTFile.Kind
        /// Its bytes.
        public let bytes: [UInt8]
        /// Bytes from the start of the stream.
        public let offset: Int
        /// The service string and header of its interchange; empty without any.
        public let envelope: [UInt8]
    }

    private let limits: Limits
    private var buffer: [UInt8] = []
    /// Bytes of the buffer that were given away.
    private var used = 0
    /// Bytes of the stream before the buffer.
    private var gone = 0
    private var isFinished = false
    private var splitter = EDIFACTSplitter()
    private var envelope: [UInt8] = []
    private var isAdvised = false

    /// Starts a stream.
    public init(limits: Limits = .standard) { self.limits = limits }

    /// Takes the next chunk.
    public mutating func feed(_ chunk: ArraySlice<UInt8>) {
        if used > 0 {
            buffer.removeFirst(used)
            gone += used
            used = 0
        }
        buffer.append(contentsOf: chunk)
    }

    /// Says that nothing follows.
    public mutating func finish() { isFinished = true }

    /// The next part that is whole; nil until more is fed.
    ///
    /// - Throws: ``EDIFACTSyntaxError`` `message-too-large` where one part has more bytes than the
    ///   limits allow: the stream is of no use from there.
    public mutating func next() throws(EDIFACTSyntaxError) -> Part? {
        let isLast = isFinished
        let start = used
        let found = buffer.withUnsafeBufferPointer {
            splitter.next($0, from: start, isLast: isLast)
        }
        guard let found else {
            guard buffer.count - used <= limits.messageBytesMax else {
                throw EDIFACTSyntaxError(.messageTooLarge, path: "UNH", offset: gone + used)
            }
            return nil
        }
        let end = min(used + max(found.count, 1), buffer.count)
        let bytes = Array(buffer[used..<end])
        let offset = gone + used
        used = end
        pass(found.kind, bytes)
        return Part(kind: found.kind, bytes: bytes, offset: offset, envelope: envelope)
    }

    /// Keeps the service string and header that hold for what follows.
    private mutating func pass(_ kind: EDIFACTFile.Kind, _ bytes: [UInt8]) {
        switch kind {
        case .serviceString:
            envelope = bytes
            isAdvised = true
        case .header:
            envelope = isAdvised ? envelope + bytes : bytes
            isAdvised = false
        case .envelope(.unz):
            envelope = []
            isAdvised = false
        case .message, .envelope, .stray: isAdvised = false
        case .framing: if isAdvised { envelope += bytes }
        }
    }
}
