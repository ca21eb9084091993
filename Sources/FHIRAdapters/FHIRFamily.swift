import PortalIntake
import PortalRecord

/// What is told of relatives, and who cares together.
///
/// - Rule: FHIR R4 `FamilyMemberHistory`, `CareTeam`.
extension FHIRAssembly {
    func familyHistory(
        _ resource: FHIRResource,
        _ place: Int,
        _ facts: inout FHIRFacts
    ) -> EntryContent {
        let element = resource.element
        let word = facts.state(element, known: ["partial", "completed", "health-unknown"])
        var history = FamilyMemberHistory(state: word.map(FHIRFacts.spoken) ?? "not stated")
        history.absentReason = element.words("dataAbsentReason")
        history.relationship = element.concept("relationship")
        history.name = element.text("name")
        history.sex = element.words("sex")
        history.born = reading.spoken("born", of: element, from: place)
        history.age = reading.spoken("age", of: element, from: place)
        if element.peek("estimatedAge") == "true", let age = history.age {
            _ = element.text("estimatedAge")
            history.age = "about " + age
        }
        history.deceased = reading.spoken("deceased", of: element, from: place)
        history.conditions = element.all("condition").map { part in
            var condition = FamilyCondition(code: part.concept("code") ?? CodeableConcept())
            condition.onset = reading.spoken("onset", of: part, from: place)
            condition.outcome = part.words("outcome")
            condition.contributedToDeath = part.flag("contributedToDeath")
            condition.notes = part.notes()
            return condition
        }
        history.other = left(of: element.all("condition"), "condition")
        history.reasons =
            element.allWords("reasonCode")
            + element.all("reasonReference").compactMap { reading.words(of: $0, from: place) }
        history.notes = element.notes()
        facts.recorded = element.date("date")
        facts.effective = facts.recorded
        return .familyMemberHistory(history)
    }

    func careTeam(
        _ resource: FHIRResource,
        _ place: Int,
        _ facts: inout FHIRFacts
    ) -> EntryContent {
        let element = resource.element
        let word = facts.state(element, known: ["proposed", "active", "suspended", "inactive"])
        var team = CareTeam(state: word.map(FHIRFacts.spoken) ?? "status not stated")
        team.name = element.text("name")
        team.category = element.firstConcept("category")
        if let period = element["period"] {
            team.from = period.date("start")
            team.to = period.date("end")
        }
        team.members = element.all("participant").compactMap { member($0, place) }
        team.other = left(of: element.all("participant"), "participant")
        team.reasons =
            element.concepts("reasonCode")
            + element.all("reasonReference").compactMap { reading.words(of: $0, from: place) }
            .map { CodeableConcept(text: $0) }
        team.organisation = reading.words(of: element["managingOrganization"], from: place)
        team.telecoms = element.all("telecom").compactMap(\.telecom)
        team.notes = element.notes()
        facts.effective = team.from
        return .careTeam(team)
    }

    /// What no field of the parts has a place for, by its path.
    private func left(of parts: [FHIRElement], _ name: String) -> [String: String] {
        var found: [String: String] = [:]
        for (index, part) in parts.enumerated() {
            let prefix = index > 0 ? name + "[\(index)]" : name
            found.merge(reading.tree.rest(of: part, prefix: prefix)) { one, _ in one }
        }
        return found
    }

    private func member(_ element: FHIRElement, _ place: Int) -> CareTeamMember? {
        let roles = element.allWords("role")
        let role = roles.isEmpty ? "member" : roles.joined(separator: ", ")
        let period = element["period"]
        let who = element["member"]
        let found = who.flatMap { reading.participant($0, role: role, from: place) }
        // A place in the team that nobody holds is told by its role.
        guard found != nil || !roles.isEmpty else { return nil }
        var member = CareTeamMember(person: found ?? Practitioner(role: role))
        member.standing = who.flatMap { standing($0, place) }
        member.organisation = reading.words(of: element["onBehalfOf"], from: place)
        member.from = period?.date("start")
        member.to = period?.date("end")
        return member
    }

    /// Whether a member is the patient or somebody of theirs.
    private func standing(_ who: FHIRElement, _ place: Int) -> String? {
        let found = reading.resolve(who, from: place).map { reading.resources[$0] }
        let written = who.peek("reference") ?? ""
        let type =
            found?.type ?? who.peek("type")
            ?? ["Patient", "RelatedPerson"].first { written.contains($0 + "/") }
        switch type {
        case "Patient": return "the patient"
        case "RelatedPerson":
            let relationship = found?.element["relationship"]?.words
            return ["relative or contact", relationship].compactMap { $0 }.joined(separator: ": ")
        default: return nil
        }
    }
}
