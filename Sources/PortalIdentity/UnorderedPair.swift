/// Two places, whichever comes first.
struct UnorderedPair: Hashable {
    /// The lower.
    let one: Int
    /// The higher.
    let two: Int

    init(_ first: Int, _ second: Int) {
        one = min(first, second)
        two = max(first, second)
    }
}
