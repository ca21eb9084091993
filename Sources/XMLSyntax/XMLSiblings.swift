/// How many elements of each name one element holds so far.
///
/// Most hold a few names, which are quicker to look through than to hash; what holds many is counted in
/// a dictionary, so that no document takes longer than its length.
struct XMLSiblings {
    private var parent: Int32 = -1
    private var few: [(name: Int32, count: UInt32)] = []
    private var many: [Int32: UInt32] = [:]
    private static let fewMax = 16

    /// Counts one more of a name.
    ///
    /// - Parameters:
    ///   - name: The name's number.
    ///   - parent: The holder's number; another one begins a new count.
    /// - Returns: How many of the name there are now.
    mutating func next(_ name: Int32, of parent: Int32) -> UInt32 {
        if parent != self.parent {
            self.parent = parent
            few.removeAll(keepingCapacity: true)
            if !many.isEmpty { many = [:] }
        }
        for place in few.indices where few[place].name == name {
            few[place].count &+= 1
            return few[place].count
        }
        guard few.count >= Self.fewMax else {
            few.append((name, 1))
            return 1
        }
        let count = many[name, default: 0] &+ 1
        many[name] = count
        return count
    }
}
