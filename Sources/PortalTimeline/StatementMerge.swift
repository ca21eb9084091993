import PortalRecord

/// Resolves the versions of a statement that is one unit: an allergy, a problem, a contact.
///
/// - Rule: SAFETY S5, S13: each source's statement stands for itself; nothing is reconciled across
///   silos here. S10: of what is not this patient's no version shows anything.
enum StatementMerge {
    /// Leaves out what came with another person's letter.
    ///
    /// Where nothing else says the same, it is taken back as that letter was (SAFETY S10); where
    /// another document does, it stands on that one's word.
    static func without(_ another: Set<ContentHash>, _ entries: [RecordEntry]) -> [RecordEntry] {
        guard !another.isEmpty else { return entries }
        let own = entries.filter { !another.contains($0.origin.document) }
        guard own.isEmpty else { return own }
        return entries.map { entry in
            var entry = entry
            entry.status = .wrongPatient
            // Who was shown it before was shown another version.
            entry.known.version = nil
            return entry
        }
    }

    static func merge(_ entries: [RecordEntry], _ lists: WholeLists) -> ChainOutcome {
        var seen: Set<String> = []
        let statements = entries.map { ($0, StatementOrder.version(of: $0)) }
            .filter { seen.insert($0.1).inserted }
        // Of lists that are sent whole only the last sending's statements are compared: what it
        // says again after another word is not an old copy (S5), it is how things are now.
        let standing = lists.standing(statements.map(\.0), among: entries)
        let versions = standing.indices.map { index in
            UnitVersion(
                content: (try? CanonicalJSON.encode(statements[index].0.content)) ?? [],
                isEmpty: false,
                status: statements[index].0.status,
                time: statements[index].0.statusTime?.span,
                sequence: statements[index].0.sequence,
                statement: index
            )
        }
        let resolution = UnitResolution(versions)
        // What an earlier sending took back as another person's shows nothing either (S10).
        let wasWrong =
            resolution.hidesEarlierValues || statements.contains { $0.0.status == .wrongPatient }
        var chain = MergedChain(entries)
        var outcome = ChainOutcome()
        let current = Set(resolution.shown.map(\.version.statement))
        for shown in resolution.shown {
            let (entry, version) = statements[shown.version.statement]
            var row = row(entry, version: version)
            row.markers = shown.markers.union(standing.markers).sorted()
            if standing.markers.contains(.notListed) { row.isCurrent = false }
            if !shown.showsValue || standing.markers.contains(.withdrawn) {
                row.headline = row.markers.map(\.rawValue).joined(separator: "; ")
                row.notes = []
            }
            if shown.markers.contains(.wrongPatient) { row = row.takenBack() }
            row.supersedes = statements.indices.filter { !current.contains($0) }
                .map { statements[$0].1 }.sorted()
            chain.current.append(row)
        }
        chain.current.sort { $0.position < $1.position }
        let earlier = statements.indices.filter { !current.contains($0) }
        chain.earlier = WholeLists.collapse(earlier.map { statements[$0] }).map { statement in
            var row = row(statement.0, version: statement.1)
            row.isCurrent = false
            return wasWrong ? row.takenBack() : row
        }.sorted { $0.position < $1.position }
        for kind in resolution.cases {
            outcome.cases.append(
                OpenCase(
                    reviewCase: ReviewCase(
                        kind: kind,
                        between: statements.map { .version(entry: $0.0.id, version: $0.1) },
                        why: [entries.first?.kind.rawValue ?? ""],
                        documents: statements.map { $0.0.origin.document }
                    ),
                    group: nil
                )
            )
        }
        outcome.chains = [chain]
        let what = chain.current.first?.what ?? ""
        if let ground = RecallGround(entries, what: what, current: chain.current) {
            outcome.recalls = [ground]
        }
        return outcome
    }

    private static func row(_ entry: RecordEntry, version: String) -> TimelineRow {
        switch entry.content {
        case .allergyIntolerance(let allergy):
            var row = TimelineRow(entry, version: version, what: "Allergy or adverse reaction")
            let severity = allergy.severity?.words.map { ", severity " + $0 } ?? ""
            let reactions =
                allergy.reactions.isEmpty ? "" : ": " + allergy.reactions.joined(separator: ", ")
            row.headline = (allergy.code.words ?? "") + reactions + severity + past(entry)
            date(&row, allergy.onset, entry)
            return row
        case .condition(let condition):
            var row = TimelineRow(entry, version: version, what: "Diagnosis")
            row.headline = (condition.code.words ?? "") + past(entry)
            // The onset, or the diagnosis's own day; the day of writing is said to be that.
            let made = condition.recorded == entry.recorded ? nil : condition.recorded
            date(&row, entry.effective ?? made, entry)
            return row
        case .relatedPerson(let person):
            var row = TimelineRow(entry, version: version, what: "Contact")
            let relationship = person.relationship?.words.map { " (" + $0 + ")" } ?? ""
            row.headline = (person.names.first?.spoken ?? "") + relationship
            row.notes = person.telecoms
            date(&row, nil, entry)
            return row
        case .medicationStatement(let medicine):
            let supply = medicine.supply.map { " (" + $0 + ")" } ?? ""
            var row = TimelineRow(entry, version: version, what: "Medicine" + supply)
            let dose = medicine.dose.map { ": " + $0 } ?? ""
            row.headline = (medicine.code.words ?? "") + dose
            if let ended = medicine.ended { row.headline += "; stopped " + ended.clinical }
            date(&row, medicine.lastIssued ?? medicine.started, entry)
            return row
        case .flag(let flag):
            let category = flag.category.map { " (" + $0 + ")" } ?? ""
            var row = TimelineRow(entry, version: version, what: "Alert" + category)
            row.headline = flag.code.words ?? ""
            if let ended = flag.to { row.headline += "; until " + ended.clinical }
            row.notes = [flag.detail, flag.contact].compactMap { $0 }
            date(&row, flag.from, entry)
            return row
        case .carePlan(let plan):
            var row = TimelineRow(
                entry,
                version: version,
                what: plan.category.isEmpty ? "Plan" : "Plan: " + plan.category
            )
            row.headline = plan.title
            if let due = plan.reviewDue { row.headline += "; review due " + due.clinical }
            row.notes = plan.sections.map { section in
                section.heading.map { $0 + "\n" + section.text } ?? section.text
            }
            date(&row, plan.made, entry)
            return row
        case .procedure(let procedure):
            var row = TimelineRow(entry, version: version, what: "Procedure")
            let site = procedure.site.map { ", " + $0 } ?? ""
            row.headline = (procedure.code.words ?? "") + site
            row.notes = [procedure.note].compactMap { $0 }
            date(&row, procedure.performed, entry)
            return row
        case .immunization(let vaccination):
            var row = TimelineRow(entry, version: version, what: "Vaccination")
            let name = vaccination.code.words ?? ""
            row.headline = vaccination.notGiven.map { name + ": not given, " + $0 } ?? name
            row.notes = [
                vaccination.dose.map { "Dose: " + $0 }, vaccination.lot.map { "Batch: " + $0 },
                vaccination.site.map { "Site: " + $0 }, vaccination.route.map { "Route: " + $0 },
            ].compactMap { $0 }
            date(&row, vaccination.occurred, entry)
            return row
        case .serviceRequest(let request):
            var row = TimelineRow(entry, version: version, what: "Request")
            let parts = [request.code.words, priority(request.priority), request.state]
            row.headline = parts.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: ", ")
            row.notes = request.reasons.compactMap(\.words) + request.notes
            date(&row, request.requested ?? request.wanted, entry)
            return row
        case .familyMemberHistory(let history): return family(history, entry, version: version)
        case .careTeam(let team): return careTeam(team, entry, version: version)
        case .patient, .encounter, .diagnosticReport, .appointment, .clinicalDocument, .referral,
            .scannedDocument:
            return TimelineRow(entry, version: version, what: entry.kind.rawValue)
        }
    }

    /// What no longer goes on, in words: a resolved problem must not read as one that is there.
    private static func past(_ entry: RecordEntry) -> String {
        let state = entry.other?["clinical status"].map { $0.lowercased() }
        let ended = entry.other?["ended"].flatMap { PartialDate($0) }
        let isPast = state.map { $0 != "active" && $0 != "recurrence" && $0 != "relapse" } ?? false
        guard isPast || ended != nil else { return "" }
        return " (" + (state ?? "ended") + (ended.map { ", ended " + $0.clinical } ?? "") + ")"
    }

    /// - Rule: HL7 table 0027; FHIR `request-priority` says it in words.
    private static func priority(_ code: String?) -> String? {
        switch code {
        case "R": "routine"
        case "A": "ASAP"
        case "S": "STAT"
        default: code
        }
    }

    /// The statement's own date, else when it was written down, said to be so.
    static func date(_ row: inout TimelineRow, _ own: PartialDate?, _ entry: RecordEntry) {
        row.when = own ?? entry.recorded ?? entry.issued
        row.clock =
            own != nil
            ? "effective"
            : entry.recorded != nil ? "recorded" : entry.issued != nil ? "issued" : nil
    }
}
