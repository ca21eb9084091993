package import PortalRecord

/// What is current of one unit, and what a reader must know about it.
///
/// - Rule: SAFETY S5, S7, S8, S9, S10.
package struct UnitResolution: Sendable {
    /// One version that is shown.
    package struct Shown: Sendable {
        package var version: UnitVersion
        /// The statement whose value is shown: another one where a final came without its value.
        package var valueStatement: Int
        package var markers: Set<Marker>
        /// Whether a value may be shown at all.
        package var showsValue: Bool
    }

    /// The current versions: one, or several that nothing orders.
    package var shown: [Shown] = []
    package var cases: Set<ReviewCase.Kind> = []
    /// Codes of what was noticed, such as `could-not-be-obtained-beside-value`.
    package var findings: [String] = []
    /// Whether it was ever filed for the wrong patient: then no version's value may be shown.
    package var hidesEarlierValues = false

    /// Resolves the versions of one unit, in any order.
    package init(_ stated: [UnitVersion]) {
        let ordered = stated.sorted {
            ($0.statement, $0.status.rawValue) < ($1.statement, $1.status.rawValue)
        }
        // A retraction is no version: each sending of it counts at its own time, so that what is
        // withdrawn, reissued and withdrawn again stays withdrawn.
        let retractions = ordered.filter { $0.status.isRetraction }
        let gathered =
            UnitVersion.gather(ordered.filter { !$0.status.isRetraction }) + retractions
        let outcomes = gathered.filter { $0.status == .couldNotBeObtained }
        let order = VersionOrder(gathered)
        let versions = Carried.resolve(
            gathered.filter { !$0.status.isRetraction && $0.status != .couldNotBeObtained },
            order
        )
        hidesEarlierValues = retractions.contains { $0.status == .wrongPatient }
        if !retractions.isEmpty {
            withdraw(retractions, versions, order)
            if !outcomes.isEmpty, shown.contains(where: \.showsValue) {
                findings.append("could-not-be-obtained-beside-value")
                cases.insert(.couldNotBeObtained)
            }
            return
        }
        let hasValue = versions.contains { !$0.version.isEmpty }
        if !outcomes.isEmpty {
            guard hasValue else {
                shown = outcomes.map {
                    Shown(
                        version: $0,
                        valueStatement: $0.statement,
                        markers: [.couldNotBeObtained],
                        showsValue: false
                    )
                }.prefix(1).map { $0 }
                return
            }
            findings.append("could-not-be-obtained-beside-value")
            cases.insert(.couldNotBeObtained)
        }
        show(versions, all: versions, order)
    }

    // MARK: Current versions

    private mutating func show(
        _ candidates: [Carried],
        all: [Carried],
        _ order: VersionOrder,
        extra: Set<Marker> = []
    ) {
        let unbeaten = candidates.filter { candidate in
            !candidates.contains { order.beats($0.version, candidate.version) }
        }
        var byContent: [[UInt8]: Carried] = [:]
        for candidate in unbeaten {
            if let known = byContent[candidate.content],
                !UnitResolution.leads(candidate.version, known.version)
            {
                continue
            }
            byContent[candidate.content] = candidate
        }
        let leading = byContent.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
        for one in leading {
            var markers = one.markers.union(extra)
            if one.version.status.isCorrection { markers.insert(.corrected) }
            if leading.count > 1 { markers.insert(.orderUnknown) }
            if one.version.status.finality == .final, isReopened(one, all, order) {
                markers.insert(.reopened)
            }
            shown.append(
                Shown(
                    version: one.version,
                    valueStatement: one.valueStatement,
                    markers: markers,
                    showsValue: true
                )
            )
        }
        if leading.count > 1 { cases.insert(.orderUnknown) }
    }

    /// Which of two unbeaten versions with the same content stands for both.
    private static func leads(_ one: UnitVersion, _ two: UnitVersion) -> Bool {
        func rank(_ version: UnitVersion) -> (Int, Int, Int, String) {
            (
                version.status.finality?.rawValue ?? -1, version.status.isCorrection ? 1 : 0,
                version.time?.start ?? Int.min, version.status.rawValue
            )
        }
        return rank(one) > rank(two)
    }

    /// A preliminary, unverified or partial version *later* than the current final one.
    private func isReopened(_ current: Carried, _ all: [Carried], _ order: VersionOrder) -> Bool {
        all.contains { other in
            switch other.version.status {
            case .preliminary, .unverified, .partial:
                order.isLater(other.version, current.version)
            default: false
            }
        }
    }

    // MARK: Retraction

    private mutating func withdraw(
        _ retractions: [UnitVersion],
        _ versions: [Carried],
        _ order: VersionOrder
    ) {
        let known = retractions.allSatisfy { $0.time != nil }
        func isAfterAll(_ version: UnitVersion) -> Bool {
            known && version.time != nil
                && retractions.allSatisfy { order.isLater(version, $0) }
        }
        let seen = Set(
            versions.filter { !isAfterAll($0.version) }.map(\.content)
                + retractions.map(\.content)
        )
        let revived = versions.filter {
            $0.version.status.finality == .final && isAfterAll($0.version)
                && !$0.version.isEmpty && !seen.contains($0.content)
        }
        // A copy that is, or may be, later than every withdrawal and brings nothing back: a person
        // has to look.
        func mayFollowAll(_ copy: TimeSpan?) -> Bool {
            retractions.allSatisfy { retraction in
                guard let copy, let time = retraction.time else { return true }
                return !time.isLater(than: copy)
            }
        }
        let brought = Set(revived.map(\.content))
        let isDoubtful = versions.contains { version in
            guard version.version.copies.contains(where: mayFollowAll) else { return false }
            return revived.isEmpty
                || version.version.status.finality == .final && !brought.contains(version.content)
        }
        if isDoubtful { cases.insert(.revivedResult) }
        if !revived.isEmpty {
            let after = versions.filter { isAfterAll($0.version) }
            show(revived, all: after, order, extra: [.reissued])
            return
        }
        let stands =
            retractions.first { $0.status == .wrongPatient } ?? retractions[0]
        shown = [
            Shown(
                version: stands,
                valueStatement: stands.statement,
                markers: [stands.status == .wrongPatient ? .wrongPatient : .withdrawn],
                showsValue: false
            )
        ]
    }
}

/// A version with the value that it carries forward where it states none of its own.
///
/// - Rule: SAFETY S8 (U: the value is carried forward; without one, "value not received"), S9 (an
///   emptied correction), S25 (an absent value says nothing).
struct Carried {
    var version: UnitVersion
    /// The content that is shown: the version's own, or the one carried forward.
    var content: [UInt8]
    var valueStatement: Int
    var markers: Set<Marker> = []

    private init(_ version: UnitVersion) {
        self.version = version
        content = version.content
        valueStatement = version.statement
    }

    static func resolve(_ versions: [UnitVersion], _ order: VersionOrder) -> [Carried] {
        versions.map { version in
            var carried = Carried(version)
            if version.isCleared || version.isEmpty && version.status.isCorrection {
                carried.markers.insert(.valueRemoved)
            } else if version.isEmpty, version.status.finality ?? .registered > .registered {
                carry(into: &carried, from: versions, order)
            }
            return carried
        }
    }

    private static func carry(
        into carried: inout Carried,
        from versions: [UnitVersion],
        _ order: VersionOrder
    ) {
        let earlier = versions.filter {
            (!$0.isEmpty || $0.isCleared || $0.status.isCorrection)
                && !order.isLater($0, carried.version)
        }
        let current = order.unbeaten(earlier)
        let contents = Set(current.map(\.content))
        if contents.count == 1, let source = current.first {
            carried.content = source.content
            carried.valueStatement = source.statement
            if source.isEmpty || source.isCleared { carried.markers.insert(.valueRemoved) }
            // "Unchanged" after a correction still shows the corrected value (S12).
            if source.status.isCorrection { carried.markers.insert(.corrected) }
        } else if carried.version.status.finality == .final {
            carried.markers.insert(.valueNotReceived)
        }
    }
}
