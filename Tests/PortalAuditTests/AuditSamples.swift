import PortalAudit
import PortalRecord

/// Invented people doing invented things, the same every time.
enum AuditSamples {
    static let origin = "audit.example.invalid"
    static let start = Instant(milliseconds: 1_795_341_845_250)

    static func signer(origin: String = origin, seed: UInt8 = 7) throws -> CheckpointSigner {
        try CheckpointSigner(origin: origin, seed: [UInt8](repeating: seed, count: 32))
    }

    static func verifier() throws -> AuditVerifier {
        AuditVerifier(keys: [try signer().verifier])
    }

    /// An event with every field filled, 650 bytes or so.
    static func event(_ number: Int) -> AuditEvent {
        AuditEvent(
            id: "event-\(number)",
            time: start.adding(seconds: number),
            action: number.isMultiple(of: 3) ? .openDocument : .readTimeline,
            outcome: number.isMultiple(of: 5) ? .nothingFound : .permitted,
            principal: AuditPrincipal(
                person: "nurse-\(number % 4)",
                roles: ["ward nurse"],
                organisation: "Invented Board",
                location: "Ward \(number % 7)",
                viaSystem: "ward board"
            ),
            patient: "patient-\(number % 6)",
            members: ["source-\(number % 6)", "source-\(number % 6)-b"],
            purpose: "direct care",
            overrideToken: "override-\(number)",
            reason: "seen on the round",
            screen: "timeline",
            elements: ["allergies"],
            entries: ["entry-\(number)-v1"],
            shownCount: number,
            withheldCount: 1,
            recordRevision: "r\(number)",
            rulesVersion: "2",
            pageFrom: "2026",
            pageTo: "2025",
            latencyMilliseconds: 40,
            staleSilos: ["laboratory"],
            detail: ["page": "1"]
        )
    }

    /// An event with the least in it, to make many.
    static func smallEvent(_ number: Int) -> AuditEvent {
        AuditEvent(
            id: "e\(number)",
            time: start,
            action: .search,
            outcome: .permitted,
            principal: AuditPrincipal(person: "clerk-1"),
            members: ["source-\(number % 4)"]
        )
    }
}

/// A log as it lies in a store, open to every tampering, with checkpoints of chosen sizes.
struct SampleLog {
    #if DEBUG
    static let fullCount = 64
    #else
    static let fullCount = 256
    #endif

    var leaves: [AuditLeaf] = []
    var checkpoints: [Checkpoint] = []

    init(
        count: Int,
        checkpointEvery step: Int,
        signer: CheckpointSigner,
        event: (Int) -> AuditEvent = AuditSamples.smallEvent
    ) throws {
        let journal = MemoryAuditJournal()
        for number in 0..<count {
            try journal.record(event(number))
            guard (number + 1).isMultiple(of: step) else { continue }
            checkpoints.append(try journal.checkpoint(at: AuditSamples.start, signer: signer))
        }
        journal.sequence()
        leaves = journal.leaves(from: 0, limit: count)
    }

    /// Gives each row the place it now stands at, leaving the hashes as they were.
    mutating func renumber() {
        for index in leaves.indices { leaves[index].index = index }
    }

    /// Gives each row its place and a hash that fits, as who can compute SHA-256 would.
    mutating func makeAnew() {
        renumber()
        for index in leaves.indices {
            leaves[index].hash = AuditLeaf.hash(of: leaves[index].event, at: index).bytes
        }
    }
}

extension AuditVerification {
    func indices(_ code: AuditFindingCode) -> [Int] {
        findings.filter { $0.code == code }.compactMap(\.index)
    }

    func has(_ code: AuditFindingCode) -> Bool { findings.contains { $0.code == code } }
}
