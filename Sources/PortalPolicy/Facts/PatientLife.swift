public import PortalRecord

/// What access asks of a patient's life: when born, when died.
public struct PatientLife: Hashable, Sendable, Codable {
    /// The birth date; nil where it is not known.
    public var born: PartialDate?
    /// Whether they have died.
    public var isDeceased: Bool
    /// When they died, where that is known.
    public var died: PartialDate?

    /// Builds what is known; a time of death is a death.
    public init(born: PartialDate? = nil, isDeceased: Bool = false, died: PartialDate? = nil) {
        self.born = born
        self.isDeceased = isDeceased || died != nil
        self.died = died
    }

    /// Whether the birthday of an age lies ahead for sure; a birth date that is not known to the
    /// day counts as the earliest that it can be.
    public func isYounger(than years: Int, at moment: Instant) -> Bool {
        guard let born else { return false }
        let (year, isTooLate) = born.year.addingReportingOverflow(years)
        guard !isTooLate else { return false }
        let (month, day) = (born.month ?? 1, born.day ?? 1)
        // Born on 29 February, in other years on 1 March.
        let birthday =
            CivilDate(year: year, month: month, day: day)
            ?? CivilDate(year: year, month: 3, day: 1)
        return birthday.map { moment.milliseconds < $0.days * DatedFact.day } ?? false
    }
}
