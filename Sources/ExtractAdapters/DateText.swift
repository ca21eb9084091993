import PortalRecord

/// Dates as people type them into tables.
enum DateText {
    /// ISO 8601, or `22/11/2026` with an optional ` 10:04`; nil for anything else, never a guess.
    ///
    /// - Shape: the day comes first, as everywhere in these islands; a year has four digits; a
    ///   blank may stand for ISO's `T`.
    static func read(_ text: String) -> PartialDate? {
        if let date = PartialDate(text) { return date }
        let bytes = Array(text.utf8)
        let halves = bytes.split(separator: 0x20, maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = halves.first, let day = slashed(first) ?? dashed(first) else {
            return nil
        }
        guard halves.count == 2 else { return PartialDate(day) }
        return PartialDate(day + "T" + String(decoding: halves[1], as: UTF8.self))
    }

    /// A whole day in ISO 8601, for a time to stand behind.
    private static func dashed(_ bytes: ArraySlice<UInt8>) -> String? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let date = PartialDate(text), date.precision == .day, date.zone == .unknown else {
            return nil
        }
        return text
    }

    private static func slashed(_ bytes: ArraySlice<UInt8>) -> String? {
        let parts = bytes.split(separator: 0x2F, omittingEmptySubsequences: false)
        guard parts.count == 3, (1...2).contains(parts[0].count),
            (1...2).contains(parts[1].count), parts[2].count == 4,
            parts.allSatisfy({ $0.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } })
        else { return nil }
        func padded(_ part: ArraySlice<UInt8>) -> String {
            (part.count == 1 ? "0" : "") + String(decoding: part, as: UTF8.self)
        }
        return [parts[2], parts[1], parts[0]].map(padded).joined(separator: "-")
    }
}
