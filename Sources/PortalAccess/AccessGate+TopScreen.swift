import PortalAudit
import PortalIdentity
import PortalPolicy
package import PortalRecord
import PortalStore
import PortalTimeline

/// The first screen.
///
/// - Rule: SAFETY "The first screen", S13, S14, S17, S19: what is shown, counted and said of
///   absence is computed from what may be shown.
extension AccessGate {
    package func topScreen(
        of patient: SourcePatientID?,
        asOf: Instant?,
        asked: [String: String] = [:],
        _ look: Look
    ) throws -> Released<TopScreen> {
        let opened = try open(patient, asOf: asOf, .readTimeline, look)
        let visible = try mayBeKnown(opened, .readTimeline, look)
        let question = ScreenQuestion(elements: rules.elements, asOf: asOf, asked: asked)
        let screen = try self.screen(question, opened, visible, look)
        let event = screenEvent(screen, opened, visible, .readTimeline, "first screen", look)
        return try release(screen, event)
    }

    /// What an event says of a screen that was shown.
    func screenEvent(
        _ screen: TopScreen,
        _ opened: (record: ArrangedRecord, policy: AccessPolicy, present: ArrangedRecord),
        _ visible: VisibleChains,
        _ action: AuditAction,
        _ name: String,
        _ look: Look
    ) -> AuditEvent {
        let shown = screen.elements.flatMap(\.rows)
        var event = event(look, action, opened.record, .permitted)
        event.entries = shown.map { $0.entry.rawValue + "/" + $0.version }
        event.shownCount = shown.count
        event.withheldCount = visible.withheldCount
        event.elements = screen.elements.map(\.name)
        event.screen = name
        event.recordRevision = opened.record.revision
        event.overrideToken = opened.policy.overridesInForce.first
        event.staleSilos = screen.silos.filter { $0.state != "current" }.map(\.silo)
        return event
    }

    /// What a reader may see of an opened record; refuses, with an audit record, who may not know
    /// of it.
    func mayBeKnown(
        _ opened: (record: ArrangedRecord, policy: AccessPolicy, present: ArrangedRecord),
        _ action: AuditAction,
        _ look: Look
    ) throws -> VisibleChains {
        let visible = visible(opened.record, under: opened.policy)
        guard !visible.isEmpty || mayKnowPatient(opened.policy) else {
            try deny(look, action, opened.record, .withheld)
            throw AccessError.notFound
        }
        return visible
    }

    /// Which elements a screen has, and of when.
    struct ScreenQuestion {
        var elements: [TopElement]
        var asOf: Instant?
        /// What came of asking silos just now.
        var asked: [String: String] = [:]
        /// Whether it is the emergency summary: a silo feeds by its kinds alone, and a medicine of
        /// which nobody said when it was last issued is not left out for its age.
        var isSummary = false
    }

    /// The elements of a screen, from what may be shown.
    func screen(
        _ question: ScreenQuestion,
        _ opened: (record: ArrangedRecord, policy: AccessPolicy, present: ArrangedRecord),
        _ visible: VisibleChains,
        _ look: Look
    ) throws -> TopScreen {
        let (record, policy, present) = opened
        let wanted = question.elements
        let moment = question.asOf ?? look.now
        let silos = try silos(of: record, asOf: moment, asked: question.asked, policy)
        // By what may be shown alone, so that what is hidden changes nothing (DESIGN P6).
        var heard: [String: Set<String>] = [:]
        for columns in visible.columns(where: { $0 == .whole }) {
            heard[columns.source, default: []].formUnion(columns.organisations)
        }
        let readable = Set(
            EntryKind.allCases.filter { kind in
                let facts = EntryFacts(kind: kind, silo: "")
                return policy.permits(.know, on: facts) && policy.permits(.read, on: facts)
            }
        )
        let sources = Sources(
            silos: silos,
            heard: heard,
            readable: readable,
            moment: moment,
            isSummary: question.isSummary
        )
        var members: [[ArrangedChain]] = wanted.map { _ in [] }
        var older = wanted.map { _ in 0 }
        let groups = grouped(record, visible)
        // Of what is alike the element is found once.
        let places = record.columns.map { columns, _ in
            TopElement.index(
                in: wanted,
                kind: columns.kind,
                silo: columns.source,
                types: columns.types,
                codes: columns.codes
            )
        }
        for chain in visible.chains {
            guard let place = places[chain.column], try !groups.isCopy(chain) else { continue }
            if let days = place.rule.lookBackDays, let start = chain.start,
                start < moment.milliseconds - days * 86_400_000,
                try !question.isSummary || !isIssueUnknown(chain, record)
            {
                older[place.element] += 1
            } else {
                members[place.element].append(chain)
            }
        }
        let reader = RowReader(record)
        for (index, element) in wanted.enumerated() {
            try reader.fetch(
                members[index].prefix(element.rowsMax).compactMap { try groups.group($0) }
            )
        }
        let concealed = try question.asOf == nil ? [] : wrongPatients(present, look)
        let elements = try wanted.enumerated().map { index, element in
            var shown = try self.element(
                element,
                members[index],
                groups,
                reader,
                older: older[index],
                sources
            )
            shown.lines += try overdue(shown.rows, members[index], record, moment)
            shown.rows = shown.rows.map { concealed.contains($0.entry) ? $0.takenBack() : $0 }
            return shown
        }
        return TopScreen(
            patient: handle(record, visible),
            banner: banner(record, visible, moment),
            markers: try markers(record, visible, look),
            asOf: moment,
            elements: elements,
            silos: silos
        )
    }

    /// A medicine that goes on as far as anybody said, without a word of when it was last issued.
    private func isIssueUnknown(_ chain: ArrangedChain, _ record: ArrangedRecord) throws -> Bool {
        guard chain.kind == .medicationStatement else { return false }
        return try record.entries(of: chain).contains { entry in
            guard case .medicationStatement(let medicine) = entry.content else { return false }
            return medicine.lastIssued == nil && medicine.ended == nil
        }
    }

    /// Plans whose review is overdue, said in words: of those that are shown.
    private func overdue(
        _ rows: [TimelineRow],
        _ chains: [ArrangedChain],
        _ record: ArrangedRecord,
        _ moment: Instant
    ) throws -> [String] {
        let plans = rows.filter { $0.kind == .carePlan && $0.isCurrent && $0.stands }
        guard !plans.isEmpty else { return [] }
        return try plans.compactMap { row in
            guard let chain = chains.first(where: { $0.holds(row.entry) }) else { return nil }
            let due = try record.entries(of: chain).compactMap { entry -> PartialDate? in
                guard entry.origin.document == row.document, entry.id == row.entry,
                    case .carePlan(let plan) = entry.content
                else { return nil }
                return plan.reviewDue
            }.first
            guard let due, due.span.end <= moment.milliseconds else { return nil }
            return "Review overdue: " + row.what + ", due " + due.clinical
        }
    }

    /// What every element is told of: who may be shown what, and whom we have heard.
    private struct Sources {
        let silos: [SiloState]
        /// Silos of which something about the person may be shown, with whoever sent it.
        let heard: [String: Set<String>]
        /// Kinds that the reader's role may read at all.
        let readable: Set<EntryKind>
        let moment: Instant
        let isSummary: Bool

        /// A practice is heard of a patient where it sent something itself.
        func isHeard(_ silo: SiloState) -> Bool {
            guard let senders = heard[silo.silo] else { return false }
            return silo.custodian == nil || !senders.isDisjoint(with: silo.names)
        }
    }

    /// What a source states of a person, so that its silence about them is no "none".
    private static let statements: Set<EntryKind> = [
        .allergyIntolerance, .medicationStatement, .condition, .flag, .carePlan, .relatedPerson,
        .familyMemberHistory, .careTeam,
    ]

    /// One element: its rows, what must be said, and which of its sources are missing.
    private func element(
        _ element: TopElement,
        _ leads: [ArrangedChain],
        _ groups: EventGroups,
        _ reader: RowReader,
        older: Int,
        _ sources: Sources
    ) throws -> TopScreen.Element {
        let kinds = Set(element.rules.flatMap(\.kinds))
        let named = Set(element.rules.flatMap(\.silos))
        let feeding = rules.silos.filter { silo in
            named.contains(silo.name)
                || !kinds.isDisjoint(with: silo.feeds)
                    && (sources.isSummary || silo.elements.isEmpty
                        || silo.elements.contains(element.name))
        }
        let names = Set(feeding.map(\.name))
        var absences = sources.silos.filter { names.contains($0.silo) && $0.state != "current" }
        let chosen = try TopRows(kinds, leads, rowsMax: element.rowsMax, at: sources.moment) {
            try groups.group($0).map { try displayed($0, reader, TimelineQuery()) } ?? []
        }
        // A source of statements that has sent nothing of this patient has not said "none".
        let silent = sources.silos.filter { silo in
            names.contains(silo.silo) && silo.state == "current"
                && !sources.isHeard(silo)
        }.map { silo in
            var silo = silo
            silo.state = SiloState.silent
            return silo
        }
        if kinds.isSubset(of: Self.statements) { absences += silent }
        let state: String
        if chosen.stand {
            state = chosen.standingAreNone ? "none known" : "recorded"
        } else if kinds.isDisjoint(with: sources.readable) {
            state = "not shown"
        } else if feeding.isEmpty {
            state = "no source"
        } else {
            state = absences.isEmpty ? "none recorded" : "not known"
        }
        var shown = TopScreen.Element(
            name: element.name,
            label: element.label,
            state: state,
            lines: [],
            notes: [],
            rows: chosen.rows,
            more: chosen.more,
            older: older,
            absences: absences
        )
        shown.lines = FirstScreenWording.lines(
            shown,
            kinds: kinds,
            feeding: sources.silos.filter { names.contains($0.silo) },
            all: sources.silos,
            at: sources.moment
        )
        shown.notes = FirstScreenWording.notes(
            shown,
            feeding: sources.silos.filter { names.contains($0.silo) }
        )
        return shown
    }

    /// The record of a patient, as of when it is asked for and as it is, and the policy for a
    /// reader; refuses, with an audit record, where there is none.
    func open(
        _ patient: SourcePatientID?,
        asOf: Instant?,
        _ action: AuditAction,
        _ look: Look
    ) throws -> (record: ArrangedRecord, policy: AccessPolicy, present: ArrangedRecord) {
        let present = try patient.flatMap {
            try store.record(of: $0, asOf: nil, rules: rules.record)
        }
        guard let patient, let present else {
            try deny(look, action, nil, .nothingFound)
            throw AccessError.notFound
        }
        // Today's consent, seals and access decide, also over the past (SAFETY S18).
        let policy = try policy(present, look)
        guard let asOf else { return (present, policy, present) }
        guard let record = try store.record(of: patient, asOf: asOf, rules: rules.record) else {
            try deny(look, action, present, .nothingFound)
            throw AccessError.notFound
        }
        return (record, policy, present)
    }
}

/// Whole years between a birth date and a moment.
enum Age {
    /// Nil where the birth date is not known to the day, or lies ahead.
    static func years(from birth: PartialDate, to milliseconds: Int) -> Int? {
        guard let month = birth.month, let day = birth.day else { return nil }
        let days = milliseconds / 86_400_000 - (milliseconds < 0 ? 1 : 0)
        let today = CivilDate(days: days)
        let had = (today.month, today.day) >= (month, day)
        let years = today.year - birth.year - (had ? 0 : 1)
        return years >= 0 ? years : nil
    }
}
