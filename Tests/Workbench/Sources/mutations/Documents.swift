import ClinicalPortal
import EDIFACTSyntax
import Foundation
import HL7v2Syntax
import PortalBytes
import PortalIntake
import PortalRecord

/// A document and where it comes from.
struct Sample {
    let name: String
    let isOfCorpus: Bool
    let document: SourceDocument

    /// The same with other bytes, and with the same hash: what differs then differs for what the
    /// bytes say.
    func with(_ bytes: [UInt8]) -> SourceDocument {
        SourceDocument(
            silo: document.silo,
            bytes: bytes[...],
            hash: document.hash,
            dialect: document.dialect,
            limits: document.limits,
            files: document.files,
            envelope: document.envelope
        )
    }
}

/// The documents of the repository and of the corpus, each with the adapter that recognises it.
struct Documents {
    private var samples: [String: [Sample]] = [:]
    private(set) var corpusCount = 0
    private let dialect: Dialect = {
        var dialect = Dialect()
        dialect.zone = .named(.london)
        dialect.localAuthority = "GRI"
        return dialect
    }()

    init(root: String, corpus: String) {
        for file in Documents.files(below: root + "/Tests")
        where file.contains("/Fixtures/")
            && (file as NSString).lastPathComponent.hasPrefix("input.")
        {
            take(file, root)
        }
        for file in Documents.files(below: root + "/Samples/HealthBoard") { take(file, root) }
        for folder in ["hl7v2", "edifact", "fhir-r4", "cda", "xds"] {
            for file in Documents.files(below: corpus + "/" + folder) {
                take(file, corpus, isOfCorpus: true)
                corpusCount += 1
            }
        }
    }

    func of(_ adapter: any SourceAdapter) -> [Sample] { samples[type(of: adapter).name] ?? [] }

    /// In the order of their paths, so that a seed draws the same wherever the folder lies.
    private static func files(below folder: String) -> [String] {
        guard let found = FileManager.default.enumerator(atPath: folder) else { return [] }
        return found.compactMap { $0 as? String }.sorted().map { folder + "/" + $0 }.filter {
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: $0, isDirectory: &isFolder)
                && !isFolder.boolValue
        }
    }

    private mutating func take(_ file: String, _ base: String, isOfCorpus: Bool = false) {
        guard let data = FileManager.default.contents(atPath: file), data.count <= 200_000 else {
            return
        }
        let name = String(file.dropFirst(base.count + 1))
        for (number, (bytes, envelope)) in parts(Array(data)).enumerated() {
            var document = SourceDocument(
                silo: "s",
                bytes: bytes[...],
                dialect: dialect,
                envelope: envelope
            )
            guard
                let adapter = Portal.libraryAdapters.first(where: { $0.recognises(document) })
            else { continue }
            var beside: [String: CompanionFile] = [:]
            let folder = (file as NSString).deletingLastPathComponent
            for name in adapter.companions(of: document) where FileType.staysInside(name) {
                if let found = FileManager.default.contents(atPath: folder + "/" + name) {
                    beside[name] = CompanionFile(Array(found)[...])
                }
            }
            if !beside.isEmpty {
                document = SourceDocument(
                    silo: "s",
                    bytes: bytes[...],
                    dialect: dialect,
                    files: beside
                )
            }
            samples[type(of: adapter).name, default: []].append(
                Sample(name: name + " \(number + 1)", isOfCorpus: isOfCorpus, document: document)
            )
        }
    }

    /// The messages of a file that holds several, else the file.
    private func parts(_ bytes: [UInt8]) -> [([UInt8], ArraySlice<UInt8>?)] {
        if HL7v2File.recognises(bytes) {
            return HL7v2File(bytes).parts.compactMap { part in
                guard case .message = part.kind else { return nil }
                return (Array(bytes[part.range]), nil)
            }
        }
        if EDIFACTFile.recognises(bytes) {
            let file = EDIFACTFile(bytes)
            return file.parts.compactMap { part in
                guard case .message = part.kind else { return nil }
                return (Array(file.slice(part)), file.envelope(of: part))
            }
        }
        let lines = bytes.split { $0 == 0x0A || $0 == 0x0D }
        let isLines = lines.count > 1 && lines.allSatisfy { $0.first == 0x7B && $0.last == 0x7D }
        return isLines ? lines.map { (Array($0), nil) } : [(bytes, nil)]
    }
}
