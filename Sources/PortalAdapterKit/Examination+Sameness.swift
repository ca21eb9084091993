import PortalIntake
import PortalRecord

extension Examination {
    /// Changing a byte that is marked mapped changes an entry, or is an error.
    mutating func honesty(_ report: IntakeReport) {
        guard checks.contains(.honesty) else { return }
        // The same name for every variant: it would differ by itself.
        let name = ContentHash(of: [])
        guard case .success(let named) = read(document(hash: name)) else { return }
        let before = Written.statements(named)
        let offsets = report.ledger.mappedOffsets.filter { $0 < sample.bytes.count }
        for place in places(below: offsets.count, atMost: conformance.honestBytesMax) {
            var changed = sample.bytes
            let offset = offsets[place]
            changed[offset] = changed[offset] == 0x51 ? 0x37 : 0x51
            guard case .success(let after) = read(document(changed[...], hash: name)),
                Written.statements(after) == before
            else { continue }
            fault(
                .honesty,
                "ledger-dishonest",
                at: offset,
                "the byte is marked mapped, and changing it changes no entry"
            )
        }
    }

    /// Twice the same, whatever was read in between.
    mutating func repetition(among samples: [AdapterSample]) {
        guard checks.contains(.repetition) else { return }
        let before = Written(first)
        for turn in 0..<max(conformance.repeatsMax, 1) {
            if turn > 0 { readSomethingElse(samples) }
            guard let difference = Written(read(document())).difference(from: before) else {
                continue
            }
            fault(
                .repetition,
                turn == 0 ? "reading-varies" : "reading-depends-on-others",
                "read again it gives other things: \(difference)"
            )
            return
        }
    }

    private mutating func readSomethingElse(_ samples: [AdapterSample]) {
        if !samples.isEmpty {
            var other = self
            other.sample = samples[random.number(below: samples.count)]
            _ = read(other.document())
        }
        let cut = random.number(below: sample.bytes.count)
        _ = adapter.recognises(document(sample.bytes[..<cut]))
        _ = read(document(sample.bytes[..<cut]))
    }

    /// The same inside a larger buffer, and under another name.
    mutating func slicing() {
        let before = Written(first)
        for (bytes, what) in surroundings() {
            guard let difference = Written(read(document(bytes))).difference(from: before) else {
                continue
            }
            fault(
                .slicing,
                "slice-differs",
                "with \(what) it gives other things: \(difference)"
            )
        }
        // Together with the files beside it a document has a name that is not its bytes' hash.
        let renamed = document(hash: ContentHash(of: [0x2A]))
        if case .success(let report) = read(renamed) { examine(report, renamed) }
    }
}
