public import PortalRecord
public import PortalTimeline

/// Which list of patients is asked for.
public struct PatientListQuery: Hashable, Sendable {
    /// The lists that every site has.
    public enum Name: String, Hashable, Sendable, CaseIterable {
        /// Inpatients, now and to come.
        case inpatients
        /// The emergency department, now.
        case emergency
        /// Clinics, of the days asked for.
        case clinic
        /// Day cases, of the days asked for.
        case dayCase = "day case"
        /// Theatre lists, of the days asked for.
        case theatre
        /// Attendances that ended lately, or are still open.
        case recent
        /// Patients of the reader's teams and of their own.
        case mine
    }

    /// The list.
    public var name: Name
    /// Wards, clinics, theatres; empty for all.
    public var places: [String]
    /// The first day; nil for today.
    public var from: PartialDate?
    /// The last day; nil for a week ahead, of recent attendances for today.
    public var to: PartialDate?

    /// Asks for a list.
    public init(
        _ name: Name,
        places: [String] = [],
        from: PartialDate? = nil,
        to: PartialDate? = nil
    ) {
        self.name = name
        self.places = places
        self.from = from
        self.to = to
    }

    /// The kinds of stay that the list is about; empty for all.
    var lists: [String] {
        switch name {
        case .inpatients: ["inpatient"]
        case .emergency: ["emergency"]
        case .clinic: ["clinic"]
        case .dayCase: ["day case"]
        case .theatre: ["theatre"]
        case .recent, .mine: []
        }
    }

    /// The stretch of time that it is about, in milliseconds.
    func window(at now: Instant) -> ClosedRange<Int> {
        let day = 86_400_000
        let today = now.milliseconds / day * day
        let back = name == .recent ? 30 * day : 0
        let ahead = name == .recent ? day : 8 * day
        let start = from?.span.start ?? today - back
        let end = to?.span.end ?? today + ahead
        return start...max(start, end)
    }

    /// Whether a stay or booking stands on the list at a moment.
    func shows(_ episode: CareEpisode, at now: Instant) -> Bool {
        switch name {
        case .inpatients, .emergency:
            // A patient who was transferred is on the list of the ward where they are.
            episode.state != "finished" && episode.state != "cancelled"
                && (places.isEmpty || episode.location.map(places.contains) ?? false)
        case .mine: episode.state != "finished" && episode.state != "cancelled"
        case .recent: !episode.isPlanned
        case .clinic, .dayCase, .theatre: true
        }
    }
}

/// A line of a list of patients: who, where, since when.
public struct ListedStay: Sendable, Hashable {
    /// The person's handle.
    public var patient: SourcePatientID
    /// Who the person is.
    public var banner: PatientBanner
    /// What kind of stay.
    public var list: String
    /// Where now.
    public var location: String?
    /// Where so far.
    public var places: [String]
    /// How it stands, in words.
    public var state: String
    /// From when.
    public var from: PartialDate?
    /// Until when; nil while it lasts.
    public var to: PartialDate?
    /// Codes of the clinicians.
    public var clinicians: [String]
    /// Why, or what for, in words.
    public var reason: String?
    /// The silo that says so.
    public var silo: String
    /// The entry's handle.
    public var entry: EntryID
}
