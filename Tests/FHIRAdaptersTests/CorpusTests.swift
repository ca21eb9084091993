import FHIRAdapters
import Foundation
import PortalIntake
import PortalRecord
import PortalTestKit
import Testing

@Suite("FHIR as the world sends it")
struct CorpusTests {
    @Test("every public file gives entries or is held; the ledger's sum is the file")
    func everyFile() throws {
        let adapter = FHIRBundleAdapter()
        var mapped = 0
        var unmapped = 0
        var adapted = 0
        for file in PublicCorpus.files("fhir-r4") {
            let document = SourceDocument(
                silo: "fhir",
                bytes: Array(try Data(contentsOf: file))[...]
            )
            guard adapter.recognises(document) else { continue }
            do throws(IntakeError) {
                let ledger = try adapter.adapt(document).ledger
                #expect(ledger.mapped + ledger.ignored + ledger.unmapped == ledger.byteCount)
                adapted += 1
                mapped += ledger.mapped
                unmapped += ledger.unmapped
            } catch {
                // Held: a document of nobody, or of nothing that an entry states.
                #expect(error.outcome == .held, "\(error.code) \(file.lastPathComponent)")
            }
        }
        let share = 100 * Double(unmapped) / Double(max(1, mapped + unmapped))
        print("FHIR: \(adapted) documents adapted, \(share) % of the value bytes unmapped")
        #expect(share < 10)
    }
}
