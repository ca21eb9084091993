/// Which pairs of records are worth comparing: those that share the values of two columns, or one number.
///
/// Every pair of selective columns makes blocks, so that one person is found though a field is missing in
/// one record and another is mistyped. Blocks that hold too many are left out, which keeps the whole linear
/// in the number of records; what they held is found through other columns.
struct EvidenceBlocks: Sendable {
    /// Records that share values, in the order of their places.
    struct Pass: Sendable {
        let columns: [Int]
        /// The records of all blocks, block by block.
        var records: [Int32] = []
        /// Where each block ends.
        var ends: [Int32] = []
        /// The values of blocks that hold too many.
        var oversized: Set<UInt64> = []
    }

    let passes: [Pass]
    private let numbers: [[Int32]]

    /// A block that holds more says little of each pair in it.
    static let membersMax = 60

    init(_ table: EvidenceTable) {
        numbers = table.columns.map(\.numbers)
        let selective = table.columns.indices.filter { table.columns[$0].field.isSelective }
        var keys: [[Int]] = selective.filter { table.columns[$0].field.isNumber }.map { [$0] }
        for (place, one) in selective.enumerated() where !table.columns[one].field.isNumber {
            for two in selective[(place + 1)...] where !table.columns[two].field.isNumber {
                keys.append([one, two])
            }
        }
        let all = numbers
        let count = table.count
        passes = Parallel.map(keys) { Self.pass($0, all, count) }
    }

    private static func key(_ columns: [Int], _ record: Int, _ numbers: [[Int32]]) -> UInt64? {
        var key: UInt64 = 0
        for column in columns {
            let number = numbers[column][record]
            guard number != EvidenceTable.missing else { return nil }
            key = key << 32 | UInt64(UInt32(bitPattern: number))
        }
        return key
    }

    private static func pass(_ columns: [Int], _ numbers: [[Int32]], _ count: Int) -> Pass {
        var keyed: [(key: UInt64, record: Int32)] = []
        keyed.reserveCapacity(count)
        for record in 0..<count {
            if let key = key(columns, record, numbers) {
                keyed.append((key, Int32(truncatingIfNeeded: record)))
            }
        }
        keyed.sort { ($0.key, $0.record) < ($1.key, $1.record) }
        var pass = Pass(columns: columns)
        var start = 0
        while start < keyed.count {
            var end = start + 1
            while end < keyed.count, keyed[end].key == keyed[start].key { end += 1 }
            if end - start > membersMax {
                pass.oversized.insert(keyed[start].key)
            } else if end - start > 1 {
                for place in start..<end { pass.records.append(keyed[place].record) }
                pass.ends.append(Int32(truncatingIfNeeded: pass.records.count))
            }
            start = end
        }
        return pass
    }

    /// Calls back with the pairs of a pass that none before it has, in a fixed order.
    func visit(_ index: Int, _ body: (Int, Int) -> Void) {
        let pass = passes[index]
        var start = 0
        for end in pass.ends {
            let block = pass.records[start..<Int(end)]
            for (place, one) in block.enumerated() {
                for two in block.dropFirst(place + 1)
                where !isMet(Int(one), Int(two), before: index) {
                    body(Int(one), Int(two))
                }
            }
            start = Int(end)
        }
    }

    private func isMet(_ one: Int, _ two: Int, before index: Int) -> Bool {
        for earlier in 0..<index {
            var isShared = true
            for column in passes[earlier].columns {
                let number = numbers[column][one]
                if number == EvidenceTable.missing || number != numbers[column][two] {
                    isShared = false
                    break
                }
            }
            guard isShared else { continue }
            if passes[earlier].oversized.isEmpty { return true }
            if let key = Self.key(passes[earlier].columns, one, numbers),
                !passes[earlier].oversized.contains(key)
            {
                return true
            }
        }
        return false
    }
}
