import PortalRecord

/// `value[x]` of an observation, its digits and comparator as sent.
enum FHIRValue {
    static func read(_ type: String, _ element: FHIRElement, into observation: inout Observation) {
        var value = ObservationValue(type: type, text: "")
        switch type {
        case "Quantity", "SimpleQuantity", "Age", "Duration":
            guard let quantity = element.quantity else { return }
            value.text = quantity.text
            value.quantity = quantity
            observation.unit = element.unit
        case "CodeableConcept":
            guard let concept = element.concept else { return }
            value.concept = concept
            value.text = concept.words ?? ""
        case "String", "Integer", "Time", "Markdown", "Decimal", "Uri", "Code":
            guard let text = element.text else { return }
            value.text = text
            if type == "Integer" || type == "Decimal" { value.quantity = Quantity(number: text) }
        case "Boolean":
            guard let text = element.text else { return }
            value.text = text == "true" ? "yes" : "no"
        case "DateTime", "Date", "Instant":
            guard let time = element.date else { return }
            value.time = time
            value.text = time.description
        case "Range":
            guard let words = range(element, &value, &observation) else { return }
            value.text = words
        case "Ratio":
            let ends = [element["numerator"], element["denominator"]]
            guard let top = ends[0]?.quantity, let bottom = ends[1]?.quantity else { return }
            value.quantity = Quantity(
                comparator: top.comparator,
                number: top.number,
                separator: ":",
                secondNumber: bottom.number
            )
            let units = ends.compactMap { $0?.spokenUnit }
            value.text = top.text + ":" + bottom.text
            if !units.isEmpty {
                observation.unit = CodeableConcept(text: units.joined(separator: "/"))
            }
        case "Period":
            let start = element.date("start")?.description
            let end = element.date("end")?.description
            guard start != nil || end != nil else { return }
            value.text = (start ?? "…") + " – " + (end ?? "…")
        case "SampledData":
            guard let data = element.text("data") else { return }
            value.text = data
        case "Attachment":
            guard let file = element.attachment else { return }
            value.attachment = file
            value.text = file.title ?? file.mediaType ?? "File"
        default: return
        }
        observation.values = [value]
    }

    private static func range(
        _ element: FHIRElement,
        _ value: inout ObservationValue,
        _ observation: inout Observation
    ) -> String? {
        let low = element["low"]?.quantity
        let high = element["high"]?.quantity
        // The other end's unit is the same, and is kept by its path.
        observation.unit = (high == nil ? element["low"] : element["high"])?.unit
        switch (low, high) {
        case (let low?, let high?):
            value.quantity = Quantity(
                number: low.number,
                separator: "-",
                secondNumber: high.number
            )
            return low.text + "-" + high.text
        case (let low?, nil): return ">=" + low.text
        case (nil, let high?): return "<=" + high.text
        case (nil, nil): return nil
        }
    }
}
