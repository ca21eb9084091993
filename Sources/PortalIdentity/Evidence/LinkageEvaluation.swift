/// How well people were found, beside what is known to be true.
public struct LinkageEvaluation: Hashable, Sendable, Codable {
    /// Records read.
    public var records = 0
    /// Pairs that are one person's in truth.
    public var truePairs = 0
    /// Pairs that were brought together, whoever else stands between them.
    public var linkedPairs = 0
    /// Those of them that are true.
    public var correctPairs = 0
    /// Correct ÷ linked; 1 where nothing was linked.
    public var precision = 1.0
    /// Correct ÷ true; 1 where nothing is true.
    public var recall = 1.0
    /// The harmonic mean of both.
    public var f1 = 0.0
    /// People put together of records that are several people's in truth.
    public var overMergedClusters = 0
    /// People found who have more than one record.
    public var clusters = 0
    /// Pairs that a person has to decide.
    public var reviewPairs = 0
    /// Pairs to decide ÷ (pairs to decide + pairs linked by evidence).
    public var reviewShare = 0.0

    /// Compares.
    ///
    /// - Parameters:
    ///   - people: Each record's number of its person.
    ///   - truth: The places of records that are one person's, pair by pair.
    ///   - border: Where the second of two files starts: then only pairs across it count.
    public init(people: [Int32], truth: [(Int, Int)], border: Int? = nil) {
        records = people.count
        var before: [Int32: Int] = [:]
        var sizes: [Int32: Int] = [:]
        for (record, person) in people.enumerated() {
            sizes[person, default: 0] += 1
            if let border, record < border { before[person, default: 0] += 1 }
        }
        for (person, size) in sizes where size > 1 {
            clusters += 1
            let first = before[person] ?? 0
            linkedPairs += border == nil ? size * (size - 1) / 2 : first * (size - first)
        }
        var real = Forest(count: people.count)
        for (one, two) in truth {
            let first = real.root(Int32(truncatingIfNeeded: one))
            let second = real.root(Int32(truncatingIfNeeded: two))
            if first != second { real.join(first, second) }
        }
        let owners = real.roots()
        // Pairs that follow from others are true as well: a truth may name each record once.
        struct Share: Hashable {
            let owner: Int32
            let person: Int32?
        }
        var shares: [Share: (first: Int, second: Int)] = [:]
        for (record, owner) in owners.enumerated() {
            let isSecond = border.map { record >= $0 } ?? false
            for person in [nil, people[record]] {
                let share = Share(owner: owner, person: person)
                let known = shares[share] ?? (0, 0)
                shares[share] = (
                    known.first + (isSecond ? 0 : 1), known.second + (isSecond ? 1 : 0)
                )
            }
        }
        for (share, (first, second)) in shares {
            let pairs = border == nil ? first * (first - 1) / 2 : first * second
            if share.person == nil { truePairs += pairs } else { correctPairs += pairs }
        }
        var seen: [Int32: Int32] = [:]
        var mixed: Set<Int32> = []
        for (record, person) in people.enumerated() {
            if let known = seen[person], known != owners[record] { mixed.insert(person) }
            seen[person] = seen[person] ?? owners[record]
        }
        overMergedClusters = mixed.count
        if linkedPairs > 0 { precision = Double(correctPairs) / Double(linkedPairs) }
        if truePairs > 0 { recall = Double(correctPairs) / Double(truePairs) }
        if precision + recall > 0 { f1 = 2 * precision * recall / (precision + recall) }
    }

    /// Counts what a person has to decide.
    ///
    /// - Parameters:
    ///   - review: Pairs that are neither linked nor forgotten.
    ///   - linked: Pairs that were linked by evidence.
    public mutating func count(review: Int, linked: Int) {
        reviewPairs = review
        reviewShare = review + linked > 0 ? Double(review) / Double(review + linked) : 0
    }
}
