import PortalBytes
import PortalIntake
import PortalRecord
import XMLSyntax

/// Observations: results, vital signs, answers to questions.
///
/// - Rule: CDA R2 section 4.3.6; HL7 v3 Data Types R1 (PQ, IVL, CD, ST, ED, TS, INT, REAL, RTO,
///   BL); PITFALLS 22, 24, 25, 61.
struct CDAResults {
    let reading: CDAReading

    init(_ reading: CDAReading) { self.reading = reading }

    /// Observations in the sender's order, repeats of a code numbered.
    ///
    /// - Parameters:
    ///   - elements: The observations.
    ///   - code: What each is of, where its own code must not lead: an illness of a relative.
    /// - Returns: One for each.
    func observations(_ elements: [XMLElement], of code: CodeableConcept? = nil) -> [Observation] {
        var counts: [String: Int] = [:]
        return elements.map { element in
            var observation = self.observation(element, of: code)
            let identity = observation.code.identityText
            counts[identity, default: 0] += 1
            observation.occurrence = counts[identity] ?? 1
            return observation
        }
    }

    private func observation(_ element: XMLElement, of given: CodeableConcept?) -> Observation {
        let range = reading.xml.range(of: element)
        let code = given ?? self.code(element)
        var observation = Observation(
            code: code ?? CodeableConcept(),
            status: .final,
            origin: SourceRange(
                path: reading.xml.path(of: element),
                offset: range.lowerBound,
                length: range.count
            )
        )
        if code == nil { reading.note("observation-without-code", element) }
        for value in reading.children("value", of: element) {
            let read =
                reading.isNegated(element) ? negated(value) : self.value(value, &observation)
            guard let read else { continue }
            observation.values.append(read)
            // The value says its type as written.
            if let type = reading.typeAttribute(value), type.value == read.type {
                reading.base.ledger.map(type.range)
            }
        }
        let time = reading.child("effectiveTime", of: element)
        observation.effective = takenStart(time)
        observation.flags = reading.children("interpretationCode", of: element)
            .compactMap { reading.peek("code", of: $0) }
        observation.referenceRange = referenceRange(element)
        observation.notes = notes(element)
        status(element, &observation)
        observation.other = reading.rest(of: element)
        return observation
    }

    /// What was observed; of an observation without a value that is said not to be so, in words.
    private func code(_ element: XMLElement) -> CodeableConcept? {
        let coded = reading.child("code", of: element)
        if reading.isNegated(element), reading.child("value", of: element) == nil {
            return reading.words(coded).map { CodeableConcept(text: "Not so: " + $0) }
        }
        return reading.concept(coded)
            ?? reading.statementText(element).map { CodeableConcept(text: $0) }
    }

    /// A value that is said not to be so: its code would say the opposite, and stays among the
    /// further fields.
    private func negated(_ value: XMLElement) -> ObservationValue? {
        let words = reading.words(value) ?? reading.amount(value) ?? reading.written(value)
        return words.map { ObservationValue(type: "ST", text: "Not so: " + $0) }
    }

    /// How settled it is; a value that is said to be missing is an outcome and no value.
    ///
    /// - Rule: SAFETY S8; HL7 v3 `ActStatus`, `NullFlavor`.
    private func status(_ element: XMLElement, _ observation: inout Observation) {
        let stated = reading.child("statusCode", of: element)
        let code = reading.take("code", of: stated)
        observation.statusCode = code
        if let code, let own = reading.base.document.dialect.statuses[code] {
            observation.status = own
            return
        }
        let isMissing =
            observation.values.isEmpty
            && reading.children("value", of: element).contains { reading.nullFlavor($0) != nil }
        switch code {
        case nil, "completed", "normal":
            observation.status = isMissing ? .couldNotBeObtained : .final
        case "active": observation.status = observation.values.isEmpty ? .registered : .preliminary
        case "new", "held", "suspended":
            observation.status = observation.values.isEmpty ? .registered : .preliminary
        case "aborted", "cancelled":
            observation.status = observation.values.isEmpty ? .couldNotBeObtained : .preliminary
        case "nullified": observation.status = .enteredInError
        case "obsolete": observation.status = .withdrawn
        default:
            observation.status = .unverified
            if let stated { reading.note("status-unknown", stated) }
        }
    }

    /// When it was observed, which stands in the observation as it is stated.
    private func takenStart(_ time: XMLElement?) -> PartialDate? {
        if reading.peek("value", of: time) != nil { return reading.time(time) }
        return reading.time(reading.child("low", of: time)) ?? reading.start(time)
    }

    // MARK: Values

    private func value(
        _ element: XMLElement,
        _ observation: inout Observation
    ) -> ObservationValue? {
        let type = reading.type(element) ?? ""
        switch type {
        case "PQ", "INT", "REAL", "MO": return quantity(element, type, &observation)
        case "IVL_PQ", "IVL_INT", "IVL_REAL": return interval(element, type, &observation)
        case "RTO", "RTO_PQ_PQ", "RTO_QTY_QTY": return ratio(element, type)
        case "CD", "CE", "CV", "CO", "CS": return concept(element, type)
        case "TS", "IVL_TS": return time(element, type)
        case "BL":
            return reading.take("value", of: element).map { ObservationValue(type: type, text: $0) }
        case "ED" where reading.isBase64(element) || isPointer(element):
            var value = ObservationValue(type: type, text: "")
            let attachment = reading.attachment(element)
            value.text = attachment.mediaType ?? "file"
            value.attachment = attachment
            return value
        default:
            let words = reading.xml.children(of: element).isEmpty ? reading.text(element) : nil
            return (words ?? reading.referenced(element)).map {
                ObservationValue(type: type.isEmpty ? "ST" : type, text: $0)
            } ?? quantity(element, type, &observation) ?? concept(element, type)
        }
    }

    private func isPointer(_ element: XMLElement) -> Bool {
        let target = reading.peek("value", of: reading.child("reference", of: element))
        return target.map { !$0.hasPrefix("#") } ?? false
    }

    private func quantity(
        _ element: XMLElement,
        _ type: String,
        _ observation: inout Observation
    ) -> ObservationValue? {
        guard reading.nullFlavor(element) == nil || reading.peek("value", of: element) != nil,
            let number = reading.take("value", of: element)
        else {
            // "Too much to measure" may stand as words beside a missing number.
            return reading.words(element).map { ObservationValue(type: type, text: $0) }
        }
        unit(element, &observation)
        var value = ObservationValue(type: type, text: number)
        value.quantity = Quantity(number: number)
        return value
    }

    private func unit(_ element: XMLElement?, _ observation: inout Observation) {
        guard let unit = reading.peek("unit", of: element), observation.unit == nil else { return }
        observation.unit = CodeableConcept(text: unit)
        _ = reading.take("unit", of: element)
    }

    /// An interval with an open end is a comparator: above 5 is no 5.
    private func interval(
        _ element: XMLElement,
        _ type: String,
        _ observation: inout Observation
    ) -> ObservationValue? {
        let low = bound("low", of: element)
        let high = bound("high", of: element)
        var quantity: Quantity
        switch (low, high) {
        case (let low?, let high?):
            quantity = Quantity(number: low.number, separator: "-", secondNumber: high.number)
        case (let low?, nil):
            quantity = Quantity(comparator: low.isInclusive ? ">=" : ">", number: low.number)
        case (nil, let high?):
            quantity = Quantity(comparator: high.isInclusive ? "<=" : "<", number: high.number)
        case (nil, nil):
            return self.quantity(element, type, &observation)
        }
        unit((low ?? high)?.element, &observation)
        var value = ObservationValue(type: type, text: quantity.text)
        value.quantity = quantity
        return value
    }

    private struct Bound {
        let element: XMLElement
        let number: String
        let isInclusive: Bool
    }

    private func bound(_ name: String, of element: XMLElement) -> Bound? {
        guard let end = reading.child(name, of: element),
            let number = reading.take("value", of: end)
        else { return nil }
        let inclusive = reading.peek("inclusive", of: end)
        return Bound(
            element: end,
            number: number,
            isInclusive: inclusive != "false" && inclusive != "0"
        )
    }

    private func ratio(_ element: XMLElement, _ type: String) -> ObservationValue? {
        let top = reading.child("numerator", of: element)
        let bottom = reading.child("denominator", of: element)
        guard let first = reading.take("value", of: top),
            let second = reading.take("value", of: bottom)
        else { return nil }
        let units = [reading.peek("unit", of: top), reading.peek("unit", of: bottom)]
        let hasUnits = units.contains { $0 != nil && $0 != "1" }
        let quantity = Quantity(number: first, separator: ":", secondNumber: second)
        let words = [reading.amount(top), reading.amount(bottom)].compactMap { $0 }
        var value = ObservationValue(
            type: type,
            text: hasUnits ? words.joined(separator: " / ") : quantity.text
        )
        value.quantity = quantity
        return value
    }

    private func concept(_ element: XMLElement, _ type: String) -> ObservationValue? {
        guard let concept = reading.concept(element), let words = concept.words else { return nil }
        var value = ObservationValue(type: type.isEmpty ? "CD" : type, text: words)
        value.concept = concept
        return value
    }

    private func time(_ element: XMLElement, _ type: String) -> ObservationValue? {
        guard let start = reading.start(element) ?? reading.end(element) else { return nil }
        let end = reading.start(element) == nil ? nil : reading.end(element)
        var value = ObservationValue(
            type: type,
            text: start.words + (end.map { " to " + $0.words } ?? "")
        )
        value.time = start
        return value
    }

    // MARK: Range and notes

    /// The range as written: words where there are some, else its two ends.
    private func referenceRange(_ element: XMLElement) -> String? {
        let ranges = reading.children("referenceRange", of: element).compactMap {
            holder -> String? in
            let range = reading.child("observationRange", of: holder)
            let text = reading.child("text", of: range)
            if let words = reading.written(text) ?? reading.referenced(text) { return words }
            guard let value = reading.child("value", of: range) else { return nil }
            return self.range(value) ?? reading.words(value) ?? reading.written(value)
        }
        return ranges.isEmpty ? nil : ranges.joined(separator: "; ")
    }

    private func range(_ value: XMLElement) -> String? {
        let low = reading.child("low", of: value)
        let high = reading.child("high", of: value)
        let unit =
            (reading.peek("unit", of: low) ?? reading.peek("unit", of: high))
            .map { " " + $0 } ?? ""
        func closed(_ end: XMLElement?) -> Bool { reading.peek("inclusive", of: end) != "false" }
        switch (reading.peek("value", of: low), reading.peek("value", of: high)) {
        case (let low?, let high?): return low + "-" + high + unit
        case (let from?, nil): return (closed(low) ? ">=" : ">") + from + unit
        case (nil, let to?): return (closed(high) ? "<=" : "<") + to + unit
        case (nil, nil): return nil
        }
    }

    private func notes(_ element: XMLElement) -> [String] {
        reading.children("entryRelationship", of: element).flatMap { link in
            reading.children("act", of: link).filter {
                !reading.codes(reading.child("code", of: $0))
                    .isDisjoint(with: CDACodeTable.commentCodes)
            }.compactMap { reading.statementText($0) }
        }
    }
}

extension CDAStatements {
    /// A panel, or an observation by itself.
    func report(
        _ observations: [XMLElement],
        of organizer: XMLElement?,
        _ section: CDACodeTable.Section
    ) {
        guard let element = organizer ?? observations.first else { return }
        let read = CDAResults(reading).observations(observations)
        let coded = organizer.flatMap { reading.concept(reading.child("code", of: $0)) }
        guard let code = coded ?? read.first?.code else { return }
        var report = DiagnosticReport(code: code)
        report.observations = read
        report.completeness = reading.base.document.dialect.completeness
        report.section =
            switch section {
            case .vitalSigns: "vital signs"
            case .social: "social history"
            case .function: "functional status"
            case .family: "family history"
            default: nil
            }
        let time = reading.child("effectiveTime", of: element)
        report.collected = reading.start(time)
        report.collectionEnd = reading.end(time)
        report.specimens = reading.children("specimen", of: element).compactMap { specimen($0) }
        let line = read.map { observation in
            let values = observation.values.map(\.text).joined(separator: ", ")
            let unit = observation.unit?.words.map { " " + $0 } ?? ""
            return (observation.code.words ?? "") + ": " + values + unit
        }
        var draft = Draft(
            content: .diagnosticReport(report),
            identity: code.identityText + "@" + (report.collected?.description ?? ""),
            line: line.joined(separator: "\n")
        )
        draft.effective = report.collected ?? read.lazy.compactMap(\.effective).first
        draft.status = organizer.map { reportStatus($0, read) } ?? read.first?.status ?? .final
        add(draft, at: element)
    }

    private func specimen(_ element: XMLElement) -> Specimen? {
        let role = reading.child("specimenRole", of: element)
        let specimen = Specimen(
            identifier: reading.identifier(reading.child("id", of: role)),
            type: reading.concept(reading.find("specimenPlayingEntity", "code", of: role))
        )
        return specimen == Specimen() ? nil : specimen
    }

    private func reportStatus(_ organizer: XMLElement, _ read: [Observation]) -> ResultStatus {
        switch statusCode(organizer) {
        case "active", "new", "held", "suspended": .partial
        case "aborted", "cancelled":
            read.allSatisfy { $0.values.isEmpty } ? .couldNotBeObtained : .partial
        case "obsolete": .withdrawn
        default: .final
        }
    }
}
