import PortalIntake
import PortalRecord

extension Examination {
    /// The adapter's own words; without samples there is nothing to examine.
    mutating func naming(_ samples: [AdapterSample]) {
        for (word, what) in [
            (type(of: adapter).name, "name"), (type(of: adapter).format, "format"),
        ] where !AdapterWords.isWellFormed(word) {
            fault(
                .naming,
                what + "-malformed",
                "its \(what) is to be a word of small letters, digits and hyphens"
            )
        }
        if !samples.contains(where: { !$0.isRefused }) {
            fault(.naming, "samples-missing", "no sample is to be read: nothing was examined")
        }
    }

    /// Recognising what is no document takes other adapters' documents away from them.
    mutating func recognisesNothingElse() {
        var others: [[UInt8]] = [[], [0], [0x0A], Array("Dear colleague,\n".utf8)]
        for _ in 0..<32 {
            others.append(
                (0..<random.number(below: 200)).map { _ in UInt8(random.number(below: 256)) }
            )
        }
        for bytes in others where adapter.recognises(document(bytes[...])) {
            fault(
                .recognition,
                "recognises-anything",
                "it takes \(bytes.count) bytes that are no document of any format"
            )
        }
    }

    /// It knows its own, the same each time and wherever they stand.
    mutating func recognition() {
        let alone = document()
        let isKnown = adapter.recognises(alone)
        if !isKnown, !sample.isRefused {
            fault(.recognition, "not-recognised", "it does not take the sample for its own")
        }
        _ = read(alone)
        var again = [adapter.recognises(alone)]
        again.append(adapter.recognises(document(hash: ContentHash(of: [0x2A]))))
        for (bytes, _) in surroundings() { again.append(adapter.recognises(document(bytes))) }
        if again.contains(!isKnown) {
            fault(
                .recognition,
                "recognition-varies",
                "asked again, or of the same bytes elsewhere, it answers otherwise"
            )
        }
    }

    /// It names the files that come beside a document, or nobody fetches them.
    mutating func companions() {
        let named = adapter.companions(of: document())
        let missing = Set(sample.files.keys).subtracting(named)
        if !missing.isEmpty {
            fault(
                .companions,
                "companion-not-named",
                "\(missing.count) of the sample's files are not asked for"
            )
        }
        for (bytes, _) in surroundings() where adapter.companions(of: document(bytes)) != named {
            fault(.companions, "companions-vary", "the same bytes elsewhere ask for other files")
        }
        guard !sample.files.isEmpty else { return }
        // Files that did not come are a finding or a held document, never a trap.
        let alone = document(files: [:])
        switch read(alone) {
        case .success(let report): examine(report, alone)
        case .failure(let error): examine(error, alone)
        }
    }

    /// The sample inside larger buffers, and what stands around it.
    func surroundings() -> [(ArraySlice<UInt8>, String)] {
        let count = sample.bytes.count
        func inside(
            _ front: [UInt8],
            _ behind: [UInt8],
            _ what: String
        )
            -> (ArraySlice<UInt8>, String)
        {
            let whole = front + sample.bytes + behind
            return (whole[front.count..<(front.count + count)], what)
        }
        // More of the same is what reading too far would not notice by itself.
        return [
            inside([0x58], [], "a byte before it"),
            inside([], [0x58, 0x59], "bytes behind it"),
            inside(sample.bytes, sample.bytes, "the same document on either side"),
            inside(
                [UInt8](repeating: 0x0A, count: 777),
                [UInt8](repeating: 0x22, count: 5),
                "line ends before it, quotes behind it"
            ),
        ]
    }
}
