package import PortalIdentity
package import PortalPolicy
package import PortalRecord
package import PortalTimeline
internal import Synchronization

/// The reference store: everything in memory, everything computed anew for each question.
///
/// It is what the other stores must equal, and what a test or a demonstration can do with.
package final class MemoryRecordStore: RecordStore {
    struct Receipt {
        var silo: String
        var document: ContentHash
        var received: Instant
        var outcome: ReceiptOutcome
    }

    struct Place: Hashable {
        let delivery: DeliveryID
        let ordinal: Int
    }

    /// An entry as it was filed, with what arranging needs of it.
    struct Statement {
        var entry: RecordEntry
        var digest: StatementDigest

        init(_ stated: RecordEntry, seq: Int) {
            digest = StatementDigest(
                stated,
                written: (try? CanonicalJSON.encode(stated)) ?? [],
                seq: seq
            )
            entry = stated
            entry.known = digest.known
        }
    }

    struct Filed {
        var silo: String
        var controlID: String?
        var statements: [Statement]
        var entries: [RecordEntry] { statements.map(\.entry) }
        var assertions: [LinkAssertion]
        var shares: [PatientShare] = []
        /// Whether someone's part was left out.
        var isOptedOut = false
    }

    struct Key: Hashable {
        let silo: String
        let document: ContentHash
    }

    struct State {
        var documents: [ContentHash: [UInt8]] = [:]
        var deliveries: [DeliveryID: Delivery] = [:]
        var receipts: [Place: Receipt] = [:]
        /// When each silo's organisations were heard.
        var heard: [String: [String: Set<Instant>]] = [:]
        var filed: [Key: Filed] = [:]
        /// How many statements were ever filed.
        var statementCount = 0
        var held: [Key: HeldDocument] = [:]
        /// The files that came with documents that wait.
        var heldFiles: [Key: [ContentHash]] = [:]
        /// Numbers of those who have opted out, by what documents named beside them.
        var optedOut: [String: Set<String>] = [:]
        /// Documents and files of which only the hash is left, or not everyone's part.
        var withdrawn: Set<Key> = []
        var assertions: [LinkAssertion] = []
        var profiles: [StoredProfile] = []
        var overrides: [EmergencyOverride] = []
        var consents: [Consent] = []
        var overrideReviews: [OverrideReview] = []
        var doubts: [Doubt] = []
        var closings: [RecallClosing] = []
    }

    let state = Mutex(State())

    package init() {}

    // MARK: Writing

    package func file(
        _ filings: [Filing],
        deliveries: [Delivery],
        rules: RecordRules
    ) throws -> [ReceiptOutcome] {
        state.withLock { state in
            for delivery in deliveries where state.deliveries[delivery.id] == nil {
                state.deliveries[delivery.id] = delivery
            }
            return filings.map { Self.file($0, rules, &state) }
        }
    }

    private static func file(
        _ filing: Filing,
        _ rules: RecordRules,
        _ state: inout State
    ) -> ReceiptOutcome {
        let place = Place(delivery: filing.delivery, ordinal: filing.ordinal)
        let key = Key(silo: filing.silo, document: filing.document)
        if state.receipts[place] != nil {
            if case .refused = filing.outcome { reopenHeld(filing, rules, &state) }
            guard case .adapted(let entries, let assertions) = filing.outcome,
                state.withdrawn.contains(key), reopens(filing, entries, rules, &state)
            else { return .repeated }
            insert(filing, entries, assertions, rules, &state)
            return .filed
        }
        let outcome: ReceiptOutcome
        switch filing.outcome {
        case .adapted(let entries, let assertions):
            let isKnown = state.filed[key] != nil || state.held[key] != nil
            if isKnown, !reopens(filing, entries, rules, &state) {
                outcome = .repeated
            } else {
                insert(filing, entries, assertions, rules, &state)
                outcome = .filed
            }
        case .refused(let refusal):
            if state.filed[key] != nil || state.held[key] != nil {
                reopenHeld(filing, rules, &state)
                outcome = .repeated
                break
            }
            outcome = refusal.isHeld ? .held : .rejected
            keepHeld(filing, rules, &state)
            state.held[key] = HeldDocument(
                document: filing.document,
                silo: filing.silo,
                refusal: refusal,
                since: filing.received,
                owner: "integration desk",
                byteCount: filing.bytes.count
            )
        }
        for organisation in filing.organisations {
            state.heard[filing.silo, default: [:]][organisation, default: []]
                .insert(filing.received)
        }
        state.receipts[place] = Receipt(
            silo: filing.silo,
            document: filing.document,
            received: filing.received,
            outcome: outcome
        )
        return outcome
    }

    static func keep(_ hash: ContentHash, _ bytes: [UInt8], _ state: inout State) {
        // What was left out for one who opted out may be another's as well, and come again.
        if state.documents[hash]?.isEmpty ?? true { state.documents[hash] = bytes }
    }

    private static func insert(
        _ filing: Filing,
        _ entries: [RecordEntry],
        _ assertions: [LinkAssertion],
        _ rules: RecordRules,
        _ state: inout State
    ) {
        let optedOut = rules.optOuts.patients(in: entries, from: filing.silo, at: filing.received)
        let rest = filing.cut(Set(optedOut.map(\.id)), entries, assertions)
        let isCut = !optedOut.isEmpty
        for patient in optedOut { state.optedOut[patient.base, default: []].insert(patient.number) }
        let kept = isCut ? rest.entries : entries
        let statements = kept.enumerated().map { Statement($1, seq: state.statementCount + $0) }
        state.statementCount += kept.count
        state.filed[Key(silo: filing.silo, document: filing.document)] = Filed(
            silo: filing.silo,
            controlID: isCut && rest.isNothing ? nil : filing.controlID,
            statements: statements,
            assertions: isCut ? rest.assertions : assertions,
            shares: isCut ? rest.shares : filing.shares,
            isOptedOut: isCut
        )
        keep(filing.document, isCut ? rest.bytes : Array(filing.bytes), &state)
        let files = isCut ? rest.companions : filing.companions
        for file in files { keep(file.hash, Array(file.bytes), &state) }
        guard isCut else { return }
        blank(filing.document, filing.silo, to: rest.bytes, &state)
        let hashes = Set(files.map(\.hash))
        for file in filing.companions where !hashes.contains(file.hash) {
            blank(file.hash, filing.silo, to: [], &state)
        }
    }

    package func keep(_ documents: [(ContentHash, ArraySlice<UInt8>)]) throws {
        state.withLock { state in
            for (hash, bytes) in documents { Self.keep(hash, Array(bytes), &state) }
        }
    }

    package func append(_ assertion: LinkAssertion, rules: RecordRules) throws {
        try state.withLock { state in
            guard !state.assertions.contains(where: { $0.id == assertion.id }) else {
                throw StoreError(code: "assertion-exists", remedy: "give a new id")
            }
            state.assertions.append(assertion)
        }
    }

    package func put(_ profile: StoredProfile) throws {
        state.withLock { state in
            if state.profiles.last?.version != profile.version { state.profiles.append(profile) }
        }
    }

    package func put(_ override: EmergencyOverride) throws {
        state.withLock { $0.overrides.append(override) }
    }

    package func put(_ closing: RecallClosing) throws {
        state.withLock { $0.closings.append(closing) }
    }

    package func put(_ consent: Consent) throws {
        state.withLock { $0.consents.append(consent) }
    }

    package func put(_ review: OverrideReview) throws {
        state.withLock { $0.overrideReviews.append(review) }
    }

    package func put(_ doubt: Doubt) throws { state.withLock { $0.doubts.append(doubt) } }

    package func redrive(_ filing: Filing, rules: RecordRules) throws {
        try state.withLock { state in
            let key = Key(silo: filing.silo, document: filing.document)
            guard state.held[key] != nil else {
                throw StoreError(code: "document-not-held", remedy: "list the held documents")
            }
            switch filing.outcome {
            case .refused(let refusal): state.held[key]?.refusal = refusal
            case .adapted(let entries, let assertions):
                Self.release(key, &state)
                Self.insert(filing, entries, assertions, rules, &state)
            }
        }
    }

    // MARK: Reading

    package func profile() throws -> StoredProfile? { state.withLock { $0.profiles.last } }

    package func overrides(of person: String) throws -> [EmergencyOverride] {
        state.withLock { $0.overrides.filter { $0.person == person } }
    }

    package func overrides() throws -> [EmergencyOverride] {
        state.withLock { $0.overrides.sorted { $0.token < $1.token } }
    }

    package func consents(of person: String) throws -> [Consent] {
        state.withLock { $0.consents.filter { $0.person == person } }
    }

    package func overrideReviews() throws -> [OverrideReview] {
        state.withLock { $0.overrideReviews }
    }

    package func doubts() throws -> [Doubt] { state.withLock { $0.doubts } }

    package func patients(holding identifier: Identifier) throws -> [SourcePatientID] {
        state.withLock { state in
            RecordAssembly.nodes(Self.entries(state, asOf: nil)).filter { node in
                node.identifiers.contains { $0.token == identifier.token }
            }.map(\.patient.id)
        }
    }

    package func patients(holdingValue value: String) throws -> [SourcePatientID] {
        state.withLock { state in
            RecordAssembly.nodes(Self.entries(state, asOf: nil)).filter { node in
                node.identifiers.contains { $0.value == value }
            }.map(\.patient.id)
        }
    }

    package func record(
        of patient: SourcePatientID,
        asOf: Instant?,
        rules: RecordRules
    ) throws -> ArrangedRecord? {
        try state.withLock { state in
            let resolution = Self.resolve(state, asOf: asOf, rules)
            guard let cluster = resolution.clusters.first(where: { $0.members.contains(patient) })
            else { return nil }
            return try Self.arrange(cluster, state, asOf: asOf, rules)
        }
    }

    package func patients(matching query: PersonQuery) throws -> [SourcePatientID] {
        state.withLock { state in
            RecordAssembly.nodes(Self.entries(state, asOf: nil)).filter(query.fits)
                .map(\.patient.id)
        }
    }

    package func entries(
        withWords words: [String]
    ) throws -> [(patient: SourcePatientID, entry: EntryID)] {
        state.withLock { state in
            Self.entries(state, asOf: nil).filter { entry in
                TextIndex.text(entry).map { SearchWords.matches(words, $0) } ?? false
            }.map { ($0.subject.id, $0.id) }
        }
    }

    package func episodes(
        _ query: EpisodeQuery,
        rules: RecordRules
    ) throws -> [ListedEpisode] {
        state.withLock { state in
            let entries = Self.entries(state, asOf: nil)
            return Self.resolve(state, asOf: nil, rules).clusters.flatMap { cluster in
                RecordAssembly.episodes(
                    entries.filter { cluster.members.contains($0.subject.id) }
                )
                .filter(query.covers)
                .map { ListedEpisode(patient: cluster.handle, episode: $0) }
            }
        }
    }

    package func patients(rules: RecordRules) throws -> [PatientSummary] {
        try state.withLock { state in
            let nodes = RecordAssembly.nodes(Self.entries(state, asOf: nil))
            return try Self.resolve(state, asOf: nil, rules).clusters.map { cluster in
                PatientSummary(
                    cluster: cluster,
                    banner: try Self.arrange(cluster, state, asOf: nil, rules).banner,
                    nodes: nodes.filter { cluster.members.contains($0.patient.id) }
                )
            }
        }
    }

    package func cases(rules: RecordRules) throws -> [ListedCase] {
        try state.withLock { state in
            let resolution = Self.resolve(state, asOf: nil, rules)
            let open = try resolution.clusters.flatMap {
                try Self.arrange($0, state, asOf: nil, rules).consequences().cases
            }
            var patients: [SourcePatientID: Instant] = [:]
            let received = Self.received(state)
            for entry in Self.entries(state, asOf: nil) {
                guard let time = received[entry.origin.document] else { continue }
                patients[entry.subject.id] = min(patients[entry.subject.id] ?? time, time)
            }
            return RecordAssembly.list(
                identity: resolution.cases
                    + EvidenceProposals.cases(
                        RecordAssembly.nodes(Self.entries(state, asOf: nil)),
                        log: Self.log(state, asOf: nil),
                        resolution,
                        threshold: rules.identity.proposeFrom
                    ),
                records: open,
                receivedPatients: patients,
                receivedDocuments: received
            )
        }
    }

    package func assertions() throws -> [LinkAssertion] {
        state.withLock { Self.log($0, asOf: nil) }
    }

    package func repeatedControlIDs() throws -> [RepeatedControlID] {
        state.withLock { state in
            let keys = state.filed.compactMap { key, value in
                value.controlID.map {
                    RepeatedControlID(silo: key.silo, controlID: $0, documents: 1)
                }
            }
            return Dictionary(grouping: keys) { $0 }.compactMap { key, all in
                all.count > 1
                    ? RepeatedControlID(
                        silo: key.silo,
                        controlID: key.controlID,
                        documents: all.count
                    ) : nil
            }.sorted { ($0.silo, $0.controlID) < ($1.silo, $1.controlID) }
        }
    }

    package func recallClosings() throws -> [RecallClosing] { state.withLock { $0.closings } }

    package func received(_ document: ContentHash) throws -> Instant? {
        state.withLock { Self.received($0)[document] }
    }

    package func entries(of members: [SourcePatientID]) throws -> [RecordEntry] {
        state.withLock { state in
            Self.entries(state, asOf: nil).filter { members.contains($0.subject.id) }
        }
    }

    package func entries(statedIn document: ContentHash) throws -> [RecordEntry] {
        state.withLock { state in
            let parts = state.deliveries.values.filter { $0.content == document }.flatMap(\.parts)
            let stated = Set([document] + parts)
            return state.filed.filter { stated.contains($0.key.document) }.flatMap(\.value.entries)
        }
    }

    package func document(_ hash: ContentHash) throws -> [UInt8]? {
        try state.withLock { state in
            if let bytes = state.documents[hash] {
                if bytes.isEmpty, state.withdrawn.contains(where: { $0.document == hash }) {
                    throw StoreError.optedOut
                }
                return bytes
            }
            guard let delivery = state.deliveries.values.first(where: { $0.content == hash })
            else { return nil }
            let whole = delivery.parts.flatMap { state.documents[$0] ?? [] }
            let isOut = state.withdrawn.contains { delivery.parts.contains($0.document) }
            if whole.isEmpty, isOut { throw StoreError.optedOut }
            return whole
        }
    }

    package func delivery(of document: ContentHash, silo: String) throws -> ContentHash? {
        state.withLock { state in
            state.receipts.filter { $0.value.document == document && $0.value.silo == silo }
                .sorted {
                    ($0.value.received, $0.key.delivery.rawValue)
                        < ($1.value.received, $1.key.delivery.rawValue)
                }
                .compactMap { state.deliveries[$0.key.delivery]?.content }.first
        }
    }

    package func companions(of document: ContentHash) throws -> Set<ContentHash> {
        state.withLock { state in
            Set(
                state.filed.filter { $0.key.document == document }
                    .flatMap { $0.value.shares.flatMap(\.files) }
            )
        }
    }

    package func held() throws -> [HeldDocument] {
        state.withLock { state in
            state.held.values.sorted {
                ($0.since, $0.document.hex, $0.silo) < ($1.since, $1.document.hex, $1.silo)
            }
        }
    }

    package func conservation() throws -> [Conservation] {
        state.withLock { state in
            var rows: [String: Conservation] = [:]
            for receipt in state.receipts.values {
                let day = String(receipt.received.description.prefix(10))
                let key = receipt.silo + "\u{1F}" + day
                rows[key, default: Conservation(silo: receipt.silo, day: day)]
                    .count(receipt.outcome)
                let place = Key(silo: receipt.silo, document: receipt.document)
                if receipt.outcome == .filed, state.withdrawn.contains(place) {
                    rows[key]?.optedOut += 1
                }
            }
            return rows.values.sorted { ($0.silo, $0.day) < ($1.silo, $1.day) }
        }
    }

    package func silos(asOf: Instant?) throws -> [SiloReceipts] {
        state.withLock { state in
            var silos: [String: SiloReceipts] = [:]
            let receipts = state.receipts.values
                .filter { receipt in asOf.map { receipt.received <= $0 } ?? true }
                .sorted { $0.received < $1.received }
            for receipt in receipts {
                var silo =
                    silos[receipt.silo]
                    ?? SiloReceipts(
                        silo: receipt.silo,
                        lastHeard: nil,
                        failingSince: nil,
                        held: 0
                    )
                let key = Key(silo: receipt.silo, document: receipt.document)
                switch receipt.outcome {
                case .repeated where state.held[key] != nil: break
                case .filed, .repeated:
                    silo.lastHeard = receipt.received
                    silo.failingSince = nil
                case .held, .rejected:
                    if receipt.outcome == .held { silo.held += 1 }
                    // What came at one moment is one delivery: some of it was read.
                    if silo.failingSince == nil, silo.lastHeard != receipt.received {
                        silo.failingSince = receipt.received
                    }
                }
                silos[receipt.silo] = silo
            }
            return silos.values.sorted { $0.silo < $1.silo }
        }
    }

    package func lastHeard(
        _ silo: String,
        of organisations: Set<String>,
        asOf: Instant?
    ) throws -> Instant? {
        state.withLock { state in
            organisations.flatMap { state.heard[silo]?[$0] ?? [] }
                .filter { moment in asOf.map { moment <= $0 } ?? true }.max()
        }
    }

    // MARK: Computing

    /// The earliest receipt of each document.
    private static func received(_ state: State) -> [ContentHash: Instant] {
        var earliest: [ContentHash: Instant] = [:]
        for receipt in state.receipts.values {
            let known = earliest[receipt.document] ?? receipt.received
            earliest[receipt.document] = min(known, receipt.received)
        }
        return earliest
    }

    private static func filed(_ state: State, asOf: Instant?) -> [(Key, Filed)] {
        guard let asOf else { return state.filed.map { ($0.key, $0.value) } }
        let visible = Set(
            state.receipts.values.filter { $0.received <= asOf }
                .map { Key(silo: $0.silo, document: $0.document) }
        )
        return state.filed.filter { visible.contains($0.key) }.map { ($0.key, $0.value) }
    }

    static func entries(_ state: State, asOf: Instant?) -> [RecordEntry] {
        filed(state, asOf: asOf).flatMap(\.1.entries)
    }

    private static func log(_ state: State, asOf: Instant?) -> [LinkAssertion] {
        let people = state.assertions.filter { assertion in
            asOf.map { assertion.time <= $0 } ?? true
        }
        let events = filed(state, asOf: asOf).flatMap(\.1.assertions)
        return (people + events).sorted { ($0.time, $0.id) < ($1.time, $1.id) }
    }

    private static func resolve(
        _ state: State,
        asOf: Instant?,
        _ rules: RecordRules
    ) -> IdentityResolution {
        IdentityResolution(
            nodes: RecordAssembly.nodes(entries(state, asOf: asOf)),
            log: log(state, asOf: asOf),
            rules: rules.identity
        )
    }

    private static func arrange(
        _ cluster: PatientCluster,
        _ state: State,
        asOf: Instant?,
        _ rules: RecordRules
    ) throws -> ArrangedRecord {
        let members = Set(cluster.members)
        let all = filed(state, asOf: asOf).flatMap(\.1.statements)
        let own = all.filter { members.contains($0.entry.subject.id) }
        let numbers = Set(own.compactMap { KeyHolder($0.entry)?.number })
        let others = all.filter { !members.contains($0.entry.subject.id) }
            .compactMap { KeyHolder($0.entry) }
            .filter { numbers.contains($0.number) }
        let entries = Dictionary(
            own.map { ($0.digest.seq, $0.entry) },
            uniquingKeysWith: { first, _ in first }
        )
        return try ArrangedRecord(
            cluster,
            own.map(\.digest),
            others: others.sorted { ($0.number, $0.patient) < ($1.number, $1.patient) },
            rules: rules.merge
        ) { statements in
            try statements.map { statement in
                guard let entry = entries[statement] else { throw RecordGone() }
                return entry
            }
        }
    }
}

extension PortalStorage {
    /// A store in memory, for tests and demonstrations: it forgets everything when it goes.
    public static func inMemory() -> PortalStorage { PortalStorage(MemoryRecordStore()) }
}
