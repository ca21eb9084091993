import PortalIntake
import PortalRecord
import XMLSyntax

/// What `Patient` says of the person.
struct SCIGatewayPatient {
    let reading: XMLReading

    init(_ reading: XMLReading) { self.reading = reading }

    func statement(_ patient: XMLElement) -> PatientStatement {
        reading.strangers(
            in: patient,
            besides: [
                "CHI", "NHSNumber", "OtherNumber", "Name", "BirthDate", "Sex", "Address", "Phone",
                "Practice",
            ],
            once: ["CHI", "NHSNumber", "BirthDate", "Sex", "Practice"]
        )
        var statement = PatientStatement()
        identifiers(patient, &statement)
        for element in stated("Name", patient, clearing: "name", &statement) {
            if let name = reading.name(element) { statement.names.append(name) }
        }
        birthDate(patient, &statement)
        for element in stated("Sex", patient, clearing: "gender", &statement) {
            statement.gender = reading.text(element).map { AdministrativeGender(rawValue: $0) }
        }
        for element in stated("Address", patient, clearing: "address", &statement) {
            if let address = reading.address(element) { statement.addresses.append(address) }
        }
        for element in stated("Phone", patient, clearing: "telecom", &statement) {
            if let phone = reading.text(element) { statement.telecoms.append(phone) }
        }
        if let practice = reading.organisation(reading.child("Practice", of: patient)) {
            if practice.code != nil || practice.name != nil {
                statement.generalPractice.append(
                    Practitioner(
                        identifier: practice.code,
                        name: practice.name.map { HumanName(family: $0) },
                        role: "general practice"
                    )
                )
            }
            statement.other["practice contact"] = practice.contact
        }
        check(statement, patient)
        return statement
    }

    /// The elements of a name that are not cleared; those that are take the field back.
    private func stated(
        _ name: String,
        _ patient: XMLElement,
        clearing field: String,
        _ statement: inout PatientStatement
    ) -> [XMLElement] {
        let single: Set<String> = ["CHI", "NHSNumber", "BirthDate", "Sex"]
        let all =
            single.contains(name)
            ? [reading.child(name, of: patient)].compactMap { $0 }
            : reading.children(name, of: patient)
        return all.filter { element in
            guard reading.isCleared(element) else { return true }
            statement.cleared.append(field)
            return false
        }
    }

    private func identifiers(_ patient: XMLElement, _ statement: inout PatientStatement) {
        for (name, system) in [
            ("CHI", IdentifierSystem.chiNumber), ("NHSNumber", IdentifierSystem.nhsNumber),
        ] {
            for element in stated(name, patient, clearing: name, &statement) {
                guard let value = reading.text(element) else { continue }
                let identifier = Identifier(system: system, value: value)
                if identifier.nationalNumber == nil { reading.note("check-digit-wrong", element) }
                statement.identifiers.append(identifier)
            }
        }
        for element in reading.children("OtherNumber", of: patient) {
            guard let value = reading.text(element) else { continue }
            let assigner = reading.attribute("assigner", of: element)
            // Without an assigner it links nothing, whatever its type says (SAFETY S1).
            let system = reading.document.dialect.system(
                namespace: assigner ?? "",
                universalID: "",
                type: ""
            )
            let identifier = Identifier(
                system: system,
                value: value,
                type: reading.attribute("type", of: element)
            )
            if system == nil {
                reading.note("identifier-without-assigner", element, severity: .note)
            } else if let system, IdentifierSystem.isNational(system),
                identifier.nationalNumber == nil
            {
                reading.note("check-digit-wrong", element)
            }
            statement.identifiers.append(identifier)
        }
    }

    private func birthDate(_ patient: XMLElement, _ statement: inout PatientStatement) {
        for element in stated("BirthDate", patient, clearing: "birthDate", &statement) {
            if let date = reading.date(element) {
                statement.birthDate = date
            } else if let written = reading.text(element) {
                statement.other["birth date as written"] = written
            }
        }
    }

    private func check(_ statement: PatientStatement, _ patient: XMLElement) {
        if statement.identifiers.isEmpty { reading.note("identifier-missing", patient) }
        if statement.names.isEmpty { reading.note("name-missing", patient) }
        if statement.birthDate == nil, !statement.cleared.contains("birthDate") {
            reading.note("birth-date-missing", patient)
        }
    }
}
