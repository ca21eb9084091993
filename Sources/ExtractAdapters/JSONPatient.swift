import JSONSyntax
import PortalBytes
import PortalIntake
import PortalRecord

/// The `patient` of a line.
struct JSONPatient {
    let reading: JSONReading
    /// The schema that the line is by, which its errors name.
    let schema: String
    /// Whether the shape has an address and telephones.
    var hasContact = false
    var members: Set<String> = [
        "identifiers", "name", "birthDate", "gender", "deceased", "practice",
    ]

    init(_ reading: JSONReading, schema: String, hasContact: Bool = false) {
        self.reading = reading
        self.schema = schema
        self.hasContact = hasContact
    }

    /// The person, as an entry.
    ///
    /// - Throws: `member-missing` where no number names anybody.
    func entry(_ value: JSONValue?) throws(IntakeError) -> RecordEntry {
        let document = reading.document
        guard value?.kind == .object else { throw missing("/patient") }
        let patient = reading.object(
            value,
            members.union(hasContact ? ["address", "phones"] : []),
            "/patient"
        )
        var statement = PatientStatement()
        for (index, value) in reading.elements(patient["identifiers"]).enumerated() {
            let place = "/patient/identifiers/\(index)"
            let members = reading.object(value, ["system", "value"], place)
            guard let number = reading.text(members["value"]) else { continue }
            let assigner = reading.text(members["system"]) ?? ""
            let system = document.dialect.system(namespace: assigner, universalID: "", type: "")
            let identifier = Identifier(system: system, value: number)
            if system == nil {
                reading.note("identifier-without-assigner", place, .note, at: value)
            }
            if let system, IdentifierSystem.isNational(system), identifier.nationalNumber == nil {
                reading.note("check-digit-wrong", place, at: value)
            }
            statement.identifiers.append(identifier)
        }
        guard !statement.identifiers.isEmpty else { throw missing("/patient/identifiers") }
        if let name = reading.name(patient["name"], "/patient/name") { statement.names = [name] }
        statement.birthDate = reading.date(patient["birthDate"], "/patient/birthDate")
        statement.gender = reading.text(patient["gender"])
            .map { AdministrativeGender(rawValue: $0) }
        statement.isDeceased = reading.flag(patient["deceased"])
        if let address = reading.address(patient["address"], "/patient/address") {
            statement.addresses = [address]
        }
        statement.telecoms = reading.elements(patient["phones"]).compactMap(reading.text)
        if let practice = reading.text(patient["practice"]) {
            statement.generalPractice = [
                Practitioner(name: HumanName(family: practice), role: "general practice")
            ]
        }
        let subject = document.subject(statement)
        let whole = SourceReference(
            document: document.hash,
            path: "/",
            offset: 0,
            length: document.bytes.count
        )
        return document.person(statement, as: subject, origin: whole)
    }

    private func missing(_ place: String) -> IntakeError {
        IntakeError(member: place, schema: schema)
    }
}
