import JSONSyntax
import PortalBytes
public import PortalIntake
import PortalRecord
import XMLSyntax

/// FHIR R4 resources and bundles, in JSON or XML, UK Core's and others.
///
/// - Shape: a resource, a `Bundle` of any type, or `Parameters` with resources inside. Read are
///   Patient, RelatedPerson, Encounter, Appointment, DiagnosticReport, Observation, AllergyIntolerance,
///   Condition, MedicationStatement, MedicationRequest, MedicationDispense,
///   MedicationAdministration, Immunization, Procedure, ServiceRequest, ImagingStudy, Composition,
///   DocumentReference, QuestionnaireResponse, Communication, Flag, CarePlan, FamilyMemberHistory,
///   CareTeam, Goal, Consent, EpisodeOfCare, Task, NutritionOrder, DeviceRequest, SupplyRequest,
///   CommunicationRequest, RequestGroup, ImmunizationRecommendation, List, ClinicalImpression,
///   RiskAssessment, AdverseEvent, DetectedIssue and DeviceUseStatement; Practitioner,
///   PractitionerRole, Organization, Location, HealthcareService, Schedule, Slot, Specimen,
///   Medication, Substance, Device, Questionnaire, Group and Binary where others refer to them. A
///   field without a place of its own is kept by its path; a resource of another type is a finding
///   and stays unmapped.
/// - Relatives: what a FamilyMemberHistory states is never the person's own.
/// - Consents: a Consent is stated as a plan; access policy does not read it, neither what it permits
///   nor what it denies.
/// - Empty lists: only `nilknown` of a list of allergies, problems or medicines states that there is
///   none; every other reason is said and asserts nothing.
/// - Rule: FHIR R4 (4.0.1); UK Core; SAFETY S13, S17; SAFETY S5 (`issued` and a document's own date order versions;
///   `lastUpdated` orders nothing), S6 (`Bundle.timestamp`).
public struct FHIRBundleAdapter: SourceAdapter {
    /// `fhir-r4`.
    public static let name = "fhir-r4"
    /// `fhir`.
    public static let format = "fhir"

    /// From how many bytes on a JSON text is read page by page.
    private let pagedFrom: Int

    /// Builds the adapter.
    public init() { self.init(pagedFrom: FHIRTree.pagedFrom) }

    /// Builds the adapter; what it reads does not depend on the size of its pages.
    package init(pagedFrom: Int) { self.pagedFrom = pagedFrom }

    /// Whether it is a JSON object with a `resourceType`, or XML in FHIR's namespace.
    public func recognises(_ document: SourceDocument) -> Bool {
        let first = document.bytes.first {
            ![0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0)
        }
        switch first {
        case UInt8(ascii: "<"):
            return XMLDocument.rootName(document.bytes)?.namespace == "http://hl7.org/fhir"
        case UInt8(ascii: "{"):
            // The member may stand anywhere; the name alone is looked for, in what a line of an
            // extract could not hold by chance.
            return Self.contains("\"resourceType\"", document.bytes)
        default: return false
        }
    }

    private static func contains(_ word: String, _ bytes: ArraySlice<UInt8>) -> Bool {
        let word = Array(word.utf8)
        guard let first = word.first else { return true }
        var at = bytes.startIndex
        while let next = bytes[at...].firstIndex(of: first) {
            if bytes[next...].starts(with: word) { return true }
            at = next + 1
        }
        return false
    }

    /// States the document's resources as entries.
    ///
    /// - Throws: ``IntakeError``: the syntax's codes for a broken document, `resource-type-missing`
    ///   for one that is no resource, `resource-unsupported` for one that states nothing of a
    ///   person, and `patient-missing` where nobody says whom it is about.
    public func adapt(_ document: SourceDocument) throws(IntakeError) -> IntakeReport {
        let tree = try FHIRTree(document, pagedFrom: pagedFrom)
        guard let type = tree.root.resourceType else {
            throw IntakeError(
                code: "resource-type-missing",
                location: "/resourceType",
                remedy: "send a FHIR R4 resource"
            )
        }
        var assembly = FHIRAssembly(FHIRReading(tree))
        assembly.read()
        guard !assembly.entries.isEmpty else {
            let isKnown = assembly.isClinical
            throw IntakeError(
                code: isKnown ? "patient-missing" : "resource-unsupported",
                location: "/resourceType",
                remedy: isKnown
                    ? "send the patient with the resource, or the patient's identifier"
                    : "wait for an adapter that reads this resource, then drive it again"
            )
        }
        return assembly.report(adapter: Self.name, type: type)
    }
}
