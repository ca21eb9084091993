/// Places by name, without keeping the names: those stand in the document, and are asked for again.
///
/// A bundle of a hundred megabytes names a hundred thousand resources twice over.
struct FHIRIndex {
    /// The first place of a hash.
    private var places: [Int: Int32] = [:]
    /// Places of names whose hash is another name's.
    private var further: [String: Int] = [:]

    /// Puts a name in; the first place of a name stays.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - place: What has it.
    ///   - isName: Whether a place has the name indeed.
    mutating func add(_ name: String, at place: Int, isName: (Int) -> Bool) {
        let hash = name.hashValue
        guard let known = places[hash] else {
            places[hash] = Int32(truncatingIfNeeded: place)
            return
        }
        if !isName(Int(known)), further[name] == nil { further[name] = place }
    }

    /// The place of a name; nil where there is none.
    func find(_ name: String, isName: (Int) -> Bool) -> Int? {
        guard let known = places[name.hashValue] else { return nil }
        return isName(Int(known)) ? Int(known) : further[name]
    }
}
