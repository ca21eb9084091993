import PortalBytes
import PortalIntake

extension Examination {
    /// What is too much is held; what is within the limits is read as ever.
    mutating func limits() {
        guard checks.contains(.limits) else { return }
        guard case .success = first else { return }
        let count = sample.bytes.count
        var small: [(String, Limits)] = [
            ("fieldsMax", Limits(fieldsMax: 1)), ("segmentsMax", Limits(segmentsMax: 1)),
            ("delimitersMax", Limits(delimitersMax: 1)), ("depthMax", Limits(depthMax: 1)),
            ("nodesMax", Limits(nodesMax: 1)), ("attributesMax", Limits(attributesMax: 0)),
            ("textBytesMax", Limits(textBytesMax: 1)), ("rowsMax", Limits(rowsMax: 1)),
            ("findingsMax", Limits(findingsMax: 1)),
            ("messageBytesMax", Limits(messageBytesMax: count)),
        ]
        small.append(("all limits", Examination.limits(of: .max)))
        let before = Written(first)
        for (what, limits) in small { within(limits, what, before) }
        let none = document(limits: Examination.limits(of: 0))
        guard case .failure = read(none) else {
            fault(.limits, "limit-not-kept", "with all limits zero it gives a report")
            return
        }
        for limit in [count - 1, count / 2, 0] where limit < count {
            tooLarge(limit)
        }
    }

    private mutating func tooLarge(_ limit: Int) {
        switch read(document(limits: Limits(messageBytesMax: limit))) {
        case .success:
            fault(
                .limits,
                "limit-not-kept",
                "\(sample.bytes.count) bytes are read where messageBytesMax is \(limit)"
            )
        case .failure(let error): held(error, "messageBytesMax")
        }
    }

    private mutating func within(_ limits: Limits, _ what: String, _ before: Written) {
        switch read(document(limits: limits)) {
        case .failure(let error):
            if what == "messageBytesMax" || what == "all limits" || what == "findingsMax" {
                fault(.limits, "limit-too-strict", "what is within \(what) is refused")
            }
            held(error, what)
        case .success(let report):
            examine(report, document(limits: limits))
            var after = Written(.success(report))
            // Findings beyond the limit are the one thing that may be left out.
            if what == "findingsMax" { after.findings = before.findings }
            if let difference = after.difference(from: before) {
                fault(
                    .limits,
                    "limit-silent",
                    "under a small \(what) it neither holds the document nor reads it as ever: "
                        + difference
                )
            }
        }
    }

    private mutating func held(_ error: IntakeError, _ what: String) {
        guard error.outcome != .held else { return }
        fault(.limits, "limit-rejects", "what is beyond \(what) is to be held, not rejected")
    }

    private static func limits(of number: Int) -> Limits {
        Limits(
            messageBytesMax: number,
            segmentsMax: number,
            fieldsMax: number,
            delimitersMax: number,
            findingsMax: number,
            depthMax: number,
            nodesMax: number,
            attributesMax: number,
            textBytesMax: number,
            rowsMax: number
        )
    }

    // MARK: Time

    /// Eight times the bytes take about eight times as long, not sixty-four.
    mutating func growth(_ samples: [AdapterSample]) {
        let read = samples.enumerated().filter { !$0.element.isRefused }
        for (index, given) in read {
            sample = given
            if sample.name.isEmpty { sample.name = "sample \(index + 1)" }
            guard index == read.first?.offset || index == read.last?.offset else { continue }
            for unit in units() { grow(unit) }
        }
    }

    private mutating func grow(_ unit: Range<Int>) {
        let large = conformance.growthBytes
        let short = seconds(grown(unit, to: large / 8))
        let long = seconds(grown(unit, to: large))
        // What takes no time at all does not explode; clocks on a busy machine are coarse.
        guard long > 0.5, long > 32 * short else { return }
        fault(
            .time,
            "time-explodes",
            at: unit.lowerBound,
            "eight times the bytes, made by repeating what stands here, take "
                + "\(Int(long / max(short, 0.001))) times as long"
        )
    }

    /// What is repeated to make a document large: its longest value, and some of its lines.
    private mutating func units() -> [Range<Int>] {
        var units: [Range<Int>] = []
        if case .success(let report) = read(document()),
            let longest = Examination.runs(report.ledger.mappedOffsets, sample.bytes.count)
                .max(by: { $0.count < $1.count })
        {
            units.append(longest)
        }
        var lines: [Range<Int>] = []
        var start = 0
        for (offset, byte) in sample.bytes.enumerated() where byte == 0x0A || byte == 0x0D {
            if offset > start { lines.append(start..<(offset + 1)) }
            start = offset + 1
        }
        for place in places(below: lines.count, atMost: 6) { units.append(lines[place]) }
        return units
    }

    private func grown(_ unit: Range<Int>, to size: Int) -> [UInt8] {
        let part = sample.bytes[unit]
        guard !part.isEmpty else { return sample.bytes }
        var grown = Array(sample.bytes[..<unit.upperBound])
        let end = sample.bytes[unit.upperBound...]
        while grown.count + end.count < size { grown += part }
        return grown + end
    }

    /// The shorter of two readings.
    private func seconds(_ bytes: [UInt8]) -> Double {
        let times = (0..<2).map { _ in
            let document = document(bytes[...])
            return ContinuousClock().measure { _ = read(document) } / .seconds(1)
        }
        return times.min() ?? 0
    }
}
