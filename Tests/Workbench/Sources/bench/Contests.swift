import Foundation

/// The tables, in the order of the page.
///
/// The goals are those of the project: what a reader of the format must reach beside the limit or
/// the best peer, and what it aims for.
struct Contests {
    let inputs: Inputs
    let python: String?
    let script: String

    /// Those that hold a word, each made when the one before it is done: inputs are large.
    func run(only word: String?, rounds: Int) throws -> [Table] {
        let makers = [hl7v2, edifact, fhir, cda]
        return try makers.compactMap { try $0().only(word)?.run(rounds: rounds) }
    }

    private func peer(_ mode: String, _ name: String) -> [Contest.Row] {
        guard let python else { return [] }
        return [Contest.Row(PeerProcess(name: name, python: python, script: script, mode: mode))]
    }

    private func hl7v2() -> Contest {
        let limit = CLoop(name: "C loop, every delimiter stored", marks: .hl7v2)
        return Contest(
            name: "HL7 v2, ORU^R01",
            input: inputs.reports,
            rows: [
                Contest.Row(limit),
                Contest.Row(
                    HL7v2Tree(),
                    Contest.Goal(beside: limit.name, must: 0.4, moonshot: 0.8)
                ),
                Contest.Row(
                    HL7v2Entries(),
                    Contest.Goal(beside: limit.name, must: 0.085, moonshot: 0.35)
                ),
            ] + peer("python-hl7", "python-hl7, parse (first 1,000 messages)")
        )
    }

    /// Its yardstick is how fast HL7 v2 is read to a tree, in the same rounds.
    private func edifact() -> Contest {
        let limit = HL7v2Tree(name: "HL7 v2: bytes → lossless tree", input: inputs.reports)
        return Contest(
            name: "EDIFACT, MEDRPT NHS003",
            input: inputs.interchange,
            rows: [
                Contest.Row(limit),
                Contest.Row(CLoop(name: "C loop, every delimiter stored", marks: .edifact)),
                Contest.Row(
                    EDIFACTTree(),
                    Contest.Goal(beside: limit.name, must: 0.5, moonshot: 1)
                ),
                Contest.Row(EDIFACTEntries()),
            ]
        )
    }

    private func fhir() -> Contest {
        let orjson = "orjson, parse"
        let isThere = python != nil
        return Contest(
            name: "FHIR R4, JSON",
            input: inputs.bundle,
            rows: peer("orjson", orjson) + [
                Contest.Row(
                    JSONTree(),
                    isThere ? Contest.Goal(beside: orjson, must: 1.5, moonshot: 4) : nil
                ),
                Contest.Row(
                    FHIREntries(),
                    isThere ? Contest.Goal(beside: orjson, must: 0.6, moonshot: 2) : nil
                ),
            ] + peer("json", "Python json, parse")
        )
    }

    private func cda() -> Contest {
        let dom = LibXML2(name: "libxml2 DOM, C", isSAX: false)
        let sax = LibXML2(name: "libxml2 SAX2, C", isSAX: true)
        return Contest(
            name: "CDA R2",
            input: inputs.document,
            rows: [
                Contest.Row(dom), Contest.Row(sax),
                Contest.Row(
                    XMLTree(),
                    Contest.Goal(
                        beside: dom.name,
                        must: 1,
                        moonshot: 0.7,
                        moonshotBeside: sax.name
                    )
                ),
                Contest.Row(
                    CDAEntries(),
                    Contest.Goal(beside: dom.name, must: 0.5, moonshot: 1)
                ),
            ] + peer("lxml", "lxml, parse")
        )
    }
}
