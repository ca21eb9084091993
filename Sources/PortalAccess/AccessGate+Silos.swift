import PortalPolicy
import PortalRecord
import PortalStore
import PortalTimeline

/// How the silos stand, for one patient.
///
/// The standing of a feed is no secret of the record's content: an opt-out is told of, and which
/// practice is asked is told by the banner, which every reader of the record is shown.
///
/// - Rule: SAFETY S17: absence per silo and custodian.
extension AccessGate {
    func silos(
        of record: ArrangedRecord,
        asOf moment: Instant,
        asked: [String: String] = [:],
        _ policy: AccessPolicy
    ) throws -> [SiloState] {
        let optedOut = policy.optedOut(of: rules.silos.map(\.name))
        let heard = Dictionary(
            try store.silos(asOf: moment).map { ($0.silo, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        let practice = PatientPractice(record.banner)
        let isListed = rules.silos.contains { silo in
            silo.custodians.contains { $0.isPractice && practice.isAny(of: $0.names) }
        }
        return try rules.silos.flatMap { silo -> [SiloState] in
            let whole = state(of: silo, heard[silo.name], moment)
            if optedOut.contains(silo.name) { return [whole.with("opted out")] }
            // Whoever was asked just now is named with what came of it.
            if let state = asked[silo.name] { return [whole.with(state)] }
            if silo.custodians.isEmpty || silo.isRefused { return [whole] }
            var states: [SiloState] = []
            for custodian in silo.custodians
            where !custodian.isPractice || practice.isAny(of: custodian.names) {
                states.append(try state(of: custodian, in: silo, heard[silo.name], moment))
            }
            guard states.isEmpty else { return states }
            if practice.names.isEmpty { return [whole.with(SiloState.practiceNotKnown)] }
            // Another silo gathers the patient's practice: this one never had to.
            return isListed ? [] : [whole.with(SiloState.otherPractices)]
        }
    }

    private func state(
        of silo: GateSilo,
        _ receipts: SiloReceipts?,
        _ moment: Instant
    ) -> SiloState {
        SiloState(
            silo: silo.name,
            label: silo.label,
            state: silo.isRefused
                ? SiloState.refused
                : word(
                    heard: receipts?.lastHeard,
                    receipts,
                    quietAfter: silo.quietAfterSeconds,
                    moment
                ),
            lastHeard: receipts?.lastHeard,
            failingSince: receipts?.failingSince,
            coverage: silo.coverage
        )
    }

    private func state(
        of custodian: GateCustodian,
        in silo: GateSilo,
        _ receipts: SiloReceipts?,
        _ moment: Instant
    ) throws -> SiloState {
        let last = try store.lastHeard(silo.name, of: custodian.names, asOf: moment)
        return SiloState(
            silo: silo.name,
            label: silo.label,
            custodian: custodian.label,
            names: custodian.names,
            state: custodian.isRefused
                ? SiloState.refused
                : word(heard: last, receipts, quietAfter: custodian.quietAfterSeconds, moment),
            lastHeard: last,
            failingSince: receipts?.failingSince,
            coverage: custodian.coverage ?? silo.coverage
        )
    }

    private func word(
        heard last: Instant?,
        _ receipts: SiloReceipts?,
        quietAfter seconds: Int,
        _ moment: Instant
    ) -> String {
        // Whose the unreadable messages are, nobody knows: they may be anyone's of the silo.
        if (receipts?.held ?? 0) > 0, last.map({ $0.adding(seconds: seconds) >= moment }) ?? true {
            return SiloState.awaitingFiling
        }
        if receipts?.failingSince != nil { return SiloState.failing }
        guard let last else { return SiloState.neverConnected }
        return last.adding(seconds: seconds) < moment ? SiloState.quiet : SiloState.current
    }
}

/// Where a patient is registered, by what their record calls it.
private struct PatientPractice {
    /// Folded names and codes; empty where no source names a practice.
    let names: Set<String>

    init(_ banner: PatientBanner) {
        let practices = banner.generalPractice.filter { $0.role == "general practice" }
        let words = practices.flatMap { [$0.name?.spoken, $0.identifier?.value] }
        names = Set(words.compactMap { $0 }.map(NameFolding.fold)).subtracting([""])
    }

    func isAny(of others: Set<String>) -> Bool { !names.isDisjoint(with: others) }
}

extension SiloState {
    fileprivate func with(_ state: String) -> SiloState {
        var copy = self
        copy.state = state
        return copy
    }
}
