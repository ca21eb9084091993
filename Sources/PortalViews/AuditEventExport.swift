public import PortalAccess
public import PortalAudit
import PortalRecord

/// The audit as FHIR AuditEvents, one line of JSON each, one event for each patient.
///
/// - Rule: FHIR R4 AuditEvent; IHE Basic Audit Log Patterns 1.1: an event about several patients is
///   written once for each, so that no patient's log names another.
public enum AuditEventExport {
    /// The events, one to a line.
    ///
    /// - Throws: `EncodingError`, which no event of ours gives.
    public static func lines(_ events: Released<[SequencedEvent]>) throws -> [String] {
        try events.value.flatMap { event -> [String] in
            let event = event.event
            let patients: [String?] = patients(of: event)
            return try patients.map { try CanonicalJSON.text(Resource(event, patient: $0)) }
        }
    }

    /// Of one record its handle; of several, each source patient; of none, nobody.
    private static func patients(of event: AuditEvent) -> [String?] {
        if let patient = event.patient { return [patient] }
        return event.members.isEmpty ? [nil] : event.members.map { $0 }
    }

    private struct Resource: Encodable {
        let resourceType = "AuditEvent"
        let id: String
        let type: Coding
        let subtype: [Coding]
        let action: String
        let recorded: String
        let outcome: String
        let outcomeDesc: String?
        let purposeOfEvent: [Concept]?
        let agent: [Agent]
        let source: Source
        let entity: [Entity]

        init(_ event: AuditEvent, patient: String?) {
            // One event for each patient needs a name for each.
            id = ContentHash.handle(of: event.id + "|" + (patient ?? ""))
            type = Coding.type(event.action)
            subtype = [Coding(system: "urn:clinicalportal:audit", code: event.action.name)]
            action = Coding.letter(event.action)
            recorded = event.time.description
            switch event.outcome {
            case .permitted, .nothingFound: outcome = "0"
            case .withheld: outcome = "4"
            default: outcome = "8"
            }
            outcomeDesc = event.outcome == .permitted ? nil : event.outcome.rawValue
            purposeOfEvent = event.purpose.map { [Concept(text: $0)] }
            agent = [Agent(event)]
            source = Source()
            var entities: [Entity] = []
            if let patient {
                entities.append(
                    Entity(
                        what: Reference(reference: "Patient/" + patient),
                        type: Coding(
                            system: "http://terminology.hl7.org/CodeSystem/audit-entity-type",
                            code: "1"
                        ),
                        role: Coding(
                            system: "http://terminology.hl7.org/CodeSystem/object-role",
                            code: "1"
                        )
                    )
                )
            }
            // What several patients' events showed is not told to each of them.
            if event.patient != nil {
                entities += event.entries.map { entry in
                    Entity(
                        what: Reference(identifier: ["value": entry]),
                        type: Coding(
                            system: "http://terminology.hl7.org/CodeSystem/audit-entity-type",
                            code: "2"
                        ),
                        role: Coding(
                            system: "http://terminology.hl7.org/CodeSystem/object-role",
                            code: "4"
                        )
                    )
                }
            }
            entity = entities
        }
    }

    private struct Coding: Encodable {
        let system: String
        let code: String

        static func type(_ action: AuditAction) -> Coding {
            switch action {
            case .export:
                Coding(system: "http://dicom.nema.org/resources/ontology/DCM", code: "110106")
            case .search, .listPatients:
                Coding(system: "http://dicom.nema.org/resources/ontology/DCM", code: "110112")
            case .overrideStarted:
                Coding(system: "http://dicom.nema.org/resources/ontology/DCM", code: "110113")
            case .import, .redrive:
                Coding(system: "http://dicom.nema.org/resources/ontology/DCM", code: "110107")
            case .auditRead, .auditReviewed, .auditVerified, .usageRead:
                Coding(system: "http://dicom.nema.org/resources/ontology/DCM", code: "110101")
            default:
                Coding(
                    system: "http://terminology.hl7.org/CodeSystem/audit-event-type",
                    code: "rest"
                )
            }
        }

        /// Create, read, update, delete or execute.
        static func letter(_ action: AuditAction) -> String {
            switch action {
            case .link, .doNotLink, .permissionAsked, .doubtReported, .import, .overrideStarted,
                .overrideReviewed, .recallClosed:
                "C"
            case .retract, .rulesChanged, .redrive: "U"
            case .erased: "D"
            case .search, .listPatients, .explain, .asked: "E"
            default: "R"
            }
        }
    }

    private struct Concept: Encodable { let text: String }

    private struct Reference: Encodable {
        var reference: String?
        var identifier: [String: String]?
    }

    private struct Agent: Encodable {
        let who: Reference
        let requestor = true
        let role: [Concept]?
        let location: Named?
        let policy: [String]?

        init(_ event: AuditEvent) {
            who = Reference(identifier: ["value": event.principal.person])
            role =
                event.principal.roles.isEmpty
                ? nil : event.principal.roles.map { Concept(text: $0) }
            location = (event.principal.location ?? event.principal.organisation).map {
                Named(display: $0)
            }
            policy = event.rulesVersion.map { ["urn:clinicalportal:rules:" + $0] }
        }
    }

    private struct Named: Encodable { let display: String }

    private struct Source: Encodable {
        let observer = Named(display: "ClinicalPortal")
    }

    private struct Entity: Encodable {
        let what: Reference
        let type: Coding
        let role: Coding
    }
}
