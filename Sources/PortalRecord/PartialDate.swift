/// A date or time exactly as far as its sender stated it.
///
/// "1987" stays a year: inventing 1 January would be a falsehood (DESIGN P9). A time without an
/// offset stays without one; where the site profile names the silo's zone it is kept beside the
/// value, so that a reader can tell what was said from what was supplied.
///
/// - Shape: year, then month, day, hour, minute, second and fraction, each only with the one
///   before. Text form: ISO 8601, with `[Europe/London]` behind a wall time whose zone the profile
///   names and nothing behind one whose zone nobody named.
public struct PartialDate: Hashable, Sendable, CustomStringConvertible {
    /// How far the value is stated.
    public enum Precision: Int, Comparable, Sendable, CaseIterable {
        case year, month, day, hour, minute, second, fraction

        /// Orders from coarse to fine.
        public static func < (left: Precision, right: Precision) -> Bool {
            left.rawValue < right.rawValue
        }
    }

    // Every entry holds several dates and every observation two: they are packed, and hold nothing
    // that is counted when they are copied.

    /// The digits of the fraction as a number; ``fractionWidth`` says how many were written.
    private let fractionDigits: UInt64
    private let packedYear: UInt16
    /// An offset's minutes, ``unknownZone``, or from ``firstNamedZone`` on a named zone.
    private let packedZone: Int16
    private let packedMonth: UInt8
    private let packedDay: UInt8
    private let packedHour: UInt8
    private let packedMinute: UInt8
    private let packedSecond: UInt8
    private let fractionWidth: UInt8

    private static let absent: UInt8 = 0xFF
    private static let unknownZone = Int16.min
    private static let firstNamedZone = Int16.min + 1

    /// The year, 1 to 9999.
    public var year: Int { Int(packedYear) }
    /// The month, 1 to 12.
    public var month: Int? { Self.part(packedMonth) }
    /// The day of the month.
    public var day: Int? { Self.part(packedDay) }
    /// The hour, 0 to 23.
    public var hour: Int? { Self.part(packedHour) }
    /// The minute, 0 to 59.
    public var minute: Int? { Self.part(packedMinute) }
    /// The second, 0 to 59 (a leap second, 60, is kept as stated and spans no further).
    public var second: Int? { Self.part(packedSecond) }
    /// The digits behind the second's decimal point, as written: `5` and `500` stay apart.
    public var fraction: String? {
        guard fractionWidth > 0 else { return nil }
        let digits = String(fractionDigits)
        return String(repeating: "0", count: Int(fractionWidth) - digits.utf8.count) + digits
    }
    /// What is known of the clock it was read from.
    public var zone: TimeZoneRule {
        switch packedZone {
        case Self.unknownZone: .unknown
        case -900...900: .offset(minutes: Int(packedZone))
        case Self.firstNamedZone: .named(.london)
        default: .named(.utc)
        }
    }

    private static func part(_ packed: UInt8) -> Int? { packed == absent ? nil : Int(packed) }

    private static func pack(_ part: Int?) -> UInt8 { part.map { UInt8($0) } ?? absent }

    private static func pack(_ zone: TimeZoneRule) -> Int16 {
        switch zone {
        case .unknown: unknownZone
        case .offset(let minutes): Int16(minutes)
        case .named(.london): firstNamedZone
        case .named(.utc): firstNamedZone + 1
        }
    }

    /// Builds a date from its parts; nil where a part is out of range, a day does not exist, a finer
    /// part stands without the coarser one, or a fraction has more than 18 digits.
    public init?(
        year: Int,
        month: Int? = nil,
        day: Int? = nil,
        hour: Int? = nil,
        minute: Int? = nil,
        second: Int? = nil,
        fraction: String? = nil,
        zone: TimeZoneRule = .unknown
    ) {
        guard (1...9999).contains(year) else { return nil }
        guard month != nil || day == nil, day != nil || hour == nil, hour != nil || minute == nil,
            minute != nil || second == nil
        else { return nil }
        if let month {
            guard (1...12).contains(month) else { return nil }
            if let day, CivilDate(year: year, month: month, day: day) == nil { return nil }
        }
        if let hour, !(0...23).contains(hour) { return nil }
        if let minute, !(0...59).contains(minute) { return nil }
        if let second, !(0...60).contains(second) { return nil }
        var digits: UInt64 = 0
        if let fraction {
            // Clocks give nine digits at the most; eighteen fit the number.
            guard second != nil, (1...18).contains(fraction.utf8.count) else { return nil }
            for byte in fraction.utf8 {
                guard byte >= 0x30, byte <= 0x39 else { return nil }
                digits = digits * 10 + UInt64(byte - 0x30)
            }
        }
        if case .offset(let minutes) = zone, !(-900...900).contains(minutes) { return nil }
        packedYear = UInt16(year)
        packedMonth = Self.pack(month)
        packedDay = Self.pack(day)
        packedHour = Self.pack(hour)
        packedMinute = Self.pack(minute)
        packedSecond = Self.pack(second)
        fractionDigits = digits
        fractionWidth = UInt8(fraction?.utf8.count ?? 0)
        // A date without a time of day stands in no zone of its own unless one is named.
        packedZone = Self.pack(zone)
    }

    /// How far the value is stated.
    public var precision: Precision {
        if fractionWidth > 0 { return .fraction }
        if second != nil { return .second }
        if minute != nil { return .minute }
        if hour != nil { return .hour }
        if day != nil { return .day }
        if month != nil { return .month }
        return .year
    }

    /// The same wall time on another clock.
    public func `in`(_ zone: TimeZoneRule) -> PartialDate {
        PartialDate(
            year: year,
            month: month,
            day: day,
            hour: hour,
            minute: minute,
            second: second,
            fraction: fraction,
            zone: zone
        ) ?? self
    }

    /// The same value with the profile's zone where it carried none of its own.
    public func assuming(_ zone: TimeZoneRule) -> PartialDate {
        self.zone == .unknown ? self.in(zone) : self
    }
}

extension PartialDate {
    /// The value as a reader or an answer shows it: a day or less stands without a zone, which
    /// only a time of day needs.
    public var words: String {
        guard precision <= .day, case .named = zone else { return description }
        return self.in(.unknown).description
    }

    /// The value in ISO 8601, no further than stated.
    public var description: String {
        var text = pad(year, width: 4)
        if let month { text += "-" + pad(month) }
        if let day { text += "-" + pad(day) }
        if let hour { text += "T" + pad(hour) }
        if let minute { text += ":" + pad(minute) }
        if let second { text += ":" + pad(second) }
        if let fraction { text += "." + fraction }
        switch zone {
        case .offset(0): text += "Z"
        case .offset(let minutes):
            let size = abs(minutes)
            text += (minutes < 0 ? "-" : "+") + pad(size / 60) + ":" + pad(size % 60)
        case .named(let name): text += "[" + name.rawValue + "]"
        case .unknown: break
        }
        return text
    }

    /// Reads the text form that ``description`` writes; nil for anything else.
    public init?(_ text: String) {
        var reader = PartialDateReader(bytes: Array(text.utf8))
        guard let date = reader.date() else { return nil }
        self = date
    }
}

/// Reads ISO 8601 from bytes, left to right.
private struct PartialDateReader {
    let bytes: [UInt8]
    var position = 0

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private var isOffset: Bool { position + 3 < bytes.count && bytes[position + 3] == 0x3A }

    private mutating func number(_ width: Int) -> Int? {
        guard position + width <= bytes.count else { return nil }
        var value = 0
        for byte in bytes[position..<position + width] {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        position += width
        return value
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    mutating func date() -> PartialDate? {
        guard let year = number(4) else { return nil }
        var parts: [Int?] = []
        let separators: [UInt8] = [0x2D, 0x2D, 0x54, 0x3A, 0x3A]
        for separator in separators {
            // The "-" of an offset, known by the colon behind its hours, begins no month or day.
            guard next == separator, !(separator == 0x2D && isOffset) else { break }
            position += 1
            guard let part = number(2) else { return nil }
            parts.append(part)
        }
        var fraction: String?
        if parts.count == 5, take(0x2E) {
            let start = position
            while let byte = next, byte >= 0x30, byte <= 0x39 { position += 1 }
            fraction = String(decoding: bytes[start..<position], as: UTF8.self)
        }
        guard let zone = zone(), position == bytes.count else { return nil }
        func part(_ index: Int) -> Int? { index < parts.count ? parts[index] : nil }
        return PartialDate(
            year: year,
            month: part(0),
            day: part(1),
            hour: part(2),
            minute: part(3),
            second: part(4),
            fraction: fraction,
            zone: zone
        )
    }

    private mutating func zone() -> TimeZoneRule? {
        switch next {
        case nil: return .unknown
        case 0x5A:
            position += 1
            return .offset(minutes: 0)
        case 0x2B, 0x2D:
            let sign = next == 0x2D ? -1 : 1
            position += 1
            guard let hours = number(2), take(0x3A), let minutes = number(2), minutes < 60
            else { return nil }
            return .offset(minutes: sign * (hours * 60 + minutes))
        case 0x5B:
            guard bytes.last == 0x5D else { return nil }
            let name = String(decoding: bytes[(position + 1)..<(bytes.count - 1)], as: UTF8.self)
            position = bytes.count
            return NamedZone(rawValue: name).map { .named($0) }
        default: return nil
        }
    }
}

extension PartialDate: Codable {
    /// Reads the text form.
    ///
    /// - Throws: `DecodingError.dataCorrupted` where the text is no date.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let date = PartialDate(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no date")
        }
        self = date
    }

    /// Writes the text form.
    ///
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
