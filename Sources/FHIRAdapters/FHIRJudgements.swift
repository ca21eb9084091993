import PortalIntake
import PortalRecord

/// What a clinician or a system makes of things: impressions, risks, issues, adverse events, and the
/// use of devices.
///
/// - Rule: FHIR R4 `ClinicalImpression`, `RiskAssessment`, `DetectedIssue`, `AdverseEvent`,
///   `DeviceUseStatement`. What might happen or was called off never reads as what happened.
extension FHIRAssembly {
    mutating func impression(
        _ resource: FHIRResource,
        _ place: Int,
        about subject: SourcePatient
    ) {
        let element = resource.element
        var facts = FHIRFacts()
        let word = facts.state(element, known: ["in-progress", "completed", "draft", "stopped"])
        if word == "in-progress" || word == "draft" { facts.status = .preliminary }
        let code = element.concept("code")
        var document = ClinicalDocument(type: code ?? CodeableConcept(text: "Clinical impression"))
        document.title = element.text("description")
        let reading = reading
        func named(_ name: StaticString) -> [String] {
            element.all(name).compactMap { reading.words(of: $0, from: place) }
        }
        document.sections.add("Status", [word == "stopped" ? "Stopped" : nil])
        document.sections.add("Summary", [element.text("summary")])
        let findings = element.all("finding").compactMap { finding in
            let what =
                finding.words("itemCodeableConcept")
                ?? reading.words(of: finding["itemReference"], from: place)
            let basis = finding.text("basis").map { "(" + $0 + ")" }
            let words = [what, basis].compactMap { $0 }.joined(separator: " ")
            return words.isEmpty ? nil : words
        }
        document.sections.add("Findings", findings)
        document.sections.add("Problems considered", named("problem").map { "Considered: " + $0 })
        for part in element.all("investigation") {
            let items = part.all("item").compactMap { reading.words(of: $0, from: place) }
            let heading = part.words("code").map { "Investigation: " + $0 } ?? "Investigation"
            document.sections.add(heading, items)
        }
        let prognosis = element.allWords("prognosisCodeableConcept")
        document.sections.add("Prognosis", prognosis + named("prognosisReference"))
        document.sections.add("Supporting information", named("supportingInfo"))
        document.sections.add("Notes", element.notes())
        let time = element.moment("effective")
        facts.recorded = element.date("date")
        facts.effective = time.start ?? facts.recorded
        add(written(document, facts, resource, place, about: subject, by: "assessor"), resource)
    }

    mutating func risk(_ resource: FHIRResource, _ place: Int, about subject: SourcePatient) {
        let element = resource.element
        var facts = FHIRFacts()
        let word = facts.state(
            element,
            known: ["registered", "preliminary", "final", "amended", "corrected", "cancelled"]
        )
        // A forecast that was called off is none.
        if word == "cancelled" { facts.status = .withdrawn }
        if facts.status == nil, let word { facts.status = FHIRStatus.result(word) }
        let code = element.concept("code")
        var document = ClinicalDocument(type: code ?? CodeableConcept(text: "Risk assessment"))
        for prediction in element.all("prediction") {
            let probability = reading.spoken("probability", of: prediction, from: place)
            let when = reading.spoken("when", of: prediction, from: place)
            document.sections.add(
                "Possible outcome, predicted",
                [
                    prediction.words("outcome").map { "Possible: " + $0 },
                    probability.map { "Probability: " + $0 },
                    prediction.words("qualitativeRisk").map { "Risk: " + $0 },
                    prediction.text("relativeRisk").map { "Relative risk: " + $0 },
                    when.map { "When: " + $0 }, prediction.text("rationale"),
                ]
            )
        }
        document.sections.add("Method", [element.words("method")])
        let about = reading.words(of: element["condition"], from: place)
        document.sections.add("About", [about])
        let basis = element.all("basis").map { reading.words(of: $0, from: place) }
        document.sections.add("Basis", basis)
        document.sections.add("Mitigation", [element.text("mitigation")])
        document.sections.add("Notes", element.notes())
        let time = element.moment("occurrence")
        facts.effective = time.start
        facts.recorded = time.start
        add(written(document, facts, resource, place, about: subject, by: "performer"), resource)
    }

    mutating func deviceUse(_ resource: FHIRResource, _ place: Int, about subject: SourcePatient) {
        let element = resource.element
        var facts = FHIRFacts()
        let word = facts.state(
            element,
            known: ["active", "completed", "intended", "stopped", "on-hold"]
        )
        var document = ClinicalDocument(type: CodeableConcept(text: "Use of a device"))
        let device = reading.words(of: element["device"], from: place) ?? "Device not stated"
        document.title = Self.titled(device, word)
        document.sections.add("Device", [device])
        document.sections.add("Status", [word.map(FHIRFacts.spoken) ?? "not stated"])
        let timing = element.moment("timing")
        let times = [
            timing.start.map { "from " + $0.words }, timing.end.map { "until " + $0.words },
        ]
        document.sections.add("When", times)
        document.sections.add("Site", [element.words("bodySite")])
        let why = element.all("reasonReference").map { reading.words(of: $0, from: place) }
        document.sections.add("Reason", element.allWords("reasonCode") + why)
        document.sections.add("Notes", element.notes())
        facts.recorded = element.date("recordedOn")
        facts.effective = timing.start ?? facts.recorded
        add(written(document, facts, resource, place, about: subject, by: "source"), resource)
    }

    // MARK: Flags

    /// What happened in care, or nearly did.
    func adverseEvent(
        _ resource: FHIRResource,
        _ place: Int,
        _ facts: inout FHIRFacts
    ) -> EntryContent {
        let element = resource.element
        let actuality = element.text("actuality")
        var flag = Flag(code: CodeableConcept(text: "Adverse event"))
        if actuality == "actual" {
            if let code = element.concept("event") { flag.code = code }
        } else {
            // Its codes stay among the further fields: a list by code would show that it happened.
            let what = element.words("event") ?? "adverse event"
            let word = actuality.map(FHIRFacts.spoken) ?? "whether it happened is not stated"
            flag.code.text = word.prefix(1).uppercased() + word.dropFirst() + ": " + what
        }
        flag.category = (["adverse event"] + element.allWords("category")).joined(separator: ", ")
        let suspects = element.all("suspectEntity").compactMap { suspect -> String? in
            guard let what = reading.words(of: suspect["instance"], from: place) else { return nil }
            return "Suspected: " + what
        }
        let result = element.all("resultingCondition").compactMap {
            reading.words(of: $0, from: place)
        }
        flag.detail = Self.lines(
            [
                element.words("seriousness").map { "Seriousness: " + $0 },
                element.words("severity").map { "Severity: " + $0 },
                element.words("outcome").map { "Outcome: " + $0 },
            ] + suspects + result.map { "Resulted in: " + $0 }
        )
        flag.from = element.date("date")
        facts.effective = flag.from ?? element.date("detected")
        facts.recorded = element.date("recordedDate")
        return .flag(flag)
    }

    /// A problem with what is done or planned: an interaction, a duplicate.
    func detectedIssue(
        _ resource: FHIRResource,
        _ place: Int,
        _ facts: inout FHIRFacts
    ) -> EntryContent {
        let element = resource.element
        let word = facts.state(
            element,
            known: [
                "registered", "preliminary", "final", "amended", "corrected", "cancelled",
                "mitigated",
            ]
        )
        if word == "cancelled" { facts.status = .withdrawn }
        if facts.status == nil, let word { facts.status = FHIRStatus.result(word) }
        var flag = Flag(code: element.concept("code") ?? CodeableConcept(text: "Detected issue"))
        let severity = element.text("severity").map { ", severity " + $0 } ?? ""
        flag.category = "detected issue" + severity
        let implicated = element.all("implicated").compactMap { reading.words(of: $0, from: place) }
        let evidence = element.all("evidence").flatMap { part in
            part.allWords("code")
                + part.all("detail").compactMap { reading.words(of: $0, from: place) }
        }
        let mitigations = element.all("mitigation").compactMap { part -> String? in
            let who = reading.words(of: part["author"], from: place)
            let words = [part.words("action"), part.date("date")?.words, who].compactMap { $0 }
            return words.isEmpty ? nil : "Mitigated: " + words.joined(separator: ", ")
        }
        flag.detail = Self.lines(
            [element.text("detail")] + implicated.map { "Concerns: " + $0 }
                + evidence.map { "Evidence: " + $0 } + mitigations
        )
        if let (type, value) = element.choice("identified") {
            flag.from = type == "Period" ? value.date("start") : value.date
            if type == "Period" { flag.to = value.date("end") }
        }
        facts.effective = flag.from
        facts.recorded = flag.from
        return .flag(flag)
    }
}
