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
        collect(element, Path(self, nil, element), isLast, &found)
        return found
    }

    /// The way down to an element, in words only where something there is kept.
    private final class Path {
        private let fields: XMLFields
        private let parent: Path?
        private let element: XMLElement

        init(_ fields: XMLFields, _ parent: Path?, _ element: XMLElement) {
            self.fields = fields
            self.parent = parent
            self.element = element
        }

        private(set) lazy var words: String = {
            guard let parent else { return "" }
            let xml = fields.reading.xml
            let name = xml.name(of: element).local
            let ordinal = xml.ordinal(of: element)
            let step = ordinal > 1 ? name + "[" + String(ordinal) + "]" : name
            return parent.words.isEmpty ? step : parent.words + "/" + step
        }()

        func down(to child: XMLElement) -> Path { Path(fields, self, child) }
    }

    /// INVARIANT: no deeper than the document, whose depth has a limit.
    private func collect(
        _ element: XMLElement,
        _ path: Path,
        _ isLast: Bool,
        _ found: inout [String: String]
    ) {
        let xml = reading.xml
        if isLast { reading.know(element) }
        xml.forEachAttribute(of: element) { range, attribute in
            guard !range.isEmpty, !reading.ledger.isAccounted(at: range.lowerBound) else { return }
            let attribute = attribute()
            guard !isFixed(attribute) else {
                reading.ledger.ignore(range, by: .structure)
                return
            }
            keep(attribute.value, path.words + "@" + attribute.name.local, range, element, &found)
        }
        let inner = inner(element)
        xml.forEach(in: element) { node in
            switch node {
            case .text(let text):
                guard let range = reading.place(of: text),
                    !reading.ledger.isAccounted(at: range.lowerBound)
                else { return }
                let value = String(decoding: XMLReading.trim(xml.utf8(of: text)), as: UTF8.self)
                let name = path.words.isEmpty ? "text" : path.words
                keep(value, name, range, element, &found)
            case .element(let child):
                if inner == nil { collect(child, path.down(to: child), isLast, &found) }
            }
        }
        for child in inner ?? [] { collect(child, path.down(to: child), isLast, &found) }
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
