/// The distinct values of one column, each with a number, and how many records have it.
///
/// Names of a hundred thousand records are a few thousand: numbers make records small, and equal values
/// quick to tell.
struct EvidenceValues: Sendable {
    private(set) var bytes: [UInt8] = []
    private(set) var ends: [UInt32] = []
    /// How many records have each; none of a value that says nothing.
    private(set) var counts: [UInt32] = []
    /// Numbers by hash, open addressing; -1 for a free slot.
    private var slots = [Int32](repeating: -1, count: 1024)

    var count: Int { ends.count }

    func range(_ number: Int32) -> Range<Int> {
        let number = Int(number)
        return (number > 0 ? Int(ends[number - 1]) : 0)..<Int(ends[number])
    }

    func text(_ number: Int32) -> String { String(decoding: bytes[range(number)], as: UTF8.self) }

    private static func hash(_ value: ArraySlice<UInt8>) -> UInt64 {
        var hash = UInt64(truncatingIfNeeded: value.count) ^ seed
        for byte in value { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return (hash ^ hash >> 29) &* 0x9E37_79B9_7F4A_7C15
    }

    /// Another in every process, so that nobody can send values that all fall on one slot; nothing that
    /// comes out depends on it.
    private static let seed = UInt64(bitPattern: Int64(Hasher().finalize()))

    private func isSame(_ number: Int32, _ value: ArraySlice<UInt8>) -> Bool {
        let range = range(number)
        return range.count == value.count && bytes[range].elementsEqual(value)
    }

    /// The number of a value, a new one where it has none; counted once more.
    ///
    /// - Parameters:
    ///   - value: The value, folded.
    ///   - isStated: Whether a new value says anything.
    /// - Returns: The number; nil for a value that says nothing.
    mutating func add(_ value: ArraySlice<UInt8>, isStated: () -> Bool) -> Int32? {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: Self.hash(value) >> 20) & mask
        while slots[slot] >= 0 {
            let number = slots[slot]
            if isSame(number, value) {
                guard counts[Int(number)] > 0 else { return nil }
                counts[Int(number)] &+= 1
                return number
            }
            slot = (slot + 1) & mask
        }
        let number = Int32(truncatingIfNeeded: ends.count)
        bytes.append(contentsOf: value)
        ends.append(UInt32(truncatingIfNeeded: bytes.count))
        counts.append(isStated() ? 1 : 0)
        slots[slot] = number
        if ends.count * 2 > slots.count { grow() }
        return counts.last == 0 ? nil : number
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: slots.count * 2)
        let mask = slots.count - 1
        for number in ends.indices {
            let value = bytes[range(Int32(truncatingIfNeeded: number))]
            var slot = Int(truncatingIfNeeded: Self.hash(value) >> 20) & mask
            while slots[slot] >= 0 { slot = (slot + 1) & mask }
            slots[slot] = Int32(truncatingIfNeeded: number)
        }
    }
}
