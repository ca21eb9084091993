import PortalIntake
import XMLSyntax

/// Further fields of a document: what stands below an element and no entry holds yet, by its path.
///
/// - Shape: `performer/assignedEntity/id@root`; the second of a name is `performer[2]`.
final class XMLFields {
    private let reading: XMLReading
    /// How many bytes the fields may still take in memory, names and all.
    private var bytesLeft: Int
    /// Attributes that say no more than their tag does.
    private let isFixed: (XMLAttribute) -> Bool
    /// What stands below an element and is for others to read; nil where all is for these fields.
    private let inner: (XMLElement) -> [XMLElement]?

    init(
        _ reading: XMLReading,
        bytesMax: Int,
        isFixed: @escaping (XMLAttribute) -> Bool = { _ in false },
        inner: @escaping (XMLElement) -> [XMLElement]? = { _ in nil }
    ) {
        self.reading = reading
        bytesLeft = bytesMax
        self.isFixed = isFixed
        self.inner = inner
    }

    /// The fields below an element, which are taken from then on.
    ///
    /// - Parameters:
    ///   - element: Where to begin.
    ///   - isLast: Whether nobody else comes to know these elements.
    /// - Returns: The values by their paths from the element.
    func taken(below element: XMLElement, isLast: Bool = false) -> [String: String] {
        var found: [String: String] = [:]
        collect(element, "", isLast, &found)
        return found
    }

    /// INVARIANT: no deeper than the document, whose depth has a limit.
    private func collect(
        _ element: XMLElement,
        _ path: String,
        _ isLast: Bool,
        _ found: inout [String: String]
    ) {
        let xml = reading.xml
        if isLast { reading.know(element) }
        for attribute in xml.attributes(of: element) where !attribute.range.isEmpty {
            guard !reading.ledger.isAccounted(at: attribute.range.lowerBound) else { continue }
            guard !isFixed(attribute) else {
                reading.ledger.ignore(attribute.range, by: .structure)
                continue
            }
            let name = path + "@" + attribute.name.local
            keep(attribute.value, name, attribute.range, element, &found)
        }
        for text in xml.texts(of: element) {
            guard let range = reading.place(of: text),
                !reading.ledger.isAccounted(at: range.lowerBound)
            else { continue }
            let value = String(decoding: XMLReading.trim(xml.utf8(of: text)), as: UTF8.self)
            keep(value, path.isEmpty ? "text" : path, range, element, &found)
        }
        var counts: [String: Int] = [:]
        for child in inner(element) ?? xml.children(of: element) {
            let name = xml.name(of: child).local
            let count = counts[name, default: 0] + 1
            counts[name] = count
            let step = count == 1 ? name : name + "[" + String(count) + "]"
            collect(child, path.isEmpty ? step : path + "/" + step, isLast, &found)
        }
    }

    private func keep(
        _ value: String,
        _ name: String,
        _ range: Range<Int>,
        _ element: XMLElement,
        _ found: inout [String: String]
    ) {
        // A field's strings and its place in the dictionary.
        let cost = name.utf8.count + 100
        guard bytesLeft >= cost else {
            if bytesLeft >= 0 { reading.note("fields-too-many", element) }
            bytesLeft = -1
            return
        }
        bytesLeft -= cost
        var key = name
        var number = 2
        while found[key] != nil {
            key = name + " (" + String(number) + ")"
            number += 1
        }
        found[key] = value
        reading.ledger.map(range)
    }
}
