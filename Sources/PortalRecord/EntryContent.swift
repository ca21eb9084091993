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
}

/// What an entry states.
public enum EntryContent: Hashable, Sendable {
    /// Who the person is.
    case patient(PatientStatement)
    /// A movement of an attendance.
    case encounter(EncounterMovement)
    /// A report of one order group.
    case diagnosticReport(DiagnosticReport)
    /// An allergy.
    case allergyIntolerance(AllergyIntolerance)
    /// A problem or diagnosis.
    case condition(Condition)
    /// A contact.
    case relatedPerson(RelatedPerson)

    /// The kind of the content.
    public var kind: EntryKind {
        switch self {
        case .patient: .patient
        case .encounter: .encounter
        case .diagnosticReport: .diagnosticReport
        case .allergyIntolerance: .allergyIntolerance
        case .condition: .condition
        case .relatedPerson: .relatedPerson
        }
    }
}

extension EntryContent: Codable {
    private enum Key: String, CodingKey {
        case patient, encounter, diagnosticReport, allergyIntolerance, condition, relatedPerson
    }

    /// Reads the one member that names the kind.
    ///
    /// - Throws: `DecodingError` where there is none, or its value is not of the kind.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        switch container.allKeys.first {
        case .patient: self = .patient(try container.decode(forKey: .patient))
        case .encounter: self = .encounter(try container.decode(forKey: .encounter))
        case .diagnosticReport:
            self = .diagnosticReport(try container.decode(forKey: .diagnosticReport))
        case .allergyIntolerance:
            self = .allergyIntolerance(try container.decode(forKey: .allergyIntolerance))
        case .condition: self = .condition(try container.decode(forKey: .condition))
        case .relatedPerson:
            self = .relatedPerson(try container.decode(forKey: .relatedPerson))
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
        case .patient(let value): try container.encode(value, forKey: .patient)
        case .encounter(let value): try container.encode(value, forKey: .encounter)
        case .diagnosticReport(let value):
            try container.encode(value, forKey: .diagnosticReport)
        case .allergyIntolerance(let value):
            try container.encode(value, forKey: .allergyIntolerance)
        case .condition(let value): try container.encode(value, forKey: .condition)
        case .relatedPerson(let value): try container.encode(value, forKey: .relatedPerson)
        }
    }
}

extension KeyedDecodingContainer {
    fileprivate func decode<Value: Decodable>(forKey key: Key) throws -> Value {
        try decode(Value.self, forKey: key)
    }
}
