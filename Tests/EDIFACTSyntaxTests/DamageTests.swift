import EDIFACTSyntax
import Foundation
import PortalTestKit
import Testing

/// TESTING (a) 1 and 2: no truncation and no flipped bit makes a reader trap.
@Suite("Damaged input")
struct DamageTests {
    static let fixtures = SourceTree.files(
        below: SourceTree.url("Tests/EDIFACTSyntaxTests/Fixtures")
    )
    .filter { $0.pathExtension == "edi" }

    @Test("there are fixtures to damage")
    func fixturesArePresent() { #expect(Self.fixtures.count >= 5) }

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
        let folder = SourceTree.url("Tests/EDIFACTSyntaxTests/FailCases")
        for file in SourceTree.files(below: folder) {
            let bytes = Array(try Data(contentsOf: file))
            Laws.hold(forFile: bytes, Comment(rawValue: file.lastPathComponent))
            Laws.hold(forMessage: bytes[...], Comment(rawValue: file.lastPathComponent))
        }
    }

    @Test("text() takes any range of any message, past its end too")
    func anyRange() throws {
        let bytes = interchange("FTX+SPC+++a?+b ??:?'c?")
        let tree = try EDIFACTMessage.read(bytes[...])
        for low in 0...bytes.count + 2 {
            for high in low...bytes.count + 2 {
                _ = tree.text(low..<high)
                _ = tree.component(low..<high, 2)
            }
        }
        #expect(tree.text(0..<Int.max).hasPrefix("UNB+"))
        #expect(tree.element(Int.max, 1) == nil)
        #expect(tree.range(-1).isEmpty)
    }

    @Test("errors hold a code, a place and a remedy, and nothing of the message")
    func errors() {
        let canary = "Zebedee"
        let broken = [
            "\(canary)", "UNA\(canary)'", "UNB+\(canary)'UNZ+1'", "UNH+1+\(canary)",
            "UNH+1+M'PNA+\(canary)", "UNH+\(canary)+M'UNH+2'", "UNA::::: UNH+\(canary)'",
        ]
        for text in broken {
            do throws(EDIFACTSyntaxError) {
                _ = try EDIFACTMessage.read(Array(text.utf8)[...])
                Issue.record("it is read")
            } catch {
                #expect(!"\(error) \(String(reflecting: error))".contains(canary), "\(error.code)")
                #expect(!error.code.remedy.isEmpty && !error.path.isEmpty)
                #expect(error.offset >= 0 && error.offset <= text.utf8.count)
            }
        }
    }
}
