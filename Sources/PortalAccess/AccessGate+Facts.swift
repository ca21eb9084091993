import PortalIdentity
import PortalPolicy
import PortalRecord
import PortalStore
import PortalTimeline

/// The facts that access rests on, as the record and the store know them.
extension AccessGate {
    /// Relationships come from attendances and bookings (the teams of their places, and the
    /// clinicians), and from the practice where the patient is registered.
    func relationships(_ record: ArrangedRecord) -> [Relationship] {
        var found = record.episodes.flatMap { episode -> [Relationship] in
            let holders = teams(at: episode.places) + episode.clinicians.map { .person($0) }
            let isBooked = episode.isPlanned || episode.kind == .appointment
            return holders.map {
                Relationship(
                    holder: $0,
                    basis: isBooked ? .appointment : .attendance,
                    from: episode.from,
                    to: episode.to
                )
            }
        }
        let practices = record.banner.generalPractice.filter { $0.role == "general practice" }
        let names = practices.flatMap { [$0.identifier?.value, $0.name?.spoken] }.compactMap { $0 }
        found += teams(at: names).map {
            Relationship(holder: $0, basis: .registration, from: nil, to: nil)
        }
        return found
    }

    private func teams(at places: [String]) -> [Relationship.Holder] {
        guard !places.isEmpty else { return [] }
        return rules.access.teams.filter { !Set($0.places).isDisjoint(with: places) }
            .map { .team($0.name) }
    }

    /// What the patient answered this person; an answer asked in a contact ends with it.
    ///
    /// - Rule: SAFETY S24.
    func consents(_ record: ArrangedRecord, _ look: Look) throws -> [Consent] {
        try store.consents(of: look.principal.person).map { consent in
            guard let encounter = consent.encounter else { return consent }
            var consent = consent
            let ends = record.episodes.filter { $0.key == encounter }.compactMap { episode in
                episode.state == "in progress" ? nil : episode.to?.span.end
            }
            if let end = ends.min(), end < consent.expires.milliseconds {
                consent.expires = Instant(milliseconds: end)
            }
            return consent
        }
    }

    /// Whether no feed of attendances is current: then a missing relationship says nothing.
    ///
    /// - Rule: SAFETY S21.
    func isRelationshipFeedStale(at moment: Instant) throws -> Bool {
        let feeds = rules.silos.filter { $0.feeds.contains(.encounter) && !$0.isRefused }
        guard !feeds.isEmpty else { return false }
        let receipts = try store.silos(asOf: moment)
        return feeds.contains { feed in
            let heard = receipts.first { $0.silo == feed.name }
            guard let last = heard?.lastHeard, heard?.failingSince == nil else { return true }
            return last.adding(seconds: feed.quietAfterSeconds) < moment
        }
    }
}

extension PatientLife {
    /// What the sources say of it.
    init(_ banner: PatientBanner) {
        self.init(
            born: banner.birthDate,
            isDeceased: banner.isDeceased,
            died: banner.deceasedAt
        )
    }
}
