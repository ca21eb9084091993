internal import PortalBytes

/// Compares what the trailers of interchanges and groups count and name with what came.
///
/// - Rule: ISO 9735: UNZ counts the messages of an interchange, or its groups where it has any
///   (0036), and repeats its control reference (0020); UNE counts a group's messages (0060) and
///   repeats its reference (0048). SAFETY S25: the loss is a finding.
enum EDIFACTInterchangeCheck {
    private struct Open {
        var tree: EDIFACTTree?
        var messages = 0
        var groups = 0
    }

    static func findings(_ bytes: [UInt8], _ parts: [EDIFACTFile.Part]) -> [EDIFACTFinding] {
        var found: [EDIFACTFinding] = []
        var interchange: Open?
        var group: Open?
        var last: Int?
        func report(_ code: String, _ path: String) {
            guard let last, found.count < Limits.standard.findingsMax else { return }
            found.append(EDIFACTFinding(code: code, path: path, offset: last))
        }
        func tree(_ part: EDIFACTFile.Part) -> EDIFACTTree? {
            // A trailer stands behind its interchange's header, whose characters divide it.
            let header = part.envelope ?? before(parts, part)
            let given = header.flatMap { try? EDIFACTInterchangeHeader(bytes[$0]) }
            return try? EDIFACTTree(bytes[part.range], given?.characters ?? .standard, .standard)
        }
        func text(_ tree: EDIFACTTree?, _ number: Int) -> String {
            tree.flatMap { tree in tree.element(0, number).map { tree.text($0, .windows1252) } }
                ?? ""
        }
        for part in parts {
            switch part.kind {
            case .message:
                interchange?.messages += 1
                group?.messages += 1
                last = part.range.lowerBound
            case .header:
                if interchange != nil { report("interchange-trailer-missing", "UNZ") }
                interchange = Open(tree: tree(part))
                group = nil
            case .envelope(.ung):
                interchange?.groups += 1
                group = Open(tree: tree(part))
            case .envelope(.une):
                let trailer = tree(part)
                if let group {
                    if Int(text(trailer, 1)) != group.messages {
                        report("group-count-differs", "UNE-1")
                    }
                    if text(trailer, 2) != text(group.tree, 5) {
                        report("group-reference-differs", "UNE-2")
                    }
                }
                group = nil
            case .envelope(.unz):
                let trailer = tree(part)
                if let interchange {
                    let count =
                        interchange.groups > 0 ? interchange.groups : interchange.messages
                    if Int(text(trailer, 1)) != count {
                        report("interchange-count-differs", "UNZ-1")
                    }
                    if text(trailer, 2) != text(interchange.tree, 5) {
                        report("interchange-reference-differs", "UNZ-2")
                    }
                }
                interchange = nil
                group = nil
            case .envelope, .serviceString, .framing, .stray: continue
            }
        }
        if interchange != nil { report("interchange-trailer-missing", "UNZ") }
        return found
    }

    /// The header of the part before a trailer, which has none of its own any more.
    private static func before(
        _ parts: [EDIFACTFile.Part],
        _ part: EDIFACTFile.Part
    ) -> Range<Int>? {
        var low = 0
        var high = parts.count
        while low < high {
            let middle = (low + high) / 2
            if parts[middle].range.lowerBound < part.range.lowerBound {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low > 0 ? parts[low - 1].envelope : nil
    }
}
