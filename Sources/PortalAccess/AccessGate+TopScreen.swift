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
        let (record, policy) = try open(patient, asOf: asOf, .readTimeline, look)
        let visible = VisibleChains(record, policy)
        guard !visible.isEmpty || mayKnowPatient(policy) else {
            try deny(look, .readTimeline, record, .withheld)
            throw AccessError.notFound
        }
        let moment = asOf ?? look.now
        let silos = try silos(of: record, asOf: moment, asked: asked, policy)
        // By what may be shown alone, so that what is hidden changes nothing (DESIGN P6).
        var heard: [String: Set<String>] = [:]
        for columns in visible.columns(shown: true) {
            heard[columns.source, default: []].formUnion(columns.organisations)
        }
        let readable = Set(
            EntryKind.allCases.filter { kind in
                let facts = EntryFacts(kind: kind, silo: "")
                return policy.permits(.know, on: facts) && policy.permits(.read, on: facts)
            }
        )
        let sources = Sources(silos: silos, heard: heard, readable: readable, moment: moment)
        var members: [[ArrangedChain]] = rules.elements.map { _ in [] }
        var older = rules.elements.map { _ in 0 }
        let groups = grouped(record, visible)
        // Of what is alike the element is found once.
        let places = record.columns.map { columns, _ in
            TopElement.index(
                in: rules.elements,
                kind: columns.kind,
                silo: columns.source,
                types: columns.types,
                codes: columns.codes
            )
        }
        for chain in visible.chains {
            guard let place = places[chain.column], try !groups.isCopy(chain) else { continue }
            if let days = place.rule.lookBackDays, let start = chain.start,
                start < moment.milliseconds - days * 86_400_000
            {
                older[place.element] += 1
            } else {
                members[place.element].append(chain)
            }
        }
        let reader = RowReader(record)
        for (index, element) in rules.elements.enumerated() {
            try reader.fetch(
                members[index].prefix(element.rowsMax).compactMap { try groups.group($0) }
            )
        }
        var elements: [TopScreen.Element] = []
        let concealed =
            try asOf == nil
            ? []
            : patient.flatMap { try store.record(of: $0, asOf: nil, rules: rules.record) }
                .map { try wrongPatients($0, look) } ?? []
        for (index, element) in rules.elements.enumerated() {
            elements.append(
                try self.element(
                    element,
                    members[index],
                    groups,
                    reader,
                    older: older[index],
                    sources
                )
            )
            elements[index].rows = elements[index].rows.map {
                concealed.contains($0.entry) ? $0.takenBack() : $0
            }
        }
        let screen = TopScreen(
            patient: handle(record, visible),
            banner: banner(record, visible, moment),
            markers: try mayKnowOther(record, look) ? [.possibleOther] : [],
            asOf: moment,
            elements: elements,
            silos: silos
        )
        let shown = elements.flatMap(\.rows)
        var event = event(look, .readTimeline, record, .permitted)
        event.entries = shown.map { $0.entry.rawValue + "/" + $0.version }
        event.shownCount = shown.count
        event.withheldCount = visible.withheldCount
        event.elements = rules.elements.map(\.name)
        event.screen = "first screen"
        event.recordRevision = record.revision
        event.overrideToken = policy.overridesInForce.first
        event.staleSilos = silos.filter { $0.state != "current" }.map(\.silo)
        return try release(screen, event)
    }

    /// What every element is told of: who may be shown what, and whom we have heard.
    private struct Sources {
        let silos: [SiloState]
        /// Silos of which something about the person may be shown, with whoever sent it.
        let heard: [String: Set<String>]
        /// Kinds that the reader's role may read at all.
        let readable: Set<EntryKind>
        let moment: Instant

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
                    && (silo.elements.isEmpty || silo.elements.contains(element.name))
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

    /// The record of a patient and the policy for a reader; refuses, with an audit record, where
    /// there is none.
    func open(
        _ patient: SourcePatientID?,
        asOf: Instant?,
        _ action: AuditAction,
        _ look: Look
    ) throws -> (ArrangedRecord, AccessPolicy) {
        let present = try patient.flatMap {
            try store.record(of: $0, asOf: nil, rules: rules.record)
        }
        guard let patient, let present else {
            try deny(look, action, nil, .nothingFound)
            throw AccessError.notFound
        }
        // Today's consent, seals and access decide, also over the past (SAFETY S18).
        let policy = try policy(present, look)
        guard let asOf else { return (present, policy) }
        guard let record = try store.record(of: patient, asOf: asOf, rules: rules.record) else {
            try deny(look, action, present, .nothingFound)
            throw AccessError.notFound
        }
        return (record, policy)
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
