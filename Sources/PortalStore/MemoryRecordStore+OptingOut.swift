import PortalIdentity
package import PortalRecord
import Synchronization

/// What is left of documents whose patients have opted out: hash and count.
///
/// - Rule: SAFETY S20; DESIGN P1.
extension MemoryRecordStore {
    /// Whether a document that was left out is filed after all: its patient has opted in again.
    static func reopens(
        _ filing: Filing,
        _ entries: [RecordEntry],
        _ rules: RecordRules,
        _ state: inout State
    ) -> Bool {
        let key = Key(silo: filing.silo, document: filing.document)
        let filed = state.filed[key]
        let isOut = filed?.isOptedOut ?? state.withdrawn.contains(key)
        let isStill =
            !rules.optOuts.patients(in: entries, from: filing.silo, at: filing.received).isEmpty
        if isOut == isStill { return false }
        if isStill {
            if let filed { withdraw(key, filed, rules, filing.received, &state) }
            return false
        }
        state.documents[filing.document] = Array(filing.bytes)
        release(key, &state)
        for file in filing.companions { state.documents[file.hash] = Array(file.bytes) }
        for hash in [filing.document] + filing.companions.map(\.hash) {
            state.withdrawn.remove(Key(silo: filing.silo, document: hash))
        }
        return true
    }

    package func withdrawOptedOut(rules: RecordRules, at moment: Instant) throws {
        state.withLock { state in
            for (key, filed) in state.filed { Self.withdraw(key, filed, rules, moment, &state) }
            Self.withdrawHeld(rules, moment, &state)
        }
    }

    static func withdraw(
        _ key: Key,
        _ filed: Filed,
        _ rules: RecordRules,
        _ moment: Instant,
        _ state: inout State
    ) {
        let optedOut = rules.optOuts.patients(in: filed.entries, from: key.silo, at: moment)
        guard !optedOut.isEmpty else { return }
        for patient in optedOut { state.optedOut[patient.base, default: []].insert(patient.number) }
        let filing = Filing(
            silo: key.silo,
            document: key.document,
            bytes: (state.documents[key.document] ?? [])[...],
            delivery: DeliveryID(rawValue: ""),
            ordinal: 0,
            received: moment,
            controlID: nil,
            adapter: nil,
            outcome: .adapted(entries: filed.entries, assertions: filed.assertions),
            shares: filed.shares
        )
        let gone = Set(optedOut.map(\.id))
        let rest = filing.cut(gone, filed.entries, filed.assertions)
        state.filed[key] = Filed(
            silo: key.silo,
            controlID: rest.isNothing ? nil : filed.controlID,
            statements: filed.statements.filter { !gone.contains($0.entry.subject.id) },
            assertions: rest.assertions,
            shares: rest.shares,
            isOptedOut: true
        )
        blank(key.document, key.silo, to: rest.bytes, &state)
        let kept = Set(rest.shares.flatMap(\.files))
        for file in Set(filed.shares.flatMap(\.files)).subtracting(kept) {
            blank(file, key.silo, to: [], &state)
        }
    }

    /// Leaves out bytes, unless another silo sent the same, or the same file is someone else's.
    static func blank(
        _ hash: ContentHash,
        _ silo: String,
        to bytes: [UInt8],
        _ state: inout State
    ) {
        state.withdrawn.insert(Key(silo: silo, document: hash))
        let isShared = state.filed.values.contains { filed in
            filed.shares.contains { $0.files.contains(hash) }
        }
        let isSent = state.receipts.values.contains { receipt in
            receipt.document == hash
                && !state.withdrawn.contains(Key(silo: receipt.silo, document: hash))
        }
        if !isShared, !isSent { state.documents[hash] = bytes }
    }

    // MARK: What waits, and names one who has opted out

    static func keepHeld(
        _ filing: Filing,
        _ rules: RecordRules,
        _ state: inout State
    ) {
        let named = rules.optOuts.stretches(
            in: filing.bytes,
            from: filing.silo,
            at: filing.received
        )
        guard named.isEmpty else {
            let rest = Redaction.left(of: filing.bytes, named)
            keep(filing.document, rest, &state)
            return blank(filing.document, filing.silo, to: rest, &state)
        }
        keep(filing.document, Array(filing.bytes), &state)
        for file in filing.companions { keep(file.hash, Array(file.bytes), &state) }
        let key = Key(silo: filing.silo, document: filing.document)
        state.heldFiles[key] = filing.companions.map(\.hash)
    }

    static func reopenHeld(
        _ filing: Filing,
        _ rules: RecordRules,
        _ state: inout State
    ) {
        let key = Key(silo: filing.silo, document: filing.document)
        guard state.withdrawn.contains(key), state.held[key] != nil,
            rules.optOuts.stretches(in: filing.bytes, from: filing.silo, at: filing.received)
                .isEmpty
        else { return }
        state.documents[filing.document] = Array(filing.bytes)
        state.withdrawn.remove(key)
    }

    static func release(_ key: Key, _ state: inout State) {
        state.held[key] = nil
        state.heldFiles[key] = nil
        for (place, receipt) in state.receipts
        where receipt.silo == key.silo && receipt.document == key.document
            && (receipt.outcome == .held || receipt.outcome == .rejected)
        {
            state.receipts[place]?.outcome = .filed
        }
    }

    static func withdrawHeld(
        _ rules: RecordRules,
        _ moment: Instant,
        _ state: inout State
    ) {
        for key in state.held.keys {
            let bytes = state.documents[key.document] ?? []
            let named = rules.optOuts.stretches(in: bytes[...], from: key.silo, at: moment)
            guard !named.isEmpty else { continue }
            let rest = Redaction.left(of: bytes[...], named)
            blank(key.document, key.silo, to: rest, &state)
            for file in state.heldFiles[key] ?? [] { blank(file, key.silo, to: [], &state) }
        }
    }

    package func optedOutNumbers(of members: [SourcePatientID]) throws -> Set<String> {
        state.withLock { state in
            if state.optedOut.isEmpty { return [] }
            let bases = RecordAssembly.nodes(Self.entries(state, asOf: nil))
                .filter { members.contains($0.patient.id) }
                .map { OptedOutPatient.base($0.patient.base) }
            return bases.reduce(into: []) { $0.formUnion(state.optedOut[$1] ?? []) }
        }
    }
}
