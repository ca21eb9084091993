import PortalRecord

/// What references and values come to where an entry has words for them alone.
///
/// - Rule: SAFETY S13: what was refuted, not done or taken back says so wherever it is named, and a
///   relative's condition never reads as the person's own.
extension FHIRReading {
    /// What a reference names, in words: as it says itself, else as its target does.
    func words(of reference: FHIRElement?, from place: Int) -> String? {
        guard let reference else { return nil }
        let display = reference.text("display")
        guard let found = resolve(reference, from: place) else {
            let words =
                display ?? reference["identifier"]?.text("value") ?? reference.text("reference")
            // Of what is not there its type alone tells whose it is.
            let isFamily =
                reference.peek("type") == "FamilyMemberHistory"
                || reference.peek("reference")?.contains("FamilyMemberHistory/") ?? false
            return isFamily ? words.map { $0 + " (family history)" } : words
        }
        let resource = resources[found]
        let name = display ?? Self.name(of: resource) ?? resource.type
        let remarks = Self.remarks(on: resource)
        return remarks.isEmpty ? name : name + " (" + remarks.joined(separator: ", ") + ")"
    }

    private static let names: [StaticString] = [
        "code", "vaccineCode", "medicationCodeableConcept", "description", "title", "deviceName",
        "name", "event", "type", "conclusion", "summary",
    ]

    /// What a resource is called by its own fields, which its own entry holds too.
    private static func name(of resource: FHIRResource) -> String? {
        let element = resource.element
        if ["Patient", "Practitioner", "RelatedPerson"].contains(resource.type) {
            return element.mainName?.spoken
        }
        if resource.type == "FamilyMemberHistory" {
            let conditions = element.all("condition").compactMap { $0.words("code") }
            return conditions.isEmpty ? nil : conditions.joined(separator: "; ")
        }
        for name in names {
            guard let found = element[name] else { continue }
            if let words = found.text ?? found.words ?? found.text("name") { return words }
        }
        return nil
    }

    /// What must be said beside a resource's name, nothing marked: its own entry states it.
    private static func remarks(on resource: FHIRResource) -> [String] {
        let element = resource.element
        var remarks: [String] = []
        let isFamily = resource.type == "FamilyMemberHistory"
        if isFamily { remarks.append("family history") }
        func code(_ name: StaticString) -> String? {
            let codes = element[name]?.all("coding").compactMap { $0.peek("code") } ?? []
            return codes.first(where: said.contains) ?? codes.first
        }
        let words = [
            code("verificationStatus"), code("clinicalStatus"), element.peek("status"),
            element.peek("lifecycleStatus"),
        ].compactMap { $0 }
        remarks += words.filter { said.contains($0) && !(isFamily && $0 == "completed") }
            .map(FHIRFacts.spoken)
        if element.peek("doNotPerform") == "true" { remarks.append("do not perform") }
        if resource.type == "AdverseEvent", element.peek("actuality") != "actual" {
            remarks.append(element.peek("actuality") ?? "whether it happened is not stated")
        }
        return remarks
    }

    /// Words without which a name would say too much.
    private static let said: Set<String> = FHIRFacts.ended.union([
        "entered-in-error", "refuted", "unconfirmed", "provisional", "differential", "inactive",
        "resolved", "remission", "revoked", "rejected", "proposed", "planned", "retired",
        "superseded", "health-unknown", "nullified", "suspended", "failed",
    ])

    /// `value[x]` and its kin in words.
    func spoken(_ start: StaticString, of element: FHIRElement, from place: Int) -> String? {
        guard let (type, value) = element.choice(start) else { return nil }
        switch type {
        case "Quantity", "SimpleQuantity", "Age", "Duration", "Count", "Distance":
            return value.spokenQuantity
        case "Range": return value.spokenRange
        case "Ratio":
            let ends = [value["numerator"], value["denominator"]].map { $0?.spokenQuantity }
            guard ends.contains(where: { $0 != nil }) else { return nil }
            return ends.map { $0 ?? "?" }.joined(separator: " : ")
        case "Date", "DateTime", "Instant": return value.date?.words
        case "Period": return value.spokenPeriod
        case "Boolean": return value.flagWords
        case "CodeableConcept": return value.words
        case "Coding": return value.text("display") ?? value.text("code")
        case "Reference": return words(of: value, from: place)
        case "Attachment": return value.text("title") ?? value.text("url")
        case "Identifier": return value.text("value")
        default: return value.text
        }
    }
}

extension FHIRElement {
    /// A `Period` in words; open ends stay open.
    var spokenPeriod: String? {
        switch (date("start")?.words, date("end")?.words) {
        case (let start?, let end?): start + " – " + end
        case (let start?, nil): "from " + start
        case (nil, let end?): "until " + end
        case (nil, nil): nil
        }
    }

    /// A flag in words; nil for what is none.
    var flagWords: String? {
        switch peek {
        case "true": text.map { _ in "yes" }
        case "false": text.map { _ in "no" }
        default: nil
        }
    }
}
