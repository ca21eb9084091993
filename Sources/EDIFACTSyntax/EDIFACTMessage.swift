public import PortalBytes

/// One EDIFACT message as a lossless tree: every delimiter's place is known, every byte is kept.
///
/// - Shape: segments in order, from UNH to UNT. The message's interchange may stand around it in
///   the same bytes (UNA and UNB before, UNZ behind), or its header is given beside them. Data
///   elements are counted from one behind the tag, components from one.
/// - Units: ranges are bytes from the start of the bytes given.
/// - Rule: ISO 9735. A release character makes the byte behind it text, itself included. A
///   terminator that no segment follows was not released by its sender, and belongs to the text
///   that it stands in; line ends between segments are nothing.
public struct EDIFACTMessage: Sendable {
    let tree: EDIFACTTree
    /// The interchange that it came in.
    public let interchange: EDIFACTInterchangeHeader
    /// The character set that it is read in: as UNB's syntax level says unless the bytes say
    /// otherwise.
    public let encoding: TextEncoding
    /// What was noticed while reading.
    public let findings: [EDIFACTFinding]
    /// The segments from UNH to UNT, or to the last where UNT is missing.
    public let body: Range<Int>

    /// Reads one message.
    ///
    /// - Parameters:
    ///   - bytes: From UNH to the end of UNT; its interchange's segments may stand around it.
    ///   - interchange: The header of its interchange, where it is not in the bytes.
    ///   - limits: How much to take.
    ///   - undeclared: The character set where nothing declares one and the bytes are not UTF-8.
    /// - Returns: The message's tree.
    /// - Throws: ``EDIFACTSyntaxError`` where the frame is broken or a limit is passed.
    public static func read(
        _ bytes: ArraySlice<UInt8>,
        in interchange: EDIFACTInterchangeHeader? = nil,
        limits: Limits = .standard,
        undeclared: TextEncoding = .windows1252
    ) throws(EDIFACTSyntaxError) -> EDIFACTMessage {
        guard bytes.count <= limits.messageBytesMax, bytes.count < Int(UInt32.max) else {
            throw EDIFACTSyntaxError(.messageTooLarge, path: "UNH", offset: 0)
        }
        let given = interchange?.characters ?? .standard
        guard EDIFACTFile.isStart(bytes, given) else {
            throw EDIFACTSyntaxError(.notEDIFACT, path: "UNH", offset: 0)
        }
        let tree = try EDIFACTTree(bytes, given, limits)
        return try EDIFACTMessage(tree, interchange, limits, undeclared)
    }

    private init(
        _ tree: EDIFACTTree,
        _ given: EDIFACTInterchangeHeader?,
        _ limits: Limits,
        _ undeclared: TextEncoding
    ) throws(EDIFACTSyntaxError) {
        let segments = tree.segments
        guard let first = segments.firstIndex(where: { $0.tag == .unh }) else {
            throw EDIFACTSyntaxError(.messageHeaderMissing, path: "UNH", offset: tree.prefix)
        }
        var end = segments.count
        for index in (first + 1)..<max(segments.count, first + 1) {
            let tag = segments[index].tag
            if tag == .unh {
                throw EDIFACTSyntaxError(
                    .severalMessages,
                    path: "UNH[2]",
                    offset: tree.range(index).lowerBound
                )
            }
            // The first trailer ends it; what follows is of its interchange.
            guard end == segments.count, tag == .unt || tag.isService else { continue }
            end = tag == .unt ? index + 1 : index
        }
        self.tree = tree
        body = first..<end
        let own = EDIFACTInterchangeHeader(tree)
        interchange = own.isPresent ? own : given ?? own

        var found = tree.findings
        if let last = segments.indices.last, !tree.isTerminated {
            let tag = segments[last].tag
            // What stands behind the message is none of it.
            guard last >= end || tag == .unt || tag.isService else {
                throw EDIFACTSyntaxError(
                    .segmentUnterminated,
                    path: EDIFACTMessage.path(tree, last),
                    offset: tree.range(last).lowerBound
                )
            }
            found.append(
                EDIFACTFinding(
                    code: last >= end && !tag.isService
                        ? "bytes-behind-message" : "last-segment-unterminated",
                    path: last >= end && !tag.isService ? "UNT" : tag.description,
                    offset: tree.range(last).upperBound
                )
            )
        }
        found += EDIFACTMessage.trailer(tree, first..<end)
        (encoding, found) = EDIFACTMessage.charset(tree, interchange, undeclared, found)
        findings = Array(found.prefix(limits.findingsMax))
    }

    /// What the trailer says of the message: how many segments it has, and its reference.
    ///
    /// - Rule: ISO 9735 UNT: 0074 counts the segments with UNH and UNT, 0062 repeats UNH's.
    private static func trailer(_ tree: EDIFACTTree, _ body: Range<Int>) -> [EDIFACTFinding] {
        guard let last = body.last, tree.segments[last].tag == .unt else {
            return [
                EDIFACTFinding(
                    code: "message-trailer-missing",
                    path: "UNT",
                    offset: tree.bytes.count
                )
            ]
        }
        var found: [EDIFACTFinding] = []
        let counted = tree.element(last, 1).map { tree.text($0, .ascii) } ?? ""
        if Int(counted) != body.count {
            found.append(
                EDIFACTFinding(
                    code: "segment-count-differs",
                    path: "UNT-1",
                    offset: tree.range(last).lowerBound
                )
            )
        }
        let reference = tree.element(last, 2).map { tree.slice($0) } ?? []
        if tree.element(body.lowerBound, 1).map({ tree.slice($0) }) ?? [] != reference {
            found.append(
                EDIFACTFinding(
                    code: "message-reference-differs",
                    path: "UNT-2",
                    offset: tree.range(last).lowerBound
                )
            )
        }
        return found
    }

    private static func charset(
        _ tree: EDIFACTTree,
        _ interchange: EDIFACTInterchangeHeader,
        _ undeclared: TextEncoding,
        _ noticed: [EDIFACTFinding]
    ) -> (TextEncoding, [EDIFACTFinding]) {
        var found = noticed
        let level = interchange.syntaxLevel
        let outside = tree.bytes.withUnsafeBufferPointer { buffer in
            let text = UnsafeBufferPointer(rebasing: buffer[tree.prefix...])
            return EDIFACTCharset.firstOutside(level, text)
        }
        if !tree.hasHighBytes {
            if let outside {
                found.append(
                    EDIFACTFinding(
                        code: "character-outside-level",
                        path: "UNB-1",
                        offset: tree.prefix + outside
                    )
                )
            }
            return (.utf8, found)
        }
        let choice = EDIFACTCharset.choose(level, for: tree.bytes, undeclared: undeclared)
        if let code = choice.finding {
            found.append(EDIFACTFinding(code: code, path: "UNB-1", offset: 0))
        }
        return (choice.encoding, found)
    }

    /// `S02/RFF[1]`: the group that a segment stands in, and which of its tag it is there.
    static func path(_ tree: EDIFACTTree, _ segment: Int) -> String {
        let tag = tree.segments[segment].tag
        var count = 1
        var at = segment
        while at > 0 {
            at -= 1
            let other = tree.segments[at].tag
            if other.isGroup {
                return tag.isGroup ? "\(tag)" : "\(other)/\(tag)[\(count)]"
            }
            if other == tag { count += 1 }
        }
        return "\(tag)[\(count)]"
    }
}

extension EDIFACTMessage {
    /// The bytes, unchanged.
    public var bytes: ArraySlice<UInt8> { tree.bytes }

    /// The characters that divide it.
    public var characters: EDIFACTServiceCharacters { tree.characters }

    /// Bytes before the first segment: service string advice, byte order mark, blanks.
    public var prefix: Range<Int> { 0..<tree.prefix }

    /// Where every data element separator stands, in order.
    package var elementMarks: [UInt32] { tree.elementMarks }

    /// Where every component separator stands, in order.
    package var componentMarks: [UInt32] { tree.componentMarks }

    /// How many segments, those of the interchange included.
    public var segmentCount: Int { tree.segments.count }

    /// A segment's tag.
    public func tag(_ segment: Int) -> EDIFACTTag { tree.segments[segment].tag }

    /// A segment's bytes, without its terminator.
    public func range(_ segment: Int) -> Range<Int> { tree.range(segment) }

    /// The bytes that end a segment: its terminator, and what stands before the next one.
    public func terminator(_ segment: Int) -> Range<Int> { tree.terminator(segment) }

    /// How many data elements stand behind a segment's tag.
    public func elementCount(_ segment: Int) -> Int { tree.elementCount(segment) }

    /// The bytes of a data element, from one; nil where the segment ends before it.
    public func element(_ segment: Int, _ number: Int) -> Range<Int>? {
        tree.element(segment, number)
    }

    /// The components of a range.
    public func components(_ range: Range<Int>) -> EDIFACTParts {
        EDIFACTParts(tree.bytes, range, tree.characters)
    }

    /// The bytes of a component of a range, from one; nil where there are fewer.
    public func component(_ range: Range<Int>, _ number: Int) -> Range<Int>? {
        tree.component(range, number)
    }

    /// The bytes of a range; what lies beyond the message's bytes is left out.
    public func slice(_ range: Range<Int>) -> ArraySlice<UInt8> { tree.slice(range) }

    /// The text of a range: release characters taken out, bytes read in the message's set.
    public func text(_ range: Range<Int>) -> String { tree.text(range, encoding) }

    /// The place of a segment in EDIFACT's own words: `S02/RFF[1]`.
    public func path(_ segment: Int) -> String {
        tree.segments.indices.contains(segment) ? EDIFACTMessage.path(tree, segment) : "UNH"
    }

    /// Calls back with the place of every separator, in order.
    public func forEachSeparator(_ body: (Int) -> Void) {
        var inner = 0
        let components = tree.componentMarks
        for element in tree.elementMarks {
            while inner < components.count, components[inner] < element {
                body(Int(components[inner]))
                inner += 1
            }
            body(Int(element))
        }
        for mark in components[inner...] { body(Int(mark)) }
    }

    /// Puts the tree together again, part by part: the bytes, unchanged.
    public func render() -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        out.append(contentsOf: slice(prefix))
        var marks: [Int] = []
        forEachSeparator { marks.append($0) }
        var next = 0
        for segment in 0..<segmentCount {
            let range = range(segment)
            var position = range.lowerBound
            while next < marks.count, marks[next] < range.upperBound {
                out.append(contentsOf: slice(position..<marks[next]))
                out.append(contentsOf: slice(marks[next]..<marks[next] + 1))
                position = marks[next] + 1
                next += 1
            }
            out.append(contentsOf: slice(position..<terminator(segment).upperBound))
        }
        return out
    }
}

/// What a message says it is (UNH, S009).
///
///     UNH+1+MEDRPT:0:1:RT:NHS003'
///
/// - Rule: ISO 9735 UNH: 0065 type, 0052 version, 0054 release, 0051 agency, 0057 association
///   assigned code. Two messages of one association code may be of different types.
public struct EDIFACTMessageType: Hashable, Sendable {
    /// The type, such as `MEDRPT`.
    public let type: String
    /// The version, such as `0` or `D`.
    public let version: String
    /// The release, such as `1`.
    public let release: String
    /// The agency, such as `RT`.
    public let agency: String
    /// The code that the association gave this use of the message, such as `NHS003`.
    public let association: String

    /// Reads what the first message of some bytes says that it is; nil where there is none.
    ///
    /// - Parameters:
    ///   - bytes: The first bytes of a message, or of its interchange; they may be cut.
    ///   - interchange: The header of its interchange, where it is not in the bytes.
    public init?(first bytes: ArraySlice<UInt8>, in interchange: EDIFACTInterchangeHeader) {
        guard EDIFACTFile.isStart(bytes, interchange.characters),
            let tree = try? EDIFACTTree(bytes, interchange.characters, .standard),
            let header = tree.segments.firstIndex(where: { $0.tag == .unh }),
            // One that is cut says nothing.
            header + 1 < tree.segments.count || tree.isTerminated
        else { return nil }
        self.init(tree, header)
    }

    init(_ tree: EDIFACTTree, _ header: Int) {
        let range = tree.element(header, 2)
        func part(_ number: Int) -> String {
            range.flatMap { tree.component($0, number) }.map { tree.text($0, .windows1252) } ?? ""
        }
        type = part(1)
        version = part(2)
        release = part(3)
        agency = part(4)
        association = part(5)
    }
}

extension EDIFACTMessage {
    /// What the message says it is.
    public var type: EDIFACTMessageType { EDIFACTMessageType(tree, body.lowerBound) }

    /// The sender's number of the message (UNH, 0062).
    public var reference: String { element(body.lowerBound, 1).map { text($0) } ?? "" }
}
