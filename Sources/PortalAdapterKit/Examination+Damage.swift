import PortalIntake
import PortalRecord

extension Examination {
    /// What is cut, flipped, torn or told twice gives a sound report or an error.
    mutating func damage() {
        guard checks.contains(.damage) else { return }
        let bytes = sample.bytes
        for cut in places(below: bytes.count, atMost: conformance.cutsMax) {
            survive(bytes[..<cut], at: cut)
            // What is left of a document that lost its beginning.
            if cut % 8 == 0 { survive(bytes[cut...], at: cut) }
        }
        guard !bytes.isEmpty else { return }
        for turn in 0..<conformance.damagesMax {
            let at = random.number(below: bytes.count)
            survive(damaged(bytes, at, turn)[...], at: at)
        }
        for (name, file) in sample.files.sorted(by: { $0.key < $1.key }) {
            damage(file, named: name)
        }
    }

    /// Bytes that mean something in one format or another.
    private static let pointed: [UInt8] =
        Array("|^~\\&\"'<>{}[],;:=#-/+0".utf8) + [
            0, 9, 10, 13, 0x1A, 0x7F, 0x80, 0xC3, 0xEF, 0xFE, 0xFF,
        ]

    private mutating func damaged(_ whole: [UInt8], _ at: Int, _ turn: Int) -> [UInt8] {
        var bytes = whole
        guard bytes.indices.contains(at) else { return bytes }
        let end = min(bytes.count, at + 1 + random.number(below: 24))
        switch turn % 5 {
        case 0: bytes[at] ^= 1 << UInt8(random.number(below: 8))
        case 1: bytes[at] = Self.pointed[random.number(below: Self.pointed.count)]
        case 2: bytes.insert(Self.pointed[random.number(below: Self.pointed.count)], at: at)
        case 3: bytes.removeSubrange(at..<end)
        default: bytes.insert(contentsOf: whole[at..<end], at: random.number(below: bytes.count))
        }
        return bytes
    }

    private mutating func damage(_ file: [UInt8], named name: String) {
        guard !file.isEmpty else { return }
        var files = sample.files
        for turn in 0..<max(conformance.damagesMax / 4, 1) {
            let at = random.number(below: file.count)
            files[name] = turn % 2 == 0 ? Array(file[..<at]) : damaged(file, at, turn)
            conformance.willRead?(.damage, sample.name, 0)
            let document = document(files: files)
            if case .success(let report) = read(document) { examine(report, document, damage: 0) }
        }
    }

    private mutating func survive(_ bytes: ArraySlice<UInt8>, at offset: Int) {
        conformance.willRead?(.damage, sample.name, offset)
        let document = document(bytes)
        let seconds =
            ContinuousClock().measure {
                _ = adapter.recognises(document)
                _ = adapter.companions(of: document)
                switch read(document) {
                case .success(let report): examine(report, document, damage: offset)
                case .failure(let error): examine(error, document, damage: offset)
                }
            } / .seconds(1)
        if seconds > Double(conformance.readingSecondsMax) {
            fault(.damage, "reading-slow", at: offset, "one reading took \(Int(seconds)) seconds")
        }
    }
}
