package import PortalIdentity
package import PortalRecord
package import PortalTimeline

/// One message on its way into the store.
package struct Filing: Sendable {
    /// What reading it came to.
    package enum Outcome: Sendable {
        /// Entries and merge events to file.
        case adapted(entries: [RecordEntry], assertions: [LinkAssertion])
        /// Kept for a person to look at, or no message at all.
        case refused(Refusal)
    }

    package var silo: String
    package var document: ContentHash
    package var bytes: ArraySlice<UInt8>
    /// The delivery that brought it, and its place in it: the same place is received once, however
    /// often the delivery is read.
    package var delivery: DeliveryID
    package var ordinal: Int
    package var received: Instant
    /// The sender's number for the message.
    package var controlID: String?
    package var adapter: String?
    package var outcome: Outcome
    /// What of it is whose; empty where it is all one person's and stands alone.
    package var shares: [PatientShare]
    /// Files that came with it.
    package var companions: [CompanionBytes]

    package init(
        silo: String,
        document: ContentHash,
        bytes: ArraySlice<UInt8>,
        delivery: DeliveryID,
        ordinal: Int,
        received: Instant,
        controlID: String?,
        adapter: String?,
        outcome: Outcome,
        shares: [PatientShare] = [],
        companions: [CompanionBytes] = []
    ) {
        self.silo = silo
        self.document = document
        self.bytes = bytes
        self.delivery = delivery
        self.ordinal = ordinal
        self.received = received
        self.controlID = controlID
        self.adapter = adapter
        self.outcome = outcome
        self.shares = shares
        self.companions = companions
    }
}

/// A file that came beside a document: its bytes by their hash.
package struct CompanionBytes: Sendable {
    package var hash: ContentHash
    package var bytes: ArraySlice<UInt8>

    package init(hash: ContentHash, bytes: ArraySlice<UInt8>) {
        self.hash = hash
        self.bytes = bytes
    }
}

/// Why a message was not filed.
package struct Refusal: Hashable, Sendable, Codable {
    package var code: String
    package var location: String
    package var remedy: String
    /// `held` or `rejected`.
    package var isHeld: Bool

    package init(code: String, location: String, remedy: String, isHeld: Bool) {
        self.code = code
        self.location = location
        self.remedy = remedy
        self.isHeld = isHeld
    }
}

/// One file, or one transmission, of a silo: the same file under the same name is one delivery.
package struct DeliveryID: RawRepresentable, Hashable, Sendable, Codable {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }

    package init(silo: String, name: String, content: ContentHash) {
        rawValue =
            "d-"
            + ContentHash.handle(of: [silo, name, content.hex].joined(separator: "\u{1F}"))
    }
}

/// A delivery and the stretches it is made of, so that its bytes can be put together again.
package struct Delivery: Hashable, Sendable, Codable {
    package var id: DeliveryID
    package var silo: String
    package var name: String
    package var content: ContentHash
    /// The stored documents, in order, that together are the delivery's bytes.
    package var parts: [ContentHash]
    package var received: Instant

    package init(
        id: DeliveryID,
        silo: String,
        name: String,
        content: ContentHash,
        parts: [ContentHash],
        received: Instant
    ) {
        self.id = id
        self.silo = silo
        self.name = name
        self.content = content
        self.parts = parts
        self.received = received
    }
}

/// What became of one message.
package enum ReceiptOutcome: String, Hashable, Sendable, Codable, CaseIterable {
    case filed, repeated, held, rejected
}

/// Counts of one silo: `received = filed + repeated + held + rejected` (DESIGN P1).
package struct Conservation: Hashable, Sendable, Codable {
    package var silo: String
    package var day: String
    package var received: Int
    package var filed: Int
    package var repeated: Int
    package var held: Int
    package var rejected: Int
    /// How many of the filed are kept by their hash alone, or without someone's part: their
    /// patients have opted out (SAFETY S20).
    package var optedOut: Int

    package init(silo: String, day: String = "") {
        self.silo = silo
        self.day = day
        received = 0
        filed = 0
        repeated = 0
        held = 0
        rejected = 0
        optedOut = 0
    }

    package mutating func count(_ outcome: ReceiptOutcome, _ number: Int = 1) {
        received += number
        switch outcome {
        case .filed: filed += number
        case .repeated: repeated += number
        case .held: held += number
        case .rejected: rejected += number
        }
    }

    package var holds: Bool { received == filed + repeated + held + rejected }
}

/// A control id that a silo used for documents that differ.
package struct RepeatedControlID: Hashable, Sendable {
    package var silo: String
    package var controlID: String
    package var documents: Int

    package init(silo: String, controlID: String, documents: Int) {
        self.silo = silo
        self.controlID = controlID
        self.documents = documents
    }
}

/// A message that waits for a person.
package struct HeldDocument: Hashable, Sendable, Codable {
    package var document: ContentHash
    package var silo: String
    package var refusal: Refusal
    package var since: Instant
    package var owner: String
    package var byteCount: Int

    package init(
        document: ContentHash,
        silo: String,
        refusal: Refusal,
        since: Instant,
        owner: String,
        byteCount: Int
    ) {
        self.document = document
        self.silo = silo
        self.refusal = refusal
        self.since = since
        self.owner = owner
        self.byteCount = byteCount
    }
}

/// When a silo was last heard of, and what of it waits.
package struct SiloReceipts: Hashable, Sendable {
    package var silo: String
    /// When it last sent what could be read; nil where it never did.
    package var lastHeard: Instant?
    /// When what it sent first could not be read, of all that came since it last could.
    package var failingSince: Instant?
    /// How many of its messages wait for a person.
    package var held: Int

    package init(silo: String, lastHeard: Instant?, failingSince: Instant?, held: Int) {
        self.silo = silo
        self.lastHeard = lastHeard
        self.failingSince = failingSince
        self.held = held
    }
}

extension Filing {
    /// The organisations that a message comes from, folded: a silo may gather what many send, and
    /// each is heard for itself (SAFETY S17).
    package var organisations: Set<String> {
        guard case .adapted(let entries, _) = outcome else { return [] }
        return Set(Set(entries.compactMap(\.organisation)).map(NameFolding.fold))
            .subtracting([""])
    }
}

/// A person as lists show them.
package struct PatientSummary: Sendable, Hashable {
    package var cluster: PatientCluster
    package var banner: PatientBanner
    package var nodes: [IdentityNode]

    package init(cluster: PatientCluster, banner: PatientBanner, nodes: [IdentityNode]) {
        self.cluster = cluster
        self.banner = banner
        self.nodes = nodes
    }
}

/// A case with the time at which its grounds had all arrived.
package struct ListedCase: Hashable, Sendable {
    package var reviewCase: ReviewCase
    package var opened: Instant

    package init(reviewCase: ReviewCase, opened: Instant) {
        self.reviewCase = reviewCase
        self.opened = opened
    }
}

/// What was done about one recall: that closes it.
package struct RecallClosing: Hashable, Sendable, Codable {
    package var task: String
    package var person: String
    package var time: Instant
    /// What was done, in the person's words.
    package var action: String

    package init(task: String, person: String, time: Instant, action: String) {
        self.task = task
        self.person = person
        self.time = time
        self.action = action
    }
}

/// A profile as it was in force.
package struct StoredProfile: Hashable, Sendable {
    package var version: String
    package var text: String
    package var since: Instant

    package init(version: String, text: String, since: Instant) {
        self.version = version
        self.text = text
        self.since = since
    }
}
