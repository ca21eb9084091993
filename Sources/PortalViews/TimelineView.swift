public import PortalAccess
import PortalRecord
import PortalTimeline

/// A page of the timeline as machines and people read it.
public enum TimelineView {
    /// The page as canonical JSON.
    ///
    /// - Throws: `EncodingError`, which no page of ours gives.
    public static func json(_ page: Released<TimelinePage>) throws -> String {
        try CanonicalJSON.text(Answer(page.value))
    }

    /// The page as plain text, a row to a line.
    ///
    /// - Rule: SAFETY "The first screen": when · what · headline · where and who · status · source.
    public static func text(_ page: Released<TimelinePage>) -> String {
        let page = page.value
        var lines = [BannerView.text(page.banner)]
        for marker in page.markers { lines.append("! " + marker.rawValue) }
        for section in page.sections where !section.rows.isEmpty {
            let count = section.name == .dateNotKnown ? " (\(section.rows.count))" : ""
            lines.append("")
            lines.append(section.name.rawValue.uppercased() + count)
            let labels = SiloLabels(page.silos)
            lines += section.rows.flatMap { self.lines(of: $0, labels) + files(of: $0) }
        }
        lines.append("")
        for silo in page.silos { lines.append(line(of: silo)) }
        lines.append(page.standingLine)
        if let next = page.next { lines.append("More: --cursor " + next.text) }
        return lines.asLines()
    }

    static func lines(of row: TimelineRow, _ labels: SiloLabels) -> [String] {
        let when = row.when?.clinical ?? "date not known"
        let markers =
            row.markers.isEmpty
            ? "" : " [" + row.markers.map(\.rawValue).joined(separator: "; ") + "]"
        let place = row.place.flatMap { row.headline.hasPrefix($0) ? nil : " · " + $0 } ?? ""
        let head = row.isCurrent ? "" : "  (earlier) "
        let also = row.alsoFrom.map { ", also " + labels[$0.silo] }.joined()
        let like = row.possiblySame.isEmpty ? "" : " (possibly the same as another row)"
        return [
            head + when + " · " + row.what + " · " + row.headline + place + " · "
                + row.status + " · " + labels[row.silo] + also + like + markers
        ]
    }

    /// A row's files, each with the number under which it is opened.
    private static func files(of row: TimelineRow) -> [String] {
        row.files.map { file in
            let name = file.name ?? file.page.map { "page \($0)" } ?? "file"
            let type = file.mediaType.map { " (" + $0 + ")" } ?? ""
            let state = file.state == .here ? "" : " [" + file.state.rawValue + "]"
            return "    file \(file.number): " + name + type + state
        }
    }

    private struct Answer: Encodable {
        let patient: String
        let banner: BannerView.Answer
        let asOf: Instant
        let markers: [Marker]
        let sections: [Section]
        let silos: [SiloAnswer]
        let next: String?
        let standingLine: String

        enum CodingKeys: String, CodingKey {
            case patient, banner, asOf, markers, sections, silos, next, standingLine
        }

        init(_ page: TimelinePage) {
            patient = page.patient.rawValue
            banner = BannerView.Answer(page.banner)
            asOf = page.asOf
            markers = page.markers
            sections = page.sections.map {
                Section(name: $0.name, entries: $0.rows.map(RowAnswer.init))
            }
            silos = page.silos.map(SiloAnswer.init)
            next = page.next?.text
            standingLine = page.standingLine
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(patient, forKey: .patient)
            try container.encode(banner, forKey: .banner)
            try container.encode(asOf, forKey: .asOf)
            try container.encode(markers, forKey: .markers)
            try container.encode(sections, forKey: .sections)
            try container.encode(silos, forKey: .silos)
            try container.encode(next, forKey: .next)
            try container.encode(standingLine, forKey: .standingLine)
        }
    }

    private struct Section: Encodable {
        let name: TimelineSection
        let entries: [RowAnswer]
    }
}

/// What clinicians call the silos.
///
/// - Rule: DESIGN 9: clinical words, not IT words, in everything a clinician reads.
struct SiloLabels {
    private let labels: [String: String]

    init(_ silo: String, _ label: String) { labels = [silo: label] }

    init(_ silos: [SiloState]) {
        labels = Dictionary(
            silos.map { ($0.silo, $0.label) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    subscript(silo: String) -> String { labels[silo] ?? silo }
}
