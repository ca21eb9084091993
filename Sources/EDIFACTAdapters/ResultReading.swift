import EDIFACTSyntax
import PortalIntake
import PortalRecord

/// One result as its group of segments states it, before it is put into a report.
struct ReadResult {
    var observation: Observation
    /// The number by which others name it as their battery (SEQ).
    var number: String?
    /// The battery that it is of (RFF+ARL).
    var parent: String?
    /// The specimens that it was made of (RFF+ASL).
    var specimens: [String] = []
    /// The segment that it stands at.
    var place: Int
    /// Whether it states more than its name: a value, a text.
    var hasValue: Bool { !observation.values.isEmpty }
}

extension EDIFACTReading {
    /// Reads one result.
    ///
    /// - Rule: S18 `GIS INV [SEQ] [RSL] [STS] {FTX} {RFF}`, then S20 `RND {FTX+RPD}` for each
    ///   reference range. FTX+RIT is the result in words, FTX+SPC a comment, FTX+CRR one on the
    ///   range. RFF+ASL names the specimen, RFF+ARL the battery, both by the number in SEQ.
    ///
    ///       INV+MQ+42R4.:911::Serum ferritin'
    ///       RSL+NV+11:7+++:::ng/mL+LO'
    func result(_ group: ReportGroups.Result, reportStatus: ResultStatus?) -> ReadResult? {
        guard let place = group.segments.first ?? group.ranges.first?.first else { return nil }
        let inv = group.segments.first { message.tag($0) == .inv } ?? place
        var read = ReadResult(
            observation: Observation(
                code: CodeableConcept(),
                status: .unverified,
                origin: origin(inv)
            ),
            place: inv
        )
        if message.tag(inv) == .inv {
            if ["MQ", "RS"].contains(qualifier(inv)) { structure(inv) }
            read.observation.code = concept(inv, 2) ?? CodeableConcept()
        }
        if read.observation.code == CodeableConcept() { note("observation-without-code", inv) }
        status(group.segments, reportStatus, &read.observation)
        for segment in group.segments { take(segment, into: &read) }
        read.observation.referenceRange = ranges(group.ranges, &read.observation)
        keepRest(group.segments + group.ranges.flatMap { $0 }, in: &read.observation.other)
        return read
    }

    private func take(_ segment: Int, into read: inout ReadResult) {
        switch (message.tag(segment), qualifier(segment)) {
        case (.gis, "N"): structure(segment)
        case (.seq, _):
            read.number = peek(segment, 2)
            ignore(segment, 2, by: .setNumber)
        case (.rsl, _): value(segment, &read.observation)
        case (.rff, "ASL"), (.rff, "AHL"):
            guard let number = peek(segment, 1, 2) else { return }
            if qualifier(segment) == "ASL" { read.specimens.append(number) }
            structure(segment)
            structure(segment, 1, 2)
        case (.rff, "ARL"):
            read.parent = peek(segment, 1, 2)
            structure(segment)
            structure(segment, 1, 2)
        case (.dtm, "AIC") where read.observation.effective == nil:
            // When the examination was made.
            read.observation.effective = date(segment)
        case (.rel, "RRP"):
            // Who of the radiologists did what: it is in the role of each.
            structure(segment)
            structure(segment, 2)
        case (.ftx, let kind):
            guard ["RIT", "SPC", "CRR"].contains(kind), let lines = lines(segment) else { return }
            structure(segment)
            if kind == "RIT" {
                read.observation.values += lines.map { ObservationValue(type: "FTX", text: $0) }
            } else {
                read.observation.notes.append(lines.joined(separator: "\n"))
            }
        default: return
        }
    }

    // MARK: Status

    /// A result's own STS, else what the report says of all.
    private func status(
        _ segments: [Int],
        _ reportStatus: ResultStatus?,
        _ observation: inout Observation
    ) {
        if let sts = segments.first(where: { message.tag($0) == .sts }),
            let own = status(sts)
        {
            observation.status = own.status
            observation.statusCode = own.code
        } else {
            observation.status = reportStatus ?? .unverified
        }
    }

    /// What a STS says.
    ///
    /// A code of no list is a finding and not believed to be final (SAFETY S8).
    func status(_ sts: Int) -> (status: ResultStatus, code: String)? {
        guard let code = text(sts, 2) else { return nil }
        if let own = document.dialect.statuses[code] { return (own, code) }
        guard let status = EDIFACTCodeLists.status(code) else {
            note("status-unknown", sts)
            return (.unverified, code)
        }
        if code == "UN" { note("status-unspecified", sts, severity: .note) }
        return (status, code)
    }

    // MARK: Values

    /// RSL: how a value is given, the value with its comparator, a second one for a range, the
    /// unit, and a flag.
    ///
    /// - Rule: `NV` a number, `CV` a code, `AV` text. Element 2 holds the value, its comparator
    ///   (5 ≥, 6 >, 7 <, 8 ≤), and for CV the code, list, agency and words; element 3 the upper end of
    ///   a range; element 4 the unit, in component 1 (NHS002) or 4 (NHS003); element 5 the flag.
    private func value(_ rsl: Int, _ observation: inout Observation) {
        let type = text(rsl, 1) ?? ""
        var value: ObservationValue?
        switch type {
        case "CV", "":
            if let concept = concept(rsl, 2, from: 3) {
                value = ObservationValue(type: type, text: concept.words ?? "")
                value?.concept = concept
            } else if let text = text(rsl, 2) {
                value = ObservationValue(type: type, text: text)
            }
        case "NV": value = number(rsl)
        default:
            value = text(rsl, 2).map { ObservationValue(type: type, text: $0) }
        }
        if let value { observation.values.append(value) }
        if value == nil, !type.isEmpty { observation.other["type"] = type }
        if observation.unit == nil { observation.unit = concept(rsl, 4) }
        for element in 5...max(5, message.elementCount(rsl)) {
            if let flag = text(rsl, element) { observation.flags.append(flag) }
        }
    }

    /// A number with its digits as sent; two of them are a range (PITFALLS 22, 24, 61).
    private func number(_ rsl: Int) -> ObservationValue? {
        guard let first = text(rsl, 2) else { return nil }
        let comparator = peek(rsl, 2, 2).flatMap { code in
            EDIFACTCodeLists.comparator(code).map { sign in
                _ = text(rsl, 2, 2)
                return sign
            }
        }
        if comparator == nil, let code = text(rsl, 2, 2) {
            // A value without its comparator would be another value (PITFALLS 24).
            note("comparator-unknown", rsl)
            let words = [first, text(rsl, 3)].compactMap { $0 }.joined(separator: "-")
            return ObservationValue(type: "NV", text: words + " (comparator code " + code + ")")
        }
        let second = text(rsl, 3)
        let mark = message.characters.decimalMark
        guard EDIFACTNumber.isDecimal(first, mark),
            second.map({ EDIFACTNumber.isDecimal($0, mark) }) ?? true
        else {
            note("number-unreadable", rsl)
            let words = [(comparator ?? "") + first, second].compactMap { $0 }
            return ObservationValue(type: "NV", text: words.joined(separator: "-"))
        }
        let quantity = Quantity(
            comparator: comparator,
            number: first,
            separator: second == nil ? nil : "-",
            secondNumber: second
        )
        var value = ObservationValue(type: "NV", text: quantity.text)
        value.quantity = quantity
        return value
    }

    // MARK: Reference ranges

    /// Every range of a result in words, each with those of the people that it is for (PITFALLS 25).
    ///
    /// - Rule: RND `U`, the low, the high, the unit; FTX+RPD describes whom it is for.
    private func ranges(_ groups: [[Int]], _ observation: inout Observation) -> String? {
        var ranges: [String] = []
        for group in groups {
            var range = ""
            var people: [String] = []
            for segment in group {
                switch (message.tag(segment), qualifier(segment)) {
                case (.rnd, _):
                    let written = self.range(segment)
                    if !range.isEmpty, !written.isEmpty { range += ", " }
                    range += written
                case (.ftx, "RPD"):
                    guard let lines = lines(segment) else { continue }
                    structure(segment)
                    people.append(lines.joined(separator: ", "))
                case (.ftx, "SPC"), (.ftx, "CRR"):
                    guard let lines = lines(segment) else { continue }
                    structure(segment)
                    observation.notes.append(lines.joined(separator: "\n"))
                default: continue
                }
            }
            let whom = people.joined(separator: "; ")
            if !range.isEmpty || !whom.isEmpty {
                ranges.append(
                    [range, whom.isEmpty ? "" : "(" + whom + ")"].filter { !$0.isEmpty }
                        .joined(separator: " ")
                )
            }
        }
        return ranges.isEmpty ? nil : ranges.joined(separator: "; ")
    }

    private func range(_ rnd: Int) -> String {
        if qualifier(rnd) == "U" { structure(rnd) }
        let low = text(rnd, 2)
        let high = text(rnd, 3)
        let unit = components(rnd, 4).compactMap { text($0) }.joined(separator: " ")
        let ends: String
        switch (low, high) {
        case (let low?, let high?): ends = low + "-" + high
        case (let low?, nil): ends = "from " + low
        case (nil, let high?): ends = "to " + high
        case (nil, nil): ends = ""
        }
        return [ends, unit].filter { !$0.isEmpty }.joined(separator: " ")
    }
}

/// Numbers as EDIFACT writes them.
enum EDIFACTNumber {
    /// Digits, a sign before them, and a decimal mark: the point, or the one that UNA declares.
    static func isDecimal(_ text: String, _ mark: UInt8) -> Bool {
        var digits = 0
        var marks = 0
        for (index, byte) in text.utf8.enumerated() {
            switch byte {
            case 0x30...0x39: digits += 1
            case 0x2B, 0x2D: if index > 0 { return false }
            default:
                guard byte == 0x2E || byte == mark else { return false }
                marks += 1
            }
        }
        return digits > 0 && marks <= 1
    }
}
