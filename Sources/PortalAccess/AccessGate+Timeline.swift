import PortalAudit
import PortalIdentity
import PortalPolicy
package import PortalRecord
import PortalStore
package import PortalTimeline

extension AccessGate {
    package func timeline(
        of patient: SourcePatientID?,
        _ query: TimelineQuery,
        asOf: Instant?,
        _ look: Look
    ) throws -> Released<TimelinePage> {
        let present = try patient.flatMap {
            try store.record(of: $0, asOf: nil, rules: rules.record)
        }
        guard let patient, let present else {
            try deny(look, .readTimeline, nil, .nothingFound)
            throw AccessError.notFound
        }
        // Today's consent, seals and access decide, also over the past (SAFETY S18).
        let policy = try policy(present, look)
        let record =
            asOf == nil
            ? present : try store.record(of: patient, asOf: asOf, rules: rules.record)
        guard let record else {
            try deny(look, .readTimeline, present, .nothingFound)
            throw AccessError.notFound
        }
        let visible = self.visible(record, under: policy)
        guard !visible.isEmpty || mayKnowPatient(policy) else {
            try deny(look, .readTimeline, present, .withheld)
            throw AccessError.notFound
        }
        let concealed = try asOf == nil ? [] : wrongPatients(present, look)
        let groups = grouped(record, visible, kinds: query.kinds)
        let page = try Arrangement.page(record, groups, query: query, now: asOf ?? look.now)
        let reader = RowReader(record)
        try reader.fetch(page.sections.flatMap(\.groups))
        var sections: [TimelinePage.Section] = []
        for (section, members) in page.sections {
            let rows = try members.flatMap { group in
                // Of what a reader may only know of, versions are content too.
                guard !visible.isPointer(group.lead) else {
                    return try reader.rows(group.lead).current.prefix(1).map { $0.pointed() }
                }
                return try displayed(group, reader, query)
                    .map { concealed.contains($0.entry) ? $0.takenBack() : $0 }
            }
            sections.append(TimelinePage.Section(name: section, rows: rows))
        }
        let silos = try silos(of: record, asOf: asOf ?? look.now, policy)
        let shown = sections.flatMap(\.rows)
        var event = event(look, .readTimeline, present, .permitted)
        event.entries = shown.flatMap { row in
            [row.entry.rawValue + "/" + row.version]
                + row.alsoFrom.map { $0.entry.rawValue + "/" + $0.version }
        }
        event.shownCount = shown.count
        event.withheldCount = visible.withheldCount
        event.elements = query.kinds.map(\.rawValue)
        event.screen = "timeline"
        event.overrideToken = policy.overridesInForce.first
        event.recordRevision = record.revision
        event.pageFrom = query.cursor?.text
        event.pageTo = page.next?.text
        event.staleSilos = silos.filter { $0.state != "current" }.map(\.silo)
        let released = TimelinePage(
            patient: handle(record, visible),
            banner: banner(record, visible, asOf ?? look.now),
            markers: try markers(record, visible, look),
            asOf: asOf ?? look.now,
            sections: sections,
            silos: silos,
            next: page.next
        )
        return try release(released, event)
    }

    /// What may be shown, events told by several silos put together (SAFETY S11, S12, S14).
    ///
    /// - Parameters:
    ///   - record: The record.
    ///   - visible: What of it may be shown.
    ///   - kinds: The kinds that are asked for; empty for all.
    /// - Returns: What groups a chain when it is shown.
    func grouped(
        _ record: ArrangedRecord,
        _ visible: VisibleChains,
        kinds: [EntryKind] = []
    ) -> EventGroups {
        let resenders = Set(rules.silos.filter(\.resends).map(\.name))
        var speakers: [UInt64: Set<String>] = [:]
        for (assigner, silos) in rules.record.identity.speakers {
            speakers[Handle.number(ofText: assigner)] = silos
        }
        let speaking = speakers
        return EventGroups(
            record,
            isVisible: { chain in
                (kinds.isEmpty || kinds.contains(chain.kind)) && visible.contains(chain)
            },
            isPointer: { chain in
                (kinds.isEmpty || kinds.contains(chain.kind)) && visible.isPointer(chain)
            },
            isOrigin: { speaking[$1]?.contains($0) ?? false },
            resends: { resenders.contains($0) }
        )
    }

    func displayed(
        _ group: EventGroups.Group,
        _ reader: RowReader,
        _ query: TimelineQuery
    ) throws -> [TimelineRow] {
        let chain = try reader.rows(group.lead)
        let copies = try group.copies.map { try reader.rows($0) }
        let current = chain.current.map { row -> TimelineRow in
            var row = row
            row.alsoFrom = copies.flatMap(\.current).map { RowCopy($0) }
            row.possiblySame = group.possiblySame
            return row
        }
        guard query.includesVersions else { return current }
        return current + chain.earlier + copies.flatMap(\.earlier)
    }

    /// Whether the reader may know of another record that may be the same person's.
    ///
    /// - Rule: SAFETY S1, S17: said only to those who may know that it exists.
    func mayKnowOther(_ record: ArrangedRecord, _ look: Look) throws -> Bool {
        try record.cluster.possibleOthers.contains { other in
            guard let found = try store.record(of: other, asOf: nil, rules: rules.record)
            else { return false }
            return mayKnow(found, try policy(found, look))
        }
    }

    /// What a reader is told of the record as a whole.
    ///
    /// That something is sealed is one of the deliberate disclosures: no count, kind or date.
    func markers(
        _ record: ArrangedRecord,
        _ visible: VisibleChains,
        _ look: Look
    ) throws -> [Marker] {
        (try mayKnowOther(record, look) ? [.possibleOther] : [])
            + (visible.holdsSealed ? [.holdsSealed] : [])
    }

    /// Whether a reader may know of a person, by any handle; nothing is shown.
    package func mayKnow(_ patient: SourcePatientID, _ look: Look) throws -> Bool {
        guard let record = try store.record(of: patient, asOf: nil, rules: rules.record) else {
            return false
        }
        return mayKnow(record, try policy(record, look))
    }

    /// Whether a reader may know that a person has a record: something of it may be shown, or it
    /// holds nothing and the reader may know such people.
    func mayKnow(_ record: ArrangedRecord, _ policy: AccessPolicy) -> Bool {
        record.chains.isEmpty
            ? mayKnowPatient(policy) : !self.visible(record, under: policy).isEmpty
    }

    /// The handle by which a reader is told of a person: of the source patients that the reader may
    /// know, the first.
    ///
    /// A hidden message under another number must not change it (DESIGN P6).
    func handle(_ record: ArrangedRecord, _ visible: VisibleChains) -> SourcePatientID {
        let known = Set(visible.columns { $0 != .none }.flatMap(\.subjects))
        let hidden = Set(visible.columns { $0 == .none }.flatMap(\.subjects)).subtracting(known)
        return record.cluster.members.first { !hidden.contains($0) } ?? record.cluster.handle
    }

    /// Entries that are known today to be another person's: what was shown of them in the past is
    /// read for a recall alone (SAFETY S10, before S18).
    func wrongPatients(_ present: ArrangedRecord, _ look: Look) throws -> Set<EntryID> {
        guard look.purpose != .recall else { return [] }
        return Set(
            try present.consequences().recalls.filter { $0.marker == .wrongPatient }.flatMap(
                \.entries
            )
        )
    }

    /// Whether the person may know the patient at all, whatever the record holds: an answer that
    /// depended on what is hidden would give it away (DESIGN P6).
    func mayKnowPatient(_ policy: AccessPolicy) -> Bool {
        EntryKind.allCases.contains { policy.permits(.know, on: EntryFacts(kind: $0, silo: "")) }
    }
}
