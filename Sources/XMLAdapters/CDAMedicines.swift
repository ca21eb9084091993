import PortalRecord
import XMLSyntax

// Medicines and vaccinations.
//
// - Rule: C-CDA R2.1 "Medication Activity" and "Immunization Activity"; CDA R2 section 4.3.6.
extension CDAStatements {
    func medicine(_ element: XMLElement) {
        guard let (code, line) = medicineStatement(element) else {
            reading.note("medicine-without-name", element)
            return
        }
        var medicine = MedicationStatement(code: code)
        let dose = dose(element)
        medicine.dose = dose.isEmpty ? nil : dose
        medicine.supply = CDAStatements.standing[statusCode(element) ?? ""]
        var draft = Draft(
            content: .medicationStatement(medicine),
            identity: code.identityText,
            line: dose.isEmpty ? line : line + ": " + dose
        )
        for time in reading.children("effectiveTime", of: element) {
            if draft.effective == nil { draft.effective = reading.start(time) }
            if let low = reading.child("low", of: time), medicine.started == nil {
                medicine.started = reading.peekTime(low)
            }
            if medicine.ended == nil { medicine.ended = reading.end(time) }
        }
        draft.content = .medicationStatement(medicine)
        add(draft, at: element)
    }

    /// What a reader must see of a medicine that is not simply taken.
    private static let standing: [String: String] = [
        "aborted": "stopped", "cancelled": "cancelled", "suspended": "on hold", "held": "on hold",
        "completed": "completed", "obsolete": "obsolete",
    ]

    func statusCode(_ element: XMLElement) -> String? {
        reading.peek("code", of: reading.child("statusCode", of: element))
    }

    /// The product's code and name.
    private func product(_ element: XMLElement) -> (code: XMLElement?, name: String?) {
        let made =
            reading.find("consumable", "manufacturedProduct", of: element)
            ?? reading.find("product", "manufacturedProduct", of: element)
        let material =
            reading.child("manufacturedMaterial", of: made)
            ?? reading.child("manufacturedLabeledDrug", of: made)
        return (
            reading.child("code", of: material),
            reading.written(reading.child("name", of: material))
        )
    }

    private func medicineStatement(_ element: XMLElement) -> (CodeableConcept, String)? {
        let product = product(element)
        let named = reading.words(product.code) ?? product.name
        guard reading.isNegated(element) else {
            return productConcept(product, element).map { ($0, $0.words ?? "") }
        }
        let isAny =
            named == nil || !reading.codes(product.code).isDisjoint(with: CDACodeTable.anyMedicine)
        let words = isAny ? "No known medicines" : "Not taken: " + (named ?? "")
        return (CodeableConcept(text: words), words)
    }

    func productConcept(
        _ product: (code: XMLElement?, name: String?),
        _ element: XMLElement
    ) -> CodeableConcept? {
        if var concept = reading.concept(product.code) {
            if concept.words == nil || concept.codings.isEmpty {
                concept.text = concept.text ?? product.name
            }
            return concept
        }
        return (product.name ?? reading.statementText(element)).map { CodeableConcept(text: $0) }
    }

    /// Dose, rate, route and timing in words, as far as they are stated.
    private func dose(_ element: XMLElement) -> String {
        var parts: [String] = []
        if let dose = reading.amount(reading.child("doseQuantity", of: element)) {
            let unit = reading.words(reading.child("administrationUnitCode", of: element))
            parts.append([dose, unit].compactMap { $0 }.joined(separator: " "))
        }
        if let rate = reading.amount(reading.child("rateQuantity", of: element)) {
            parts.append("rate " + rate)
        }
        if let route = reading.words(reading.child("routeCode", of: element)) {
            parts.append(route)
        }
        parts += reading.children("effectiveTime", of: element).compactMap { reading.timing($0) }
        for condition in reading.children("precondition", of: element) {
            let criterion = reading.child("criterion", of: condition)
            let words =
                reading.words(reading.child("value", of: criterion))
                ?? criterion.flatMap { reading.statementText($0) }
            parts.append("as needed" + (words.map { ": " + $0 } ?? ""))
        }
        if let most = reading.child("maxDoseQuantity", of: element),
            let numerator = reading.amount(reading.child("numerator", of: most))
        {
            let denominator = reading.amount(reading.child("denominator", of: most))
            parts.append("at most " + numerator + (denominator.map { " in " + $0 } ?? ""))
        }
        parts += instructions(element)
        return parts.joined(separator: ", ")
    }

    /// What the person was told, and the words of a prescription.
    private func instructions(_ element: XMLElement) -> [String] {
        reading.children("entryRelationship", of: element).flatMap { link in
            reading.xml.children(of: link).filter {
                !reading.templates($0).isDisjoint(with: CDACodeTable.instructionTemplates)
            }.compactMap { reading.statementText($0) }
        }
    }

    func vaccination(_ element: XMLElement) {
        let product = product(element)
        guard let code = productConcept(product, element) else {
            reading.note("vaccine-without-name", element)
            return
        }
        var vaccination = Immunization(code: code)
        vaccination.occurred = reading.start(reading.child("effectiveTime", of: element))
        vaccination.dose = reading.amount(reading.child("doseQuantity", of: element))
        let made = reading.find(
            "consumable",
            "manufacturedProduct",
            "manufacturedMaterial",
            of: element
        )
        vaccination.lot = reading.text(reading.child("lotNumberText", of: made))
        vaccination.site = reading.words(reading.child("approachSiteCode", of: element))
        vaccination.route = reading.words(reading.child("routeCode", of: element))
        let reasons = reading.children("entryRelationship", of: element).filter {
            reading.peek("typeCode", of: $0) == "RSON"
        }.compactMap { link -> String? in
            let reason = reading.child("observation", of: link) ?? reading.child("act", of: link)
            return reading.words(reading.child("value", of: reason))
                ?? reading.words(reading.child("code", of: reason))
        }
        let status = statusCode(element)
        if reading.isNegated(element) {
            vaccination.notGiven =
                reasons.isEmpty ? "no reason stated" : reasons.joined(separator: ", ")
        } else if status == "cancelled" || status == "aborted" {
            vaccination.notGiven = status
        }
        let words = code.words ?? ""
        var draft = Draft(
            content: .immunization(vaccination),
            identity: code.identityText + "@" + (vaccination.occurred?.description ?? ""),
            line: vaccination.notGiven.map { words + ": not given, " + $0 } ?? words
        )
        draft.effective = vaccination.occurred
        add(draft, at: element)
    }

    /// What is asked for, planned or proposed: no fact, whatever it is.
    ///
    /// - Rule: HL7 v3 `ActMood`.
    func request(_ element: XMLElement, _ mood: String) {
        let product = product(element)
        let code =
            reading.localName(element) == "substanceAdministration"
                || reading.localName(element) == "supply"
            ? productConcept(product, element)
                ?? reading.concept(reading.child("code", of: element))
            : reading.concept(reading.child("code", of: element))
        guard
            var code = code ?? reading.statementText(element).map({ CodeableConcept(text: $0) }),
            let words = code.words
        else {
            reading.note("request-without-code", element)
            return
        }
        var line = words
        if reading.isNegated(element) {
            line = "Not planned: " + words
            // The written words come first where a reader looks, the codes stay beside them.
            code.text = line
        }
        let planned =
            switch mood {
            case "RQO": "requested"
            case "PRP": "proposed"
            default: "planned"
            }
        let state =
            switch statusCode(element) {
            case "completed": "completed"
            case "aborted", "cancelled": "cancelled"
            case "held", "suspended": "on hold"
            default: planned
            }
        var request = ServiceRequest(code: code, state: state)
        request.priority = reading.words(reading.child("priorityCode", of: element))
        request.requested = reading.peekTime(reading.find("author", "time", of: element))
        request.wanted = reading.start(reading.child("effectiveTime", of: element))
        for link in reading.children("entryRelationship", of: element) {
            for inner in reading.xml.children(of: link) {
                let isReason = reading.peek("typeCode", of: link) == "RSON"
                if isReason, let words = reading.words(reading.child("value", of: inner)) {
                    request.reasons.append(CodeableConcept(text: words))
                } else if let words = reading.statementText(inner) {
                    request.notes.append(words)
                }
            }
        }
        var draft = Draft(
            content: .serviceRequest(request),
            identity: code.identityText + "@" + (request.wanted?.description ?? ""),
            line: line + " (" + state + ")"
        )
        draft.effective = request.wanted
        add(draft, at: element)
    }
}

extension CDAReading {
    /// A quantity in words: `0.09 mg/ACTUAT`, `1-2 tablets`; nil where none is stated.
    func amount(_ element: XMLElement?) -> String? {
        guard let element else { return nil }
        func one(_ element: XMLElement?) -> String? {
            guard let value = peek("value", of: element) else { return nil }
            let unit = peek("unit", of: element).flatMap { $0 == "1" ? nil : $0 }
            return [value, unit].compactMap { $0 }.joined(separator: " ")
        }
        if let whole = one(element) { return whole }
        let low = one(child("low", of: element))
        let high = one(child("high", of: element))
        switch (low, high) {
        case (let low?, let high?): return low == high ? low : low + " to " + high
        case (let low?, nil): return "at least " + low
        case (nil, let high?): return "at most " + high
        case (nil, nil): return nil
        }
    }

    /// How often, in words: `every 6 h`; nil for a time that says no rhythm.
    func timing(_ element: XMLElement) -> String? {
        if let period = amount(child("period", of: element)) { return "every " + period }
        if let event = peek("code", of: child("event", of: element)) { return "at " + event }
        return nil
    }
}
