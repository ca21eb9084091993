import PortalAudit
import PortalRecord
import Testing

/// TESTING f28: forged checkpoints, another log's key.
@Suite struct CheckpointTests {
    static func sample() throws -> Checkpoint {
        let root = MerkleTree.root(of: [MerkleTree.leafHash(of: [1])])
        return try AuditSamples.signer().sign(size: 1, root: root, at: AuditSamples.start)
    }

    @Test func aCheckpointIsAcceptedByItsOwnKeyAndLogOnly() throws {
        let checkpoint = try Self.sample()
        #expect(try AuditSamples.signer().verifier.accepts(checkpoint))
        #expect(try !AuditSamples.signer(seed: 8).verifier.accepts(checkpoint))
        #expect(try !AuditSamples.signer(origin: "other.invalid").verifier.accepts(checkpoint))
    }

    @Test func aCheckpointComesBackFromItsLine() throws {
        let checkpoint = try Self.sample()
        let text = try checkpoint.text()
        #expect(!text.contains("\n"))
        #expect(try Checkpoint(text: text) == checkpoint)
        for other in ["", "{}", text + " ", text.uppercased(), text.replacing(":1,", with: ":01,")]
        {
            #expect(throws: AuditError(.checkpointUnreadable)) { try Checkpoint(text: other) }
        }
    }

    @Test func everyFlippedBitOfTheLineIsRefused() throws {
        let bytes = Array(try Self.sample().text().utf8)
        let verifier = try AuditSamples.signer().verifier
        var accepted = 0
        for bit in 0..<bytes.count * 8 {
            var flipped = bytes
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            guard String(validating: flipped, as: UTF8.self) != nil,
                let checkpoint = try? Checkpoint(text: String(decoding: flipped, as: UTF8.self))
            else { continue }
            if verifier.accepts(checkpoint) { accepted += 1 }
        }
        #expect(accepted == 0)
    }

    @Test func noTwoCheckpointsShareTheirSignedBytes() throws {
        let root = MerkleTree.root(of: [])
        var seen: Set<[UInt8]> = []
        var count = 0
        for origin in ["a", "ab", "a\n", ""] {
            for key in ["b", "", "\nb"] {
                for (size, time) in [(0, 1), (1, 0), (256, 0), (0, 256)] {
                    let checkpoint = Checkpoint(
                        origin: origin,
                        size: size,
                        root: root,
                        time: Instant(milliseconds: time),
                        keyID: key,
                        signature: []
                    )
                    seen.insert(checkpoint.signedBytes)
                    count += 1
                }
            }
        }
        #expect(seen.count == count)
    }

    @Test func theSecretIsInNoDescription() throws {
        let signer = try AuditSamples.signer()
        var text = ""
        dump(signer, to: &text)
        text += "\(signer)" + String(reflecting: signer)
        #expect(text.contains(signer.keyID))
        #expect(!text.contains("PrivateKey"))
        #expect(throws: AuditError(.keyUnfit)) { try CheckpointSigner(origin: "a", seed: [1]) }
        #expect(throws: AuditError(.keyUnfit)) { try AuditSamples.signer(origin: "") }
        #expect(throws: AuditError(.keyUnfit)) {
            try CheckpointVerifier(origin: "a", publicKey: [])
        }
    }

    @Test func aTimeThatHasNoTextIsNotSigned() throws {
        #expect(throws: AuditError(.timeOutOfRange)) {
            try AuditSamples.signer().sign(
                size: 0,
                root: MerkleTree.root(of: []),
                at: Instant(milliseconds: .max)
            )
        }
    }
}
