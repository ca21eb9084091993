import PortalRecord
import XMLSyntax

// Procedures, attendances, goals and decisions made ahead.
extension CDAStatements {
    /// Something that was done, or is said not to have been.
    ///
    /// - Rule: C-CDA R2.1 "Procedure Activity" (act, observation, procedure).
    func procedure(_ element: XMLElement) {
        let coded = reading.child("code", of: element)
        let named = reading.words(coded) ?? reading.statementText(element)
        let before =
            reading.isNegated(element)
            ? "Not done: "
            : CDAStatements.undone[statusCode(element) ?? ""]
        let code: CodeableConcept?
        if let before {
            // By its code a list would show it as done; the code stays among the further fields.
            code = named.map { CodeableConcept(text: before + $0) }
        } else {
            code = reading.concept(coded) ?? named.map { CodeableConcept(text: $0) }
        }
        guard let code, let words = code.words else {
            reading.note("procedure-without-code", element)
            return
        }
        var procedure = Procedure(code: code)
        procedure.performed = reading.start(reading.child("effectiveTime", of: element))
        let sites = reading.children("targetSiteCode", of: element)
            .compactMap { reading.words($0) }
        procedure.site = sites.isEmpty ? nil : sites.joined(separator: ", ")
        if reading.localName(element) == "observation" {
            let value = reading.child("value", of: element)
            procedure.note = reading.words(value) ?? reading.written(value)
        }
        var draft = Draft(
            content: .procedure(procedure),
            identity: code.identityText + "@" + (procedure.performed?.description ?? ""),
            line: words
        )
        draft.effective = procedure.performed
        add(draft, at: element)
    }

    private static let undone: [String: String] = [
        "cancelled": "Cancelled: ", "aborted": "Not finished: ", "held": "Not done yet: ",
        "suspended": "Interrupted: ",
    ]

    // MARK: Attendances

    /// An attendance, where it has a number and a time: without, nothing tells it from another.
    func encounter(_ element: XMLElement) {
        let first = entries.count
        for link in reading.children("entryRelationship", of: element) {
            if let act = reading.child("act", of: link) { concern(act, .encounters) }
            if let observation = reading.child("observation", of: link),
                !reading.templates(observation).isDisjoint(with: CDACodeTable.problemTemplates)
            {
                problem(observation, holder: element)
            }
        }
        guard let draft = attendance(element) else {
            reading.note("encounter-without-number-or-time", element, severity: .note)
            if entries.count > first { addRest(of: element, to: first) }
            return
        }
        add(draft, at: element)
    }

    /// The header's encounter, as one more attendance.
    func headerEncounter() {
        guard let element = reading.find("componentOf", "encompassingEncounter", of: reading.root),
            let draft = attendance(element)
        else { return }
        add(draft, at: element)
    }

    private func attendance(_ element: XMLElement) -> Draft? {
        let time = reading.child("effectiveTime", of: element)
        let number = reading.children("id", of: element).lazy
            .compactMap { self.reading.keyNumber($0) }.first
        guard number != nil, !reading.isNegated(element), let start = reading.start(time) else {
            return nil
        }
        let end = reading.end(time)
        let isOver =
            end != nil || reading.peekTime(time) != nil || statusCode(element) == "completed"
        let status = statusCode(element)
        let event = status == "cancelled" || status == "aborted" ? "A11" : isOver ? "A03" : "A01"
        var movement = EncounterMovement(event: event)
        let code = reading.child("code", of: element)
        movement.occurred = event == "A03" ? end ?? start : start
        movement.admitted = start
        movement.discharged = event == "A03" ? end : nil
        movement.patientClass = patientClass(code)
        movement.location = location(element)
        let words = reading.words(code)
        movement.service = words
        let line = [words, movement.location?.words].compactMap { $0 }.joined(separator: ", ")
        var draft = Draft(content: .encounter(movement), identity: "", line: line)
        draft.effective = start
        return draft
    }

    /// - Rule: HL7 v3 `ActEncounterCode` beside HL7 table 0004.
    private func patientClass(_ code: XMLElement?) -> String? {
        let codes = reading.codes(code)
        for (act, patientClass) in [
            ("IMP", "I"), ("ACUTE", "I"), ("NONAC", "I"), ("EMER", "E"), ("AMB", "O"), ("HH", "O"),
            ("FLD", "O"), ("VR", "O"), ("SS", "D"), ("PRENC", "P"),
        ] where codes.contains(act) {
            return patientClass
        }
        return nil
    }

    private func location(_ element: XMLElement) -> Location? {
        if let facility = reading.find("location", "healthCareFacility", of: element) {
            let place = reading.find("location", "name", of: facility)
            let owner = reading.find("serviceProviderOrganization", "name", of: facility)
            let location = Location(
                pointOfCare: reading.written(place),
                facility: reading.written(owner)
            )
            return location == Location() ? nil : location
        }
        for participant in reading.children("participant", of: element)
        where reading.peek("typeCode", of: participant) == "LOC" {
            let name = reading.find("participantRole", "playingEntity", "name", of: participant)
            if let words = reading.written(name) { return Location(pointOfCare: words) }
        }
        return nil
    }

    // MARK: Plans

    /// A goal.
    func goal(_ element: XMLElement) {
        plan(element, category: "goal")
    }

    /// A decision made ahead, or that there is none.
    ///
    /// - Rule: C-CDA R2.1 "Advance Directive Observation"; SAFETY S13.
    func directive(_ element: XMLElement) {
        let codes = reading.codes(reading.child("code", of: element))
        let isResuscitation = !codes.isDisjoint(with: ["304251008", "89666000", "281789004"])
        plan(element, category: isResuscitation ? "resuscitation" : "advance directive")
    }

    private func plan(_ element: XMLElement, category: String) {
        let code = reading.words(reading.child("code", of: element))
        let value = reading.child("value", of: element)
        let said = reading.words(value) ?? reading.written(value) ?? reading.amount(value)
        let parts = [code, said].compactMap { $0 }
        guard
            let stated = parts.isEmpty
                ? reading.statementText(element) : parts.joined(separator: ": ")
        else {
            reading.note("plan-without-words", element)
            return
        }
        let title = (reading.isNegated(element) ? "Not so: " : "") + stated
        var plan = CarePlan(category: category, title: title)
        plan.made = reading.start(reading.child("effectiveTime", of: element))
        if let text = reading.statementText(element), text != stated {
            plan.sections.append(DocumentSection(text: text))
        }
        var draft = Draft(
            content: .carePlan(plan),
            identity: reading.codes(reading.child("code", of: element)).sorted().first ?? title,
            line: title
        )
        draft.effective = plan.made
        add(draft, at: element)
    }
}
