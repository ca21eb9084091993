/// The kinds of statement, by their FHIR names.
public enum EntryKind: String, Hashable, Sendable, Codable, CaseIterable {
    /// Who the person is.
    case patient
    /// An attendance or one of its movements.
    case encounter
    /// A laboratory or diagnostic report.
    case diagnosticReport
    /// An allergy or adverse reaction.
    case allergyIntolerance
    /// A problem or diagnosis.
    case condition
    /// Next of kin and other contacts.
    case relatedPerson
    /// A booked contact.
    case appointment
    /// A letter or another document.
    case clinicalDocument
    /// A referral letter.
    case referral
    /// Scanned paper.
    case scannedDocument
    /// A medicine that the person has.
    case medicationStatement
    /// A warning to whoever opens the record.
    case flag
    /// A plan made ahead.
    case carePlan
    /// An operation or procedure.
    case procedure
    /// A vaccination.
    case immunization
    /// A test or service that was asked for.
    case serviceRequest
    /// What is known of a relative's health; never the person's own.
    case familyMemberHistory
    /// Who cares for the person together.
    case careTeam
}

/// What an entry states.
public indirect enum EntryContent: Hashable, Sendable {
    /// Who the person is.
    case patient(PatientStatement)
    /// An attendance or one of its movements.
    case encounter(EncounterMovement)
    /// A laboratory or diagnostic report.
    case diagnosticReport(DiagnosticReport)
    /// An allergy or adverse reaction.
    case allergyIntolerance(AllergyIntolerance)
    /// A problem or diagnosis.
    case condition(Condition)
    /// Next of kin and other contacts.
    case relatedPerson(RelatedPerson)
    /// A booked contact.
    case appointment(Appointment)
    /// A letter or another document.
    case clinicalDocument(ClinicalDocument)
    /// A referral letter.
    case referral(Referral)
    /// Scanned paper.
    case scannedDocument(ScannedDocument)
    /// A medicine that the person has.
    case medicationStatement(MedicationStatement)
    /// A warning to whoever opens the record.
    case flag(Flag)
    /// A plan made ahead.
    case carePlan(CarePlan)
    /// An operation or procedure.
    case procedure(Procedure)
    /// A vaccination.
    case immunization(Immunization)
    /// A test or service that was asked for.
    case serviceRequest(ServiceRequest)
    /// What is known of a relative's health; never the person's own.
    case familyMemberHistory(FamilyMemberHistory)
    /// Who cares for the person together.
    case careTeam(CareTeam)

    /// The kind of the content.
    public var kind: EntryKind {
        switch self {
        case .patient: .patient
        case .encounter: .encounter
        case .diagnosticReport: .diagnosticReport
        case .allergyIntolerance: .allergyIntolerance
        case .condition: .condition
        case .relatedPerson: .relatedPerson
        case .appointment: .appointment
        case .clinicalDocument: .clinicalDocument
        case .referral: .referral
        case .scannedDocument: .scannedDocument
        case .medicationStatement: .medicationStatement
        case .flag: .flag
        case .carePlan: .carePlan
        case .procedure: .procedure
        case .immunization: .immunization
        case .serviceRequest: .serviceRequest
        case .familyMemberHistory: .familyMemberHistory
        case .careTeam: .careTeam
        }
    }
}

extension EntryContent: Codable {
    private enum Key: String, CodingKey {
        case patient, encounter, diagnosticReport, allergyIntolerance, condition, relatedPerson
        case appointment, clinicalDocument, referral, scannedDocument, medicationStatement, flag
        case carePlan, procedure, immunization, serviceRequest, familyMemberHistory, careTeam
    }

    /// Reads the one member that names the kind.
    ///
    /// - Throws: `DecodingError` where there is none, or its value is not of the kind.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        switch container.allKeys.first {
        case .patient:
            self = .patient(try container.decode(forKey: .patient))
        case .encounter:
            self = .encounter(try container.decode(forKey: .encounter))
        case .diagnosticReport:
            self = .diagnosticReport(try container.decode(forKey: .diagnosticReport))
        case .allergyIntolerance:
            self = .allergyIntolerance(try container.decode(forKey: .allergyIntolerance))
        case .condition:
            self = .condition(try container.decode(forKey: .condition))
        case .relatedPerson:
            self = .relatedPerson(try container.decode(forKey: .relatedPerson))
        case .appointment:
            self = .appointment(try container.decode(forKey: .appointment))
        case .clinicalDocument:
            self = .clinicalDocument(try container.decode(forKey: .clinicalDocument))
        case .referral:
            self = .referral(try container.decode(forKey: .referral))
        case .scannedDocument:
            self = .scannedDocument(try container.decode(forKey: .scannedDocument))
        case .medicationStatement:
            self = .medicationStatement(try container.decode(forKey: .medicationStatement))
        case .flag:
            self = .flag(try container.decode(forKey: .flag))
        case .carePlan:
            self = .carePlan(try container.decode(forKey: .carePlan))
        case .procedure:
            self = .procedure(try container.decode(forKey: .procedure))
        case .immunization:
            self = .immunization(try container.decode(forKey: .immunization))
        case .serviceRequest:
            self = .serviceRequest(try container.decode(forKey: .serviceRequest))
        case .familyMemberHistory:
            self = .familyMemberHistory(try container.decode(forKey: .familyMemberHistory))
        case .careTeam:
            self = .careTeam(try container.decode(forKey: .careTeam))
        case nil:
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "no known kind")
            )
        }
    }

    /// Writes one member named by the kind.
    ///
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        switch self {
        case .patient(let value):
            try container.encode(value, forKey: .patient)
        case .encounter(let value):
            try container.encode(value, forKey: .encounter)
        case .diagnosticReport(let value):
            try container.encode(value, forKey: .diagnosticReport)
        case .allergyIntolerance(let value):
            try container.encode(value, forKey: .allergyIntolerance)
        case .condition(let value):
            try container.encode(value, forKey: .condition)
        case .relatedPerson(let value):
            try container.encode(value, forKey: .relatedPerson)
        case .appointment(let value):
            try container.encode(value, forKey: .appointment)
        case .clinicalDocument(let value):
            try container.encode(value, forKey: .clinicalDocument)
        case .referral(let value):
            try container.encode(value, forKey: .referral)
        case .scannedDocument(let value):
            try container.encode(value, forKey: .scannedDocument)
        case .medicationStatement(let value):
            try container.encode(value, forKey: .medicationStatement)
        case .flag(let value):
            try container.encode(value, forKey: .flag)
        case .carePlan(let value):
            try container.encode(value, forKey: .carePlan)
        case .procedure(let value):
            try container.encode(value, forKey: .procedure)
        case .immunization(let value):
            try container.encode(value, forKey: .immunization)
        case .serviceRequest(let value):
            try container.encode(value, forKey: .serviceRequest)
        case .familyMemberHistory(let value):
            try container.encode(value, forKey: .familyMemberHistory)
        case .careTeam(let value):
            try container.encode(value, forKey: .careTeam)
        }
    }
}

extension KeyedDecodingContainer {
    fileprivate func decode<Value: Decodable>(forKey key: Key) throws -> Value {
        try decode(Value.self, forKey: key)
    }
}
