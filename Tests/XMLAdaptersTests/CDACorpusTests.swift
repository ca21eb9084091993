import Foundation
import PortalIntake
import PortalRecord
import PortalTestKit
import Testing
import XMLAdapters
import XMLSyntax

/// Documents that no one here wrote: public examples of C-CDA, CCD, eICR, IHE and NHS 111.
@Suite("CDA documents of the public corpus")
struct CDACorpusTests {
    /// Documents without a person, which must be held: `recordTarget` is left out in all of them.
    private static let withoutPatient = 3

    @Test("an answer for every file, an exact ledger, and little left over")
    func corpus() throws {
        let files = PublicCorpus.files("cda")
        guard !files.isEmpty else { return }
        let adapter = CDADocumentAdapter()
        var counts: [String: Int] = [:]
        var values = 0
        var left = 0
        for file in files {
            let bytes = Array(try Data(contentsOf: file))
            let document = cda(bytes)
            let isKnown = adapter.recognises(document)
            do {
                let report = try adapter.adapt(document)
                counts["adapted", default: 0] += 1
                #expect(isKnown, "\(file.lastPathComponent)")
                let ledger = report.ledger
                #expect(ledger.mapped + ledger.ignored + ledger.unmapped == bytes.count)
                #expect(report.entries.contains { $0.kind == .clinicalDocument })
                #expect(report.letter?.text.contains("<script") == false)
                let (all, unread) = try share(bytes, ledger)
                values += all
                left += unread
            } catch let error as IntakeError {
                counts[isKnown ? "held " + error.code : "not one", default: 0] += 1
                // A document that is well formed and names a person is always read.
                if isKnown, error.code == "element-missing" {
                    #expect(!String(decoding: bytes, as: UTF8.self).contains("<recordTarget"))
                }
            }
        }
        let share = Double(left) / Double(max(values, 1))
        print("cda corpus: \(counts.sorted { $0.key < $1.key }), values left \(share)")
        #expect(counts["held element-missing", default: 0] <= Self.withoutPatient)
        #expect(counts["adapted", default: 0] >= 91)
        #expect(share < 0.1)
    }

    /// Bytes of attribute values and texts, and how many of them nothing accounts for.
    private func share(_ bytes: [UInt8], _ ledger: ByteLedger) throws -> (Int, Int) {
        var isLeft = [Bool](repeating: false, count: bytes.count)
        for range in ledger.unmappedRanges { for offset in range { isLeft[offset] = true } }
        let xml = try XMLDocument.read(bytes[...])
        var open = [xml.root]
        var all = 0
        var left = 0
        while let element = open.popLast() {
            let texts = xml.texts(of: element)
                .filter { !xml.utf8(of: $0).allSatisfy { $0 <= 0x20 } }
            for range in xml.attributes(of: element).map(\.range) + texts.map(\.range) {
                all += range.count
                left += range.count { isLeft[$0] }
            }
            open += xml.children(of: element)
        }
        return (all, left)
    }
}
