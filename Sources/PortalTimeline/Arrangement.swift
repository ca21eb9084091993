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
    ///
    /// A day without a zone is one of British clocks.
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

/// Pages the chains that may be shown.
///
/// - Rule: SAFETY S16; PITFALLS 62: the order is total, so no page repeats or skips a row.
package enum Arrangement {
    package struct Page {
        package var sections: [(section: TimelineSection, groups: [EventGroups.Group])]
        package var next: TimelineCursor?
    }

    /// Goes through the record from where the page before ended, and no further than the page needs.
    ///
    /// - Throws: What reading the rows throws.
    package static func page(
        _ record: ArrangedRecord,
        _ groups: EventGroups,
        query: TimelineQuery,
        now: Instant
    ) throws -> Page {
        let limit = max(1, query.limit)
        var page = Page(sections: TimelineSection.allCases.map { ($0, []) }, next: nil)
        var count = 0
        var last: TimelineCursor?
        for (number, section) in TimelineSection.allCases.enumerated() {
            var walk = Walk(record.chains, section, query, now)
            while let chain = walk.next() {
                guard let group = try groups.group(chain) else { continue }
                guard count < limit else {
                    page.next = last
                    return page
                }
                count += 1
                last = TimelineCursor(section: section, position: chain.position)
                page.sections[number].groups.append(group)
            }
        }
        return page
    }

    /// One section's chains behind a cursor.
    private struct Walk {
        private let chains: ChainOrder
        private let section: TimelineSection
        private let now: Int
        private let since: Int?
        private var place: ChainOrder.Place
        private var isOver = false

        init(
            _ chains: ChainOrder,
            _ section: TimelineSection,
            _ query: TimelineQuery,
            _ now: Instant
        ) {
            self.chains = chains
            self.section = section
            self.now = now.milliseconds
            since = query.since?.assuming(.named(.london)).span.start
            let later = now.milliseconds
            switch section {
            // What comes up is read soonest first.
            case .comingUp, .timeline:
                place = chains.place { ($0.start ?? .min) > later }
            case .dateNotKnown:
                place = chains.place { $0.start != nil }
            }
            guard let cursor = query.cursor else { return }
            let order = TimelineSection.allCases
            let own = order.firstIndex(of: section) ?? 0
            let other = order.firstIndex(of: cursor.section) ?? 0
            if own < other {
                isOver = true
            } else if own == other, section == .comingUp {
                place = chains.place { $0.position < cursor.position }
            } else if own == other {
                let behind = chains.place { $0.position <= cursor.position }
                // A cursor of another time may name a place before the section.
                place = max(place, behind)
            }
        }

        mutating func next() -> ArrangedChain? {
            while !isOver {
                let chain =
                    section == .comingUp ? chains.previous(&place) : chains.next(&place)
                guard let chain else { break }
                switch section {
                case .comingUp:
                    // Behind a cursor of another time the section may begin later.
                    guard (chain.start ?? .min) > now else { continue }
                    if let since, (chain.position.end ?? .max) <= since { continue }
                    return chain
                case .dateNotKnown: return chain
                case .timeline:
                    guard let start = chain.start else { break }
                    guard start <= now else { continue }
                    guard let since else { return chain }
                    // A year or month may reach beyond a day that it began before.
                    if chain.position.end ?? .max > since { return chain }
                    if start > since - TimelinePosition.longest { continue }
                }
                break
            }
            isOver = true
            return nil
        }
    }
}
