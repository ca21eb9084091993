import PortalIntake
import PortalRecord

/// FHIR's data types as the record's.
///
/// - Rule: FHIR R4, "Datatypes". Codings stay in the sender's order, numbers keep their digits.
extension FHIRElement {
    // MARK: Codes

    /// A `CodeableConcept` with a coding or text; nil for an empty one.
    var concept: CodeableConcept? {
        tree.concept(index) {
            let concept = CodeableConcept(
                codings: all("coding").compactMap(\.coding),
                text: text("text")
            )
            return concept == CodeableConcept() ? nil : concept
        }
    }

    /// A `Coding`; nil for an empty one.
    var coding: Coding? {
        let coding = Coding(system: text("system"), code: text("code"), display: text("display"))
        return coding == Coding() ? nil : coding
    }

    func concept(_ name: StaticString) -> CodeableConcept? { self[name]?.concept }

    /// The first of several: the others are kept by their path.
    func firstConcept(_ name: StaticString) -> CodeableConcept? { self[name]?.concept }

    /// What a person reads of a concept that becomes words: the rest of it is kept by its path.
    var words: String? {
        text("text") ?? all("coding").compactMap { $0["display"] }.first?.text
            ?? all("coding").compactMap { $0["code"] }.first?.text
    }

    func words(_ name: StaticString) -> String? { self[name]?.words }

    func allWords(_ name: StaticString) -> [String] { all(name).compactMap(\.words) }

    /// The first code of a concept that becomes a code, or its text.
    var code: String? { all("coding").compactMap { $0["code"] }.first?.text ?? text("text") }

    func concepts(_ name: StaticString) -> [CodeableConcept] { all(name).compactMap(\.concept) }

    // MARK: Names and places

    /// An `Identifier` with a value; nil without one.
    var identifier: Identifier? {
        guard let found = peekedIdentifier else { return nil }
        _ = text("value")
        _ = text("system")
        _ = identifierType?.text
        return found
    }

    /// The same, nothing marked.
    var peekedIdentifier: Identifier? {
        guard let value = peek("value") else { return nil }
        return Identifier(
            system: peek("system").map(Self.system),
            value: value,
            type: identifierType?.peek
        )
    }

    private var identifierType: FHIRElement? {
        self["type"].flatMap { type in
            let coding = type.all("coding").first
            return [coding?["code"], coding?["display"], type["text"]].compactMap { $0 }
                .first { $0.peek != nil }
        }
    }

    /// The first identifier that will do; the others are kept by their path.
    func firstIdentifier(where isWanted: (Identifier) -> Bool = { _ in true }) -> Identifier? {
        all("identifier").first { $0.peekedIdentifier.map(isWanted) ?? false }?.identifier
    }

    /// UK senders write their national numbers under several systems.
    ///
    /// - Rule: DOMAIN 3: identifier systems of FHIR.
    private static func system(_ written: String) -> String {
        switch written {
        case "https://fhir.nhs.uk/Id/nhs-number", "http://fhir.nhs.net/Id/nhs-number",
            "http://fhir.nhs.uk/Id/nhs-number", "urn:oid:2.16.840.1.113883.2.1.4.1",
            "https://fhir.hl7.org.uk/Id/nhs-number":
            IdentifierSystem.nhsNumber
        case "https://fhir.scot.nhs.uk/Id/chi-number", "http://fhir.scot.nhs.uk/Id/chi-number",
            "https://phfapi.digitalhealthscotland.net/resource/chi-number":
            IdentifierSystem.chiNumber
        default: written
        }
    }

    /// A `HumanName`; nil for an empty one.
    var humanName: HumanName? {
        let given = all("given").compactMap(\.text)
        var name = HumanName(
            family: text("family"),
            given: given.first,
            middle: given.count > 1 ? given.dropFirst().joined(separator: " ") : nil,
            prefix: Self.joined(all("prefix")),
            suffix: Self.joined(all("suffix"))
        )
        // A name that stands as one text only is still a name; beside its parts the text is kept by
        // its path.
        if name == HumanName() { name.family = text("text") }
        guard name != HumanName() else { return nil }
        name.use = text("use")
        return name
    }

    private static func joined(_ parts: [FHIRElement]) -> String? {
        let words = parts.compactMap(\.text)
        return words.isEmpty ? nil : words.joined(separator: " ")
    }

    func names() -> [HumanName] { namesInOrder.compactMap(\.humanName) }

    /// The name in use of someone who is named beside others; further ones are kept by their path.
    var mainName: HumanName? { namesInOrder.lazy.compactMap(\.humanName).first }

    /// The official name leads, then the usual one: the first is the one in use.
    private var namesInOrder: [FHIRElement] {
        let order = ["official", "usual"]
        func rank(_ name: FHIRElement) -> Int {
            let use = name.peek("use")
            return use.flatMap { order.firstIndex(of: $0) }
                ?? (["old", "maiden", "nickname", "anonymous", "temp"].contains(use) ? 3 : 2)
        }
        return all("name").enumerated().sorted {
            (rank($0.element), $0.offset) < (rank($1.element), $1.offset)
        }.map(\.element)
    }

    /// An `Address`; nil for an empty one.
    var address: Address? {
        var lines = all("line").compactMap(\.text)
        let parts: [StaticString] = ["city", "district", "state"]
        for part in parts {
            if let words = text(part) { lines.append(words) }
        }
        // The whole beside its parts is kept by its path.
        if lines.isEmpty, let whole = text("text") { lines = [whole] }
        let postcode = text("postalCode")
        let country = text("country")
        guard !lines.isEmpty || postcode != nil || country != nil else { return nil }
        return Address(lines: lines, postcode: postcode, country: country, use: text("use"))
    }

    /// A `ContactPoint` as written, its system and use before it.
    var telecom: String? {
        guard let value = text("value") else { return nil }
        let kind = [text("use"), text("system")].compactMap { $0 }.joined(separator: " ")
        return kind.isEmpty ? value : kind + ": " + value
    }

    // MARK: Times

    /// A date or time as far as it is stated.
    var date: PartialDate? {
        guard let written = peek else { return nil }
        guard let date = PartialDate(written) else {
            tree.note("date-unreadable", self)
            return nil
        }
        tree.take(index)
        return date.assuming(tree.document.dialect.zone)
    }

    func date(_ name: StaticString) -> PartialDate? { self[name]?.date }

    /// The start of a `dateTime`, `Period` or `Timing` under a name that ends in its type.
    func moment(_ start: StaticString) -> (start: PartialDate?, end: PartialDate?) {
        guard let (type, element) = choice(start) else { return (nil, nil) }
        switch type {
        case "DateTime", "Date", "Instant": return (element.date, nil)
        case "Period": return (element.date("start"), element.date("end"))
        case "Timing": return (element["event"]?.date, nil)
        default: return (nil, nil)
        }
    }

    // MARK: Numbers

    /// A `Quantity`'s number as written, without its unit.
    var quantity: Quantity? {
        text("value").map { Quantity(comparator: text("comparator"), number: $0) }
    }

    /// A `Quantity`'s unit, with its code where it has one: a system alone says nothing.
    var unit: CodeableConcept? {
        let codings = text("code").map { [Coding(system: text("system"), code: $0)] } ?? []
        let words = text("unit")
        guard !codings.isEmpty || words != nil else { return nil }
        return tree.unit(CodeableConcept(codings: codings, text: words))
    }

    /// A `Quantity`'s unit as a person reads it.
    var spokenUnit: String? { text("unit") ?? text("code") }

    /// A `Quantity` in words: `5 mg`.
    var spokenQuantity: String? {
        guard let number else { return nil }
        return [number, spokenUnit].compactMap { $0 }.joined(separator: " ")
    }

    /// A `Quantity`'s number with its comparator.
    private var number: String? {
        guard let number = text("value") else { return nil }
        return (text("comparator") ?? "") + number
    }

    /// A `Range` in words: `4.0–11.0 mmol/L`; open ends as `>=` and `<=`.
    var spokenRange: String? {
        let low = self["low"]
        let high = self["high"]
        let unit = [high, low].compactMap { $0?["unit"] ?? $0?["code"] }.first?.text
        let ends: String
        switch (low?.number, high?.number) {
        case (let low?, let high?): ends = low + "–" + high
        case (let low?, nil): ends = ">=" + low
        case (nil, let high?): ends = "<=" + high
        case (nil, nil): return nil
        }
        return [ends, unit].compactMap { $0 }.joined(separator: " ")
    }

    // MARK: Words

    /// `Annotation`s as plain words, each with whoever wrote it.
    func notes(_ name: StaticString = "note") -> [String] {
        all(name).compactMap { note in
            guard let words = note.text("text") else { return nil }
            let author = note.text("authorString")
            let time = note.date("time").map(\.words)
            let said = [author, time].compactMap { $0 }.joined(separator: ", ")
            return said.isEmpty ? words : words + " (" + said + ")"
        }
    }

    /// An `Attachment` with its content's hash and place; nil where it holds neither content nor
    /// place.
    var attachment: Attachment? {
        var file = Attachment(mediaType: text("contentType"), location: text("url"))
        file.title = text("title")
        if let data = self["data"], data.text != nil {
            let range = data.valueRange
            file.encoding = "Base64"
            file.contentHash = ContentHash(of: tree.slice(range))
            file.byteCount = range.count
            file.chunks = [
                SourceRange(path: data.path, offset: range.lowerBound, length: range.count)
            ]
        }
        return file.location == nil && file.contentHash == nil ? nil : file
    }

    /// Where the value itself stands, without the quotes of a JSON string.
    var valueRange: Range<Int> {
        let range = tree.place(index) ?? 0..<0
        let isQuoted = tree.slice(range).first == UInt8(ascii: "\"") && range.count >= 2
        return isQuoted ? (range.lowerBound + 1)..<(range.upperBound - 1) : range
    }
}
