import PortalIntake
import PortalRecord
import XMLSyntax

// Next of kin, guardians and other contacts of the person, and illnesses of relatives.
extension CDAStatements {
    /// The contacts of the header.
    ///
    /// - Rule: CDA R2 sections 4.2.2.14 and 4.2.2.11.4; HL7 v3 `RoleClass`.
    func contacts() {
        let patient = reading.find("recordTarget", "patientRole", "patient", of: reading.root)
        for guardian in reading.children("guardian", of: patient) {
            contact(guardian, at: guardian, person: "guardianPerson", role: "GUARD")
        }
        for participant in reading.children("participant", of: reading.root) {
            guard let entity = reading.child("associatedEntity", of: participant),
                let role = reading.peek("classCode", of: entity),
                Self.contactRoles.contains(role)
            else { continue }
            contact(entity, at: participant, person: "associatedPerson", role: role)
        }
        headerEncounter()
    }

    private static let contactRoles: Set<String> = [
        "NOK", "ECON", "CAREGIVER", "GUARD", "PRS", "AGNT", "CON",
    ]

    private func contact(
        _ entity: XMLElement,
        at element: XMLElement,
        person: String,
        role: String
    ) {
        var contact = RelatedPerson()
        contact.names = reading.children("name", of: reading.child(person, of: entity))
            .compactMap { reading.name($0) }
        contact.relationship = reading.concept(reading.child("code", of: entity))
        contact.role = CodeableConcept(codings: [Coding(code: role)])
        contact.addresses = reading.addresses(entity)
        contact.telecoms = reading.telecoms(entity)
        guard !contact.names.isEmpty || !contact.telecoms.isEmpty else {
            reading.note("contact-empty", element)
            return
        }
        let name = contact.names.first?.spoken ?? contact.telecoms.first ?? ""
        add(
            Draft(content: .relatedPerson(contact), identity: role + "|" + name, line: ""),
            at: element
        )
    }

    /// An illness of a relative, which is never the person's own.
    ///
    /// - Rule: C-CDA R2.1 "Family History Organizer".
    func relatives(_ element: XMLElement) {
        let subject = reading.find("subject", "relatedSubject", "code", of: element)
        let relative = reading.words(subject) ?? "relative not stated"
        var report = DiagnosticReport(code: CodeableConcept(text: "Family history: " + relative))
        report.section = "family history"
        report.completeness = reading.base.document.dialect.completeness
        let observations =
            reading.localName(element) == "observation"
            ? [element]
            : reading.children("component", of: element)
                .flatMap { reading.children("observation", of: $0) }
        // By its code alone an illness might be taken for the person's own.
        report.observations = CDAResults(reading).observations(observations, of: report.code)
        guard !report.observations.isEmpty else {
            reading.note("report-without-observations", element)
            return
        }
        let told = report.observations.flatMap { $0.values.map(\.text) }.joined(separator: ", ")
        let line = relative + ": " + told
        add(
            Draft(content: .diagnosticReport(report), identity: "family|" + relative, line: line),
            at: element
        )
    }
}
