import PortalAccess
import PortalAudit
import PortalIdentity
import PortalIntake
public import PortalPolicy
public import PortalRecord
public import PortalStore
import PortalTimeline

/// What is done: overrides, links and what takes them back, held messages driven again.
extension Portal {
    /// Takes an override: a token, scoped to the patient, that ends by itself.
    ///
    /// Privacy officers are alerted, and the override waits in their queue for review.
    ///
    /// - Throws: ``AccessError`` `not-permitted` where the role may take none, or the type is not
    ///   in the profile; `not-found` where there is no such patient.
    public func override(
        _ patient: SourcePatientID?,
        type: String,
        reason: String,
        as reader: Principal,
        purpose: Purpose = .directCare,
        at now: Instant
    ) throws -> EmergencyOverride {
        guard let rule = profile.access.overrides.first(where: { $0.type == type }) else {
            throw StoreError(
                code: "override-type-unknown",
                remedy: "one of "
                    + profile.access.overrides.map(\.type).joined(separator: ", ")
            )
        }
        guard !reason.isEmpty else {
            throw StoreError(code: "reason-missing", remedy: "say why")
        }
        let override = try gate.startOverride(
            of: patient,
            rule,
            token: "o-" + Portal.freshHandle(),
            reason: reason,
            look(reader, purpose, now)
        )
        // Neither who nor whose: the queue has them (DOMAIN 7).
        alert(PrivacyAlert(reference: override.token, type: type, at: now))
        return override
    }

    /// Says that two source patients are one person, or that they are two.
    ///
    /// - Returns: The assertion's handle, by which it can be retracted.
    /// - Throws: ``AccessError``, ``StoreError``.
    public func link(
        _ one: SourcePatientID,
        _ two: SourcePatientID,
        apart: Bool = false,
        undisclosed: Bool = false,
        reason: String,
        as reader: Principal,
        at now: Instant
    ) throws -> String {
        try Self.check(reason: reason)
        guard one != two else {
            throw StoreError(code: "patient-unknown", remedy: "name two different source patients")
        }
        guard try gate.members(of: one) != nil, try gate.members(of: two) != nil else {
            throw StoreError(
                code: "patient-unknown",
                remedy: "name two source patients that were filed"
            )
        }
        let id = "l-" + Portal.freshHandle()
        try gate.perform(
            "link",
            apart ? .doNotLink : .link,
            look(reader, .administration, now),
            reason: reason,
            members: [one, two],
            detail: ["assertion": id]
        )
        try store.append(
            LinkAssertion(
                id: id,
                verb: apart
                    ? .doNotLink(one, two, isUndisclosed: undisclosed) : .link(one, two),
                author: reader.person,
                time: now,
                reason: reason
            ),
            rules: rules
        )
        return id
    }

    /// Takes an assertion back: the record is then as if it had never been made (DESIGN P4).
    ///
    /// - Returns: The retraction's own handle.
    /// - Throws: ``AccessError``, ``StoreError`` `assertion-unknown`.
    public func retract(
        _ assertion: String,
        reason: String,
        as reader: Principal,
        at now: Instant
    ) throws -> String {
        try Self.check(reason: reason)
        guard try store.assertions().contains(where: { $0.id == assertion }) else {
            throw StoreError(code: "assertion-unknown", remedy: "give the handle that link printed")
        }
        let id = "l-" + Portal.freshHandle()
        try gate.perform(
            "link",
            .retract,
            look(reader, .administration, now),
            reason: reason,
            detail: ["assertion": assertion]
        )
        try store.append(
            LinkAssertion(
                id: id,
                verb: .retract(assertion),
                author: reader.person,
                time: now,
                reason: reason
            ),
            rules: rules
        )
        return id
    }

    /// Reads the held messages again; those that can be read now are filed.
    ///
    /// - Returns: How many were filed and how many still wait.
    /// - Throws: ``AccessError``, the store's own errors.
    public func redrive(as reader: Principal, at now: Instant) throws -> (filed: Int, waiting: Int)
    {
        try gate.perform("held", .redrive, look(reader, .administration, now))
        var filed = 0
        var waiting = 0
        var deliveries = ReadDeliveries()
        for held in try store.held() {
            guard let silo = profile.silos.first(where: { $0.name == held.silo }),
                let bytes = try bytes(of: held)
            else {
                waiting += 1
                continue
            }
            let intake = self.intake(silo)
            let pieces = intake.read(IncomingFile(name: "", bytes: bytes))
            var found = (piece: pieces.first, bytes: bytes)
            if pieces.count != 1 || pieces.first?.hash != held.document {
                // A message of an interchange is read behind its header, which its delivery has.
                found = try deliveries.piece(held, intake, store)
            }
            // An index is driven again with the files beside it: by importing it again.
            guard let piece = found.piece, case .success(let report) = piece.outcome,
                piece.hash == held.document
            else {
                waiting += 1
                continue
            }
            try store.redrive(
                filing(
                    piece,
                    .success(report),
                    found.bytes,
                    silo: silo.name,
                    DeliveryID(rawValue: "redrive"),
                    0,
                    now
                ),
                rules: rules
            )
            filed += 1
        }
        return (filed, waiting)
    }

    /// Of what is left of one who opted out, nothing can be read again.
    private func bytes(of held: HeldDocument) throws -> [UInt8]? {
        do {
            return try store.document(held.document)
        } catch let error as StoreError where error == .optedOut {
            return nil
        }
    }

    /// Keeps the profile in the store, so that later commands find it, and takes out what had been
    /// filed of patients who have opted out since (SAFETY S20).
    ///
    /// A change of the rules is an event of the audit, with the versions before and after.
    ///
    /// - Throws: The store's own errors; ``AccessError`` `audit-unavailable`.
    public func keepProfile(by person: Principal? = nil, at now: Instant) throws {
        let before = try store.profile()?.version
        if before != profile.version {
            let author = person ?? Principal(person: "site", roles: [])
            try gate.rulesChange(
                from: before,
                to: profile.version,
                look(author, .administration, now)
            )
        }
        try store.put(StoredProfile(version: profile.version, text: profile.text, since: now))
        try store.withdrawOptedOut(rules: rules, at: now)
    }

    /// The profile that a store keeps; nil in a new one.
    ///
    /// - Throws: ``ProfileError``, the store's own errors.
    public static func keptProfile(_ storage: PortalStorage) throws -> SiteProfile? {
        guard let kept = try storage.base.profile() else { return nil }
        return try SiteProfile(yaml: kept.text)
    }
}

/// The delivery that was read last for what it brought: many messages of one interchange may wait.
private struct ReadDeliveries {
    private var content: ContentHash?
    private var silo = ""
    private var bytes: [UInt8] = []
    private var pieces: [ContentHash: Intake.Piece] = [:]

    /// What a held document comes to within the delivery that brought it.
    mutating func piece(
        _ held: HeldDocument,
        _ intake: Intake,
        _ store: any RecordStore
    ) throws -> (piece: Intake.Piece?, bytes: [UInt8]) {
        guard let content = try store.delivery(of: held.document, silo: held.silo) else {
            return (nil, [])
        }
        if content != self.content || silo != held.silo {
            self.content = content
            silo = held.silo
            do {
                bytes = try store.document(content) ?? []
            } catch let error as StoreError where error == .optedOut {
                bytes = []
            }
            pieces = [:]
            for piece in intake.read(IncomingFile(name: "", bytes: bytes)) {
                pieces[piece.hash] = piece
            }
        }
        return (pieces[held.document], bytes)
    }
}

extension Portal {
    /// Who asks later why two were put together or kept apart must find an answer.
    private static func check(reason: String) throws {
        guard reason.contains(where: { !$0.isWhitespace }) else {
            throw StoreError(
                code: "reason-missing",
                remedy: "say why: it is kept with the decision"
            )
        }
    }
}
