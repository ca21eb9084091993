/// Finds which records are one person's, by weighted evidence.
///
/// - Rule: SAFETY S2: for evaluation and for proposals; live filing links by S1 alone.
public struct EvidenceLinker: Sendable {
    /// Two records and the evidence for their being one person's, in bits, the prior included.
    public struct Pair: Hashable, Sendable {
        /// The place of the first record.
        public let one: Int32
        /// The place of the second, which is later.
        public let two: Int32
        /// The odds in bits: 0 is even.
        public let weight: Float

        /// The weight as a probability.
        public var probability: Double { Double(weight).probability }
    }

    /// The records.
    public let table: EvidenceTable
    /// The weights, with these records' own agreements by chance.
    public let model: EvidenceModel
    private let comparison: EvidenceComparison
    private let blocks: EvidenceBlocks
    private let weights: [[Double]]
    /// The most that a column can say whose values differ.
    private let best: [Double]
    /// What forename or surname may gain where they are found exchanged; nothing for other columns.
    private let exchangeable: [Double]
    /// What each value's rarity adds, by its number.
    private let rarities: [[Float]]
    /// Columns whose differing values are a veto.
    private let vetoing: [Int]
    /// From which record on the records are another file's; nil where one file is searched for repeats.
    private let border: Int?

    /// Builds a linker.
    ///
    /// - Parameters:
    ///   - table: The records.
    ///   - model: The weights.
    ///   - border: Where the second of two files starts: then only pairs across it are made.
    public init(_ table: EvidenceTable, model: EvidenceModel, border: Int? = nil) {
        self.init(table, model, border, isFixed: false)
    }

    /// Builds a linker whose weights are the model's own, whatever the records are: for live filing,
    /// where nobody's arrival may change what is said of others.
    init(_ table: EvidenceTable, fixed model: EvidenceModel) {
        self.init(table, model, nil, isFixed: true)
    }

    private init(_ table: EvidenceTable, _ model: EvidenceModel, _ border: Int?, isFixed: Bool) {
        self.table = table
        comparison = EvidenceComparison(table)
        let adapted = isFixed ? model : EvidenceTrainer.adapt(model, to: table, comparison)
        self.model = adapted
        self.border = border
        blocks = EvidenceBlocks(table)
        let weights = table.columns.map { adapted.weights($0.field) }
        self.weights = weights
        best = table.columns.indices.map { column in
            table.columns[column].field.levels.filter { $0 != .exact && $0 != .missing }
                .reduce(-1000) { max($0, weights[column][$1.place]) }
        }
        exchangeable = table.columns.indices.map { column in
            let field = table.columns[column].field
            guard field == .givenName || field == .surname else { return 0 }
            let least = [EvidenceLevel.partial, .different, .missing]
                .reduce(1000) { min($0, weights[column][$1.place]) }
            return max(0, weights[column][EvidenceLevel.exchanged.place] - least)
        }
        rarities =
            isFixed
            ? table.columns.map { _ in [] }
            : table.columns.map { Self.rarities($0, table.count, model, adapted) }
        vetoing = table.columns.indices.filter { table.columns[$0].field == .verifiedNumber }
    }

    /// Every pair of the blocks whose odds are no less than some, strongest first.
    ///
    /// - Parameter weightMin: In bits; pairs below are forgotten.
    /// - Returns: The pairs, how many were compared, and the prior in bits: the odds of two records of
    ///   which nothing is known.
    public func pairs(weightMin: Double) -> (pairs: [Pair], compared: Int, prior: Double) {
        let passes = blocks.passes.indices.map { $0 }
        let floor = floor
        let found = Parallel.map(passes) { self.score($0, floor) }
        let compared = found.reduce(0) { $0 + $1.compared }
        // How many pairs are one person's is not known before: what the evidence itself says of them.
        let prior = prior(found.lazy.flatMap(\.pairs).map { Double($0.weight) })
        var pairs: [Pair] = []
        for pair in found.lazy.flatMap(\.pairs) where Double(pair.weight) + prior >= weightMin {
            pairs.append(
                Pair(one: pair.one, two: pair.two, weight: pair.weight + Float(prior))
            )
        }
        pairs.sort {
            $0.weight != $1.weight ? $0.weight > $1.weight : ($0.one, $0.two) < ($1.one, $1.two)
        }
        return (pairs, compared, prior)
    }

    /// Every pair of the blocks with no less than so much evidence, the prior left out; strongest
    /// first.
    func pairs(evidenceMin: Double) -> [Pair] {
        Parallel.map(blocks.passes.indices.map { $0 }) { self.score($0, evidenceMin) }
            .flatMap(\.pairs).sorted {
                $0.weight != $1.weight
                    ? $0.weight > $1.weight : ($0.one, $0.two) < ($1.one, $1.two)
            }
    }

    /// Below this many bits no prior makes a pair one person's: no more pairs are than there are
    /// records, or many times as many in a small table.
    private var floor: Double { max(4, Double(table.count).log2() - 9) }

    /// The prior in bits under which as many pairs are expected to be one person's as it says itself.
    private func prior(_ evidence: some Sequence<Double>) -> Double {
        let other = border.map { table.count - $0 }
        let total =
            other.map { Double(max($0, 1)) * Double(max(table.count - $0, 1)) }
            ?? Double(table.count) * Double(max(table.count - 1, 1)) / 2
        var tally: [Int: Int] = [:]
        for weight in evidence { tally[Int((weight * 4).rounded()), default: 0] += 1 }
        // In a fixed order: sums of the same numbers are the same then.
        let counts = tally.sorted { $0.key < $1.key }
        var matches = max(1, Double(table.count) / 20)
        for _ in 0..<50 {
            let prior = min((matches / total).log2(), Self.priorMax)
            var next = 0.0
            for (weight, count) in counts {
                next += Double(count) * (Double(weight) / 4 + prior).probability
            }
            next = max(next, 1)
            if abs(next - matches) < 0.01 { break }
            matches = next
        }
        return min((matches / total).log2(), Self.priorMax)
    }

    /// That a table is small makes nobody likelier to be anybody else in it: one pair in 256 at most.
    private static let priorMax = -8.0

    private func score(_ pass: Int, _ weightMin: Double) -> (pairs: [Pair], compared: Int) {
        var pairs: [Pair] = []
        var compared = 0
        blocks.visit(pass) { one, two in
            if let border, (one < border) == (two < border) { return }
            compared += 1
            if let weight = weight(one, two, atLeast: weightMin) {
                pairs.append(
                    Pair(
                        one: Int32(truncatingIfNeeded: one),
                        two: Int32(truncatingIfNeeded: two),
                        weight: Float(weight)
                    )
                )
            }
        }
        return (pairs, compared)
    }

    /// The evidence in bits, without the prior; nil as soon as it is seen that it is too little.
    private func weight(_ one: Int, _ two: Int, atLeast weightMin: Double) -> Double? {
        var pattern: UInt64 = 0
        var total = 0.0
        var open: UInt32 = 0
        for column in comparison.order {
            if let level = comparison.quickLevel(column, one, two) {
                pattern |= UInt64(truncatingIfNeeded: level) << UInt64(4 * column)
                total += weights[column][level]
                if level == EvidenceLevel.exactPlace { total += rarity(column, one) }
                // What is missing may yet be found in the other name's place.
                if level == EvidenceLevel.missingPlace { total += exchangeable[column] }
            } else {
                open |= 1 << UInt32(truncatingIfNeeded: column)
                total += best[column]
            }
        }
        for column in comparison.order where open >> UInt32(truncatingIfNeeded: column) & 1 == 1 {
            guard total >= weightMin else { return nil }
            let level = comparison.level(column, one, two)
            pattern |= UInt64(truncatingIfNeeded: level) << UInt64(4 * column)
            let kept = level >= EvidenceLevel.partialPlace ? exchangeable[column] : 0
            total += weights[column][level] + kept - best[column]
        }
        guard total >= weightMin else { return nil }
        pattern = comparison.exchanged(pattern, one, two)
        total = 0
        for column in weights.indices {
            let level = EvidenceComparison.level(pattern, column)
            total += weights[column][level]
            if level == EvidenceLevel.exactPlace { total += rarity(column, one) }
        }
        return total >= weightMin ? total : nil
    }

    private func rarity(_ column: Int, _ record: Int) -> Double {
        let number = Int(table.columns[column].numbers[record])
        return rarities[column].indices.contains(number) ? Double(rarities[column][number]) : 0
    }

    /// What a value that is rarer here than the model's agreements are says beyond them.
    private static func rarities(
        _ column: EvidenceTable.Column,
        _ count: Int,
        _ model: EvidenceModel,
        _ adapted: EvidenceModel
    ) -> [Float] {
        guard column.field.kind != .word else { return [] }
        let usual = model.chance(column.field)
        let chance = adapted.chance(column.field)
        return column.values.counts.map { times in
            // A small table says little of how rare a value is: then the model's own chance stands.
            let share = (Double(times) + trust * usual) / (Double(count) + trust)
            return Float((chance / share).log2())
        }
    }

    /// As many records as make what is seen here count as much as the model.
    private static let trust = 500.0

    /// The terms of one pair: what each column says, and why.
    public func terms(_ one: Int, _ two: Int) -> [EvidenceTerm] {
        let pattern = comparison.pattern(one, two)
        return table.columns.indices.map { column in
            let level = EvidenceComparison.level(pattern, column)
            let isExact = level == EvidenceLevel.exactPlace
            return EvidenceTerm(
                field: table.columns[column].field,
                level: EvidenceLevel.allCases[level],
                weight: weights[column][level],
                rarity: isExact ? rarity(column, one) : 0
            )
        }
    }

    // MARK: People

    /// The people that pairs make: each record's number of its person.
    ///
    /// Strongest first; a pair that would bring two records together whose verified numbers differ is
    /// refused, however strong.
    public func people(_ pairs: some Sequence<Pair>) -> [Int32] {
        var forest = Forest(count: table.count)
        for pair in pairs {
            let one = forest.root(pair.one)
            let two = forest.root(pair.two)
            guard one != two, !isVetoed(forest.members(one), forest.members(two)) else { continue }
            forest.join(one, two)
        }
        return forest.roots()
    }

    private func isVetoed(_ left: [Int32], _ right: [Int32]) -> Bool {
        for column in vetoing {
            let numbers = table.columns[column].numbers
            for one in left where numbers[Int(one)] != EvidenceTable.missing {
                for two in right where numbers[Int(two)] != EvidenceTable.missing {
                    if numbers[Int(one)] != numbers[Int(two)] { return true }
                }
            }
        }
        return false
    }
}
