/// Records joined step by step.
struct Forest {
    private var parent: [Int32]
    private var groups: [Int32: [Int32]] = [:]

    init(count: Int) { parent = (0..<Int32(truncatingIfNeeded: count)).map { $0 } }

    mutating func root(_ record: Int32) -> Int32 {
        var root = record
        while parent[Int(root)] != root { root = parent[Int(root)] }
        var at = record
        while parent[Int(at)] != root {
            let next = parent[Int(at)]
            parent[Int(at)] = root
            at = next
        }
        return root
    }

    func members(_ root: Int32) -> [Int32] { groups[root] ?? [root] }

    /// Joins two roots: the smaller number stays.
    mutating func join(_ one: Int32, _ two: Int32) {
        let kept = min(one, two)
        let gone = max(one, two)
        parent[Int(gone)] = kept
        groups[kept] = (groups[kept] ?? [kept]) + (groups.removeValue(forKey: gone) ?? [gone])
    }

    mutating func roots() -> [Int32] { parent.indices.map { root(Int32(truncatingIfNeeded: $0)) } }
}
