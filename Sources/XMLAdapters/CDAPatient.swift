import PortalIntake
import PortalRecord
import XMLSyntax

/// What `recordTarget` says of the person.
///
/// - Rule: CDA R2 section 4.2.2.11; the SDTC extensions `deceasedInd` and `deceasedTime`.
struct CDAPatient {
    let reading: CDAReading

    init(_ reading: CDAReading) { self.reading = reading }

    func statement(_ target: XMLElement) -> PatientStatement {
        let role = reading.child("patientRole", of: target)
        let patient = reading.child("patient", of: role)
        var statement = PatientStatement()
        identifiers(role, &statement)
        statement.names = names(patient)
        statement.birthDate = reading.time(reading.child("birthTime", of: patient))
        statement.gender = reading.take(
            "code",
            of: reading.child("administrativeGenderCode", of: patient)
        ).map { AdministrativeGender(rawValue: $0) }
        statement.addresses = reading.addresses(role)
        statement.telecoms = reading.telecoms(role)
        deceased(patient, &statement)
        practice(role, &statement)
        check(statement, role ?? target)
        return statement
    }

    private func identifiers(_ role: XMLElement?, _ statement: inout PatientStatement) {
        for element in reading.children("id", of: role) where reading.nullFlavor(element) == nil {
            guard let identifier = reading.identifier(element) else { continue }
            if let system = identifier.system, IdentifierSystem.isNational(system) {
                if identifier.nationalNumber == nil { reading.note("check-digit-wrong", element) }
            } else if identifier.system == nil {
                reading.note("identifier-without-assigner", element, severity: .note)
            }
            statement.identifiers.append(identifier)
        }
    }

    /// Names in the sender's order, those no longer in use last.
    private func names(_ patient: XMLElement?) -> [HumanName] {
        let all = reading.children("name", of: patient).compactMap { reading.name($0) }
        func isOld(_ name: HumanName) -> Bool {
            name.use?.split(separator: " ").contains { $0 == "OLD" || $0 == "BAD" } ?? false
        }
        return all.filter { !isOld($0) } + all.filter(isOld)
    }

    private func deceased(_ patient: XMLElement?, _ statement: inout PatientStatement) {
        let time = reading.extended("deceasedTime", of: patient)
        statement.deceasedAt = reading.time(time)
        switch reading.peek("value", of: reading.extended("deceasedInd", of: patient)) {
        case "true", "1": statement.isDeceased = true
        case "false", "0": statement.isDeceased = statement.deceasedAt == nil ? false : true
        default: if statement.deceasedAt != nil { statement.isDeceased = true }
        }
    }

    /// The practice, where `providerOrganization` is one: elsewhere it is whoever gave the number.
    private func practice(_ role: XMLElement?, _ statement: inout PatientStatement) {
        guard let organisation = reading.child("providerOrganization", of: role) else { return }
        let isPractice = reading.children("id", of: organisation).contains {
            reading.peek("root", of: $0).map(CDACodeTable.organisationRoots.contains) ?? false
        }
        guard isPractice else { return }
        statement.generalPractice.append(
            Practitioner(
                identifier: reading.identifier(reading.child("id", of: organisation)),
                name: reading.text(reading.child("name", of: organisation))
                    .map { HumanName(family: $0) },
                role: "general practice"
            )
        )
    }

    private func check(_ statement: PatientStatement, _ element: XMLElement) {
        if statement.identifiers.isEmpty { reading.note("identifier-missing", element) }
        if statement.names.isEmpty { reading.note("name-missing", element) }
        if statement.birthDate == nil { reading.note("birth-date-missing", element) }
    }
}
