import EDIFACTSyntax
import Foundation
import PortalTestKit
import Testing

/// TESTING (a), STYLE B4 property 1: what is read is lossless or refused.
@Suite("Lossless or refused")
struct RoundTripTests {
    private static let usable: [UInt8] = Array("!\"#$%&()*,-./:;<=>?@[\\]^_`{|}~+'".utf8)

    /// A message of random service characters, behind its UNA.
    private static func randomMessage(_ random: inout SeededGenerator) -> [UInt8] {
        let marks = Array(usable.shuffled(using: &random).prefix(5))
        let release = random.number(0...4) == 0 ? UInt8(ascii: " ") : marks[3]
        let advice: [UInt8] = [marks[0], marks[1], marks[2], release, 0x20, marks[4]]
        let content: [UInt8] = marks + marks + Array("ABz19 é\"\r\n".utf8) + [0x00, 0xE9]
        let ends: [[UInt8]] = [[], [0x0D], [0x0A], [0x0D, 0x0A], [0x20, 0x0A]]
        var bytes = Array("UNA".utf8) + advice + Array("UNH".utf8) + [marks[1], 0x31]
        for _ in 0..<random.number(0...12) {
            bytes += random.bytes(random.number(0...60), from: content)
            bytes += [marks[4]] + (ends.randomElement(using: &random) ?? [])
            let tags = ["PNA", "S02", "ZZ1", "FTX", "UNT", "not a segment", ""]
            bytes += Array((tags.randomElement(using: &random) ?? "PNA").utf8)
            if random.number(0...9) > 0 { bytes.append(marks[1]) }
        }
        return bytes + [marks[4]]
    }

    @Test("render(read(bytes)) == bytes over random messages and characters", arguments: 1...8)
    func randomMessages(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var readCount = 0
        for _ in 0..<150 {
            let bytes = Self.randomMessage(&random)
            if Laws.hold(forMessage: bytes[...], "seed \(seed)") { readCount += 1 }
            Laws.hold(forFile: bytes, "seed \(seed)")
        }
        #expect(readCount > 75, "most are read: seed \(seed)")
    }

    @Test("a tree knows every delimiter: it agrees with a byte by byte reading", arguments: 1...4)
    func everySeparator(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<120 {
            let bytes = Self.randomMessage(&random)
            guard let tree = try? EDIFACTMessage.read(bytes[...]) else { continue }
            var expected: [Int] = []
            for segment in 0..<tree.segmentCount {
                var isReleased = false
                for index in tree.range(segment) {
                    let byte = bytes[index]
                    if isReleased {
                        isReleased = false
                    } else if byte == tree.characters.release {
                        isReleased = true
                    } else if byte == tree.characters.element || byte == tree.characters.component {
                        expected.append(index)
                    }
                }
            }
            var found: [Int] = []
            tree.forEachSeparator { found.append($0) }
            #expect(found == expected, "seed \(seed)")
        }
    }

    @Test("parts cover every byte of random bytes once", arguments: 1...8)
    func randomBytes(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let likely = Array("UNABHTZG:+.? '\r\nS02x1".utf8) + [0xEF, 0xBB, 0xBF]
        for round in 0..<200 {
            var bytes = random.bytes(random.number(0...200), from: round % 3 == 0 ? [] : likely)
            if round % 2 == 0 { bytes += Array("UNA:+.? 'UNB+UNOC:3'UNH+1+A'UNT+2+1'UNZ+1'".utf8) }
            Laws.hold(forFile: bytes, "seed \(seed)")
        }
    }

    @Test("any chunking of a stream gives the same parts", arguments: 1...6)
    func chunks(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for file in DamageTests.fixtures {
            var bytes = Array(try Data(contentsOf: file))
            if seed > 2 {
                for _ in 0..<4 { bytes[random.number(0...(bytes.count - 1))] = 0x27 }
            }
            let whole = EDIFACTFile(bytes)
            var stream = EDIFACTStream()
            var parts: [EDIFACTStream.Part] = []
            var at = 0
            while at < bytes.count {
                // The first seed feeds one byte at a time (PITFALLS A4).
                let end = min(bytes.count, at + (seed == 1 ? 1 : random.number(1...50)))
                stream.feed(bytes[at..<end])
                while let part = try stream.next() { parts.append(part) }
                at = end
            }
            stream.finish()
            while let part = try stream.next() { parts.append(part) }
            #expect(parts.flatMap(\.bytes) == bytes, "\(file.lastPathComponent), seed \(seed)")
            // Stray stretches that follow one another are one part of a file.
            let messages = whole.parts.filter { if case .message = $0.kind { true } else { false } }
            let streamed = parts.filter { if case .message = $0.kind { true } else { false } }
            #expect(streamed.map(\.bytes) == messages.map { Array(whole.slice($0)) })
            #expect(streamed.map(\.offset) == messages.map(\.range.lowerBound))
            let envelopes = messages.map { Array(whole.envelope(of: $0) ?? []) }
            #expect(streamed.map(\.envelope) == envelopes)
        }
    }

    @Test("every EDIFACT file of the public corpus is lossless and its parts cover it")
    func corpus() throws {
        var messageCount = 0
        for file in PublicCorpus.files("edifact") {
            let bytes = Array(try Data(contentsOf: file))
            Laws.hold(forFile: bytes, Comment(rawValue: file.lastPathComponent))
            messageCount += EDIFACTFile(bytes).messageCount
        }
        print("corpus: \(messageCount) EDIFACT messages split")
    }
}
