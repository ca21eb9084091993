internal import Dispatch

/// Work in pieces on every core; what comes out stands in the order of the pieces.
package enum Parallel {
    package static func map<Piece: Sendable, Value: Sendable>(
        _ pieces: [Piece],
        _ work: @escaping @Sendable (Piece) -> Value
    ) -> [Value] {
        var values = [Value?](repeating: nil, count: pieces.count)
        values.withUnsafeMutableBufferPointer { room in
            nonisolated(unsafe) let room = room
            // Every piece writes its own place.
            DispatchQueue.concurrentPerform(iterations: pieces.count) {
                room[$0] = work(pieces[$0])
            }
        }
        return values.compactMap { $0 }
    }

    /// Two pieces of work at once, where there are two cores.
    package static func both<One: Sendable, Two: Sendable>(
        _ one: @escaping @Sendable () -> One,
        _ two: @escaping @Sendable () -> Two
    ) -> (One, Two) {
        nonisolated(unsafe) var first: One?
        nonisolated(unsafe) var second: Two?
        // Each writes its own.
        DispatchQueue.concurrentPerform(iterations: 2) {
            if $0 == 0 { first = one() } else { second = two() }
        }
        return (first ?? one(), second ?? two())
    }
}
