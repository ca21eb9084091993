import PortalIntake
import PortalRecord

/// Attendances and bookings.
///
/// - Rule: FHIR R4 `Encounter`, `Appointment`; SAFETY S8.
extension FHIRAssembly {
    mutating func encounter(
        _ resource: FHIRResource,
        _ place: Int,
        about subject: SourcePatient
    ) {
        let element = resource.element
        let word = element.text("status") ?? "unknown"
        var movement = EncounterMovement(event: Self.event(word, element["class"]?.peek("code")))
        if let code = element["class"]?.coding {
            movement.patientClass = Self.patientClass(code.code)
            movement.other["class"] = [code.code, code.display, code.system]
                .compactMap { $0 }.joined(separator: " ")
        }
        let period = element["period"]
        movement.admitted = period?.date("start")
        movement.discharged = period?.date("end")
        if word == "planned" {
            movement.expected = movement.admitted
            movement.admitted = nil
        }
        movement.occurred = movement.discharged ?? movement.admitted
        movement.reason = element.firstConcept("reasonCode")
        movement.service = element.words("serviceType")
        let types = element.allWords("type")
        if !types.isEmpty { movement.other["type"] = types.joined(separator: "; ") }
        let places = element.all("location")
        // Where the patient is: the place that is active, else the last that is told.
        let now = places.last { $0.peek("status") == "active" } ?? places.last
        movement.location = now.flatMap { reading.location($0["location"], from: place) }
        if movement.location == nil,
            let name = reading.organisation(element["serviceProvider"], from: place)
        {
            movement.location = Location(facility: name)
        }
        movement.other["status"] = word
        var entry = entry(.encounter(movement), key(resource), subject, element)
        if word == "entered-in-error" { entry.status = .enteredInError }
        entry.statusCode = word
        entry.effective = movement.admitted ?? movement.expected ?? movement.occurred
        entry.statusTime = believable(movement.occurred ?? reading.messageTime, element)
        entry.participants = element.all("participant").compactMap { participant in
            guard let individual = participant["individual"] else { return nil }
            let role = participant.words("type") ?? "participant"
            return reading.participant(individual, role: role, from: place)
        }
        entry.organisation = reading.organisation(element["serviceProvider"], from: place)
        add(entry, resource)
    }

    /// Care over months or years that a team answers for: no visit.
    ///
    /// - Rule: FHIR R4 `EpisodeOfCare`; ``EncounterMovement/episodeOfCare``.
    mutating func episode(_ resource: FHIRResource, _ place: Int, about subject: SourcePatient) {
        let element = resource.element
        var facts = FHIRFacts()
        let word = facts.state(
            element,
            known: ["planned", "waitlist", "active", "onhold", "finished", "cancelled"]
        )
        var movement = EncounterMovement(event: Self.episodeEvent(word))
        movement.patientClass = EncounterMovement.episodeOfCare
        movement.other["status"] = word ?? "status not stated"
        let period = element["period"]
        movement.admitted = period?.date("start")
        movement.discharged = period?.date("end")
        if word == "planned" || word == "waitlist" {
            movement.expected = movement.admitted
            movement.admitted = nil
        }
        movement.occurred = movement.discharged ?? movement.admitted
        let types = element.allWords("type")
        movement.service = Self.lines(types)
        let diagnoses = element.all("diagnosis").compactMap { diagnosis -> String? in
            guard let what = reading.words(of: diagnosis["condition"], from: place) else {
                return nil
            }
            return [diagnosis.words("role"), what].compactMap { $0 }.joined(separator: ": ")
        }
        movement.reason = Self.lines(diagnoses).map { CodeableConcept(text: $0) }
        let teams = element.all("team").compactMap { reading.words(of: $0, from: place) }
        movement.other["team"] = Self.lines(teams)
        var entry = entry(
            .encounter(movement),
            key(resource),
            subject,
            element,
            status: facts.status ?? .final
        )
        entry.statusCode = facts.statusCode
        entry.effective = movement.admitted ?? movement.expected ?? movement.occurred
        entry.statusTime = believable(movement.occurred ?? reading.messageTime, element)
        entry.participants = reading.participants(
            element.all("careManager"),
            role: "care manager",
            from: place
        )
        entry.organisation = reading.words(of: element["managingOrganization"], from: place)
        add(entry, resource)
    }

    private static func episodeEvent(_ word: String?) -> String {
        switch word {
        case "planned", "waitlist": "A05"
        case "finished": "A03"
        case "cancelled": "A11"
        case "entered-in-error": "A23"
        default: "A08"
        }
    }

    /// The event of table 0003 that a status is told by.
    private static func event(_ status: String, _ code: String?) -> String {
        switch status {
        case "planned": "A05"
        case "finished": "A03"
        case "cancelled": "A11"
        // Deleted, and no visit that goes on.
        case "entered-in-error": "A23"
        case "arrived", "triaged", "in-progress", "onleave": code == "IMP" ? "A01" : "A04"
        default: "A08"
        }
    }

    /// - Rule: HL7 v3 ActCode to table 0004.
    private static func patientClass(_ code: String?) -> String? {
        switch code {
        case "IMP", "ACUTE", "NONAC", "inpatient": "I"
        case "EMER", "emergency": "E"
        case "AMB", "VR", "HH", "FLD", "SS", "OBSENC", "ambulatory", "outpatient": "O"
        case "PRENC": "P"
        default: code
        }
    }

    mutating func appointment(
        _ resource: FHIRResource,
        _ place: Int,
        about subject: SourcePatient
    ) {
        let element = resource.element
        let word = element.text("status") ?? ""
        var appointment = Appointment(event: "Appointment", state: Self.state(word))
        appointment.list = reading.document.dialect.list
        appointment.start = element.date("start")
        appointment.end = element.date("end")
        appointment.service =
            element.words("serviceType")
            ?? element.words("specialty")
        appointment.reason = element.firstConcept("reasonCode")
        if let words = element.text("description") { appointment.other["description"] = words }
        if let words = element.text("comment") { appointment.other["comment"] = words }
        var people: [Practitioner] = []
        for participant in element.all("participant") {
            guard let actor = participant["actor"] else { continue }
            let type =
                reading.resolve(actor, from: place).map { reading.resources[$0].type }
                ?? actor.peek("type")
                ?? actor.peek("reference")?.split(separator: "/").first.map(String.init)
            switch type {
            case "Patient": continue
            case "Location": appointment.location = reading.location(actor, from: place)
            default:
                let role = participant.words("type") ?? "participant"
                if let person = reading.participant(actor, role: role, from: place) {
                    people.append(person)
                }
            }
        }
        var entry = entry(.appointment(appointment), key(resource), subject, element)
        if word == "entered-in-error" { entry.status = .enteredInError }
        entry.statusCode = word.isEmpty ? nil : word
        entry.effective = appointment.start
        entry.recorded = element.date("created")
        entry.statusTime = reading.messageTime ?? entry.recorded
        entry.participants = people
        add(entry, resource)
    }

    private static func state(_ word: String) -> String {
        switch word {
        case "proposed", "pending", "booked", "waitlist": "booked"
        case "arrived", "checked-in": "arrived"
        case "fulfilled": "finished"
        case "cancelled": "cancelled"
        case "noshow": "did not attend"
        default: word
        }
    }
}
