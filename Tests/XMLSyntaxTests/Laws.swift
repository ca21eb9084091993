import PortalBytes
import Testing
import XMLSyntax

/// What holds for every document that is read, whoever wrote it.
enum Laws {
    /// Reads bytes and checks what must hold of the answer: a tree whose parts cover the bytes, or
    /// a refusal with a place inside them.
    @discardableResult
    static func hold(_ bytes: ArraySlice<UInt8>, _ comment: Comment? = nil) -> String {
        do {
            let document = try XMLDocument.read(bytes)
            cover(document, comment)
            return "read"
        } catch {
            // By bytes: a name may begin with a mark that joins the slash to one character.
            let hasPath = error.path.utf8.first == UInt8(ascii: "/")
            if error.offset < 0 || error.offset > bytes.count || !hasPath {
                Issue.record("no place of the document: \(error) \(comment.map(\.rawValue) ?? "")")
            }
            return error.code.description
        }
    }

    /// Tags, texts and remarks lie side by side from the root's first byte to its last.
    static func cover(_ document: XMLDocument, _ comment: Comment?) {
        var parts: [Range<Int>] = []
        var queue = [document.root]
        while let element = queue.popLast() {
            parts.append(document.startTag(of: element))
            parts.append(document.endTag(of: element))
            parts += document.texts(of: element).map(\.range)
            queue += document.children(of: element)
            let tag = document.startTag(of: element)
            for attribute in document.attributes(of: element) {
                let isInside =
                    attribute.range.lowerBound > tag.lowerBound
                    && attribute.range.upperBound < tag.upperBound
                #expect(isInside, comment)
            }
        }
        let whole = document.range(of: document.root)
        parts += document.remarks.filter {
            $0.lowerBound >= whole.lowerBound && $0.upperBound <= whole.upperBound
        }
        parts = parts.filter { !$0.isEmpty }.sorted { $0.lowerBound < $1.lowerBound }
        var at = whole.lowerBound
        var isCovered = true
        for part in parts {
            if part.lowerBound != at { isCovered = false }
            at = part.upperBound
        }
        #expect(isCovered && at == whole.upperBound, comment)
    }
}

/// The code and offset of a refusal; `read` where there is none.
func outcome(_ bytes: [UInt8], _ limits: Limits = .standard) -> String {
    do {
        _ = try XMLDocument.read(bytes[...], limits: limits)
        return "read"
    } catch {
        return "\(error.code) \(error.path) \(error.offset)"
    }
}

func outcome(_ text: String, _ limits: Limits = .standard) -> String {
    outcome(Array(text.utf8), limits)
}

/// A text as UTF-16.
func utf16(_ text: String, bigEndian: Bool, mark: Bool) -> [UInt8] {
    let units = (mark ? [0xFEFF] : []) + Array(text.utf16)
    return units.flatMap { unit -> [UInt8] in
        let high = UInt8(unit >> 8)
        let low = UInt8(unit & 0xFF)
        return bigEndian ? [high, low] : [low, high]
    }
}
