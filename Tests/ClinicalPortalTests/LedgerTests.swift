import HL7v2Adapters
import PortalIntake
import PortalRecord
import PortalTestKit
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("P2: every byte is accounted for")
struct LedgerTests {
    private func entries(_ bytes: [UInt8]) -> (String, ByteLedger)? {
        let document = SourceDocument(
            silo: "s",
            bytes: bytes[...],
            hash: ContentHash(of: [])
        )
        let adapters: [any SourceAdapter] = [
            HL7v2AttendanceAdapter(), HL7v2LabReportAdapter(), HL7v2DocumentAdapter(),
            HL7v2ReferralAdapter(), HL7v2ScheduleAdapter(),
        ]
        guard let adapter = adapters.first(where: { $0.recognises(document) }),
            let report = try? adapter.adapt(document)
        else { return nil }
        var bare = report.entries
        for index in bare.indices { bare[index].findings = [] }
        let text = (try? CanonicalJSON.text(bare)) ?? ""
        let merges = (try? CanonicalJSON.text(report.mergeEvents)) ?? ""
        return (text + merges, report.ledger)
    }

    private static let messages: [[UInt8]] = [
        Board.result("<0.01", status: "F", at: "20260302140000"),
        Board.movement(
            "A01",
            at: "20261101080000",
            extra: ["AL1|1|DA|PEN^Penicillin^L|SV|Rash", "NK1|1|LEE^Tom|SPO^Spouse^HL70063"]
        ),
        Board.merge(prior: "9", into: Board.pid()),
    ]

    @Test("mapped + ignored + unmapped is the message", arguments: messages)
    func sums(_ message: [UInt8]) throws {
        let (_, ledger) = try #require(entries(message))
        #expect(ledger.mapped + ledger.ignored + ledger.unmapped == message.count)
        #expect(ledger.mapped > 0)
    }

    @Test("changing a byte marked mapped changes an entry", arguments: messages)
    func honest(_ message: [UInt8]) throws {
        let (before, ledger) = try #require(entries(message))
        for offset in ledger.mappedOffsets {
            var changed = message
            changed[offset] = changed[offset] == 0x51 ? 0x37 : 0x51
            #expect(entries(changed)?.0 != before, "byte \(offset)")
        }
    }

    /// The public corpus: messages that no one here wrote.
    ///
    /// A byte is changed to a letter that is in no message's syntax; twelve places a message, drawn
    /// by a seed.
    @Test("changing a byte marked mapped changes an entry, over the corpus")
    func honestOverTheCorpus() throws {
        var random = SeededGenerator(seed: 2)
        var messages = 0
        for file in PublicCorpus.files("hl7v2") {
            let bytes = Array(try Data(contentsOf: file))
            guard bytes.count < 64_000, let (before, ledger) = entries(bytes) else { continue }
            messages += 1
            let offsets = ledger.mappedOffsets
            for _ in 0..<12 {
                guard let offset = offsets.randomElement(using: &random) else { break }
                var changed = bytes
                changed[offset] = changed[offset] == 0x51 ? 0x37 : 0x51
                let isSame = entries(changed)?.0 == before
                #expect(!isSame, "\(file.path.suffix(60)), byte \(offset), seed \(random.seed)")
            }
        }
        if messages > 0 { print("messages of the corpus tried: \(messages)") }
    }

    @Test(
        "the sums are those of the bytes one by one, whatever the document's length",
        arguments: [0, 1, 7, 8, 9, 2039, 2040, 2041, 4081, 10_007]
    )
    func sumsAreExact(byteCount: Int) {
        var ledger = ByteLedger(byteCount: byteCount)
        // Every third byte mapped, runs left out by each rule, the rest left.
        for offset in stride(from: 0, to: byteCount, by: 3) { ledger.map(offset..<(offset + 1)) }
        for (index, rule) in IgnoreRule.allCases.enumerated() {
            ledger.ignore((index * 700)..<(index * 700 + 500), by: rule)
        }
        let ignored = ledger.ignoredByRule.values.reduce(0, +)
        #expect(ledger.mapped == ledger.mappedOffsets.count)
        #expect(ledger.unmapped == ledger.unmappedRanges.reduce(0) { $0 + $1.count })
        #expect(ledger.ignored == ignored)
        #expect(ledger.mapped + ignored + ledger.unmapped == byteCount)
    }
}
