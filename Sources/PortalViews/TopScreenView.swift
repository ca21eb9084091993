public import PortalAccess
import PortalRecord
import PortalTimeline

/// The first screen as machines and people read it.
public enum TopScreenView {
    /// The screen as canonical JSON.
    ///
    /// - Throws: `EncodingError`, which no screen of ours gives.
    public static func json(_ screen: Released<TopScreen>) throws -> String {
        try CanonicalJSON.text(Answer(screen.value))
    }

    /// The screen as plain text.
    ///
    /// - Rule: SAFETY "The first screen".
    public static func text(_ screen: Released<TopScreen>) -> String {
        let screen = screen.value
        var lines = [banner(screen.banner)]
        lines += screen.markers.map { "! " + $0.rawValue }
        let labels = SiloLabels(screen.silos)
        for element in screen.elements {
            lines.append("")
            lines.append(element.label.uppercased())
            lines += element.lines.map { "  ! " + $0 }
            lines += element.rows.flatMap { TimelineView.lines(of: $0, labels) }.map { "  " + $0 }
            lines += element.notes.map { "  " + $0 }
        }
        lines.append("")
        for silo in screen.silos { lines.append(TimelineView.line(of: silo)) }
        lines.append(screen.standingLine)
        return lines.joined(separator: "\n")
    }

    /// `LEE, Ann · Born 03-Mar-1951 (75y) · 999 000 0018 · WARD7`.
    static func banner(_ banner: TopScreen.Banner) -> String {
        var parts = [banner.name?.banner ?? "NAME NOT KNOWN"]
        let age = banner.age.map { " (\($0)y)" } ?? ""
        parts.append("Born " + (banner.birthDate?.clinical ?? "not known") + age)
        parts.append(banner.number ?? "no number")
        if let location = banner.location { parts.append(location) }
        if banner.isDeceased {
            parts.append("DECEASED" + (banner.deceasedAt.map { " " + $0.clinical } ?? ""))
        }
        return parts.joined(separator: " · ")
    }

    private struct Answer: Encodable {
        struct Banner: Encodable {
            let name: String?
            let born: String?
            let age: Int?
            let number: String?
            let location: String?
            let deceased: Bool
            let deceasedAt: String?
            let generalPractice: [String]
        }

        struct Element: Encodable {
            let element: String
            let label: String
            let state: String
            let lines: [String]
            let notes: [String]
            let entries: [RowAnswer]
            let more: Int
            let older: Int
            let silos: [SiloAnswer]
        }

        let patient: SourcePatientID
        let banner: Banner
        let markers: [Marker]
        let asOf: Instant
        let elements: [Element]
        let silos: [SiloAnswer]
        let standingLine: String

        init(_ screen: TopScreen) {
            patient = screen.patient
            banner = Banner(
                name: screen.banner.name?.banner,
                born: screen.banner.birthDate.map { $0.in(.unknown).description },
                age: screen.banner.age,
                number: screen.banner.number,
                location: screen.banner.location,
                deceased: screen.banner.isDeceased,
                deceasedAt: screen.banner.deceasedAt?.words,
                generalPractice: screen.banner.generalPractice
            )
            markers = screen.markers
            asOf = screen.asOf
            elements = screen.elements.map { element in
                Element(
                    element: element.name,
                    label: element.label,
                    state: element.state,
                    lines: element.lines,
                    notes: element.notes,
                    entries: element.rows.map(RowAnswer.init),
                    more: element.more,
                    older: element.older,
                    silos: element.absences.map(SiloAnswer.init)
                )
            }
            silos = screen.silos.map(SiloAnswer.init)
            standingLine = screen.standingLine
        }
    }
}
