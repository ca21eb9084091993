public import PortalRecord

/// The emergency summary of one person.
///
/// - Rule: SAFETY S13, S19, S20; DOMAIN "Emergency Care Summary".
public struct EmergencySummary: Sendable, Hashable {
    /// What it shows.
    public let screen: TopScreen
    /// What opened it, in words.
    public let openedBy: String
    /// Whether the look is recorded in the second journal, the first being out of order (S22).
    public let isAuditDegraded: Bool

    init(screen: TopScreen, openedBy: String, isAuditDegraded: Bool) {
        self.screen = screen
        self.openedBy = openedBy
        self.isAuditDegraded = isAuditDegraded
    }

    /// Its parts, in the order in which they are read in an emergency.
    public static let elements: [TopElement] = [
        element("allergies", "Allergies", [ElementRule(kinds: [.allergyIntolerance])]),
        element(
            "repeat medicines",
            "Repeat medicines (12 months)",
            [
                ElementRule(
                    kinds: [.medicationStatement],
                    types: ["repeat", "current"],
                    lookBackDays: 365
                )
            ]
        ),
        element(
            "acute medicines",
            "Acute medicines (30 days)",
            [
                ElementRule(
                    kinds: [.medicationStatement],
                    types: ["acute", "one-off"],
                    lookBackDays: 30
                )
            ]
        ),
        element(
            "other medicines",
            "Medicines of which nobody said repeat or acute",
            [ElementRule(kinds: [.medicationStatement])]
        ),
        element("problems", "Problems", [ElementRule(kinds: [.condition])]),
        element(
            "plans",
            "Palliative and anticipatory care",
            [ElementRule(kinds: [.carePlan])]
        ),
        element("alerts", "Alerts and access notes", [ElementRule(kinds: [.flag])]),
        element("contacts", "Contacts", [ElementRule(kinds: [.relatedPerson, .careTeam])]),
    ]

    private static func element(
        _ name: String,
        _ label: String,
        _ rules: [ElementRule]
    ) -> TopElement {
        TopElement(name: name, label: label, rules: rules, rowsMax: 100)
    }
}
