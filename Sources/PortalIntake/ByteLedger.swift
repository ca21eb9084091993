/// An account of every byte of a document: mapped into an entry, ignored by a named rule, or left.
///
/// - Units: bytes. `mapped + ignored + unmapped` is the document's size, always (DESIGN P2).
public struct ByteLedger: Sendable {
    /// What became of each byte: raw value 0 is unmapped, 1 mapped, from 2 on a rule of ``IgnoreRule``.
    private enum Storage: Sendable {
        /// A mark for each byte: what is still being written.
        case marks([UInt8])
        /// Stretches: a document of many megabytes is accounted for in a part of its size.
        case runs(LedgerStretches)
    }

    private var storage: Storage

    /// The account of a document of which nothing has been read yet.
    public init(byteCount: Int) { storage = .marks([UInt8](repeating: 0, count: byteCount)) }

    fileprivate init(marks: [UInt8]) { storage = .marks(marks) }

    init(runs: LedgerStretches) { storage = .runs(runs) }

    /// Marks bytes as having given an entry something: changing one changes an entry.
    public mutating func map(_ range: Range<Int>) { mark(range, 1) }

    /// Marks bytes as left out on purpose.
    ///
    /// Bytes already mapped stay so.
    public mutating func ignore(_ range: Range<Int>, by rule: IgnoreRule) {
        mark(range, rule.rawValue, over: false)
    }

    private mutating func mark(_ range: Range<Int>, _ value: UInt8, over: Bool = true) {
        var marks = takeMarks()
        let clamped = range.clamped(to: 0..<marks.count)
        marks.withUnsafeMutableBufferPointer { buffer in
            if over {
                for index in clamped { buffer[index] = value }
            } else {
                for index in clamped where buffer[index] == 0 { buffer[index] = value }
            }
        }
        storage = .marks(marks)
    }

    /// The marks, out of the storage, so that writing them copies nothing.
    private mutating func takeMarks() -> [UInt8] {
        switch storage {
        case .marks(let marks):
            storage = .runs(LedgerStretches())
            return marks
        case .runs(let runs):
            var marks: [UInt8] = []
            marks.reserveCapacity(byteCount)
            runs.visit { range, mark in marks += repeatElement(mark, count: range.count) }
            return marks
        }
    }

    /// Whether a byte has been mapped or left out by a rule already.
    package func isAccounted(at offset: Int) -> Bool {
        switch storage {
        case .marks(let marks): return marks.indices.contains(offset) && marks[offset] != 0
        case .runs(let runs):
            var isAccounted = false
            runs.visit { range, mark in
                if range.contains(offset) { isAccounted = mark != 0 }
            }
            return isAccounted
        }
    }

    /// How many bytes the document has.
    public var byteCount: Int {
        switch storage {
        case .marks(let marks): marks.count
        case .runs(let runs): runs.byteCount
        }
    }

    /// How many bytes gave an entry something.
    public var mapped: Int { count(of: 1) }

    /// How many bytes no rule and no entry accounts for.
    public var unmapped: Int { count(of: 0) }

    private func count(of value: UInt8) -> Int {
        switch storage {
        case .marks(let marks): return ByteLedger.count(value, in: marks)
        case .runs(let runs):
            var total = 0
            runs.visit { range, mark in if mark == value { total += range.count } }
            return total
        }
    }

    private static func count(_ value: UInt8, in marks: [UInt8]) -> Int {
        marks.withUnsafeBytes { bytes in
            var total = 0
            var at = 0
            // Eight at a time: a byte that is the value becomes zero, and a zero byte alone keeps
            // its top bit clear when 7F is added to its lower seven. Each lane counts to 255.
            let pattern = UInt64(value) &* 0x0101_0101_0101_0101
            let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
            let even: UInt64 = 0x00FF_00FF_00FF_00FF
            while at + 8 <= bytes.count {
                let end = min(bytes.count - 7, at + 255 * 8)
                var lanes: UInt64 = 0
                while at < end {
                    let word = bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self) ^ pattern
                    lanes &+= ~((word & low) &+ low | word | low) >> 7
                    at += 8
                }
                let pairs = (lanes & even) &+ (lanes >> 8 & even)
                total += Int((pairs &* 0x0001_0001_0001_0001) >> 48)
            }
            for mark in bytes[at...] where mark == value { total += 1 }
            return total
        }
    }

    /// How many bytes a named rule leaves out.
    public var ignored: Int { byteCount - mapped - unmapped }

    /// How many bytes each rule leaves out.
    public var ignoredByRule: [IgnoreRule: Int] {
        var counts: [IgnoreRule: Int] = [:]
        var left = ignored
        for rule in IgnoreRule.allCases where left > 0 {
            let count = count(of: rule.rawValue)
            if count > 0 { counts[rule] = count }
            left -= count
        }
        return counts
    }

    /// The offsets of the mapped bytes, in order.
    public var mappedOffsets: [Int] { stretches { $0 == 1 }.flatMap { $0 } }

    /// The stretches that nothing accounts for, in order.
    public var unmappedRanges: [Range<Int>] { stretches { $0 == 0 } }

    /// The stretches that must not be kept, whoever received them: what rules of law leave out.
    package var unkeptRanges: [Range<Int>] {
        let rules: [IgnoreRule] = [.planText, .optedOut]
        // Of nearly every document there is none, and counting is quick.
        guard rules.contains(where: { count(of: $0.rawValue) > 0 }) else { return [] }
        return stretches {
            $0 == IgnoreRule.planText.rawValue || $0 == IgnoreRule.optedOut.rawValue
        }
    }

    private func stretches(_ isOne: (UInt8) -> Bool) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        func add(_ range: Range<Int>) {
            if let last = ranges.last, last.upperBound == range.lowerBound {
                ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
            } else if !range.isEmpty {
                ranges.append(range)
            }
        }
        switch storage {
        case .marks(let marks):
            for index in marks.indices where isOne(marks[index]) { add(index..<(index + 1)) }
        case .runs(let runs):
            runs.visit { range, mark in if isOne(mark) { add(range) } }
        }
        return ranges
    }
}

/// A ledger that is being written: what marks a document's every field, many thousand times a second.
///
/// One owner writes it and ``close()`` turns it into the account, which is a value.
package final class LedgerMarks {
    // INVARIANT: as many marks as the document has bytes; every range is clamped to them.
    @usableFromInline let marks: UnsafeMutableBufferPointer<UInt8>

    /// The marks of a document of which nothing has been read yet, or where a rule leaves all out
    /// until something else is said.
    package init(byteCount: Int, all rule: IgnoreRule? = nil) {
        marks = .allocate(capacity: byteCount)
        marks.initialize(repeating: rule?.rawValue ?? 0)
    }

    deinit { marks.deallocate() }

    /// Marks bytes as having given an entry something: changing one changes an entry.
    @inlinable
    package func map(_ range: Range<Int>) { fill(range, 1) }

    /// Marks bytes as left out by a rule, or as left, whatever was said of them before.
    @inlinable
    package func set(_ range: Range<Int>, _ rule: IgnoreRule?) { fill(range, rule?.rawValue ?? 0) }

    @inlinable
    func fill(_ range: Range<Int>, _ mark: UInt8) {
        let range = range.clamped(to: marks.indices)
        UnsafeMutableBufferPointer(rebasing: marks[range]).update(repeating: mark)
    }

    /// Marks bytes as left out on purpose.
    ///
    /// Bytes already mapped stay so.
    @inlinable
    package func ignore(_ range: Range<Int>, by rule: IgnoreRule) {
        for index in range.clamped(to: marks.indices) where marks[index] == 0 {
            marks[index] = rule.rawValue
        }
    }

    /// Whether a byte has been mapped or left out by a rule already.
    @inlinable
    package func isAccounted(at offset: Int) -> Bool {
        marks.indices.contains(offset) && marks[offset] != 0
    }

    /// Whether nothing accounts yet for some of the bytes.
    package func hasLeft(in range: Range<Int>) -> Bool {
        range.clamped(to: marks.indices).contains { marks[$0] == 0 }
    }

    /// Leaves single bytes out.
    package func ignore(each offsets: [UInt32], by rule: IgnoreRule) {
        for offset in offsets where Int(offset) < marks.count && marks[Int(offset)] == 0 {
            marks[Int(offset)] = rule.rawValue
        }
    }

    /// The account as it stands.
    package func close() -> ByteLedger { ByteLedger(marks: Array(marks)) }
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
    /// Claims, cover and prices: of use to who pays, not to who treats.
    case billing = 10
    /// What a social-care silo sends beyond flag, dates and contact: text of plans is never kept.
    case planText = 11
    /// What is sent of a person who, by the same document, has opted out of its sending.
    case optedOut = 12

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
        case .billing: "billing"
        case .planText: "plan text"
        case .optedOut: "opted out"
        }
    }

    /// Orders rules by number.
    public static func < (left: IgnoreRule, right: IgnoreRule) -> Bool {
        left.rawValue < right.rawValue
    }
}
