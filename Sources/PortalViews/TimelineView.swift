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
        var lines: [String] = []
        for marker in page.markers { lines.append("! " + marker.rawValue) }
        for section in page.sections where !section.rows.isEmpty {
            let count = section.name == .dateNotKnown ? " (\(section.rows.count))" : ""
            lines.append("")
            lines.append(section.name.rawValue.uppercased() + count)
            lines += section.rows.flatMap(lines(of:))
        }
        lines.append("")
        for silo in page.silos {
            let heard = silo.lastHeard.map { ", last heard " + $0.description } ?? ""
            lines.append(silo.label + ": " + silo.state + heard)
        }
        lines.append(page.standingLine)
        if let next = page.next { lines.append("More: --cursor " + next.text) }
        return lines.joined(separator: "\n")
    }

    private static func lines(of row: TimelineRow) -> [String] {
        let when = row.when?.words ?? "date not known"
        let markers =
            row.markers.isEmpty
            ? "" : " [" + row.markers.map(\.rawValue).joined(separator: "; ") + "]"
        let place = row.place.map { " · " + $0 } ?? ""
        let head = row.isCurrent ? "" : "  (earlier) "
        let also = row.alsoFrom.map { ", also " + $0.silo }.joined()
        let like = row.possiblySame.isEmpty ? "" : " (possibly the same as another row)"
        return [
            head + when + " · " + row.what + " · " + printable(row.headline) + place + " · "
                + row.status + " · " + row.silo + also + like + markers
        ]
    }

    /// Control characters of a sender's text never reach a terminal.
    private static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }
            )
        )
    }

    private struct Answer: Encodable {
        let patient: String
        let asOf: Instant
        let markers: [Marker]
        let sections: [Section]
        let silos: [Silo]
        let next: String?
        let standingLine: String

        enum CodingKeys: String, CodingKey {
            case patient, asOf, markers, sections, silos, next, standingLine
        }

        init(_ page: TimelinePage) {
            patient = page.patient.rawValue
            asOf = page.asOf
            markers = page.markers
            sections = page.sections.map {
                Section(name: $0.name, entries: $0.rows.map(Entry.init))
            }
            silos = page.silos.map {
                Silo(silo: $0.silo, label: $0.label, state: $0.state, lastHeard: $0.lastHeard)
            }
            next = page.next?.text
            standingLine = page.standingLine
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(patient, forKey: .patient)
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
        let entries: [Entry]
    }

    private struct Silo: Encodable {
        let silo: String
        let label: String
        let state: String
        let lastHeard: Instant?

        enum CodingKeys: String, CodingKey { case silo, label, state, lastHeard }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(silo, forKey: .silo)
            try container.encode(label, forKey: .label)
            try container.encode(state, forKey: .state)
            try container.encode(lastHeard, forKey: .lastHeard)
        }
    }

    private struct Entry: Encodable {
        let row: TimelineRow

        init(_ row: TimelineRow) { self.row = row }

        enum CodingKeys: String, CodingKey {
            case entry, version, kind, when, clock, what, headline, values, status, current
            case markers, supersedes, silo, document, findings, key, who, place, notes
            case alsoFrom, possiblySame
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(row.entry, forKey: .entry)
            try container.encode(row.version, forKey: .version)
            try container.encode(row.kind, forKey: .kind)
            try container.encode(row.when?.words, forKey: .when)
            try container.encodeIfPresent(row.clock, forKey: .clock)
            try container.encode(row.what, forKey: .what)
            try container.encode(row.headline, forKey: .headline)
            try container.encode(row.values.map(Value.init), forKey: .values)
            try container.encode(row.status, forKey: .status)
            try container.encode(row.isCurrent, forKey: .current)
            try container.encode(row.markers, forKey: .markers)
            try container.encode(row.supersedes, forKey: .supersedes)
            try container.encode(row.silo, forKey: .silo)
            try container.encode(row.document, forKey: .document)
            try container.encode(row.findings, forKey: .findings)
            try container.encode(row.key, forKey: .key)
            try container.encode(row.who, forKey: .who)
            try container.encode(row.place, forKey: .place)
            try container.encode(row.notes, forKey: .notes)
            try container.encode(row.alsoFrom, forKey: .alsoFrom)
            try container.encode(row.possiblySame, forKey: .possiblySame)
        }
    }

    private struct Value: Encodable {
        let value: RowValue

        init(_ value: RowValue) { self.value = value }

        enum CodingKeys: String, CodingKey {
            case code, text, value, unit, range, abnormal, status, markers, notes, instance, path
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(value.code, forKey: .code)
            try container.encode(value.text, forKey: .text)
            try container.encode(value.value, forKey: .value)
            try container.encode(value.unit, forKey: .unit)
            try container.encodeIfPresent(value.range, forKey: .range)
            try container.encodeIfPresent(value.abnormal, forKey: .abnormal)
            try container.encode(value.status, forKey: .status)
            try container.encode(value.markers, forKey: .markers)
            try container.encode(value.notes, forKey: .notes)
            try container.encodeIfPresent(value.instance, forKey: .instance)
            try container.encode(value.path, forKey: .path)
        }
    }
}
