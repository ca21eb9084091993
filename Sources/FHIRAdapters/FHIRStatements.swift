import PortalIntake
import PortalRecord

/// Statements: allergies, problems, medicines, vaccinations, procedures, requests, flags, plans,
/// contacts.
///
/// - Rule: FHIR R4; UK Core. SAFETY S13: each stands for itself; a negated or refuted one says so.
extension FHIRAssembly {
    /// What states something of a person.
    private static let statements: Set<String> = [
        "AllergyIntolerance", "Condition", "MedicationStatement", "MedicationRequest",
        "MedicationDispense", "MedicationAdministration", "Immunization", "Procedure",
        "ServiceRequest", "Flag", "CarePlan", "RelatedPerson", "FamilyMemberHistory", "CareTeam",
        "Goal", "Consent", "AdverseEvent", "DetectedIssue", "Task", "NutritionOrder",
        "DeviceRequest", "SupplyRequest", "CommunicationRequest", "RequestGroup",
        "ImmunizationRecommendation",
    ]

    private static let others: Set<String> = [
        "DiagnosticReport", "Observation", "ImagingStudy", "Encounter", "Appointment",
        "Composition", "DocumentReference", "QuestionnaireResponse", "Communication",
        "EpisodeOfCare", "List", "ClinicalImpression", "RiskAssessment", "DeviceUseStatement",
    ]

    /// Whether a resource of the type becomes an entry.
    static func isRead(_ type: String) -> Bool {
        type == "Patient" || statements.contains(type) || others.contains(type)
    }

    /// Reads one resource as what it states; of a person whom the document does not name nothing
    /// can be filed.
    mutating func read(_ resource: FHIRResource, _ place: Int) {
        let type = resource.type
        guard Self.statements.contains(type) || Self.others.contains(type) else { return }
        guard let subject = subject(resource, place) else {
            reading.tree.note("subject-missing", resource.element)
            return
        }
        reading.tell(place)
        switch type {
        case "DiagnosticReport": report(resource, place, about: subject)
        case "Observation": observation(resource, place, about: subject)
        case "ImagingStudy": imaging(resource, place, about: subject)
        case "Encounter": encounter(resource, place, about: subject)
        case "Appointment": appointment(resource, place, about: subject)
        case "Composition": composition(resource, place, about: subject)
        case "DocumentReference": documentReference(resource, place, about: subject)
        case "QuestionnaireResponse": questionnaire(resource, place, about: subject)
        case "Communication": communication(resource, place, about: subject)
        case "EpisodeOfCare": episode(resource, place, about: subject)
        case "List": list(resource, place, about: subject)
        case "ClinicalImpression": impression(resource, place, about: subject)
        case "RiskAssessment": risk(resource, place, about: subject)
        case "DeviceUseStatement": deviceUse(resource, place, about: subject)
        default: statement(resource, place, about: subject)
        }
    }

    private mutating func statement(
        _ resource: FHIRResource,
        _ place: Int,
        about subject: SourcePatient
    ) {
        let element = resource.element
        var facts = FHIRFacts()
        let content: EntryContent
        switch resource.type {
        case "AllergyIntolerance": content = allergy(element, &facts)
        case "Condition": content = condition(element, &facts)
        case "Immunization": content = immunization(element, &facts)
        case "Procedure": content = procedure(element, &facts)
        case "ServiceRequest": content = serviceRequest(resource, place, &facts)
        case "Flag": content = flag(element, &facts)
        case "CarePlan": content = carePlan(element, &facts)
        case "RelatedPerson": content = relatedPerson(element)
        case "FamilyMemberHistory": content = familyHistory(resource, place, &facts)
        case "CareTeam": content = careTeam(resource, place, &facts)
        case "Goal": content = goal(resource, place, &facts)
        case "Consent": content = consent(resource, place, &facts)
        case "AdverseEvent": content = adverseEvent(resource, place, &facts)
        case "DetectedIssue": content = detectedIssue(resource, place, &facts)
        case "Task": content = task(resource, place, &facts)
        case "NutritionOrder": content = nutritionOrder(element, &facts)
        case "DeviceRequest": content = deviceRequest(resource, place, &facts)
        case "SupplyRequest": content = supplyRequest(resource, place, &facts)
        case "CommunicationRequest": content = communicationRequest(resource, place, &facts)
        case "RequestGroup": content = requestGroup(resource, place, &facts)
        case "ImmunizationRecommendation": content = vaccinationAdvice(element, &facts)
        default: content = medicine(resource, place, &facts)
        }
        let word = facts.statusCode == nil ? element.text("status") : nil
        var entry = entry(
            content,
            key(resource),
            subject,
            element,
            status: facts.status ?? FHIRStatus.statement(word ?? "")
        )
        if let state = element.words("clinicalStatus") { facts.other["clinical status"] = state }
        entry.other = facts.other.isEmpty ? nil : facts.other
        entry.statusCode = facts.statusCode ?? word
        entry.effective = facts.effective
        entry.recorded = facts.recorded
        entry.issued = facts.recorded
        entry.statusTime = believable(facts.statusTime ?? facts.recorded, element)
        let roles: [(StaticString, String)] = [
            ("recorder", "recorder"), ("asserter", "asserter"), ("requester", "requester"),
            ("author", "author"), ("informationSource", "source"), ("source", "source"),
            ("contributor", "contributor"), ("orderer", "orderer"), ("owner", "owner"),
            ("supplier", "supplier"), ("expressedBy", "expressed by"), ("sender", "sender"),
        ]
        for (name, role) in roles {
            entry.participants += reading.participants(element.all(name), role: role, from: place)
        }
        entry.participants += element.all("performer").compactMap { performer in
            // BackboneElement in most, a plain reference in ServiceRequest.
            let actor = performer["actor"] ?? performer
            let role = performer.words("function") ?? "performer"
            return reading.participant(actor, role: role, from: place)
        }
        let organisation =
            element["custodian"] ?? element["managingOrganization"] ?? element["organization"]
            ?? element["authority"]
        entry.organisation = reading.organisation(organisation, from: place)
        add(entry, resource)
    }

    // MARK: One kind each

    private func allergy(_ element: FHIRElement, _ facts: inout FHIRFacts) -> EntryContent {
        var allergy = AllergyIntolerance(code: element.concept("code") ?? CodeableConcept())
        let reactions = element.all("reaction")
        if allergy.code == CodeableConcept() {
            allergy.code =
                reactions.lazy.compactMap { $0.concept("substance") }.first ?? CodeableConcept()
        }
        allergy.category = element.text("category").map { CodeableConcept(text: $0) }
        allergy.severity =
            (reactions.lazy.compactMap { $0.text("severity") }.first
            ?? element.text("criticality").map { $0 + " criticality" })
            .map { CodeableConcept(text: $0) }
        allergy.reactions = reactions.flatMap { reaction in
            reaction.allWords("manifestation")
                + [reaction.text("description")].compactMap { $0 }
        }
        allergy.onset = element.moment("onset").start
        facts.effective = allergy.onset
        facts.recorded = element.date("recordedDate")
        facts.verify(element)
        return .allergyIntolerance(allergy)
    }

    private func condition(_ element: FHIRElement, _ facts: inout FHIRFacts) -> EntryContent {
        var condition = Condition(code: element.concept("code") ?? CodeableConcept())
        condition.category = element.words("category")
        let onset = element.moment("onset")
        condition.recorded = onset.start ?? element.date("recordedDate")
        if let end = element.moment("abatement").start { facts.other["ended"] = end.description }
        let notes = element.notes()
        if !notes.isEmpty { condition.other["notes"] = notes.joined(separator: "\n") }
        facts.effective = onset.start
        facts.recorded = element.date("recordedDate")
        facts.verify(element)
        return .condition(condition)
    }

    private func immunization(_ element: FHIRElement, _ facts: inout FHIRFacts) -> EntryContent {
        var code = element.concept("vaccineCode")
        // UK Core says what was done in an extension, beside the product.
        for part in element.all("extension") {
            guard let url = part.peek("url"), url.hasSuffix("VaccinationProcedure") else {
                continue
            }
            let procedure = part.concept("valueCodeableConcept")
            code = code ?? procedure
            if let procedure, code != procedure { code?.codings += procedure.codings }
        }
        var vaccination = Immunization(code: code ?? CodeableConcept())
        vaccination.occurred = element.moment("occurrence").start
        vaccination.dose = element["doseQuantity"]?.spokenQuantity
        vaccination.lot = element.text("lotNumber")
        vaccination.site = element.words("site")
        vaccination.route = element.words("route")
        if element.peek("status") == "not-done" {
            vaccination.notGiven = element.words("statusReason") ?? "no reason stated"
        }
        facts.effective = vaccination.occurred
        facts.recorded = element.date("recorded")
        return .immunization(vaccination)
    }

    private func procedure(_ element: FHIRElement, _ facts: inout FHIRFacts) -> EntryContent {
        var procedure = Procedure(code: CodeableConcept())
        if element.peek("status") == "not-done" {
            // Its codes stay among the further fields: a list by code would show that it was done.
            procedure.code.text = "Not done: " + (element.words("code") ?? "procedure not stated")
        } else if let code = element.concept("code") {
            procedure.code = code
        }
        procedure.performed = element.moment("performed").start
        let sites = element.allWords("bodySite")
        if !sites.isEmpty { procedure.site = sites.joined(separator: ", ") }
        var notes = element.notes()
        if let outcome = element.words("outcome") { notes.append(outcome) }
        if let word = element.peek("status"), word != "completed" {
            notes.insert("Status: " + word, at: 0)
        }
        if !notes.isEmpty { procedure.note = notes.joined(separator: "\n") }
        facts.effective = procedure.performed
        return .procedure(procedure)
    }

    private func flag(_ element: FHIRElement, _ facts: inout FHIRFacts) -> EntryContent {
        var flag = Flag(code: element.concept("code") ?? CodeableConcept())
        flag.category = element.words("category")
        if let period = element["period"] {
            flag.from = period.date("start")
            flag.to = period.date("end")
        }
        facts.effective = flag.from
        return .flag(flag)
    }

    private func carePlan(_ element: FHIRElement, _ facts: inout FHIRFacts) -> EntryContent {
        let category = element["category"]?.words
        var plan = CarePlan(
            category: category ?? "care plan",
            title: element.text("title") ?? category ?? "Care plan"
        )
        if let words = element.text("description") {
            plan.sections.append(DocumentSection(text: words))
        }
        for activity in element.all("activity") {
            guard let detail = activity["detail"] else { continue }
            let what = [
                detail.words("code"), detail.text("description"), detail.text("status"),
            ].compactMap { $0 }.joined(separator: ", ")
            if !what.isEmpty {
                plan.sections.append(DocumentSection(heading: "Activity", text: what))
            }
        }
        for words in element.notes() {
            plan.sections.append(DocumentSection(heading: "Note", text: words))
        }
        plan.made = element.date("created") ?? element["period"]?.date("start")
        plan.reviewDue = element["period"]?.date("end")
        facts.effective = plan.made
        facts.recorded = element.date("created")
        return .carePlan(plan)
    }

    private func relatedPerson(_ element: FHIRElement) -> EntryContent {
        var contact = RelatedPerson()
        contact.names = element.names()
        contact.relationship = element.firstConcept("relationship")
        contact.telecoms = element.all("telecom").compactMap(\.telecom)
        contact.addresses = element.all("address").compactMap(\.address)
        return .relatedPerson(contact)
    }

    private mutating func serviceRequest(
        _ resource: FHIRResource,
        _ place: Int,
        _ facts: inout FHIRFacts
    ) -> EntryContent {
        let element = resource.element
        let code =
            element.concept("code") ?? element.firstConcept("category") ?? CodeableConcept()
        let word = element.peek("status")
        var request = ServiceRequest(code: code, state: FHIRFacts.state(word))
        request.placerNumber = element.firstIdentifier()
        request.priority = element.text("priority")
        request.requested = element.date("authoredOn")
        request.wanted = element.moment("occurrence").start
        request.reasons = element.concepts("reasonCode")
        request.notes = element.notes()
        if let words = element.text("patientInstruction") { request.notes.append(words) }
        if element.isSet("doNotPerform") { request.notes.insert("Do not perform", at: 0) }
        facts.effective = request.requested
        facts.recorded = request.requested
        return .serviceRequest(request)
    }

    private func medicine(
        _ resource: FHIRResource,
        _ place: Int,
        _ facts: inout FHIRFacts
    ) -> EntryContent {
        let element = resource.element
        var code = CodeableConcept()
        if let (type, value) = element.choice("medication") {
            if type == "Reference" {
                let target = reading.resolve(value, from: place).map { reading.resources[$0] }
                let found = target.flatMap { $0.type == "Medication" ? $0.element : nil }
                code = found?.concept("code") ?? CodeableConcept(text: value.text("display"))
                if let found { code.text = code.text ?? found.text("name") }
            } else {
                code = value.concept ?? CodeableConcept()
            }
        }
        var medicine = MedicationStatement(code: code)
        let doses =
            element.all("dosage") + element.all("dosageInstruction")
        let words = doses.compactMap(Self.dose)
        if !words.isEmpty { medicine.dose = words.joined(separator: "; ") }
        switch resource.type {
        case "MedicationRequest":
            medicine.supply = Self.supply(element)
            medicine.started = element.date("authoredOn")
            medicine.lastIssued = medicine.started
            facts.recorded = medicine.started
        case "MedicationDispense":
            medicine.supply = "dispensed"
            medicine.lastIssued = element.date("whenHandedOver") ?? element.date("whenPrepared")
            facts.recorded = medicine.lastIssued
        case "MedicationAdministration":
            medicine.supply = "administered"
            let time = element.moment("effective")
            medicine.started = time.start
            medicine.ended = time.end
            facts.recorded = time.start
        default:
            let time = element.moment("effective")
            medicine.started = time.start
            medicine.ended = time.end
            facts.recorded = element.date("dateAsserted")
        }
        facts.effective = medicine.started ?? medicine.lastIssued
        // A medicine that was stopped must not read as one that is taken.
        if let word = element.peek("status"), FHIRFacts.ended.contains(word) {
            medicine.supply = [medicine.supply, word].compactMap { $0 }.joined(separator: ", ")
        }
        return .medicationStatement(medicine)
    }

    /// Repeat or acute, by UK Core's extension or the course of therapy.
    private static func supply(_ element: FHIRElement) -> String? {
        if let course = element.words("courseOfTherapyType") { return course }
        if let intent = element.peek("intent"), intent != "order" { return element.text("intent") }
        return nil
    }

    /// A dose as its sender wrote it, else put together from its parts.
    private static func dose(_ dosage: FHIRElement) -> String? {
        if let words = dosage.text("text") { return words }
        var parts: [String] = []
        for rate in dosage.all("doseAndRate") {
            if let words = rate["doseQuantity"]?.spokenQuantity ?? rate["doseRange"]?.spokenRange {
                parts.append(words)
            }
        }
        if let words = dosage["dose"]?.spokenQuantity { parts.append(words) }
        if let timing = dosage["timing"] {
            if let words = timing.words("code") { parts.append(words) }
            if let again = timing["repeat"], let frequency = again.text("frequency"),
                let period = again.text("period"), let unit = again.text("periodUnit")
            {
                parts.append("\(frequency) × every \(period) \(unit)")
            }
        }
        if let words = dosage.words("route") { parts.append(words) }
        if let words = dosage.text("patientInstruction") { parts.append(words) }
        if dosage.isSet("asNeededBoolean") { parts.append("as needed") }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }
}
