import PortalIntake
import PortalRecord
import XMLSyntax

extension XMLReading {
    /// A file that stands in an element, with the SHA-256 of its content as it stands there.
    func file(_ element: XMLElement) -> Attachment {
        var attachment = Attachment(
            mediaType: attribute("mediaType", of: element),
            encoding: attribute("encoding", of: element)
        )
        let texts = xml.texts(of: element)
        var content = texts.first.map { xml.utf8(of: $0) } ?? []
        if texts.count > 1 {
            content = texts.reduce(into: [UInt8]()) { $0 += xml.utf8(of: $1) }[...]
        }
        if content.isEmpty {
            note("attachment-empty", element)
        } else {
            for text in texts { ledger.map(text.range) }
            attachment.contentHash = ContentHash(of: content)
            attachment.byteCount = content.count
            attachment.chunks = texts.map { text in
                SourceRange(
                    path: xml.path(of: element),
                    offset: text.range.lowerBound,
                    length: text.range.count
                )
            }
            if attachment.encoding?.lowercased() == "base64", Base64.decode(content) == nil {
                note("attachment-not-base64", element)
            }
        }
        attachment.title =
            attribute("title", of: element) ?? attribute("fileName", of: element)
        return attachment
    }

    /// The label that a code of confidentiality puts on; one that nobody knows withholds, with a
    /// finding (SAFETY S21).
    func label(_ element: XMLElement) -> SecurityLabel? {
        guard let code = text(element), let label = document.dialect.label(of: code) else {
            return nil
        }
        if !SecurityLabel.known.contains(label) { note("label-unknown", element) }
        return label
    }

    /// Leaves an element out by a rule, with all that it holds.
    func leave(_ element: XMLElement, by rule: IgnoreRule) {
        ledger.ignore(xml.range(of: element), by: rule)
    }

    /// A whole number; anything else is a finding and stays unmapped.
    func wholeNumber(_ element: XMLElement?) -> Int? {
        guard let element, let written = written(element) else { return nil }
        guard let number = Int(written), String(number) == written else {
            self.note("number-unreadable", element)
            return nil
        }
        _ = text(element)
        return number
    }

    /// A status in the words of extracts, and the sender's word; an unknown one is a finding.
    func status(_ element: XMLElement?) -> (ResultStatus?, String?) {
        guard let element, let word = text(element) else { return (nil, nil) }
        guard let status = StatusWords.read(word, document.dialect) else {
            note("status-unknown", element)
            return (nil, word)
        }
        return (status, word)
    }

    /// The first element of a name must be there, and once where it says whose the rest is.
    func only(_ name: String, of root: XMLElement) throws(IntakeError) -> XMLElement {
        let found = xml.children(name, of: root)
        guard let first = found.first else {
            throw IntakeError(
                code: "element-missing",
                location: xml.path(of: root) + "/" + name,
                remedy: "ask the sender for the whole document, then drive it again"
            )
        }
        guard found.count == 1 else {
            // Whose the rest is would be a guess.
            throw IntakeError(
                code: "patient-repeated",
                location: xml.path(of: found[1]),
                remedy: "ask the sender for a document for each person"
            )
        }
        return know(first)
    }

    /// The root, where it has a shape's name.
    func root(_ name: XMLName) throws(IntakeError) -> XMLElement {
        guard xml.name(of: xml.root) == name else {
            throw IntakeError(
                code: "root-unknown",
                location: xml.path(of: xml.root),
                remedy: "send the root and namespace that the adapter names"
            )
        }
        return know(xml.root)
    }
}
