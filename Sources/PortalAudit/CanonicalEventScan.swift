internal import PortalRecord

/// A quick look at the bytes of an event that proves them to be its one spelling, and finds what the
/// log finds it by.
///
/// It knows the common spellings only: plain ASCII with nothing escaped. For all others it says that
/// it does not know, and ``AuditEvent/read(canonicalBytes:)``, which reads the event and writes it
/// again, decides; what this accepts that would too. An officer waits for millions of them.
struct CanonicalEventScan {
    /// Where the identifier and the members stand.
    private(set) var id = 0..<0
    private(set) var members: [Range<Int>] = []

    private let bytes: [UInt8]
    private var at = 0

    /// Looks at bytes; nil where only reading them tells.
    init?(_ bytes: [UInt8]) {
        self.bytes = bytes
        guard event(), at == bytes.count else { return nil }
    }

    /// Fields in the order of their names' bytes; each commits itself by what follows it.
    private mutating func event() -> Bool {
        guard take("{\"action\":"), let action = text(), !equal(action, AuditAction.erased.name),
            take(",\"detail\":"), pairs(),
            take(",\"elements\":"), texts() != nil,
            take(",\"entries\":"), texts() != nil,
            take(",\"id\":"), let id = text(), !id.isEmpty,
            take(",\"latencyMilliseconds\":") ? number() : true,
            take(",\"members\":"), let members = texts(),
            take(",\"outcome\":"), let outcome = text(),
            AuditOutcome.allCases.contains(where: { equal(outcome, $0.rawValue) }),
            optional(",\"overrideToken\":"), optional(",\"pageFrom\":"), optional(",\"pageTo\":"),
            optional(",\"patient\":"),
            take(",\"principal\":"), principal(),
            optional(",\"purpose\":"), optional(",\"reason\":"), optional(",\"recordRevision\":"),
            optional(",\"rulesVersion\":"), optional(",\"salt\":"), optional(",\"screen\":"),
            take(",\"shownCount\":"), number(),
            take(",\"staleSilos\":"), texts() != nil,
            take(",\"time\":"), let time = text(), isMoment(time),
            take(",\"withheldCount\":"), number(),
            take("}")
        else { return false }
        (self.id, self.members) = (id, members)
        return true
    }

    private mutating func principal() -> Bool {
        guard take("{") else { return false }
        if take("\"location\":") { guard text() != nil, take(",") else { return false } }
        if take("\"organisation\":") { guard text() != nil, take(",") else { return false } }
        return take("\"person\":") && text() != nil && take(",\"roles\":") && texts() != nil
            && optional(",\"viaSystem\":") && take("}")
    }

    // MARK: Values

    private mutating func take(_ written: StaticString) -> Bool {
        let count = written.utf8CodeUnitCount
        guard bytes.count - at >= count else { return false }
        let isTaken = written.withUTF8Buffer { bytes[at..<at + count].elementsEqual($0) }
        if isTaken { at += count }
        return isTaken
    }

    private mutating func optional(_ name: StaticString) -> Bool {
        take(name) ? text() != nil : true
    }

    /// A text of plain ASCII: what stands between its quotes.
    private mutating func text() -> Range<Int>? {
        guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { return nil }
        let start = at + 1
        var end = start
        while end < bytes.count, bytes[end] != UInt8(ascii: "\"") {
            let byte = bytes[end]
            guard byte >= 0x20, byte < 0x7F, byte != UInt8(ascii: "\\") else { return nil }
            end += 1
        }
        guard end < bytes.count else { return nil }
        at = end + 1
        return start..<end
    }

    private mutating func texts() -> [Range<Int>]? {
        guard take("[") else { return nil }
        if take("]") { return [] }
        var found: [Range<Int>] = []
        repeat {
            guard let one = text() else { return nil }
            found.append(one)
        } while take(",")
        return take("]") ? found : nil
    }

    /// Pairs of texts, each name once and in the order of the names' bytes.
    private mutating func pairs() -> Bool {
        guard take("{") else { return false }
        if take("}") { return true }
        var last: Range<Int>?
        repeat {
            guard let name = text(), take(":"), text() != nil else { return false }
            if let last, !bytes[last].lexicographicallyPrecedes(bytes[name]) { return false }
            last = name
        } while take(",")
        return take("}")
    }

    /// A whole number of at most 18 digits, written without a zero in front.
    private mutating func number() -> Bool {
        let isNegative = take("-")
        let start = at
        while at < bytes.count, isDigit(bytes[at]) { at += 1 }
        guard at > start, at - start <= 18 else { return false }
        return bytes[start] != UInt8(ascii: "0") || at - start == 1 && !isNegative
    }

    /// `2026-11-22T10:04:05Z` or with milliseconds that are not zero, of the years 1970 to 9999.
    private func isMoment(_ range: Range<Int>) -> Bool {
        let text = bytes[range]
        let shape: StaticString =
            text.count == 20 ? "0000-00-00T00:00:00Z" : "0000-00-00T00:00:00.000Z"
        guard text.count == shape.utf8CodeUnitCount else { return false }
        let fits = shape.withUTF8Buffer { shape in
            zip(text, shape).allSatisfy { $1 == UInt8(ascii: "0") ? isDigit($0) : $0 == $1 }
        }
        guard fits else { return false }
        func value(_ place: Int, _ digits: Int) -> Int {
            bytes[range.lowerBound + place..<range.lowerBound + place + digits]
                .reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        }
        return value(0, 4) >= 1970
            && CivilDate(year: value(0, 4), month: value(5, 2), day: value(8, 2)) != nil
            && value(11, 2) < 24 && value(14, 2) < 60 && value(17, 2) < 60
            && (text.count == 20 || value(20, 3) != 0)
    }

    private func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private func equal(_ range: Range<Int>, _ text: String) -> Bool {
        bytes[range].elementsEqual(text.utf8)
    }

    // MARK: Asking

    /// Whether the log finds the event by what it says: its identifier, and its members, each once.
    ///
    /// False also where only comparing them as sets tells.
    func isFound(as leaf: AuditLeaf) -> Bool {
        guard equal(id, leaf.id), members.count == leaf.members.count else { return false }
        for (place, range) in members.enumerated() {
            guard equal(range, leaf.members[place]) else { return false }
            for earlier in members[..<place] where bytes[earlier].elementsEqual(bytes[range]) {
                return false
            }
        }
        return true
    }
}
