import CBaseline
import EDIFACTSyntax
import HL7v2Syntax
import JSONSyntax
import XMLSyntax

/// The limit of a delimited format: C stores the offset of every delimiter and line end of the file.
struct CLoop: Measurement {
    /// Which bytes are stored.
    enum Marks { case hl7v2, edifact }

    let name: String
    let marks: Marks
    private var found = baseline_marks()

    init(name: String, marks: Marks) {
        self.name = name
        self.marks = marks
    }

    mutating func run(_ input: Input) throws -> Sample {
        timed(input.bytes.count) {
            input.bytes.withUnsafeBufferPointer { buffer in
                guard let start = buffer.baseAddress else { return 0 }
                return switch marks {
                case .hl7v2: baseline_index(start, buffer.count, &found)
                case .edifact: baseline_index_edifact(start, buffer.count, &found)
                }
            }
        }
    }
}

/// libxml2 in C, without anything of ours: the limit and the peer of XML.
struct LibXML2: Measurement {
    let name: String
    /// Whether it only calls back, or builds its tree.
    let isSAX: Bool

    func run(_ input: Input) throws -> Sample {
        timed(input.bytes.count) {
            input.bytes.withUnsafeBufferPointer { buffer in
                guard let start = buffer.baseAddress else { return 0 }
                return isSAX
                    ? baseline_xml_sax(start, buffer.count) : baseline_xml_dom(start, buffer.count)
            }
        }
    }
}

/// Ours: the file split into messages and every message read to its lossless tree.
struct HL7v2Tree: Measurement {
    let name: String
    /// What to read instead of the table's input, as the yardstick of another.
    private let input: (() throws -> Input)?
    private var own: Input?

    init(name: String = "bytes → lossless tree", input: (() throws -> Input)? = nil) {
        self.name = name
        self.input = input
    }

    mutating func run(_ input: Input) throws -> Sample {
        if own == nil { own = try self.input?() }
        let input = own ?? input
        return try timed(input.bytes.count) {
            let file = HL7v2File(input.bytes)
            var segments = 0
            for part in file.parts {
                guard case .message = part.kind else { continue }
                segments += try HL7v2Message.read(file.slice(part)).segmentCount
            }
            return segments
        }
    }
}

/// Ours: the interchange split into messages and every message read to its lossless tree.
struct EDIFACTTree: Measurement {
    let name = "bytes → lossless tree"

    func run(_ input: Input) throws -> Sample {
        try timed(input.bytes.count) {
            let file = EDIFACTFile(input.bytes)
            var segments = 0
            // An interchange's header is read once.
            var envelope: Range<Int>?
            var header: EDIFACTInterchangeHeader?
            for part in file.parts {
                guard case .message = part.kind else { continue }
                if part.envelope != envelope {
                    envelope = part.envelope
                    header = try file.envelope(of: part).map { try EDIFACTInterchangeHeader($0) }
                }
                segments += try EDIFACTMessage.read(file.slice(part), in: header).segmentCount
            }
            return segments
        }
    }
}

/// Ours: the strict tree, with places, digits and no key twice.
struct JSONTree: Measurement {
    let name = "bytes → strict tree"

    func run(_ input: Input) throws -> Sample {
        try timed(input.bytes.count) {
            try JSONDocument.read(input.bytes[...]).root["entry"]?.elements.count ?? 0
        }
    }
}

/// Ours: libxml2's events built into the bounded tree, with places.
struct XMLTree: Measurement {
    let name = "bytes → bounded tree with places"

    func run(_ input: Input) throws -> Sample {
        try timed(input.bytes.count) {
            let document = try XMLDocument.read(input.bytes[...])
            return document.children(of: document.root).count
        }
    }
}
