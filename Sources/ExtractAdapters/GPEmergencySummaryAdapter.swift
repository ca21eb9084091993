import JSONSyntax
import PortalBytes
public import PortalIntake
import PortalRecord

/// What a practice sends of its patients for emergencies, as JSON Lines: one patient a line.
///
/// - Shape: `{"extract":"gp-emergency-summary","number","practice","made","patient", "repeats",
///   "acutes", "allergies", "problems", "alerts", "plans", "contacts"}` by the published schema
///   `Sources/ExtractAdapters/gp-emergency-summary.schema.json`; <doc:WholeLists> says what becomes
///   of each member. A line is whole: it takes the place of the practice's last line of that person,
///   and what it leaves out stands no longer. `optedOut` takes the whole list out of sight.
/// - Rule: DOMAIN 4: demographics, allergies, repeat medicines of twelve months and acute ones of
///   thirty days, the opt-out flag; the Key Information Summary's later additions. SAFETY S13, S20.
///
///       {"extract":"gp-emergency-summary","number":"E1","practice":{"code":"P55555"},
///        "made":"2026-11-22T02:10:00Z","patient":{…},"repeats":[{"medicine":"Bisoprolol 5 mg"}]}
public struct GPEmergencySummaryAdapter: SourceAdapter {
    /// `gp-emergency-summary`.
    public static let name = "gp-emergency-summary"
    /// `jsonl`.
    public static let format = "jsonl"

    /// The members that hold statements, in the order of the entries.
    private static let sections: [ListSection] = [
        ListSection("repeats", "medicine", supply: "repeat", windowDays: 366),
        ListSection("acutes", "medicine", supply: "acute", windowDays: 31),
        ListSection("allergies", "allergy"),
        ListSection("problems", "problem"),
        ListSection("alerts", "alert"),
        ListSection("plans", "plan"),
        ListSection("contacts", "contact"),
    ]

    /// Builds the adapter.
    public init() {}

    /// Whether a line is an object whose `extract` is ours, with a patient.
    public func recognises(_ document: SourceDocument) -> Bool {
        ListReading.recognises(document, Self.name)
    }

    /// States a line as entries: the person, and each statement of the list.
    ///
    /// - Throws: ``IntakeError``: the syntax's codes, `extract-unknown`, and `member-missing` where
    ///   the patient has no identifier.
    public func adapt(_ document: SourceDocument) throws(IntakeError) -> IntakeReport {
        var list = try ListReading(
            document,
            name: Self.name,
            members: Set(Self.sections.map(\.member))
        )
        list.statementSections = Self.sections.map(\.member)
        for section in Self.sections { section.read(into: &list) }
        return list.report()
    }
}
