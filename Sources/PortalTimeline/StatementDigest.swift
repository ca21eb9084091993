package import PortalRecord

/// What arranging needs of one entry, computed once when it is filed, so that a record of very many
/// entries is put in order without reading any of them.
///
/// - Rule: DESIGN 8: what policy and order need are columns; a payload is decoded only for the page
///   that is released.
package struct StatementDigest: Sendable, Hashable {
    /// What is to be known of an entry.
    package struct Traits: OptionSet, Sendable, Hashable {
        package let rawValue: Int
        package init(rawValue: Int) { self.rawValue = rawValue }

        /// It says who somebody is.
        package static let person = Traits(rawValue: 1)
        /// Alone it is one chain with one row and nothing else.
        package static let plain = Traits(rawValue: 2)
        /// It is a version of a report.
        package static let report = Traits(rawValue: 4)
        /// Alone it opens a case, or is a ground for a recall.
        package static let grave = Traits(rawValue: 8)
        /// It carries a label.
        package static let labelled = Traits(rawValue: 16)
        /// What becomes of it may decide what becomes of all that its document states: a letter, a
        /// list that is sent whole.
        package static let decisive = Traits(rawValue: 32)
    }

    /// What is seldom asked for.
    package final class Further: Sendable, Hashable {
        /// The sender's number.
        package let key: String?
        /// The document that states it.
        package let document: ContentHash
        /// What ties it to other entries beside its chain: the list that it came in, the documents
        /// that it replaces or adds to.
        package let ties: [UInt64]
        /// What it shares with all that its document states, which ties them where one of them is
        /// ``Traits/decisive``; nil for what shares no other's fate.
        package let beside: UInt64?
        /// A number that stands for the document.
        let documentNumber: UInt64

        package init(key: String?, document: ContentHash, ties: [UInt64], beside: UInt64?) {
            self.key = key
            self.document = document
            self.ties = ties
            self.beside = beside
            documentNumber = Handle.number(document)
        }

        package static func == (left: Further, right: Further) -> Bool {
            left.key == right.key && left.document == right.document && left.ties == right.ties
                && left.beside == right.beside
        }

        package func hash(into hasher: inout Hasher) {
            hasher.combine(key)
            hasher.combine(document)
        }
    }

    /// The store's own number for it.
    package var seq: Int
    package var columns: ChainColumns
    package var traits: Traits
    /// The numbers of its handle and of its version's.
    package var entry: UInt64
    package var version: UInt64
    /// The chain that it belongs to; of a person nil.
    package var chain: UInt64?
    /// Where its row stands, were it alone; of a person when it was said.
    package var start: Int?
    package var precision: Int
    /// What names the event that it reports, and what resembles it (SAFETY S11).
    package var names: EventNames
    /// Its number as another person's chain might use it (S4).
    package var number: UInt64?
    /// Of a person: what is said of them, whenever it was said.
    package var content: UInt64
    package var further: Further

    package init(
        seq: Int,
        columns: ChainColumns,
        traits: Traits,
        entry: UInt64,
        version: UInt64,
        chain: UInt64?,
        start: Int?,
        precision: Int,
        names: EventNames,
        number: UInt64?,
        content: UInt64,
        further: Further
    ) {
        self.seq = seq
        self.columns = columns
        self.traits = traits
        self.entry = entry
        self.version = version
        self.chain = chain
        self.start = start
        self.precision = precision
        self.names = names
        self.number = number
        self.content = content
        self.further = further
    }

    /// Digests an entry.
    ///
    /// - Parameters:
    ///   - stated: The entry.
    ///   - written: Its canonical JSON.
    ///   - seq: The store's number for it.
    package init(_ stated: RecordEntry, written: [UInt8], seq: Int) {
        var row: [UInt8]?
        self.init(stated, written: written, seq: seq, row: &row)
    }

    /// Digests an entry, and writes its row where it is plain.
    ///
    /// - Parameters:
    ///   - stated: The entry.
    ///   - written: Its canonical JSON.
    ///   - seq: The store's number for it.
    ///   - row: The row's bytes; nil where nothing but merging tells the row, and of an entry of more
    ///     than 256 KiB.
    package init(_ stated: RecordEntry, written: [UInt8], seq: Int, row: inout [UInt8]?) {
        row = nil
        var entry = stated
        version = StatementOrder.number(of: entry, written: written)
        entry.known = KnownHandles(version: version, id: entry.id)
        self.seq = seq
        self.entry = Handle.number(entry.id.rawValue)
        number = KeyHolder(entry).map { Handle.number(ofText: $0.number) }
        further = Further(
            key: entry.key.isAssigned ? entry.key.value : nil,
            document: entry.origin.document,
            ties: Self.ties(entry),
            beside: Self.sharesFate(entry.kind)
                ? Self.tie("document", entry.origin.document.hex) : nil
        )
        traits = entry.labels.isEmpty ? [] : [.labelled]
        if entry.wholeList != nil || DocumentFacts.isDocument(entry.kind) {
            traits.insert(.decisive)
        }
        start = entry.statusTime?.span.start
        precision = 0
        names = EventNames()
        content = 0
        guard entry.kind != .patient else {
            traits.insert(.person)
            chain = nil
            columns = ChainColumns(MergedChain([entry]))
            let said = (try? CanonicalJSON.encode(entry.content)) ?? []
            content = Handle.number(ofBytes: Array(entry.source.utf8) + [0x1F] + said)
            return
        }
        chain = Self.tie("chain", entry.chain.text)
        let alone = RecordMerge.outcome(of: [entry], others: [:], MergeRules())
        let chain = alone.chains.first ?? MergedChain([entry])
        columns = ChainColumns(chain)
        if !alone.cases.isEmpty || !alone.recalls.isEmpty { traits.insert(.grave) }
        if entry.kind == .diagnosticReport { traits.insert(.report) }
        guard alone.chains.count == 1, chain.current.count == 1, chain.earlier.isEmpty,
            alone.episodes.isEmpty, chain.current[0].entry == entry.id
        else { return }
        traits.insert(.plain)
        let position = chain.current[0].position
        start = position.start
        precision = position.precision
        names = EventNames(chain)
        names.said = SameEvent.said(chain.current[0])
        if written.count <= Self.rowsUpTo { row = RowBytes.bytes(of: chain.current[0]) }
    }

    /// Up to how many bytes of canonical JSON an entry's row is kept beside it: of a larger one the
    /// row is as large again, and merging adds little to reading the entry.
    private static let rowsUpTo = 1 << 18

    /// The handles that it was digested with.
    package var known: KnownHandles { KnownHandles(version: version, id: Handle.entry(entry)) }

    /// Whether it stands in one parcel with whatever is tied to it.
    var isTied: Bool { chain != nil || !further.ties.isEmpty }

    private static func tie(_ parts: String...) -> UInt64 {
        Handle.number(ofText: parts.joined(separator: "\u{1F}"))
    }

    private static func ties(_ entry: RecordEntry) -> [UInt64] {
        var ties: [UInt64] = []
        if let list = entry.wholeList { ties.append(tie("list", entry.source, list.name)) }
        guard DocumentFacts.isDocument(entry.kind) else { return ties }
        // Letters replace and add to one another, by their numbers or by their registry's names.
        let facts = DocumentFacts(entry.content)
        let names = [
            entry.key.isAssigned ? entry.key.value : nil, facts?.parent?.value, facts?.registryName,
        ]
        return ties
            + names.compactMap { $0 }.map { tie("name", entry.source, entry.kind.rawValue, $0) }
    }

    /// Whether what is stated beside a letter shares its fate, by kinds; a switch over all, so that a
    /// new kind is thought of (PITFALLS 41).
    private static func sharesFate(_ kind: EntryKind) -> Bool {
        switch kind {
        case .clinicalDocument, .referral, .scannedDocument, .allergyIntolerance, .condition,
            .relatedPerson, .medicationStatement, .flag, .carePlan, .procedure, .immunization,
            .serviceRequest, .familyMemberHistory, .careTeam:
            true
        case .patient, .diagnosticReport, .encounter, .appointment: false
        }
    }
}

/// What names the event that a chain tells of, and what resembles it: its number and its time.
///
/// - Rule: SAFETY S11.
package struct EventNames: Sendable, Hashable {
    /// The whole name.
    package var event: UInt64?
    /// Parts of it.
    package var first: UInt64?
    package var second: UInt64?
    /// Who assigned the number.
    package var assigner: UInt64?
    /// What one plain report says: two that say the same are equal in every value and warning (S12).
    package var said: UInt64?

    package init(
        event: UInt64? = nil,
        first: UInt64? = nil,
        second: UInt64? = nil,
        assigner: UInt64? = nil,
        said: UInt64? = nil
    ) {
        self.event = event
        self.first = first
        self.second = second
        self.assigner = assigner
        self.said = said
    }

    package init(_ chain: MergedChain) {
        let likes = chain.likeKeys.map { Handle.number(ofText: $0) }
        event = chain.eventKey.map { Handle.number(ofText: $0) }
        first = likes.first
        second = likes.count > 1 ? likes[1] : nil
        assigner = chain.eventKey.map { key in
            Handle.number(ofText: String(key.prefix { $0 != "\u{1F}" }))
        }
    }

    package var likes: [UInt64] { [first, second].compactMap { $0 } }

    /// Whether two name one event alike, whatever they say of it.
    func nameTheSame(as other: EventNames) -> Bool {
        event == other.event && first == other.first && second == other.second
    }
}
