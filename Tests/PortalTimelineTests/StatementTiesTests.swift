import PortalRecord
import PortalTestKit
import Testing

@testable import PortalTimeline

@Suite("What shares a fate, whatever its order (DESIGN P3)")
struct StatementTiesTests {
    private static func digest(_ random: inout SeededGenerator) -> StatementDigest {
        func some(_ count: Int, of names: UInt64) -> [UInt64] {
            (0..<Int.random(in: 0...count, using: &random)).map { _ in
                UInt64.random(in: 0..<names, using: &random)
            }
        }
        let isDecisive = Int.random(in: 0..<5, using: &random) == 0
        return StatementDigest(
            seq: 0,
            columns: ChainColumns([]),
            traits: isDecisive ? .decisive : [],
            entry: 0,
            version: 0,
            chain: some(1, of: 12).first,
            start: nil,
            precision: 0,
            names: EventNames(),
            number: nil,
            content: 0,
            further: StatementDigest.Further(
                key: nil,
                document: ContentHash(of: []),
                ties: some(2, of: 12).map { $0 + 100 },
                beside: some(1, of: 6).first.map { $0 + 200 }
            )
        )
    }

    /// Each statement's fellows, by the least of them.
    private static func parcels(_ ties: StatementTies, of digests: [StatementDigest]) -> [Int?] {
        var ties = ties
        var least: [Int: Int] = [:]
        return digests.indices.map { index in
            // What is tied to nothing at all belongs to no parcel.
            guard digests[index].isTied else { return nil }
            let root = ties.root(index)
            least[root] = least[root] ?? index
            return least[root]
        }
    }

    @Test("one by one they are tied as all at once, also by one that decides and comes last")
    func oneByOne() {
        var random = SeededGenerator(seed: 20_261_129)
        var together = 0
        for _ in 0..<3000 {
            let digests = (0..<Int.random(in: 1...9, using: &random)).map { _ in
                Self.digest(&random)
            }
            var added = StatementTies()
            for (index, digest) in digests.enumerated() {
                for tie in added.add(digest) { added.tie(tie, index) }
            }
            let parcels = Self.parcels(StatementTies(digests), of: digests)
            #expect(Self.parcels(added, of: digests) == parcels)
            together += parcels.compactMap { $0 }.count - Set(parcels.compactMap { $0 }).count
        }
        #expect(together > 3000)
    }

    @Test("which roots stand for more than themselves")
    func shared() {
        var random = SeededGenerator(seed: 7)
        let digests = (0..<60).map { _ in Self.digest(&random) }
        var ties = StatementTies(digests)
        let shared = ties.shared()
        for index in digests.indices {
            let members = digests.indices.filter { ties.root($0) == index }
            #expect(shared[index] == (members.count > 1))
        }
    }
}
