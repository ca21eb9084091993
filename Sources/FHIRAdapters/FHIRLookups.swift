/// What a document is asked for again and again: numbers of names, and paths.
///
/// All are caches of a fixed size, where a newcomer takes the place of what was there.
final class FHIRLookups {
    private struct Name {
        var start: UInt
        var number: Int32
    }

    // INVARIANT: `size` of each, and every place is masked to that.
    private let known: UnsafeMutablePointer<Name>
    private static let size = 1024
    private static let pathSize = 64

    private let below: UnsafeMutablePointer<Step>
    /// The paths asked for last, by the number of the element.
    private let paths: UnsafeMutablePointer<(index: Int, path: String)>

    /// A step below a path, and where it leads.
    private struct Step {
        var prefix = ""
        var name: Int32 = -1
        var ordinal: UInt32 = 0
        var path = ""
    }

    init() {
        below = .allocate(capacity: Self.size)
        below.initialize(repeating: Step(), count: Self.size)
        paths = .allocate(capacity: Self.pathSize)
        paths.initialize(repeating: (-1, ""), count: Self.pathSize)
        known = .allocate(capacity: Self.size)
        known.initialize(repeating: Name(start: 0, number: -1), count: Self.size)
    }

    deinit {
        known.deallocate()
        below.deinitialize(count: Self.size)
        below.deallocate()
        paths.deinitialize(count: Self.pathSize)
        paths.deallocate()
    }

    /// An element's path: those around it are asked for again and again.
    func path(_ index: Int, make: () -> String) -> String {
        let place = index % Self.pathSize
        if paths[place].index == index { return paths[place].path }
        let path = make()
        paths[place] = (index, path)
        return path
    }

    /// The path of a step below another: `category` and `coding` under it in every observation.
    func path(_ prefix: String, _ name: Int32, _ ordinal: UInt32, make: () -> String) -> String {
        let mixed =
            (UInt64(UInt32(bitPattern: name)) << 32 | UInt64(ordinal))
            ^ UInt64(prefix.utf8.count) << 20
        let place = Int(truncatingIfNeeded: (mixed &* 0x9E37_79B9_7F4A_7C15) >> 40) % Self.size
        if below[place].name == name, below[place].ordinal == ordinal, below[place].prefix == prefix
        {
            return below[place].path
        }
        let path = make()
        below[place] = Step(prefix: prefix, name: name, ordinal: ordinal, path: path)
        return path
    }

    /// The number of a name in a table that does not change any more.
    ///
    /// Found by where the program's own text of it stands, which is quicker than by its bytes.
    func number(of name: StaticString, in names: FHIRNames) -> Int32? {
        guard name.hasPointerRepresentation else { return nil }
        let start = UInt(bitPattern: name.utf8Start)
        let place = Int(truncatingIfNeeded: (start &* 0x9E37_79B9_7F4A_7C15) >> 48) % Self.size
        if known[place].start == start {
            let number = known[place].number
            return number >= 0 ? number : nil
        }
        let bytes = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        let number = names.find(bytes)
        known[place] = Name(start: start, number: number ?? -1)
        return number
    }
}
