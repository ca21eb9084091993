import JSONSyntax
import PortalBytes

/// The elements of a document by their numbers: all of them, or those of a large bundle page by page.
///
/// What a bundle's entry holds is a page: it is read again from the document's bytes when it is asked
/// for and a few are kept, so that a bundle of a hundred megabytes takes no tree of its size.
final class FHIRPages {
    typealias Node = FHIRNodes.Node

    /// One object's elements: those behind its own number.
    private struct Page {
        let number: UInt32
        let count: UInt32
        /// How many elements stand in pages up to this one's end.
        let sum: UInt32
        let from: UInt32
        let to: UInt32
    }

    let names: FHIRNames
    /// How many elements there are.
    let count: Int
    private let bytes: ArraySlice<UInt8>
    private let limits: Limits
    /// The elements that stand in no page.
    private let frame: [Node]
    private let pages: [Page]
    /// The elements in reach, and the number of the first.
    // One reader uses it, and every field of every element comes through here.
    @exclusivity(unchecked) private var near: [Node]
    @exclusivity(unchecked) private var first = 0
    /// Pages read last, each in the place of its number.
    private var kept: [(page: Int, nodes: [Node])] = []
    private static let keptMax = 64
    /// Reads pages; it knows every name already.
    private var reader = FHIRNodes()

    /// Elements that are all there.
    init(_ nodes: FHIRNodes) {
        names = nodes.names
        count = nodes.list.count
        near = nodes.list
        bytes = []
        limits = .standard
        frame = []
        pages = []
    }

    /// The elements of a large JSON text.
    ///
    /// - Throws: `JSONSyntaxError` as for a small one: all is read once, as strictly.
    init(_ bytes: ArraySlice<UInt8>, limits: Limits) throws(JSONSyntaxError) {
        var reader = FHIRNodes()
        // What each object holds is counted first; its number is known when all is put together.
        var found: [(object: Int, count: Int)] = []
        let json = try bytes.withUnsafeBufferPointer { text throws(JSONSyntaxError) in
            try JSONDocument.hollow(bytes, limits: limits) { nodes, object in
                reader.page(of: object, nodes, text, shift: 0, number: 0)
                if reader.list.count > 1 { found.append((object, reader.list.count - 1)) }
            }
        }
        var pages: [Page] = []
        pages.reserveCapacity(found.count)
        var sum = 0
        var next = 0
        var frame = FHIRNodes(names: reader.names)
        frame.fill(from: json) { object, number in
            guard next < found.count, found[next].object == object else { return 0 }
            let count = found[next].count
            next += 1
            sum += count
            pages.append(
                Page(
                    number: UInt32(truncatingIfNeeded: number),
                    count: UInt32(truncatingIfNeeded: count),
                    sum: UInt32(truncatingIfNeeded: sum),
                    from: json.nodes[object].start,
                    to: json.nodes[object].end
                )
            )
            return count
        }
        self.bytes = bytes
        self.limits = limits
        self.frame = frame.list
        self.pages = pages
        self.reader = FHIRNodes(names: frame.names)
        names = frame.names
        count = frame.list.count + sum
        near = []
        kept = [(Int, [Node])](repeating: (-1, []), count: Self.keptMax)
    }

    var indices: Range<Int> { 0..<count }

    subscript(number: Int) -> Node {
        let place = number - first
        return near.indices.contains(place) ? near[place] : fetch(number)
    }

    /// An element that is not in reach.
    private func fetch(_ number: Int) -> Node {
        let index = page(upTo: number)
        guard index >= 0 else { return frame[number] }
        let page = pages[index]
        guard number > page.number, number <= Int(page.number) + Int(page.count) else {
            return frame[number - sum(before: number, index)]
        }
        let slot = index % Self.keptMax
        if kept[slot].page != index { kept[slot] = (index, read(page)) }
        near = kept[slot].nodes
        first = Int(page.number) + 1
        return near.indices.contains(number - first) ? near[number - first] : Node.absent
    }

    private func sum(before number: Int, _ index: Int) -> Int {
        let page = pages[index]
        return Int(page.sum) - (number == page.number ? Int(page.count) : 0)
    }

    /// The last page whose object stands no further than a number; -1 where there is none.
    private func page(upTo number: Int) -> Int {
        var low = 0
        var high = pages.count
        while low < high {
            let middle = (low + high) / 2
            if Int(pages[middle].number) <= number { low = middle + 1 } else { high = middle }
        }
        return low - 1
    }

    private func read(_ page: Page) -> [Node] {
        let start = bytes.startIndex
        let text = bytes[(start + Int(page.from))..<(start + Int(page.to))]
        // It was read before, and was well formed.
        guard let json = try? JSONDocument.read(text, limits: limits) else { return [] }
        json.nodes.withUnsafeBufferPointer { nodes in
            text.withUnsafeBufferPointer { bytes in
                reader.page(
                    of: 0,
                    nodes,
                    bytes,
                    shift: Int(page.from),
                    number: Int(page.number)
                )
            }
        }
        return Array(reader.list.dropFirst())
    }
}
