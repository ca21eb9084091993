public import PortalAccess
import PortalRecord
import PortalTimeline

/// A list of patients as machines and people read it.
public enum StayListView {
    /// The list as canonical JSON.
    ///
    /// - Throws: `EncodingError`, which no list of ours gives.
    public static func json(_ list: Released<[ListedStay]>) throws -> String {
        try CanonicalJSON.text(list.value.map(Line.init))
    }

    /// The list as text: a line a patient, under the ward or clinic.
    public static func text(_ list: Released<[ListedStay]>) -> String {
        guard !list.value.isEmpty else { return "Nobody whom you may know is on this list." }
        var lines: [String] = []
        var place: String?
        for stay in list.value {
            let here = stay.location ?? "place not known"
            if here != place {
                place = here
                lines.append(here.uppercased())
            }
            let number = stay.banner.identifiers.first { $0.nationalNumber != nil }?.value
            lines.append(
                "  "
                    + [
                        stay.banner.name?.banner ?? "NAME NOT KNOWN",
                        "Born " + (stay.banner.birthDate?.clinical ?? "not known"),
                        number ?? "no number", stay.list, stay.state,
                        stay.from?.clinical ?? "date not known", stay.reason ?? "",
                        stay.patient.rawValue,
                    ].filter { !$0.isEmpty }.joined(separator: " · ")
            )
        }
        return lines.asLines()
    }

    private struct Line: Encodable {
        let patient: SourcePatientID
        let name: String?
        let born: String?
        let number: String?
        let deceased: Bool
        let list: String
        let location: String?
        let places: [String]
        let state: String
        let from: String?
        let to: String?
        let clinicians: [String]
        let reason: String?
        let silo: String
        let entry: EntryID

        init(_ stay: ListedStay) {
            patient = stay.patient
            name = stay.banner.name?.banner
            born = stay.banner.birthDate.map { $0.in(.unknown).description }
            number = stay.banner.identifiers.first { $0.nationalNumber != nil }?.value
            deceased = stay.banner.isDeceased
            list = stay.list
            location = stay.location
            places = stay.places
            state = stay.state
            from = stay.from?.words
            to = stay.to?.words
            clinicians = stay.clinicians
            reason = stay.reason
            silo = stay.silo
            entry = stay.entry
        }
    }
}
