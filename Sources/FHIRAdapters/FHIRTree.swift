import JSONSyntax
import PortalBytes
import PortalIntake
import PortalRecord
import XMLSyntax

/// A FHIR document as one tree, whichever of FHIR's two forms it came in.
///
/// What is taken is marked, and what is left at the end is kept by its path or stays unmapped. A value
/// becomes a string when it is asked for.
final class FHIRTree {
    typealias Node = FHIRNodes.Node

    let document: SourceDocument
    let nodes: FHIRPages
    let names: FHIRNames
    private let values: [String]
    private let places: [Range<UInt32>]
    private let remarks: [Range<Int>]
    /// What became of each node: ``taken``, and above it the number of the rule that leaves it out.
    private let marks: UnsafeMutableBufferPointer<UInt8>
    private let lookups: FHIRLookups
    private let texts = TextCache()
    private var alike = FHIRShared()
    private(set) var diagnostics: [Diagnostic] = []

    /// An entry holds the value.
    private static let taken: UInt8 = 1

    /// From how many bytes on a JSON text is read page by page.
    static let pagedFrom = 16_000_000

    /// Reads the document.
    ///
    /// - Parameters:
    ///   - document: The document.
    ///   - pagedFrom: From how many bytes on a JSON text is read page by page.
    /// - Throws: ``IntakeError`` with the syntax's code where it is refused.
    convenience init(
        _ document: SourceDocument,
        pagedFrom: Int = pagedFrom
    ) throws(IntakeError) {
        let first = document.bytes.first {
            ![0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0)
        }
        guard first == UInt8(ascii: "<") else {
            do throws(JSONSyntaxError) {
                guard document.bytes.count < pagedFrom else {
                    self.init(
                        document,
                        try FHIRPages(document.bytes, limits: document.limits)
                    )
                    return
                }
                let json = try JSONDocument.read(document.bytes, limits: document.limits)
                self.init(document, FHIRPages(FHIRNodes(json)))
            } catch {
                throw IntakeError(error)
            }
            return
        }
        do throws(XMLSyntaxError) {
            let xml = try XMLDocument.read(document.bytes, limits: document.limits)
            let nodes = FHIRNodes(xml)
            self.init(document, FHIRPages(nodes), from: nodes, remarks: xml.remarks)
        } catch {
            throw IntakeError(error)
        }
    }

    private init(
        _ document: SourceDocument,
        _ nodes: FHIRPages,
        from xml: FHIRNodes = FHIRNodes(),
        remarks: [Range<Int>] = []
    ) {
        self.document = document
        self.nodes = nodes
        names = nodes.names
        values = xml.values
        places = xml.places
        self.remarks = remarks
        marks = .allocate(capacity: nodes.count)
        marks.initialize(repeating: 0)
        lookups = FHIRLookups()
        for index in xml.kinds { take(index) }
    }

    deinit { marks.deallocate() }

    /// The document's own element.
    var root: FHIRElement { FHIRElement(tree: self, index: 0) }

    /// The number of a name; nil where the document has no such element.
    func find(_ name: StaticString) -> Int32? { lookups.number(of: name, in: names) }

    // MARK: Paths

    /// Names from the document down, those of FHIR alone: a sender's own are left out.
    ///
    /// Depth is bounded by the syntax.
    func path(_ index: Int) -> String {
        guard index > 0 else { return "/" }
        return lookups.path(index) {
            let node = nodes[index]
            let name = names.texts[Int(node.name)]
            var path = node.parent > 0 ? self.path(Int(node.parent)) + "/" : "/"
            path += Self.isPlain(name) ? name : "element"
            if node.ordinal > 0 { path += "[" + String(node.ordinal) + "]" }
            return path
        }
    }

    private static func isPlain(_ name: String) -> Bool {
        name.utf8.count <= 40
            && name.utf8.allSatisfy {
                (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x5F
            }
    }

    // MARK: Values

    /// A value as text; nil for an element without one.
    func text(_ index: Int) -> String? {
        let node = nodes[index]
        let from = Int(node.from)
        let to = Int(node.to)
        switch node.value {
        case Node.written: return texts.text(slice(from..<to))
        case Node.quoted: return texts.text(slice((from + 1)..<(to - 1)))
        case Node.escaped: return JSONDocument.text(of: slice((from + 1)..<(to - 1)))
        case 0...: return values[Int(node.value)]
        default: return nil
        }
    }

    /// Where a value stands, a JSON string's quotes included; nil without one.
    func place(_ index: Int) -> Range<Int>? {
        let node = nodes[index]
        guard node.hasValue else { return nil }
        guard node.value >= 0 else { return Int(node.from)..<Int(node.to) }
        let place = places[Int(node.value)]
        return Int(place.lowerBound)..<Int(place.upperBound)
    }

    // MARK: Bytes

    func slice(_ range: Range<Int>) -> ArraySlice<UInt8> {
        let start = document.bytes.startIndex
        let clamped = range.clamped(to: 0..<document.bytes.count)
        return document.bytes[(start + clamped.lowerBound)..<(start + clamped.upperBound)]
    }

    // MARK: Findings and the account

    func note(
        _ code: String,
        _ element: FHIRElement,
        _ severity: Diagnostic.Severity = .warning
    ) {
        guard diagnostics.count < document.limits.findingsMax else { return }
        diagnostics.append(
            Diagnostic(
                code: code,
                location: element.path,
                severity: severity,
                offset: element.range.lowerBound
            )
        )
    }

    func take(_ index: Int) {
        guard marks.indices.contains(index) else { return }
        marks[index] |= Self.taken
    }

    /// Whether a node has a value that no entry holds and no rule leaves out.
    private func isLeft(_ index: Int) -> Bool { marks[index] == 0 && nodes[index].hasValue }

    /// Leaves an element out by a rule, with all that it holds.
    func ignore(_ element: FHIRElement, by rule: IgnoreRule) {
        for index in element.index..<Int(nodes[element.index].next)
        where marks[index] & Self.taken == 0 && nodes[index].hasValue {
            marks[index] = rule.rawValue << 1
        }
    }

    /// Everything of an element that was not taken, by its path below it: kept, and marked.
    func rest(of element: FHIRElement, prefix: String = "") -> [String: String] {
        var found: [String: String] = [:]
        keep(element.index, prefix, &found)
        return alike.shared(found)
    }

    /// The same, beside what is kept of it already: that stays.
    func rest(of element: FHIRElement, into found: inout [String: String]) {
        keep(element.index, "", &found)
        found = alike.shared(found)
    }

    /// A unit, the same that other values have where it is equal.
    func unit(_ unit: CodeableConcept) -> CodeableConcept { alike.shared(unit) }

    /// A concept that `make` reads of an element, or the same one where its bytes were met before:
    /// what it is made of is marked either way.
    func concept(_ index: Int, make: () -> CodeableConcept?) -> CodeableConcept? {
        let node = nodes[index]
        // Bytes are the same elements again in JSON alone: XML's may name another namespace.
        guard values.isEmpty, !node.hasValue else { return make() }
        let place = Int(node.from)..<Int(node.to)
        if let known = document.bytes.withUnsafeBufferPointer({ alike.concept(at: place, in: $0) })
        {
            for part in known.parts { take(index + part) }
            return known.concept
        }
        let elements = index..<Int(node.next)
        let before = elements.filter { marks[$0] & Self.taken != 0 }
        let concept = make()
        // What was taken before was not taken by it.
        guard before.isEmpty else { return concept }
        let parts = elements.filter { marks[$0] & Self.taken != 0 }.map { $0 - index }
        document.bytes.withUnsafeBufferPointer {
            alike.keep(concept, parts: parts, at: place, in: $0)
        }
        return concept
    }

    private func keep(_ holder: Int, _ prefix: String, _ found: inout [String: String]) {
        let end = Int(nodes[holder].next)
        // Most elements have been taken whole, or hold one value that was not.
        guard var left = ((holder + 1)..<end).first(where: isLeft) else { return }
        var at = holder + 1
        while at < end {
            let node = nodes[at]
            let next = Int(node.next)
            if left < next {
                let path = lookups.path(prefix, node.name, node.ordinal) {
                    let place = node.ordinal > 0 ? "[" + String(node.ordinal) + "]" : ""
                    return (prefix.isEmpty ? "" : prefix + ".") + names.texts[Int(node.name)]
                        + place
                }
                if isLeft(at), let text = text(at) {
                    if let known = found.updateValue(text, forKey: path) { found[path] = known }
                    take(at)
                }
                if next > at + 1 { keep(at, path, &found) }
                guard let further = (next..<end).first(where: isLeft) else { return }
                left = further
            }
            at = next
        }
    }

    /// Says of every byte what became of it, once all has been read.
    ///
    /// Names, quotes, brackets, tags and blanks carry the structure: what no value takes.
    func account() -> ByteLedger {
        var ledger = LedgerRuns(byteCount: document.bytes.count, all: .structure)
        var remarks = remarks[...]
        let order = orderOfPlaces
        for step in nodes.indices {
            let index = order?[step] ?? step
            guard let place = place(index) else { continue }
            while let remark = remarks.first, remark.lowerBound < place.lowerBound {
                ledger.set(remark, .remark)
                remarks.removeFirst()
            }
            if marks[index] & Self.taken != 0 {
                ledger.map(place)
            } else {
                ledger.set(place, IgnoreRule(rawValue: marks[index] >> 1))
            }
        }
        for remark in remarks { ledger.set(remark, .remark) }
        return ledger.finish()
    }

    /// The nodes in the order of their places; nil where they stand in it already, as JSON's do.
    private var orderOfPlaces: [Int]? {
        guard !values.isEmpty else { return nil }
        var last = 0
        for index in nodes.indices {
            guard let place = place(index) else { continue }
            if place.lowerBound < last {
                // XML's attributes may stand in any order.
                func start(_ index: Int) -> Int { self.place(index)?.lowerBound ?? .max }
                return nodes.indices.sorted { (start($0), $0) < (start($1), $1) }
            }
            last = place.lowerBound
        }
        return nil
    }
}
