internal import PortalBytes

/// What is looked for in a document before libxml2 sees a byte of it.
///
/// Each scan is one walk over the bytes. None of them decides what the document says: they only
/// refuse, and whatever they let through libxml2 checks again.
enum XMLScan {
    /// Attributes and namespace declarations that one element may have.
    ///
    /// libxml2 compares each with each, so that a tag of a million would take hours.
    static let attributesOfElementMax = 512

    private static let opening = Array("<".utf8)
    private static let instructionEnd = Array("?>".utf8)
    private static let commentStart = Array("<!--".utf8)
    private static let commentEnd = Array("-->".utf8)
    private static let sectionStart = Array("<![CDATA[".utf8)
    private static let sectionEnd = Array("]]>".utf8)

    static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    /// Refuses control characters, document types and overloaded tags.
    ///
    /// - Returns: Why, and where in the UTF-8; nil where nothing is refused.
    static func refusal(of utf8: ArraySlice<UInt8>) -> (XMLSyntaxError.Code, Int)? {
        utf8.withUnsafeBufferPointer { bytes in
            if let at = control(bytes) { return (.controlCharacter, at) }
            guard let first = bytes.firstIndex(where: { !isSpace($0) }) else {
                return (.notXML, 0)
            }
            guard bytes[first] == 0x3C else { return (.notXML, first) }
            // White space before the declaration is libxml2's to refuse.
            if let at = doctype(bytes) { return (.doctypeRefused, at) }
            return overloaded(bytes).map { (.tooManyAttributes, $0) }
        }
    }

    private static func control(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        var at = ByteRuns.endOfNonControls(in: bytes, from: 0)
        while at < bytes.count {
            guard isSpace(bytes[at]) else { return at }
            at = ByteRuns.endOfNonControls(in: bytes, from: at + 1)
        }
        return nil
    }

    /// A document type declaration between the start and the root.
    ///
    /// Behind the root's start, `<!DOCTYPE` is text of a CDATA section or a comment, or not well
    /// formed: libxml2 tells them apart.
    private static func doctype(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        var at = 0
        while let mark = find(opening, in: bytes, from: at) {
            let next = mark + 1 < bytes.count ? bytes[mark + 1] : 0
            if next == UInt8(ascii: "!"), !stands(commentStart, in: bytes, at: mark) { return mark }
            guard let end = endOfRemark(bytes, mark) else { return nil }
            at = end
        }
        return nil
    }

    /// A start tag with more attributes than an element may have.
    private static func overloaded(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        var at = 0
        while let mark = find(opening, in: bytes, from: at) {
            if let end = endOfRemark(bytes, mark) {
                at = end
                continue
            }
            at = mark + 1
            // A value takes two quotes at least: what is shorter than so many is not overloaded.
            let next = ByteRuns.first(UInt8(ascii: "<"), in: bytes, from: at) ?? bytes.count
            if next - at <= 2 * attributesOfElementMax {
                at = next
                continue
            }
            var values = 0
            var quote: UInt8?
            // No tag holds a `<`: what follows one is looked at as a tag of its own.
            scan: while at < bytes.count, bytes[at] != UInt8(ascii: "<") {
                let byte = bytes[at]
                at += 1
                if let open = quote {
                    if byte == open { quote = nil }
                    continue
                }
                switch byte {
                case UInt8(ascii: "\""), UInt8(ascii: "'"):
                    quote = byte
                    values += 1
                    if values > attributesOfElementMax { return mark }
                case UInt8(ascii: ">"): break scan
                default: break
                }
            }
        }
        return nil
    }

    /// Past the comment, CDATA section or instruction that starts there; nil where none does, or
    /// where it does not end.
    private static func endOfRemark(_ bytes: UnsafeBufferPointer<UInt8>, _ mark: Int) -> Int? {
        guard mark + 1 < bytes.count else { return nil }
        let closing: [UInt8]
        let from: Int
        if bytes[mark + 1] == UInt8(ascii: "?") {
            (closing, from) = (instructionEnd, mark + 2)
        } else if stands(commentStart, in: bytes, at: mark) {
            (closing, from) = (commentEnd, mark + 4)
        } else if stands(sectionStart, in: bytes, at: mark) {
            (closing, from) = (sectionEnd, mark + 9)
        } else {
            return nil
        }
        // One that never ends is searched once: nothing behind it is a tag.
        return find(closing, in: bytes, from: from).map { $0 + closing.count } ?? bytes.count
    }

    private static func stands(
        _ mark: [UInt8],
        in bytes: UnsafeBufferPointer<UInt8>,
        at: Int
    ) -> Bool {
        guard at >= 0, at + mark.count <= bytes.count else { return false }
        for index in mark.indices where bytes[at + index] != mark[index] { return false }
        return true
    }

    private static func find(
        _ mark: [UInt8],
        in bytes: UnsafeBufferPointer<UInt8>,
        from: Int
    ) -> Int? {
        guard let first = mark.first else { return nil }
        var at = from
        while let found = ByteRuns.first(first, in: bytes, from: at) {
            if stands(mark, in: bytes, at: found) { return found }
            at = found + 1
        }
        return nil
    }
}
