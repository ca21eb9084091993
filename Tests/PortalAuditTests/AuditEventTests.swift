import PortalRecord
import Testing

@testable import PortalAudit

/// TESTING f29: log injection, and an encoding that never takes two events for one.
@Suite struct AuditEventTests {
    static let tricky: [String] = [
        "", " ", "a", "A", "a ", "a\n", "a\r", "a\r\n", "a\n\r", "\\n", "\\\\n", "\n", "\"",
        "\\\"", "\",\"", "a\",\"b", "\u{1B}[2J", "\u{9B}2J", "\u{202E}evil", "\u{2066}a\u{2069}",
        "\u{200B}", "é", "e\u{301}", "\u{FEFF}a", "\0", "\u{7F}", "\u{1}", "{}", "[]", "null",
        "],\"reason\":\"x", "\\u0000", "\\u000a", "\u{FFFD}", "𝄞", "👩‍⚕️", "µ", "<5", "\t", "%0a",
    ]

    @Test func everyFieldComesBackFromItsBytes() throws {
        let event = AuditSamples.event(12)
        let bytes = try event.canonicalBytes()
        #expect(AuditEvent.read(canonicalBytes: bytes) == event)
        #expect(try CanonicalJSON.decode(AuditEvent.self, from: bytes).canonicalBytes() == bytes)
        let least = AuditSamples.smallEvent(1)
        #expect(AuditEvent.read(canonicalBytes: try least.canonicalBytes()) == least)
    }

    @Test func noTwoEventsShareTheirBytesWhateverTheirTexts() throws {
        var seen: [[UInt8]: Int] = [:]
        var count = 0
        func add(_ event: AuditEvent) throws {
            seen[try event.canonicalBytes(), default: 0] += 1
            count += 1
        }
        let base = AuditSamples.smallEvent(0)
        for first in Self.tricky {
            for second in Self.tricky {
                var event = base
                event.principal = AuditPrincipal(person: first, location: second)
                try add(event)
                event = base
                event.reason = first
                event.purpose = second
                try add(event)
                event = base
                event.elements = [first, second]
                try add(event)
            }
            var event = base
            event.elements = [first]
            try add(event)
            event.elements = []
            event.entries = [first]
            try add(event)
            event.entries = []
            event.detail = ["": first]
            try add(event)
            event.detail = ["reason": first]
            try add(event)
        }
        #expect(seen.count == count)
    }

    @Test func noTextBreaksTheLineOrTheTerminal() throws {
        for text in Self.tricky {
            var event = AuditSamples.smallEvent(0)
            event.principal = AuditPrincipal(person: text, roles: [text])
            event.reason = text
            event.detail = [text: text]
            let bytes = try event.canonicalBytes()
            #expect(bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
            let back = try #require(AuditEvent.read(canonicalBytes: bytes))
            #expect(back.reason?.utf8.elementsEqual(text.utf8) == true)
        }
    }

    @Test func anotherSpellingOfAnEventIsNoEvent() throws {
        let bytes = try AuditSamples.smallEvent(3).canonicalBytes()
        let text = String(decoding: bytes, as: UTF8.self)
        for other in [
            " " + text, text + " ", text + text,
            text.replacing("clerk", with: "\\u0063lerk"),
            text.replacing("{\"action\"", with: "{\"aaa\":1,\"action\""),
            text.replacing("\"shownCount\":0", with: "\"shownCount\":00"),
            text.replacing("\"outcome\"", with: "\"reason\":null,\"outcome\""),
            "{}", "",
        ] {
            #expect(AuditEvent.read(canonicalBytes: Array(other.utf8)) == nil)
        }
    }

    @Test func anUnfitIdentifierOrTimeIsRefusedWithoutBeingQuoted() throws {
        var event = AuditSamples.smallEvent(0)
        event.id = ""
        #expect(throws: AuditError(.identifierUnfit)) { try event.canonicalBytes() }
        event.id = "canary\0"
        #expect(throws: AuditError(.identifierUnfit)) { try event.canonicalBytes() }
        event.id = "canary"
        event.members = ["canary\0"]
        #expect(throws: AuditError(.identifierUnfit)) { try event.canonicalBytes() }
        event.members = []
        for milliseconds in [-1, 253_402_300_800_000, .min, .max] {
            event.time = Instant(milliseconds: milliseconds)
            #expect(throws: AuditError(.timeOutOfRange)) { try event.canonicalBytes() }
        }
        #expect(!AuditError(.identifierUnfit, number: 3).description.contains("canary"))
    }

    @Test func theEventSaysWhoWhatWhoseAndHowInThePlainWords() throws {
        let text = try CanonicalJSON.text(AuditSamples.event(15))
        #expect(text.contains(#""action":"open document""#))
        #expect(text.contains(#""outcome":"nothing found""#))
        #expect(text.contains(#""members":["source-3","source-3-b"]"#))
    }

    /// What the quick look at an event accepts, reading it and writing it again accepts too.
    @Test func whatTheQuickLookAcceptsIsTheOneSpelling() throws {
        var spellings = 0
        for number in [0, 5, 6, 15] {
            var event = AuditSamples.event(number)
            if number % 3 == 0 { event.detail = ["a": "1", "b": "2", "ab": "3"] }
            if number % 5 == 0 { event.time = Instant(milliseconds: 951_782_400_250) }
            let bytes = try event.canonicalBytes()
            try agree(bytes)
            if bytes.allSatisfy({ $0 < 0x7F && $0 != UInt8(ascii: "\\") }) {
                #expect(CanonicalEventScan(bytes) != nil)
                spellings += 1
            }
            for place in bytes.indices {
                for byte in Array(" \"\\01,:}]-a".utf8) + [0, 0x7F, 0xC3, bytes[place] ^ 1] {
                    var other = bytes
                    other[place] = byte
                    try agree(other)
                    other.insert(bytes[place], at: place)
                    try agree(other)
                }
                var other = bytes
                other.remove(at: place)
                try agree(other)
                try agree(Array(bytes[..<place]))
            }
        }
        #expect(spellings >= 2)
    }

    /// Spellings of a moment, a number and a name that only nearly are the one.
    @Test(arguments: [
        ("2026-11-22T", "2026-02-29T"), ("2026-11-22T", "1969-11-22T"),
        ("\"shownCount\":", "\"shownCount\":-0"),
        ("\"shownCount\":", "\"shownCount\":0"), ("Z\",\"withheld", ".000Z\",\"withheld"),
        ("Z\",\"withheld", "+00:00\",\"withheld"), ("\"staleSilos\":[", "\"staleSilos\":[,"),
        ("\"detail\":{", "\"detail\":{\"z\":\"\",\"a\":\"\""),
        ("\"detail\":{", "\"detail\":{\"a\":\"\",\"a\":\"\""),
    ])
    func aSpellingThatIsNotTheOneIsNotAccepted(_ from: String, _ to: String) throws {
        var event = AuditSamples.smallEvent(0)
        event.time = Instant(milliseconds: 1_795_341_845_000)
        event.detail = [:]
        let text = String(decoding: try event.canonicalBytes(), as: UTF8.self)
        let other = Array(text.replacing(from, with: to).utf8)
        #expect(text.contains(from), "\(text)")
        #expect(CanonicalEventScan(other) == nil)
        #expect(AuditEvent.read(canonicalBytes: other) == nil)
    }

    private func agree(_ bytes: [UInt8]) throws {
        guard let scan = CanonicalEventScan(bytes) else { return }
        let event = try #require(AuditEvent.read(canonicalBytes: bytes))
        #expect(event.action != .erased)
        #expect(bytes[scan.id].elementsEqual(event.id.utf8))
        #expect(scan.members.map { Array(bytes[$0]) } == event.members.map { Array($0.utf8) })
    }
}
