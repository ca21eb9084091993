package import PortalRecord

/// What an unreadable document has of those who have opted out.
///
/// Nobody can say for certain whose such a document is; where it names an opted-out number as a
/// patient's, it is taken to be theirs, and only its hash and count are kept: whoever sent it can
/// send it again, and what is kept of an opted-out patient cannot be taken back.
///
/// - Rule: SAFETY S20; DESIGN P1.
extension OptOuts {
    /// The stretches of a document that could not be read to withhold; empty where it names nobody
    /// who has opted out of its silo.
    ///
    /// A message is withheld whole, of a table the lines that name the number.
    package func stretches(
        in bytes: ArraySlice<UInt8>,
        from silo: String,
        at moment: Instant
    ) -> [Range<Int>] {
        let numbers = items.filter { $0.covers(silo, at: moment) }.compactMap(UnreadableNumber.init)
        guard !numbers.isEmpty else { return [] }
        let document = UnreadableDocument(Array(bytes))
        let named = document.places(of: Dictionary(grouping: numbers, by: \.head))
        guard !named.isEmpty else { return [] }
        guard case .table = document.shape else { return [0..<bytes.count] }
        return named.map(document.line)
    }
}

/// A number as it may stand in a document.
private struct UnreadableNumber {
    let value: [UInt8]
    /// A national number stands for one person wherever it stands.
    let isNational: Bool
    /// Its first letters and digits.
    var head: [UInt8] { Array(value.prefix(while: UnreadableDocument.isWord)) }

    init?(_ item: OptOuts.Item) {
        guard let bar = item.number.lastIndex(of: "|") else { return nil }
        value = Array(item.number[item.number.index(after: bar)...].utf8)
        guard let first = value.first, UnreadableDocument.isWord(first) else { return nil }
        isNational = IdentifierSystem.isNational(String(item.number[..<bar]))
    }
}

/// The bytes of a document that no adapter could read.
private struct UnreadableDocument {
    enum Shape { case segments, json, markup, table }

    let bytes: [UInt8]
    let shape: Shape

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        let blank: Set<UInt8> = [0x09, 0x0A, 0x0B, 0x0D, 0x20, 0xEF, 0xBB, 0xBF]
        let head = Array(bytes.drop { blank.contains($0) }.prefix(3))
        switch head.first {
        case UInt8(ascii: "{"), UInt8(ascii: "["): shape = .json
        case UInt8(ascii: "<"): shape = .markup
        default:
            func starts(_ names: [String]) -> Bool { names.contains { head == Array($0.utf8) } }
            if starts(["MSH", "FHS", "BHS"]) {
                shape = .segments
            } else {
                // An EDIFACT message is one person's or several's, and has no lines of its own.
                shape = starts(["UNA", "UNB", "UNH"]) ? .markup : .table
            }
        }
    }

    /// Where numbers stand as a patient's: one walk from word to word, however many there are.
    func places(of numbers: [[UInt8]: [UnreadableNumber]]) -> [Int] {
        let lengths = Set(numbers.keys.map(\.count))
        var found: [Int] = []
        var start = 0
        while start < bytes.count {
            guard Self.isWord(bytes[start]) else {
                start += 1
                continue
            }
            var end = start
            while end < bytes.count, Self.isWord(bytes[end]) { end += 1 }
            if lengths.contains(end - start) {
                let named = numbers[Array(bytes[start..<end])]?.contains { stands($0, at: start) }
                if named ?? false { found.append(start) }
            }
            start = end
        }
        return found
    }

    private func stands(_ number: UnreadableNumber, at start: Int) -> Bool {
        let rest = bytes[start...]
        let after = start + number.value.count
        guard rest.starts(with: number.value),
            after >= bytes.count || !Self.isWord(bytes[after])
        else { return false }
        return number.isNational || isPatients(start, number.value.count)
    }

    /// The line that a place stands on.
    func line(around place: Int) -> Range<Int> {
        var start = place
        while start > 0, !isLineEnd(bytes[start - 1]) { start -= 1 }
        var end = place
        while end < bytes.count, !isLineEnd(bytes[end]) { end += 1 }
        return start..<end
    }

    /// A local number may stand for a dose or a length as well: it counts where its format puts a
    /// patient's number, and in tables and markup where it is long enough to be one.
    private func isPatients(_ start: Int, _ length: Int) -> Bool {
        switch shape {
        case .segments:
            let segment = line(around: start)
            let name = bytes[segment].prefix(3)
            guard bytes.indices.contains(segment.lowerBound + 3) else { return false }
            let separator = bytes[segment.lowerBound + 3]
            let field = bytes[segment.lowerBound..<start].reduce(0) {
                $0 + ($1 == separator ? 1 : 0)
            }
            return name.elementsEqual("PID".utf8) && (2...4).contains(field)
                || name.elementsEqual("MRG".utf8) && (1...4).contains(field)
        case .json:
            var before = start - 1
            guard before >= 0, bytes[before] == UInt8(ascii: "\"") else { return false }
            before -= 1
            let between: Set<UInt8> = [0x20, 0x09, UInt8(ascii: ":")]
            while before >= 0, between.contains(bytes[before]) { before -= 1 }
            return bytes[..<(before + 1)].suffix(7).elementsEqual("\"value\"".utf8)
        case .markup, .table: return length >= 5
        }
    }

    static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }

    private func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }
}
