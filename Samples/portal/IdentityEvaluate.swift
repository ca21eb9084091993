import ArgumentParser
import ClinicalPortal
import Foundation
import PortalIdentity

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
