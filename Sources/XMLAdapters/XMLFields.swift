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
    private let isFixed: (XMLName, String) -> Bool
    /// What stands below an element and is for others to read; nil where all is for these fields.
    private let inner: (XMLElement) -> [XMLElement]?
    /// The ways down from the elements that were asked about.
    private let top = Path("")
    /// The elements from the one that was asked about down to the one that is looked at, with the paths
    /// that are known: most hold nothing that is kept.
    private var way: [(element: XMLElement, path: Path?)] = []

    init(
        _ reading: XMLReading,
        bytesMax: Int,
        isFixed: @escaping (XMLName, String) -> Bool = { _, _ in false },
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
        way = [(element, top)]
        collect(element, isLast, &found)
        return found
    }

    /// The way down to an element, the same for every statement that is built alike: its words and
    /// those of its attributes are made once.
    private final class Path {
        let words: String
        private var steps: [Step: Path] = [:]
        private var attributes: [Int: String] = [:]
        /// A document of a thousand different ways is no document of a hospital.
        private static let stepsMax = 64

        struct Step: Hashable {
            let name: Int
            let ordinal: Int
        }

        init(_ words: String) { self.words = words }

        func down(to child: XMLElement, _ xml: XMLDocument) -> Path {
            let step = Step(name: xml.nameNumber(of: child), ordinal: xml.ordinal(of: child))
            if let known = steps[step] { return known }
            let name = xml.name(of: child).local
            let own = step.ordinal > 1 ? name + "[" + String(step.ordinal) + "]" : name
            let path = Path(words.isEmpty ? own : words + "/" + own)
            if steps.count < Self.stepsMax { steps[step] = path }
            return path
        }

        func attribute(_ number: Int, _ name: String) -> String {
            if let known = attributes[number] { return known }
            let path = words + "@" + name
            if attributes.count < Self.stepsMax { attributes[number] = path }
            return path
        }
    }

    /// The path of the element that is looked at.
    private var path: Path {
        guard let known = way.lastIndex(where: { $0.path != nil }), var path = way[known].path
        else { return top }
        for place in (known + 1)..<max(way.count, known + 1) {
            path = path.down(to: way[place].element, reading.xml)
            way[place].path = path
        }
        return path
    }

    private func collect(
        below child: XMLElement,
        _ isLast: Bool,
        _ found: inout [String: String]
    ) {
        way.append((child, nil))
        collect(child, isLast, &found)
        way.removeLast()
    }

    /// INVARIANT: no deeper than the document, whose depth has a limit.
    private func collect(
        _ element: XMLElement,
        _ isLast: Bool,
        _ found: inout [String: String]
    ) {
        let xml = reading.xml
        if isLast { reading.know(element) }
        xml.forEachAttribute(of: element) { value in
            let range = value.range
            guard !range.isEmpty, !reading.ledger.isAccounted(at: range.lowerBound) else { return }
            let text = reading.string(value.utf8)
            guard !isFixed(value.name, text) else {
                reading.ledger.ignore(range, by: .structure)
                return
            }
            keep(text, path.attribute(value.number, value.name.local), range, element, &found)
        }
        let inner = inner(element)
        xml.forEach(in: element) { node in
            switch node {
            case .text(let text):
                guard let range = reading.place(of: text),
                    !reading.ledger.isAccounted(at: range.lowerBound)
                else { return }
                let value = reading.string(XMLReading.trim(xml.utf8(of: text)))
                let words = path.words
                keep(value, words.isEmpty ? "text" : words, range, element, &found)
            case .element(let child):
                if inner == nil { collect(below: child, isLast, &found) }
            }
        }
        for child in inner ?? [] { collect(below: child, isLast, &found) }
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
        reading.ledger.map(range)
        if found.isEmpty { found.reserveCapacity(24) }
        guard let known = found.updateValue(value, forKey: name) else { return }
        // The first keeps the name.
        found[name] = known
        var number = 2
        while found[name + " (" + String(number) + ")"] != nil { number += 1 }
        found[name + " (" + String(number) + ")"] = value
    }
}
