package import PortalRecord
package import PortalTimeline

/// Which stays and bookings a list of patients asks for.
package struct EpisodeQuery: Hashable, Sendable {
    /// `inpatient`, `emergency`, `clinic`, `day case`, `theatre`; empty for all.
    package var lists: [String]
    /// Wards, clinics, theatres; empty for all.
    package var places: [String]
    /// Clinicians' codes; empty for all.
    package var clinicians: [String]
    /// States, such as `in progress`; empty for all.
    package var states: [String]
    /// Milliseconds: what ended before is left out, what has no end lasts.
    package var from: Int
    /// Milliseconds: what begins after is left out.
    package var to: Int

    package init(
        lists: [String] = [],
        places: [String] = [],
        clinicians: [String] = [],
        states: [String] = [],
        from: Int = .min,
        to: Int = .max
    ) {
        self.lists = lists
        self.places = places
        self.clinicians = clinicians
        self.states = states
        self.from = from
        self.to = to
    }

    /// Whether a stay or booking is asked for.
    ///
    /// One without a beginning is asked for whatever the time: it is not buried (SAFETY S16).
    package func covers(_ episode: CareEpisode) -> Bool {
        let start = episode.from?.span.start ?? Int.min
        let end = episode.to?.span.end ?? Int.max
        let isTheirs =
            places.isEmpty && clinicians.isEmpty
            || !Set(places).isDisjoint(with: episode.places)
            || !Set(clinicians).isDisjoint(with: episode.clinicians)
        return (lists.isEmpty || lists.contains(episode.list)) && isTheirs
            && (states.isEmpty || states.contains(episode.state)) && start <= to && end >= from
    }
}

/// A stay or booking with whose it is.
package struct ListedEpisode: Hashable, Sendable {
    package var patient: SourcePatientID
    package var episode: CareEpisode

    package init(patient: SourcePatientID, episode: CareEpisode) {
        self.patient = patient
        self.episode = episode
    }
}
