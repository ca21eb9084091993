import PortalAccess
import PortalRecord
import PortalTimeline

/// A silo as machines read it.
struct SiloAnswer: Encodable {
    let silo: String
    let label: String
    let custodian: String?
    let state: String
    let lastHeard: Instant?
    let failingSince: Instant?
    let coverage: String?

    init(_ silo: SiloState) {
        self.silo = silo.silo
        label = silo.label
        custodian = silo.custodian
        state = silo.state
        lastHeard = silo.lastHeard
        failingSince = silo.failingSince
        coverage = silo.coverage
    }

    enum CodingKeys: String, CodingKey {
        case silo, label, custodian, state, lastHeard, failingSince, coverage
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(silo, forKey: .silo)
        try container.encode(label, forKey: .label)
        try container.encodeIfPresent(custodian, forKey: .custodian)
        try container.encode(state, forKey: .state)
        try container.encode(lastHeard, forKey: .lastHeard)
        try container.encodeIfPresent(failingSince, forKey: .failingSince)
        try container.encode(coverage, forKey: .coverage)
    }
}

/// A row as machines read it.
struct RowAnswer: Encodable {
    let row: TimelineRow

    init(_ row: TimelineRow) { self.row = row }

    enum CodingKeys: String, CodingKey {
        case entry, version, kind, when, clock, what, headline, values, status, current
        case markers, supersedes, silo, document, findings, key, who, place, notes
        case alsoFrom, possiblySame, attachments, pages, files
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
        try container.encode(row.values.map(ValueAnswer.init), forKey: .values)
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
        try container.encode(row.attachments, forKey: .attachments)
        try container.encode(row.pages, forKey: .pages)
        try container.encode(row.files, forKey: .files)
    }
}

/// A value as machines read it.
private struct ValueAnswer: Encodable {
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
