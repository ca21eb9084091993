/// Estimates a model from records, with or without knowing which are one person's.
public enum EvidenceTrainer {
    /// Estimates by expectation and maximisation: nobody says which records are one person's.
    ///
    /// How often two people agree by chance is counted over pairs drawn at random. How often one person
    /// agrees with itself is estimated within blocks: of the columns that do not make the block, those
    /// pairs that agree in most are taken for one person's, step by step, until nothing changes.
    ///
    /// - Parameters:
    ///   - table: The records, at least two.
    ///   - version: What the model is called.
    ///   - seed: Seed of the pairs drawn.
    ///   - progress: Called with the round and how many are estimated to be one person's.
    /// - Returns: The model.
    public static func estimate(
        _ table: EvidenceTable,
        version: String,
        seed: UInt64 = 1,
        progress: (Int, Double) -> Void = { _, _ in }
    ) -> EvidenceModel {
        let comparison = EvidenceComparison(table)
        let chance = byChance(table, comparison, seed: seed)
        let blocks = EvidenceBlocks(table)
        var totals = none(table.columns.count)
        let passes = blocks.passes.indices.map { $0 }
        let all = Parallel.map(passes) { index in
            let patterns = patterns(blocks.passes[index], comparison)
            return expect(
                patterns,
                chance,
                Set(blocks.passes[index].columns),
                table.columns.count
            )
        }
        for (index, found) in all.enumerated() {
            progress(index, found.matches)
            for column in table.columns.indices
            where !blocks.passes[index].columns.contains(column) {
                for level in 0..<EvidenceLevel.count {
                    totals[column][level] += found.levels[column][level]
                }
            }
        }
        return model(table, version, totals, chance)
    }

    /// How often each pattern is met in the blocks of a pass; of a large one a sample says enough.
    private static func patterns(
        _ pass: EvidenceBlocks.Pass,
        _ comparison: EvidenceComparison
    ) -> [UInt64: Int] {
        var patterns: [UInt64: Int] = [:]
        let stride = max(1, pass.ends.count / samples)
        var start = 0
        for (number, end) in pass.ends.enumerated() {
            if number.isMultiple(of: stride) {
                let block = pass.records[start..<Int(end)]
                for (place, one) in block.enumerated() {
                    for two in block.dropFirst(place + 1) {
                        patterns[comparison.pattern(Int(one), Int(two)), default: 0] += 1
                    }
                }
            }
            start = Int(end)
        }
        return patterns
    }

    /// About so many blocks of a pass are looked at.
    private static let samples = 4000

    /// Counts over pairs that are known to be one person's.
    ///
    /// - Parameters:
    ///   - table: The records.
    ///   - truth: The places of records that are one person's, pair by pair.
    ///   - version: What the model is called.
    ///   - seed: Seed of the pairs drawn by chance.
    /// - Returns: The model.
    public static func count(
        _ table: EvidenceTable,
        truth: [(Int, Int)],
        version: String,
        seed: UInt64 = 1
    ) -> EvidenceModel {
        let comparison = EvidenceComparison(table)
        var totals = none(table.columns.count)
        for (one, two) in truth {
            let pattern = comparison.pattern(min(one, two), max(one, two))
            for column in table.columns.indices {
                totals[column][EvidenceComparison.level(pattern, column)] += 1
            }
        }
        return model(table, version, totals, byChance(table, comparison, seed: seed))
    }

    /// A model whose agreements by chance are those of some records, and whose gaps are theirs: how alike
    /// names, towns and dates are, and how often one is missing, is seen without knowing who is who.
    static func adapt(
        _ model: EvidenceModel,
        to table: EvidenceTable,
        _ comparison: EvidenceComparison
    ) -> EvidenceModel {
        let chance = byChance(table, comparison, seed: 1)
        // Few records say little: then the model's own stands.
        let trust = Double(table.count) / (Double(table.count) + 500)
        var adapted = model
        for column in table.columns.indices {
            let field = table.columns[column].field
            guard let levels = model.fields[field], let missing = levels[.missing] else { continue }
            let gap = trust * chance[column][EvidenceLevel.missingPlace] + (1 - trust) * missing.u
            // That a value is missing says next to nothing: a bit at the most, whatever another
            // table's gaps said. What is stated counts among what is stated.
            let ratio = min(max(missing.m / max(missing.u, 1e-9), 0.5), 2)
            let gapOfOne = min(gap * ratio, 1)
            let stated = (1 - gapOfOne) / max(1 - missing.m, 1e-9)
            for (level, known) in levels {
                adapted.fields[field]?[level] = EvidenceModel.Level(
                    m: level == .missing ? gapOfOne : known.m * stated,
                    u: trust * chance[column][level.place] + (1 - trust) * known.u
                )
            }
        }
        return adapted
    }

    /// How often each level is met among pairs drawn at random.
    private static func byChance(
        _ table: EvidenceTable,
        _ comparison: EvidenceComparison,
        seed: UInt64
    ) -> [[Double]] {
        var totals = none(table.columns.count)
        guard table.count > 1 else { return totals.map(share) }
        var random = Draw(seed: seed)
        let draws = min(100_000, 40 * table.count)
        for _ in 0..<draws {
            let one = random.below(table.count)
            let two = random.below(table.count)
            guard one != two else { continue }
            let pattern = comparison.pattern(one, two)
            for column in table.columns.indices {
                totals[column][EvidenceComparison.level(pattern, column)] += 1
            }
        }
        // Agreement by chance is too rare to be drawn: it is known from how common each value is.
        for column in table.columns.indices {
            let sum = totals[column].reduce(0, +)
            let stated = 1 - totals[column][EvidenceLevel.missing.place] / max(sum, 1)
            totals[column][EvidenceLevel.exact.place] = table.chance(column) * stated * sum
        }
        return totals.map(share)
    }

    /// Nothing counted yet: a number for each level of each column.
    private static func none(_ columns: Int) -> [[Double]] {
        [[Double]](
            repeating: [Double](repeating: 0, count: EvidenceComparison.levelsMax),
            count: columns
        )
    }

    private static func share(_ totals: [Double]) -> [Double] {
        // No level is impossible: half a pair of each stands for what was not met.
        let sum = totals.reduce(0, +) + 0.5 * Double(EvidenceLevel.count)
        return totals.indices.map {
            $0 < EvidenceLevel.count ? (totals[$0] + 0.5) / max(sum, 1) : 0
        }
    }

    private static func expect(
        _ patterns: [UInt64: Int],
        _ chance: [[Double]],
        _ blocked: Set<Int>,
        _ columns: Int
    ) -> (levels: [[Double]], matches: Double) {
        let all = patterns.sorted { $0.key < $1.key }
        let count = all.reduce(0.0) { $0 + Double($1.value) }
        var share = 0.2
        var m = (0..<columns).map { _ in start }
        var totals = m
        for _ in 0..<40 {
            totals = none(columns)
            var matches = 0.0
            for (pattern, times) in all {
                var odds = (share / (1 - share)).log2()
                for column in 0..<columns where !blocked.contains(column) {
                    let level = EvidenceComparison.level(pattern, column)
                    odds += (m[column][level] / chance[column][level]).log2()
                }
                let expected = odds.probability * Double(times)
                matches += expected
                for column in 0..<columns where !blocked.contains(column) {
                    totals[column][EvidenceComparison.level(pattern, column)] += expected
                }
            }
            m = totals.map(Self.share)
            let next = min(max(matches / max(count, 1), 1e-6), 1 - 1e-6)
            if abs(next - share) < 1e-7 { break }
            share = next
        }
        return (totals, share * count)
    }

    /// Where estimating starts: people mostly agree with themselves.
    private static let start: [Double] = {
        var start = [Double](repeating: 1e-9, count: EvidenceComparison.levelsMax)
        for (place, level) in EvidenceLevel.allCases.enumerated() {
            switch level {
            case .exact: start[place] = 0.75
            case .near: start[place] = 0.08
            case .missing, .different: start[place] = 0.05
            default: start[place] = 0.02
            }
        }
        return start
    }()

    private static func model(
        _ table: EvidenceTable,
        _ version: String,
        _ totals: [[Double]],
        _ chance: [[Double]]
    ) -> EvidenceModel {
        var fields: [EvidenceField: [EvidenceLevel: EvidenceModel.Level]] = [:]
        for column in table.columns.indices where fields[table.columns[column].field] == nil {
            let m = share(totals[column])
            var levels: [EvidenceLevel: EvidenceModel.Level] = [:]
            for level in table.columns[column].field.levels {
                levels[level] = EvidenceModel.Level(
                    m: m[level.place],
                    u: chance[column][level.place]
                )
            }
            fields[table.columns[column].field] = levels
        }
        return EvidenceModel(version: version, fields: fields)
    }
}

/// Numbers drawn by a seed, the same everywhere.
private struct Draw {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func below(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return Int(truncatingIfNeeded: (mixed ^ mixed >> 31) % UInt64(max(bound, 1)))
    }
}
