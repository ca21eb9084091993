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
        lines(of: screen.value).asLines()
    }

    static func lines(of screen: TopScreen) -> [String] {
        var lines = [BannerView.text(screen.banner)]
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
        return lines
    }

    struct Answer: Encodable {
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
        let banner: BannerView.Answer
        let markers: [Marker]
        let asOf: Instant
        let elements: [Element]
        let silos: [SiloAnswer]
        let standingLine: String

        init(_ screen: TopScreen) {
            patient = screen.patient
            banner = BannerView.Answer(screen.banner)
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
