import ArgumentParser
import ClinicalPortal
import DelimitedSyntax
import Foundation
import PortalIdentity

/// Linking by weighted evidence: how well it does on records of one's own, and from what.
struct Identity: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Evaluates and trains linking by weighted evidence, on tables of one's own.",
        discussion: """
            Live filing links by the rules of SAFETY S1 alone. What weighted evidence finds is proposed to \
            people, and is measured here.
            """,
        subcommands: [Evaluate.self, Compare.self, Train.self, Invent.self]
    )
}

/// What both commands read.
struct EvidenceInput: ParsableArguments {
    @Option(
        parsing: .upToNextOption,
        help:
            "One table to find repeats in, or two to be linked with each other (CSV with a header)."
    )
    var records: [String]

    @Option(
        help: """
            Which columns say what (YAML or JSON): id, given name, surname, birth date, address parts, \
            house number, street, address line, locality, region, postcode, numbers, verified numbers, \
            phone, sex, other; each with a column or a list of columns.
            """
    )
    var map: String

    @Option(help: "Pairs of ids that are one person's (CSV with a header, two columns).")
    var truth: String?

    @Option(help: "Seed of what is drawn at random.")
    var seed: UInt64 = 1

    func validate() throws {
        guard (1...2).contains(records.count) else {
            throw ValidationError("--records takes one table or two")
        }
    }

    /// What is read is not written over.
    func guardInputs(from out: String?) throws {
        guard let out else { return }
        let target = URL(fileURLWithPath: out).resolvingSymlinksInPath().path
        for path in records + [map] + [truth].compactMap({ $0 })
        where URL(fileURLWithPath: path).resolvingSymlinksInPath().path == target {
            throw ValidationError("--out names a file that is read: name another")
        }
    }

    func read() throws -> EvidenceFile {
        let text = String(decoding: try Self.bytes(map), as: UTF8.self)
        do {
            let map = try EvidenceMap(yaml: text)
            return try Self.telling { try EvidenceFile(try records.map(Self.bytes), map: map) }
        } catch let error as ProfileError {
            PortalCommand.fail("map, line \(error.line): \(error.remedy)", 2)
        }
    }

    /// What is wrong with a table, with its row.
    private static func telling<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as DelimitedSyntaxError {
            throw StoreError(
                code: "table-" + error.code.description,
                remedy: "row \(error.row), byte \(error.offset): " + error.code.remedy
            )
        }
    }

    static func model(_ path: String) throws -> EvidenceModel {
        do {
            return try JSONDecoder().decode(EvidenceModel.self, from: Data(try bytes(path)))
        } catch is DecodingError {
            throw StoreError(
                code: "model-unreadable",
                remedy: "name a model that `portal identity train` wrote: m and u from 0 to 1"
            )
        }
    }

    static func bytes(_ path: String) throws -> [UInt8] {
        guard let bytes = FileBytes.read(path) else {
            throw StoreError(
                code: "file-unreadable",
                remedy: "name a file that can be read: \(path)"
            )
        }
        return bytes
    }

    func pairs(_ file: EvidenceFile) throws -> [(Int, Int)] {
        guard let truth else { return [] }
        let found = try Self.telling { try file.pairs(try Self.bytes(truth)) }
        if found.unused > 0 {
            Output.note(
                "portal: \(found.unused) rows of the truth name no pair of these records: check that they "
                    + "hold the ids that the map names"
            )
        }
        return found.pairs
    }
}

/// Estimates weights from records.
struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Estimates the weights of a model from records, and writes it as JSON.",
        discussion: """
            Without --truth by expectation and maximisation from unlabelled records; with it by counting. \
            Exit codes: 0 done; 1 a file cannot be used; 2 the map is wrong.
            """
    )

    @OptionGroup var input: EvidenceInput

    @Option(help: "Where the model is written; without it on standard output.")
    var out: String?

    @Option(help: "What the model calls itself.")
    var name = "trained"

    @Flag(help: "The same: a model is JSON in any case.")
    var json = false

    func validate() throws { try input.guardInputs(from: out) }

    func run() throws {
        let file = try input.read()
        let truth = try input.pairs(file)
        guard input.truth == nil || !truth.isEmpty else {
            throw StoreError(
                code: "nothing-learnt",
                remedy: "name a truth whose rows are pairs of these records"
            )
        }
        var learnt = Double(truth.count)
        let model =
            input.truth != nil
            ? EvidenceTrainer.count(file.table, truth: truth, version: name, seed: input.seed)
            : EvidenceTrainer.estimate(file.table, version: name, seed: input.seed) {
                round,
                count in
                learnt += count
                Output.note("block \(round + 1): \(Int(count)) pairs of one person")
            }
        guard learnt >= 1 else {
            throw StoreError(
                code: "nothing-learnt",
                remedy:
                    "train on records of which some are one person's: no block holds two that agree"
            )
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let text = String(decoding: try encoder.encode(model), as: UTF8.self)
        if let out { try Output.file(text + "\n", out) } else { Output.line(text) }
    }
}

/// Measures linking on records whose truth is known.
struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Links records by weighted evidence and says how well, where the truth is known.",
        discussion: """
            Prints precision, recall and F1 over pairs, people put together of several, pairs that a \
            person has to decide, seconds and peak memory. It shows what evidence alone would link: the \
            vetoes of live filing (twins, other birth dates, other valid numbers: SAFETY S1) are not \
            applied, and records that share their values with more than sixty others in all that they \
            could be found by are not compared. Exit codes: 0 done; 1 a file cannot be used; 2 the map \
            is wrong.
            """
    )

    @OptionGroup var input: EvidenceInput

    @Option(help: "The probability from which two records are linked.")
    var threshold = 0.999

    @Option(help: "The probability from which a person has to decide.")
    var review = 0.05

    @Option(help: "A model that `train` wrote; without it the library's own.")
    var model: String?

    @Flag(help: "Estimate the weights from these records first, unlabelled.")
    var train = false

    @Flag(help: "Print JSON.")
    var json = false

    @Option(help: "Write the linked records here: id and person, a row each.")
    var out: String?

    func validate() throws {
        try input.guardInputs(from: out)
        guard (0...1).contains(threshold), (0...threshold).contains(review) else {
            throw ValidationError(
                "--review (\(review)) lies between 0 and --threshold (\(threshold)), and that is at most 1: "
                    + "name both"
            )
        }
    }

    private struct Answer: Encodable {
        let evaluation: Measured
        let isTruthKnown: Bool
        let model: String
        let threshold: Double
        let comparedPairs: Int
        let seconds: Double
        let peakMemoryBytes: Int
    }

    func run() throws {
        let clock = ContinuousClock()
        let start = clock.now
        let file = try input.read()
        let truth = try input.pairs(file)
        let model = try weights(file)
        let linker = EvidenceLinker(file.table, model: model, border: file.border)
        let found = linker.pairs(weightMin: odds(review))
        let least = Float(odds(threshold))
        let strong = found.pairs.prefix { $0.weight >= least }
        let people = linker.people(strong)
        var evaluation = LinkageEvaluation(people: people, truth: truth, border: file.border)
        func isLinked(_ pair: EvidenceLinker.Pair) -> Bool {
            people[Int(pair.one)] == people[Int(pair.two)]
        }
        // Strong or not: what a veto keeps apart is for a person to decide as well.
        evaluation.count(
            review: found.pairs.count { !isLinked($0) },
            linked: strong.count { isLinked($0) }
        )
        let took = clock.now - start
        let answer = Answer(
            evaluation: Measured(evaluation, isTruthKnown: !truth.isEmpty),
            isTruthKnown: !truth.isEmpty,
            model: model.version,
            threshold: threshold,
            comparedPairs: found.compared,
            seconds: Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18,
            peakMemoryBytes: Self.peakMemory()
        )
        if let out { try write(people, file, out) }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            Output.line(String(decoding: try encoder.encode(answer), as: UTF8.self))
        } else {
            Output.line(words(answer))
        }
    }

    private func odds(_ probability: Double) -> Double {
        probability >= 1 ? 60 : probability <= 0 ? -60 : log2(probability / (1 - probability))
    }

    private func weights(_ file: EvidenceFile) throws -> EvidenceModel {
        if train {
            return EvidenceTrainer.estimate(file.table, version: "these records", seed: input.seed)
        }
        guard let model else { return .standard }
        return try EvidenceInput.model(model)
    }

    private func write(_ people: [Int32], _ file: EvidenceFile, _ out: String) throws {
        // Of two tables both may use the same ids.
        func named(_ place: Int) -> String {
            let id = Self.field(file.ids[place])
            guard let border = file.border else { return id }
            return (place < border ? "1," : "2,") + id
        }
        var text = file.border == nil ? "id,person\n" : "table,id,person table,person\n"
        for (place, person) in people.enumerated() {
            text += named(place) + "," + named(Int(person)) + "\n"
        }
        try Output.file(text, out)
    }

    /// A field of a table as RFC 4180 writes it.
    private static func field(_ text: String) -> String {
        let isPlain = !text.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
        return isPlain ? text : "\"" + text.replacing("\"", with: "\"\"") + "\""
    }

    private func words(_ answer: Answer) -> String {
        let found = answer.evaluation.all
        func share(_ value: Double) -> String { String(format: "%.4f", value) }
        let truth =
            answer.isTruthKnown
            ? """
            true pairs     \(found.truePairs)
            linked pairs   \(found.linkedPairs), \(found.correctPairs) of them true
            precision      \(share(found.precision))
            recall         \(share(found.recall))
            F1             \(share(found.f1))
            people of more \(found.clusters), over-merged \(found.overMergedClusters)
            """
            : """
            linked pairs   \(found.linkedPairs); the truth is not known: name it with --truth
            people of more \(found.clusters)
            """
        return """
            records        \(found.records)
            \(truth)
            to review      \(found.reviewPairs) pairs, \(share(found.reviewShare)) of pairs
            compared       \(answer.comparedPairs) pairs
            model          \(answer.model), threshold \(answer.threshold)
            took           \(String(format: "%.2f", answer.seconds)) s, \(answer.peakMemoryBytes / 1_000_000) MB at its peak
            """
    }

    /// The most memory that the process held, in bytes.
    private static func peakMemory() -> Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Int(usage.ru_maxrss) * 1024
    }
}

/// What was measured: without a truth none of what would need one.
private struct Measured: Encodable {
    let all: LinkageEvaluation
    let isTruthKnown: Bool

    init(_ all: LinkageEvaluation, isTruthKnown: Bool) {
        self.all = all
        self.isTruthKnown = isTruthKnown
    }

    private enum Key: String, CodingKey {
        case records, linkedPairs, clusters, reviewPairs, reviewShare
        case truePairs, correctPairs, precision, recall, f1, overMergedClusters
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(all.records, forKey: .records)
        try container.encode(all.linkedPairs, forKey: .linkedPairs)
        try container.encode(all.clusters, forKey: .clusters)
        try container.encode(all.reviewPairs, forKey: .reviewPairs)
        try container.encode(all.reviewShare, forKey: .reviewShare)
        try container.encode(isTruthKnown ? all.truePairs : nil, forKey: .truePairs)
        try container.encode(isTruthKnown ? all.correctPairs : nil, forKey: .correctPairs)
        try container.encode(isTruthKnown ? all.precision : nil, forKey: .precision)
        try container.encode(isTruthKnown ? all.recall : nil, forKey: .recall)
        try container.encode(isTruthKnown ? all.f1 : nil, forKey: .f1)
        try container.encode(
            isTruthKnown ? all.overMergedClusters : nil,
            forKey: .overMergedClusters
        )
    }
}

/// Says why two records are taken for one person's, or not.
struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Says of two records, term by term, what speaks for one person and what against.",
        discussion:
            "Exit codes: 0 done; 1 a file cannot be used or an id is not in it; 2 the map is wrong."
    )

    @OptionGroup var input: EvidenceInput

    @Option(parsing: .upToNextOption, help: "The ids of the two records.")
    var pair: [String]

    @Option(help: "A model that `train` wrote; without it the library's own.")
    var model: String?

    @Option(help: "Write the picture of it here (SVG).")
    var svg: String?

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard pair.count == 2 else { throw ValidationError("--pair takes two ids") }
    }

    private struct Answer: Encodable {
        let terms: [EvidenceTerm]
        let prior: Double
        let bits: Double
        let probability: Double
    }

    func run() throws {
        let file = try input.read()
        let places = pair.compactMap { file.ids.firstIndex(of: $0) }
        guard places.count == 2 else {
            throw StoreError(code: "id-unknown", remedy: "name two ids of the tables")
        }
        let weights = try model.map(EvidenceInput.model)
        let linker = EvidenceLinker(file.table, model: weights ?? .standard, border: file.border)
        let prior = linker.pairs(weightMin: 0).prior
        let terms = linker.terms(places[0], places[1])
        let waterfall = EvidenceWaterfall(terms, prior: prior)
        if let svg { try Output.file(waterfall.svg, svg) }
        guard json else { return Output.line(waterfall.text) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let answer = Answer(
            terms: terms,
            prior: prior,
            bits: waterfall.total,
            probability: waterfall.probability
        )
        Output.line(String(decoding: try encoder.encode(answer), as: UTF8.self))
    }
}
