import EDIFACTSyntax
import PortalBytes
import PortalIntake
import PortalRecord

/// One message while an adapter reads it: its tree, its ledger, and what was noticed.
///
/// Readers mark in the ledger what they take. What no reader took is kept at the end by the name of
/// its place (``keepRest(_:in:)``), so that little is left unmapped.
final class EDIFACTReading {
    let document: SourceDocument
    let message: EDIFACTMessage
    let ledger: LedgerMarks
    var diagnostics: [Diagnostic] = []
    /// When the message was made: as its interchange says, else as the message itself does.
    private(set) lazy var messageTime = findMessageTime()
    /// Whether a component was taken, by where it starts.
    private var taken: [Bool]
    /// The group that each segment stands in, and which of its tag it is there.
    private let places: [(group: EDIFACTTag?, number: Int)]

    init(_ document: SourceDocument) throws(IntakeError) {
        self.document = document
        do {
            let header = try document.envelope.map {
                envelope throws(EDIFACTSyntaxError) in
                try EDIFACTInterchangeHeader(envelope, limits: document.limits)
            }
            message = try EDIFACTMessage.read(
                document.bytes,
                in: header,
                limits: document.limits,
                undeclared: document.dialect.charset
            )
        } catch {
            throw IntakeError(error)
        }
        for segment in 0..<message.segmentCount
        where message.elementCount(segment) > document.limits.fieldsMax {
            throw IntakeError(
                code: "too-many-elements",
                location: message.tag(segment).description,
                remedy: "split the message, or raise the limit in the site profile",
                offset: message.range(segment).lowerBound
            )
        }
        ledger = LedgerMarks(byteCount: document.bytes.count)
        taken = [Bool](repeating: false, count: document.bytes.count + 1)
        places = EDIFACTReading.places(message)
        for finding in message.findings {
            let isNote = [
                "character-outside-level", "last-segment-unterminated", "charset-undeclared",
            ].contains(finding.code)
            note(
                finding.code,
                at: finding.path,
                severity: isNote ? .note : .warning,
                offset: min(finding.offset, document.bytes.count)
            )
        }
    }

    private static func places(
        _ message: EDIFACTMessage
    ) -> [(group: EDIFACTTag?, number: Int)] {
        var group: EDIFACTTag?
        var counts: [EDIFACTTag: Int] = [:]
        var loose: [EDIFACTTag: Int] = [:]
        return (0..<message.segmentCount).map { segment in
            let tag = message.tag(segment)
            if tag.isGroup {
                group = tag
                counts = [:]
                return (nil, 0)
            }
            // Results come without their trigger in most messages: they are of no group before.
            if tag == .gis || tag == .inv, group != .s02, group != .s18, group != .s10 {
                group = nil
            }
            if group == nil {
                loose[tag, default: 0] += 1
                return (nil, loose[tag, default: 1])
            }
            counts[tag, default: 0] += 1
            return (group, counts[tag, default: 1])
        }
    }

    // MARK: Places

    /// `S02/RFF[1]`.
    func path(_ segment: Int) -> String {
        let tag = message.tag(segment)
        guard places.indices.contains(segment), places[segment].number > 0 else {
            return tag.description
        }
        let place = tag.description + "[" + String(places[segment].number) + "]"
        return places[segment].group.map { $0.description + "/" + place } ?? place
    }

    func origin(_ segment: Int) -> SourceRange {
        let range = message.range(segment)
        return SourceRange(path: path(segment), offset: range.lowerBound, length: range.count)
    }

    func reference(_ segment: Int) -> SourceReference {
        let range = message.range(segment)
        return SourceReference(
            document: document.hash,
            path: path(segment),
            offset: range.lowerBound,
            length: range.count
        )
    }

    func note(
        _ code: String,
        at location: String,
        severity: Diagnostic.Severity = .warning,
        offset: Int? = nil
    ) {
        guard diagnostics.count < document.limits.findingsMax else { return }
        diagnostics.append(
            Diagnostic(code: code, location: location, severity: severity, offset: offset)
        )
    }

    func note(_ code: String, _ segment: Int, severity: Diagnostic.Severity = .warning) {
        note(
            code,
            at: path(segment),
            severity: severity,
            offset: message.range(segment).lowerBound
        )
    }

    // MARK: Values

    /// The components of a data element, as far as there are any.
    func components(_ segment: Int, _ element: Int) -> [Range<Int>] {
        guard let range = message.element(segment, element) else { return [] }
        var parts = message.components(range)
        var found: [Range<Int>] = []
        while let part = parts.next() { found.append(part) }
        return found
    }

    /// A component's bytes; nil where it is absent or empty.
    func range(_ segment: Int, _ element: Int, _ component: Int = 1) -> Range<Int>? {
        guard let whole = message.element(segment, element), !whole.isEmpty,
            let part = message.component(whole, component), !part.isEmpty
        else { return nil }
        return part
    }

    /// The text of a range, marked as mapped; nil where it is empty.
    func text(_ range: Range<Int>?) -> String? {
        guard let range, !range.isEmpty else { return nil }
        ledger.map(range)
        take(range)
        return message.text(range)
    }

    /// The text of a component, marked as mapped.
    func text(_ segment: Int, _ element: Int, _ component: Int = 1) -> String? {
        text(range(segment, element, component))
    }

    /// The text of a component, not marked.
    func peek(_ segment: Int, _ element: Int, _ component: Int = 1) -> String? {
        range(segment, element, component).map { message.text($0) }
    }

    /// The qualifier of a segment: its first component.
    func qualifier(_ segment: Int) -> String { peek(segment, 1) ?? "" }

    private func take(_ range: Range<Int>) {
        if taken.indices.contains(range.lowerBound) { taken[range.lowerBound] = true }
    }

    private func isTaken(_ range: Range<Int>) -> Bool {
        taken.indices.contains(range.lowerBound) && taken[range.lowerBound]
    }

    /// Leaves a component out by a named rule.
    func ignore(_ segment: Int, _ element: Int, _ component: Int = 1, by rule: IgnoreRule) {
        guard let range = range(segment, element, component) else { return }
        ledger.ignore(range, by: rule)
        take(range)
    }

    /// A qualifier, a code list's or a format's name that decided where a value goes.
    func structure(_ segment: Int, _ element: Int = 1, _ component: Int = 1) {
        ignore(segment, element, component, by: .structure)
    }

    // MARK: What has no place

    /// Keeps what no reader took of some segments, by the name of its place.
    ///
    /// A segment that nobody knows is named by its tag and qualifier, and kept as written:
    /// `RFF+AHI`. What is left of one that was read is named by its place: `NAD-3.2`.
    func keepRest(_ segments: [Int], in other: inout [String: String]) {
        for segment in segments {
            let parts = (1...max(message.elementCount(segment), 1)).map {
                components(segment, $0)
            }
            let all = parts.joined().filter { !$0.isEmpty }
            guard !all.isEmpty, let whole = message.element(segment, 1) else { continue }
            if !all.contains(where: isTaken) {
                keepWhole(segment, from: whole.lowerBound, in: &other)
                continue
            }
            for (element, components) in parts.enumerated() {
                for (component, range) in components.enumerated()
                where !range.isEmpty && !isTaken(range) {
                    var name = message.tag(segment).description + "-" + String(element + 1)
                    if component > 0 { name += "." + String(component + 1) }
                    keep(text(range), as: name, in: &other)
                }
            }
        }
    }

    /// A segment that nobody knows: named by its qualifier, the rest as it is written.
    private func keepWhole(_ segment: Int, from start: Int, in other: inout [String: String]) {
        var name = message.tag(segment).description
        let end = message.range(segment).upperBound
        var rest = start..<end
        if let qualifier = range(segment, 1), qualifier.count <= 6 {
            name += "+" + (text(qualifier) ?? "")
            // Behind the qualifier's own delimiter, and those of what stands empty behind it.
            rest = min(qualifier.upperBound + 1, end)..<end
            if rest.isEmpty {
                keep(text(qualifier), as: message.tag(segment).description, in: &other)
                return
            }
        }
        take(start..<end)
        keep(text(rest), as: name, in: &other)
    }

    /// Keeps a value by name; further ones of the same name stand behind it, a line each.
    func keep(_ value: String?, as name: String, in other: inout [String: String]) {
        guard let value else { return }
        if other[name] == nil {
            other[name] = value
        } else {
            other[name, default: ""].append("\n" + value)
        }
    }

    // MARK: The ledger's rules

    /// Closes the ledger: delimiters, tags, group triggers and what stands between segments carry
    /// the structure; the interchange's own segments route it.
    func finishLedger() -> ByteLedger {
        ledger.ignore(message.prefix, by: .framing)
        for segment in 0..<message.segmentCount {
            let range = message.range(segment)
            let tag = message.tag(segment)
            let isFrame = !message.body.contains(segment)
            if isFrame, tag.isService {
                ledger.ignore(range, by: .routing)
            } else if tag == .unh || tag == .unt {
                ledger.ignore(range, by: .routing)
            } else if tag.isGroup {
                ledger.ignore(range, by: .structure)
            } else {
                ledger.ignore(
                    range.lowerBound..<min(range.lowerBound + 3, range.upperBound),
                    by: .structure
                )
            }
            ledger.ignore(message.terminator(segment), by: .structure)
        }
        ledger.ignore(each: message.elementMarks, by: .structure)
        ledger.ignore(each: message.componentMarks, by: .structure)
        return ledger.close()
    }
}

extension String {
    var nonEmpty: String? { isEmpty ? nil : self }

    /// Without blanks at either end: a number is the same number with and without them.
    var trimmed: String {
        let inner = utf8.drop { $0 == 0x20 }
        let blanks = inner.reversed().prefix { $0 == 0x20 }.count
        return String(Substring(inner.prefix(inner.count - blanks)))
    }
}
