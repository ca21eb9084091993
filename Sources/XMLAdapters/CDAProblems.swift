import PortalRecord
import XMLSyntax

// Problems and diagnoses, and those that the person is said not to have.
//
// - Rule: C-CDA R2.1 "Problem Observation"; negationInd says that it is not so.
extension CDAStatements {
    func problem(_ element: XMLElement, holder: XMLElement?) {
        let value = reading.child("value", of: element) ?? reading.child("code", of: element)
        let isNegated =
            reading.isNegated(element) || holder.map { reading.isNegated($0) } ?? false
        guard let (code, line) = problemStatement(element, value, isNegated) else {
            reading.note("problem-without-name", element)
            return
        }
        var condition = Condition(code: code)
        let kind = reading.child("code", of: element)
        condition.category =
            reading.codes(kind).contains("ASSERTION") || value == kind ? nil : reading.words(kind)
        condition.recorded = reading.peekTime(reading.find("author", "time", of: element))
        let time = reading.child("effectiveTime", of: element)
        for link in reading.children("entryRelationship", of: element) {
            let inner = reading.child("observation", of: link)
            guard
                !reading.codes(reading.child("code", of: inner))
                    .isDisjoint(with: CDACodeTable.statusCodes)
            else { continue }
            condition.other["clinical status"] = reading.words(reading.child("value", of: inner))
        }
        condition.other["ended"] = reading.end(time)?.description
        var draft = Draft(
            content: .condition(condition),
            identity: code.identityText,
            line: line
        )
        draft.effective = reading.start(time)
        add(draft, at: element)
    }

    private func problemStatement(
        _ element: XMLElement,
        _ value: XMLElement?,
        _ isNegated: Bool
    ) -> (CodeableConcept, String)? {
        let named = reading.words(value)
        guard isNegated else {
            if let concept = reading.concept(value), let words = concept.words {
                return (concept, words)
            }
            let typed = ["ST", "ED"].contains(reading.type(value))
            let words = typed ? reading.text(value) : nil
            return (words ?? reading.statementText(element)).map { (CodeableConcept(text: $0), $0) }
        }
        let isAny =
            named == nil || !reading.codes(value).isDisjoint(with: CDACodeTable.anyProblem)
        let words = isAny ? "No known problems" : "Does not have: " + (named ?? "")
        // Its codes stay among the further fields: a list by code would show it as a problem.
        return (CodeableConcept(text: words), words)
    }
}
