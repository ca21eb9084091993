package import PortalRecord

/// What came of the review of an override.
package struct OverrideReview: Hashable, Sendable, Codable {
    /// The override's handle.
    package var token: String
    /// Who reviewed it.
    package var person: String
    /// When.
    package var time: Instant
    /// What was found, such as `justified`.
    package var outcome: String
    /// What was done about it, in the reviewer's words.
    package var action: String

    package init(token: String, person: String, time: Instant, outcome: String, action: String) {
        self.token = token
        self.person = person
        self.time = time
        self.outcome = outcome
        self.action = action
    }
}

/// A doubt about what a source says, to be put to whoever keeps it.
package struct Doubt: Hashable, Sendable, Codable {
    /// Its opaque handle.
    package var id: String
    /// The source patients it is about.
    package var patients: [SourcePatientID]
    /// The entry in doubt.
    package var entry: EntryID
    /// The silo whose statement it is.
    package var silo: String
    /// Who doubts.
    package var person: String
    /// When.
    package var time: Instant
    /// Why, in the person's words.
    package var words: String

    package init(
        id: String,
        patients: [SourcePatientID],
        entry: EntryID,
        silo: String,
        person: String,
        time: Instant,
        words: String
    ) {
        self.id = id
        self.patients = patients
        self.entry = entry
        self.silo = silo
        self.person = person
        self.time = time
        self.words = words
    }
}
