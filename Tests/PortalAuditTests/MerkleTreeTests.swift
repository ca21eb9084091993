import PortalAudit
import PortalRecord
import Testing

/// RFC 6962 section 2.1, and DESIGN P5's log underneath.
@Suite struct MerkleTreeTests {
    /// The entries of Certificate Transparency's own tests.
    static let entries: [[UInt8]] = [
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ].map { Hexadecimal.decode(Array($0.utf8)) ?? [] }

    /// The roots of the first one to eight of them.
    static let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]

    static let hashes = entries.map(MerkleTree.leafHash)

    static func leaves(_ count: Int) -> [ContentHash] {
        (0..<count).map { MerkleTree.leafHash(of: [UInt8(truncatingIfNeeded: $0)]) }
    }

    @Test func rootsAreThoseOfTheKnownVectors() {
        #expect(
            MerkleTree.root(of: []).hex
                == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        )
        for (index, root) in Self.roots.enumerated() {
            #expect(MerkleTree.root(of: Array(Self.hashes[...index])).hex == root)
        }
    }

    @Test func aKnownInclusionProofIsMadeAndHolds() throws {
        // The vector for leaf 5 (counted from zero) of eight.
        let proof = [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ]
        let made = try #require(MerkleTree.inclusionProof(of: 5, in: Self.hashes))
        #expect(made.map(\.hex) == proof)
    }

    @Test func aKnownConsistencyProofIsMadeAndHolds() throws {
        // The vector from six to eight.
        let proof = [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ]
        let made = try #require(MerkleTree.consistencyProof(from: 6, in: Self.hashes))
        #expect(made.map(\.hex) == proof)
    }

    @Test func theFrontierAgreesWithTheWholeTreeAtEverySize() {
        var frontier = MerkleFrontier()
        for size in 0...130 {
            #expect(frontier.size == size)
            #expect(frontier.root == MerkleTree.root(of: Self.leaves(size)))
            #expect(MerkleFrontier(size: size, peaks: frontier.peaks) == frontier)
            frontier.append(MerkleTree.leafHash(of: [UInt8(truncatingIfNeeded: size)]))
        }
        #expect(MerkleFrontier(size: 3, peaks: []) == nil)
        #expect(MerkleFrontier(size: -1, peaks: frontier.peaks) == nil)
    }

    @Test(arguments: 0...33)
    func everyLeafIsProvedAndNoOtherIs(size: Int) throws {
        let leaves = Self.leaves(size)
        let root = MerkleTree.root(of: leaves)
        #expect(MerkleTree.inclusionProof(of: size, in: leaves) == nil)
        #expect(MerkleTree.inclusionProof(of: -1, in: leaves) == nil)
        for index in 0..<size {
            let proof = try #require(MerkleTree.inclusionProof(of: index, in: leaves))
            func holds(
                _ steps: [ContentHash],
                leaf: ContentHash? = nil,
                at place: Int? = nil,
                of count: Int? = nil
            ) -> Bool {
                MerkleTree.verifyInclusion(
                    of: leaf ?? leaves[index],
                    at: place ?? index,
                    size: count ?? size,
                    root: root,
                    proof: steps
                )
            }
            #expect(holds(proof))
            for other in -1...size where other != index { #expect(!holds(proof, at: other)) }
            #expect(!holds(proof, leaf: MerkleTree.leafHash(of: [0xFF, 0xFF])))
            #expect(!holds(proof, of: 0))
            for forged in Self.forgeries(of: proof) { #expect(!holds(forged)) }
        }
    }

    @Test(arguments: 0...33)
    func everyEarlierLogIsProvedAndNoOtherIs(size: Int) throws {
        let leaves = Self.leaves(size)
        let root = MerkleTree.root(of: leaves)
        #expect(MerkleTree.consistencyProof(from: size + 1, in: leaves) == nil)
        #expect(MerkleTree.consistencyProof(from: -1, in: leaves) == nil)
        for first in 0...size {
            let firstRoot = MerkleTree.root(of: Array(leaves[..<first]))
            let proof = try #require(MerkleTree.consistencyProof(from: first, in: leaves))
            func holds(
                _ start: Int,
                _ startRoot: ContentHash,
                _ endRoot: ContentHash,
                _ steps: [ContentHash]
            ) -> Bool {
                MerkleTree.verifyConsistency(
                    from: start,
                    root: startRoot,
                    to: size,
                    root: endRoot,
                    proof: steps
                )
            }
            let wrong = MerkleTree.leafHash(of: [0xFF, 0xFF])
            #expect(holds(first, firstRoot, root, proof))
            #expect(!holds(first, wrong, root, proof))
            if first > 0 { #expect(!holds(first, firstRoot, wrong, proof)) }
            #expect(!holds(size + 1, firstRoot, root, proof))
            #expect(!holds(-1, firstRoot, root, proof))
            for forged in Self.forgeries(of: proof) {
                #expect(!holds(first, firstRoot, root, forged))
            }
        }
    }

    /// Every proof one change away: a flipped bit in each step, one step less, one more, two swapped.
    static func forgeries(of proof: [ContentHash]) -> [[ContentHash]] {
        var forged: [[ContentHash]] = []
        for index in proof.indices {
            var bytes = proof[index].bytes
            bytes[index % 32] ^= 1
            if let flipped = ContentHash(bytes: bytes) {
                forged.append(Array(proof[..<index]) + [flipped] + Array(proof[(index + 1)...]))
            }
            forged.append(Array(proof[..<index]) + Array(proof[(index + 1)...]))
            if index > 0 {
                var swapped = proof
                swapped.swapAt(index, index - 1)
                forged.append(swapped)
            }
        }
        forged.append(proof + [MerkleTree.leafHash(of: [])])
        forged.append([MerkleTree.leafHash(of: [])] + proof)
        return forged
    }
}
