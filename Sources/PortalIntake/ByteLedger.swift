/// An account of every byte of a document: mapped into an entry, ignored by a named rule, or left.
///
/// - Units: bytes. `mapped + ignored + unmapped` is the document's size, always (DESIGN P2).
public struct ByteLedger: Sendable {
    /// What became of a byte.
    ///
    /// Raw value 0 is unmapped, 1 mapped, from 2 on a rule of ``IgnoreRule``.
    private var marks: [UInt8]

    /// The account of a document of which nothing has been read yet.
    public init(byteCount: Int) { marks = [UInt8](repeating: 0, count: byteCount) }

    /// Marks bytes as having given an entry something: changing one changes an entry.
    public mutating func map(_ range: Range<Int>) { mark(range, 1) }

    /// Marks bytes as left out on purpose.
    ///
    /// Bytes already mapped stay so.
    public mutating func ignore(_ range: Range<Int>, by rule: IgnoreRule) {
        mark(range, rule.rawValue, over: false)
    }

    private mutating func mark(_ range: Range<Int>, _ value: UInt8, over: Bool = true) {
        let clamped = range.clamped(to: 0..<marks.count)
        marks.withUnsafeMutableBufferPointer { buffer in
            if over {
                for index in clamped { buffer[index] = value }
            } else {
                for index in clamped where buffer[index] == 0 { buffer[index] = value }
            }
        }
    }

    /// How many bytes the document has.
    public var byteCount: Int { marks.count }

    /// How many bytes gave an entry something.
    public var mapped: Int { marks.reduce(0) { $1 == 1 ? $0 + 1 : $0 } }

    /// How many bytes no rule and no entry accounts for.
    public var unmapped: Int { marks.reduce(0) { $1 == 0 ? $0 + 1 : $0 } }

    /// How many bytes a named rule leaves out.
    public var ignored: Int { marks.count - mapped - unmapped }

    /// How many bytes each rule leaves out.
    public var ignoredByRule: [IgnoreRule: Int] {
        var counts: [IgnoreRule: Int] = [:]
        for mark in marks {
            if let rule = IgnoreRule(rawValue: mark) { counts[rule, default: 0] += 1 }
        }
        return counts
    }

    /// The offsets of the mapped bytes, in order.
    public var mappedOffsets: [Int] { marks.indices.filter { marks[$0] == 1 } }

    /// The stretches that nothing accounts for, in order.
    public var unmappedRanges: [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start: Int?
        for index in 0...marks.count {
            let isOpen = index < marks.count && marks[index] == 0
            if isOpen, start == nil { start = index }
            if !isOpen, let from = start {
                ranges.append(from..<index)
                start = nil
            }
        }
        return ranges
    }
}

/// Why bytes were left out on purpose.
public enum IgnoreRule: UInt8, Sendable, CaseIterable, Comparable {
    /// Delimiters, segment names and line ends: they carry the structure.
    case structure = 2
    /// Line ends behind a message, block characters, byte order mark, batch envelopes.
    case framing = 3
    /// Set numbers of segments (PID-1, OBX-1): their order says the same.
    case setNumber = 4
    /// Who sends and receives, how it is acknowledged: of use to the interface, not the record.
    case routing = 5
    /// A value that stands elsewhere in the message and was taken from there.
    case repeated = 6
    /// HL7's `""` in a field that clears nothing here.
    case null = 7
    /// A further name of an assigner that another name already stands for.
    case alias = 8
    /// Comments and processing instructions of XML: they are no part of what a document says.
    case remark = 9

    /// What the rule leaves out, in words.
    public var words: String {
        switch self {
        case .structure: "structure"
        case .framing: "framing"
        case .setNumber: "set number"
        case .routing: "routing"
        case .repeated: "repeated"
        case .null: "null"
        case .alias: "alias"
        case .remark: "remark"
        }
    }

    /// Orders rules by number.
    public static func < (left: IgnoreRule, right: IgnoreRule) -> Bool {
        left.rawValue < right.rawValue
    }
}
