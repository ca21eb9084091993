import PortalAudit
import PortalIdentity
package import PortalPolicy
package import PortalRecord
import PortalStore
import PortalTimeline

/// Overrides: taken with a reason, and each of them reviewed.
///
/// - Rule: SAFETY S20, S21; DOMAIN 7 "privacy officer": mandatory, reviews each alert.
extension AccessGate {
    /// Takes an override of a type for a patient; when it returns, audit and token are on disk.
    package func startOverride(
        of patient: SourcePatientID?,
        _ rule: OverrideRule,
        token: String,
        reason: String,
        _ look: Look
    ) throws -> EmergencyOverride {
        let record = try patient.flatMap {
            try store.record(of: $0, asOf: nil, rules: rules.record)
        }
        let mayTake: Bool
        if let record {
            mayTake = try policy(record, look, isFeedAsked: rule.isSelfClaim).mayTake(rule)
        } else {
            mayTake = try nobodysPolicy(look, isFeedAsked: rule.isSelfClaim).mayTake(rule)
        }
        let override = EmergencyOverride(
            token: token,
            type: rule.type,
            person: look.principal.person,
            patients: record?.cluster.members ?? [],
            reason: reason,
            from: look.now,
            expires: look.now.adding(seconds: rule.minutes * 60)
        )
        var event = event(
            look,
            .overrideStarted,
            record,
            !mayTake ? .withheld : record == nil ? .nothingFound : .permitted
        )
        event.reason = reason
        event.overrideToken = token
        event.detail = ["type": rule.type, "expires": override.expires.description]
        try self.record(event)
        guard mayTake else {
            throw AccessError(
                "not-permitted",
                rule.isSelfClaim
                    ? "a self-claim is taken while the feed of attendances is silent"
                    : "ask someone whose role may take an override"
            )
        }
        guard record != nil else { throw AccessError.notFound }
        try store.put(override)
        return override
    }

    /// What a person may do about no patient at all: whoever may take an override of nobody is told
    /// that there is nobody, and whoever may take none learns nothing of who exists.
    private func nobodysPolicy(_ look: Look, isFeedAsked: Bool) throws -> AccessPolicy {
        AccessPolicy(
            rules: rules.access,
            situation: AccessSituation(
                principal: look.principal,
                purpose: look.purpose,
                moment: look.now,
                memberships: rules.memberships,
                isRelationshipFeedStale: try isFeedAsked && isRelationshipFeedStale(at: look.now)
            )
        )
    }

    /// Every override with what its review came to; the overdue first, then the oldest.
    package func overrideQueue(_ look: Look) throws -> Released<[QueuedOverride]> {
        try require("override review", look, .overrideQueue)
        let reviews = Dictionary(
            try store.overrideReviews().map { ($0.token, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        let queue = try store.overrides().map { override in
            let hours = rules.access.overrides.first { $0.type == override.type }?.reviewHours
            return QueuedOverride(
                override,
                due: override.from.adding(seconds: (hours ?? 72) * 3600),
                review: reviews[override.token],
                at: look.now
            )
        }.sorted { one, two in
            (one.rank, one.taken, one.token) < (two.rank, two.taken, two.token)
        }
        var event = event(look, .overrideQueue, nil, .permitted)
        event.shownCount = queue.count
        event.members = Set(queue.flatMap { $0.patients.map(\.rawValue) }).sorted()
        return try release(queue, event)
    }

    /// Records what the review of an override came to: the first stands.
    package func reviewOverride(
        _ token: String,
        outcome: String,
        action: String,
        _ look: Look
    ) throws {
        try require("override review", look, .overrideReviewed)
        let found = try store.overrides().first { $0.token == token }
        guard let found, found.person != look.principal.person else {
            try deny(look, .overrideReviewed, nil, found == nil ? .nothingFound : .withheld)
            throw found == nil
                ? AccessError.notFound
                : AccessError("not-permitted", "someone else reviews what one took oneself")
        }
        guard try store.overrideReviews().allSatisfy({ $0.token != token }) else {
            try deny(look, .overrideReviewed, nil, .withheld)
            throw AccessError("reviewed-already", "the first review of an override stands")
        }
        var event = event(look, .overrideReviewed, nil, .permitted)
        event.members = found.patients.map(\.rawValue)
        event.overrideToken = token
        event.reason = action
        event.detail = ["outcome": outcome]
        try record(event)
        try store.put(
            OverrideReview(
                token: token,
                person: look.principal.person,
                time: look.now,
                outcome: outcome,
                action: action
            )
        )
    }
}
