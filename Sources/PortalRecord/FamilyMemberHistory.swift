/// What one source states of a relative's health; never of the person's own.
///
/// - Rule: FHIR R4 `FamilyMemberHistory`; SAFETY S13: it stands for itself, beside no problem of the
///   person's.
public struct FamilyMemberHistory: Hashable, Sendable, Codable {
    /// Which relative, such as father.
    public var relationship: CodeableConcept?
    /// The relative's name, as written.
    public var name: String?
    /// The relative's sex, in words.
    public var sex: String?
    /// When the relative was born, in words.
    public var born: String?
    /// How old the relative is or was, in words.
    public var age: String?
    /// Whether or when the relative died, in words: `no`, `yes`, an age or a date.
    public var deceased: String?
    /// How much of it is told: `partial`, `completed`, `health unknown`, or the source's own word.
    public var state: String
    /// Why it is not told, in words.
    public var absentReason: String?
    /// What the relative has or had.
    public var conditions: [FamilyCondition]
    /// Why it was asked, in words.
    public var reasons: [String]
    /// Notes, as written.
    public var notes: [String]
    /// Further fields by name, as written.
    public var other: [String: String]

    /// Builds a history.
    public init(state: String) {
        self.state = state
        conditions = []
        reasons = []
        notes = []
        other = [:]
    }

    /// The relative in words, such as "father".
    public var relative: String { relationship?.words ?? name ?? "relative not stated" }

    /// Whether the source states that it does not know of the relative's health.
    public var isHealthUnknown: Bool { state == "health unknown" }
}

/// What a relative has or had.
public struct FamilyCondition: Hashable, Sendable, Codable {
    /// The condition.
    public var code: CodeableConcept
    /// When it began, in words: an age, a date, or as written.
    public var onset: String?
    /// What came of it, in words.
    public var outcome: String?
    /// Whether the relative died of it; nil where nobody said.
    public var contributedToDeath: Bool?
    /// Notes, as written.
    public var notes: [String]

    /// Builds a condition.
    public init(code: CodeableConcept) {
        self.code = code
        notes = []
    }

    /// The condition in words, with its onset and what came of it.
    public var words: String {
        var parts = [onset.map { "onset " + $0 }, outcome]
        if let contributedToDeath {
            parts.append((contributedToDeath ? "contributed" : "did not contribute") + " to death")
        }
        let detail = parts.compactMap { $0 }.joined(separator: ", ")
        let name = code.words ?? "condition not stated"
        return detail.isEmpty ? name : name + " (" + detail + ")"
    }
}
