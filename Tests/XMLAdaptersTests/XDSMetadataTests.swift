import Foundation
import PortalIntake
import PortalRecord
import PortalTestKit
import Testing
import XMLAdapters
import XMLSyntax

@Suite("IHE XDS metadata")
struct XDSMetadataTests {
    private static let folders: [URL] =
        SourceTree.files(
            below: SourceTree.url("Tests/XMLAdaptersTests/Fixtures/xds-metadata")
        )
        .filter { $0.lastPathComponent == "input.xml" }.map { $0.deletingLastPathComponent() }

    private func bytes(_ folder: URL) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appendingPathComponent("input.xml")))
    }

    private func report(_ name: String) throws -> IntakeReport {
        let folder = try #require(Self.folders.first { $0.lastPathComponent == name })
        return try XDSMetadataAdapter().adapt(cda(try bytes(folder)))
    }

    @Test("each fixture comes to what its golden says")
    func golden() throws {
        #expect(Self.folders.count >= 8)
        for folder in Self.folders {
            let document = cda(try bytes(folder))
            let outcome = Outcome(XDSMetadataAdapter(), document)
            let isRefused = folder.path.contains("/failure/")
            #expect((outcome.error != nil) == isRefused)
            #expect(XDSMetadataAdapter().recognises(document) == !isRefused)
            #expect(!CDADocumentAdapter().recognises(document))
            try outcome.check(against: folder.appendingPathComponent("expected.json"))
        }
    }

    @Test("P2: the ledger is exact and honest")
    func ledger() throws {
        for folder in Self.folders where folder.path.contains("/success/") {
            let bytes = try bytes(folder)
            let document = SourceDocument(silo: "s", bytes: bytes[...], hash: ContentHash(of: []))
            let report = try XDSMetadataAdapter().adapt(document)
            let ledger = report.ledger
            #expect(ledger.mapped + ledger.ignored + ledger.unmapped == bytes.count)
            let before = report.statements
            let offsets = ledger.mappedOffsets
            for place in stride(from: 0, to: offsets.count, by: 9) {
                var changed = bytes
                changed[offsets[place]] = changed[offsets[place]] == 0x51 ? 0x37 : 0x51
                let isSame =
                    (try? XDSMetadataAdapter().adapt(document.with(changed)))?.statements == before
                #expect(!isSame, "byte \(offsets[place])")
            }
        }
    }

    @Test("number, types, times, author, person and file of a document")
    func submission() throws {
        let report = try report("submission")
        let entry = try #require(report.letterEntry)
        #expect(entry.key == BusinessKey(assigner: nil, value: "1.2.3.77"))
        #expect(report.letter?.type.codings.map(\.code) == ["18842-5", "DS"])
        #expect(report.letter?.title == "Discharge letter")
        #expect(entry.effective?.description == "2026-03-01")
        #expect(entry.statusTime?.description == "2026-03-02T10:15:00")
        #expect(entry.participants.first?.name?.family == "Bruce")
        #expect(entry.organisation == "Anytown Infirmary")
        #expect(entry.labels.isEmpty)
        #expect(report.patient?.nationalNumbers.map(\.digits) == ["9990000018"])
        #expect(report.patient?.identifiers.first?.system == "urn:oid:1.2.3.4")
        #expect(report.patient?.birthDate?.description == "1951-03-03")
        #expect(report.letter?.attachments.first?.location == "1.2.3.9")
        #expect(report.letter?.attachments.first?.byteCount == 36)
    }

    @Test("labels, files sent along, what replaces and adds, scans, two people")
    func kinds() throws {
        let file = try report("with-its-file")
        #expect(file.letterEntry?.labels == [.sensitive])
        #expect(file.letter?.attachments.first?.chunks.count == 1)
        let newer = try report("replaces-within-its-submission")
        #expect(newer.letterEntry?.replaces == ["1.2.3.77"])
        #expect(newer.letter?.relation == .replaces)
        #expect(
            newer.entries.compactMap { entry -> String? in
                if case .clinicalDocument(let one) = entry.content { one.availability } else { nil }
            } == ["OB"]
        )
        #expect(try report("adds-to-one-elsewhere").letter?.relation == .appends)
        #expect(try report("scanned").entries.last?.kind == .scannedDocument)
        let two = try report("two-people")
        #expect(two.shares.count == 2)
        #expect(Set(two.entries.map(\.subject.id)).count == 2)
        #expect(two.entries.allSatisfy { $0.other == nil })
    }

    @Test("nothing traps where a submission is cut or broken")
    func damage() throws {
        for (index, folder) in Self.folders.enumerated() {
            let bytes = try bytes(folder)
            for end in stride(from: 0, to: bytes.count - 3, by: 29) {
                #expect(throws: IntakeError.self) {
                    try XDSMetadataAdapter().adapt(cda(Array(bytes[..<end])))
                }
            }
            var random = SeededGenerator(seed: UInt64(index) + 3)
            for _ in 0..<80 {
                var broken = bytes
                let at = Int.random(in: broken.indices, using: &random)
                broken[at] = UInt8.random(in: 0x20...0x7E, using: &random)
                _ = try? XDSMetadataAdapter().adapt(cda(broken))
            }
        }
    }

    @Test("the public corpus: every submission that names a document is read")
    func corpus() throws {
        let files = PublicCorpus.files("xds")
        guard !files.isEmpty else { return }
        var counts: [String: Int] = [:]
        var left = 0
        var all = 0
        for file in files {
            let document = cda(Array(try Data(contentsOf: file)))
            let isKnown = XDSMetadataAdapter().recognises(document)
            do {
                let ledger = try XDSMetadataAdapter().adapt(document).ledger
                counts["adapted", default: 0] += 1
                #expect(ledger.mapped + ledger.ignored + ledger.unmapped == document.bytes.count)
                left += ledger.unmapped
                all += ledger.unmapped + ledger.mapped
            } catch {
                counts[isKnown ? "held " + error.code : "not one", default: 0] += 1
                // One file of the corpus is cut.
                if isKnown { #expect(error.code == "not-well-formed") }
            }
        }
        let share = Double(left) / Double(max(all, 1))
        print("xds corpus: \(counts.sorted { $0.key < $1.key }), left of what is read \(share)")
        #expect(counts["adapted", default: 0] >= 104)
        #expect(share < 0.1)
    }
}
