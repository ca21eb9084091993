import EDIFACTSyntax
import PortalIntake
import PortalRecord

/// EDIFACT's spellings of dates and times, each with the code of its format.
///
/// - Rule: UN/EDIFACT code list 2379: 102 CCYYMMDD, 203 CCYYMMDDHHMM, 204 CCYYMMDDHHMMSS, 303
///   CCYYMMDDHHMM and a zone, 602 CCYY, 610 CCYYMM. A year of two digits (101, 201) names no
///   century, and is no date here (PITFALLS 19).
enum EDIFACTTimestamp {
    /// Reads a date or time; nil where the value is none of its format.
    ///
    /// - Parameters:
    ///   - text: The value.
    ///   - format: Its format's code.
    ///   - elsewhere: The zone of a time that carries none.
    /// - Returns: The date, no further than stated.
    static func read(_ text: String, format: String, elsewhere: TimeZoneRule) -> PartialDate? {
        let bytes = Array(text.utf8)
        switch format {
        case "602": return date(bytes[...], digits: 4, elsewhere)
        case "610": return date(bytes[...], digits: 6, elsewhere)
        case "102": return date(bytes[...], digits: 8, elsewhere)
        case "203": return date(bytes[...], digits: 12, elsewhere)
        case "204": return date(bytes[...], digits: 14, elsewhere)
        case "303":
            guard bytes.count > 12, let zone = zone(bytes[12...]) else { return nil }
            return date(bytes[..<12], digits: 12, zone)
        default: return nil
        }
    }

    /// When an interchange was made, as its UNB says: `YYMMDD` or `CCYYMMDD`, and `HHMM`.
    ///
    /// - Rule: ISO 9735 S004. EDIFACT is of 1987: a year of two digits up to 79 is of this century.
    static func prepared(date: String, time: String, elsewhere: TimeZoneRule) -> PartialDate? {
        var day = date
        if date.utf8.count == 6, let decade = date.utf8.first {
            day = (decade >= 0x38 ? "19" : "20") + date
        }
        let whole = Array((day + time).utf8)
        switch whole.count {
        case 8, 12, 14: return self.date(whole[...], digits: whole.count, elsewhere)
        default: return nil
        }
    }

    private static func date(
        _ bytes: ArraySlice<UInt8>,
        digits: Int,
        _ zone: TimeZoneRule
    ) -> PartialDate? {
        guard bytes.count == digits, bytes.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        let figures = bytes.map { Int($0) - 0x30 }
        func two(_ index: Int) -> Int? {
            index + 1 < figures.count ? figures[index] * 10 + figures[index + 1] : nil
        }
        guard let century = two(0), let decade = two(2) else { return nil }
        let year = century * 100 + decade
        // A year before anyone alive or far ahead is a slip of the keyboard (PITFALLS 19).
        guard (1800...2199).contains(year) else { return nil }
        func date(_ zone: TimeZoneRule) -> PartialDate? {
            PartialDate(
                year: year,
                month: two(4),
                day: two(6),
                hour: two(8),
                minute: two(10),
                second: two(12),
                zone: zone
            )
        }
        return date(zone) ?? date(.unknown)
    }

    /// The zones that British senders write.
    private static func zone(_ bytes: ArraySlice<UInt8>) -> TimeZoneRule? {
        switch String(decoding: bytes, as: UTF8.self) {
        case "GMT", "UTC", "Z": .offset(minutes: 0)
        case "BST": .offset(minutes: 60)
        default: nil
        }
    }
}

extension EDIFACTReading {
    /// The date that a DTM states, its format's code included.
    ///
    /// One that cannot be read is a finding, and is kept as written among what has no place.
    func date(_ segment: Int) -> PartialDate? {
        guard let value = range(segment, 1, 2) else { return nil }
        let format = peek(segment, 1, 3) ?? ""
        guard
            let date = EDIFACTTimestamp.read(
                message.text(value),
                format: format,
                elsewhere: document.dialect.zone
            )
        else {
            note("date-unreadable", segment)
            return nil
        }
        _ = text(value)
        structure(segment, 1, 1)
        structure(segment, 1, 3)
        return date
    }

    /// When the message was made: as its interchange says, else as the message itself does.
    func findMessageTime() -> PartialDate? {
        let header = message.interchange
        if let time = EDIFACTTimestamp.prepared(
            date: header.date,
            time: header.time,
            elsewhere: document.dialect.zone
        ) {
            return time
        }
        let own = message.body.first { message.tag($0) == .dtm && qualifier($0) == "137" }
        return own.flatMap { segment in
            EDIFACTTimestamp.read(
                peek(segment, 1, 2) ?? "",
                format: peek(segment, 1, 3) ?? "",
                elsewhere: document.dialect.zone
            )
        }
    }

    /// A status time later than its message by more than the tolerance counts as missing.
    ///
    /// - Rule: SAFETY S6: measured against the message's own time, never against our clock.
    func believable(_ time: PartialDate?, _ segment: Int) -> PartialDate? {
        guard let time, !document.dialect.isBelievable(time, messageTime: messageTime) else {
            return time
        }
        note("status-time-in-future", segment)
        return nil
    }
}
