/// The chains of a record, newest first, in pieces, so that one more costs as much in a long record
/// as in a short one.
package struct ChainOrder: Sendable, Sequence {
    private static let pieceMax = 512

    private var pieces: [[ArrangedChain]] = []
    package private(set) var count = 0

    package init() {}

    init(_ chains: [ArrangedChain]) {
        let sorted = ArrangedChain.sort(chains)
        count = sorted.count
        pieces = stride(from: 0, to: sorted.count, by: Self.pieceMax / 2).map {
            Array(sorted[$0..<Swift.min($0 + Self.pieceMax / 2, sorted.count)])
        }
    }

    package var isEmpty: Bool { count == 0 }
    package var first: ArrangedChain? { pieces.first?.first }

    mutating func insert(_ chain: ArrangedChain) {
        count += 1
        guard !pieces.isEmpty else {
            pieces = [[chain]]
            return
        }
        let piece = Swift.max(0, piece(before: chain))
        let place = Self.lowerBound(pieces[piece].count) { index in
            ArrangedChain.precedes(pieces[piece][index], chain)
        }
        pieces[piece].insert(chain, at: place)
        guard pieces[piece].count > Self.pieceMax else { return }
        let half = Array(pieces[piece][(Self.pieceMax / 2)...])
        pieces[piece].removeLast(half.count)
        pieces.insert(half, at: piece + 1)
    }

    mutating func remove(_ chain: ArrangedChain) {
        var piece = Swift.max(0, piece(before: chain))
        while piece < pieces.count {
            if let place = pieces[piece].firstIndex(where: { $0 === chain }) {
                pieces[piece].remove(at: place)
                if pieces[piece].isEmpty { pieces.remove(at: piece) }
                count -= 1
                return
            }
            guard let first = pieces[piece].first, !ArrangedChain.precedes(chain, first) else {
                return
            }
            piece += 1
        }
    }

    /// The last piece that begins before a chain; -1 for none.
    private func piece(before chain: ArrangedChain) -> Int {
        Self.lowerBound(pieces.count) { index in
            pieces[index].first.map { ArrangedChain.precedes($0, chain) } ?? true
        } - 1
    }

    /// The first number of which something does not hold that holds of those before it.
    private static func lowerBound(_ count: Int, _ holds: (Int) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if holds(middle) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    // MARK: Reading

    package func makeIterator() -> FlattenSequence<[[ArrangedChain]]>.Iterator {
        pieces.joined().makeIterator()
    }

    /// A place in the order.
    package struct Place: Hashable, Sendable, Comparable {
        fileprivate var piece: Int
        fileprivate var index: Int

        package static func < (left: Place, right: Place) -> Bool {
            (left.piece, left.index) < (right.piece, right.index)
        }
    }

    /// The place of the first chain of which something does not hold that holds of all before it.
    package func place(after holds: (ArrangedChain) -> Bool) -> Place {
        let piece = Swift.max(
            0,
            Self.lowerBound(pieces.count) { pieces[$0].first.map(holds) ?? true } - 1
        )
        guard piece < pieces.count else { return Place(piece: 0, index: 0) }
        return Place(
            piece: piece,
            index: Self.lowerBound(pieces[piece].count) { holds(pieces[piece][$0]) }
        )
    }

    /// The chain at a place, which moves to the next.
    package func next(_ place: inout Place) -> ArrangedChain? {
        while place.piece < pieces.count {
            if place.index < pieces[place.piece].count {
                defer { place.index += 1 }
                return pieces[place.piece][place.index]
            }
            place = Place(piece: place.piece + 1, index: 0)
        }
        return nil
    }

    /// The chain before a place, which moves there.
    package func previous(_ place: inout Place) -> ArrangedChain? {
        while true {
            if place.piece < pieces.count, place.index > 0 {
                place.index -= 1
                return pieces[place.piece][place.index]
            }
            guard place.piece > 0 else { return nil }
            place = Place(piece: place.piece - 1, index: pieces[place.piece - 1].count)
        }
    }
}
