extension PartialDate {
    /// The value as a clinician reads it: `03-Mar-1951`, `Mar-1951`, `1951`, `20-Nov-2026 02:00`.
    ///
    /// - Shape: no further than stated; a stated offset, an unknown zone and the repeated hour of a
    ///   clock change are said, because each may hide an hour.
    /// - Rule: SAFETY "The first screen" (the banner's dates); DESIGN P9.
    public var clinical: String {
        let names = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        guard let month, names.indices.contains(month - 1) else { return String(year) }
        var text = names[month - 1] + "-" + String(year)
        guard let day else { return text }
        text = two(day) + "-" + text
        guard let hour else { return text }
        text += " " + two(hour)
        guard let minute else { return text + "h" + zoneWords }
        text += ":" + two(minute)
        if let second, second > 0 { text += ":" + two(second) }
        return text + zoneWords
    }

    private var zoneWords: String {
        switch zone {
        case .unknown: return " (zone not stated)"
        case .offset(0): return " UTC"
        case .offset(let minutes):
            let size = abs(minutes)
            return " UTC" + (minutes < 0 ? "-" : "+") + two(size / 60) + ":" + two(size % 60)
        case .named:
            let length = span.end - span.start
            let stated = second != nil ? 1000 : minute != nil ? 60_000 : 3_600_000
            return length > stated ? " (clock change: summer or winter time)" : ""
        }
    }

    private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}

extension Instant {
    /// The moment as a clinician reads it: `22-Nov-2026 02:10 UTC`.
    public var clinical: String { PartialDate(description)?.clinical ?? description }
}
