import JSONSyntax
import PortalBytes
public import PortalIntake
import PortalRecord

/// A practice's palliative care summary, as JSON Lines: one patient a line.
///
/// - Shape: a list that is sent whole, like the emergency summary, with the sections of the
///   electronic Palliative Care Summary and the Key Information Summary's later block, by the
///   published schema `Sources/ExtractAdapters/palliative-summary.schema.json`. It is a list of its
///   own: a practice sends it of few people, on other days, and its silence takes nothing from the
///   emergency summary. <doc:WholeLists> says what becomes of each member.
/// - Rule: DOMAIN 4 (sections of the 2008 dataset). SAFETY S13: a decision is never reconciled.
///
///       {"extract":"palliative-summary","number":"PC1","practice":{"code":"P55555"},
///        "made":"2026-11-22","patient":{…},"resuscitation":{"decision":"Do not attempt CPR"}}
public struct PalliativeSummaryAdapter: SourceAdapter {
    /// `palliative-summary`.
    public static let name = "palliative-summary"
    /// `jsonl`.
    public static let format = "jsonl"

    private static let sections: [ListSection] = [
        ListSection("contacts", "contact"),
        ListSection("diagnoses", "problem", category: "main diagnosis"),
        ListSection("otherIssues", "problem", category: "other issue"),
        ListSection("allergies", "allergy"),
        ListSection("medicines", "medicine", supply: "current"),
        ListSection("medicinesAtHome", "medicine", supply: "in the home"),
        ListSection("alerts", "alert"),
    ]

    /// Blocks of text, with the headings that their members get, in the order of the dataset.
    private static let blocks: [(member: String, fields: [(name: String, heading: String)])] = [
        (
            "care",
            [
                ("arrangements", "Care arrangements"), ("syringeDriver", "Syringe driver"),
                ("catheter", "Catheter and continence"),
                ("movingAndHandling", "Moving and handling"), ("oxygen", "Oxygen at home"),
                ("access", "Access to the home"),
            ]
        ),
        (
            "awareness",
            [
                ("patientDiagnosis", "Patient's understanding of the diagnosis"),
                ("patientPrognosis", "Patient's understanding of the prognosis"),
                ("carerDiagnosis", "Carer's understanding of the diagnosis"),
                ("carerPrognosis", "Carer's understanding of the prognosis"),
            ]
        ),
        (
            "outOfHours",
            [
                ("carePlanAgreed", "Care plan agreed"),
                ("preferredPlaceOfCare", "Preferred place of care"),
                ("preferredPlaceOfFinalCare", "Preferred place of final care"),
                ("gpContactable", "GP may be called out of hours"),
                ("gpPhone", "GP's number out of hours"),
                ("gpWillSign", "GP will sign the death certificate"),
                ("advice", "Further advice out of hours"),
            ]
        ),
        (
            "treatment",
            [
                ("radiotherapy", "Radiotherapy"), ("chemotherapy", "Chemotherapy"),
                ("register", "On the palliative care register"),
            ]
        ),
    ]

    private static let resuscitation: Set<String> = [
        "decision", "agreed", "discussed", "form", "made", "reviewDue",
    ]

    private static let legal: [(name: String, heading: String)] = [
        ("guardianship", "Guardianship"), ("powerOfAttorney", "Power of attorney"),
        ("adultsWithIncapacity", "Adults with incapacity"),
        ("advanceDecision", "Advance decision"),
    ]

    private static let ownMembers =
        ["reviewDue", "carer", "resuscitation", "legal", "specialNote"] + blocks.map(\.member)

    /// Builds the adapter.
    public init() {}

    /// Whether a line is an object whose `extract` is ours, with a patient.
    public func recognises(_ document: SourceDocument) -> Bool {
        ListReading.recognises(document, Self.name)
    }

    /// States a line as entries: the person, the resuscitation decision, the plan, and each
    /// statement of the lists.
    ///
    /// - Throws: ``IntakeError``: the syntax's codes, `extract-unknown`, and `member-missing` where
    ///   the patient has no identifier.
    public func adapt(_ document: SourceDocument) throws(IntakeError) -> IntakeReport {
        var list = try ListReading(
            document,
            name: Self.name,
            members: Set(Self.sections.map(\.member) + Self.ownMembers)
        )
        list.statementSections = Self.sections.map(\.member) + Self.ownMembers
        if list.isOptedOut {
            for name in Self.ownMembers { list.reading.leave(list.root[name], by: .optedOut) }
        } else {
            resuscitation(&list)
            plan(&list)
            legal(&list)
            specialNote(&list)
            if let carer = list.root["carer"] {
                ListSection("carer", "contact", role: "Carer").read(carer, at: "/carer", &list)
            }
        }
        for section in Self.sections { section.read(into: &list) }
        return list.report()
    }

    // MARK: What the summary itself plans

    private func resuscitation(_ list: inout ListReading) {
        let reading = list.reading
        guard let value = list.root["resuscitation"] else { return }
        let root = reading.object(value, Self.resuscitation, "/resuscitation")
        // The bare decision is one: it must not be lost for its form.
        let decision = reading.text(root["decision"]) ?? reading.text(value)
        let agreed = reading.text(root["agreed"])
        guard let title = decision ?? agreed else {
            if !root.isEmpty {
                reading.note("statement-missing", "/resuscitation", .error, at: value)
            }
            return
        }
        var plan = CarePlan(category: "resuscitation", title: title)
        let sections = [
            // What was agreed and what holds are said apart: they may differ (SAFETY S13).
            ("Agreed", decision == nil ? nil : agreed),
            ("Discussed with", reading.text(root["discussed"])),
            ("Where the form is", reading.text(root["form"])),
        ]
        for (heading, text) in sections {
            if let text { plan.sections.append(DocumentSection(heading: heading, text: text)) }
        }
        plan.made = reading.date(root["made"], "/resuscitation/made")
        plan.reviewDue = reading.date(root["reviewDue"], "/resuscitation/reviewDue")
        add(.carePlan(plan), "resuscitation", value, &list)
    }

    private func plan(_ list: inout ListReading) {
        var plan = CarePlan(category: "palliative care", title: "Palliative care summary")
        for block in Self.blocks {
            plan.sections += sections(block.member, block.fields, list)
        }
        plan.reviewDue = list.reading.date(list.root["reviewDue"], "/reviewDue")
        guard !plan.sections.isEmpty || plan.reviewDue != nil else { return }
        plan.made = list.made
        add(.carePlan(plan), "palliative care", list.reading.root, &list)
    }

    private func legal(_ list: inout ListReading) {
        guard let value = list.root["legal"] else { return }
        var plan = CarePlan(category: "legal", title: "Legal matters")
        plan.sections = sections("legal", Self.legal, list)
        guard !plan.sections.isEmpty else { return }
        add(.carePlan(plan), "legal", value, &list)
    }

    private func sections(
        _ member: String,
        _ fields: [(name: String, heading: String)],
        _ list: ListReading
    ) -> [DocumentSection] {
        let names = Set(fields.map(\.name))
        let root = list.reading.object(list.root[member], names, "/" + member)
        return fields.compactMap { field in
            guard let value = root[field.name] else { return nil }
            // A yes or no is an answer too.
            let text =
                list.reading.text(value) ?? list.reading.flag(value).map { $0 ? "Yes" : "No" }
            return text.map { DocumentSection(heading: field.heading, text: $0) }
        }
    }

    private func specialNote(_ list: inout ListReading) {
        guard let value = list.root["specialNote"], let text = list.reading.text(value) else {
            return
        }
        var flag = Flag(code: CodeableConcept(text: text))
        flag.category = "special note"
        add(.flag(flag), "special note", value, &list)
    }

    private func add(
        _ content: EntryContent,
        _ identity: String,
        _ value: JSONValue,
        _ list: inout ListReading
    ) {
        let place = value.range == list.reading.root.range ? "/" : "/" + member(identity)
        let statement = ListedStatements.Statement(
            content,
            identity: identity,
            origin: SourceReference(
                document: list.reading.document.hash,
                path: place,
                offset: value.range.lowerBound,
                length: value.range.count
            )
        )
        list.add(statement, at: place)
    }

    private func member(_ identity: String) -> String {
        identity == "special note" ? "specialNote" : identity
    }
}
