import PortalIntake
import PortalRecord
import XMLSyntax

// What several elements of our shapes hold, as the record's vocabulary has it.
extension XMLReading {
    /// A name in its parts.
    func name(_ element: XMLElement?) -> HumanName? {
        guard let element else { return nil }
        let parts: Set<String> = ["Title", "Given", "Middle", "Family", "Suffix"]
        strangers(in: element, besides: parts, once: parts)
        var name = HumanName(
            family: text("Family", of: element),
            given: text("Given", of: element),
            middle: text("Middle", of: element),
            prefix: text("Title", of: element),
            suffix: text("Suffix", of: element)
        )
        guard name != HumanName() else { return nil }
        name.use = attribute("use", of: element)
        return name
    }

    /// An address in its lines.
    func address(_ element: XMLElement?) -> Address? {
        guard let element else { return nil }
        strangers(
            in: element,
            besides: ["Line", "Postcode", "Country"],
            once: ["Postcode", "Country"]
        )
        var address = Address(lines: texts("Line", of: element))
        address.postcode = text("Postcode", of: element)
        address.country = text("Country", of: element)
        guard address != Address(lines: []) else { return nil }
        address.use = attribute("use", of: element)
        return address
    }

    /// A notion with its code, where it has one, and the words that stand in the element.
    func concept(_ element: XMLElement?) -> CodeableConcept? {
        guard let element else { return nil }
        let coding = Coding(
            system: attribute("system", of: element),
            code: attribute("code", of: element),
            display: attribute("display", of: element)
        )
        let words = text(element)
        guard coding != Coding() || words != nil else { return nil }
        return CodeableConcept(codings: coding == Coding() ? [] : [coding], text: words)
    }

    /// A number with whoever assigned it.
    func number(_ element: XMLElement?) -> Identifier? {
        guard let element, let value = text(element) else { return nil }
        let system = attribute("assigner", of: element).flatMap {
            IdentifierSystem.unmapped(namespace: $0, universalID: "", type: "")
        }
        return Identifier(system: system, value: value, type: attribute("type", of: element))
    }

    /// A practice or hospital: number, name, and its address and telephones in words.
    struct Organisation {
        var code: Identifier?
        var name: String?
        var contact: String?
    }

    func organisation(_ element: XMLElement?) -> Organisation? {
        guard let element else { return nil }
        strangers(
            in: element,
            besides: ["Code", "Name", "Address", "Phone"],
            once: ["Code", "Name", "Address"]
        )
        let address = address(child("Address", of: element))
        let parts =
            (address?.lines ?? [])
            + [address?.postcode, address?.country, address?.use.map { "(" + $0 + ")" }]
            .compactMap { $0 } + texts("Phone", of: element)
        return Organisation(
            code: number(child("Code", of: element)),
            name: text("Name", of: element),
            contact: parts.isEmpty ? nil : parts.joined(separator: ", ")
        )
    }

    /// A date or time as far as it is stated; what is none is a finding and stays unmapped.
    func date(_ element: XMLElement?) -> PartialDate? {
        guard let element, let written = written(element) else { return nil }
        guard let date = XMLReading.date(written) else {
            note("date-unreadable", element)
            return nil
        }
        _ = text(element)
        return date.assuming(document.dialect.zone)
    }

    func date(attribute name: String, of element: XMLElement) -> PartialDate? {
        guard let written = peek(name, of: element) else { return nil }
        guard let date = XMLReading.date(written) else {
            note("date-unreadable", element)
            return nil
        }
        _ = attribute(name, of: element)
        return date.assuming(document.dialect.zone)
    }

    /// - Rule: ISO 8601 as XML Schema spells it. A year before anyone alive or far ahead is a slip
    ///   of the keyboard (PITFALLS 19), and a zone's name is ours, not a sender's.
    private static func date(_ text: String) -> PartialDate? {
        guard !text.utf8.contains(UInt8(ascii: "[")), let date = PartialDate(text),
            (1800...2199).contains(date.year)
        else { return nil }
        return date
    }
}
