public import PortalAccess
import PortalRecord
import PortalTimeline

/// What a search found, as machines and people read it.
public enum SearchView {
    /// The people as canonical JSON.
    ///
    /// - Throws: `EncodingError`, which no list of ours gives.
    public static func json(_ found: Released<[FoundPerson]>) throws -> String {
        try CanonicalJSON.text(found.value.map(Person.init))
    }

    /// The people as text, one to a line.
    public static func text(_ found: Released<[FoundPerson]>) -> String {
        guard !found.value.isEmpty else { return "Nobody whom you may know was found." }
        return found.value.map { person in
            [
                person.banner.name?.banner ?? "NAME NOT KNOWN",
                "Born " + (person.banner.birthDate?.clinical ?? "not known"),
                person.banner.identifiers.first { $0.nationalNumber != nil }?.value ?? "no number",
                person.patient.rawValue,
            ].joined(separator: " · ")
        }.asLines()
    }

    /// The documents as canonical JSON.
    ///
    /// - Throws: `EncodingError`, which no list of ours gives.
    public static func json(_ found: Released<[FoundText]>) throws -> String {
        try CanonicalJSON.text(found.value.map(Text.init))
    }

    /// The documents as text, one to a line.
    public static func text(_ found: Released<[FoundText]>) -> String {
        var lines: [String] = []
        var before: SourcePatientID?
        for one in found.value {
            if one.patient != before { lines.append(BannerView.text(one.banner)) }
            before = one.patient
            let labels = SiloLabels(one.row.silo, one.siloLabel)
            lines += TimelineView.lines(of: one.row, labels).map { "  " + $0 }
            lines.append("      " + one.snippet)
        }
        let count = found.value.count
        return (["\(count) found"] + lines + ["Some items may be withheld by rule."]).asLines()
    }

    private struct Person: Encodable {
        let patient: SourcePatientID
        let name: String?
        let born: String?
        let number: String?
        let deceased: Bool

        init(_ found: FoundPerson) {
            patient = found.patient
            name = found.banner.name?.banner
            born = found.banner.birthDate.map { $0.in(.unknown).description }
            number = found.banner.identifiers.first { $0.nationalNumber != nil }?.value
            deceased = found.banner.isDeceased
        }
    }

    private struct Text: Encodable {
        let patient: SourcePatientID
        let banner: BannerView.Answer
        let snippet: String
        let entry: RowAnswer

        init(_ found: FoundText) {
            patient = found.patient
            banner = BannerView.Answer(found.banner)
            snippet = found.snippet
            entry = RowAnswer(found.row)
        }
    }
}
