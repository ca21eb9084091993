import PortalIntake
import PortalRecord

/// What a `Patient` resource says of the person.
///
/// - Rule: FHIR R4 `Patient`; UK Core Patient.
struct FHIRPatient {
    let reading: FHIRReading
    let resource: FHIRResource
    let place: Int

    init(_ reading: FHIRReading, _ resource: FHIRResource, _ place: Int) {
        self.reading = reading
        self.resource = resource
        self.place = place
    }

    func statement() -> PatientStatement {
        let element = resource.element
        var statement = PatientStatement()
        statement.identifiers = identifiers()
        statement.names = element.names()
        statement.birthDate = element.date("birthDate")
        statement.gender = element.text("gender").map { AdministrativeGender(rawValue: $0) }
        statement.addresses = element.all("address").compactMap(\.address)
        statement.telecoms = element.all("telecom").compactMap(\.telecom)
        if let (type, value) = element.choice("deceased") {
            if type == "DateTime" {
                statement.deceasedAt = value.date
            } else {
                statement.isDeceased = value.text == "true"
            }
        }
        for reference in element.all("generalPractitioner") { practice(reference, &statement) }
        return statement
    }

    /// UK Core says in an extension whether an NHS number is verified.
    private func identifiers() -> [Identifier] {
        resource.element.all("identifier").compactMap { element in
            guard var identifier = element.identifier else { return nil }
            for part in element.all("extension") {
                guard let url = part.peek("url"), url.hasSuffix("NHSNumberVerificationStatus")
                else { continue }
                identifier.verification =
                    part["valueCodeableConcept"]?.all("coding").first?.text("code")
            }
            if identifier.system == IdentifierSystem.nhsNumber, identifier.nationalNumber == nil {
                reading.tree.note("check-digit-wrong", element)
            }
            return identifier
        }
    }

    private func practice(_ reference: FHIRElement, _ statement: inout PatientStatement) {
        let found = reading.resolve(reference, from: place).map { reading.resources[$0].type }
        let type = found ?? reference.peek("type") ?? reference.peek("reference")
        let isPractice = type?.contains("Organization") ?? true
        let role = isPractice ? "general practice" : "general practitioner"
        if let person = reading.participant(reference, role: role, from: place) {
            statement.generalPractice.append(person)
        }
    }
}
