/// Stretches of bytes that the same became of, one behind the other, in a few bytes each.
///
/// - Shape: for each stretch its mark, and its length in groups of seven bits, the lowest first, the
///   top bit of each but the last set.
struct LedgerStretches: Sendable {
    /// In pieces, none of which is moved when more come: a large account is not held twice.
    private var packed: [[UInt8]] = []
    private static let pieceMax = 1 << 16
    /// How many bytes they cover.
    private(set) var byteCount = 0
    /// The last stretch, not packed yet: the next may belong to it.
    private var open: (count: Int, mark: UInt8) = (0, 0)

    init() {}

    mutating func add(_ count: Int, _ mark: UInt8) {
        guard count > 0 else { return }
        byteCount += count
        if mark == open.mark {
            open.count += count
            return
        }
        close()
        open = (count, mark)
    }

    private mutating func close() {
        guard open.count > 0 else { return }
        // A stretch takes eleven bytes at most, and stands in one piece.
        if packed.last.map({ $0.count > Self.pieceMax - 16 }) ?? true {
            packed.append([])
            if packed.count > 1 { packed[packed.count - 1].reserveCapacity(Self.pieceMax) }
        }
        let piece = packed.count - 1
        packed[piece].append(open.mark)
        var left = open.count
        while left > 0x7F {
            packed[piece].append(UInt8(truncatingIfNeeded: left & 0x7F | 0x80))
            left >>= 7
        }
        packed[piece].append(UInt8(truncatingIfNeeded: left))
    }

    /// Goes through them from front to back.
    func visit(_ body: (Range<Int>, UInt8) -> Void) {
        var start = 0
        for piece in packed {
            var at = 0
            while at < piece.count {
                let mark = piece[at]
                at += 1
                var count = 0
                var shift = 0
                while at < piece.count {
                    let byte = piece[at]
                    at += 1
                    count |= Int(byte & 0x7F) << shift
                    shift += 7
                    if byte & 0x80 == 0 { break }
                }
                body(start..<(start + count), mark)
                start += count
            }
        }
        if open.count > 0 { body(start..<(start + open.count), open.mark) }
    }
}

/// A ledger that is written from front to back, stretch by stretch.
package struct LedgerRuns {
    private var stretches = LedgerStretches()
    private let byteCount: Int
    private let rest: UInt8

    /// The account of a document of which a rule leaves all out until something else is said.
    package init(byteCount: Int, all rule: IgnoreRule) {
        self.byteCount = byteCount
        rest = rule.rawValue
    }

    /// Marks a stretch as having given an entry something; of one that reaches back into what was
    /// marked before, the part behind that.
    package mutating func map(_ range: Range<Int>) { add(range, 1) }

    /// Marks a stretch as left out by a rule, or as left.
    package mutating func set(_ range: Range<Int>, _ rule: IgnoreRule?) {
        add(range, rule?.rawValue ?? 0)
    }

    private mutating func add(_ range: Range<Int>, _ mark: UInt8) {
        let start = max(range.lowerBound, stretches.byteCount)
        let end = min(range.upperBound, byteCount)
        guard start < end else { return }
        stretches.add(start - stretches.byteCount, rest)
        stretches.add(end - start, mark)
    }

    /// The account as it stands; nothing is marked behind it.
    package mutating func finish() -> ByteLedger {
        stretches.add(byteCount - stretches.byteCount, rest)
        return ByteLedger(runs: stretches)
    }
}
