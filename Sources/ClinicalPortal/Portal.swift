import PortalAccess
public import PortalAudit
import PortalIdentity
public import PortalIntake
import PortalPolicy
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
    let alert: @Sendable (PrivacyAlert) -> Void

    /// Wires a portal.
    ///
    /// - Parameters:
    ///   - profile: The site's profile.
    ///   - storage: Where the record is kept.
    ///   - journal: Where the audit is kept.
    ///   - secondJournal: A journal in another place: while the first cannot be written, the emergency
    ///     summary alone is shown, and recorded there (SAFETY S22).
    ///   - adapters: What reads the silos' documents: the one that a silo's profile names, else the
    ///     first that recognises a document.
    ///   - refusalTime: A refusal takes a multiple of this long, whether there was nothing or nothing
    ///     that may be known: its time then tells no more than its words. Zero does not wait.
    ///   - alert: What tells the privacy officers that something waits for them.
    public init(
        profile: SiteProfile,
        storage: PortalStorage,
        journal: any AuditJournal,
        secondJournal: (any AuditJournal)? = nil,
        adapters: [any SourceAdapter] = Portal.libraryAdapters,
        refusalTime: Duration = .milliseconds(10),
        alert: @escaping @Sendable (PrivacyAlert) -> Void = { _ in }
    ) {
        self.profile = profile
        self.alert = alert
        self.adapters = adapters
        store = storage.base
        self.journal = journal
        var speakers: [String: Set<String>] = [:]
        for silo in profile.silos {
            for system in silo.speaksFor { speakers[system, default: []].insert(silo.name) }
        }
        rules = RecordRules(
            identity: IdentityRules(speakers: speakers, proposeFrom: profile.proposeFrom),
            merge: MergeRules(reuseWindowYears: profile.reuseWindowYears),
            optOuts: OptOuts(
                profile.restrictions.filter { $0.restriction.kind == .optedOut }
                    .map { OptOuts.Item($0.identifier, $0.restriction) }
            )
        )
        gate = AccessGate(
            store: storage.base,
            journal: journal,
            second: secondJournal,
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
                        isRefused: silo.isRefused,
                        resends: silo.dialect.resends,
                        custodians: silo.custodians.map { GateCustodian($0, in: silo) }
                    )
                },
                elements: profile.elements,
                review: GateReview(
                    rules: profile.review.rules,
                    threshold: profile.review.threshold,
                    staff: profile.reviewedStaff,
                    watched: profile.review.watched
                ),
                settleRefusal: { RefusalClock.settle(since: $0, to: refusalTime) },
                version: profile.access.version
            )
        )
    }

    func look(_ principal: Principal, _ purpose: Purpose, _ now: Instant) -> Look {
        Look(
            principal: principal,
            purpose: purpose,
            now: now,
            eventID: "a-" + Portal.freshHandle(),
            salt: Portal.freshHandle()
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

    func intake(_ silo: SiteProfile.Silo) -> Intake {
        Intake(
            silo: silo.name,
            adapter: silo.adapter,
            among: adapters,
            dialect: silo.dialect
        )
    }

    func filing(
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
        let report = try? outcome.get()
        // What a rule says must not be kept is no more in the stored bytes than in an entry; the
        // document goes by the hash of what was received.
        let unkept = report?.ledger.unkeptRanges ?? []
        let kept = bytes[piece.range]
        return Filing(
            silo: silo,
            document: piece.hash,
            bytes: unkept.isEmpty ? kept : Redaction.blank(kept, unkept)[...],
            delivery: delivery,
            ordinal: ordinal,
            received: received,
            controlID: piece.controlID,
            adapter: piece.adapter,
            outcome: result,
            shares: report?.shares ?? [],
            companions: piece.companions.map { CompanionBytes(hash: $0.hash, bytes: $0.bytes) }
        )
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
    /// How many of the filed are kept by their hash alone, or without someone's part, because the
    /// patient has opted out.
    public var optedOut: Int
}

extension GateCustodian {
    fileprivate init(_ custodian: SiteProfile.Custodian, in silo: SiteProfile.Silo) {
        let names = [custodian.code, custodian.label] + custodian.names
        self.init(
            label: custodian.label,
            names: Set(names.map(NameFolding.fold)).subtracting([""]),
            isPractice: custodian.isPractice,
            quietAfterSeconds: (custodian.quietAfterHours ?? silo.quietAfterHours) * 3600,
            coverage: custodian.coverage,
            isRefused: custodian.isRefused
        )
    }
}
