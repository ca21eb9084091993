import HL7v2Syntax
import PortalIntake
import PortalRecord

// The composite data types of HL7 v2.5.1 chapter 2A, as the record's vocabulary has them.
extension HL7v2Reading {
    /// A coded value: CE, CWE, CNE, and IS, ID or ST where only a code or a text is sent.
    func concept(_ range: Range<Int>?) -> CodeableConcept? {
        guard let range, !range.isEmpty, !isNull(range) else { return nil }
        var parts = components(range)
        let first = coding(&parts)
        let second = coding(&parts)
        parts.skip(2)
        let original = text(parts.next())
        let third = coding(&parts)
        var codings: [Coding]
        switch (first, second) {
        case (let first?, let second?): codings = [first, second]
        case (let only?, nil), (nil, let only?): codings = [only]
        case (nil, nil): codings = []
        }
        if let third { codings.append(third) }
        guard !codings.isEmpty || original != nil else { return nil }
        return CodeableConcept(codings: codings, text: original)
    }

    private func coding(_ parts: inout HL7v2Parts) -> Coding? {
        let code = text(parts.next())
        let display = text(parts.next())
        let system = text(parts.next())
        guard code != nil || display != nil || system != nil else { return nil }
        return Coding(system: system, code: code, display: display)
    }

    func concepts(_ segment: Int, _ field: Int) -> [CodeableConcept] {
        each(segment, field) { concept($0) }
    }

    /// The system of an assigner: HD, as it stands inside CX and XCN.
    private func assigner(_ range: Range<Int>?) -> String? {
        guard let range, !range.isEmpty else { return document.dialect.defaultSystem }
        var parts = subcomponents(range)
        let namespace = parts.next()
        let universal = parts.next()
        return assigner(namespace, universal, parts.next()) {
            document.dialect.system(namespace: $0, universalID: $1, type: $2)
        }
    }

    /// The system that namespace, universal id and its type name together.
    ///
    /// A part without which the system would be another is mapped; further names of the same
    /// assigner are left out by that rule.
    private func assigner(
        _ namespace: Range<Int>?,
        _ universal: Range<Int>?,
        _ type: Range<Int>?,
        _ resolve: (_ namespace: String, _ universalID: String, _ type: String) -> String?
    ) -> String? {
        func name(_ part: Range<Int>?) -> String {
            guard let part, !part.isEmpty, !isNull(part) else { return "" }
            return message.text(part)
        }
        let names = (name(namespace), name(universal), name(type))
        let system = resolve(names.0, names.1, names.2)
        if names.1.isEmpty, names.2.isEmpty {
            if let namespace, !names.0.isEmpty { ledger.map(namespace) }
            return system
        }
        mark(namespace, isUsed: resolve("", names.1, names.2) != system)
        mark(universal, isUsed: resolve(names.0, "", names.2) != system)
        mark(type, isUsed: resolve(names.0, names.1, "") != system)
        return system
    }

    private func mark(_ part: Range<Int>?, isUsed: Bool) {
        guard let part, !part.isEmpty else { return }
        if isUsed {
            ledger.map(part)
        } else {
            ledger.ignore(part, by: .alias)
        }
    }

    /// An identifier of a person: CX.
    func identifier(_ range: Range<Int>) -> Identifier? {
        var parts = components(range)
        guard let value = text(parts.next()) else { return nil }
        parts.skip(2)
        let authority = parts.next()
        let type = text(parts.next())
        // Without an assigner it links nothing, whatever its type says (SAFETY S1).
        let system = assigner(authority)
        return Identifier(system: system, value: value, type: type)
    }

    /// A number of someone who provides care: PLN, or CX as many send it.
    ///
    /// - Rule: HL7 v2.5.1 ch. 2A, PLN: it has the kind of number second, and fourth a date,
    ///   where CX has an assigner.
    func providerNumber(_ range: Range<Int>) -> Identifier? {
        var parts = components(range)
        let value = parts.next()
        let kind = parts.next()
        parts.skip(1)
        let fourth = parts.next() ?? range.upperBound..<range.upperBound
        guard let kind, !kind.isEmpty, !isNull(kind), fourth.isEmpty || time(fourth) != nil else {
            return identifier(range)
        }
        return text(value).map { Identifier(system: nil, value: $0, type: text(kind)) }
    }

    /// A number of an order, a specimen or a document: EI, or CX as older versions have it.
    func entityIdentifier(_ range: Range<Int>?) -> Identifier? {
        guard let range, !range.isEmpty, !isNull(range) else { return nil }
        var parts = components(range)
        guard let value = text(parts.next()) else { return nil }
        let namespace = parts.next()
        let universal = parts.next()
        let type = parts.next()
        let system = assigner(namespace, universal, type) {
            IdentifierSystem.unmapped(namespace: $0, universalID: $1, type: $2)
        }
        return Identifier(
            system: system,
            value: value,
            type: text(type)
        )
    }

    /// A person's name: XPN, or the older PN.
    func name(_ range: Range<Int>) -> HumanName? {
        var parts = components(range)
        var name = HumanName(family: family(parts.next()))
        name.given = text(parts.next())
        name.middle = text(parts.next())
        let suffix = text(parts.next())
        name.prefix = text(parts.next())
        name.suffix = joined(suffix, text(parts.next()))
        guard !name.isEmpty else { return nil }
        name.use = text(parts.next())
        return name
    }

    private func joined(_ first: String?, _ second: String?) -> String? {
        guard let first, let second else { return (first ?? second)?.nonEmpty }
        return first + " " + second
    }

    /// A surname and its prefixes: FN.
    ///
    /// The whole surname stands first; its parts repeat it.
    private func family(_ range: Range<Int>?) -> String? {
        guard let range else { return nil }
        var parts = subcomponents(range)
        if let whole = text(parts.next()) {
            while let part = parts.next() { ledger.ignore(part, by: .repeated) }
            return whole
        }
        var words: [String] = []
        while let part = parts.next() {
            if let word = text(part) { words.append(word) }
        }
        return words.joined(separator: " ").nonEmpty
    }

    func names(_ segment: Int, _ field: Int) -> [HumanName] {
        each(segment, field) { name($0) }
    }

    /// Someone who took part: XCN, or the older CN.
    func practitioner(_ range: Range<Int>, role: String) -> Practitioner? {
        var parts = components(range)
        let code = text(parts.next())
        var name = HumanName(family: family(parts.next()))
        name.given = text(parts.next())
        name.middle = text(parts.next())
        let suffix = text(parts.next())
        name.prefix = text(parts.next())
        name.suffix = joined(suffix, text(parts.next()))
        let source = parts.next()
        let authority = parts.next()
        var identifier: Identifier?
        if let code {
            let isAssigned = authority.map { !$0.isEmpty } ?? false
            let system = isAssigned ? assigner(authority) : text(source)
            identifier = Identifier(system: system, value: code)
        }
        guard identifier != nil || !name.isEmpty else { return nil }
        return Practitioner(
            identifier: identifier,
            name: name.isEmpty ? nil : name,
            role: role
        )
    }

    func practitioners(_ segment: Int, _ field: Int, role: String) -> [Practitioner] {
        each(segment, field) { practitioner($0, role: role) }
    }

    /// An address: XAD, or the older AD.
    func address(_ range: Range<Int>) -> Address? {
        var parts = components(range)
        var address = Address(lines: [])
        func line(_ range: Range<Int>?) {
            if let text = text(range) { address.lines.append(text) }
        }
        if let first = parts.next() {
            var street = subcomponents(first)
            while let part = street.next() { line(part) }
        }
        for _ in 2...4 { line(parts.next()) }
        address.postcode = text(parts.next())
        address.country = text(parts.next())
        address.use = text(parts.next())
        for _ in 8...9 { line(parts.next()) }
        return address == Address(lines: []) ? nil : address
    }

    func addresses(_ segment: Int, _ field: Int) -> [Address] {
        each(segment, field) { address($0) }
    }

    /// A place: PL.
    func location(_ range: Range<Int>?) -> Location? {
        guard let range, !range.isEmpty, !isNull(range) else { return nil }
        var parts = components(range)
        let pointOfCare = text(parts.next())
        let room = text(parts.next())
        let bed = text(parts.next())
        let facility = text(parts.next())
        var rest: [String] = []
        while let part = parts.next() {
            if let text = text(part) { rest.append(text) }
        }
        let place = Location(
            pointOfCare: pointOfCare,
            room: room,
            bed: bed,
            facility: facility,
            rest: rest.joined(separator: "^").nonEmpty
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
        var parts = components(range)
        let first = parts.next() ?? range
        guard let value = time(first) else { return nil }
        ledger.map(first)
        return value
    }

    /// The time that a range states, on the silo's clock where it names none; nothing is marked.
    func time(_ range: Range<Int>) -> PartialDate? {
        // Some senders fill fields up with blanks.
        var digits = bytes[range.clamped(to: bytes.indices)]
        while digits.last == 0x20 { digits.removeLast() }
        while digits.first == 0x20 { digits.removeFirst() }
        return HL7v2Timestamp.read(
            UnsafeBufferPointer(rebasing: digits),
            elsewhere: document.dialect.zone
        )
    }
}

extension HumanName {
    /// Whether it has none of a name's parts.
    fileprivate var isEmpty: Bool {
        family == nil && given == nil && middle == nil && prefix == nil && suffix == nil
    }
}

extension String {
    /// Without blanks at either end: a number is the same number with and without them.
    var trimmed: String {
        let inner = utf8.drop { $0 == 0x20 }
        let blanks = inner.reversed().prefix { $0 == 0x20 }.count
        return String(Substring(inner.prefix(inner.count - blanks)))
    }

    var nonEmpty: String? { isEmpty ? nil : self }

    /// In capitals; codes come in capitals almost always, and then it is the string itself.
    var capitals: String {
        utf8.allSatisfy { $0 < 0x61 } ? self : uppercased()
    }
}

extension Dialect {
    var defaultSystem: String? { system(namespace: "", universalID: "", type: "") }
}

/// HL7's own spelling of dates and times.
enum HL7v2Timestamp {
    /// Reads a date or time; `elsewhere` is the zone of one that carries none.
    static func read(
        _ bytes: UnsafeBufferPointer<UInt8>,
        elsewhere: TimeZoneRule
    ) -> PartialDate? {
        var at = 0
        while at < bytes.count, bytes[at] >= 0x30, bytes[at] <= 0x39, at < 15 { at += 1 }
        let count = at
        guard count >= 4, count <= 14, count.isMultiple(of: 2) else { return nil }
        var fraction: String?
        if at < bytes.count, bytes[at] == 0x2E, count == 14 {
            let start = at + 1
            at = start
            while at < bytes.count, bytes[at] >= 0x30, bytes[at] <= 0x39 { at += 1 }
            guard at > start, at - start <= 9 else { return nil }
            fraction = String(decoding: bytes[start..<at], as: UTF8.self)
        }
        guard let stated = zone(bytes[at...]) else { return nil }
        func two(_ index: Int) -> Int? {
            guard index + 1 < count else { return nil }
            return Int(bytes[index] &- 0x30) * 10 + Int(bytes[index + 1] &- 0x30)
        }
        guard let century = two(0), let decade = two(2) else { return nil }
        let year = century * 100 + decade
        // A year before anyone alive or far ahead is a slip of the keyboard (PITFALLS 19).
        guard (1800...2199).contains(year) else { return nil }
        func date(_ zone: TimeZoneRule) -> PartialDate? {
            PartialDate(
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
        guard stated == .unknown, elsewhere != .unknown else { return date(stated) }
        // A zone that no clock keeps leaves the time as it was stated.
        return date(elsewhere) ?? date(stated)
    }

    /// The offset behind a time; `-0000` says that none is known (as RFC 3339 has it).
    private static func zone(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> TimeZoneRule? {
        guard let sign = bytes.first else { return .unknown }
        guard sign == 0x2B || sign == 0x2D, bytes.count == 5 else { return nil }
        var number = 0
        for digit in bytes.dropFirst() {
            guard digit >= 0x30, digit <= 0x39 else { return nil }
            number = number * 10 + Int(digit - 0x30)
        }
        let hours = number / 100
        let minutes = number % 100
        guard hours <= 14, minutes < 60 else { return nil }
        let total = hours * 60 + minutes
        if sign == 0x2D { return total == 0 ? .unknown : .offset(minutes: -total) }
        return .offset(minutes: total)
    }
}
