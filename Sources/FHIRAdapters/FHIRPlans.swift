import PortalIntake
import PortalRecord

/// Goals and consents, as plans of their own category.
///
/// - Rule: FHIR R4 `Goal`, `Consent`. A consent only states what was agreed or refused: access policy
///   reads the site's own consents, never this.
extension FHIRAssembly {
    func goal(
        _ resource: FHIRResource,
        _ place: Int,
        _ facts: inout FHIRFacts
    ) -> EntryContent {
        let element = resource.element
        let word = facts.state(
            element,
            "lifecycleStatus",
            known: [
                "proposed", "planned", "accepted", "active", "on-hold", "completed", "cancelled",
                "rejected",
            ]
        )
        var plan = CarePlan(
            category: CarePlan.goal,
            title: Self.titled(element.words("description") ?? "Goal", word)
        )
        func add(_ heading: String, _ words: String?...) { plan.sections.add(heading, words) }
        add("Status", word.map(FHIRFacts.spoken) ?? "not stated")
        add("Reason for the status", element.text("statusReason"))
        add("Achievement", element.words("achievementStatus"))
        add("Priority", element.words("priority"))
        for target in element.all("target") {
            let what = [
                target.words("measure"), reading.spoken("detail", of: target, from: place),
                reading.spoken("due", of: target, from: place).map { "due " + $0 },
            ].compactMap { $0 }
            add("Target", what.isEmpty ? nil : what.joined(separator: ", "))
        }
        for addressed in element.all("addresses") {
            add("Addresses", reading.words(of: addressed, from: place))
        }
        plan.sections.add("Outcome", element.allWords("outcomeCode"))
        for words in element.notes() { add("Note", words) }
        if let (type, start) = element.choice("start") {
            if type == "Date" { plan.made = start.date } else { add("Starts", start.words) }
        }
        facts.effective = plan.made
        facts.recorded = element.date("statusDate")
        return .carePlan(plan)
    }

    func consent(
        _ resource: FHIRResource,
        _ place: Int,
        _ facts: inout FHIRFacts
    ) -> EntryContent {
        let element = resource.element
        let word = facts.state(
            element,
            known: ["draft", "proposed", "active", "rejected", "inactive"]
        )
        let provision = element["provision"]
        let categories = element.allWords("category")
        let scope = element.words("scope")
        let subject = categories.isEmpty ? scope ?? "Consent" : categories.joined(separator: ", ")
        let type = provision?.text("type")
        var plan = CarePlan(
            category: CarePlan.consent,
            title: Self.titled([subject, type].compactMap { $0 }.joined(separator: ": "), word)
        )
        func add(_ heading: String, _ words: String?...) { plan.sections.add(heading, words) }
        add("Status", word.map(FHIRFacts.spoken) ?? "not stated")
        if !categories.isEmpty { add("Scope", scope) }
        if let provision {
            plan.sections.add("Provision", provisions(provision, place, depth: 0))
        }
        add("Policy rule", element.words("policyRule"))
        for policy in element.all("policy") {
            add("Policy", policy.text("authority"), policy.text("uri"))
        }
        add("Source", reading.spoken("source", of: element, from: place))
        for verification in element.all("verification") {
            let isVerified = verification["verified"]?.flagWords.map { "Verified: " + $0 }
            let with = reading.words(of: verification["verifiedWith"], from: place)
            let date = verification.date("verificationDate")?.words
            add("Verification", isVerified, with.map { "with " + $0 }, date)
        }
        plan.made = element.date("dateTime")
        facts.effective = plan.made
        facts.recorded = plan.made
        return .carePlan(plan)
    }

    /// A rule of a consent and its exceptions, a line each.
    ///
    /// Depth is bounded; what lies deeper is kept by its path.
    private func provisions(_ element: FHIRElement, _ place: Int, depth: Int) -> [String] {
        var parts: [String] = []
        func add(_ name: String, _ words: [String]) {
            guard !words.isEmpty else { return }
            parts.append(name + " " + words.joined(separator: ", "))
        }
        func codings(_ name: StaticString) -> [String] {
            element.all(name).compactMap { $0.text("display") ?? $0.text("code") }
        }
        /// What parts refer to, each behind a word of its own.
        func named(_ name: StaticString, _ word: (FHIRElement) -> String?) -> [String] {
            element.all(name).compactMap { part in
                let said = [word(part), reading.words(of: part["reference"], from: place)]
                    .compactMap { $0 }
                return said.isEmpty ? nil : said.joined(separator: " ")
            }
        }
        // The root's own type stands in the title, too.
        if let type = element.text("type") { parts.append(type) }
        add("period", [element["period"]?.spokenPeriod].compactMap { $0 })
        add("actor", named("actor") { $0.words("role") })
        add("action", element.allWords("action"))
        add("label", codings("securityLabel"))
        add("purpose", codings("purpose"))
        add("class", codings("class"))
        add("code", element.allWords("code"))
        add("data from", [element["dataPeriod"]?.spokenPeriod].compactMap { $0 })
        add("data", named("data") { $0.text("meaning") })
        let rule = parts.joined(separator: "; ")
        var lines = parts.isEmpty ? [] : [depth > 0 ? "Except: " + rule : rule]
        guard depth < 8 else { return lines }
        for inner in element.all("provision") {
            lines += provisions(inner, place, depth: depth + 1)
        }
        return lines
    }

    /// A title that says first what does not hold, or not yet.
    static func titled(_ title: String, _ word: String?) -> String {
        guard let word, word != "active", word != "accepted" else {
            return word == nil ? "Status not stated: " + title : title
        }
        let spoken = FHIRFacts.spoken(word)
        return spoken.prefix(1).uppercased() + spoken.dropFirst() + ": " + title
    }

    /// Words line by line; nil where there are none.
    static func lines(_ words: [String?]) -> String? {
        let words = words.compactMap { $0 }
        return words.isEmpty ? nil : words.joined(separator: "\n")
    }
}
