/// What is counted and remembered of all that was filed of one person, whatever its order.
struct StatementTally: Sendable {
    private(set) var people = PeopleStated()
    /// Tells one set of statements from another.
    private(set) var sum: (UInt64, UInt64) = (0, 0)
    /// The greatest of the store's numbers.
    private(set) var last = 0

    init() {}

    init(_ digests: [StatementDigest]) {
        label(digests)
        // By index: a digest taken out of its array is copied, field by field.
        for index in digests.indices { note(digests[index]) }
    }

    /// Remembers which documents carry a label: before what they say of people is noted.
    mutating func label(_ digests: [StatementDigest]) {
        for index in digests.indices where digests[index].traits.contains(.labelled) {
            people.label(digests[index].further.document)
        }
    }

    mutating func note(_ digest: StatementDigest) {
        var mixer = Mixer(digest.version)
        mixer.mix(digest.entry)
        mixer.mix(digest.further.documentNumber)
        sum.0 &+= mixer.one
        sum.1 &+= mixer.two
        if digest.traits.contains(.person) { people.insert(digest) }
        last = max(last, digest.seq)
    }

    /// Who the person is said to be, where that has changed since it was asked.
    mutating func told() -> [Int]? { people.told() }
}

/// Mixes numbers into two, so that what is added up in any order tells one set from another.
private struct Mixer {
    private(set) var one: UInt64
    private(set) var two: UInt64

    init(_ number: UInt64) {
        one = number &* 0x9E37_79B9_7F4A_7C15
        two = number ^ 0xD6E8_FEB8_6659_FD93
    }

    mutating func mix(_ number: UInt64) {
        one = Self.spread(one ^ number)
        two = Self.spread(two &+ number &* 0xA076_1D64_78BD_642F)
    }

    private static func spread(_ number: UInt64) -> UInt64 {
        var mixed = number
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
