import Dispatch
import Foundation
import PortalPolicy
import Synchronization
import Testing

/// Policy against an independent table, over a small world (TESTING (d) 18, P7).
@Suite("The small world")
struct SmallWorldTests {
    /// Dimensions that make a situation; operation and item vary within one.
    private static let outer = Dimension.allCases.filter { $0 != .operation && $0 != .item }

    /// How much of the world is looked at.
    ///
    /// `SMALL_WORLD=all` is every cell; without it every cell in which at most one of the added
    /// dimensions (feed, membership, life, mandate) is unusual, and every 97th situation beside, in
    /// an optimised build; every 1009th situation in a debug build.
    private static func isLookedAt(_ cell: Cell, _ number: Int) -> Bool {
        if isWhole { return true }
        #if DEBUG
        return number % 1009 == 0
        #else
        return cell.unusual < 2 || number % 97 == 0
        #endif
    }

    private static let isWhole = ProcessInfo.processInfo.environment["SMALL_WORLD"] == "all"

    @Test("agrees with the decision table in every cell")
    func agrees() {
        let count = Self.outer.map(\.values.count).reduce(1, *)
        let operations = Dimension.operation.values.indices
        let items = Dimension.item.values.indices
        let found = Mutex((cells: 0, differences: [String](), permitted: 0))
        let lanes = 2
        DispatchQueue.concurrentPerform(iterations: lanes) { lane in
            let reference = AccessReference()
            var (cells, permitted) = (0, 0)
            var cell = Cell()
            for number in stride(from: lane, to: count, by: lanes) {
                var rest = number
                for dimension in Self.outer {
                    cell.numbers[dimension.rawValue] = UInt8(rest % dimension.values.count)
                    rest /= dimension.values.count
                }
                guard Self.isLookedAt(cell, number) else { continue }
                let policy = WorldBuilder.policy(cell)
                for item in items {
                    cell.numbers[Dimension.item.rawValue] = UInt8(item)
                    let entry = WorldBuilder.entry(cell)
                    for operation in operations {
                        cell.numbers[Dimension.operation.rawValue] = UInt8(operation)
                        let isPermitted = policy.permits(
                            WorldBuilder.operation(cell),
                            on: entry
                        )
                        cells += 1
                        if isPermitted { permitted += 1 }
                        guard isPermitted != reference.permits(cell) else { continue }
                        let text = "\(isPermitted ? "permits" : "withholds"): \(cell)"
                        found.withLock {
                            if $0.differences.count < 20 { $0.differences.append(text) }
                        }
                    }
                }
            }
            found.withLock {
                $0.cells += cells
                $0.permitted += permitted
            }
        }
        let (cells, differences, permitted) = found.withLock { $0 }
        print("small world: \(cells) cells, \(permitted) permitted, \(differences.count) differ")
        #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
        #expect(cells > 100_000 && permitted > 1000)
    }

    @Test("every dimension of the table decides some cell")
    func everyDimensionMatters() {
        // A value of a dimension that changed nothing anywhere would be a dimension for show.
        let reference = AccessReference()
        var cell = Cell()
        for dimension in Dimension.allCases {
            var isDecisive = false
            var seed: UInt64 = 11
            for _ in 0..<20_000 where !isDecisive {
                for other in Dimension.allCases {
                    seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    cell.numbers[other.rawValue] = UInt8(
                        (seed >> 33) % UInt64(other.values.count)
                    )
                }
                let verdicts = dimension.values.indices.map { number in
                    cell.numbers[dimension.rawValue] = UInt8(number)
                    return reference.permits(cell)
                }
                isDecisive = Set(verdicts).count == 2
            }
            #expect(isDecisive, "\(dimension) decides nothing")
        }
    }
}
