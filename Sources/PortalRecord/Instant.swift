/// A moment on the world's clock, to the millisecond: receipts, audit events, expiries.
///
/// Clinical times are ``PartialDate``s, which stay as vague as their sender left them.
///
/// - Units: milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
public struct Instant: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    public let milliseconds: Int

    /// Takes a count of milliseconds since 1970-01-01T00:00:00Z.
    public init(milliseconds: Int) { self.milliseconds = milliseconds }

    /// Reads a date or a date with time.
    ///
    /// `2026-11-22`, `2026-11-22T10:04Z`, `2026-11-22T10:04:05.250+01:00`. Without an offset it is
    /// UTC; nil for anything else, a named zone included.
    public init?(_ text: String) {
        guard let date = PartialDate(text), date.precision >= .day else { return nil }
        switch date.zone {
        case .unknown: milliseconds = date.in(.offset(minutes: 0)).span.start
        case .offset: milliseconds = date.span.start
        // A wall time of a named zone may be two moments.
        case .named: return nil
        }
    }

    /// The moment that many seconds later.
    public func adding(seconds: Int) -> Instant {
        let (span, over) = seconds.multipliedReportingOverflow(by: 1000)
        guard !over else { return Instant(milliseconds: seconds < 0 ? .min : .max) }
        let (sum, overflow) = milliseconds.addingReportingOverflow(span)
        return Instant(milliseconds: overflow ? (seconds < 0 ? .min : .max) : sum)
    }

    /// The moment in UTC: `2026-11-22T10:04:05.250Z`, milliseconds left out where zero.
    public var description: String {
        // The years 1 to 9999, which can be read back.
        let clamped = min(max(milliseconds, -62_135_596_800_000), 253_402_300_799_999)
        let (days, rest) = CivilDate.divide(clamped, by: 86_400_000)
        let date = CivilDate(days: days)
        let seconds = rest / 1000
        let text =
            date.text + "T" + pad(seconds / 3600) + ":" + pad(seconds / 60 % 60) + ":"
            + pad(seconds % 60)
        guard !rest.isMultiple(of: 1000) else { return text + "Z" }
        return text + "." + pad(rest % 1000, width: 3) + "Z"
    }

    /// Orders moments in time.
    public static func < (left: Instant, right: Instant) -> Bool {
        left.milliseconds < right.milliseconds
    }
}

extension Instant: Codable {
    /// Reads the text form.
    ///
    /// - Throws: `DecodingError.dataCorrupted` where the text is no moment.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let instant = Instant(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no moment")
        }
        self = instant
    }

    /// Writes the text form.
    ///
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

func pad(_ number: Int, width: Int = 2) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
}
