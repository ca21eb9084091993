package import PortalIdentity
package import PortalPolicy
package import PortalRecord
package import PortalTimeline

/// The storage seam: a handful of verbs, the same results from every store behind it.
///
/// Its reading verbs are `package`: outside the library nothing is read save through the gate of
/// PortalAccess (DESIGN P5).
package protocol RecordStore: Sendable {
    // Writing. Each call is one durable step: it is on disk when it returns (DESIGN P10).

    /// Files messages in one step; what a delivery's place already received is left as it is.
    ///
    /// - Returns: What became of each message, in order.
    func file(
        _ filings: [Filing],
        deliveries: [Delivery],
        rules: RecordRules
    ) throws
        -> [ReceiptOutcome]
    /// Keeps bytes that are no message of their own: envelopes, framing, stray bytes.
    func keep(_ documents: [(ContentHash, ArraySlice<UInt8>)]) throws
    /// Adds a line to the log of assertions.
    func append(_ assertion: LinkAssertion, rules: RecordRules) throws
    func put(_ profile: StoredProfile) throws
    /// Takes out what had been filed of those who have opted out since: of it hash and count stay.
    func withdrawOptedOut(rules: RecordRules, at moment: Instant) throws
    func put(_ override: EmergencyOverride) throws
    func put(_ closing: RecallClosing) throws
    func put(_ consent: Consent) throws
    func put(_ review: OverrideReview) throws
    func put(_ doubt: Doubt) throws
    /// Files a held message that can be read now; its receipts turn from held to filed.
    func redrive(_ filing: Filing, rules: RecordRules) throws

    // Reading.

    func profile() throws -> StoredProfile?
    func overrides(of person: String) throws -> [EmergencyOverride]
    /// Every override, in order of its handle.
    func overrides() throws -> [EmergencyOverride]
    /// What patients answered when a person asked.
    func consents(of person: String) throws -> [Consent]
    func overrideReviews() throws -> [OverrideReview]
    func doubts() throws -> [Doubt]
    /// The opted-out numbers that documents named beside what some source patients are filed under.
    func optedOutNumbers(of members: [SourcePatientID]) throws -> Set<String>
    /// The source patients that hold an identifier.
    func patients(holding identifier: Identifier) throws -> [SourcePatientID]
    /// The source patients that hold a number, whoever assigned it.
    func patients(holdingValue value: String) throws -> [SourcePatientID]
    /// The record of the person that a source patient belongs to; nil for an unknown handle.
    func record(
        of patient: SourcePatientID,
        asOf: Instant?,
        rules: RecordRules
    ) throws
        -> ArrangedRecord?
    /// Source patients of whom names, birth date or numbers fit.
    func patients(matching query: PersonQuery) throws -> [SourcePatientID]
    /// Source patients and entries whose text holds every word, each starting a word of it.
    func entries(withWords words: [String]) throws -> [(patient: SourcePatientID, entry: EntryID)]
    /// The stays and bookings that a list asks for, of whichever patients.
    func episodes(_ query: EpisodeQuery, rules: RecordRules) throws -> [ListedEpisode]
    func patients(rules: RecordRules) throws -> [PatientSummary]
    func cases(rules: RecordRules) throws -> [ListedCase]
    func assertions() throws -> [LinkAssertion]
    func recallClosings() throws -> [RecallClosing]
    /// When a document was first received.
    func received(_ document: ContentHash) throws -> Instant?
    /// Everything filed under a person's source patients, as it was stated.
    func entries(of members: [SourcePatientID]) throws -> [RecordEntry]
    /// The bytes of a document or delivery; none of what was opted out of.
    ///
    /// - Throws: ``StoreError`` `document-opted-out` where only the hash is kept.
    func document(_ hash: ContentHash) throws -> [UInt8]?
    /// The first delivery of a silo that brought a document, by the hash of its content.
    func delivery(of document: ContentHash, silo: String) throws -> ContentHash?
    /// The files that came with a document, by their hashes.
    func companions(of document: ContentHash) throws -> Set<ContentHash>
    func held() throws -> [HeldDocument]
    func conservation() throws -> [Conservation]
    /// Control ids under which a silo sent documents that differ (PITFALLS 7).
    func repeatedControlIDs() throws -> [RepeatedControlID]
    /// What a document states, or every document of a delivery, by the hash of its bytes.
    func entries(statedIn document: ContentHash) throws -> [RecordEntry]
    func silos(asOf: Instant?) throws -> [SiloReceipts]
    /// When a silo last brought something that any of these organisations sent, by folded names.
    func lastHeard(_ silo: String, of organisations: Set<String>, asOf: Instant?) throws -> Instant?
}

/// What of the profile decides how records are put together.
package struct RecordRules: Hashable, Sendable {
    package var identity: IdentityRules
    package var merge: MergeRules
    package var optOuts: OptOuts

    package init(
        identity: IdentityRules = IdentityRules(),
        merge: MergeRules = MergeRules(),
        optOuts: OptOuts = OptOuts()
    ) {
        self.identity = identity
        self.merge = merge
        self.optOuts = optOuts
    }
}

/// A store as a backend holds it: it can be handed to a portal and not be read past the gate.
public struct PortalStorage: Sendable {
    package let base: any RecordStore

    package init(_ base: any RecordStore) { self.base = base }
}

extension StoreError {
    /// Only the hash of a document is kept.
    package static let optedOut = StoreError(
        code: "document-opted-out",
        remedy: "its patient has opted out: only its hash and count are kept"
    )
}

/// Why a store could not do what it was asked.
public struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, such as `document-unknown`.
    public let code: String
    /// What to do about it.
    public let remedy: String

    /// Builds an error.
    public init(code: String, remedy: String) {
        self.code = code
        self.remedy = remedy
    }

    /// Code and remedy.
    public var description: String { code + ": " + remedy }
}
