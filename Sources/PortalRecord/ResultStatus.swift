/// How settled a statement is, in the classes that decide which version is current.
///
/// - Rule: SAFETY S5: final or corrected > partial > preliminary or unverified > registered.
public enum Finality: Int, Comparable, Sendable, Codable {
    case registered = 0
    case preliminary = 1
    case partial = 2
    case final = 3

    /// Orders from least to most settled.
    public static func < (left: Finality, right: Finality) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// What a sender says of one statement's state, in words that every format maps to.
public enum ResultStatus: String, Sendable, Codable, CaseIterable {
    /// Ordered or received, no result yet (OBX-11 I, O, N).
    case registered
    /// An early result that may change (P).
    case preliminary
    /// A result not yet verified (R).
    case unverified
    /// Some results, more to come (S).
    case partial
    /// Final (F).
    case final
    /// Final, its value not sent again (U).
    case finalUnchanged = "final unchanged"
    /// Corrected (C).
    case corrected
    /// Amended after it was final (A).
    case amended
    /// Could not be obtained (X): an outcome, no value.
    case couldNotBeObtained = "could not be obtained"
    /// Deleted by its sender (D).
    case withdrawn
    /// Filed for the wrong patient (W).
    case wrongPatient = "wrong patient"
    /// Entered in error.
    case enteredInError = "entered in error"

    /// The class that decides currency, where the status states a version.
    public var finality: Finality? {
        switch self {
        case .registered: .registered
        case .preliminary, .unverified: .preliminary
        case .partial: .partial
        case .final, .finalUnchanged, .corrected, .amended: .final
        case .couldNotBeObtained, .withdrawn, .wrongPatient, .enteredInError: nil
        }
    }

    /// Whether it takes back everything said before.
    public var isRetraction: Bool {
        self == .withdrawn || self == .wrongPatient || self == .enteredInError
    }

    /// Whether it is a correction of a final result.
    public var isCorrection: Bool { self == .corrected || self == .amended }

    /// What a reader sees.
    public var words: String {
        switch self {
        case .finalUnchanged: "final"
        case .amended: "corrected"
        case .unverified: "preliminary"
        case .wrongPatient: "withdrawn"
        default: rawValue
        }
    }
}
