package import PortalRecord

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
