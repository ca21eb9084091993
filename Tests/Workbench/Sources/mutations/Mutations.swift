import ArgumentParser
import ClinicalPortal
import Foundation
import PortalIntake

/// Damages documents of every adapter by a seed and asks what must hold whatever the bytes.
@main
struct Mutations: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mutations",
        abstract:
            "Mutates documents of every adapter, cuts them, flips bits, changes what is mapped.",
        discussion: """
            Seeds are the fixtures, the sample board and, where there is one, the corpus. Exits 1 where \
            a law is broken. The same seed makes the same mutations.
            """
    )

    @Option(help: "Mutations of each adapter's documents.")
    var mutations = 2000
    @Option(help: "Seed of all that is drawn.")
    var seed: UInt64 = 1
    @Option(help: "Files of each adapter that are cut at every byte and have every bit flipped.")
    var files = 1
    @Option(help: "Mapped bytes that are changed, one by one, in each document.")
    var bytes = 8
    @Option(help: "Where the repository stands.")
    var root = "../.."
    @Option(help: "The folder of the corpus, with MANIFEST.tsv.")
    var corpus = "../../../shared/corpus"

    func run() throws {
        let documents = Documents(root: root, corpus: corpus)
        if documents.corpusCount == 0 { say("LOUDLY: no corpus at \(corpus); fixtures alone") }
        var failed = 0
        var lines: [String] = []
        say(
            "| adapter | documents | mutations | cuts | bits flipped | mapped changed | not seen |"
        )
        say("|---|---|---|---|---|---|---|")
        for adapter in Portal.libraryAdapters {
            var bench = AdapterBench(adapter, documents.of(adapter), seed: seed)
            guard !bench.documents.isEmpty else {
                say("NO DOCUMENT of \(type(of: adapter).name)")
                failed += 1
                continue
            }
            bench.mutate(mutations)
            bench.damage(files)
            bench.change(bytes)
            say(bench.row)
            for line in bench.unseen { lines.append("not seen: " + line) }
            for line in bench.broken.prefix(20) { say("BROKEN: " + line) }
            failed += bench.broken.count
        }
        for line in lines { say(line) }
        say("\(failed) broken")
        if failed > 0 { throw ExitCode(1) }
    }
}

/// Writes a line at once, also where a crash may follow.
private func say(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
}
