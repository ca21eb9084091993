import ArgumentParser
import ClinicalPortal
import Foundation

/// Files what the silos sent.
struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Files what the silos sent, and prints the conservation table.",
        discussion: """
            A silo's files are those of its folder, in the order of their names. The same file under
            the same name is one delivery: importing it again files nothing twice, so an import that
            was interrupted is simply run again.
            """
    )

    @Option(help: "The store's folder; made if it is not there.")
    var store: String

    @Option(help: "The site profile (YAML).")
    var profile: String

    @Option(help: "The moment of receipt, to back-load an archive: 2026-11-22T10:04Z.")
    var received: String?

    @Flag(help: "Print the table in JSON.")
    var json = false

    @Argument(help: "Silos and where their files are: SILO=PATH. Without any: as the profile says.")
    var sources: [String] = []

    func run() throws {
        var moment = Clock.now()
        if let received {
            moment = try StoreOptions.moment(received, "--received")
        }
        guard let data = FileManager.default.contents(atPath: profile) else {
            PortalCommand.fail("\(profile): cannot be read", 2)
        }
        let text = String(decoding: data, as: UTF8.self)
        let folder: StoreFolder
        do {
            folder = try StoreFolder(store, profile: text, at: moment)
        } catch let error as ProfileError {
            PortalCommand.fail(profile + ": " + error.description, 2)
        }
        let silos = try places(folder.portal.profile)
        var table: [(silo: String, receipt: Portal.Receipt)] = []
        let total = silos.reduce(0) { $0 + $1.files.count }
        var done = 0
        for silo in silos {
            var sum = Portal.Receipt()
            var batch: [IncomingFile] = []
            var size = 0
            func flush() throws {
                guard !batch.isEmpty else { return }
                sum.add(try folder.portal.receive(batch, silo: silo.name, at: moment))
                batch = []
                size = 0
            }
            for file in silo.files {
                if let large = try LargeFile(file.path) {
                    try flush()
                    sum.add(
                        try folder.portal.receive(
                            fileNamed: file.name,
                            silo: silo.name,
                            at: moment,
                            companion: Companions.beside(file.path),
                            open: large.open
                        )
                    )
                    done += 1
                    progress(done, total)
                    continue
                }
                guard let bytes = FileBytes.read(file.path) else {
                    Output.note("portal: \(file.path): cannot be read")
                    continue
                }
                batch.append(
                    IncomingFile(
                        name: file.name,
                        bytes: bytes,
                        companion: Companions.beside(file.path)
                    )
                )
                size += bytes.count
                done += 1
                if batch.count >= 64 || size > 4 << 20 { try flush() }
                progress(done, total)
            }
            try flush()
            table.append((silo.name, sum))
        }
        if isatty(2) == 1 { Output.note("") }
        // An archive that is back-loaded is told as received then; who has opted out counts today.
        if received != nil { try folder.portal.keepProfile(at: max(moment, Clock.now())) }
        try print(table)
        var optedOut: [String: Int] = [:]
        for row in try folder.portal.conservation() {
            optedOut[row.silo, default: 0] += row.optedOut
        }
        for (silo, count) in optedOut.sorted(by: { $0.key < $1.key }) where count > 0 {
            Output.note(
                "\(silo): opted-out: \(count) filed without their patient: hash and count are kept"
            )
        }
        for (silo, count) in try folder.portal.repeatedControlIDs().sorted(by: { $0.key < $1.key })
        {
            Output.note(
                "\(silo): control-id-repeated: \(count) on messages that differ; all are filed"
            )
        }
    }

    private func progress(_ done: Int, _ total: Int) {
        guard isatty(2) == 1 else { return }
        let width = 40
        let filled = total == 0 ? width : width * done / total
        let bar =
            String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
        FileHandle.standardError.write(Data("\r[\(bar)] \(done)/\(total) files".utf8))
    }

    private struct Place {
        let name: String
        let files: [(name: String, path: String)]
    }

    private func places(_ site: SiteProfile) throws -> [Place] {
        var chosen: [(String, String)] = []
        if sources.isEmpty {
            let base = URL(fileURLWithPath: profile).deletingLastPathComponent().path
            chosen = site.silos.compactMap { silo in silo.path.map { (silo.name, base + "/" + $0) }
            }
        }
        for source in sources {
            guard let equals = source.firstIndex(of: "=") else {
                throw ValidationError("a source is SILO=PATH")
            }
            let name = String(source[..<equals])
            guard site.silos.contains(where: { $0.name == name }) else {
                throw ValidationError("the profile names no silo \(name)")
            }
            chosen.append((name, String(source[source.index(after: equals)...])))
        }
        return try chosen.map { name, path in
            let adapter = site.silos.first { $0.name == name }?.adapter
            let isIndexed = adapter.map(Inspection.indexAdapterNames.contains) ?? false
            return Place(name: name, files: try files(path, isIndexed: isIndexed))
        }
    }

    /// The files of a silo's folder; of a silo that sends an index, the indexes: the files that
    /// they name come along with them.
    private func files(_ path: String, isIndexed: Bool) throws -> [(name: String, path: String)] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw StoreError(code: "source-missing", remedy: "check the silo's path")
        }
        guard isFolder.boolValue else {
            return [(URL(fileURLWithPath: path).lastPathComponent, path)]
        }
        let names = try FileManager.default.subpathsOfDirectory(atPath: path)
            .filter { !$0.hasPrefix(".") && !$0.contains("/.") && !$0.hasSuffix(".md") }
            .filter { !isIndexed || $0.hasSuffix(".csv") || $0.hasSuffix(".tsv") }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return names.compactMap { name in
            var isFolder: ObjCBool = false
            let whole = path + "/" + name
            guard FileManager.default.fileExists(atPath: whole, isDirectory: &isFolder) else {
                return nil
            }
            return isFolder.boolValue ? nil : (name, whole)
        }
    }

    private struct Row: Encodable {
        let silo: String
        let received: Int
        let filed: Int
        let repeated: Int
        let held: Int
        let rejected: Int
    }

    private func print(_ table: [(silo: String, receipt: Portal.Receipt)]) throws {
        let rows = table.map {
            Row(
                silo: $0.silo,
                received: $0.receipt.received,
                filed: $0.receipt.filed,
                repeated: $0.receipt.repeated,
                held: $0.receipt.held,
                rejected: $0.receipt.rejected
            )
        }
        if json {
            Output.line(try CanonicalJSON.text(rows))
            return
        }
        func cell(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(1, width - text.count))
        }
        Output.line(
            cell("silo", 20) + "received = filed + repeated + held + rejected"
        )
        for row in rows {
            let holds = row.received == row.filed + row.repeated + row.held + row.rejected
            Output.line(
                cell(row.silo, 20) + cell(String(row.received), 11) + cell(String(row.filed), 8)
                    + cell(String(row.repeated), 11) + cell(String(row.held), 7)
                    + String(row.rejected) + (holds ? "" : "   DOES NOT ADD UP")
            )
        }
    }
}
