public import PortalRecord

extension Dialect {
    /// Whether a status time may stand: one later than its message by more than the tolerance
    /// counts as missing.
    ///
    /// - Parameters:
    ///   - time: The time that a statement gives for its status.
    ///   - messageTime: The message's own time; where it gives none, every time may stand.
    /// - Returns: False where the statement's time is to be dropped, with a finding.
    /// - Rule: SAFETY S6: measured against the message's own time, never against our clock.
    public func isBelievable(_ time: PartialDate, messageTime: PartialDate?) -> Bool {
        guard let limit = messageTime?.span else { return true }
        let (tolerance, over) = futureToleranceSeconds.multipliedReportingOverflow(by: 1000)
        let (end, overflow) = limit.end.addingReportingOverflow(tolerance)
        let bound = TimeSpan(
            start: limit.start,
            end: over || overflow ? Int.max : end,
            isWallClock: limit.isWallClock
        )
        return !time.span.isLater(than: bound)
    }
}
