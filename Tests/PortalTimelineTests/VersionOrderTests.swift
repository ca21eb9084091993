import PortalRecord
import PortalTimeline
import Testing

@Suite("The relation that decides which version is current (SAFETY S5)")
struct VersionOrderTests {
    /// Moments, stretches that overlap, and no time at all.
    private static let times: [TimeSpan?] =
        [nil]
        + [(0, 1), (1, 2), (2, 3), (0, 2), (1, 3), (0, 3), (3, 4), (2, 4)]
        .map { TimeSpan(start: $0.0, end: $0.1) }

    private static func universe(numbered: Bool) -> [UnitVersion] {
        var all: [UnitVersion] = []
        for status in ResultStatus.allCases where status.finality != nil {
            for time in times {
                for sequence in numbered ? [1, 2, 3] : [nil] as [Int?] {
                    all.append(
                        UnitVersion(
                            content: [],
                            isEmpty: false,
                            status: status,
                            time: time,
                            sequence: sequence,
                            statement: all.count
                        )
                    )
                }
            }
        }
        return all
    }

    /// The relation looks at two versions only, so a cycle in any set is one in the whole universe.
    @Test("it has no cycles, over every status, every kind of interval and every number")
    func noCycles() {
        for numbered in [false, true] {
            let all = Self.universe(numbered: numbered)
            let order = VersionOrder(all)
            // Strip what nothing beats until nothing is left: possible only without cycles.
            var left = Array(all.indices)
            while !left.isEmpty {
                let beaten = left.filter { one in
                    left.contains { order.beats(all[$0], all[one]) }
                }
                guard beaten.count < left.count else {
                    Issue.record("a cycle among \(beaten.count) versions")
                    return
                }
                left = beaten
            }
        }
    }

    @Test("something is current in every set of one to three versions, and no beaten one is")
    func somethingIsCurrent() {
        let all = Self.universe(numbered: false)
        let order = VersionOrder(all)
        for one in all.indices {
            for two in all.indices where two >= one {
                for three in stride(from: two, to: all.count, by: 7) {
                    let set = [all[one], all[two], all[three]]
                    let current = order.unbeaten(set)
                    #expect(!current.isEmpty)
                    #expect(
                        current.allSatisfy { version in
                            !set.contains { order.beats($0, version) }
                        }
                    )
                }
            }
        }
    }

    @Test("a correction without a time beats the final it corrects; a later final beats it")
    func undatedCorrection() {
        func version(_ status: ResultStatus, _ time: Int?) -> UnitVersion {
            UnitVersion(
                content: [],
                isEmpty: false,
                status: status,
                time: time.map { TimeSpan(start: $0, end: $0 + 1) },
                statement: 0
            )
        }
        let order = VersionOrder([])
        #expect(order.beats(version(.corrected, nil), version(.final, 1)))
        #expect(!order.beats(version(.final, 1), version(.corrected, nil)))
        #expect(order.beats(version(.final, 2), version(.corrected, 1)))
        #expect(!order.beats(version(.corrected, 1), version(.final, 2)))
        #expect(order.beats(version(.corrected, 1), version(.final, 1)))
    }
}
