import PortalBytes
import PortalIntake
import PortalRecord
import XMLSyntax

/// What a reader opens: the sections with their narrative, and the files.
///
/// - Rule: CDA R2 section 4.3; PITFALLS 29 (a section of narrative alone is kept) and failures 17
///   and 18 (its mark-up is never shown).
struct CDALetter {
    let reading: CDAReading
    var document: ClinicalDocument
    /// Labels of single sections: whoever may not see one may not see the document.
    private(set) var labels: Set<SecurityLabel> = []

    /// Attributes of the narrative that say how it looks, or name a place in it.
    static let layout: Set<String> = [
        "ID", "styleCode", "border", "width", "height", "align", "valign", "cellpadding",
        "cellspacing", "rowspan", "colspan", "span", "rules", "frame", "listType", "scope",
        "headers", "abbr", "axis", "char", "charoff", "language", "class", "style", "IDREF",
    ]

    init(_ reading: CDAReading, _ header: CDAHeader) {
        self.reading = reading
        let type = reading.concept(reading.child("code", of: reading.root))
        document = ClinicalDocument(type: type ?? CodeableConcept())
        if type == nil { reading.note("document-type-missing", reading.root) }
        document.title = reading.text(reading.child("title", of: reading.root))
    }

    /// Reads the body: every section's narrative first, so that statements find their words.
    mutating func body(into statements: CDAStatements) {
        for component in reading.children("component", of: reading.root) {
            let structured = reading.child("structuredBody", of: component)
            let sections = reading.children("component", of: structured)
                .flatMap { reading.children("section", of: $0) }
            for section in sections { remember(section) }
            for section in sections { read(section, statements, []) }
            if let body = reading.child("nonXMLBody", of: component) { file(body) }
        }
        if document.isBare { reading.note("content-missing", reading.root) }
    }

    /// INVARIANT: no deeper than the document, whose depth has a limit.
    private func remember(_ section: XMLElement) {
        if let text = reading.child("text", of: section) { reading.remember(text) }
        for inner in inner(section) { remember(inner) }
    }

    private func inner(_ section: XMLElement) -> [XMLElement] {
        reading.children("component", of: section)
            .flatMap { reading.children("section", of: $0) }
    }

    /// A section, then the sections inside it.
    private mutating func read(
        _ section: XMLElement,
        _ statements: CDAStatements,
        _ outer: Set<String>
    ) {
        if let label = reading.label(of: section) { labels.insert(label) }
        let code = reading.child("code", of: section)
        var codes = reading.codes(code)
        let before = statements.lines.count
        // A section inside a section of a kind is of that kind where it names none.
        if CDACodeTable.section(codes) == .other { codes.formUnion(outer) }
        for entry in reading.children("entry", of: section) {
            for element in reading.xml.children(of: entry) {
                if reading.localName(element) == "observationMedia" { picture(element) }
                statements.read(element, in: CDACodeTable.section(codes))
            }
        }
        let text = reading.child("text", of: section).flatMap { narrative($0) }
        let made = statements.lines.dropFirst(before).joined(separator: "\n")
        if let text {
            append(heading(section, code), text)
        } else if !made.isEmpty {
            reading.note("narrative-missing", section)
            append(heading(section, code), made)
        }
        for inner in inner(section) { read(inner, statements, codes) }
    }

    private mutating func append(_ heading: String?, _ text: String) {
        document.sections.append(DocumentSection(heading: heading, text: text))
    }

    private func heading(_ section: XMLElement, _ code: XMLElement?) -> String? {
        reading.text(reading.child("title", of: section)) ?? reading.words(code)
    }

    /// The narrative as text; pictures in it are named.
    private func narrative(_ element: XMLElement) -> String? {
        let base = reading.base
        let room = max(0, base.document.limits.findingsMax - base.diagnostics.count)
        let narrative = XMLNarrative(
            element,
            in: reading.xml,
            findingsMax: room,
            layout: Self.layout
        )
        base.know(element)
        for inner in narrative.read { base.know(inner) }
        for text in narrative.kept {
            if let range = base.place(of: text) { base.ledger.map(range) }
        }
        for span in narrative.spans { base.ledger.ignore(span, by: .structure) }
        base.diagnostics += narrative.findings
        return narrative.text.isEmpty ? nil : narrative.text
    }

    // MARK: Files

    /// A picture or film that the narrative shows.
    private mutating func picture(_ media: XMLElement) {
        guard let value = reading.child("value", of: media) else { return }
        var attachment = reading.attachment(value)
        attachment.title = reading.take("ID", of: media)
        document.attachments.append(attachment)
    }

    /// A body that is no XML: words where it is plain text, a file where not.
    private mutating func file(_ body: XMLElement) {
        guard let text = reading.child("text", of: body) else {
            reading.note("content-missing", body)
            return
        }
        if let label = reading.label(of: body) { labels.insert(label) }
        let type = reading.peek("mediaType", of: text)?.lowercased() ?? "text/plain"
        let isWords = type.hasPrefix("text/plain") && !reading.isBase64(text)
        if isWords, let words = reading.text(text) {
            append(nil, words)
            return
        }
        if !reading.isBase64(text), !reading.xml.children(of: text).isEmpty,
            reading.child("reference", of: text) == nil, let words = narrative(text)
        {
            append(nil, words)
            return
        }
        document.attachments.append(reading.attachment(text))
    }
}
