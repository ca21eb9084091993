import PortalIntake
import PortalRecord
import XMLSyntax

/// Names and words of results in the manner of SCI Store.
enum SCIStoreCodes {
    /// A name that is told several times, by Read, local and undefined schemes: all codings are
    /// kept, in the sender's order.
    static func concept(_ reading: XMLReading, _ names: [XMLElement]) -> CodeableConcept? {
        var concept = CodeableConcept()
        for element in names {
            let words = reading.text(element)
            let coding = Coding(
                system: reading.attribute("scheme", of: element),
                code: reading.attribute("code", of: element),
                display: words
            )
            if coding.code != nil || coding.system != nil {
                concept.codings.append(coding)
            } else if let words {
                concept.text = concept.text.map { $0 + "; " + words } ?? words
            }
        }
        return concept == CodeableConcept() ? nil : concept
    }

    /// A status by SCI Store's words, else by those of extracts; what nobody defined, and "Other"
    /// and "Not known", is not believed to be final (SAFETY S8).
    static func status(
        _ reading: XMLReading,
        _ element: XMLElement?
    ) -> (ResultStatus, String?)? {
        guard let element, let word = reading.text(element) else { return nil }
        if let own = reading.document.dialect.statuses[word] { return (own, word) }
        if let status = words[word.lowercased()] { return (status, word) }
        if let status = StatusWords.read(word, reading.document.dialect) { return (status, word) }
        reading.note("status-unknown", element)
        return (.unverified, word)
    }

    /// - Rule: the RESULT_STATUS words of SCI Store's service description (DOMAIN 2).
    private static let words: [String: ResultStatus] = [
        "unreported": .registered, "interim": .preliminary, "final": .final,
        // It adds to what is final, and withdraws nothing.
        "supplementary": .final,
        "amended": .amended, "other": .unverified, "not known": .unverified,
    ]

    /// Signs by the words and codes that stand for them; nil for one that nobody knows.
    static func comparator(_ word: String) -> String? {
        switch word.lowercased() {
        case "<", "lt", "less than": "<"
        case "<=", "≤", "le", "less than or equal to": "<="
        case ">", "gt", "greater than": ">"
        case ">=", "≥", "ge", "greater than or equal to": ">="
        case "~", "approximately": "~"
        default: nil
        }
    }

    /// Whether a text is a number as it is written down: digits, one point, a sign.
    static func isNumber(_ text: String) -> Bool {
        var bytes = Array(text.utf8)[...]
        if let first = bytes.first, first == 0x2B || first == 0x2D { bytes = bytes.dropFirst() }
        guard bytes.contains(where: { $0 >= 0x30 && $0 <= 0x39 }), bytes.count <= 40 else {
            return false
        }
        var points = 0
        for byte in bytes {
            if byte == 0x2E { points += 1 } else if byte < 0x30 || byte > 0x39 { return false }
        }
        return points <= 1
    }
}

/// What was taken, and when.
struct SCIStoreSample {
    let specimen: Specimen?
    let collected: PartialDate?
    let received: PartialDate?
    /// Whether it says anything at all.
    var says: Bool { specimen != nil || collected != nil || received != nil }

    init(_ reading: XMLReading, _ element: XMLElement?) {
        let once: Set<String> = [
            "SampleIdentifier", "SampleType", "SampleSite", "DateTimeSampled", "DateTimeReceived",
            "SampleAmount",
        ]
        reading.strangers(in: element, besides: once.union(["SampleNote"]), once: once)
        var specimen = Specimen(
            identifier: reading.number(reading.child("SampleIdentifier", of: element)),
            type: reading.concept(reading.child("SampleType", of: element)),
            site: reading.concept(reading.child("SampleSite", of: element))
        )
        specimen.other["amount"] = reading.text("SampleAmount", of: element)
        let notes = reading.texts("SampleNote", of: element)
        if !notes.isEmpty { specimen.other["note"] = notes.joined(separator: "; ") }
        self.specimen = specimen == Specimen() ? nil : specimen
        collected = reading.date(reading.child("DateTimeSampled", of: element))
        received = reading.date(reading.child("DateTimeReceived", of: element))
    }
}

/// One `TestResult`: names, the measurement in whichever form, limits, flags, words.
struct SCIStoreTestResult {
    private let reading: XMLReading
    private let setStatus: ResultStatus

    init(_ reading: XMLReading, setStatus: ResultStatus) {
        self.reading = reading
        self.setStatus = setStatus
    }

    private static let measurements: Set<String> = [
        "MeasurementDescription", "MeasurementCode", "MeasurementNumeric", "MeasurementRange",
        "MeasurementDate",
    ]

    func read(_ element: XMLElement) -> Observation {
        let once: Set<String> = ["DeviatingResultQuantitativeFlag", "ResultStatus", "Method"]
        reading.strangers(
            in: element,
            besides: once.union(Self.measurements)
                .union(["TestName", "ReferenceLimit", "Interpretation", "Comment"]),
            once: once
        )
        let code = SCIStoreCodes.concept(reading, reading.children("TestName", of: element))
        if code == nil { reading.note("test-without-name", element) }
        let own = SCIStoreCodes.status(reading, reading.child("ResultStatus", of: element))
        var observation = Observation(
            code: code ?? CodeableConcept(),
            status: own?.0 ?? setStatus,
            origin: reading.place(element)
        )
        observation.statusCode = own?.1
        measure(element, &observation)
        let limits = reading.children("ReferenceLimit", of: element).compactMap { limit in
            self.limit(limit, &observation)
        }
        if !limits.isEmpty { observation.referenceRange = limits.joined(separator: "; ") }
        let flag = reading.text("DeviatingResultQuantitativeFlag", of: element)
        observation.flags = [flag].compactMap { $0 }
        observation.other["method"] = reading.text("Method", of: element)
        observation.notes =
            reading.texts("Interpretation", of: element)
            + reading.children("Comment", of: element).compactMap { reading.narrative($0) }
        return observation
    }

    /// The choice of measurement; where several stand all are kept, with a finding.
    private func measure(_ element: XMLElement, _ observation: inout Observation) {
        let namespace = reading.xml.name(of: element).namespace
        var count = 0
        for child in reading.xml.children(of: element) {
            let name = reading.xml.name(of: child)
            guard name.namespace == namespace, Self.measurements.contains(name.local) else {
                continue
            }
            reading.know(child)
            count += 1
            if count == 2 { reading.note("measurement-repeated", child) }
            let value: ObservationValue? =
                switch name.local {
                case "MeasurementDescription":
                    reading.narrative(child).map { ObservationValue(type: "TX", text: $0) }
                case "MeasurementCode": coded(child)
                case "MeasurementNumeric": numeric(child, &observation)
                case "MeasurementRange": range(child, &observation)
                default: date(child)
                }
            if let value {
                observation.values.append(value)
            } else {
                reading.note("measurement-empty", child)
            }
        }
    }

    private func coded(_ element: XMLElement) -> ObservationValue? {
        guard let concept = reading.concept(element) else { return nil }
        var value = ObservationValue(type: "CE", text: concept.words ?? concept.firstCode ?? "")
        value.concept = concept
        return value
    }

    private func date(_ element: XMLElement) -> ObservationValue? {
        guard let written = reading.written(element) else { return nil }
        let time = reading.date(element)
        // What is no date is a value all the same: it stands as it was written.
        var value = ObservationValue(type: "DT", text: reading.text(element) ?? written)
        value.time = time
        return value
    }

    private func numeric(
        _ element: XMLElement,
        _ observation: inout Observation
    ) -> ObservationValue? {
        let once: Set<String> = ["Result", "ArithmeticComparator"]
        reading.strangers(in: element, besides: once, once: once)
        let result = reading.child("Result", of: element)
        let parts: Set<String> = ["QuantityValue", "QuantityUnit"]
        reading.strangers(in: result, besides: parts, once: parts)
        let sign = reading.child("ArithmeticComparator", of: element)
        guard let number = reading.text("QuantityValue", of: result) else { return nil }
        unit(reading.text("QuantityUnit", of: result), element, &observation)
        // A comparator that nobody knows stays before the number: without it the value would be
        // another (PITFALLS 24).
        let word = reading.text(sign)
        let comparator = word.flatMap(SCIStoreCodes.comparator)
        if let sign, word != nil, comparator == nil { reading.note("comparator-unknown", sign) }
        if let word, comparator != nil, comparator != word {
            observation.other["comparator as written"] = word
        }
        let prefix = comparator ?? word.map { $0 + " " } ?? ""
        var value = ObservationValue(type: "NM", text: prefix + number)
        if SCIStoreCodes.isNumber(number) {
            if word == nil || comparator != nil {
                value.quantity = Quantity(comparator: comparator, number: number)
            }
        } else {
            value.type = "ST"
            reading.note("number-unreadable", element)
        }
        return value
    }

    private func range(
        _ element: XMLElement,
        _ observation: inout Observation
    ) -> ObservationValue? {
        let once: Set<String> = ["LowValue", "HighValue", "QuantityUnit"]
        reading.strangers(in: element, besides: once, once: once)
        let low = reading.text("LowValue", of: element)
        let high = reading.text("HighValue", of: element)
        unit(reading.text("QuantityUnit", of: element), element, &observation)
        guard let text = SCIStoreTestResult.span(low, high) else { return nil }
        var value = ObservationValue(type: "SN", text: text)
        if let low, let high, SCIStoreCodes.isNumber(low), SCIStoreCodes.isNumber(high) {
            value.quantity = Quantity(number: low, separator: "-", secondNumber: high)
        }
        return value
    }

    /// One unit an observation; another one is kept, and said.
    private func unit(
        _ unit: String?,
        _ element: XMLElement,
        _ observation: inout Observation
    ) {
        guard let unit else { return }
        if observation.unit == nil {
            observation.unit = CodeableConcept(text: unit)
        } else if observation.unit?.text != unit {
            reading.note("units-differ", element)
            observation.other["second unit"] = unit
        }
    }

    /// Limits are texts: nothing is computed of them.
    private func limit(_ element: XMLElement, _ observation: inout Observation) -> String? {
        let once: Set<String> = ["Text", "Numeric"]
        reading.strangers(in: element, besides: once, once: once)
        let words = reading.text("Text", of: element)
        let numeric = reading.child("Numeric", of: element)
        let parts: Set<String> = ["RangeHighValue", "RangeLowValue", "RangeUnit"]
        reading.strangers(in: numeric, besides: parts, once: parts)
        let low = reading.text("RangeLowValue", of: numeric)
        let high = reading.text("RangeHighValue", of: numeric)
        let unit = reading.text("RangeUnit", of: numeric)
        // The unit is said where the value's own is not the same.
        let isSame = unit == nil || unit == observation.unit?.text
        let span = Self.span(low, high)
        let shown = span.map { $0 + (isSame ? "" : " " + (unit ?? "")) }
        if let unit, isSame || span == nil {
            let before = observation.other["range unit"].map { $0 + "; " } ?? ""
            observation.other["range unit"] = before + unit
        }
        let all = [words, shown].compactMap { $0 }
        return all.isEmpty ? nil : all.joined(separator: "; ")
    }

    private static func span(_ low: String?, _ high: String?) -> String? {
        switch (low, high) {
        case (let low?, let high?): low + "-" + high
        case (let low?, nil): "from " + low
        case (nil, let high?): "up to " + high
        case (nil, nil): nil
        }
    }
}
