package import PortalRecord

/// One version of a unit: the same content with the same status, however often it was sent.
///
/// - Rule: SAFETY S5.
package struct UnitVersion: Sendable {
    /// Canonical bytes of the content: value, comparator, unit, range, flags, text, attachments.
    package var content: [UInt8]
    /// Whether it states no value at all.
    package var isEmpty: Bool
    /// Whether it clears the value with `""`.
    package var isCleared: Bool
    package var status: ResultStatus
    /// The earliest time that its copies state.
    package var time: TimeSpan?
    /// The times of all its copies; nil for a copy without one.
    package var copies: [TimeSpan?]
    /// The lowest version number that its copies carry.
    package var sequence: Int?
    /// Which of the caller's statements brought it first; the smallest of its copies'.
    package var statement: Int

    package init(
        content: [UInt8],
        isEmpty: Bool,
        isCleared: Bool = false,
        status: ResultStatus,
        time: TimeSpan?,
        sequence: Int? = nil,
        statement: Int
    ) {
        self.content = content
        self.isEmpty = isEmpty
        self.isCleared = isCleared
        self.status = status
        self.time = time
        copies = [time]
        self.sequence = sequence
        self.statement = statement
    }

    /// Gathers copies: the same content with the same status is one version, dated by the
    /// earliest time it states, so that an old copy sent again revives nothing.
    package static func gather(_ stated: [UnitVersion]) -> [UnitVersion] {
        var versions: [UnitVersion] = []
        var position: [VersionKey: Int] = [:]
        for one in stated {
            let key = VersionKey(content: one.content, status: one.status)
            guard let at = position[key] else {
                position[key] = versions.count
                versions.append(one)
                continue
            }
            versions[at].copies += one.copies
            versions[at].time = earliest(versions[at].time, one.time)
            versions[at].statement = min(versions[at].statement, one.statement)
            versions[at].sequence = [versions[at].sequence, one.sequence].compactMap { $0 }.min()
        }
        return versions
    }

    private struct VersionKey: Hashable {
        let content: [UInt8]
        let status: ResultStatus
    }

    private static func earliest(_ one: TimeSpan?, _ two: TimeSpan?) -> TimeSpan? {
        guard let one, let two else { return one ?? two }
        return (one.start, one.end) <= (two.start, two.end) ? one : two
    }
}

/// The relation that decides which version is current.
///
/// It has no cycles (tested over all small sets), so something is always unbeaten.
///
/// - Rule: SAFETY S5.
package struct VersionOrder: Sendable {
    /// Version numbers order only where every version of the unit carries one.
    private let usesSequence: Bool

    package init(_ versions: [UnitVersion]) {
        usesSequence = !versions.isEmpty && versions.allSatisfy { $0.sequence != nil }
    }

    /// Whether the whole of one's time lies after the whole of the other's.
    package func isLater(_ one: UnitVersion, _ two: UnitVersion) -> Bool {
        if usesSequence, let first = one.sequence, let second = two.sequence {
            return first > second
        }
        guard let first = one.time, let second = two.time else { return false }
        return first.isLater(than: second)
    }

    /// Whether one beats two.
    package func beats(_ one: UnitVersion, _ two: UnitVersion) -> Bool {
        guard let first = one.status.finality, let second = two.status.finality else {
            return false
        }
        if first != second { return first > second }
        if isLater(one, two) { return true }
        let isFinal = two.status == .final || two.status == .finalUnchanged
        return one.status.isCorrection && isFinal && !isLater(two, one)
    }

    /// The versions that nothing beats.
    package func unbeaten(_ versions: [UnitVersion]) -> [UnitVersion] {
        versions.filter { candidate in !versions.contains { beats($0, candidate) } }
    }
}
