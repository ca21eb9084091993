internal import PortalBytes

/// Finds the parts of a run of bytes one by one, wherever the bytes are cut into chunks.
struct EDIFACTSplitter {
    /// One part, from where it was asked for.
    struct Found {
        let kind: EDIFACTFile.Kind
        let count: Int
    }

    /// The characters of the interchange that is being read.
    private(set) var characters = EDIFACTServiceCharacters.standard
    /// How far the part at hand was looked through.
    private var cursor = 0
    /// Where the segment at hand starts.
    private var segment = 0
    private var isAtStart = true
    /// Whether a service string stood last, blanks left out: it is for the header that follows.
    private var isAdvised = false

    /// The part that starts at a place, or nil where more bytes are needed to tell.
    ///
    /// - Parameters:
    ///   - buffer: The bytes at hand.
    ///   - start: Where the part starts; the same until one was found.
    ///   - isLast: Whether nothing follows the buffer.
    /// - Returns: What the part is, and how many bytes it has.
    mutating func next(
        _ buffer: UnsafeBufferPointer<UInt8>,
        from start: Int,
        isLast: Bool
    ) -> Found? {
        guard start < buffer.count else { return nil }
        let rest = UnsafeBufferPointer(rebasing: buffer[start...])
        guard let found = part(rest, isLast) else { return nil }
        switch found.kind {
        case .serviceString: isAdvised = true
        case .framing: break
        case .envelope(.unz):
            // Another interchange declares its own.
            characters = .standard
            isAdvised = false
        case .header, .message, .envelope, .stray: isAdvised = false
        }
        cursor = 0
        segment = 0
        isAtStart = false
        return found
    }

    private mutating func part(_ rest: UnsafeBufferPointer<UInt8>, _ isLast: Bool) -> Found? {
        if isAtStart, rest[0] == 0xEF {
            if rest.count < 3, !isLast { return nil }
            if rest.starts(with: [0xEF, 0xBB, 0xBF]) { return Found(kind: .framing, count: 3) }
        }
        if EDIFACTLine.isBetween(rest[0], characters) { return blanks(rest, isLast) }
        if rest.count < 4, !isLast { return nil }
        if rest.starts(with: [0x55, 0x4E, 0x41]) {
            let size = EDIFACTServiceCharacters.adviceByteCount
            if rest.count < size, !isLast { return nil }
            if let given = try? EDIFACTServiceCharacters(advice: ArraySlice(rest.prefix(size))) {
                characters = given
                return Found(kind: .serviceString, count: size)
            }
            return stray(rest, isLast)
        }
        if rest.starts(with: [0x55, 0x4E, 0x42]), !isAdvised { characters = .standard }
        guard EDIFACTLine.startsSegment(rest, 0, characters) else { return stray(rest, isLast) }
        let tag = EDIFACTLine.tag(rest, 0..<rest.count)
        if tag == .unh { return message(rest, isLast) }
        guard let end = terminator(rest, isLast) else { return nil }
        if tag == .unb { return Found(kind: .header, count: end) }
        return Found(kind: tag.isService ? .envelope(tag) : .stray, count: end)
    }

    /// Line ends and blanks, as many as there are.
    private mutating func blanks(_ rest: UnsafeBufferPointer<UInt8>, _ isLast: Bool) -> Found? {
        while cursor < rest.count, EDIFACTLine.isBetween(rest[cursor], characters) { cursor += 1 }
        guard cursor < rest.count || isLast else { return nil }
        return Found(kind: .framing, count: cursor)
    }

    /// What is no segment, up to the next service segment.
    private mutating func stray(_ rest: UnsafeBufferPointer<UInt8>, _ isLast: Bool) -> Found? {
        cursor = max(cursor, 1)
        while cursor < rest.count {
            if rest[cursor] == 0x55, !EDIFACTLine.isTagByte(rest[cursor - 1]) {
                if cursor + 4 > rest.count, !isLast { return nil }
                if opens(rest, cursor) { break }
            }
            cursor += 1
        }
        guard cursor < rest.count || isLast else { return nil }
        return Found(kind: .stray, count: cursor)
    }

    /// Whether a service segment or a message starts at a place.
    private func opens(_ rest: UnsafeBufferPointer<UInt8>, _ at: Int) -> Bool {
        guard EDIFACTLine.startsSegment(rest, at, characters) || opensAdvice(rest, at) else {
            return false
        }
        let tag = EDIFACTLine.tag(rest, at..<rest.count)
        return tag.isService || tag == .unh
    }

    private func opensAdvice(_ rest: UnsafeBufferPointer<UInt8>, _ at: Int) -> Bool {
        at + 4 <= rest.count && EDIFACTLine.tag(rest, at..<rest.count) == EDIFACTTag("UNA")
            && !EDIFACTLine.isTagByte(rest[at + 3])
    }

    /// The end of the segment at hand, its terminator included; nil where more bytes are needed.
    private mutating func terminator(
        _ rest: UnsafeBufferPointer<UInt8>,
        _ isLast: Bool
    ) -> Int? {
        let tag = EDIFACTLine.tag(rest, segment..<rest.count)
        let isService = tag == .unt || tag.isService
        while let at = nextTerminator(rest) {
            var next = at + 1
            while next < rest.count, EDIFACTLine.isBetween(rest[next], characters) { next += 1 }
            if next + 4 > rest.count, !isLast { return nil }
            // A service segment has no text in which a terminator could stand.
            if next == rest.count || isService || EDIFACTLine.startsSegment(rest, next, characters)
                || opensAdvice(rest, next)
            {
                cursor = next
                return at + 1
            }
            cursor = next
        }
        guard isLast else { return nil }
        cursor = rest.count
        return rest.count
    }

    /// The next terminator that is not released, from the cursor on; the cursor stays behind what
    /// needs not be looked at again.
    private mutating func nextTerminator(_ rest: UnsafeBufferPointer<UInt8>) -> Int? {
        let terminator = characters.terminator
        let release = characters.release ?? terminator
        let bytes = UnsafeRawBufferPointer(rest)
        let first = UInt64(terminator) &* 0x0101_0101_0101_0101
        let second = UInt64(release) &* 0x0101_0101_0101_0101
        var at = cursor
        while at < rest.count {
            // Eight bytes at a time are passed over where none is one of the two.
            while at + 8 <= bytes.count {
                let word = bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
                let ends = word ^ first
                let releases = word ^ second
                let found =
                    (ends &- 0x0101_0101_0101_0101) & ~ends
                    | (releases &- 0x0101_0101_0101_0101) & ~releases
                let hit = found & 0x8080_8080_8080_8080
                guard hit == 0 else {
                    // The lowest byte that is hit is one; those above it may be none.
                    at += hit.littleEndian.trailingZeroBitCount / 8
                    break
                }
                at += 8
            }
            guard at < rest.count else { break }
            let byte = rest[at]
            if byte == terminator {
                cursor = at
                return at
            }
            if byte == release {
                if at + 1 >= rest.count { break }
                at += 2
            } else {
                at += 1
            }
        }
        cursor = min(at, rest.count)
        return nil
    }

    /// A message: to its trailer, or to what cannot be in it.
    ///
    /// Both are service segments, so that nothing but a U is looked at: the segments between are not
    /// told apart here.
    private mutating func message(_ rest: UnsafeBufferPointer<UInt8>, _ isLast: Bool) -> Found? {
        if segment > 0 { return trailer(rest, isLast) }
        cursor = max(cursor, 3)
        while let at = ByteRuns.first(0x55, in: rest, from: cursor) {
            cursor = at
            if at + 4 > rest.count, !isLast { return nil }
            cursor = at + 1
            guard opens(rest, at) || EDIFACTLine.tag(rest, at..<rest.count) == .unt,
                EDIFACTLine.startsSegment(rest, at, characters) || opensAdvice(rest, at),
                let end = endOfSegment(rest, before: at)
            else { continue }
            guard EDIFACTLine.tag(rest, at..<rest.count) == .unt else {
                return Found(kind: .message(isWhole: false), count: end)
            }
            segment = at
            cursor = at
            return trailer(rest, isLast)
        }
        // The bytes that may begin a tag are looked at again with what follows them.
        cursor = max(isLast ? rest.count : cursor, 3)
        guard isLast else { return nil }
        let end = endOfSegment(rest, before: rest.count) ?? rest.count
        return Found(kind: .message(isWhole: false), count: end)
    }

    /// The trailer that starts at the segment at hand, to its end.
    private mutating func trailer(_ rest: UnsafeBufferPointer<UInt8>, _ isLast: Bool) -> Found? {
        terminator(rest, isLast).map { Found(kind: .message(isWhole: true), count: $0) }
    }

    /// Behind the terminator that ends the segment before a place; nil where a text goes on there.
    private func endOfSegment(_ rest: UnsafeBufferPointer<UInt8>, before at: Int) -> Int? {
        var start = at
        while start > 0, EDIFACTLine.isBetween(rest[start - 1], characters) { start -= 1 }
        if let release = characters.release {
            // An odd number of release characters makes text of what follows them.
            var first = start
            while first > 0, rest[first - 1] == release { first -= 1 }
            if !(start - first).isMultiple(of: 2) { start += 1 }
        }
        return (start..<max(at, start)).first { rest[$0] == characters.terminator }.map { $0 + 1 }
    }
}
