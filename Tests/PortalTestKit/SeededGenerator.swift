/// Random numbers that a seed repeats: SplitMix64.
///
/// Say the seed in every failure (`"\(seed)"` as the comment of `#expect`): a failing seed becomes
/// a named test.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    /// What it started from.
    public let seed: UInt64
    private var state: UInt64

    /// Starts from a seed.
    public init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A whole number of a range.
    public mutating func number(_ range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &self)
    }

    /// Bytes drawn from an alphabet, or from all 256 where it is empty.
    public mutating func bytes(_ count: Int, from alphabet: [UInt8] = []) -> [UInt8] {
        (0..<max(0, count)).map { _ in
            alphabet.randomElement(using: &self) ?? UInt8.random(in: 0...255, using: &self)
        }
    }
}
