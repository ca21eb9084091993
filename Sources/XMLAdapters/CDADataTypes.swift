import PortalIntake
import PortalRecord
import XMLSyntax

// HL7 v3 data types as the record's vocabulary has them.
//
// - Rule: HL7 Version 3 Data Types R1; CDA R2.
extension CDAReading {
    // MARK: II

    /// A number with whoever assigned it; nil for one that is a root alone.
    func identifier(_ element: XMLElement?) -> Identifier? {
        guard let element, let value = take("extension", of: element) else { return nil }
        return Identifier(system: system(takenOf: element), value: value)
    }

    /// A number that may be a root alone, such as a UUID.
    func number(_ element: XMLElement?) -> Identifier? {
        if let identifier = identifier(element) { return identifier }
        return take("root", of: element).map { Identifier(system: nil, value: $0) }
    }

    private func system(takenOf element: XMLElement) -> String? {
        guard let root = peek("root", of: element) else { return nil }
        if CDACodeTable.sharedRoots.contains(root) {
            // Every sender numbers under this root: the assigner is the one that it names.
            return take("assigningAuthorityName", of: element).map { "urn:id:" + $0 }
        }
        _ = take("root", of: element)
        return base.document.dialect.system(namespace: "", universalID: root, type: "ISO")
    }

    /// The number that a key is made of; what is written stays where it is.
    func keyNumber(_ element: XMLElement?) -> Identifier? {
        guard let element, nullFlavor(element) == nil, let root = peek("root", of: element) else {
            return nil
        }
        guard let value = peek("extension", of: element) else {
            // A root alone is a number where it is unique by itself, and an assigner where not.
            return root.utf8.contains(UInt8(ascii: "-"))
                ? Identifier(system: nil, value: root) : nil
        }
        guard !Placeholder.isIdentifier(value) else { return nil }
        let system = base.document.dialect.system(namespace: "", universalID: root, type: "ISO")
        let name = peek("assigningAuthorityName", of: element) ?? ""
        return Identifier(
            system: CDACodeTable.sharedRoots.contains(root) ? "urn:id:" + name : system,
            value: value
        )
    }

    // MARK: CD, CE, CV

    /// A notion with its codes, translations behind the code, and the words that it stands for.
    func concept(_ element: XMLElement?) -> CodeableConcept? {
        guard let element else { return nil }
        let codings = ([element] + children("translation", of: element)).compactMap(coding)
        let text = originalText(element)
        guard !codings.isEmpty || text != nil else { return nil }
        return CodeableConcept(codings: codings, text: text)
    }

    private func coding(_ element: XMLElement) -> Coding? {
        let code = take("code", of: element)
        let display = take("displayName", of: element)
        guard code != nil || display != nil else { return nil }
        let system = take("codeSystem", of: element).map(CDACodeTable.system)
        return Coding(system: system, code: code, display: display)
    }

    private func originalText(_ element: XMLElement) -> String? {
        let original = child("originalText", of: element)
        return text(original) ?? referenced(original)
    }

    /// What a coded element reads as, nothing taken.
    func words(_ element: XMLElement?) -> String? {
        guard let element else { return nil }
        let original = child("originalText", of: element)
        return written(original) ?? referenced(original) ?? peek("displayName", of: element)
            ?? children("translation", of: element).lazy
            .compactMap { self.peek("displayName", of: $0) }.first
            ?? peek("code", of: element)
    }

    /// The codes of a coded element and its translations, nothing taken.
    func codes(_ element: XMLElement?) -> Set<String> {
        guard let element else { return [] }
        return Set(
            ([element] + children("translation", of: element))
                .compactMap { peek("code", of: $0) }
        )
    }

    /// The words that a statement's `text` holds or points at.
    func statementText(_ element: XMLElement) -> String? {
        let text = child("text", of: element)
        return written(text) ?? referenced(text)
    }

    // MARK: TS, IVL_TS

    /// A time as far as it is stated, taken; what is none is a finding and stays as written.
    func time(_ element: XMLElement?) -> PartialDate? {
        guard let date = peekTime(element) else {
            if let element, peek("value", of: element) != nil { note("date-unreadable", element) }
            return nil
        }
        _ = take("value", of: element)
        return date
    }

    /// A time, nothing taken.
    func peekTime(_ element: XMLElement?) -> PartialDate? {
        peek("value", of: element).flatMap(CDATime.read)?.assuming(base.document.dialect.zone)
    }

    /// When something began or was, of a point or an interval.
    func start(_ element: XMLElement?) -> PartialDate? {
        peekTime(element) ?? peekTime(child("low", of: element))
            ?? peekTime(child("center", of: element))
    }

    /// When something ended.
    func end(_ element: XMLElement?) -> PartialDate? { peekTime(child("high", of: element)) }

    // MARK: PN, AD, TEL

    /// A name in its parts; one without parts is kept as a surname, which links nobody.
    func name(_ element: XMLElement?) -> HumanName? {
        guard let element else { return nil }
        var name = HumanName()
        func add(_ text: String, _ part: WritableKeyPath<HumanName, String?>) {
            name[keyPath: part] = name[keyPath: part].map { $0 + " " + text } ?? text
        }
        for child in xml.children(of: element) {
            switch localName(child) {
            case "given":
                let part = name.given == nil ? \HumanName.given : \.middle
                if let text = text(child) { add(text, part) }
            case "family": if let text = text(child) { add(text, \.family) }
            case "prefix": if let text = text(child) { add(text, \.prefix) }
            case "suffix": if let text = text(child) { add(text, \.suffix) }
            default: break
            }
        }
        if name == HumanName(), xml.children(of: element).isEmpty { name.family = text(element) }
        guard name != HumanName() else { return nil }
        name.use = take("use", of: element)
        return name
    }

    /// An address in its lines.
    func address(_ element: XMLElement?) -> Address? {
        guard let element else { return nil }
        var address = Address(lines: [])
        let parts = xml.children(of: element)
        for part in parts {
            switch localName(part) {
            case "postalCode": if address.postcode == nil { address.postcode = text(part) }
            case "country": if address.country == nil { address.country = text(part) }
            case "useablePeriod", "desc": break
            default: if let line = text(part) { address.lines.append(line) }
            }
        }
        if parts.isEmpty, let line = text(element) { address.lines = [line] }
        guard address != Address(lines: []) else { return nil }
        address.use = take("use", of: element)
        return address
    }

    func addresses(_ element: XMLElement?) -> [Address] {
        children("addr", of: element).compactMap { address($0) }
    }

    /// Telephone numbers and the like, as written.
    func telecoms(_ element: XMLElement?) -> [String] {
        children("telecom", of: element).compactMap { take("value", of: $0) }
    }

    // MARK: ED

    /// A file inside or behind an element.
    func attachment(_ element: XMLElement) -> Attachment {
        var attachment = Attachment(
            mediaType: take("mediaType", of: element),
            encoding: take("representation", of: element),
            location: take("value", of: child("reference", of: element))
        )
        let texts = xml.texts(of: element).filter { base.place(of: $0) != nil }
        guard !texts.isEmpty else {
            if attachment.location == nil { note("attachment-empty", element) }
            return attachment
        }
        let content = texts.reduce(into: [UInt8]()) { $0 += xml.utf8(of: $1) }
        attachment.contentHash = ContentHash(of: content[...])
        attachment.byteCount = content.count
        let path = xml.path(of: element)
        attachment.chunks = texts.map { text in
            base.ledger.map(text.range)
            return SourceRange(
                path: path,
                offset: text.range.lowerBound,
                length: text.range.count
            )
        }
        if isBase64(element), Base64.decode(content) == nil {
            note("attachment-not-base64", element)
        }
        return attachment
    }

    func isBase64(_ element: XMLElement) -> Bool {
        peek("representation", of: element)?.uppercased() == "B64"
    }
}

/// Times of HL7 v3, as far as they are stated.
enum CDATime {
    /// Reads `YYYY[MM[DD[HH[MM[SS[.F]]]]]][±ZZ[ZZ]]`; nil for anything else.
    ///
    /// - Rule: HL7 v3 Data Types R1, TS. A year before anyone alive or far ahead is a slip of the
    ///   keyboard (PITFALLS 19).
    static func read(_ text: String) -> PartialDate? {
        let bytes = Array(text.utf8)
        let body = bytes.prefix { $0 != 0x2B && $0 != 0x2D }
        let parts = body.split(separator: 0x2E, maxSplits: 1, omittingEmptySubsequences: false)
        guard let digits = parts.first, digits.count >= 4, digits.count <= 14,
            digits.count.isMultiple(of: 2), parts.count == 1 || digits.count == 14,
            digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
            let zone = zone(bytes[body.endIndex...])
        else { return nil }
        func number(_ from: Int, _ count: Int) -> Int? {
            guard digits.count >= from + count else { return nil }
            return digits[from..<(from + count)].reduce(0) { $0 * 10 + Int($1) - 0x30 }
        }
        guard let year = number(0, 4), (1800...2199).contains(year) else { return nil }
        return PartialDate(
            year: year,
            month: number(4, 2),
            day: number(6, 2),
            hour: number(8, 2),
            minute: number(10, 2),
            second: number(12, 2),
            fraction: parts.count == 2 ? String(decoding: parts[1], as: UTF8.self) : nil,
            zone: zone
        )
    }

    private static func zone(_ bytes: ArraySlice<UInt8>) -> TimeZoneRule? {
        guard let sign = bytes.first else { return .unknown }
        let digits = bytes.dropFirst()
        // Some senders state the hours alone: "+00".
        guard digits.count == 4 || digits.count == 2,
            digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 })
        else { return nil }
        let number = digits.reduce(0) { $0 * 10 + Int($1) - 0x30 }
        let value = digits.count == 2 ? number * 100 : number
        guard value % 100 < 60 else { return nil }
        let minutes = value / 100 * 60 + value % 100
        // "-0000" is how a sender writes that it does not know its offset.
        //
        // - Rule: RFC 3339 section 4.3.
        guard sign == 0x2B || minutes > 0 else { return .unknown }
        return .offset(minutes: sign == 0x2D ? -minutes : minutes)
    }
}
