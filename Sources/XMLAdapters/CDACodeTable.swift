import XMLSyntax

/// Codes and identifiers of CDA that decide how a part is read.
///
/// - Rule: LOINC document sections; C-CDA R1.1 and R2.1, CCD, IHE PCC, NHS ITK template
///   identifiers; SNOMED CT.
enum CDACodeTable {
    /// Roots that every sender uses for numbers of its own, so that the root names nobody.
    ///
    /// - Rule: NHS ITK CDA, "local system identifier": the assigner stands in
    ///   `assigningAuthorityName`.
    static let sharedRoots: Set<String> = ["2.16.840.1.113883.2.1.3.2.4.18.24"]

    /// Identifiers of English and Welsh organisations.
    static let organisationRoots: Set<String> = [
        "2.16.840.1.113883.2.1.3.2.4.19.1", "2.16.840.1.113883.2.1.3.2.4.19.2",
        "2.16.840.1.113883.2.1.4.3",
    ]

    /// A code system's URI where it has a known one, else its identifier as a URI.
    static func system(_ identifier: String) -> String {
        systems[identifier] ?? "urn:oid:" + identifier
    }

    private static let systems: [String: String] = [
        "2.16.840.1.113883.6.1": "http://loinc.org",
        "2.16.840.1.113883.6.96": "http://snomed.info/sct",
        "2.16.840.1.113883.2.1.3.2.4.15": "http://snomed.info/sct",
        "2.16.840.1.113883.6.88": "http://www.nlm.nih.gov/research/umls/rxnorm",
        "2.16.840.1.113883.6.3": "http://hl7.org/fhir/sid/icd-10",
        "2.16.840.1.113883.6.90": "http://hl7.org/fhir/sid/icd-10-cm",
        "2.16.840.1.113883.6.103": "http://hl7.org/fhir/sid/icd-9-cm",
        "2.16.840.1.113883.12.292": "http://hl7.org/fhir/sid/cvx",
        "2.16.840.1.113883.6.69": "http://hl7.org/fhir/sid/ndc",
        "2.16.840.1.113883.6.12": "http://www.ama-assn.org/go/cpt",
    ]

    /// Whether an attribute holds what the schema fixes for its element, as the tag itself does.
    ///
    /// - Rule: CDA R2 schema, `classCode`, `moodCode`, `determinerCode` and context conduction.
    static func isFixed(_ name: XMLName, _ value: String) -> Bool {
        guard name.namespace == nil else { return false }
        switch name.local {
        case "classCode": return fixedClasses.contains(value)
        case "moodCode": return value == "EVN"
        case "determinerCode": return value == "INSTANCE" || value == "KIND"
        case "contextControlCode": return value == "OP"
        case "contextConductionInd": return value == "true"
        default: return false
        }
    }

    private static let fixedClasses: Set<String> = [
        "ACT", "OBS", "SBADM", "PROC", "ENC", "SPLY", "CLUSTER", "BATTERY", "DOCCLIN", "DOCSECT",
        "DOCBODY", "PAT", "PSN", "ASSIGNED", "ORG", "MANU", "MMAT", "DOC",
    ]

    /// What a section is about.
    enum Section {
        case allergies, problems, medicines, vaccinations, procedures, results, vitalSigns
        case encounters, family, social, function, plan, directives, other
    }

    /// What a section is about, by its LOINC code.
    static func section(_ codes: Set<String>) -> Section {
        for code in codes.sorted() {
            if let found = sections[code] { return found }
        }
        return .other
    }

    private static let sections: [String: Section] = [
        "48765-2": .allergies, "10155-0": .allergies,
        "11450-4": .problems, "11348-0": .problems, "46241-6": .problems, "11535-2": .problems,
        "10219-4": .problems, "10218-6": .problems, "78375-3": .problems,
        "10160-0": .medicines, "29549-3": .medicines, "10183-2": .medicines,
        "42346-7": .medicines, "75311-1": .medicines,
        "11369-6": .vaccinations,
        "47519-4": .procedures, "29554-3": .procedures,
        "30954-2": .results, "26436-6": .results, "18748-4": .results,
        "8716-3": .vitalSigns,
        "46240-8": .encounters,
        "10157-6": .family, "10157-2": .family,
        "29762-2": .social, "90767-5": .social,
        "47420-5": .function, "10190-7": .function,
        "18776-5": .plan, "51847-2": .plan, "61146-7": .plan, "62387-6": .plan,
        "42348-3": .directives,
    ]

    static let allergyTemplates: Set<String> = [
        "2.16.840.1.113883.10.20.22.4.7", "2.16.840.1.113883.10.20.24.3.90",
        "2.16.840.1.113883.10.20.1.18", "1.3.6.1.4.1.19376.1.5.3.1.4.6",
    ]
    static let problemTemplates: Set<String> = [
        "2.16.840.1.113883.10.20.22.4.4", "2.16.840.1.113883.10.20.1.28",
        "1.3.6.1.4.1.19376.1.5.3.1.4.5",
    ]
    static let vaccinationTemplates: Set<String> = [
        "2.16.840.1.113883.10.20.22.4.52", "2.16.840.1.113883.10.20.22.4.120",
        "1.3.6.1.4.1.19376.1.5.3.1.4.12",
    ]
    /// Acts that hold problems or allergies as observations.
    static let concernTemplates: Set<String> = [
        "2.16.840.1.113883.10.20.22.4.30", "2.16.840.1.113883.10.20.22.4.3",
        "2.16.840.1.113883.10.20.1.27", "1.3.6.1.4.1.19376.1.5.3.1.4.5.1",
        "2.16.840.1.113883.10.20.22.4.34", "2.16.840.1.113883.10.20.22.4.33",
        "2.16.840.1.113883.10.20.22.4.80", "2.16.840.1.113883.10.20.22.4.132",
        "2.16.840.1.113883.10.20.22.4.65",
    ]
    static let goalTemplates: Set<String> = ["2.16.840.1.113883.10.20.22.4.121"]
    static let severityTemplates: Set<String> = [
        "2.16.840.1.113883.10.20.22.4.8", "2.16.840.1.113883.10.20.1.55",
    ]
    static let statusCodes: Set<String> = ["33999-4"]
    static let instructionTemplates: Set<String> = [
        "2.16.840.1.113883.10.20.22.4.20", "2.16.840.1.113883.10.20.22.4.147",
    ]
    /// Comments and annotations.
    static let commentCodes: Set<String> = ["48767-8"]

    /// Kinds of allergy that name no substance: negated, they are "none known" in their extent.
    ///
    /// - Rule: SNOMED CT propensity to adverse reaction, drug, food and environment.
    static let allergyKinds: [String: String] = [
        "419199007": "No known allergies", "106190000": "No known allergies",
        "420134006": "No known allergies", "418038007": "No known allergies",
        "609328004": "No known allergies", "609433001": "No known allergies",
        "416098002": "No known drug allergies", "419511003": "No known drug allergies",
        "59037007": "No known drug allergies",
        "414285001": "No known food allergies", "418471000": "No known food allergies",
        "235719002": "No known food allergies", "426232007": "No known environmental allergies",
    ]
    /// Substances that stand for all of their kind.
    static let anySubstance: [String: String] = [
        "105590001": "No known allergies", "410942007": "No known drug allergies",
        "373873005": "No known drug allergies", "255620007": "No known food allergies",
        "762766007": "No known food allergies",
    ]
    /// Findings that say by themselves that nothing is known.
    static let noneKnown: Set<String> = [
        "716186003", "409137002", "428607008", "429625007", "428197003", "716184000", "NKA", "NKDA",
    ]
    /// Any problem at all: negated, no problem is known.
    static let anyProblem: Set<String> = [
        "55607006", "404684003", "64572001", "282291009", "404640003", "409586006",
    ]
    /// Any medicine at all: negated, none is taken.
    static let anyMedicine: Set<String> = ["410942007", "373873005", "182904002"]
}
