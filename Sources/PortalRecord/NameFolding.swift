/// Names brought to one spelling for comparison, never for display.
///
/// - Rule: SAFETY S1: "case, diacritics, punctuation and spacing folded".
package enum NameFolding {
    /// Lower-case letters of a name, without marks, punctuation or spacing.
    ///
    /// `O'Brien-Ní` gives `obrienni`. Letters of other scripts are lower-cased and kept.
    package static func fold(_ name: String) -> String {
        var folded = String.UnicodeScalarView()
        // Marks stay on the letters that keep their own, so that both ways to write such a letter,
        // as one character or as two, stay equal (PITFALLS 0.5).
        var keepsMarks = false
        for scalar in name.unicodeScalars {
            if isMark(scalar) {
                if keepsMarks { folded.append(scalar) }
            } else {
                keepsMarks = append(scalar, to: &folded)
            }
        }
        return String(folded)
    }

    /// The folded parts of a double name: `Smith-Jones` gives `smith` and `jones`.
    package static func parts(_ name: String) -> [String] {
        name.unicodeScalars.split { separators.contains($0) }
            .map { fold(String($0)) }
            .filter { !$0.isEmpty }
    }

    /// Space, no-break space, and the hyphens and dashes that stand between the parts of a name.
    private static let separators: Set<Unicode.Scalar> = [
        "-", " ", "\u{A0}", "\u{2010}", "\u{2011}", "\u{2013}",
    ]

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        // The first mark of Unicode is U+0300.
        guard scalar.value >= 0x300 else { return false }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: return true
        default: return false
        }
    }

    /// Appends a letter's folded form; true where the letter is kept with the marks it has.
    private static func append(
        _ scalar: Unicode.Scalar,
        to folded: inout String.UnicodeScalarView
    ) -> Bool {
        switch scalar.value {
        case 0x61...0x7A, 0x30...0x39: folded.append(scalar)
        case 0x41...0x5A:
            if let lower = Unicode.Scalar(scalar.value + 0x20) { folded.append(lower) }
        case 0..<0x80: break
        case 0xDF, 0x1E9E: folded.append(contentsOf: "ss".unicodeScalars)
        case 0x131: folded.append("i")
        default: return appendBeyondASCII(scalar, to: &folded)
        }
        return false
    }

    private static func appendBeyondASCII(
        _ scalar: Unicode.Scalar,
        to folded: inout String.UnicodeScalarView
    ) -> Bool {
        let name = scalar.properties.name ?? ""
        // "MODIFIER LETTER APOSTROPHE" is how some write O'Brien.
        guard scalar.properties.isAlphabetic, !name.hasPrefix("MODIFIER LETTER ") else {
            return false
        }
        // The character's own name tells its base letter: "LATIN SMALL LETTER E WITH ACUTE".
        if name.hasPrefix("LATIN ") {
            let words = name.split(separator: " ")
            if let at = words.firstIndex(where: { $0 == "LETTER" || $0 == "LIGATURE" }),
                at + 1 < words.count, words[at + 1].utf8.count <= 2
            {
                folded.append(contentsOf: words[at + 1].lowercased().unicodeScalars)
                return false
            }
        }
        folded.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
        return true
    }
}
