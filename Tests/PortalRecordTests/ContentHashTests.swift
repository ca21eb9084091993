import PortalRecord
import Testing

@Suite("Content hashes")
struct ContentHashTests {
    @Test("the digests of FIPS 180-4's examples")
    func vectors() {
        #expect(
            ContentHash(of: Array("abc".utf8)).hex
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        )
        #expect(
            ContentHash(of: []).hex
                == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        )
    }

    @Test("a digest reads back from its digits, and from nothing else")
    func hex() {
        let hash = ContentHash(of: Array("abc".utf8))
        #expect(ContentHash(hex: hash.hex) == hash)
        #expect(ContentHash(hex: hash.hex.uppercased()) == hash)
        #expect(ContentHash(hex: String(hash.hex.dropLast())) == nil)
        #expect(ContentHash(hex: "g" + hash.hex.dropFirst()) == nil)
        #expect(ContentHash(bytes: Array(hash.bytes.dropLast())) == nil)
        #expect(ContentHash(of: hash.bytes[...].dropFirst(0)) == ContentHash(of: hash.bytes))
    }

    @Test("texts that look alike and differ in bytes have different digests (PITFALLS 0.5)")
    func normalisation() {
        #expect(ContentHash.handle(of: "\u{E9}") != ContentHash.handle(of: "e\u{301}"))
        #expect(ContentHash.handle(of: "a", digits: 8).utf8.count == 8)
    }
}
