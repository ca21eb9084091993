import PortalTestKit
import Testing

@testable import PortalIdentity

@Suite("How alike two words are")
struct LikenessTests {
    private func with<Value>(
        _ one: String,
        _ two: String,
        _ body: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>) -> Value
    ) -> Value {
        Array(one.utf8).withUnsafeBufferPointer { left in
            Array(two.utf8).withUnsafeBufferPointer { body(left, $0) }
        }
    }

    @Test(
        "edits: one letter more, less or other, or two neighbours swapped",
        arguments: [
            ("ann", "ann", 0), ("ann", "anne", 1), ("ann", "nan", 1), ("smith", "smyth", 1),
            ("smith", "simth", 1), ("ca", "abc", 3), ("", "ab", 2), ("ab", "", 2), ("", "", 0),
            ("kitten", "sitting", 3),
        ]
    )
    func edits(_ one: String, _ two: String, _ expected: Int) {
        for limit in 0...4 {
            let found = with(one, two) { Likeness.edits($0, $1, limit: limit) }
            #expect(found == expected || expected > limit && found > limit, "limit \(limit)")
        }
    }

    @Test("edits of random words are the same both ways, and as counted in full")
    func random() {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<2000 {
            func word() -> String {
                String(
                    (0..<random.number(0...9)).map { _ in "abc".randomElement(using: &random) ?? "a"
                    }
                )
            }
            let (one, two) = (word(), word())
            let there = with(one, two) { Likeness.edits($0, $1, limit: 20) }
            #expect(there == with(two, one) { Likeness.edits($0, $1, limit: 20) })
            #expect(there == Self.whole(Array(one), Array(two)), "\(one) \(two)")
        }
    }

    /// The same by the textbook, whole table and no limit.
    private static func whole(_ one: [Character], _ two: [Character]) -> Int {
        var table = [[Int]](
            repeating: [Int](repeating: 0, count: two.count + 1),
            count: one.count + 1
        )
        for row in 0...one.count { table[row][0] = row }
        for column in 0...two.count { table[0][column] = column }
        for row in stride(from: 1, through: one.count, by: 1) {
            for column in stride(from: 1, through: two.count, by: 1) {
                var cost = min(table[row - 1][column] + 1, table[row][column - 1] + 1)
                cost = min(
                    cost,
                    table[row - 1][column - 1] + (one[row - 1] == two[column - 1] ? 0 : 1)
                )
                if row > 1, column > 1, one[row - 1] == two[column - 2],
                    one[row - 2] == two[column - 1]
                {
                    cost = min(cost, table[row - 2][column - 2] + 1)
                }
                table[row][column] = cost
            }
        }
        return table[one.count][two.count]
    }

    @Test(
        "Jaro and Winkler, by their published examples",
        arguments: [
            ("martha", "marhta", 0.9611), ("dixon", "dicksonx", 0.8133), ("dwayne", "duane", 0.84),
            ("abc", "abc", 1.0), ("abc", "xyz", 0.0), ("", "a", 0.0),
        ]
    )
    func jaroWinkler(_ one: String, _ two: String, _ expected: Double) {
        let found = with(one, two, Likeness.jaroWinkler)
        #expect(abs(found - expected) < 0.0001, "\(found)")
        #expect(abs(with(two, one, Likeness.jaroWinkler) - found) < 1e-12)
    }

    @Test("words longer than looked at do no harm")
    func long() {
        let long = String(repeating: "ab", count: 500)
        #expect(with(long, long + "a") { Likeness.edits($0, $1, limit: 2) } == 0)
        #expect(with(long, "ab", Likeness.jaroWinkler) > 0)
    }

    @Test(
        "sounds, by the National Archives' examples",
        arguments: [
            ("robert", "rupert", true), ("ashcraft", "ashcroft", true),
            ("tymczak", "pfister", false),
            ("lee", "leigh", false), ("meyer", "maier", true), ("reid", "reed", true),
        ]
    )
    func soundex(_ one: String, _ two: String, _ same: Bool) {
        with(one, two) { left, right in
            #expect((Likeness.soundex(left) == Likeness.soundex(right)) == same)
        }
    }
}
