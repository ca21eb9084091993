public import PortalAccess
public import PortalAudit
import PortalIdentity
public import PortalIntake
public import PortalPolicy
public import PortalRecord
public import PortalStore
import PortalTimeline

/// A clinical portal: one record out of many silos, each reader shown what is theirs.
///
///     let portal = try Portal(profile: SiteProfile(yaml: text), storage: .inMemory(),
///                             journal: MemoryAuditJournal())
///     try portal.receive(bytes, silo: "laboratory", name: "ward-7.hl7", at: now)
///     let page = try portal.timeline(of: patient, as: reader, at: now)
///
/// Every reading verb decides first, writes its audit record durably, and only then releases
/// (DESIGN P5).
public struct Portal: Sendable {
    /// The site's profile.
    public let profile: SiteProfile
    let store: any RecordStore
    let journal: any AuditJournal
    let adapters: [any SourceAdapter]
    let rules: RecordRules
    let gate: AccessGate

    /// Wires a portal.
    ///
    /// - Parameters:
    ///   - profile: The site's profile.
    ///   - storage: Where the record is kept.
    ///   - journal: Where the audit is kept.
    ///   - adapters: What reads the silos' documents: the one that a silo's profile names, else the
    ///     first that recognises a document.
    public init(
        profile: SiteProfile,
        storage: PortalStorage,
        journal: any AuditJournal,
        adapters: [any SourceAdapter] = Portal.libraryAdapters
    ) {
        self.profile = profile
        self.adapters = adapters
        store = storage.base
        self.journal = journal
        var speakers: [String: Set<String>] = [:]
        for silo in profile.silos {
            for system in silo.speaksFor { speakers[system, default: []].insert(silo.name) }
        }
        rules = RecordRules(
            identity: IdentityRules(speakers: speakers),
            merge: MergeRules(reuseWindowYears: profile.reuseWindowYears)
        )
        gate = AccessGate(
            store: storage.base,
            journal: journal,
            rules: GateRules(
                access: profile.access,
                record: rules,
                memberships: profile.memberships,
                mandates: profile.mandates,
                restrictions: profile.restrictions,
                silos: profile.silos.map { silo in
                    GateSilo(
                        name: silo.name,
                        label: silo.label,
                        quietAfterSeconds: silo.quietAfterHours * 3600,
                        feeds: silo.feeds,
                        elements: silo.elements,
                        coverage: silo.coverage,
                        isRefused: silo.isRefused
                    )
                },
                elements: profile.elements,
                version: profile.access.version
            )
        )
    }

    private func look(_ principal: Principal, _ purpose: Purpose, _ now: Instant) -> Look {
        Look(
            principal: principal,
            purpose: purpose,
            now: now,
            eventID: "a-" + Portal.freshHandle()
        )
    }

    /// 32 random hexadecimal digits.
    static func freshHandle() -> String {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }
        return Hexadecimal.encode(bytes)
    }

    // MARK: Receiving

    /// What became of one file.
    public struct Receipt: Sendable, Hashable {
        /// Messages in the file.
        public var received = 0
        /// Filed now.
        public var filed = 0
        /// Had been received before.
        public var repeated = 0
        /// Waiting for a person.
        public var held = 0
        /// No message at all.
        public var rejected = 0

        /// Counts nothing yet.
        public init() {}
    }

    /// Files everything in a file; when it returns, every message is on disk exactly once.
    ///
    /// - Parameters:
    ///   - bytes: The whole file.
    ///   - silo: The silo that sent it; it must be in the profile.
    ///   - name: The file's name in the silo. The same content under the same name is one delivery:
    ///     reading it again files nothing twice.
    ///   - received: When it came.
    /// - Returns: What became of its messages.
    /// - Throws: ``StoreError`` and the store's own errors: then nothing of the file is filed.
    @discardableResult
    public func receive(
        _ bytes: [UInt8],
        silo: String,
        name: String,
        at received: Instant
    ) throws -> Receipt {
        try receive([IncomingFile(name: name, bytes: bytes)], silo: silo, at: received)
    }

    /// Files several files in one durable step.
    ///
    /// - Throws: As ``receive(_:silo:name:at:)``: then nothing of any file is filed.
    @discardableResult
    public func receive(
        _ files: [IncomingFile],
        silo name: String,
        at received: Instant
    ) throws -> Receipt {
        guard let silo = profile.silos.first(where: { $0.name == name }) else {
            throw StoreError(code: "silo-unknown", remedy: "name the silo in the site profile")
        }
        let intake = self.intake(silo)
        var filings: [Filing] = []
        var deliveries: [Delivery] = []
        var loose: [(ContentHash, ArraySlice<UInt8>)] = []
        for file in files {
            let content = ContentHash(of: file.bytes)
            let id = DeliveryID(silo: name, name: file.name, content: content)
            let pieces = intake.read(file)
            for companion in pieces.flatMap(\.companions) {
                loose.append((companion.hash, companion.bytes))
            }
            deliveries.append(
                Delivery(
                    id: id,
                    silo: name,
                    name: file.name,
                    content: content,
                    parts: pieces.map(\.hash),
                    received: received
                )
            )
            var ordinal = 0
            for piece in pieces {
                guard let outcome = piece.outcome else {
                    loose.append((piece.hash, file.bytes[piece.range]))
                    continue
                }
                filings.append(
                    filing(piece, outcome, file.bytes, silo: name, id, ordinal, received)
                )
                ordinal += 1
            }
        }
        if !loose.isEmpty { try store.keep(loose) }
        var receipt = Receipt()
        for outcome in try store.file(filings, deliveries: deliveries, rules: rules) {
            receipt.received += 1
            switch outcome {
            case .filed: receipt.filed += 1
            case .repeated: receipt.repeated += 1
            case .held: receipt.held += 1
            case .rejected: receipt.rejected += 1
            }
        }
        return receipt
    }

    private func intake(_ silo: SiteProfile.Silo) -> Intake {
        Intake(
            silo: silo.name,
            adapter: silo.adapter,
            among: adapters,
            dialect: silo.dialect
        )
    }

    private func filing(
        _ piece: Intake.Piece,
        _ outcome: Result<IntakeReport, IntakeError>,
        _ bytes: [UInt8],
        silo: String,
        _ delivery: DeliveryID,
        _ ordinal: Int,
        _ received: Instant
    ) -> Filing {
        let result: Filing.Outcome =
            switch outcome {
            case .success(let report):
                .adapted(entries: report.entries, assertions: report.assertions(silo: silo))
            case .failure(let error):
                .refused(
                    Refusal(
                        code: error.code,
                        location: error.location,
                        remedy: error.remedy,
                        isHeld: error.outcome == .held
                    )
                )
            }
        return Filing(
            silo: silo,
            document: piece.hash,
            bytes: bytes[piece.range],
            delivery: delivery,
            ordinal: ordinal,
            received: received,
            controlID: piece.controlID,
            adapter: piece.adapter,
            outcome: result
        )
    }

    // MARK: Reading

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
    ///   - asOf: The record as it was known then; access is decided by today's rules (SAFETY S18).
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
        try gate.timeline(of: patient, query, asOf: asOf, look(reader, purpose, now))
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
            case .answered, .nothingFound: asked[outcome.silo] = "current"
            case .failed: asked[outcome.silo] = "failed at " + now.clinical
            case .late: asked[outcome.silo] = "not reached at " + now.clinical
            }
        }
        return try gate.topScreen(of: patient, asOf: asOf, asked: asked, look(reader, purpose, now))
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

    /// Who looked at a patient's record, latest first.
    ///
    /// - Throws: ``AccessError``.
    public func whoLooked(
        at patient: SourcePatientID?,
        as reader: Principal,
        at now: Instant
    )
        throws -> Released<[SequencedEvent]>
    {
        try gate.whoLooked(at: patient, look(reader, .investigation, now))
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
                rejected: $0.rejected
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

    // MARK: Acting

    /// Takes an override: a token, scoped to the patient, that ends by itself.
    ///
    /// - Throws: ``AccessError`` `not-permitted` where the role may take none, or the type is not
    ///   in the profile; `not-found` where there is no such patient.
    public func override(
        _ patient: SourcePatientID?,
        type: String,
        reason: String,
        as reader: Principal,
        at now: Instant
    ) throws -> EmergencyOverride {
        guard let rule = profile.access.overrides.first(where: { $0.type == type }) else {
            throw StoreError(
                code: "override-type-unknown",
                remedy: "one of "
                    + profile.access.overrides.map(\.type).joined(separator: ", ")
            )
        }
        guard !reason.isEmpty else {
            throw StoreError(code: "reason-missing", remedy: "say why")
        }
        let members = try patient.flatMap { try gate.members(of: $0) } ?? []
        let override = EmergencyOverride(
            token: "o-" + Portal.freshHandle(),
            type: type,
            person: reader.person,
            patients: members,
            reason: reason,
            from: now,
            expires: now.adding(seconds: rule.minutes * 60)
        )
        try gate.startOverride(override, look(reader, .directCare, now))
        return override
    }

    /// Says that two source patients are one person, or that they are two.
    ///
    /// - Returns: The assertion's handle, by which it can be retracted.
    /// - Throws: ``AccessError``, ``StoreError``.
    public func link(
        _ one: SourcePatientID,
        _ two: SourcePatientID,
        apart: Bool = false,
        undisclosed: Bool = false,
        reason: String,
        as reader: Principal,
        at now: Instant
    ) throws -> String {
        guard one != two, try gate.members(of: one) != nil, try gate.members(of: two) != nil else {
            throw StoreError(code: "patient-unknown", remedy: "name two different source patients")
        }
        let id = "l-" + Portal.freshHandle()
        try gate.perform(
            "link",
            apart ? .doNotLink : .link,
            look(reader, .administration, now),
            reason: reason,
            members: [one, two],
            detail: ["assertion": id]
        )
        try store.append(
            LinkAssertion(
                id: id,
                verb: apart
                    ? .doNotLink(one, two, isUndisclosed: undisclosed) : .link(one, two),
                author: reader.person,
                time: now,
                reason: reason
            ),
            rules: rules
        )
        return id
    }

    /// Takes an assertion back: the record is then as if it had never been made (DESIGN P4).
    ///
    /// - Returns: The retraction's own handle.
    /// - Throws: ``AccessError``, ``StoreError`` `assertion-unknown`.
    public func retract(
        _ assertion: String,
        reason: String,
        as reader: Principal,
        at now: Instant
    ) throws -> String {
        guard try store.assertions().contains(where: { $0.id == assertion }) else {
            throw StoreError(code: "assertion-unknown", remedy: "give the handle that link printed")
        }
        let id = "l-" + Portal.freshHandle()
        try gate.perform(
            "link",
            .retract,
            look(reader, .administration, now),
            reason: reason,
            detail: ["assertion": assertion]
        )
        try store.append(
            LinkAssertion(
                id: id,
                verb: .retract(assertion),
                author: reader.person,
                time: now,
                reason: reason
            ),
            rules: rules
        )
        return id
    }

    /// Reads the held messages again; those that can be read now are filed.
    ///
    /// - Returns: How many were filed and how many still wait.
    /// - Throws: ``AccessError``, the store's own errors.
    public func redrive(as reader: Principal, at now: Instant) throws -> (filed: Int, waiting: Int)
    {
        try gate.perform("held", .redrive, look(reader, .administration, now))
        var filed = 0
        var waiting = 0
        for held in try store.held() {
            guard let silo = profile.silos.first(where: { $0.name == held.silo }),
                let bytes = try store.document(held.document)
            else {
                waiting += 1
                continue
            }
            let intake = self.intake(silo)
            let pieces = intake.read(IncomingFile(name: "", bytes: bytes))
            // An index is driven again with the files beside it: by importing it again.
            guard pieces.count == 1, case .success(let report) = pieces[0].outcome,
                pieces[0].hash == held.document
            else {
                waiting += 1
                continue
            }
            try store.redrive(
                filing(
                    pieces[0],
                    .success(report),
                    bytes,
                    silo: silo.name,
                    DeliveryID(rawValue: "redrive"),
                    0,
                    now
                ),
                rules: rules
            )
            filed += 1
        }
        return (filed, waiting)
    }

    /// Keeps the profile in the store, so that later commands find it.
    ///
    /// - Throws: The store's own errors.
    public func keepProfile(at now: Instant) throws {
        try store.put(StoredProfile(version: profile.version, text: profile.text, since: now))
    }

    /// The profile that a store keeps; nil in a new one.
    ///
    /// - Throws: ``ProfileError``, the store's own errors.
    public static func keptProfile(_ storage: PortalStorage) throws -> SiteProfile? {
        guard let kept = try storage.base.profile() else { return nil }
        return try SiteProfile(yaml: kept.text)
    }
}

/// One silo's counts of one day.
public struct ConservationRow: Sendable, Hashable, Codable {
    /// The silo.
    public var silo: String
    /// The day of receipt, in UTC.
    public var day: String
    /// Messages received.
    public var received: Int
    /// Messages filed.
    public var filed: Int
    /// Messages that had been received before.
    public var repeated: Int
    /// Messages that wait for a person.
    public var held: Int
    /// Bytes that were no message.
    public var rejected: Int
}
