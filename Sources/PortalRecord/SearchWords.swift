/// Words of a text as search compares them: folded as names are, split at whatever is no letter and
/// no digit.
///
/// The index and the question are cut by the same rule, so that every store finds the same.
package enum SearchWords {
    /// The words of a text, in order, repeats included.
    package static func words(_ text: String) -> [String] {
        text.unicodeScalars.split { !isPart($0) }
            .map { NameFolding.fold(String($0)) }
            .filter { !$0.isEmpty }
    }

    /// The words of a text, a blank between them: one by one, for a text may be of many megabytes.
    package static func line(_ text: String) -> String {
        var line = ""
        line.reserveCapacity(text.utf8.count)
        var word = String.UnicodeScalarView()
        func flush() {
            guard !word.isEmpty else { return }
            let folded = NameFolding.fold(String(word))
            if !folded.isEmpty {
                if !line.isEmpty { line += " " }
                line += folded
            }
            word.removeAll(keepingCapacity: true)
        }
        for scalar in text.unicodeScalars {
            if isPart(scalar) { word.append(scalar) } else { flush() }
        }
        flush()
        return line
    }

    /// Whether each word asked for starts a word of the text.
    package static func matches(_ asked: [String], _ text: String) -> Bool {
        let own = words(text)
        return !asked.isEmpty
            && asked.allSatisfy { word in own.contains { $0.hasPrefix(word) } }
    }

    /// The text around the first word that was asked for, on one line.
    package static func snippet(_ asked: [String], _ text: String, width: Int = 120) -> String {
        let pieces = text.split { $0 == " " || $0 == "\n" || $0 == "\t" }
        let hit =
            pieces.firstIndex { piece in
                words(String(piece)).contains { own in asked.contains { own.hasPrefix($0) } }
            } ?? 0
        var found = ""
        for piece in pieces[max(0, hit - 6)...] {
            if found.count + piece.count > width { break }
            found += (found.isEmpty ? "" : " ") + piece
        }
        return (hit > 6 ? "… " : "") + found
    }

    private static func isPart(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: return true
        case 0..<0x80: return false
        default:
            return scalar.properties.isAlphabetic
                || scalar.properties.generalCategory == .nonspacingMark
        }
    }
}
