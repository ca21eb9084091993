import PortalRecord

/// FHIR's status words as the record's.
///
/// - Rule: FHIR R4 value sets `observation-status`, `diagnostic-report-status`,
///   `composition-status`, `document-reference-status`, `event-status`, `request-status`; SAFETY S8.
enum FHIRStatus {
    /// The status of a report or observation; nil for a word that nobody knows.
    static func result(_ word: String) -> ResultStatus? {
        switch word {
        case "registered": .registered
        case "partial": .partial
        case "preliminary": .preliminary
        case "final": .final
        case "amended", "appended": .amended
        case "corrected": .corrected
        case "cancelled": .couldNotBeObtained
        case "entered-in-error": .enteredInError
        case "unknown": .unverified
        default: nil
        }
    }

    /// The status of a document.
    static func document(_ word: String) -> ResultStatus? {
        switch word {
        case "current", "final", "completed": .final
        case "preliminary", "in-progress": .preliminary
        case "amended", "appended": .amended
        case "corrected": .corrected
        case "superseded": .final
        case "stopped": .final
        case "entered-in-error": .enteredInError
        default: nil
        }
    }

    /// The status of a statement: what stands, what was taken back.
    ///
    /// How it goes on – active, stopped, resolved – is no version of it: the row says it in words.
    static func statement(_ word: String) -> ResultStatus {
        word == "entered-in-error" ? .enteredInError : .final
    }
}
