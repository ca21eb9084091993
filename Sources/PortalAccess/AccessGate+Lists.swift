import PortalAudit
import PortalIdentity
import PortalPolicy
import PortalRecord
import PortalStore
import PortalTimeline

/// Lists of patients: inpatients by ward, emergency department, clinic, day case, theatre, recent
/// attendances, my patients.
///
/// A patient stands on a list only by a stay or booking that the reader may see, and one whom the
/// reader may not know is on none (DESIGN P6).
extension AccessGate {
    package func list(_ query: PatientListQuery, _ look: Look) throws -> Released<[ListedStay]> {
        var shown: [ListedStay] = []
        var members: Set<String> = []
        var known: [SourcePatientID: (ArrangedRecord, AccessPolicy)?] = [:]
        for listed in try store.episodes(episodes(query, look), rules: rules.record) {
            let opened: (ArrangedRecord, AccessPolicy)?
            if let before = known[listed.patient] {
                opened = before
            } else {
                opened = try store.record(of: listed.patient, asOf: nil, rules: rules.record)
                    .map { ($0, try policy($0, look)) }
                known[listed.patient] = opened
            }
            guard let (record, policy) = opened, query.shows(listed.episode, at: look.now) else {
                continue
            }
            let visible = self.visible(record, under: policy)
            let chains = record.chains(of: listed.episode)
            guard !chains.isEmpty, chains.allSatisfy(visible.contains) else { continue }
            members.formUnion(record.cluster.members.map(\.rawValue))
            shown.append(
                ListedStay(
                    patient: handle(record, visible),
                    banner: record.banner,
                    list: listed.episode.list,
                    location: listed.episode.location,
                    places: listed.episode.places,
                    state: listed.episode.state,
                    from: listed.episode.from,
                    to: listed.episode.to,
                    clinicians: listed.episode.clinicians,
                    reason: listed.episode.reason,
                    silo: listed.episode.source,
                    entry: listed.episode.entry
                )
            )
        }
        shown.sort { left, right in
            (left.location ?? "", left.from?.span.start ?? .min, left.patient, left.entry)
                < (
                    right.location ?? "", right.from?.span.start ?? .min, right.patient,
                    right.entry
                )
        }
        var event = event(look, .listPatients, nil, .permitted)
        event.screen = "list: " + query.name.rawValue
        event.members = members.sorted()
        event.shownCount = shown.count
        event.entries = shown.map(\.entry.rawValue)
        return try release(shown, event)
    }

    private func episodes(_ query: PatientListQuery, _ look: Look) -> EpisodeQuery {
        var asked = EpisodeQuery(lists: query.lists, places: query.places)
        asked.from = query.window(at: look.now).lowerBound
        asked.to = query.window(at: look.now).upperBound
        if query.name == .mine {
            let teams = rules.memberships.filter {
                $0.person == look.principal.person && $0.holds(at: look.now)
            }.map(\.team)
            asked.places = rules.access.teams.filter { teams.contains($0.name) }.flatMap(\.places)
            asked.clinicians = look.principal.codes + [look.principal.person]
        }
        return asked
    }
}
