public import PortalRecord

/// Who the person is, at the head of every page of their record: without it a reader may take one
/// person's page for another's.
///
/// - Rule: SAFETY "The first screen".
public struct PersonBanner: Sendable, Hashable {
    /// The name in use.
    public var name: HumanName?
    /// The birth date.
    public var birthDate: PartialDate?
    /// Whole years of age; nil where the birth date is not known to the day.
    public var age: Int?
    /// The number to name the person by.
    public var number: String?
    /// Where the person is now.
    public var location: String?
    /// Whether the person has died.
    public var isDeceased: Bool
    /// When the person died, where known.
    public var deceasedAt: PartialDate?
    /// The general practice or practitioner.
    public var generalPractice: [String]
}
