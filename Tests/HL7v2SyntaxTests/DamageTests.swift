import Foundation
import HL7v2Syntax
import PortalTestKit
import Testing

/// TESTING (a) 1 and 2: no truncation and no flipped bit makes a reader trap.
@Suite("Damaged input")
struct DamageTests {
    static let fixtures = SourceTree.files(below: SourceTree.url("Tests/HL7v2SyntaxTests/Fixtures"))
        .filter { $0.pathExtension == "hl7" }

    @Test("there are fixtures to damage")
    func fixturesArePresent() { #expect(Self.fixtures.count >= 4) }

    @Test("cut at every byte: lossless or refused", arguments: fixtures)
    func truncation(file: URL) throws {
        let bytes = Array(try Data(contentsOf: file))
        for end in 0...bytes.count {
            Laws.hold(forFile: Array(bytes[..<end]), "cut at \(end)")
            Laws.hold(forMessage: bytes[..<end], "cut at \(end)")
        }
    }

    @Test("every bit flipped: lossless or refused", arguments: fixtures)
    func flippedBits(file: URL) throws {
        var bytes = Array(try Data(contentsOf: file))
        for index in bytes.indices {
            for bit in 0..<8 {
                bytes[index] ^= 1 << bit
                Laws.hold(forFile: bytes, "bit \(bit) of byte \(index)")
                bytes[index] ^= 1 << bit
            }
        }
    }

    @Test("every byte dropped or doubled: lossless or refused", arguments: fixtures)
    func droppedBytes(file: URL) throws {
        let bytes = Array(try Data(contentsOf: file))
        for index in bytes.indices {
            Laws.hold(forFile: Array(bytes[..<index] + bytes[(index + 1)...]), "without \(index)")
            Laws.hold(forFile: Array(bytes[...index] + bytes[index...]), "twice \(index)")
        }
    }

    @Test("what once broke a reader does not again")
    func failCases() throws {
        let folder = SourceTree.url("Tests/HL7v2SyntaxTests/FailCases")
        for file in SourceTree.files(below: folder) {
            let bytes = Array(try Data(contentsOf: file))
            Laws.hold(forFile: bytes, Comment(rawValue: file.lastPathComponent))
            Laws.hold(forMessage: bytes[...], Comment(rawValue: file.lastPathComponent))
        }
    }

    @Test("text() takes any range of any message, past its end too")
    func anyRange() throws {
        let bytes = message("OBX|1|FT|N||a\\T\\b \\X00E0\\ caf\u{E9} \\.br\\ \\X\\ \\||||||F")
        let tree = try HL7v2Message.read(bytes[...])
        for low in 0...bytes.count + 2 {
            for high in low...bytes.count + 2 {
                _ = tree.text(low..<high)
                _ = tree.component(low..<high, 2)
            }
        }
        #expect(tree.text(0..<Int.max).hasPrefix("MSH|"))
        #expect(tree.split(bytes.count + 5..<bytes.count + 9, by: 0x7C).count == 1)
    }
}
