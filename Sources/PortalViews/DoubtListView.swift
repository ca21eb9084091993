public import PortalAccess
import PortalRecord

/// Doubts about what sources say, as machines and whoever writes to the sources read them.
public enum DoubtListView {
    /// The doubts as canonical JSON.
    ///
    /// - Throws: `EncodingError`, which no list of ours gives.
    public static func json(_ doubts: Released<[ReportedDoubt]>) throws -> String {
        try CanonicalJSON.text(doubts.value.map(Line.init))
    }

    /// The doubts as text, one to a line.
    public static func text(_ doubts: Released<[ReportedDoubt]>) -> String {
        if doubts.value.isEmpty { return "Nobody has recorded a doubt." }
        return doubts.value.map { doubt in
            [
                doubt.time.description, doubt.silo, doubt.person, doubt.words, doubt.entry.rawValue,
                doubt.id,
            ].joined(separator: " · ")
        }.asLines()
    }

    private struct Line: Encodable {
        let doubt: String
        let patient: SourcePatientID
        let entry: EntryID
        let silo: String
        let person: String
        let time: Instant
        let words: String

        init(_ doubt: ReportedDoubt) {
            self.doubt = doubt.id
            patient = doubt.patient
            entry = doubt.entry
            silo = doubt.silo
            person = doubt.person
            time = doubt.time
            words = doubt.words
        }
    }
}
