import EDIFACTSyntax
import PortalIntake
import PortalRecord

/// A specimen and when it was taken and came in, each as its own S16 says.
struct ReadSpecimen {
    /// What results name it by: the number in its SEQ.
    var number: String
    var specimen = Specimen()
    var collected: PartialDate?
    var received: PartialDate?
}

extension EDIFACTReading {
    /// The specimens of a report.
    ///
    /// - Rule: S16 `SEQ SPC+TSP [SPC+FS] [RFF+STI] [RFF+RTI] [QTY] [DTM+SCO] [DTM+SRI] [FTX+SPC]`.
    ///   STI is the laboratory's number of the specimen, RTI the requester's; SCO is when it was
    ///   taken, SRI when it came in.
    ///
    ///       SPC+TSP+:::VENOUS BLOOD'
    func specimens(_ groups: [[Int]], sender: String?) -> [ReadSpecimen] {
        groups.enumerated().map { index, group in
            var read = ReadSpecimen(number: String(index + 1))
            for segment in group {
                switch (message.tag(segment), qualifier(segment)) {
                case (.seq, _):
                    if let number = peek(segment, 2) { read.number = number }
                    ignore(segment, 2, by: .setNumber)
                case (.spc, "TSP") where read.specimen.type == nil:
                    read.specimen.type = concept(segment, 2)
                    structure(segment)
                case (.rff, "STI") where read.specimen.identifier == nil:
                    guard let value = text(segment, 1, 2) else { continue }
                    structure(segment)
                    read.specimen.identifier = Identifier(system: sender, value: value)
                case (.dtm, "SCO") where read.collected == nil: read.collected = date(segment)
                case (.dtm, "SRI") where read.received == nil: read.received = date(segment)
                case (.ftx, _):
                    guard let lines = lines(segment) else { continue }
                    let name = "FTX+" + qualifier(segment)
                    structure(segment)
                    keep(lines.joined(separator: "\n"), as: name, in: &read.specimen.other)
                default: continue
                }
            }
            keepRest(group, in: &read.specimen.other)
            return read
        }
    }

    /// The lines of a text: its components, blank ones between others included.
    func lines(_ segment: Int) -> [String]? {
        var lines: [String] = []
        for range in components(segment, 4) { lines.append(text(range) ?? "") }
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines.isEmpty ? nil : lines
    }

    /// A code, its list and its words: C847 of INV, C848 of units, SPC's type.
    ///
    /// - Rule: code in component 1, its list in 2, the agency of the list in 3, the words in 4. Text
    ///   alone is the sender's own words.
    func concept(_ segment: Int, _ element: Int, from first: Int = 1) -> CodeableConcept? {
        let code = text(segment, element, first)
        let list = text(segment, element, first + 1)
        let agency = text(segment, element, first + 2)
        let words = text(segment, element, first + 3)
        guard code != nil || list != nil || agency != nil else {
            return words.map { CodeableConcept(text: $0) }
        }
        var system = list.map(EDIFACTCodeLists.system)
        if let agency { system = (system ?? "") + ":" + agency }
        return CodeableConcept(codings: [Coding(system: system, code: code, display: words)])
    }
}
