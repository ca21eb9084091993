import PortalBytes
import PortalIntake
import PortalRecord

extension Examination {
    /// Words that stand in no format and no program.
    private static let canaries: [[UInt8]] = [
        Array("Qvzkanarienq".utf8), Array("90731882546".utf8),
    ]

    /// A canary in each value is in no error, diagnostic or path, however the reading ends.
    mutating func privacy() {
        guard checks.contains(.privacy), case .success(let report) = first else { return }
        let size = sample.bytes.count
        let values =
            Examination.runs(report.ledger.mappedOffsets, size)
            + report.ledger.unmappedRanges.map { $0.clamped(to: 0..<size) }
        let drawn = places(below: values.count, atMost: conformance.canariesMax)
            .map { values[$0] }
        for value in drawn {
            for canary in Examination.canaries {
                sing(marked([value], canary, replaces: true), canary, at: value.lowerBound)
                sing(marked([value], canary, replaces: false), canary, at: value.lowerBound)
            }
        }
        for canary in Examination.canaries {
            let everywhere = marked(values, canary, replaces: false)
            sing(everywhere, canary, at: nil)
            for _ in 0..<8 {
                let cut = random.number(below: everywhere.count)
                sing(Array(everywhere[..<cut]), canary, at: nil)
            }
            // A file beside the document is as private as the document.
            let files = sample.files.mapValues { canary + $0 }
            if !files.isEmpty { listen(document(files: files), canary, at: nil) }
        }
    }

    /// The runs of consecutive offsets.
    static func runs(_ offsets: [Int], _ size: Int) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        for offset in offsets where offset < size {
            if let last = runs.last, last.upperBound == offset {
                runs[runs.count - 1] = last.lowerBound..<(offset + 1)
            } else {
                runs.append(offset..<(offset + 1))
            }
        }
        return runs
    }

    private func marked(_ values: [Range<Int>], _ canary: [UInt8], replaces: Bool) -> [UInt8] {
        var marked: [UInt8] = []
        var at = 0
        for value in values.sorted(by: { $0.lowerBound < $1.lowerBound })
        where value.lowerBound >= at {
            marked += sample.bytes[at..<value.lowerBound]
            marked += wide(canary, value)
            if !replaces { marked += sample.bytes[value] }
            at = value.upperBound
        }
        return marked + sample.bytes[at...]
    }

    /// The canary in UTF-16 where the value is, known by a zero beside its first byte.
    private func wide(_ canary: [UInt8], _ value: Range<Int>) -> [UInt8] {
        let head = sample.bytes[value].prefix(2)
        guard head.count == 2, let first = head.first, let second = head.last else {
            return canary
        }
        if first == 0, second != 0 { return canary.flatMap { [0, $0] } }
        if second == 0, first != 0 { return canary.flatMap { [$0, 0] } }
        return canary
    }

    private mutating func sing(_ bytes: [UInt8], _ canary: [UInt8], at offset: Int?) {
        listen(document(bytes[...]), canary, at: offset)
        // Whatever makes it refuse a document makes it speak.
        listen(document(bytes[...], limits: Limits(fieldsMax: 1, nodesMax: 1)), canary, at: offset)
        let cut = bytes.count - 1 - random.number(below: max(bytes.count / 2, 1))
        guard cut > 0 else { return }
        listen(document(bytes[..<cut]), canary, at: offset)
    }

    private mutating func listen(_ document: SourceDocument, _ canary: [UInt8], at offset: Int?) {
        conformance.willRead?(.privacy, sample.name, offset ?? 0)
        let bird = String(decoding: canary, as: UTF8.self).lowercased()
        func leaks(_ texts: [String]) -> Bool {
            texts.contains { $0.lowercased().utf8.containsRun(Array(bird.utf8)) }
        }
        switch read(document) {
        case .failure(let error):
            if leaks([
                error.code, error.location, error.remedy, error.description, "\(error)",
            ]) {
                fault(
                    .privacy,
                    "error-leaks",
                    at: offset,
                    "an error repeats what stands here"
                )
            }
        case .success(let report):
            let findings = report.diagnostics + report.entries.flatMap(\.findings)
            if leaks(findings.flatMap { [$0.code, $0.location] } + [report.adapter]) {
                fault(
                    .privacy,
                    "diagnostic-leaks",
                    at: offset,
                    "a diagnostic repeats what stands here"
                )
            }
            let places = report.entries.map(\.origin.path) + report.mergeEvents.map(\.origin.path)
            if leaks(places) {
                fault(.privacy, "path-leaks", at: offset, "a path repeats what stands here")
            }
        }
    }
}

extension Sequence<UInt8> {
    /// Whether some bytes stand in it one behind another.
    fileprivate func containsRun(_ run: [UInt8]) -> Bool {
        let bytes = Array(self)
        guard bytes.count >= run.count else { return false }
        return (0...(bytes.count - run.count)).contains { bytes[$0...].starts(with: run) }
    }
}
