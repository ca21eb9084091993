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
