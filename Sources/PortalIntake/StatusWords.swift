package import PortalRecord

/// The words in which extracts say how far a statement is settled.
///
/// - Shape: case does not matter, and hyphens and underlines are spaces: `entered-in-error` is
///   FHIR's spelling. The site profile's words come first. `replaced` is not among them: it is said
///   of the old version as often as of the new.
/// - Rule: SAFETY S5, S8 ("sites that differ say so in their dialect").
package enum StatusWords {
    /// The status of a word; nil for a word that nobody defined.
    package static func read(_ text: String, _ dialect: Dialect) -> ResultStatus? {
        dialect.statuses[text] ?? words[fold(text)]
    }

    private static func fold(_ text: String) -> String {
        text.lowercased().split(whereSeparator: { " -_".contains($0) }).joined(separator: " ")
    }

    private static let words: [String: ResultStatus] = [
        "final": .final, "current": .final, "active": .final, "new": .final, "signed": .final,
        "issued": .final,
        "preliminary": .preliminary, "draft": .preliminary, "dictated": .preliminary,
        "unsigned": .preliminary,
        "corrected": .corrected, "amended": .amended,
        "withdrawn": .withdrawn, "cancelled": .withdrawn, "canceled": .withdrawn,
        "deleted": .withdrawn, "retired": .withdrawn, "retracted": .withdrawn,
        "revoked": .withdrawn,
        "wrong patient": .wrongPatient, "entered in error": .enteredInError,
    ]
}

/// The words in which extracts say whether a person has opted out.
package enum OptOutWords {
    /// Nil for a word that nobody defined: then it withholds (SAFETY S21).
    package static func read(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "false", "no", "n", "0": false
        case "true", "yes", "y", "1": true
        default: nil
        }
    }
}
