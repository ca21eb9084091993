import ClinicalPortal
import Foundation
import PortalTestKit
import Testing

/// P6: what you may not see changes nothing you get (TESTING (d) 20).
@Suite("Noninterference")
struct NoninterferenceTests {
    /// `WORLD_PAIRS=100000` tries more; a debug build tries few.
    private static let count: Int = {
        if let asked = ProcessInfo.processInfo.environment["WORLD_PAIRS"].flatMap({ Int($0) }) {
            return asked
        }
        #if DEBUG
        return 60
        #else
        return 2000
        #endif
    }()

    @Test("pairs of worlds that differ in what is hidden answer alike on every route")
    func pairs() throws {
        var routes = 0
        for seed in 0..<Self.count {
            let pair = WorldPair(seed: UInt64(seed))
            let (without, with) = try pair.answers(isOrderTurned: seed % 3 == 0)
            routes += with.count
            guard without != with else { continue }
            let differing = zip(without, with).first { $0 != $1 }
            Issue.record(
                """
                seed \(seed), \(pair.reader.person): \(without.count) and \(with.count) answers
                without: \(Self.around(differing?.0, differing?.1))
                with: \(Self.around(differing?.1, differing?.0))
                """
            )
            return
        }
        print("noninterference: \(Self.count) pairs, \(routes) answers compared, 0 differ")
        #expect(routes > Self.count * 20)
    }

    /// The name of a route, and what stands where one answer parts from the other.
    private static func around(_ one: String?, _ other: String?) -> String {
        guard let one, let other else { return "no such answer" }
        let same = zip(one, other).prefix { $0 == $1 }.count
        return one.prefix(30) + " … " + one.dropFirst(max(0, same - 60)).prefix(200)
    }

    @Test("the pairs are no shadow boxing: whoever may see what is hidden is told of it")
    func worldsDiffer() throws {
        var told = 0
        for seed in 0..<30 {
            let pair = WorldPair(seed: UInt64(seed))
            if try pair.isSeenByAll() { told += 1 }
        }
        #expect(told > 5)
    }
}

extension WorldPair {
    /// Whether one who may see more than the reader is told something else by the second world.
    fileprivate func isSeenByAll() throws -> Bool { try names().count > 1 }
}
