import PortalRecord
import PortalTimeline

/// What the first screen says in words.
///
/// Few words, and the same reason once: a warning on every element is a warning that nobody reads.
///
/// - Rule: SAFETY S13, S17, S19. Never "none" for a source that is missing.
enum FirstScreenWording {
    static func lines(
        _ element: TopScreen.Element,
        kinds: Set<EntryKind>,
        feeding: [SiloState],
        all: [SiloState],
        at moment: Instant
    ) -> [String] {
        var lines: [String] = []
        if kinds == [.allergyIntolerance] { lines += allergies(element, feeding) }
        if kinds == [.carePlan] { lines += plans(element) }
        if kinds == [.medicationStatement], !element.rows.isEmpty {
            // Whoever states them, also a silo that the profile does not say feeds them.
            for silo in all where element.rows.contains(where: { $0.silo == silo.silo }) {
                let sent = silo.lastHeard.map { ", sent " + $0.clinical } ?? ""
                lines.append(silo.title + sent + ". Not the ward chart.")
            }
        }
        switch element.state {
        case "none recorded": lines.append("Nothing recorded that may be shown here.")
        case "not shown": lines.append("Not shown to your role.")
        case "no source":
            if kinds != [.allergyIntolerance] { lines.append("No source of this is connected.") }
        case "not known":
            if kinds != [.allergyIntolerance] { lines.append("No information received") }
            lines.append("Not known: " + reasons(element.absences) + ". Do not assume none.")
        default:
            // A document that waits somewhere is told of in the strip; a source that is missing
            // is told of here.
            let missing = element.absences.filter {
                $0.state != SiloState.awaitingFiling && $0.state != SiloState.silent
            }
            if !missing.isEmpty { lines.append("Also expected from " + reasons(missing)) }
        }
        return lines
    }

    /// What is said beside: what the sources cover, what is older.
    static func notes(_ element: TopScreen.Element, feeding: [SiloState]) -> [String] {
        var notes = feeding.compactMap { silo in silo.coverage.map { silo.title + ": " + $0 } }
        if element.more > 0 { notes.append("and \(element.more) more on the timeline") }
        if element.older > 0 { notes.append("\(element.older) older on the timeline") }
        return notes
    }

    /// Sources with their reasons; of several with one reason the reason is said once.
    private static func reasons(_ silos: [SiloState]) -> String {
        var order: [String] = []
        var labels: [String: [String]] = [:]
        for silo in silos {
            var reason = silo.state
            if silo.state == SiloState.quiet, let last = silo.lastHeard {
                reason += " since " + last.clinical
            }
            if silo.state == SiloState.failing, let since = silo.failingSince {
                reason += " since " + since.clinical
            }
            if labels[reason] == nil { order.append(reason) }
            labels[reason, default: []].append(silo.title)
        }
        return order.map { reason in
            (labels[reason] ?? []).joined(separator: ", ") + ": " + reason
        }.joined(separator: "; ")
    }

    private static func allergies(
        _ element: TopScreen.Element,
        _ feeding: [SiloState]
    ) -> [String] {
        switch element.state {
        case "none known":
            return element.rows.filter(\.stands).map { row in
                (row.noneKnown ?? "No known allergies") + ": "
                    + (feeding.first { $0.silo == row.silo }?.label ?? row.silo)
                    + (row.when.map { ", " + $0.clinical } ?? ", date not known")
            }
        case "recorded", "none recorded", "not shown": return []
        default: return ["No allergy information received"]
        }
    }

    /// Conflicting decisions are never reconciled.
    private static func plans(_ element: TopScreen.Element) -> [String] {
        // Two sources may stand in one silo: each of its plans has a number of its own.
        let standing = element.rows.filter { $0.stands && $0.isDecision }
        let decisions = Dictionary(grouping: standing) { $0.what.lowercased() }
        let isDisputed = decisions.values.contains { rows in
            Set(rows.map { $0.headline.lowercased() }).count > 1
                && Set(rows.map(\.entry)).count > 1
        }
        return isDisputed ? ["Sources disagree: check the signed form"] : []
    }
}
