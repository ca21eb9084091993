import Foundation
import PortalRecord
import PortalTestKit
import Testing

@Suite("Base64 (RFC 4648 section 4)")
struct Base64Tests {
    @Test("what Foundation writes is read, with line ends in it")
    func roundTrip() {
        var random = SeededGenerator(seed: 7)
        for count in 1...300 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            let data = Data(bytes)
            #expect(Base64.decode(Array(data.base64EncodedData())) == bytes)
            let lines = data.base64EncodedData(options: [.lineLength64Characters])
            #expect(Base64.decode(Array(lines)) == bytes)
        }
    }

    @Test(
        "what is none is refused",
        arguments: [
            "", " ", "=", "A", "AA", "AAA", "AA=", "A===", "AAAA=", "AA==AA==", "AA=A", "A*AA",
            "AAAA====", "é",
        ]
    )
    func refused(_ text: String) { #expect(Base64.decode(Array(text.utf8)) == nil) }
}
