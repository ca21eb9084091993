import PortalIntake
import PortalRecord

/// Requests that are no ServiceRequest, and tasks that carry one out.
///
/// - Rule: FHIR R4 `Task`, `NutritionOrder`, `DeviceRequest`, `SupplyRequest`, `CommunicationRequest`,
///   `RequestGroup`, `ImmunizationRecommendation`; value sets `request-status`, `task-status`,
///   `supplyrequest-status`.
extension FHIRAssembly {
    private static let states: Set<String> = [
        "draft", "active", "on-hold", "revoked", "completed", "suspended", "cancelled",
        "requested", "received", "accepted", "rejected", "ready", "in-progress", "failed",
    ]

    /// What all requests state: how they stand, who asked when, and that some are no order.
    private func request(
        _ code: CodeableConcept,
        _ element: FHIRElement,
        _ facts: inout FHIRFacts
    ) -> ServiceRequest {
        let word = facts.state(element, known: Self.states)
        var request = ServiceRequest(
            code: code,
            state: word.map { FHIRFacts.spoken(FHIRFacts.state($0)) } ?? "status not stated"
        )
        request.placerNumber = element.firstIdentifier()
        request.priority = element.text("priority")
        request.requested = element.date("authoredOn") ?? element.date("dateTime")
        request.wanted = element.moment("occurrence").start
        request.reasons = element.concepts("reasonCode")
        if let intent = element.peek("intent"), intent != "order" {
            _ = element.text("intent")
            request.notes.append("Intent: " + FHIRFacts.spoken(intent))
        }
        if element.isSet("doNotPerform") { request.notes.insert("Do not perform", at: 0) }
        facts.effective = request.requested
        facts.recorded = request.requested
        return request
    }

    func task(_ resource: FHIRResource, _ place: Int, _ facts: inout FHIRFacts) -> EntryContent {
        let element = resource.element
        var code = element.concept("code") ?? CodeableConcept()
        let description = element.text("description")
        let focus = reading.words(of: element["focus"], from: place)
        let own = code.words
        // "Fulfil" says little: what is to be fulfilled stands beside it.
        if code.text == nil {
            let words = [own, focus ?? description].compactMap { $0 }
            code.text = words.isEmpty ? nil : words.joined(separator: ": ")
        }
        var request = request(code, element, &facts)
        if let step = element.words("businessStatus") { request.state += " (" + step + ")" }
        if let description { request.notes.append(description) }
        if let focus { request.notes.append("About: " + focus) }
        if let why = element.words("statusReason") { request.notes.append("Status: " + why) }
        for part in element.all("input") + element.all("output") {
            guard let value = reading.spoken("value", of: part, from: place) else { continue }
            let said = [part.words("type"), value].compactMap { $0 }
            request.notes.append(said.joined(separator: ": "))
        }
        request.notes += element.notes()
        request.wanted = element["executionPeriod"]?.date("start")
        facts.statusTime = element.date("lastModified")
        return .serviceRequest(request)
    }

    func nutritionOrder(_ element: FHIRElement, _ facts: inout FHIRFacts) -> EntryContent {
        let diet = element["oralDiet"]
        let formula = element["enteralFormula"]
        let supplements = element.all("supplement")
        let code =
            diet?.firstConcept("type") ?? supplements.first?.concept("type")
            ?? formula?.concept("baseFormulaType") ?? CodeableConcept(text: "Nutrition order")
        var request = request(code, element, &facts)
        request.notes += (diet?.allWords("type") ?? []).map { "Diet: " + $0 }
        request.notes += (diet?.all("texture") ?? []).compactMap { $0.words("modifier") }
            .map { "Texture: " + $0 }
        request.notes += (diet?.allWords("fluidConsistencyType") ?? []).map { "Fluids: " + $0 }
        if let words = diet?.text("instruction") { request.notes.append(words) }
        for supplement in supplements {
            let what = [
                supplement.words("type"), supplement.text("productName"),
                supplement["quantity"]?.spokenQuantity, supplement.text("instruction"),
            ].compactMap { $0 }
            if !what.isEmpty { request.notes.append("Supplement: " + what.joined(separator: ", ")) }
        }
        if let formula {
            let what = [
                formula.words("baseFormulaType"), formula.text("baseFormulaProductName"),
                formula.text("administrationInstruction"),
            ].compactMap { $0 }
            if !what.isEmpty { request.notes.append("Formula: " + what.joined(separator: ", ")) }
        }
        request.notes += element.allWords("foodPreferenceModifier").map { "Prefers: " + $0 }
        request.notes += element.allWords("excludeFoodModifier").map { "Exclude: " + $0 }
        request.notes += element.notes()
        return .serviceRequest(request)
    }

    func deviceRequest(
        _ resource: FHIRResource,
        _ place: Int,
        _ facts: inout FHIRFacts
    ) -> EntryContent {
        let element = resource.element
        let code = coded("code", of: element, place) ?? CodeableConcept(text: "Device")
        var request = request(code, element, &facts)
        request.notes += element.notes()
        return .serviceRequest(request)
    }

    func supplyRequest(
        _ resource: FHIRResource,
        _ place: Int,
        _ facts: inout FHIRFacts
    ) -> EntryContent {
        let element = resource.element
        let code =
            coded("item", of: element, place) ?? element.concept("category")
            ?? CodeableConcept(text: "Supply")
        var request = request(code, element, &facts)
        if let words = element["quantity"]?.spokenQuantity {
            request.notes.append("Quantity: " + words)
        }
        for (name, words): (StaticString, String) in [
            ("deliverFrom", "From: "), ("deliverTo", "To: "),
        ] {
            if let place = reading.words(of: element[name], from: place) {
                request.notes.append(words + place)
            }
        }
        return .serviceRequest(request)
    }

    func communicationRequest(
        _ resource: FHIRResource,
        _ place: Int,
        _ facts: inout FHIRFacts
    ) -> EntryContent {
        let element = resource.element
        let code = element.firstConcept("category") ?? CodeableConcept(text: "Message to be sent")
        var request = request(code, element, &facts)
        request.notes += element.all("payload").compactMap {
            reading.spoken("content", of: $0, from: place)
        }
        request.notes += element.notes()
        return .serviceRequest(request)
    }

    func requestGroup(
        _ resource: FHIRResource,
        _ place: Int,
        _ facts: inout FHIRFacts
    ) -> EntryContent {
        let element = resource.element
        let code = element.concept("code") ?? CodeableConcept(text: "Group of requests")
        var request = request(code, element, &facts)
        for action in element.all("action") { add(action, place, to: &request, depth: 0) }
        request.notes += element.notes()
        return .serviceRequest(request)
    }

    /// The steps of a group, and what may be chosen among them.
    private func add(
        _ action: FHIRElement,
        _ place: Int,
        to request: inout ServiceRequest,
        depth: Int
    ) {
        let what = [
            action.text("title"), action.text("description"),
            reading.words(of: action["resource"], from: place),
        ].compactMap { $0 }
        if !what.isEmpty { request.notes.append(what.joined(separator: ": ")) }
        if let choice = action.text("selectionBehavior") {
            request.notes.append("Choose " + FHIRFacts.spoken(choice) + " of:")
        }
        guard depth < 16 else { return }
        for inner in action.all("action") { add(inner, place, to: &request, depth: depth + 1) }
    }

    /// A code, or what a reference in its place names.
    private func coded(
        _ start: StaticString,
        of element: FHIRElement,
        _ place: Int
    ) -> CodeableConcept? {
        guard let (type, value) = element.choice(start) else { return nil }
        if type == "CodeableConcept" { return value.concept }
        return reading.words(of: value, from: place).map { CodeableConcept(text: $0) }
    }

    /// Advice on vaccinations: one entry, so that advice sent anew takes the place of all of it.
    ///
    /// Each line says whether a vaccination is due or must not be given.
    func vaccinationAdvice(_ element: FHIRElement, _ facts: inout FHIRFacts) -> EntryContent {
        let advice = element.all("recommendation")
        let only = advice.count == 1 ? advice.first : nil
        let code = only?.firstConcept("vaccineCode") ?? only?.concept("targetDisease")
        var states: [String] = []
        var request = ServiceRequest(
            code: code ?? CodeableConcept(text: "Vaccination recommendations"),
            state: ""
        )
        for one in advice {
            let against = one.allWords("contraindicatedVaccineCode")
            let state = one.words("forecastStatus") ?? "status not stated"
            if !states.contains(state) { states.append(state) }
            let vaccines = one.allWords("vaccineCode")
            let name =
                vaccines.isEmpty
                ? one.words("targetDisease") ?? "Vaccination" : vaccines.joined(separator: ", ")
            let dates = one.all("dateCriterion").compactMap { part in
                part.date("value").map { (part.words("code") ?? "date") + " " + $0.words }
            }
            let number = reading.spoken("doseNumber", of: one, from: 0)
            let doses = reading.spoken("seriesDoses", of: one, from: 0)
            let dose = [
                one.text("series"), number.map { "dose " + $0 }, doses.map { "of " + $0 },
            ].compactMap { $0 }.joined(separator: " ")
            let words =
                [name + ": " + state] + dates + [dose.isEmpty ? nil : dose].compactMap { $0 }
                + one.allWords("forecastReason") + [one.text("description")].compactMap { $0 }
                + against.map { "contraindicated: " + $0 }
            request.notes.append(words.joined(separator: "; "))
        }
        request.state = states.joined(separator: ", ")
        request.placerNumber = element.firstIdentifier()
        request.requested = element.date("date")
        facts.effective = request.requested
        facts.recorded = request.requested
        return .serviceRequest(request)
    }
}
