package import PortalRecord

/// When a dated fact holds.
package enum DatedFact {
    /// A day's milliseconds.
    package static let day = 86_400_000

    /// From the start of `from`, less the lead, to the end of `to`, plus the grace.
    ///
    /// A wall-clock date is read as UTC: a day's leeway at most, and days are what such facts are
    /// counted in.
    package static func holds(
        from: PartialDate?,
        to: PartialDate?,
        graceDays: Int,
        leadDays: Int,
        at moment: Instant
    ) -> Bool {
        if let from, moment.milliseconds < from.span.start - leadDays * day { return false }
        if let to, moment.milliseconds >= to.span.end + graceDays * day { return false }
        return true
    }
}
