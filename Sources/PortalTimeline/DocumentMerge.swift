import PortalRecord

/// Resolves the versions of one document: a letter, a referral, scanned paper.
///
/// - Rule: SAFETY S5 (the unit is one document; what a present version explicitly replaces is not
///   current), S8 (MDM: an addendum is shown with its parent, a status change without content
///   says nothing of the content), S10 (of what is not this patient's no version shows anything).
struct DocumentMerge {
    private struct Statement {
        let entry: RecordEntry
        let facts: DocumentFacts
        let version: String
    }

    private let statements: [Statement]
    private let entries: [RecordEntry]
    private let lineage: DocumentLineage

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
            for name in Set(chains[key]?.compactMap(registryName) ?? []) {
                byNumber[number(key.source, key.kind, name), default: []].append(key)
            }
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

    private static func registryName(_ entry: RecordEntry) -> String? {
        DocumentFacts(entry.content)?.registryName
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
        lineage = DocumentLineage(statements.map { ($0.entry.key.value, $0.facts) })
    }

    private func outcome() -> ChainOutcome {
        let all = Array(statements.indices)
        var letters = all.filter { !lineage.isAddendum($0) }
        var addenda = all.filter(lineage.isAddendum)
        let orphans = letters.isEmpty
        if orphans { (letters, addenda) = (addenda, []) }
        let units = units(letters, byNumber: true)
        let leaves = DocumentMerge.leaves(units)
        let added = self.units(addenda, byNumber: false, below: units)
        let addedLeaves = DocumentMerge.leaves(added)
        var chain = MergedChain(entries)
        var outcome = ChainOutcome()
        var hidden = Set(units.filter(\.wasWrong).flatMap(\.members))
        for leaf in leaves {
            let notes = addedLeaves.filter { shows(leaf, $0, among: leaves) }
            for shown in leaf.resolution.shown {
                let row = row(shown, added: notes)
                chain.current.append(leaf.isWrong ? row.takenBack() : row)
            }
        }
        // What is added to a letter of another person is of another person too.
        for unit in added {
            let under = leaves.filter { shows($0, unit, among: leaves) }
            if unit.wasWrong || under.allSatisfy(\.isWrong) { hidden.formUnion(unit.members) }
        }
        for unit in leaves + addedLeaves {
            for kind in unit.resolution.cases.union(unit.isDoubtful ? [.revivedResult] : []) {
                outcome.cases.append(open(kind, unit.members))
            }
        }
        let current = Set(chain.current.map(\.version))
        for index in chain.current.indices {
            chain.current[index].supersedes = letters.map { statements[$0].version }
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
        let shownBelow = Set(
            addedLeaves.flatMap { $0.resolution.shown.map(\.version.statement) }
        )
        chain.earlier = all.filter {
            !current.contains(statements[$0].version) && !shownBelow.contains($0)
        }.map { index in
            var row = base(index, content: index)
            if !orphans, lineage.isAddendum(index) { row.what = "Addendum: " + row.what }
            row.isCurrent = false
            return hidden.contains(index) ? row.takenBack() : row
        }.sorted { $0.position < $1.position }
        outcome.chains = [chain]
        outcome.recalls = recalls(units, added, chain.current)
        let wrong = hidden.union(leaves.filter(\.isWrong).flatMap(\.members))
        let revived = leaves.filter { !$0.isWrong }
            .flatMap { $0.resolution.shown.map(\.version.statement) }
        outcome.another = Set(
            wrong.subtracting(revived).map { statements[$0].entry.origin.document }
        )
        return outcome
    }

    // MARK: Units

    /// The versions of one letter, or of one addendum.
    private struct Unit {
        let number: String
        let members: [Int]
        let resolution: UnitResolution
        /// The numbers that it replaces, and what those replace.
        var replaces: Set<String> = []
        /// Whether nothing of it may be shown: not this patient's.
        var isWrong = false
        /// Whether it is hidden though it may be this patient's: a person has to look.
        var isDoubtful = false
        /// Whether some version of it is not this patient's: then no earlier one is shown.
        var wasWrong: Bool { isWrong || resolution.hidesEarlierValues }
    }

    private func units(_ members: [Int], byNumber: Bool, below letters: [Unit] = []) -> [Unit] {
        let grouped = Dictionary(grouping: members) { index in
            let statement = statements[index]
            // An addendum under its letter's own number is one for itself: nothing tells two of
            // them from two versions.
            return byNumber || lineage.addenda.contains(statement.entry.key.value)
                ? [statement.entry.key.value] : [statement.entry.key.value, statement.version]
        }
        var units: [Unit] = []
        for key in grouped.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            guard let number = key.first, let members = grouped[key] else { continue }
            units.append(
                Unit(
                    number: number,
                    members: members,
                    resolution: resolve(members),
                    replaces: lineage.replaced(by: number)
                )
            )
        }
        hide(&units, below: letters)
        return units
    }

    /// Which documents are not this patient's (SAFETY S10): those that a sending says so of, and
    /// what they replaced.
    ///
    /// What replaces one or is added to one stands only where it is later, as a revival does (S7).
    private func hide(_ units: inout [Unit], below letters: [Unit]) {
        let wrong = units.filter(\.resolution.hidesEarlierValues)
        let above = letters.filter(\.resolution.hidesEarlierValues)
        guard !wrong.isEmpty || !above.isEmpty else { return }
        for index in units.indices {
            let unit = units[index]
            if unit.resolution.hidesEarlierValues {
                // Brought back by a later sending, it shows that one's words.
                units[index].isWrong = !unit.resolution.shown.contains(where: \.showsValue)
            } else if wrong.contains(where: { $0.replaces.contains(unit.number) }) {
                units[index].isWrong = true
            } else {
                let roots = above.isEmpty ? [] : lineage.roots(of: unit.number)
                let letters = above.filter { roots.contains($0.number) }
                let before = wrong.filter { unit.replaces.contains($0.number) } + letters
                guard !before.isEmpty, !isLater(unit, than: before) else { continue }
                units[index].isWrong = true
                units[index].isDoubtful = letters.allSatisfy { !$0.isWrong }
            }
        }
    }

    /// Whether something of a document is later than every "wrong patient" of others.
    private func isLater(_ unit: Unit, than wrong: [Unit]) -> Bool {
        let before = wrong.flatMap(\.members).map { statements[$0].entry }
            .filter { $0.status == .wrongPatient }.map(\.statusTime?.span)
        return unit.members.contains { member in
            guard let time = statements[member].entry.statusTime?.span else { return false }
            return before.allSatisfy { $0.map { time.isLater(than: $0) } ?? false }
        }
    }

    /// Those that no other replaces; of a circle all.
    private static func leaves(_ units: [Unit]) -> [Unit] {
        let leaves = units.filter { unit in
            !units.contains { $0.number != unit.number && $0.replaces.contains(unit.number) }
        }
        return leaves.isEmpty ? units : leaves
    }

    /// Whether an addendum is shown under a letter: under the one it names or what replaced that
    /// one, and where it names none of them, under all, so that nothing is lost.
    private func shows(_ leaf: Unit, _ addendum: Unit, among leaves: [Unit]) -> Bool {
        let roots = lineage.roots(of: addendum.number)
        func holds(_ unit: Unit) -> Bool {
            roots.contains(unit.number) || !roots.isDisjoint(with: unit.replaces)
        }
        return holds(leaf) || !leaves.contains(where: holds)
    }

    /// Why readers must be told (SAFETY S10).
    ///
    /// Who was shown a letter was shown its addenda: an addendum of another person takes the
    /// letter's earlier rows with it.
    private func recalls(
        _ units: [Unit],
        _ added: [Unit],
        _ current: [TimelineRow]
    ) -> [RecallGround] {
        var told = Set((units + added).filter(\.wasWrong).map(\.number))
        if added.contains(where: \.wasWrong) { told.formUnion(units.map(\.number)) }
        let grounds = entries.filter { told.isEmpty || told.contains($0.key.value) }
        let ground = RecallGround(grounds, what: current.first?.what ?? "", current: current)
        return ground.map { [$0] } ?? []
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

    // MARK: Rows

    private func row(_ shown: UnitResolution.Shown, added: [Unit]) -> TimelineRow {
        let index = shown.version.statement
        var row = base(index, content: shown.showsValue ? shown.valueStatement : nil)
        row.markers = (markers(shown) + statements[index].facts.availability).sorted()
        row.status = shown.version.status.words
        if row.headline.isEmpty {
            row.headline = row.markers.map(\.rawValue).joined(separator: "; ")
        }
        guard shown.showsValue else {
            row.headline = row.markers.map(\.rawValue).joined(separator: "; ")
            return shown.markers.contains(.wrongPatient) ? row.takenBack() : row
        }
        let below = added.flatMap { unit in unit.resolution.shown.map { (unit, $0) } }
        for (unit, addendum) in below.sorted(by: { place($0.1) < place($1.1) }) {
            add(addendum, isWrong: unit.isWrong, to: &row)
        }
        return row
    }

    /// An edit that brings no content never removed the text: the new one was not received.
    private func markers(_ shown: UnitResolution.Shown) -> [Marker] {
        guard shown.markers.contains(.valueRemoved) else { return shown.markers.sorted() }
        return shown.markers.subtracting([.valueRemoved]).union([.valueNotReceived]).sorted()
    }

    /// Oldest first, as they were added.
    private func place(_ addendum: UnitResolution.Shown) -> (Int, String, String) {
        let statement = statements[addendum.version.statement]
        let start = statement.entry.effective?.span.start ?? Int.max
        return (start, statement.entry.key.value, statement.version)
    }

    /// An addendum under its letter: its words and files, or why there are none (SAFETY S7, S10).
    private func add(_ addendum: UnitResolution.Shown, isWrong: Bool, to row: inout TimelineRow) {
        let statement = statements[addendum.version.statement]
        let stated = statements[addendum.valueStatement]
        let when = statement.entry.effective ?? stated.entry.effective
        var title = "Addendum" + (when.map { " " + $0.clinical } ?? "")
        var said = (isWrong ? [.wrongPatient] : markers(addendum)).map(\.rawValue)
        guard addendum.showsValue, !isWrong else {
            row.notes.append(title + "\n" + said.joined(separator: "; "))
            return
        }
        if (statement.entry.status.finality ?? .final) != .final {
            said.insert(statement.entry.status.words, at: 0)
        }
        if !said.isEmpty { title += " (" + said.joined(separator: "; ") + ")" }
        row.notes.append(title + "\n" + stated.facts.text)
        row.attachments += stated.facts.attachments
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
