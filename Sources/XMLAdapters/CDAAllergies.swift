import PortalRecord
import XMLSyntax

// Allergies, and what a document says that the person has none of.
//
// - Rule: C-CDA R2.1 "Allergy - Intolerance Observation" (value: the kind; participant CSM: the
//   substance; negationInd: not so); SAFETY S13, S19; PITFALLS 28.
extension CDAStatements {
    /// - Parameters:
    ///   - element: The observation.
    ///   - isDenied: Whether the concern that holds it says that it is not so.
    func allergy(_ element: XMLElement, isDenied: Bool = false) {
        let substance = substance(element)
        let value = reading.child("value", of: element)
        guard
            let (code, line) = statement(
                element,
                substance,
                value,
                isNegated: isDenied || reading.isNegated(element)
            )
        else {
            // "No information" is no allergy, and least of all none.
            reading.note("allergy-without-substance", element)
            return
        }
        var allergy = AllergyIntolerance(code: code)
        if allergy.code != reading.concept(value) { allergy.category = reading.concept(value) }
        let time = reading.child("effectiveTime", of: element)
        allergy.onset = reading.start(time)
        var draft = Draft(content: .allergyIntolerance(allergy), identity: "", line: line)
        for inner in reading.children("entryRelationship", of: element) {
            guard let observation = reading.child("observation", of: inner) else { continue }
            detail(observation, reading.peek("typeCode", of: inner), &allergy, &draft)
        }
        if allergy.severity == nil, let severity = nestedSeverity(element) {
            allergy.severity = severity
        }
        draft.content = .allergyIntolerance(allergy)
        draft.identity = code.identityText
        draft.effective = allergy.onset
        draft.other["ended"] = reading.end(time)?.description
        add(draft, at: element)
    }

    /// The participant that is the substance.
    private func substance(_ element: XMLElement) -> XMLElement? {
        let participants = reading.children("participant", of: element)
        let chosen =
            participants.first { reading.peek("typeCode", of: $0) == "CSM" } ?? participants.first
        let role = reading.child("participantRole", of: chosen)
        return reading.child("playingEntity", of: role)
    }

    /// What the person reacts to, in words that cannot be read the other way.
    private func statement(
        _ element: XMLElement,
        _ substance: XMLElement?,
        _ value: XMLElement?,
        isNegated: Bool
    ) -> (CodeableConcept, String)? {
        let codes = reading.codes(value)
        let code = reading.child("code", of: substance)
        let named = reading.words(code) ?? reading.written(reading.child("name", of: substance))
        let ownCode = reading.codes(reading.child("code", of: element))
        let isNone = !codes.union(ownCode).isDisjoint(with: CDACodeTable.noneKnown)
        if isNone, named == nil {
            guard !isNegated else {
                // That it is not so that there are none: neither an allergy nor none.
                reading.note("none-known-negated", element)
                let words = "Not so: " + (reading.words(value) ?? "none known")
                return (CodeableConcept(text: words), words)
            }
            let stated =
                reading.concept(codes.isEmpty ? reading.child("code", of: element) : value)
            return stated.map { ($0, $0.words ?? "") }
        }
        if isNegated { return negated(element, codes, code, named, value) }
        if let code, let concept = reading.concept(code) {
            return (concept, concept.words ?? "")
        }
        if let name = reading.text(reading.child("name", of: substance)) {
            return (CodeableConcept(text: name), name)
        }
        // Without a substance the finding may name it: "allergy to penicillin".
        let isKind = !codes.isDisjoint(with: CDACodeTable.allergyKinds.keys)
        if !isKind, let concept = reading.concept(value), concept.words != nil {
            return (concept, concept.words ?? "")
        }
        if let text = reading.statementText(element) { return (CodeableConcept(text: text), text) }
        guard let kind = reading.words(value) else {
            // An observation without a value is what its code says.
            guard value == nil, let coded = reading.child("code", of: element),
                !reading.codes(coded).contains("ASSERTION"), let concept = reading.concept(coded)
            else { return nil }
            return (concept, concept.words ?? "")
        }
        let words = kind + ": substance not stated"
        return (CodeableConcept(text: words), words)
    }

    /// Not allergic to one thing, or to nothing of a kind.
    private func negated(
        _ element: XMLElement,
        _ kinds: Set<String>,
        _ code: XMLElement?,
        _ named: String?,
        _ value: XMLElement?
    ) -> (CodeableConcept, String) {
        let substances = reading.codes(code)
        let any = CDACodeTable.anySubstance.filter { substances.contains($0.key) }.map(\.value)
        let kind = CDACodeTable.allergyKinds.filter { kinds.contains($0.key) }.map(\.value)
        let words: String
        if named == nil || !any.isEmpty {
            // The narrower of the two: "drug allergy" of any substance is none of drugs.
            let extents = (any + kind).sorted()
            let narrow = extents.first { $0 != "No known allergies" }
            words =
                narrow ?? extents.first
                ?? "None known: " + (reading.words(value) ?? "kind not stated")
        } else {
            words = "Not allergic to " + (named ?? "")
        }
        // The codes of what it is not stay among the further fields, where no list finds them.
        return (CodeableConcept(text: words), words)
    }

    private func detail(
        _ observation: XMLElement,
        _ link: String?,
        _ allergy: inout AllergyIntolerance,
        _ draft: inout Draft
    ) {
        let value = reading.child("value", of: observation)
        let codes = reading.codes(reading.child("code", of: observation))
        let templates = reading.templates(observation)
        if codes.contains("SEV") || !templates.isDisjoint(with: CDACodeTable.severityTemplates) {
            if allergy.severity == nil { allergy.severity = reading.concept(value) }
        } else if !codes.isDisjoint(with: CDACodeTable.statusCodes) {
            draft.other["clinical status"] = reading.words(value)
        } else if link == "MFST" || templates.contains("2.16.840.1.113883.10.20.22.4.9") {
            let isNot = reading.isNegated(observation) ? "not: " : ""
            if let words = reading.words(value) ?? reading.statementText(observation) {
                allergy.reactions.append(isNot + words)
            }
        }
    }

    /// The severity of a reaction, where the allergy itself states none.
    private func nestedSeverity(_ element: XMLElement) -> CodeableConcept? {
        for link in reading.children("entryRelationship", of: element) {
            let reaction = reading.child("observation", of: link)
            for inner in reading.children("entryRelationship", of: reaction) {
                let severity = reading.child("observation", of: inner)
                guard reading.codes(reading.child("code", of: severity)).contains("SEV") else {
                    continue
                }
                return reading.concept(reading.child("value", of: severity))
            }
        }
        return nil
    }
}
