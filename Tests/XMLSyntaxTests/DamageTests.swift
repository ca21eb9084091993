import Foundation
import PortalTestKit
import Testing
import XMLSyntax

/// TESTING (a) 1 and 2: no truncation and no flipped bit makes the reader trap.
@Suite("Damaged input")
struct DamageTests {
    private static let samples: [[UInt8]] = [
        Array(TreeTests.sample.utf8),
        utf16(
            "<a b='µ'>\u{1F489}<!-- c --><d/>x&amp;\r\n<![CDATA[y]]></a>",
            bigEndian: true,
            mark: true
        ),
        Array("<?xml version='1.0' encoding='ISO-8859-1'?><a b='".utf8) + [0xE9]
            + Array("'>".utf8) + [0xB5, 0x3C, 0x2F, 0x61, 0x3E],
    ]

    @Test("cut at every byte: covered or refused", arguments: samples)
    func truncation(bytes: [UInt8]) {
        for end in 0...bytes.count { Laws.hold(bytes[..<end], "cut at \(end)") }
    }

    @Test("what a fuzzer once found holds")
    func failCases() throws {
        let folder = SourceTree.url("Tests/XMLSyntaxTests/FailCases")
        for file in SourceTree.files(below: folder) {
            let bytes = Array(try Data(contentsOf: file))
            Laws.hold(bytes[...], Comment(rawValue: file.lastPathComponent))
        }
    }

    @Test("every bit flipped: covered or refused", arguments: samples)
    func flippedBits(bytes: [UInt8]) {
        var bytes = bytes
        for index in bytes.indices {
            for bit in 0..<8 {
                bytes[index] ^= 1 << bit
                Laws.hold(bytes[...], "bit \(bit) of byte \(index)")
                bytes[index] ^= 1 << bit
            }
        }
    }

    @Test("every byte dropped or doubled: covered or refused", arguments: samples)
    func droppedBytes(bytes: [UInt8]) {
        for index in bytes.indices {
            Laws.hold((bytes[..<index] + bytes[(index + 1)...])[...], "without \(index)")
            Laws.hold((bytes[...index] + bytes[index...])[...], "twice \(index)")
        }
    }

    @Test("random markup: covered or refused")
    func randomMarkup() {
        var random = SeededGenerator(seed: 11)
        let words = [
            "<a>", "</a>", "<b ", "c='1'", "d=\"2\"", "/>", ">", "<!--", "-->", "<![CDATA[", "]]>",
            "&lt;", "&#65;", "&x;", "<?p", "?>", "é", "\r\n", "<a xmlns='u'>", "<p:a",
            "xmlns:p='v'",
            " ", "text", "<!DOCTYPE", "\u{FEFF}",
        ]
        for round in 0..<4000 {
            let count = random.number(1...14)
            var text = "<a>"
            for _ in 0..<count { text += words.randomElement(using: &random) ?? "" }
            Laws.hold(Array((text + "</a>").utf8)[...], "round \(round), seed \(random.seed)")
        }
    }

    /// Files that no one here wrote: each read or refused with a code and a place.
    @Test("the public corpus is read or refused, never trapped on")
    func corpus() throws {
        var outcomes: [String: Int] = [:]
        for format in ["cda", "xds"] {
            for file in PublicCorpus.files(format) {
                let bytes = Array(try Data(contentsOf: file))
                let result = Laws.hold(bytes[...], Comment(rawValue: String(file.path.suffix(60))))
                outcomes[result, default: 0] += 1
                Laws.hold(bytes[..<(bytes.count / 2)])
            }
        }
        let summary = outcomes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        if !outcomes.isEmpty { print("corpus (cda, xds): " + summary.joined(separator: ", ")) }
    }
}
