import PortalRecord

/// What resources of one document have alike, made once and held once: codes, and what is kept by path.
///
/// A laboratory's bundle states the same few tests a thousand times. All are caches of a fixed size,
/// where a newcomer takes the place of what was there.
struct FHIRShared {
    /// A concept, and where it stood when it was made.
    private struct Concept {
        var place: Range<Int>
        var concept: CodeableConcept?
        /// Which elements it is made of, counted from its own.
        var parts: [Int]
    }

    // INVARIANT: `size` concepts, and every place is taken modulo that.
    private var concepts: [Concept?]
    private var kept: [[String: String]] = [[:], [:], [:], [:]]
    private var oldest = 0
    private var units: [CodeableConcept] = []
    private var oldestUnit = 0
    private static let size = 256
    /// Longer ones do not repeat.
    private static let longest = 1024

    init() { concepts = [Concept?](repeating: nil, count: Self.size) }

    /// A concept whose bytes were met before, with the elements that it is made of.
    func concept(
        at place: Range<Int>,
        in bytes: UnsafeBufferPointer<UInt8>
    ) -> (concept: CodeableConcept?, parts: [Int])? {
        guard place.count <= Self.longest, place.upperBound <= bytes.count,
            let known = concepts[Self.slot(place, bytes)], known.place.count == place.count
        else { return nil }
        for step in 0..<place.count
        where bytes[known.place.lowerBound + step] != bytes[place.lowerBound + step] {
            return nil
        }
        return (known.concept, known.parts)
    }

    /// Keeps a concept for the next that is written with the same bytes.
    mutating func keep(
        _ concept: CodeableConcept?,
        parts: [Int],
        at place: Range<Int>,
        in bytes: UnsafeBufferPointer<UInt8>
    ) {
        guard place.count <= Self.longest, place.upperBound <= bytes.count else { return }
        concepts[Self.slot(place, bytes)] = Concept(place: place, concept: concept, parts: parts)
    }

    private static func slot(_ place: Range<Int>, _ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        let raw = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[place])
        var hash = UInt64(place.count)
        var at = 0
        while at + 8 <= raw.count {
            let word = raw.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            hash = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
            hash ^= hash >> 29
            at += 8
        }
        for byte in raw[at...] { hash = (hash ^ UInt64(byte)) &* 0x9E37_79B9_7F4A_7C15 }
        return Int(truncatingIfNeeded: hash >> 40) % size
    }

    /// A unit: a bundle has a handful.
    mutating func shared(_ unit: CodeableConcept) -> CodeableConcept {
        for known in units where known == unit { return known }
        if units.count < 8 {
            units.append(unit)
        } else {
            units[oldestUnit] = unit
            oldestUnit = (oldestUnit + 1) % units.count
        }
        return unit
    }

    /// The same as one of the last few, where it is: held once instead of twice.
    mutating func shared(_ fields: [String: String]) -> [String: String] {
        guard !fields.isEmpty else { return fields }
        for known in kept where known.count == fields.count && known == fields { return known }
        kept[oldest] = fields
        oldest = (oldest + 1) % kept.count
        return fields
    }
}
