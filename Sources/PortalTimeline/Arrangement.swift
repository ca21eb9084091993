public import PortalRecord

/// The parts of the timeline, in the order in which they are shown.
///
/// - Rule: SAFETY S16: coming up · date not known · newest first.
public enum TimelineSection: String, Hashable, Sendable, Codable, CaseIterable {
    /// Still to come, soonest first.
    case comingUp = "coming up"
    /// Without a date, pinned so that it is not buried.
    case dateNotKnown = "date not known"
    /// Everything else, newest first.
    case timeline

    /// The section of a place in the timeline.
    public init(_ position: TimelinePosition, now: Instant) {
        guard let start = position.start else {
            self = .dateNotKnown
            return
        }
        self = start > now.milliseconds ? .comingUp : .timeline
    }
}

/// What part of the timeline is asked for.
public struct TimelineQuery: Hashable, Sendable {
    /// Kinds wanted; empty for all.
    public var kinds: [EntryKind] = []
    /// Nothing that ended before this day; undated entries always stay.
    public var since: PartialDate?
    /// At most so many rows; at least one.
    public var limit = 50
    /// Where the page before ended.
    public var cursor: TimelineCursor?
    /// Whether earlier versions come along.
    public var includesVersions = false

    /// Asks for the first page of everything.
    public init() {}
}

/// Where a page ended: the last row shown.
///
/// It says nothing of rows that were not.
public struct TimelineCursor: Hashable, Sendable, Codable {
    /// The last row's section.
    public var section: TimelineSection
    /// The last row's place.
    public var position: TimelinePosition

    /// Builds a cursor.
    public init(section: TimelineSection, position: TimelinePosition) {
        self.section = section
        self.position = position
    }

    /// Reads a cursor's text; nil for anything else.
    public init?(_ text: String) {
        guard text.hasPrefix("t1-"),
            let bytes = Hexadecimal.decode(Array(text.utf8.dropFirst(3))),
            let cursor: TimelineCursor = try? CanonicalJSON.decode(from: bytes)
        else { return nil }
        self = cursor
    }

    /// The cursor as text.
    public var text: String {
        "t1-" + Hexadecimal.encode((try? CanonicalJSON.encode(self)) ?? [])
    }
}

/// Orders and pages the rows that may be shown.
///
/// - Rule: SAFETY S16; PITFALLS 62: the order is total, so no page repeats or skips a row.
package enum Arrangement {
    /// One row to arrange: its place, and whatever the caller keeps with it.
    package struct Place<Payload> {
        package let position: TimelinePosition
        package let payload: Payload

        package init(position: TimelinePosition, payload: Payload) {
            self.position = position
            self.payload = payload
        }
    }

    package struct Page<Payload> {
        package var sections: [(section: TimelineSection, places: [Place<Payload>])]
        package var next: TimelineCursor?
    }

    package static func page<Payload>(
        _ places: [Place<Payload>],
        query: TimelineQuery,
        now: Instant
    ) -> Page<Payload> {
        var rows: [(TimelineSection, Place<Payload>)] = []
        for section in TimelineSection.allCases {
            var members = places.filter { TimelineSection($0.position, now: now) == section }
            members.sort { $0.position < $1.position }
            // What comes up is read soonest first.
            if section == .comingUp { members.reverse() }
            rows += members.map { (section, $0) }
        }
        if let since = query.since?.span.start {
            rows.removeAll { ($0.1.position.start ?? Int.max) < since }
        }
        if let cursor = query.cursor {
            rows.removeAll { !isBehind($0.0, $0.1.position, cursor) }
        }
        let shown = rows.prefix(max(1, query.limit))
        var page = Page<Payload>(sections: [], next: nil)
        for section in TimelineSection.allCases {
            page.sections.append((section, shown.filter { $0.0 == section }.map(\.1)))
        }
        if rows.count > shown.count, let last = shown.last {
            page.next = TimelineCursor(section: last.0, position: last.1.position)
        }
        return page
    }

    private static func isBehind(
        _ section: TimelineSection,
        _ position: TimelinePosition,
        _ cursor: TimelineCursor
    ) -> Bool {
        let order = TimelineSection.allCases
        let own = order.firstIndex(of: section) ?? 0
        let other = order.firstIndex(of: cursor.section) ?? 0
        if own != other { return own > other }
        return section == .comingUp ? position < cursor.position : cursor.position < position
    }
}
