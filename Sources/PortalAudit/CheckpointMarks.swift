internal import PortalRecord

/// The checkpoints a log is compared with, by size, and how far they have agreed.
struct CheckpointMarks {
    struct Mark {
        let size: Int
        let root: ContentHash
        let isWitnessed: Bool
    }

    private let marks: [Mark]
    private var position = 0
    private var agreedOwn = 0
    private(set) var witnessedSize = 0
    private var refusedOwn = false
    private var refusedWitness = false

    /// The largest size at which any checkpoint agreed.
    var agreedSize: Int { max(agreedOwn, witnessedSize) }

    /// Keeps the checkpoints that are signed, and reports the others.
    init(
        keys: [CheckpointVerifier],
        checkpoints: [Checkpoint],
        witness: [Checkpoint],
        findings: inout [AuditFinding]
    ) {
        var kept: [Mark] = []
        let own = Set(checkpoints.map(\.signedBytes))
        for (list, isWitnessed) in [(checkpoints, false), (witness, true)] {
            for checkpoint in list {
                let size = checkpoint.size
                let isSigned = keys.contains { $0.accepts(checkpoint) }
                let isMissing = isWitnessed && !own.contains(checkpoint.signedBytes)
                if isSigned {
                    kept.append(Mark(size: size, root: checkpoint.root, isWitnessed: isWitnessed))
                }
                guard !isSigned || isMissing else { continue }
                findings.append(
                    AuditFinding(
                        isSigned ? .checkpointMissing : .checkpointSignature,
                        checkpointSize: size,
                        isWitnessed: isWitnessed
                    )
                )
            }
        }
        marks = kept.sorted { first, second in
            guard first.size == second.size else { return first.size < second.size }
            return !first.isWitnessed && second.isWitnessed
        }
    }

    /// The next checkpoint of this size; those a gap has passed over are left behind.
    mutating func next(at size: Int) -> Mark? {
        while position < marks.count, marks[position].size < size { position += 1 }
        guard position < marks.count, marks[position].size == size else { return nil }
        defer { position += 1 }
        return marks[position]
    }

    mutating func agree(_ mark: Mark) {
        if mark.isWitnessed {
            if !refusedWitness { witnessedSize = mark.size }
        } else if !refusedOwn {
            agreedOwn = mark.size
        }
    }

    /// The first disagreement of each kind, which bounds the change; later roots follow from it.
    mutating func disagree(_ mark: Mark) -> [AuditFinding] {
        guard !(mark.isWitnessed ? refusedWitness : refusedOwn) else { return [] }
        if mark.isWitnessed { refusedWitness = true } else { refusedOwn = true }
        return [
            AuditFinding(
                .checkpointRoot,
                checkpointSize: mark.size,
                agreedSize: mark.isWitnessed ? witnessedSize : agreedSize,
                isWitnessed: mark.isWitnessed
            )
        ]
    }

    /// What the checkpoints over more leaves than there are say: once for each kind.
    func beyond(size: Int) -> [AuditFinding] {
        [false, true].compactMap { isWitnessed in
            guard
                let mark = marks.last(where: { $0.isWitnessed == isWitnessed && $0.size > size })
            else { return nil }
            return AuditFinding(
                .logShorter,
                index: size,
                checkpointSize: mark.size,
                isWitnessed: isWitnessed
            )
        }
    }
}
