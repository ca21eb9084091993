public import PortalAccess
import PortalIdentity
public import PortalIntake
public import PortalPolicy
public import PortalRecord
import PortalStore
import PortalTimeline

/// What is read: each look is decided, recorded and only then released.
extension Portal {
    /// The source patient that a text names: a handle, `system|value`, or a bare number, national
    /// or local, that one person alone holds.
    ///
    /// - Returns: Nil where nobody, or more than one person, holds it.
    /// - Throws: The store's own errors.
    public func find(_ text: String) throws -> SourcePatientID? {
        if text.hasPrefix("p-") { return SourcePatientID(rawValue: text) }
        let handles = try holders(of: text)
        return handles.count == 1 ? handles.first : nil
    }

    /// The people who hold a number, by their handles.
    private func holders(of text: String) throws -> [SourcePatientID] {
        var holders: [SourcePatientID] = []
        if let identifier = Identifier(token: text) {
            holders = try store.patients(holding: identifier)
        } else {
            let registers = [
                IdentifierSystem.nhsNumber, IdentifierSystem.chiNumber,
                IdentifierSystem.healthAndCareNumber,
            ]
            for number in registers.compactMap({ NationalNumber(system: $0, value: text) }) {
                holders += try store.patients(holding: number.identifier)
            }
            if holders.isEmpty { holders = try store.patients(holdingValue: text) }
        }
        var handles: Set<SourcePatientID> = []
        for patient in holders {
            if let record = try store.record(of: patient, asOf: nil, rules: rules) {
                handles.insert(record.cluster.handle)
            }
        }
        return handles.sorted()
    }

    /// The same, among the people whom a reader may know: a number that is wrong in somebody else's
    /// record hides nobody.
    ///
    /// - Returns: Nil where the reader may know nobody who holds it.
    /// - Throws: ``StoreError`` `patient-ambiguous` where the reader may know several; the store's
    ///   own errors.
    public func find(
        _ text: String,
        as reader: Principal,
        purpose: Purpose = .directCare,
        at now: Instant
    ) throws -> SourcePatientID? {
        if let one = try find(text) { return one }
        let known = try holders(of: text).filter {
            try gate.mayKnow($0, look(reader, purpose, now))
        }
        guard known.count > 1 else { return known.first }
        throw StoreError(
            code: "patient-ambiguous",
            remedy: "\(known.count) people carry this number: name one of "
                + known.map(\.rawValue).joined(separator: ", ")
        )
    }

    /// A page of a patient's timeline, as far as the reader may see it.
    ///
    /// - Parameters:
    ///   - patient: Any handle of the patient.
    ///   - reader: Who asks.
    ///   - purpose: Why.
    ///   - query: What part of it.
    ///   - asOf: The record as it was known then, or now where that is yet to come; access is decided by
    ///     today's rules (SAFETY S18).
    ///   - now: The moment of asking.
    /// - Returns: The page, released.
    /// - Throws: ``AccessError`` `not-found` where there is nobody, or nobody the reader may know;
    ///   `audit-unavailable` where the look cannot be recorded.
    public func timeline(
        of patient: SourcePatientID?,
        as reader: Principal,
        purpose: Purpose = .directCare,
        query: TimelineQuery = TimelineQuery(),
        asOf: Instant? = nil,
        at now: Instant
    ) throws -> Released<TimelinePage> {
        try gate.timeline(
            of: patient,
            query,
            asOf: asOf.map { min($0, now) },
            look(reader, purpose, now)
        )
    }

    /// The first screen: who the person is, and the elements that clinicians need most.
    ///
    /// - Throws: As ``timeline(of:as:purpose:query:asOf:at:)``.
    public func topScreen(
        of patient: SourcePatientID?,
        as reader: Principal,
        purpose: Purpose = .directCare,
        asOf: Instant? = nil,
        asked outcomes: [SourceOutcome] = [],
        at now: Instant
    ) throws -> Released<TopScreen> {
        var asked: [String: String] = [:]
        for outcome in outcomes {
            switch outcome.state {
            // Of several sources of one silo the one that is missing is told of.
            case .answered, .nothingFound: asked[outcome.silo] = asked[outcome.silo] ?? "current"
            case .failed: asked[outcome.silo] = "failed at " + now.clinical
            case .late: asked[outcome.silo] = "not reached at " + now.clinical
            case .optedOut: break
            }
        }
        return try gate.topScreen(
            of: patient,
            asOf: asOf.map { min($0, now) },
            asked: asked,
            look(reader, purpose, now)
        )
    }

    /// A file of a row, opened: a letter's PDF, a page of scanned paper, a picture in a result.
    ///
    /// - Parameters:
    ///   - number: The file's number in the row, from one: ``TimelineRow/files`` lists them.
    ///   - entry: The row's entry.
    ///   - version: The row's version, where two are current.
    ///   - patient: Any handle of the patient.
    ///   - reader: Who asks: their role must hold the operation `open document`.
    ///   - purpose: Why.
    ///   - now: The moment of asking.
    /// - Returns: The decoded content, with what it is by its own bytes.
    /// - Throws: ``AccessError`` `not-found`, `not-permitted`, `file-unknown`, `file-missing`,
    ///   `file-differs` (not the page that was indexed), `file-damaged`, `file-undecodable`,
    ///   `version-ambiguous`, `audit-unavailable`.
    public func open(
        file number: Int,
        of entry: EntryID,
        version: String? = nil,
        of patient: SourcePatientID?,
        as reader: Principal,
        purpose: Purpose = .directCare,
        at now: Instant
    ) throws -> Released<OpenedFile> {
        try gate.file(
            number,
            of: entry,
            version: version,
            of: patient,
            look(reader, purpose, now)
        )
    }

    /// Results over time: of the analytes with some codes or names, of one panel, or of all.
    ///
    /// - Throws: As ``timeline(of:as:purpose:query:asOf:at:)``.
    public func results(
        of patient: SourcePatientID?,
        codes: [String] = [],
        panel: String? = nil,
        as reader: Principal,
        purpose: Purpose = .directCare,
        at now: Instant
    ) throws -> Released<CumulativeResults> {
        try gate.results(of: patient, codes: codes, panel: panel, look(reader, purpose, now))
    }

    /// Why a reader is shown an entry or not.
    ///
    /// - Throws: ``AccessError``.
    public func explain(
        _ entry: EntryID,
        of patient: SourcePatientID?,
        for subject: Principal? = nil,
        as reader: Principal,
        purpose: Purpose = .directCare,
        at now: Instant
    ) throws -> Released<Explanation> {
        try gate.explain(entry, of: patient, for: subject ?? reader, look(reader, purpose, now))
    }

    /// Everyone, for those whose duty it is to keep the index.
    ///
    /// - Throws: ``AccessError``.
    public func patients(as reader: Principal, at now: Instant) throws -> Released<[ListedPatient]>
    {
        try gate.patients(look(reader, .administration, now))
    }

    /// A list of patients, as far as the reader may know them: a ward, a clinic, my patients.
    ///
    /// - Throws: ``AccessError``.
    public func list(
        _ query: PatientListQuery,
        as reader: Principal,
        purpose: Purpose = .directCare,
        at now: Instant
    ) throws -> Released<[ListedStay]> {
        try gate.list(query, look(reader, purpose, now))
    }

    /// People by number, name or birth date, as far as the reader may know them.
    ///
    /// - Parameters:
    ///   - text: Words of the name, a number, a birth date as `1951-03-03`, in any order.
    ///   - reader: Who asks.
    ///   - purpose: Why.
    ///   - now: The moment of asking.
    /// - Returns: Those found, in order of their handles.
    /// - Throws: ``AccessError``; ``StoreError`` `check-digit-wrong` for ten digits that are no
    ///   national number: a slip would find somebody else.
    public func search(
        _ text: String,
        as reader: Principal,
        purpose: Purpose = .directCare,
        at now: Instant
    ) throws -> Released<[FoundPerson]> {
        try gate.people(try PersonSearch.query(text), look(reader, purpose, now))
    }

    /// Letters and scanned paper that hold some words, of one patient or of all that the reader
    /// may know.
    ///
    /// - Throws: ``AccessError``.
    public func searchText(
        _ text: String,
        of patient: SourcePatientID? = nil,
        as reader: Principal,
        purpose: Purpose = .directCare,
        at now: Instant
    ) throws -> Released<[FoundText]> {
        try gate.text(SearchWords.words(text), of: patient, look(reader, purpose, now))
    }

    /// What waits for a person's decision.
    ///
    /// - Throws: ``AccessError``.
    public func reviews(as reader: Principal, at now: Instant) throws -> Released<[ListedReview]> {
        try gate.reviews(look(reader, .administration, now))
    }

    /// Both sides of a case between two source patients, and the evidence for their being one
    /// person's, term by term.
    ///
    /// - Throws: ``AccessError`` `not-found` where no such case waits, or its sides are no source
    ///   patients.
    public func evidence(
        for reviewCase: String,
        as reader: Principal,
        at now: Instant
    ) throws -> Released<ReviewedPair> {
        try gate.evidence(for: reviewCase, look(reader, .administration, now))
    }

    /// The messages that were held or rejected.
    ///
    /// - Throws: ``AccessError``.
    public func held(as reader: Principal, at now: Instant) throws -> Released<[WaitingDocument]> {
        try gate.held(look(reader, .administration, now))
    }

    /// The raw bytes of a document or of a whole delivery, by SHA-256.
    ///
    /// - Throws: ``AccessError``.
    public func document(
        _ hash: ContentHash,
        as reader: Principal,
        at now: Instant
    ) throws
        -> Released<[UInt8]>
    {
        try gate.document(hash, look(reader, .administration, now))
    }

    /// Who was shown what was later corrected or taken back (SAFETY S10).
    ///
    /// - Throws: ``AccessError``.
    public func recalls(as reader: Principal, at now: Instant) throws -> Released<[RecallTask]> {
        try gate.recalls(look(reader, .recall, now))
    }

    /// The values that a recall is about, read for the purpose `recall` alone.
    ///
    /// - Throws: ``AccessError``.
    public func recalledValues(
        _ task: String,
        as reader: Principal,
        at now: Instant
    ) throws -> Released<[RecalledValue]> {
        try gate.recalledValues(task, look(reader, .recall, now))
    }

    /// Closes a recall by what was done about it.
    ///
    /// - Throws: ``AccessError``, ``StoreError`` `reason-missing` where nothing was done.
    public func closeRecall(
        _ task: String,
        action: String,
        as reader: Principal,
        at now: Instant
    ) throws {
        guard !action.isEmpty else {
            throw StoreError(code: "reason-missing", remedy: "say what was done")
        }
        try gate.closeRecall(task, action: action, look(reader, .recall, now))
    }

    /// Counts per silo and day: received = filed + repeated + held + rejected (DESIGN P1).
    ///
    /// - Throws: The store's own errors.
    public func conservation() throws -> [ConservationRow] {
        try store.conservation().map {
            ConservationRow(
                silo: $0.silo,
                day: $0.day,
                received: $0.received,
                filed: $0.filed,
                repeated: $0.repeated,
                held: $0.held,
                rejected: $0.rejected,
                optedOut: $0.optedOut
            )
        }
    }

    /// How many control ids each silo put on messages that differ: none of them is taken for a
    /// repetition, and the sender is to be told (PITFALLS 7).
    ///
    /// - Throws: The store's own errors.
    public func repeatedControlIDs() throws -> [String: Int] {
        try store.repeatedControlIDs().reduce(into: [:]) { $0[$1.silo, default: 0] += 1 }
    }
}
