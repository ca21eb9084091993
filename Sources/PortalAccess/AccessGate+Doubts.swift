import PortalAudit
import PortalIdentity
import PortalPolicy
public import PortalRecord
import PortalStore
import PortalTimeline

/// A doubt about what a source says, to be put to whoever keeps it.
public struct ReportedDoubt: Sendable, Hashable {
    /// Its opaque handle.
    public let id: String
    /// Whose record it is about, by the first of their source patients.
    public let patient: SourcePatientID
    /// The entry in doubt.
    public let entry: EntryID
    /// Whose statement it is, as clinicians call the silo.
    public let silo: String
    /// Who doubts.
    public let person: String
    /// When.
    public let time: Instant
    /// Why, in the person's words.
    public let words: String
}

extension AccessGate {
    /// Records a doubt about an entry that the reader may see.
    package func reportDoubt(
        about entry: EntryID,
        of patient: SourcePatientID?,
        _ words: String,
        id: String,
        _ look: Look
    ) throws {
        let (record, policy, _) = try open(patient, asOf: nil, .doubtReported, look)
        let chain = visible(record, under: policy).chains.first { $0.holds(entry) }
        guard let chain else {
            try deny(look, .doubtReported, record, .withheld)
            throw AccessError.notFound
        }
        var event = event(look, .doubtReported, record, .permitted)
        event.entries = [entry.rawValue]
        event.detail = ["doubt": id]
        try self.record(event)
        try store.put(
            Doubt(
                id: id,
                patients: record.cluster.members,
                entry: entry,
                silo: chain.source,
                person: look.principal.person,
                time: look.now,
                words: words
            )
        )
    }

    package func doubts(_ look: Look) throws -> Released<[ReportedDoubt]> {
        try require("review", look, .doubtsShown)
        let doubts = try store.doubts().compactMap { doubt in
            doubt.patients.first.map { patient in
                ReportedDoubt(
                    id: doubt.id,
                    patient: patient,
                    entry: doubt.entry,
                    silo: rules.silos.first { $0.name == doubt.silo }?.label ?? doubt.silo,
                    person: doubt.person,
                    time: doubt.time,
                    words: doubt.words
                )
            }
        }
        var event = event(look, .doubtsShown, nil, .permitted)
        event.shownCount = doubts.count
        event.members = Set(doubts.map(\.patient.rawValue)).sorted()
        return try release(doubts, event)
    }
}
