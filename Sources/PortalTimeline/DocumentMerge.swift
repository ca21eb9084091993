import PortalRecord

/// Resolves the versions of one document: a letter, a referral, scanned paper.
///
/// - Rule: SAFETY S5 (the unit is one document; what a present version explicitly replaces is not
///   current), S8 (MDM: an addendum is shown with its parent, a status change without content
///   says nothing of the content).
struct DocumentMerge {
    private struct Statement {
        let entry: RecordEntry
        let facts: DocumentFacts
        let version: String
    }

    private let statements: [Statement]
    private let entries: [RecordEntry]

    /// Entries of one group: the same document number, or numbers that replace or add to it.
    static func merge(_ entries: [RecordEntry]) -> ChainOutcome {
        DocumentMerge(entries).outcome()
    }

    /// Puts the chains of documents together that replace or add to one another.
    static func groups(_ chains: [ChainKey: [RecordEntry]]) -> [[ChainKey]] {
        let keys = chains.keys.sorted()
        var byNumber: [String: [ChainKey]] = [:]
        func number(_ source: String, _ kind: EntryKind, _ value: String) -> String {
            [source, kind.rawValue, value].joined(separator: "\u{1F}")
        }
        for key in keys where key.key.isAssigned {
            byNumber[number(key.source, key.kind, key.key.value), default: []].append(key)
        }
        var group = Dictionary(uniqueKeysWithValues: keys.map { ($0, [$0]) })
        var leader = Dictionary(uniqueKeysWithValues: keys.map { ($0, $0) })
        for key in keys {
            for parent in chains[key]?.compactMap(parentNumber) ?? [] {
                for other in byNumber[number(key.source, key.kind, parent)] ?? [] {
                    guard let one = leader[key], let two = leader[other], one != two,
                        let moved = group[max(one, two)]
                    else { continue }
                    group[min(one, two), default: []] += moved
                    group[max(one, two)] = nil
                    for member in moved { leader[member] = min(one, two) }
                }
            }
        }
        return group.keys.sorted().compactMap { group[$0]?.sorted() }
    }

    private static func parentNumber(_ entry: RecordEntry) -> String? {
        DocumentFacts(entry.content)?.parent?.value
    }

    private init(_ entries: [RecordEntry]) {
        self.entries = entries
        var found: [String: Statement] = [:]
        var order: [String] = []
        for entry in entries {
            guard let facts = DocumentFacts(entry.content) else { continue }
            let version = StatementOrder.version(of: entry)
            // Of copies the one that was received whole leads: fewer findings.
            if let known = found[version] {
                if entry.findings.count < known.entry.findings.count {
                    found[version] = Statement(entry: entry, facts: facts, version: version)
                }
                continue
            }
            order.append(version)
            found[version] = Statement(entry: entry, facts: facts, version: version)
        }
        statements = order.compactMap { found[$0] }
    }

    private func outcome() -> ChainOutcome {
        let addenda = statements.indices.filter { statements[$0].facts.relation == .appends }
        let parents = Set(addenda.compactMap { statements[$0].facts.parent?.value })
        var versions = statements.indices.filter { statements[$0].facts.relation != .appends }
        let orphans = versions.isEmpty
        if orphans { versions = addenda }
        let replaced = Set(
            versions.filter { statements[$0].facts.relation == .replaces }
                .compactMap { statements[$0].facts.parent?.value }
        )
        let keys = Set(versions.map { statements[$0].entry.key.value }).sorted()
        let leaves = keys.filter { !replaced.contains($0) }
        var chain = MergedChain(entries)
        var outcome = ChainOutcome()
        // A circle of documents that replace one another leaves none: then all are shown.
        for leaf in leaves.isEmpty ? keys : leaves {
            let members = versions.filter { statements[$0].entry.key.value == leaf }
            let resolution = resolve(members)
            for shown in resolution.shown {
                let added =
                    orphans || !(parents.contains(leaf) || leaves.count == 1) ? [] : addenda
                chain.current.append(row(shown, added: added))
            }
            for kind in resolution.cases {
                outcome.cases.append(open(kind, members))
            }
        }
        let current = Set(chain.current.map(\.version))
        for index in chain.current.indices {
            chain.current[index].supersedes = versions.map { statements[$0].version }
                .filter { !current.contains($0) }.sorted()
            if orphans {
                chain.current[index].findings.append(
                    Diagnostic(
                        code: "parent-not-received",
                        location: "addendum",
                        severity: .warning
                    )
                )
            }
        }
        chain.current.sort { $0.position < $1.position }
        chain.earlier = versions.filter { !current.contains(statements[$0].version) }
            .map { index in
                var row = base(index, content: index)
                row.isCurrent = false
                return row
            }.sorted { $0.position < $1.position }
        outcome.chains = [chain]
        return outcome
    }

    private func resolve(_ members: [Int]) -> UnitResolution {
        UnitResolution(
            members.map { index in
                let statement = statements[index]
                return UnitVersion(
                    content: statement.facts.isBare ? [] : statement.facts.content,
                    isEmpty: statement.facts.isBare,
                    status: statement.entry.status,
                    time: statement.entry.statusTime?.span,
                    sequence: statement.entry.sequence,
                    statement: index
                )
            }
        )
    }

    private func row(_ shown: UnitResolution.Shown, added: [Int]) -> TimelineRow {
        let index = shown.version.statement
        var row = base(index, content: shown.showsValue ? shown.valueStatement : nil)
        // A status change without content never removed the text.
        row.markers = shown.markers.subtracting([.valueRemoved]).sorted()
        row.status = shown.version.status.words
        guard shown.showsValue else {
            row.headline = row.markers.map(\.rawValue).joined(separator: "; ")
            return row
        }
        for addendum in added {
            let facts = statements[addendum].facts
            let when = statements[addendum].entry.effective?.clinical
            let title = "Addendum" + (when.map { " " + $0 } ?? "")
            row.notes.append(title + "\n" + facts.text)
            row.attachments += facts.attachments
        }
        return row
    }

    private func base(_ index: Int, content: Int?) -> TimelineRow {
        let statement = statements[index]
        let facts = content.map { statements[$0].facts } ?? statement.facts
        var row = TimelineRow(statement.entry, version: statement.version, what: facts.what)
        if row.when == nil { row.when = content.flatMap { statements[$0].entry.effective } }
        row.status = statement.entry.status.words
        guard content != nil, !statement.entry.status.isRetraction else { return row }
        row.headline = facts.headline
        row.notes = facts.text.isEmpty ? [] : [facts.text]
        row.attachments = facts.attachments
        row.pages = facts.pages
        return row
    }

    private func open(_ kind: ReviewCase.Kind, _ members: [Int]) -> OpenCase {
        OpenCase(
            reviewCase: ReviewCase(
                kind: kind,
                between: members.map {
                    .version(entry: statements[$0].entry.id, version: statements[$0].version)
                },
                why: ["document"],
                documents: members.map { statements[$0].entry.origin.document }
            ),
            group: nil
        )
    }
}

/// What merging must know of a document, whichever kind it is.
struct DocumentFacts {
    let what: String
    let headline: String
    let text: String
    let attachments: [Attachment]
    let pages: [ScannedPage]
    let relation: ClinicalDocument.Relation?
    let parent: Identifier?
    let isBare: Bool
    /// Canonical bytes of what S5 calls content: text and attachments, not status, not time.
    let content: [UInt8]

    init?(_ content: EntryContent) {
        switch content {
        case .clinicalDocument(let document):
            self.init(document, what: document.type.words ?? "Document", extra: [])
        case .referral(let referral):
            let headline = [referral.urgency, referral.reason?.words].compactMap { $0 }
                .joined(separator: ": ")
            self.init(
                referral.letter,
                what: referral.letter.type.words ?? "Referral letter",
                headline: headline,
                extra: [headline] + referral.medicines + referral.allergies + referral.needs
            )
        case .scannedDocument(let scanned): self.init(scanned)
        default: return nil
        }
    }

    private init(_ scanned: ScannedDocument) {
        what = scanned.type.words ?? "Scanned paper"
        let count = scanned.pageCount ?? scanned.pages.count
        headline = (scanned.title ?? what) + ", \(count) page" + (count == 1 ? "" : "s")
        text = ""
        attachments = []
        pages = scanned.pages
        relation = nil
        parent = nil
        isBare = scanned.pages.isEmpty && scanned.title == nil
        content = (try? CanonicalJSON.encode(scanned.withoutReceivedFiles)) ?? []
    }

    private init(
        _ document: ClinicalDocument,
        what: String,
        headline: String? = nil,
        extra: [String]
    ) {
        struct Content: Encodable {
            let title: String?
            let sections: [DocumentSection]
            let attachments: [Attachment]
            let extra: [String]
        }
        self.what = what
        text = document.text
        let first = document.sections.lazy.flatMap { $0.text.split(separator: "\n") }.first
        let fallback = document.title ?? first.map(String.init) ?? ""
        self.headline = headline?.isEmpty == false ? headline ?? fallback : fallback
        attachments = document.attachments
        pages = []
        relation = document.relation
        parent = document.parent
        isBare = document.isBare && extra.isEmpty
        content =
            (try? CanonicalJSON.encode(
                Content(
                    title: document.title,
                    sections: document.sections,
                    attachments: document.attachments,
                    extra: extra
                )
            )) ?? []
    }
}
