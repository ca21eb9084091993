import HL7v2Syntax
import PortalIntake
import PortalRecord

// The composite data types of HL7 v2.5.1 chapter 2A, as the record's vocabulary has them.
extension HL7v2Reading {
    /// A coded value: CE, CWE, CNE, and IS, ID or ST where only a code or a text is sent.
    func concept(_ range: Range<Int>?) -> CodeableConcept? {
        guard let range, !range.isEmpty, !message.isNull(range) else { return nil }
        let parts = message.split(range, by: message.delimiters.component)
        var codings: [Coding] = []
        for start in [0, 3, 9] where start < parts.count {
            let coding = Coding(
                system: start + 2 < parts.count ? text(parts[start + 2]) : nil,
                code: text(parts[start]),
                display: start + 1 < parts.count ? text(parts[start + 1]) : nil
            )
            if coding != Coding() { codings.append(coding) }
        }
        let original = parts.count > 8 ? text(parts[8]) : nil
        guard !codings.isEmpty || original != nil else { return nil }
        return CodeableConcept(codings: codings, text: original)
    }

    func concepts(_ segment: Int, _ field: Int) -> [CodeableConcept] {
        repetitions(segment, field).compactMap { concept($0) }
    }

    /// The namespace of an assigner and its system: HD, as it stands inside CX, EI and XCN.
    private func assigner(_ range: Range<Int>?) -> String? {
        guard let range, !range.isEmpty else { return document.dialect.defaultSystem }
        let parts = message.split(range, by: message.delimiters.subcomponent)
        return document.dialect.system(
            namespace: text(parts[0]) ?? "",
            universalID: parts.count > 1 ? text(parts[1]) ?? "" : "",
            type: parts.count > 2 ? text(parts[2]) ?? "" : ""
        )
    }

    /// An identifier of a person: CX.
    func identifier(_ range: Range<Int>) -> Identifier? {
        let parts = message.split(range, by: message.delimiters.component)
        guard let value = text(parts[0]) else { return nil }
        let type = parts.count > 4 ? text(parts[4]) : nil
        // Without an assigner it links nothing, whatever its type says (SAFETY S1).
        let system = assigner(parts.count > 3 ? parts[3] : nil)
        return Identifier(system: system, value: value, type: type)
    }

    /// A number of an order, a specimen or a document: EI, or CX as older versions have it.
    func entityIdentifier(_ range: Range<Int>?) -> Identifier? {
        guard let range, !range.isEmpty, !message.isNull(range) else { return nil }
        let parts = message.split(range, by: message.delimiters.component)
        guard let value = text(parts[0]) else { return nil }
        let namespace = parts.count > 1 ? text(parts[1]) : nil
        let universal = parts.count > 2 ? text(parts[2]) : nil
        let type = parts.count > 3 ? text(parts[3]) : nil
        return Identifier(
            system: IdentifierSystem.unmapped(
                namespace: namespace ?? "",
                universalID: universal ?? "",
                type: type ?? ""
            ),
            value: value,
            type: type
        )
    }

    /// A person's name: XPN, or the older PN.
    func name(_ range: Range<Int>) -> HumanName? {
        let parts = message.split(range, by: message.delimiters.component)
        func part(_ number: Int) -> String? {
            number <= parts.count ? text(parts[number - 1]) : nil
        }
        let name = HumanName(
            family: family(parts[0]),
            given: part(2),
            middle: part(3),
            prefix: part(5),
            suffix: [part(4), part(6)].compactMap { $0 }.joined(separator: " ").nonEmpty,
            use: part(7)
        )
        return name == HumanName() || name == HumanName(use: name.use) ? nil : name
    }

    /// A surname and its prefixes: FN.
    ///
    /// The whole surname stands first; its parts repeat it.
    private func family(_ range: Range<Int>) -> String? {
        let parts = message.split(range, by: message.delimiters.subcomponent)
        if let whole = text(parts[0]) {
            for part in parts.dropFirst() { ledger.ignore(part, by: .repeated) }
            return whole
        }
        return parts.dropFirst().compactMap { text($0) }.joined(separator: " ").nonEmpty
    }

    func names(_ segment: Int, _ field: Int) -> [HumanName] {
        repetitions(segment, field).compactMap { name($0) }
    }

    /// Someone who took part: XCN, or the older CN.
    func practitioner(_ range: Range<Int>, role: String) -> Practitioner? {
        let parts = message.split(range, by: message.delimiters.component)
        func part(_ number: Int) -> String? {
            number <= parts.count ? text(parts[number - 1]) : nil
        }
        var identifier: Identifier?
        if let code = part(1) {
            let system =
                parts.count > 8 && !parts[8].isEmpty ? assigner(parts[8]) : part(8)
            identifier = Identifier(system: system, value: code)
        }
        let name = HumanName(
            family: parts.count > 1 ? family(parts[1]) : nil,
            given: part(3),
            middle: part(4),
            prefix: part(6),
            suffix: [part(5), part(7)].compactMap { $0 }.joined(separator: " ").nonEmpty
        )
        guard identifier != nil || name != HumanName() else { return nil }
        return Practitioner(
            identifier: identifier,
            name: name == HumanName() ? nil : name,
            role: role
        )
    }

    func practitioners(_ segment: Int, _ field: Int, role: String) -> [Practitioner] {
        repetitions(segment, field).compactMap { practitioner($0, role: role) }
    }

    /// An address: XAD, or the older AD.
    func address(_ range: Range<Int>) -> Address? {
        let parts = message.split(range, by: message.delimiters.component)
        func part(_ number: Int) -> String? {
            number <= parts.count ? text(parts[number - 1]) : nil
        }
        var lines: [String] = []
        let street = message.split(parts[0], by: message.delimiters.subcomponent)
        lines += street.compactMap { text($0) }
        lines += [2, 3, 4, 8, 9].compactMap { part($0) }
        let address = Address(lines: lines, postcode: part(5), country: part(6), use: part(7))
        return address == Address(lines: []) ? nil : address
    }

    func addresses(_ segment: Int, _ field: Int) -> [Address] {
        repetitions(segment, field).compactMap { address($0) }
    }

    /// A place: PL.
    func location(_ range: Range<Int>?) -> Location? {
        guard let range, !range.isEmpty, !message.isNull(range) else { return nil }
        let parts = message.split(range, by: message.delimiters.component)
        func part(_ number: Int) -> String? {
            number <= parts.count ? text(parts[number - 1]) : nil
        }
        let rest = parts.dropFirst(4).compactMap { text($0) }.joined(separator: "^").nonEmpty
        let place = Location(
            pointOfCare: part(1),
            room: part(2),
            bed: part(3),
            facility: part(4),
            rest: rest
        )
        return place == Location() ? nil : place
    }

    /// A date or time as far as it is stated: TS, DTM, DT.
    ///
    /// - Rule: HL7 v2.5.1 ch. 2A s. 2.A.22, `YYYY[MM[DD[HH[MM[SS[.S[S[S[S]]]]]]]]][+/-ZZZZ]`. A
    ///   value that is no date is a finding, and nothing is put in its place (PITFALLS 18).
    func date(_ segment: Int, _ field: Int) -> PartialDate? {
        guard let range = first(segment, field) else { return nil }
        guard let value = date(range) else {
            note("date-unreadable", segment, field)
            return nil
        }
        return value
    }

    /// The date that a range states, marked as mapped if it is one.
    func date(_ range: Range<Int>) -> PartialDate? {
        let first = message.component(range, 1) ?? range
        guard let value = HL7v2Timestamp.read(message.slice(first)) else { return nil }
        ledger.map(first)
        return value.assuming(document.dialect.zone)
    }
}

extension String {
    var nonEmpty: String? { isEmpty ? nil : self }
}

extension Dialect {
    var defaultSystem: String? { system(namespace: "", universalID: "", type: "") }
}

/// HL7's own spelling of dates and times.
enum HL7v2Timestamp {
    static func read(_ bytes: ArraySlice<UInt8>) -> PartialDate? {
        var digits: [Int] = []
        var at = bytes.startIndex
        while at < bytes.endIndex, bytes[at] >= 0x30, bytes[at] <= 0x39, digits.count < 15 {
            digits.append(Int(bytes[at]) - 0x30)
            at += 1
        }
        guard [4, 6, 8, 10, 12, 14].contains(digits.count) else { return nil }
        var fraction: String?
        if at < bytes.endIndex, bytes[at] == 0x2E, digits.count == 14 {
            let start = at + 1
            at = start
            while at < bytes.endIndex, bytes[at] >= 0x30, bytes[at] <= 0x39 { at += 1 }
            guard at > start, at - start <= 9 else { return nil }
            fraction = String(decoding: bytes[start..<at], as: UTF8.self)
        }
        guard let zone = zone(bytes[at...]) else { return nil }
        func two(_ index: Int) -> Int? {
            index + 1 < digits.count ? digits[index] * 10 + digits[index + 1] : nil
        }
        let year = digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3]
        // A year before anyone alive or far ahead is a slip of the keyboard (PITFALLS 19).
        guard (1800...2199).contains(year) else { return nil }
        return PartialDate(
            year: year,
            month: two(4),
            day: two(6),
            hour: two(8),
            minute: two(10),
            second: two(12),
            fraction: fraction,
            zone: zone
        )
    }

    /// The offset behind a time; `-0000` says that none is known (as RFC 3339 has it).
    private static func zone(_ bytes: ArraySlice<UInt8>) -> TimeZoneRule? {
        guard let sign = bytes.first else { return .unknown }
        guard sign == 0x2B || sign == 0x2D, bytes.count == 5 else { return nil }
        let digits = bytes.dropFirst().map { Int($0) - 0x30 }
        guard digits.allSatisfy({ (0...9).contains($0) }) else { return nil }
        let hours = digits[0] * 10 + digits[1]
        let minutes = digits[2] * 10 + digits[3]
        guard hours <= 14, minutes < 60 else { return nil }
        let total = hours * 60 + minutes
        if sign == 0x2D { return total == 0 ? .unknown : .offset(minutes: -total) }
        return .offset(minutes: total)
    }
}
