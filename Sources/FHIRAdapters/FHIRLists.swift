import PortalIntake
import PortalRecord

/// Lists: what they name, and what an empty one says.
///
/// - Rule: FHIR R4 `List`; UK Core List. SAFETY S17, DESIGN P8: only `nilknown` states that there is
///   none; any other reason is said and asserts nothing.
extension FHIRAssembly {
    mutating func list(_ resource: FHIRResource, _ place: Int, about subject: SourcePatient) {
        let element = resource.element
        var facts = FHIRFacts()
        let word = facts.state(element, known: ["current", "retired"])
        let code = element.concept("code")
        var document = ClinicalDocument(type: code ?? CodeableConcept(text: "List"))
        document.title = element.text("title")
        // What its sender calls retired is kept, and said to be.
        if word == "retired" { document.availability = "OB" }
        let mode = element.text("mode")
        let items = element.all("entry").map { item($0, place) }
        let empty = element["emptyReason"]
        let codes = Set(empty?.all("coding").compactMap { $0.peek("code") } ?? [])
        var lines = items.isEmpty ? [] : items
        if let empty { lines.append(Self.emptyWords(empty)) }
        if items.isEmpty, empty == nil { lines.append("Nothing listed, and no reason stated") }
        document.sections.add(mode == "changes" ? "Changes" : "Items", lines)
        document.sections.add("Notes", element.notes())
        if let mode { document.other["mode"] = mode }
        facts.recorded = element.date("date")
        facts.effective = facts.recorded
        var entry = written(document, facts, resource, place, about: subject, by: "source")
        let isWhole = mode == "working" || mode == "snapshot"
        if isWhole, entry.key.isAssigned, Self.topic(code) != nil {
            // A later sending takes the place of an earlier one, and so of its "none known": of one that
            // is retired what it said does not hold any more, either.
            entry.wholeList = WholeList(
                name: ["List", entry.key.assigner, entry.key.value].compactMap { $0 }
                    .joined(separator: " "),
                sending: nil,
                status: facts.status ?? (word == "retired" ? .withdrawn : .final)
            )
        }
        add(entry, resource)
        let isNone =
            items.isEmpty && codes == ["nilknown"] && isWhole && Self.saysNoMore(element)
        let isSure = facts.status == nil || facts.status == .enteredInError
        if isNone, isSure { noneKnown(Self.topic(code), of: entry, labels(element)) }
    }

    /// Whether nothing beside the reason takes from it: no further reason or other words for it, nothing
    /// contained, no modifier, nothing left out of the items.
    private static func saysNoMore(_ list: FHIRElement) -> Bool {
        let reasons = list.all("emptyReason")
        let codings = reasons.flatMap { $0.all("coding") }
        let names = list.children.map(\.name)
        return reasons.count == 1 && codings.count == 1
            && codings.allSatisfy { $0.peek("system")?.contains("list-empty-reason") ?? true }
            && reasons.allSatisfy {
                ["Nil Known", "Nil known", "None known", nil].contains($0.peek("text"))
            }
            && Set(names).isDisjoint(with: [
                "contained", "modifierExtension", "implicitRules", "entry", "_entry",
            ])
    }

    /// One line of a list: what it names, and what became of it.
    private func item(_ element: FHIRElement, _ place: Int) -> String {
        var words = reading.words(of: element["item"], from: place) ?? "Not named"
        if element.isSet("deleted") { words = "Deleted: " + words }
        let more = [element.words("flag"), element.date("date")?.words].compactMap { $0 }
        return more.isEmpty ? words : words + " (" + more.joined(separator: ", ") + ")"
    }

    /// Why a list is empty, in plain words.
    ///
    /// - Rule: FHIR R4 code system `list-empty-reason`; UK Core ListEmptyReasonCode.
    private static func emptyWords(_ reason: FHIRElement) -> String {
        let words = reason.words ?? "reason not stated"
        let code = reason.all("coding").first?["code"]
        let plain: String
        switch code?.peek {
        case "nilknown": plain = "None known"
        case "notasked": plain = "Not asked"
        case "withheld": plain = "Information withheld"
        case "unavailable": plain = "Information unavailable"
        case "notstarted": plain = "Not started"
        case "closed": plain = "List closed"
        case "no-content-recorded": plain = "No content recorded"
        default: return "Empty: " + words
        }
        // The code is said by its words alone.
        _ = code?.text
        return words == plain || words == code?.peek ? plain : plain + " (" + words + ")"
    }

    /// What a list is of, where "none known" of it is a statement that the record has a place for.
    private enum Topic { case allergies, problems, medicines }

    /// - Rule: FHIR R4 code system `list-example-use-codes`; LOINC 48765-2, 11450-4, 10160-0; the
    ///   list codes of GP Connect.
    private static func topic(_ code: CodeableConcept?) -> Topic? {
        let codes = Set(code?.codings.compactMap(\.code) ?? [])
        let known: [(Topic, Set<String>)] = [
            (.allergies, ["allergies", "48765-2", "886921000000105"]),
            (.problems, ["problems", "11450-4", "717711000000103"]),
            (.medicines, ["medications", "10160-0", "933361000000108"]),
        ]
        let found = known.filter { !$0.1.isDisjoint(with: codes) }
        return found.count == 1 ? found.first?.0 : nil
    }

    /// States beside the list that there is none, in the words that the record has for it.
    private mutating func noneKnown(
        _ topic: Topic?,
        of list: RecordEntry,
        _ labels: [SecurityLabel]
    ) {
        let content: EntryContent
        switch topic {
        case .allergies:
            content = .allergyIntolerance(
                AllergyIntolerance(code: CodeableConcept(text: "No known allergies"))
            )
        case .problems:
            content = .condition(Condition(code: CodeableConcept(text: "No known problems")))
        case .medicines:
            content = .medicationStatement(
                MedicationStatement(code: CodeableConcept(text: "No known medicines"))
            )
        case nil: return
        }
        var entry = list
        entry.content = content
        entry.labels = labels
        entry.organisation = entry.organisation ?? sender
        entry.key.part = [list.key.part, "none known"].compactMap { $0 }.joined(separator: " ")
        entry.recorded = list.issued
        entry.effective = nil
        entries.append(entry)
    }
}
