package import PortalAudit
import PortalIdentity
import PortalPolicy
package import PortalRecord
import PortalStore
import PortalTimeline

extension AccessGate {
    package func patients(_ look: Look) throws -> Released<[ListedPatient]> {
        try require("list", look, .listPatients)
        let listed = try store.patients(rules: rules.record).map { summary in
            // Every one, also of one number: it is by its handle that a person parts what is two.
            let members = summary.nodes.map { node in
                ListedPatient.Member(
                    source: node.silos.joined(separator: ", "),
                    identifier: node.patient.baseToken,
                    patient: node.patient.id
                )
            }
            return ListedPatient(
                patient: summary.cluster.handle,
                banner: summary.banner,
                members: members,
                markers: summary.cluster.possibleOthers.isEmpty ? [] : [.possibleOther]
            )
        }
        var event = event(look, .listPatients, nil, .permitted)
        event.shownCount = listed.count
        event.members = listed.flatMap { $0.members.map(\.patient.rawValue) }
        return try release(listed, event)
    }

    package func reviews(_ look: Look) throws -> Released<[ListedReview]> {
        try require("review", look, .listReview)
        let cases = try store.cases(rules: rules.record).map {
            ListedReview(reviewCase: $0.reviewCase, opened: $0.opened)
        }
        var event = event(look, .listReview, nil, .permitted)
        event.shownCount = cases.count
        return try release(cases, event)
    }

    package func evidence(for id: String, _ look: Look) throws -> Released<ReviewedPair> {
        try require("review", look, .listReview)
        let found = try store.cases(rules: rules.record).first { $0.reviewCase.id == id }
        let handles = found?.reviewCase.between.compactMap { side -> SourcePatientID? in
            guard case .patient(_, _, let id) = side else { return nil }
            return id
        }
        let nodes = try handles.map { handles in
            try store.patients(rules: rules.record).flatMap(\.nodes)
                .filter { handles.contains($0.patient.id) }
        }
        guard let found, let nodes, nodes.count == 2 else {
            try deny(look, .listReview, nil, .nothingFound)
            throw AccessError.notFound
        }
        let pair = ReviewedPair(
            reviewCase: found.reviewCase,
            sides: nodes.map { ReviewedPair.Side($0) },
            evidence: EvidenceProposals.evidence(nodes[0], nodes[1])
        )
        var event = event(look, .listReview, nil, .permitted)
        event.members = nodes.map(\.patient.id.rawValue)
        event.detail = ["case": id]
        event.shownCount = 2
        return try release(pair, event)
    }

    package func held(_ look: Look) throws -> Released<[WaitingDocument]> {
        try require("held", look, .heldShown)
        let held = try store.held().map { document in
            WaitingDocument(
                document: document.document,
                silo: document.silo,
                outcome: document.refusal.isHeld ? "held" : "rejected",
                code: document.refusal.code,
                location: document.refusal.location,
                remedy: document.refusal.remedy,
                since: document.since,
                owner: document.owner
            )
        }
        var event = event(look, .heldShown, nil, .permitted)
        event.shownCount = held.count
        return try release(held, event)
    }

    package func document(_ hash: ContentHash, _ look: Look) throws -> Released<[UInt8]> {
        try require("document", look, .openDocument)
        guard let bytes = try store.document(hash) else {
            try deny(look, .openDocument, nil, .nothingFound)
            throw AccessError.notFound
        }
        var look = look
        if try isTakenBack(hash) {
            // What was filed for the wrong patient is read for a recall alone (SAFETY S10).
            try require("recall", look, .openDocument)
            look.purpose = .recall
        }
        var event = event(look, .openDocument, nil, .permitted)
        event.entries = [hash.hex]
        event.shownCount = 1
        return try release(bytes, event)
    }

    private func isTakenBack(_ document: ContentHash) throws -> Bool {
        let entries = try store.entries(statedIn: document)
        for (patient, stated) in Dictionary(grouping: entries, by: \.subject.id) {
            let record = try store.record(of: patient, asOf: nil, rules: rules.record)
            let wrong = try record?.consequences().recalls.filter { $0.marker == .wrongPatient }
            let taken = Set(wrong?.flatMap(\.entries) ?? [])
            if stated.contains(where: { taken.contains($0.id) }) { return true }
        }
        return false
    }

    /// Checks a duty, and writes down what was done under it.
    package func perform(
        _ duty: String,
        _ action: AuditAction,
        _ look: Look,
        reason: String? = nil,
        members: [SourcePatientID] = [],
        detail: [String: String] = [:]
    ) throws {
        try require(duty, look, action)
        var event = event(look, action, nil, .permitted)
        event.reason = reason
        event.members = members.map(\.rawValue)
        event.detail = detail
        try record(event)
    }

    /// Records that the site's profile, and with it the rules, is another from now on.
    package func rulesChange(from old: String?, to new: String, _ look: Look) throws {
        var event = event(look, .rulesChanged, nil, .permitted)
        event.detail = ["from": old ?? "none", "to": new]
        try record(event)
    }

    /// The person's source patients, for an override or a link; nothing is shown.
    package func members(of patient: SourcePatientID) throws -> [SourcePatientID]? {
        try store.record(of: patient, asOf: nil, rules: rules.record)?.cluster.members
    }
}
