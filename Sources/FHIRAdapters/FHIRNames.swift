/// The names of a document's elements, each with a number.
///
/// A bundle of ten megabytes has half a million elements of some eighty names: numbers make them
/// small and quick to compare.
struct FHIRNames {
    private(set) var texts: [String] = []
    /// The names' bytes one behind another, and where each ends.
    private var pool: [UInt8] = []
    private var ends: [Int] = []
    /// Numbers by hash, open addressing; -1 for a free slot.
    private var slots = [Int32](repeating: -1, count: 256)

    /// The standard library's own seed, another in every process, so that nobody can send names that
    /// all fall on one slot; nothing that comes out depends on it.
    private static let seed = UInt64(bitPattern: Int64(Hasher().finalize()))

    private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hash = seed ^ UInt64(bytes.count)
        var at = 0
        while at < bytes.count {
            var word: UInt64 = 0
            for place in at..<min(at + 8, bytes.count) { word = word << 8 | UInt64(bytes[place]) }
            let product = (hash ^ word).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
            hash = product.high ^ product.low
            at += 8
        }
        return hash
    }

    private func isName(_ number: Int32, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let number = Int(number)
        let start = number > 0 ? ends[number - 1] : 0
        guard ends[number] - start == bytes.count else { return false }
        for place in bytes.indices where pool[start + place] != bytes[place] { return false }
        return true
    }

    /// What follows a start in a name, where that begins a type: `Quantity` of `valueQuantity`.
    func type(_ number: Int32, behind start: StaticString) -> String? {
        let number = Int(number)
        let from = number > 0 ? ends[number - 1] : 0
        let length = start.utf8CodeUnitCount
        guard ends[number] - from > length, (0x41...0x5A).contains(pool[from + length]),
            start.hasPointerRepresentation
        else { return nil }
        for place in 0..<length where pool[from + place] != start.utf8Start[place] { return nil }
        return String(decoding: pool[(from + length)..<ends[number]], as: UTF8.self)
    }

    /// The slot of a name, or the free one where it belongs.
    private func slot(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: Self.hash(bytes)) & mask
        while slots[slot] >= 0, !isName(slots[slot], bytes) { slot = (slot + 1) & mask }
        return slot
    }

    /// The number of a name; nil where the document has no such element.
    func find(_ bytes: UnsafeBufferPointer<UInt8>) -> Int32? {
        let number = slots[slot(bytes)]
        return number >= 0 ? number : nil
    }

    /// The number of a name, a new one where it has none.
    mutating func number(_ bytes: UnsafeBufferPointer<UInt8>) -> Int32 {
        let place = slot(bytes)
        if slots[place] >= 0 { return slots[place] }
        let number = Int32(truncatingIfNeeded: texts.count)
        texts.append(String(decoding: bytes, as: UTF8.self))
        pool.append(contentsOf: bytes)
        ends.append(pool.count)
        slots[place] = number
        if texts.count * 2 > slots.count { grow() }
        return number
    }

    mutating func number(_ name: String) -> Int32 {
        var name = name
        return name.withUTF8 { number($0) }
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: slots.count * 2)
        for number in texts.indices {
            let start = number > 0 ? ends[number - 1] : 0
            let bytes = Array(pool[start..<ends[number]])
            let place = bytes.withUnsafeBufferPointer { slot($0) }
            slots[place] = Int32(truncatingIfNeeded: number)
        }
    }
}
