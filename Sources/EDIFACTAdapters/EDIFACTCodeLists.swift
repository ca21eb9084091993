import PortalRecord

/// What the codes of the report messages mean.
///
/// - Rule: NHS EDIFACT MEDRPT and NHSRSR as public adaptors and examples show them (DOMAIN 6a);
///   a code that stands in no list is kept as written.
enum EDIFACTCodeLists {
    /// The URI of a code list's number, or the number itself.
    static func system(_ list: String) -> String {
        switch list {
        case "911": "http://read.info/readv2"
        case "921": "http://snomed.info/sct"
        default: list
        }
    }

    /// The assigner that a party's number is of: practitioners and organisations.
    static func assigner(_ qualifier: String) -> String {
        switch qualifier {
        case "900": "https://fhir.hl7.org.uk/Id/gmp-number"
        case "901", "903": "https://fhir.nhs.uk/Id/ods-organization-code"
        default: "urn:id:" + qualifier
        }
    }

    /// The sign of a comparator.
    static func comparator(_ code: String) -> String? {
        switch code {
        case "5": ">="
        case "6": ">"
        case "7": "<"
        case "8": "<="
        default: nil
        }
    }

    /// What a STS of a report or of a result says; nil where it says nothing that is known.
    ///
    /// UN, unspecified, is in every second report: it says no more than that nobody said.
    static func status(_ code: String) -> ResultStatus? {
        switch code {
        case "RE": .registered
        case "PR": .preliminary
        case "FI", "VR": .final
        case "AM", "SR": .amended
        case "CO": .corrected
        // Cancelled is an outcome: there is no value, and it takes back none (SAFETY S8, X).
        case "CA": .couldNotBeObtained
        case "EN": .enteredInError
        case "UN": .unverified
        default: nil
        }
    }

    /// Administrative gender, as PDI codes it; 9 is "not specified", which is no other sex.
    static func gender(_ code: String) -> AdministrativeGender {
        AdministrativeGender(rawValue: code == "9" ? "not specified" : code)
    }
}
