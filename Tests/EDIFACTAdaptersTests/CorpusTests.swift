import ClinicalPortal
import EDIFACTAdapters
import EDIFACTSyntax
import Foundation
import PortalIntake
import PortalTestKit
import Testing

/// Messages that no one here wrote: nothing of them stands in the repository.
@Suite("The public corpus")
struct CorpusTests {
    @Test("every file has an answer, and its bytes are accounted for")
    func answers() throws {
        var outcomes: [Inspection.Outcome: Int] = [:]
        for file in PublicCorpus.files("edifact") {
            let bytes = Array(try Data(contentsOf: file))
            let found = Inspection(bytes)
            let name = Comment(rawValue: file.lastPathComponent)
            #expect(found.mapped + found.ignored + found.unmapped == bytes.count, name)
            #expect(!found.counts.isEmpty, name)
            if found.outcome != .adapted { #expect(!found.findings.isEmpty, name) }
            outcomes[found.outcome, default: 0] += 1
        }
        print("corpus: files by outcome \(outcomes)")
    }

    @Test("every whole report message adapts, and little of its content is left unmapped")
    func reports() throws {
        let adapters: [any SourceAdapter] = [
            EDIFACTLabReportAdapter(), EDIFACTRadiologyReportAdapter(),
        ]
        var mapped = 0
        var unmapped = 0
        var messages = 0
        var entries = 0
        for url in PublicCorpus.files("edifact") {
            let bytes = Array(try Data(contentsOf: url))
            let file = EDIFACTFile(bytes)
            for part in file.parts {
                guard case .message(let isWhole) = part.kind else { continue }
                let document = SourceDocument(
                    silo: "corpus",
                    bytes: file.slice(part),
                    envelope: file.envelope(of: part)
                )
                guard let adapter = adapters.first(where: { $0.recognises(document) }) else {
                    continue
                }
                let name = Comment(rawValue: url.lastPathComponent)
                do throws(IntakeError) {
                    let report = try adapter.adapt(document)
                    messages += 1
                    entries += report.entries.count
                    mapped += report.ledger.mapped
                    unmapped += report.ledger.unmapped
                    let sum = report.ledger.mapped + report.ledger.ignored + report.ledger.unmapped
                    #expect(sum == document.bytes.count, name)
                } catch {
                    // One without its required segments is held whole or cut (SAFETY S25).
                    #expect(!isWhole || error.code == "segment-missing", "\(name): \(error)")
                    print("corpus: \(url.lastPathComponent) is held: \(error)")
                }
            }
        }
        guard messages > 0 else { return }
        let share = Double(unmapped) / Double(max(mapped + unmapped, 1))
        print(
            "corpus: \(messages) report messages, \(entries) entries, \(mapped) value bytes mapped, "
                + "\(unmapped) unmapped (\(Int(share * 1000)) per mille)"
        )
        #expect(share < 0.1)
    }

    @Test("changing a byte marked mapped changes an entry, over the corpus")
    func honest() throws {
        var random = SeededGenerator(seed: 9)
        for url in PublicCorpus.files("edifact") {
            let file = EDIFACTFile(Array(try Data(contentsOf: url)))
            for part in file.parts.prefix(12) {
                guard case .message = part.kind else { continue }
                let document = SourceDocument(
                    silo: "corpus",
                    bytes: file.slice(part),
                    envelope: file.envelope(of: part)
                )
                let adapter = EDIFACTLabReportAdapter()
                guard adapter.recognises(document), let report = try? adapter.adapt(document) else {
                    continue
                }
                let offsets = report.ledger.mappedOffsets
                for _ in 0..<12 {
                    guard let offset = offsets.randomElement(using: &random) else { break }
                    var changed = Array(document.bytes)
                    changed[offset] = changed[offset] == 0x51 ? 0x37 : 0x51
                    let after = SourceDocument(
                        silo: "corpus",
                        bytes: changed[...],
                        hash: document.hash,
                        envelope: document.envelope
                    )
                    let isSame = (try? adapter.adapt(after))?.said == report.said
                    #expect(!isSame, "\(url.lastPathComponent), byte \(offset)")
                }
            }
        }
    }
}
