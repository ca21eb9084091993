/// What a reader must know about a row or a value besides what it says, word for word.
///
/// - Rule: SAFETY S4–S10, S19.
public enum Marker: String, Hashable, Sendable, Codable, CaseIterable, Comparable {
    /// It corrects what was reported before.
    case corrected
    /// A preliminary result followed the final one.
    case reopened = "reopened by the laboratory"
    /// Its sender took it back.
    case withdrawn
    /// It was filed for the wrong patient.
    case wrongPatient = "withdrawn: not this patient's"
    /// It was taken back and then reported anew.
    case reissued = "reissued after withdrawal"
    /// Its number was used again for someone else.
    case reissuedForAnother = "reissued for another patient"
    /// Its number was used before for someone else.
    case provisional = "provisional: under review"
    /// Nothing orders it against another version.
    case orderUnknown = "two versions, order unknown"
    /// A corrected report left it out.
    case notRepeated = "not repeated in the corrected report"
    /// The latest sending of the list that it came in leaves it out.
    case notListed = "no longer listed by its sender"
    /// A correction emptied it.
    case valueRemoved = "value removed by correction"
    /// It is final, and no message brought its value.
    case valueNotReceived = "value not received"
    /// No result could be obtained.
    case couldNotBeObtained = "could not be obtained"
    /// Its sender says that it is out of date (HL7 table 0273 OB).
    case obsolete = "marked obsolete by its sender"
    /// Its sender says that care must not rest on it (HL7 table 0273 UN).
    case notForCare = "marked not for patient care by its sender"
    /// The rules see a possible other record of the same person.
    case possibleOther = "possible other record"
    /// It exists, and the reader's role is not shown what it says.
    case notShown = "content not shown to your role"
    /// Something of the record is sealed: an override that the law knows opens it.
    case holdsSealed = "holds sealed items"

    /// Orders markers as they are declared.
    public static func < (left: Marker, right: Marker) -> Bool {
        left.position < right.position
    }

    private var position: Int { Marker.allCases.firstIndex(of: self) ?? 0 }
}
